"""The project's own programs, in its tree or installed, and running them."""

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import cli
import fiorun

_SCRIPTS = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))
_TREE = os.path.dirname(_SCRIPTS)

# Of an installation: PREFIX/share/fio-mooncake/scripts.
_PREFIX = os.path.dirname(os.path.dirname(_TREE))


def _found(name, *places):
    for place in places:
        if place and os.path.exists(place):
            return os.path.normpath(place)
    raise cli.Error(f"{name}: not found: run make, or make install")


def engine():
    return _found("mooncake.so",
                  os.path.join(_TREE, "build", "mooncake.so"),
                  os.path.join(_PREFIX, "lib", "fio", "mooncake.so"))


def _plan():
    return _found("mooncake-plan",
                  os.path.join(_TREE, "build", "mooncake-plan"),
                  os.path.join(_PREFIX, "bin", "mooncake-plan"),
                  shutil.which("mooncake-plan"))


def script(name):
    return os.path.join(_SCRIPTS, name)


def words(command):
    """@command as one types it."""
    return " ".join(map(shlex.quote, map(_short, command)))


def _short(word):
    path = os.path.relpath(word) if os.path.isabs(word) else word
    return path if len(path) < len(word) else word


def _json_of(said):
    """Remarks of a command stand before or behind its JSON."""
    begin = re.search(r"^[\[{]", said, re.M).start()
    return json.JSONDecoder().raw_decode(said, begin)[0]


def plan(*arguments):
    """(what mooncake-plan --json says, the command, its remarks)."""
    command = [_plan(), *arguments]
    said = fiorun.run([*command, "--json"])
    remarks = re.findall(r"^mooncake-plan: (.*)$", said, re.M)
    return _json_of(said), command, remarks


def plan_rows(*arguments):
    """The rows of mooncake-plan --csv, for arguments known to be right."""
    with subprocess.Popen([_plan(), *arguments, "--csv"], text=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as process:
        yield from csv.DictReader(process.stdout)


def report(*arguments):
    """(the figures of mooncake-report --json, the command)."""
    command = [script("mooncake-report"), *arguments]
    said = fiorun.run([sys.executable, *command, "--json"])
    return _json_of(said)[0]["figures"], command
