#!/usr/bin/python3
"""Each jq line of docs/metrics.md prints what mooncake-report does."""

import json
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import fio_runs
from fio_runs import ENGINE, FILES, FIO
from testing import DATA, TOP, Skip, check, check_equal, run, script

PAGE = TOP / "docs" / "metrics.md"
TIME = re.compile(r"(request|load|store|read|write)\.(avg|p\d+)")


def lines():
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.S)
    return [line for block in blocks for line in block.splitlines()]


def numbers(line, folder):
    if not shutil.which("jq"):
        raise Skip("jq is not installed")
    done = subprocess.run(["sh", "-c", line], cwd=folder, text=True,
                          capture_output=True, check=False)
    check(not done.returncode, f"{line}: {done.stderr}")
    return [float(each) for each in done.stdout.split()]


def check_lines(folder):
    """
    Each line prints the report's figure; where that has none, since requests
    overlap, still a number.
    """
    check(len(lines()) > 20, "the page has too few lines")
    said = script("mooncake-report", "--json", folder / "run.json", "--plan",
                  folder / "plan.json").stdout
    figures = json.loads(said)[0]["figures"]
    for line in lines():
        keys = line.split("  # ")[1].split()
        for key, got in zip(keys, numbers(line, folder), strict=True):
            wanted = figures[key]
            if wanted is None:
                continue
            wanted /= 1e6 if TIME.fullmatch(key) else 1
            check(abs(got - wanted) <= 1e-9 * abs(wanted),
                  f"{key}: {got}, not {wanted}")


def test_jq_lines_print_the_figures():
    check_lines(DATA)


def test_jq_lines_run_on_a_shipped_job():
    """With a job before it that fills the file, and no lat_percentiles."""
    text = (TOP / "jobs" / "conversation.fio").read_text()
    for option, value in {"ioengine": f"external:{ENGINE.library}",
                          "bytes_per_token": 8, "size": "4m",
                          "backend": "libaio", "direct": 0}.items():
        text = re.sub(rf"^{option}=(external:.*|(?!io_uring).*)$",
                      f"{option}={value}", text, flags=re.M)
    text = re.sub("^(trace=.*)$", r"\1\nmax_requests=300\nplan_json=plan.json",
                  text, flags=re.M)
    (FILES / "shipped.fio").write_text(text)
    done = fio_runs.run([FIO, "--output-format=json+", "--output=run.json",
                         "shipped.fio"])
    check_equal((done.status, done.text), (0, ""), "fio")
    check_lines(FILES)


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
