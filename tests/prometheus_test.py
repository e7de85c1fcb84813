#!/usr/bin/python3
"""scripts/fio-to-prometheus: its text, by our rules and by the real tools."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
from testing import DATA, Skip, check, check_equal, check_has, fails, run, script

TMP = Path(tempfile.mkdtemp(prefix="prometheus_test."))
SAMPLE = re.compile(r'([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)*\})? (\S+)')


def figures(*arguments):
    """{name and labels: value}, each line checked."""
    text = script("fio-to-prometheus", *arguments).stdout
    found, typed = {}, set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            typed.add(line.split()[2])
        if line.startswith("#"):
            continue
        match = SAMPLE.fullmatch(line)
        check(match, f"no sample: {line}")
        name = re.sub("_(sum|count)$", "", match[1])
        check(match[1] in typed or name in typed, f"{line} has no type")
        check(match[1] + (match[2] or "") not in found, f"{line} comes twice")
        found[match[1] + (match[2] or "")] = float(match[3])
    return found


def test_values_are_those_of_the_json():
    jobs = {each["jobname"]: each for each in
            json.loads((DATA / "run.json").read_text())["jobs"]}
    found = figures(DATA / "run.json")
    loads = jobs["loads"]["read"]["lat_ns"]
    load = "fio_mooncake_load_latency_seconds"
    for key, value in (
            ("fio_mooncake_requests", jobs["requests"]["read"]["total_ios"]),
            ("fio_mooncake_read_bytes", jobs["blocks"]["read"]["io_bytes"]),
            ("fio_mooncake_syncs", jobs["blocks"]["sync"]["total_ios"]),
            (load + '{quantile="0.99"}',
             loads["percentile"]["99.000000"] / 1e9),
            (load + "_count", loads["N"])):
        check_equal(found[key], value, key)


def test_labels_and_plan():
    found = figures(DATA / "run.json", "--plan", DATA / "plan.json",
                    "--label", "drive=nvme0", "--label", 'note=a "b" \\c')
    key = 'fio_mooncake_slots{drive="nvme0",note="a \\"b\\" \\\\c"}'
    check_equal(found[key], 4096, key)
    script("fio-to-prometheus", DATA / "run.json", "--label", "9=x", status=2)


def test_file_is_whole_and_readable():
    path = TMP / "replay.prom"
    script("fio-to-prometheus", DATA / "run.json", "-o", path)
    check_equal(path.stat().st_mode & 0o777, 0o644, "mode")
    check_equal(os.listdir(TMP), ["replay.prom"], "files left")
    check(path.read_text().endswith("\n"), "no newline at the end")


def test_bad_input():
    fails("fio-to-prometheus", DATA / "plan.json", saying="not fio's")
    fails("fio-to-prometheus", DATA / "run.json", "-o",
          "/nonexistent/x.prom", saying="/nonexistent")


def test_promtool_finds_nothing():
    if not shutil.which("promtool"):
        raise Skip("promtool is not installed")
    text = script("fio-to-prometheus", DATA / "run.json").stdout
    done = subprocess.run(["promtool", "check", "metrics"], input=text,
                          capture_output=True, text=True, check=False)
    check_equal((done.returncode, done.stderr), (0, ""), "promtool")


def scraped(port):
    for _ in range(50):
        try:
            with urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/metrics") as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("node exporter does not answer")


def test_node_exporter_serves_it():
    program = shutil.which("prometheus-node-exporter") or \
        shutil.which("node_exporter")
    if not program:
        raise Skip("prometheus-node-exporter is not installed")
    script("fio-to-prometheus", DATA / "run.json", "-o", TMP / "replay.prom")
    port = 20000 + os.getpid() % 20000
    process = subprocess.Popen(
        [program, "--collector.disable-defaults", "--collector.textfile",
         f"--collector.textfile.directory={TMP}",
         f"--web.listen-address=127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        text = scraped(port)
    finally:
        process.terminate()
        process.wait()
    check_has(text, "\nfio_mooncake_requests 300\n")
    check_has(text, 'fio_mooncake_load_latency_seconds{quantile="0.99"}')
    check_has(text, "\nnode_textfile_scrape_error 0\n")


if __name__ == "__main__":
    try:
        run(globals())
    finally:
        shutil.rmtree(TMP, ignore_errors=True)
