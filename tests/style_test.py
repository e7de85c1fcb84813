#!/usr/bin/python3
"""How the code is written: clang-format, .editorconfig, shellcheck, pyflakes.
A checker that is not installed, or another release of it, is left out.
"""
import configparser
import fnmatch
import re
import shutil
import subprocess

from testing import TOP, Skip, check, run

CLANG_FORMAT = "14"  # others lay some lines out in another way
# Inputs of tests as programs wrote them, what makes bad ones, and pictures.
AS_THEY_ARE = ("tests/data/", "tests/configs/", "tests/fuzz/corpus",
               "tests/fuzz/lines", "docs/img")


def files():
    """All of the project, also where it was unpacked without git."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=TOP,
        capture_output=True, text=True, check=False).stdout.splitlines()
    names = listed or [str(path.relative_to(TOP)) for path in TOP.rglob("*")]
    return sorted(name for name in names if (TOP / name).is_file() and
                  not name.startswith((*AS_THEY_ARE, "build/", ".git/"))
                  and "__pycache__" not in name)


def first_line(name):
    with open(TOP / name, "rb") as file:
        return file.readline(200).decode(errors="replace")


def programs(language, ending):
    return [name for name in files() if name.endswith(ending) or
            re.match(rf"#!.*\b{language}", first_line(name))]


def tool(name):
    if not shutil.which(name):
        raise Skip(f"there is no {name}: scripts/setup --checkers installs it")
    return name


def says_nothing(*command):
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True,
                          check=False)
    said = (done.stdout + done.stderr).strip()
    check(done.returncode == 0 and not said,
          f"{command[0]} says: {said[:1500]}")


def test_clang_format():
    version = subprocess.run([tool("clang-format"), "--version"], check=True,
                             capture_output=True, text=True).stdout
    found = re.search(r"version (\d+)", version)[1]
    if found != CLANG_FORMAT:
        raise Skip(f"clang-format is {found}, not {CLANG_FORMAT}")
    says_nothing("clang-format", "--dry-run", "-Werror",
                 *(name for name in files()
                   if re.match(r"(trace|engine)/.*\.[ch]$", name)))


def test_shellcheck():
    says_nothing(tool("shellcheck"), *programs("(ba)?sh", ".sh"))


def test_pyflakes():
    says_nothing(tool("pyflakes3"), *programs("python3", ".py"))


def rules(name):
    """What .editorconfig says of a file, the last section that fits winning."""
    config = configparser.ConfigParser()
    config.read_string("[top]\n" +
                       (TOP / ".editorconfig").read_text(encoding="utf-8"))
    found = {}
    for section in config.sections():
        patterns = section.strip("{}").split(",")
        if section != "top" and any(
                fnmatch.fnmatch(name.rsplit("/", 1)[-1], pattern)
                for pattern in patterns):
            found.update(config[section])
    return found


def broken_rule(rule, data):
    """Why the bytes of a file are not as its rules say, or None."""
    if rule.get("charset") == "utf-8":
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            return f"no UTF-8 at byte {error.start}"
    if b"\r\n" in data and rule.get("end_of_line") == "lf":
        return "lines end in CR LF"
    if data and rule.get("insert_final_newline") and data[-1:] != b"\n":
        return "no newline at its end"
    if rule.get("trim_trailing_whitespace"):
        found = re.search(rb"[ \t]$", data, re.MULTILINE)
        if found:
            return f"a blank ends line {data.count(bytes([10]), 0, found.start()) + 1}"
    indent = {"tab": rb"^ {8}", "space": rb"^ *\t"}.get(rule.get("indent_style"))
    found = indent and re.search(indent, data, re.MULTILINE)
    if found:
        return (f"line {data.count(bytes([10]), 0, found.start()) + 1} is not"
                f" indented by {rule['indent_style']}s")
    return None


def test_editorconfig():
    bad = []
    for name in files():
        data = (TOP / name).read_bytes()
        why = None if b"\0" in data else broken_rule(rules(name), data)
        if why:
            bad.append(f"{name}: {why}")
    check(not bad, "; ".join(bad))


OWN_LIMIT = re.compile(r"\btimeout=\d|\.wait\(\d|^\w*SECONDS = \d", re.MULTILINE)


def test_no_test_has_a_limit_of_its_own():
    """A slow machine would reach it: testing.SECONDS is there for a hang."""
    bad = [name for name in files()
           if re.match(r"tests/[^/]*\.py$", name) and
           name not in ("tests/testing.py", "tests/style_test.py") and
           OWN_LIMIT.search((TOP / name).read_text(encoding="utf-8"))]
    check(not bad, ", ".join(bad))
    for limit in ("run(x, timeout=9)", "x.wait(5)", "a = 1\nSECONDS = 3"):
        check(OWN_LIMIT.search(limit), f"{limit} passed")


def test_a_wrong_file_is_noticed():
    rule = rules("some/where.c")
    for data in (b"a\xff\n", b"a\r\n", b"a", b"a \n", b"        a\n"):
        check(broken_rule(rule, data), f"{data!r} passed")
    check(not broken_rule(rule, b"\ta\n"), "a good file failed")
    check(broken_rule(rules("a.py"), b"\tpass\n"), "a tab passed")


run(globals())
