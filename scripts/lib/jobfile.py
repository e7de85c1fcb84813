"""A fio job file: its sections, and what is in force in them."""

import os
import re

from cli import Error


def _lines(path, depth=0):
    """The file's lines, with those it includes in their place."""
    if depth > 16:
        raise Error(f"{path}: job files include each other")
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Error(f"{path}: no text: {error}") from error
    lines = []
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2 and words[0] == "include":
            other = os.path.join(os.path.dirname(path), words[1])
            lines += _lines(other, depth + 1)
        else:
            lines.append(line)
    return lines


def _option(line):
    """(name, value) of an option's line; name is "" for any other."""
    line = line.strip()
    if not line or line[0] in "#;[":
        return "", ""
    name, _, value = re.split("[;#]", line)[0].partition("=")
    return name.strip(), value.strip()


def _header(line):
    """The name in a line [name], else None."""
    line = line.strip()
    if line.startswith("[") and "]" in line:
        return line[1:line.index("]")]
    return None


def is_engine(value):
    """Whether this ioengine= is ours."""
    return "mooncake" in value.split("/")[-1]


class Section:
    """One job of a file. @options are those in force, also from [global]."""

    def __init__(self, name, inherited):
        self.name = name
        self.own = {}
        self._inherited = inherited
        self.lines = []

    @property
    def options(self):
        return {**self._inherited, **self.own}

    @property
    def is_replay(self):
        return is_engine(self.options.get("ioengine", ""))

    @property
    def observe(self):
        return self.options.get("observe", "none")

    @property
    def begins_wall(self):
        """Does it wait for all jobs before it?"""
        return any(self.options.get(name, "0") != "0"
                   for name in ("stonewall", "wait_for_previous"))


def _lost(options):
    """What is left out of the file: it would win over a model that is given."""
    return {"bytes_per_token"} - set(options) if "model" in options else set()


class JobFile:
    def __init__(self, path):
        self.path = path
        self.lines = _lines(path)
        if not any(map(self._names_engine, self.lines)):
            raise Error(f"{path}: no ioengine= names mooncake: this is no "
                        "job of a replay")

    @staticmethod
    def _names_engine(line):
        name, value = _option(line)
        return name == "ioengine" and is_engine(value)

    def values(self, name):
        """What any section sets the option to."""
        return [value for option, value in map(_option, self.lines)
                if option == name]

    def sections(self):
        """The jobs in their order; [global] is in force in those behind it."""
        everywhere, found, into = {}, [], None
        for line in self.lines:
            header = _header(line)
            if header == "global":
                into = everywhere
            elif header is not None:
                found.append(Section(header, dict(everywhere)))
                into = found[-1].own
            name, value = _option(line)
            if name and into is not None:
                # An option without a value is set.
                into[name] = value if "=" in line else "1"
        return found

    def rewritten(self, options, added):
        """
        The file with @options in place of those that it sets, in all replays
        where it sets none, and with @added, {number of a section: options},
        at the end of each section.
        """
        unset = [each for each in options.items()
                 if not self.values(each[0])]
        sections = self.sections()
        lines, number, inside = [], -1, False

        def end_section():
            if inside:
                own = unset if sections[number].is_replay else []
                lines.extend(f"{name}={value}" for name, value in
                             [*own, *added.get(number, {}).items()])

        for line in self.lines:
            header = _header(line)
            if header is not None:
                end_section()
                inside = header != "global"
                number += inside
            name = _option(line)[0]
            if name in _lost(options):
                continue
            lines.append(f"{name}={options[name]}" if name in options
                         else line)
        end_section()
        return "\n".join(lines) + "\n"

    def text(self, options):
        """
        The file with @options in force: an option of the engine is known
        only where its ioengine= is.
        """
        lines = []
        for line in self.lines:
            if _option(line)[0] in {*options, *_lost(options)}:
                continue
            lines.append(line)
            if self._names_engine(line):
                lines += [f"{name}={value}"
                          for name, value in options.items()]
        return "\n".join(lines) + "\n"
