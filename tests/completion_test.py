#!/usr/bin/python3
"""bash's completion offers every option of every command, and their words."""

import re
import subprocess

from commands import COMMANDS, PLAN, options_of_manual
from testing import TOP, check, check_equal, run

COMPLETION = TOP / "scripts" / "packaging" / "completion.bash"


def offered(command, *words):
    """What bash offers for the last of the words, taken apart as it does."""
    words = [part for word in words
             for part in re.split("(=)", word) if part or word == ""]
    line = " ".join(f"'{word}'" for word in [str(command), *words])
    done = subprocess.run(
        ["bash", "-c", f". {COMPLETION}; COMP_WORDS=({line}); "
         f"COMP_CWORD={len(words)}; _mooncake '{command}'; "
         'printf "%s\\n" "${COMPREPLY[@]}"'],
        capture_output=True, text=True, check=True)
    check_equal(done.stderr, "", f"complaints about {line}")
    return done.stdout.split()


def test_every_option_of_the_manuals():
    for command in COMMANDS:
        wanted = options_of_manual(command.name)
        check(wanted, f"{command.name}.1 has no options")
        found = set(offered(command, "--"))
        if command.name == "mooncake-import":
            for form in offered(command, ""):
                found |= set(offered(command, form, "--"))
        lacking = wanted - found
        check_equal(lacking, set(), f"options of {command.name} not offered")


def test_beginning_of_an_option():
    check_equal(offered(PLAN, "--layo"), ["--layout"], "--layo")


def test_words_of_an_option():
    check_equal(offered(PLAN, "--lookup="), ["prefix", "block"], "--lookup=")
    check_equal(offered(PLAN, "--layout=b"), ["buckets"], "--layout=b")
    saturate = TOP / "scripts" / "mooncake-saturate"
    check_equal(offered(saturate, "--of", "l"), ["load"], "--of l")


def test_formats_of_an_import():
    importer = TOP / "scripts" / "mooncake-import"
    check_equal(offered(importer, "we"), ["weka"], "we")
    check("--output" in offered(importer, "weka", "--o"), "--o of weka")


def test_every_command_is_completed():
    done = subprocess.run(["bash", "-c", f". {COMPLETION}; complete -p"],
                          capture_output=True, text=True, check=True)
    named = set(re.findall(r"_mooncake (\S+)", done.stdout))
    check_equal(named, {path.name for path in COMMANDS},
                "commands")


if __name__ == "__main__":
    run(globals())
