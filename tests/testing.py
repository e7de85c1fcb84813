"""
What the Python tests share. A test is a function called test_*; it fails by
an exception and is left out by Skip. With words on its command line a file
runs only tests that have one of them in their names.
"""

import os
import subprocess
import sys
import traceback
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
DATA = TOP / "tests" / "data"
# After these a test takes what still runs for hung, however slow the machine.
SECONDS = 600


class Skip(Exception):
    """Why a test can't be run here."""


def check(condition, why):
    if not condition:
        raise AssertionError(why)


def check_equal(got, wanted, what):
    check(got == wanted, f"{what}: {got!r}, not {wanted!r}")


def check_has(text, part):
    check(part in text, f"{text!r} lacks {part!r}")


def script(name, *arguments, status=0, **more):
    """Runs one of scripts/, and checks its exit status."""
    done = subprocess.run([TOP / "scripts" / name, *map(str, arguments)],
                          capture_output=True, text=True, check=False,
                          timeout=SECONDS, **more)
    check(done.returncode == status,
          f"{name} ended with {done.returncode}, not {status}: "
          f"{done.stdout[-300:]} {done.stderr[-800:]}")
    check("Traceback" not in done.stderr, done.stderr)
    return done


def fails(name, *arguments, saying, **more):
    """The script must exit with 1 and say why."""
    done = script(name, *arguments, status=1, **more)
    check_has(done.stderr, saying)


def run(tests):
    failed = 0
    for name, test in list(tests.items()):
        if not name.startswith("test_") or not callable(test) or \
                not any(word in name for word in sys.argv[1:] or [""]):
            continue
        try:
            test()
            print(f"ok - {name[5:]}")
        except Skip as why:
            print(f"skip - {name[5:]}: {why}")
        except Exception as error:  # pylint: disable=broad-except
            failed += 1
            why = str(error).replace("\n", " ") or type(error).__name__
            where = traceback.extract_tb(error.__traceback__)[1]
            print(f"not ok - {name[5:]}: {os.path.basename(where.filename)}:"
                  f"{where.lineno}: {why}")
            if os.environ.get("FIRST_FAILURE"):
                break
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
