#!/usr/bin/python3
"""
Pages in Markdown: their links lead somewhere, what they name is there, and
docs/README.md lists them all.
"""

import functools
import os
import re
import shlex
import subprocess
import sys

sys.dont_write_bytecode = True
from testing import TOP, check, check_equal, run

LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
FOLDERS = "docs|scripts|tests|jobs|trace|engine"
# Files of other projects, which pages name.
NOT_THERE = {"docs/source/_static/modelconfig.json",
             "docs/traces/inference-day-2026/dataset.jsonl",
             "docs/trace_replay_tester.md", "docs/io_trace_log_usage.md",
             "docs/tutorials/weka-trace.md"}
WIDTH = 125


@functools.cache
def pages():
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=TOP, check=True,
                            capture_output=True, text=True).stdout.split()
    check(len(listed) >= 20, f"{listed} only")
    return {TOP / name: (TOP / name).read_text(encoding="utf-8")
            for name in listed}


def without_code(text):
    """What is neither in a block of code nor in `backticks`."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", lambda code: code[0] if "](" in code[0]
                  else "", text)


def anchors(text):
    """The anchors that GitHub makes of the headings."""
    heads = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text,
                                            flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-")
            for head in heads}


def commands(text):
    """Lines that are typed; one that goes on in the next is one."""
    text = re.sub(r"\\\n\s*", " ", text)
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    blocks += re.findall(r"^    (?!\s)(.*)$", text, re.M)
    return [line.strip().removeprefix("$ ") for block in blocks
            for line in block.splitlines()]


def test_links_lead_somewhere():
    seen = 0
    for page, text in pages().items():
        for link in LINK.findall(without_code(text)):
            if re.match("https?:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            check(target.exists(), f"{page}: {link} leads nowhere")
            if anchor:
                check(anchor in anchors(target.read_text(encoding="utf-8")),
                      f"{page}: {link} has no such heading")
            seen += 1
    check(seen > 80, f"{seen} links only")


def test_index_lists_every_page():
    index = pages()[TOP / "docs" / "README.md"]
    wanted = {path.name for path in (TOP / "docs").glob("*.md")} - {"README.md"}
    check_equal(wanted - set(LINK.findall(index)), set(), "pages left out")


def test_files_that_pages_name_are_there():
    seen = 0
    for page, text in pages().items():
        for name in re.findall(rf"`((?:{FOLDERS})/[\w./-]+)`", text):
            check((TOP / name).exists() or name in NOT_THERE,
                  f"{page}: there is no {name}")
            seen += 1
    check(seen > 60, f"{seen} names only")


def test_options_in_commands_are_those_of_the_program():
    """The --help of our programs lists them."""
    seen = 0
    for page, text in pages().items():
        for line in commands(text):
            for part in re.split(r"[|;&]+", line):
                words = part.split()
                name = next((os.path.basename(word) for word in words[:2]
                             if "=" not in word), "")
                path = TOP / "scripts" / name
                if not name or not path.is_file() or name == "setup":
                    continue
                said = help_of(path)
                for option in re.findall(r" (--[a-z][a-z-]*)", part):
                    # What stands behind the job of mooncake-run is fio's.
                    check(option in said or "_" in part or
                          name == "mooncake-run", f"{page}: {name} has no "
                          f"{option}: {part}")
                    seen += 1
    check(seen > 20, f"{seen} options only")


@functools.cache
def help_of(path):
    return subprocess.run([path, "--help"], capture_output=True, check=True,
                          text=True).stdout


def test_targets_of_make_are_there():
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    targets = {each for line in re.findall(r"^([a-z_. ]+):", makefile, re.M)
               for each in line.split()}
    for page, text in pages().items():
        for name in re.findall(r"`make ([a-z_.]+)", text) + \
                re.findall(r"^(?:    )?make ([a-z_.]+)", text, re.M):
            check(name in targets, f"{page}: make has no {name}")


def test_manual_pages_join_no_words():
    """.BR and its like print their words without blanks between them."""
    for path in (TOP / "docs").glob("*.1"):
        for line in path.read_text(encoding="utf-8").splitlines():
            words = shlex.split(line[4:]) \
                if re.match(r"\.(?:BR|RB|IR|RI|BI|IB) ", line) else []
            check(not re.search(r"\b[a-z]{2,} [a-z]{2,}\b", " ".join(
                word.replace(" ", "_") for word in words)),
                  f"{path.name}: {line}")


def test_prose_is_wrapped():
    for page, text in pages().items():
        # What programs write into a page stands between two marks.
        prose = re.sub(r"^```.*?^```|^<!-- \w+ -->.*?^<!-- end -->", "", text,
                       flags=re.M | re.S)
        for line in prose.splitlines():
            check(len(line) <= WIDTH or line.startswith(("|", "    ")) or
                  "](http" in line,
                  f"{page}: a line of {len(line)}: {line[:60]}")


def test_scripts_readme_names_every_file():
    text = pages()[TOP / "scripts" / "README.md"]
    for path in sorted((TOP / "scripts").iterdir()):
        if path.is_file() and path.name != "README.md":
            check(f"`{path.name}`" in text or
                  re.search(rf"^## .*\b{path.name}\b", text, re.M),
                  f"scripts/README.md lacks {path.name}")
    for path in sorted((TOP / "scripts" / "lib").rglob("*.py")):
        name = str(path.relative_to(TOP / "scripts" / "lib"))
        check(f"`{name}`" in text or f"`{path.name}`" in text or
              f"`lib/{name}`" in text, f"scripts/README.md lacks lib/{name}")


if __name__ == "__main__":
    run(globals())
