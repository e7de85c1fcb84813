#!/usr/bin/python3
"""scripts/matrix over a clone of a fio that only states how it was built."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from setup_test import clone
from testing import SECONDS, TOP, check_equal, check_has, run

VERSION = "3.99"
# It notes the options of each build in the file that BUILDS names.
CONFIGURE = "#!/bin/sh\necho \"$*\" >>\"$BUILDS\"\n"
MAKEFILE = "fio:\n\ttouch $@\n"
HEADER = "#define FIO_IOOPS_VERSION 99\n"
SUITE = "#!/bin/sh\necho '1 passed, 0 failed'\n"


class Matrix:
    """A tree of the engine with nothing in it but this script, and a clone."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="matrix_test."))
        self.builds = self.path / "builds"
        self.script = self.path / "tree" / "scripts" / "matrix"

    def __enter__(self):
        scripts = self.script.parent
        (scripts / "lib").mkdir(parents=True)
        shutil.copy(TOP / "scripts" / "matrix", self.script)
        shutil.copy(TOP / "scripts" / "lib" / "cli.py", scripts / "lib")
        (self.path / "tree" / "Makefile").write_text(
            "engine plan probe backends:\n")
        suite = self.path / "tree" / "tests" / "run"
        suite.parent.mkdir()
        suite.write_text(SUITE)
        suite.chmod(0o755)
        self.clone = clone(self.path / "git", VERSION, files={
            "configure": CONFIGURE, "Makefile": MAKEFILE,
            "ioengines.h": HEADER})
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def run(self, *arguments):
        done = subprocess.run(
            [self.script, "--compilers=gcc", f"--releases={VERSION}",
             *arguments, self.clone], capture_output=True, text=True,
            check=False, timeout=SECONDS,
            env={**os.environ, "BUILDS": str(self.builds)})
        check_equal(done.returncode, 0, f"{done.stdout}{done.stderr}")
        check_has(done.stdout, "| 1 passed, 0 failed |")

    def options(self):
        """The options of each build so far."""
        return self.builds.read_text().splitlines()

    def replace(self, old, new):
        text = self.script.read_text()
        check_has(text, old)
        self.script.write_text(text.replace(old, new))


def test_a_tree_is_built_once():
    with Matrix() as matrix:
        for _ in range(2):
            matrix.run("--services")
        first, = matrix.options()
        check_has(first, "--disable-native")
        matrix.run()
        check_equal(matrix.options(), [first, ""], "without clients")


def test_a_tree_configured_in_another_way_is_built_again():
    with Matrix() as matrix:
        matrix.run("--services")
        matrix.replace('"--disable-native"', '"--disable-optimizations"')
        matrix.run("--services")
        found = [re.findall("--disable-.*", line)
                 for line in matrix.options()]
        check_equal(found, [["--disable-native"],
                            ["--disable-optimizations"]], "the builds")


if __name__ == "__main__":
    run(globals())
