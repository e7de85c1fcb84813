"""How the scripts begin and end."""

import os
import sys

INTERRUPTED = 130


class Error(Exception):
    """What is wrong with the input or a run, for the user."""


def start(name, main, on_interrupt=""):
    """Ends the program with the status of @main, 0 unless it returns one."""
    try:
        status = main() or 0
        sys.stdout.flush()
    except KeyboardInterrupt:
        print(f"\n{name}: interrupted{on_interrupt}", file=sys.stderr)
        status = INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough; the exit must not try to write again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except Error as error:
        print(f"{name}: {error}", file=sys.stderr)
        status = 1
    except OSError as error:
        print(f"{name}: {error.filename}: {error.strerror}", file=sys.stderr)
        status = 1
    sys.exit(status)
