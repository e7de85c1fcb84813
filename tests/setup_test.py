#!/usr/bin/python3
"""
scripts/setup with fios that only state a version: which headers it takes, and
what it says where it finds none.
"""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from testing import SECONDS, TOP, Skip, check, check_equal, check_has, run

CONFIGURE = "#!/bin/sh\nsed -n 's/^DEF_VER=//p' FIO-VERSION-GEN " \
            ">config-host.h\n"


class Tree:
    """A source tree with nothing in it but set-up, and a fio beside it."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="setup_test."))
        (self.path / "tree" / "scripts").mkdir(parents=True)
        self.setup = self.path / "tree" / "scripts" / "setup"
        shutil.copy(TOP / "scripts" / "setup", self.setup)
        self.fio = self.path / "fio"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def install(self, version, option=""):
        """A fio that lists an option beside its version."""
        self.fio.write_text("#!/bin/sh\n"
                            f"[ $1 = --cmdhelp=all ] && echo '{option} : x' "
                            f"|| echo fio-{version}\n")
        self.fio.chmod(0o755)

    def run(self, *arguments, status=0, **environment):
        done = subprocess.run(
            [self.setup, *arguments], capture_output=True, text=True,
            check=False, timeout=SECONDS,
            env={**os.environ, "FIO": str(self.fio), "FIO_SRC": "",
                 "FIO_GIT": "", **environment})
        check_equal(done.returncode, status,
                    f"status of {arguments}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def headers(self, version):
        return self.path / "tree/build/fio-src" / f"fio-{version}"


def source(directory, version, option="name"):
    """A tree of fio, as far as set-up looks at it."""
    directory.mkdir(exist_ok=True)
    (directory / "fio.h").write_text("")
    (directory / "options.c").write_text(f'.name = "{option}",\n')
    (directory / "FIO-VERSION-GEN").write_text(f"DEF_VER=fio-{version}\n")
    (directory / "configure").write_text(CONFIGURE)
    (directory / "configure").chmod(0o755)
    return directory


def clone(path, *versions, files=None):
    """A clone of a fio that has these releases, with @files in each of
    them."""
    if not shutil.which("git"):
        raise Skip("git is not here")

    def git(*arguments):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b",
                        "-C", path, *arguments], check=True,
                       capture_output=True)

    path.mkdir()
    git("init")
    for version in versions:
        source(path, version)
        for name, text in (files or {}).items():
            (path / name).write_text(text)
        git("add", ".")
        git("commit", "-m", version)
        git("tag", "-a", "-m", version, f"fio-{version}")
    return path


def test_headers_of_a_clone():
    with Tree() as tree:
        tree.install("9.8")
        git = clone(tree.path / "git", "9.8", "9.9")
        tree.run(FIO_GIT=str(git))
        config = tree.headers("9.8") / "config-host.h"
        check_equal(config.read_text(), "fio-9.8\n", "the tree taken")
        check_equal(tree.run("--check"), "", "words about good headers")
        check_equal(tree.run(), "", "words the next time")


def test_after_an_upgrade():
    with Tree() as tree:
        tree.install("9.8")
        git = clone(tree.path / "git", "9.8", "9.9")
        tree.run(FIO_GIT=str(git))
        tree.install("9.9")
        check_has(tree.run("--check", status=1), "make setup && make")
        tree.run(FIO_GIT=str(git))
        check(not tree.headers("9.8").exists(), "old headers were left")
        tree.run("--check")


def test_no_source():
    with Tree() as tree:
        tree.install("9.8")
        for part in ("FIO_SRC=DIR", "FIO_GIT=DIR"):
            check_has(tree.run(status=1), part)
        git = clone(tree.path / "git", "9.9")
        check_has(tree.run(status=1, FIO_GIT=str(git)), "has no fio-9.8")


def test_trees_that_do_not_fit():
    with Tree() as tree:
        tree.install("9.8")
        check_has(tree.run(status=1, FIO_SRC=str(tree.path)),
                  "is not a fio source tree")
        given = source(tree.path / "given", "9.9")
        check_has(tree.run(status=1, FIO_SRC=str(given)), "not configured")
        (given / "config-host.h").write_text("")
        check_has(tree.run(status=1, FIO_SRC=str(given)),
                  f"{given} is fio-9.9 but")
        source(given, "9.8")
        tree.run(FIO_SRC=str(given))


def test_a_binary_with_an_option_more():
    """Built from a later commit than the tag that it states."""
    with Tree() as tree:
        tree.install("9.8", option="seed")
        given = source(tree.path / "given", "9.8")
        (given / "config-host.h").write_text("")
        check_has(tree.run(status=1, FIO_SRC=str(given)),
                  "lacks the option seed")
        git = clone(tree.path / "git", "9.8")
        check_has(tree.run(status=1, FIO_GIT=str(git)),
                  "lacks the option seed")
        source(git, "9.8", option="seed")
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b",
                        "-C", git, "commit", "-qam", "seed"], check=True)
        os.utime(tree.fio, (time.time() + 60,) * 2)
        check_has(tree.run(FIO_GIT=str(git)), "taking commit")
        tree.run("--check")


def test_no_fio():
    with Tree() as tree:
        check_has(tree.run(status=1), f"there is no FIO={tree.fio}")
        check_has(tree.run("--check", status=1), "make setup")


if __name__ == "__main__":
    run(globals())
