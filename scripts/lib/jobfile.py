"""A fio job file with some options set anew."""

import os

from cli import Error


def _lines(path, depth=0):
    """The file's lines, with those it includes in their place."""
    if depth > 16:
        raise Error(f"{path}: job files include each other")
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Error(f"{path}: {error}") from error
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
    name, _, value = line.partition("=")
    return name.strip(), value.strip()


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
        return name == "ioengine" and "mooncake" in value.split("/")[-1]

    def values(self, name):
        """What any section sets the option to."""
        return [value for option, value in map(_option, self.lines)
                if option == name]

    def text(self, options):
        """
        The file with @options in force: an option of the engine is known
        only where its ioengine= is.
        """
        lines = []
        for line in self.lines:
            if _option(line)[0] in options:
                continue
            lines.append(line)
            if self._names_engine(line):
                lines += [f"{name}={value}"
                          for name, value in options.items()]
        return "\n".join(lines) + "\n"
