"""What a section found: tables, notes, and the figures as numbers."""

import datetime
import os
import platform
import re
import subprocess

import fiorun
import table


class Found:
    def __init__(self):
        self.tables = []
        self.notes = []
        self.figures = {}

    def table(self, head, rows):
        self.tables.append([head, *rows])

    def note(self, text):
        self.notes.append(text)

    def aim(self, key, value, at_least):
        """A figure with an aim, which is told beside it."""
        self.figures[key] = value
        verdict = "met" if value >= at_least else "missed"
        return f"{at_least:g}: {verdict}"


def text(found):
    parts = ["\n".join(table.render(rows)) for rows in found.tables]
    return "\n\n".join(parts + found.notes)


def markdown(found, commands):
    parts = [table.markdown(rows) for rows in found.tables] + found.notes
    code = "\n".join(["```", *commands, "```"])
    parts.append(f"<details><summary>Commands</summary>\n\n{code}\n\n"
                 "</details>")
    return "\n\n".join(parts)


def items(members):
    return "\n".join(f"* {name}: {value}" for name, value in members.items())


def shorten(commands, places):
    """Repeats are left out, and @places written by their names."""
    short = []
    for command in commands:
        for path, name in places.items():
            command = command.replace(path, name)
        short.append(command)
    return list(dict.fromkeys(short))


def _first(path, pattern):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            match = re.search(pattern, file.read(), re.M)
    except OSError:
        return ""
    return match[1] if match else ""


def _filesystem(directory):
    said = subprocess.run(["df", "--output=source,fstype", directory],
                          capture_output=True, text=True, check=False).stdout
    return ", ".join(said.splitlines()[-1].split()) if said else ""


def machine(options, directory):
    processor = _first("/proc/cpuinfo", r"^model name\s*: (.*)$")
    memory = int(_first("/proc/meminfo", r"^MemTotal:\s*(\d+)") or 0)
    version = fiorun.run([os.path.join(options.build, "mooncake-plan"),
                          "--version"])
    return {
        "command": f"scripts/bench {' '.join(options.sections)}".strip(),
        "date": datetime.datetime.now().astimezone().isoformat(
            " ", "minutes"),
        "processor": f"{processor or platform.machine()}, "
                     f"{os.cpu_count()} cores",
        "memory": f"{memory / (1 << 20):.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "storage": _filesystem(directory),
        "fio": fiorun.run([fiorun.binary(), "--version"]),
        "mooncake-plan": version.split()[-1],
        "trace": os.path.basename(options.trace),
    }
