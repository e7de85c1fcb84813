#!/usr/bin/python3
"""Each jq line of docs/metrics.md prints what mooncake-report does."""

import json
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from testing import DATA, TOP, Skip, check, run, script

PAGE = TOP / "docs" / "metrics.md"
TIME = re.compile(r"(request|load|store|read|write)\.(avg|p\d+)")


def lines():
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.S)
    return [line for block in blocks for line in block.splitlines()]


def numbers(line):
    if not shutil.which("jq"):
        raise Skip("jq is not installed")
    done = subprocess.run(["sh", "-c", line], cwd=DATA, text=True,
                          capture_output=True, check=False)
    check(not done.returncode, f"{line}: {done.stderr}")
    return [float(each) for each in done.stdout.split()]


def test_jq_lines_print_the_figures():
    check(len(lines()) > 20, "the page has too few lines")
    said = script("mooncake-report", "--json", DATA / "run.json", "--plan",
                  DATA / "plan.json").stdout
    figures = json.loads(said)[0]["figures"]
    for line in lines():
        keys = line.split("  # ")[1].split()
        for key, got in zip(keys, numbers(line), strict=True):
            wanted = figures[key] / (1e6 if TIME.fullmatch(key) else 1)
            check(abs(got - wanted) <= 1e-9 * abs(wanted),
                  f"{key}: {got}, not {wanted}")


def test_every_figure_of_mooncakes_benchmark_has_a_line():
    keys = {key for line in lines() for key in line.split("  # ")[1].split()}
    for key in ("requests", "qps", "hit_rate", "write_ratio", "blocks_read",
                "blocks_written", "read_bytes", "write_bytes", "bw",
                "blocks_in_use", "blocks_free", "block_tokens",
                "block_bytes", "syncs", "wall", "io_time", "wait_time",
                "sleep_time",
                *(f"{kind}.{what}" for kind in ("request", "read", "write")
                  for what in ("avg", "p50", "p95", "p99"))):
        check(key in keys, f"{key} has no line")


if __name__ == "__main__":
    run(globals())
