"""Asks mooncake-plan about the plan of a run, by the options of the plan."""

import csv
import io
import os
import re
import shutil
import subprocess

CAPACITIES = 24


def _binary():
    """Built beside the scripts, or installed."""
    here = os.path.dirname(os.path.realpath(__file__))
    built = os.path.join(here, "..", "..", "build", "mooncake-plan")
    if os.access(built, os.X_OK):
        return os.path.normpath(built)
    return shutil.which("mooncake-plan")


def _run(*arguments):
    """What it prints, or None where it can't be asked or refuses."""
    binary = _binary()
    if not binary:
        return None
    done = subprocess.run([binary, *arguments], capture_output=True,
                          text=True, check=False, stdin=subprocess.DEVNULL)
    return None if done.returncode else done.stdout


def _options(plan, *without):
    """Those of the plan that mooncake-plan has, too."""
    known = dict(re.findall(r"^  --([a-z-]+)(=?)", _run("--help") or "",
                            re.M))
    found = []
    for name, value in plan.options.items():
        option = name.replace("_", "-")
        if option not in known or name in without or value is None:
            continue
        if known[option]:
            found.append(f"--{option}={value}")
        elif value:
            found.append(f"--{option}")
    return found


def requests(plan):
    """CSV of what each request of the plan does, or None."""
    return _run(*_options(plan, "warmup_requests"), "--requests", "--csv",
                f"--capacity={plan.slots}")


def curve(plan):
    """CSV of the hit rate by capacity, or None."""
    found = _run(*_options(plan), "--curve", "--csv")
    if found or not plan.unique_blocks:
        return found
    # One pass does not have it for every policy and layout.
    top = max(plan.unique_blocks, plan.slots)
    slots = {max(1, round(top ** (at / CAPACITIES)))
             for at in range(1, CAPACITIES + 1)} | {plan.slots}
    rows = [_run(*_options(plan), "--csv", f"--capacity={each}")
            for each in sorted(slots)]
    rows = [each.splitlines() for each in rows if each]
    return "\n".join(rows[0] + [each[1] for each in rows[1:]]) \
        if rows else None


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def version():
    found = _run("--version")
    return found.strip() if found else None
