#!/usr/bin/python3
"""The shape of the code: who includes whom, and how large things are.

The way of the data goes down the table below: a folder includes itself and
what its row names, and nothing else of the project.
"""
import re
import subprocess
from collections import defaultdict
from pathlib import Path

from testing import TOP, check, run_tests

MAY_INCLUDE = {
    "trace/base": "",
    "trace/source": "base",
    "trace/workload": "base source",
    "trace/load": "base source workload",
    "trace/model": "base",
    "trace/cache": "base load",
    "trace/plan": "base source load model cache",
    "trace/options": "base source load model cache plan",
    "trace/command": "base source workload load model cache plan options",
    "trace/report": "base source workload load model cache plan options command",
    "trace": "workload options command report",
}
FILES_IN_FOLDER = 15
LINES_IN_FILE = 400
LINES_IN_FUNCTION = 50
# Tables: a row each, however many there are.
TABLES = set()


def sources():
    return sorted(path.relative_to(TOP) for folder in ("trace", "engine")
                  for path in (TOP / folder).rglob("*.[ch]"))


def text(path):
    return (TOP / path).read_text(encoding="utf-8")


def includes(path):
    """Of the project alone: every one is written from the top."""
    return [Path(name) for name in
            re.findall(r'^#include "([^"]+)"', text(path), re.MULTILINE)
            if (TOP / name).exists()]


def circles(arrows):
    """Nodes from which a way leads back to them."""
    def reached(start):
        seen, new = set(), list(arrows[start])
        while new:
            node = new.pop()
            if node not in seen:
                seen.add(node)
                new += arrows[node]
        return seen

    return sorted(str(node) for node in list(arrows) if node in reached(node))
