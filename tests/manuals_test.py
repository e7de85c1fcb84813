#!/usr/bin/python3
"""Each command's man page and its --help name the same options."""

import re
import subprocess

from commands import COMMANDS, manual_of, options_of_manual
from testing import TOP, check, check_equal, check_has, run


def help_of(*command):
    return subprocess.run([*command, "--help"], check=True, text=True,
                          capture_output=True).stdout


def options_of_help(text):
    """The options at the beginning of lines."""
    heads = re.findall(r"^ +(-.*)$", text, re.MULTILINE)
    return {option for head in heads for option in
            re.findall(r"(?<![\w-])--[a-z][a-z-]*", head.split("  ")[0])}


def formats():
    """Those of mooncake-import, which have options of their own."""
    return re.findall(r"^    (\w+) ", help_of(TOP / "scripts/mooncake-import"),
                      re.MULTILINE)


def test_options():
    for command in COMMANDS:
        texts = [help_of(command)]
        if command.name == "mooncake-import":
            texts += [help_of(command, each) for each in formats()]
        wanted = set().union(*map(options_of_help, texts)) - {"--help"}
        check(wanted, f"{command.name} --help has no options")
        check_equal(options_of_manual(command.name) - {"--help"}, wanted,
                    f"options in docs/{command.name}.1")


def test_formats():
    names = formats()
    check_equal(len(names), 7, "formats")
    for name in names:
        check_has(manual_of("mooncake-import"), name)


if __name__ == "__main__":
    run(globals())
