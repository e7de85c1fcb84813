#!/usr/bin/python3
"""
scripts/mooncake-size on a trace whose figures are worked out by hand, with
fio's null in place of a drive; and that it asks before it writes.
"""

import html.parser
import importlib.machinery
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import types
from pathlib import Path

sys.dont_write_bytecode = True
from browser import check_layout, look_at
from testing import (SECONDS, TOP, Skip, check, check_equal, check_has, fails,
                     run, script)

TMP = Path(tempfile.mkdtemp(prefix="size_test."))
TRACE = TMP / "trace.jsonl"
TARGET = TMP / "target"

# 40 requests, 10 ms apart, for the same 3 blocks of 4 KiB and one more each.
# With 4 slots of lru the 3 hit from the second request on: 117 of 160; with 3
# slots the one more pushes out what comes next, and nothing hits.
REQUESTS, STEP_MS, BLOCK = 40, 10, 4096
HITS, LOOKUPS = 39 * 3, 160
SPAN_S = 0.39
CACHE = 4 * BLOCK
PLAIN = ("--set", "bytes_per_token=8")
NULL = ("--fio", "backend=null", "--fio", "direct=0")


def set_up():
    TARGET.mkdir()
    TRACE.write_text("".join(json.dumps(
        {"timestamp": STEP_MS * number, "input_length": 2048,
         "output_length": 1, "hash_ids": [0, 1, 2, 100 + number]}) + "\n"
        for number in range(REQUESTS)))


def built():
    for name in ("mooncake.so", "mooncake-plan"):
        if not (TOP / "build" / name).exists():
            raise Skip(f"build/{name} is not there")


def size(*arguments, folder="out", **more):
    built()
    return script("mooncake-size", TRACE, *arguments, *PLAIN, "--folder",
                  TMP / folder, cwd=TMP, **more)


class Page(html.parser.HTMLParser):
    """The figures that a page shows, its commands, and what it refers to."""

    def __init__(self, path):
        super().__init__()
        self.figures, self.commands, self.refers = {}, [], []
        self.text, self.into = "", None
        self.data = ""
        self.feed(path.read_text())
        self.known = json.loads(self.data)

    def handle_starttag(self, tag, attrs):
        members = dict(attrs)
        self.refers += [value for name, value in attrs
                        if name in ("src", "href")]
        if "data-figure" in members:
            self.figures[members["data-figure"]] = float(
                members["data-value"])
        if tag == "pre":
            self.commands.append("")
        self.into = tag

    def handle_endtag(self, tag):
        self.into = None

    def handle_data(self, data):
        if self.into == "pre":
            self.commands[-1] += data
        elif self.into == "script":
            self.data += data
        else:
            self.text += data


def close(got, wanted, what):
    check(abs(got - wanted) <= 1e-9 * abs(wanted),
          f"{what}: {got!r}, not {wanted!r}")


def test_figures_without_a_target():
    done = size("--tbw", "1", "--price", "365.25", "--prefill-rate", "1000")
    page = Page(TMP / "out" / "index.html")
    figures = page.figures
    check_equal(figures, page.known, "figures shown and in the JSON")
    written = (LOOKUPS - HITS) * BLOCK
    for key, wanted in (
            ("requests", REQUESTS), ("span", SPAN_S), ("input", 2048),
            ("block", BLOCK), ("endless", HITS / LOOKUPS),
            ("reach.0.5", CACHE), ("reach.0.95", CACHE), ("capacity", CACHE),
            ("hit_rate", HITS / LOOKUPS),
            ("needs.read", HITS * BLOCK / SPAN_S),
            ("needs.write", written / SPAN_S),
            ("a_day", written / SPAN_S * 86400),
            ("life", 1e12 * SPAN_S / written / 86400 / 365.25),
            ("saved", HITS * 512 / 1000 / SPAN_S * 3600),
            ("cost", 365.25**2 * 86400 * written / SPAN_S / 1e12)):
        close(figures[key], wanted, key)
    hours = figures["saved"] / 3600 * figures["life"] * 365.25 * 24
    close(figures["cost.saved"], 365.25 / hours, "cost.saved")
    check("times" not in figures, "a target without one")
    check_has(done.stdout, "A cache of 16.00 KiB has a hit rate of 73.12%")
    check_has(page.text, "A cache of 16.00 KiB has a hit rate of 73.12%")


def test_page_needs_nothing_else():
    size()
    page = Page(TMP / "out" / "index.html")
    wrong = [each for each in page.refers if not each.startswith("#")]
    check_equal(wrong, [], "what the page refers to")
    check_equal(len(page.commands), 3, "commands")


def test_commands_give_the_figures():
    size("--size", "12k")
    page = Page(TMP / "out" / "index.html")
    close(page.figures["hit_rate"], 0, "hit rate of 3 slots")
    for command in page.commands:
        done = subprocess.run(shlex.split(command), cwd=TMP, check=False,
                              capture_output=True, text=True)
        check_equal(done.returncode, 0, command)
    check_has(page.commands[2], "--size=12288")


def test_runs_on_a_target():
    done = size(TARGET, "--yes", *NULL, "--prefill-rate", "1000",
                "--latency", "1s", "--tbw", "1")
    for text in ("runs the first 40 requests about 8 times",
                 "each reads 468.0 KiB and writes 172.0 KiB",
                 "In all about 1.680 MiB are written",
                 "it is removed at the end"):
        check_has(done.stdout, text)
    page = Page(TMP / "out" / "index.html")
    figures = page.figures
    check_equal(figures, page.known, "figures shown and in the JSON")
    check(figures["times"] > 0, "null carries nothing")
    close(figures["life.most"], figures["life"] / figures["times"],
          "life at the most")
    check_equal(figures["loads"], 39, "loads")
    close(figures["beaten"], 1, "loads from null against 512 ms and more")
    check_has(page.text, "Percentiles of 39 loads say little")
    text = "\n".join(page.commands)
    for name in ("drive.fio", "pace.fio", "saturate.fio", "mooncake-report"):
        check_has(text, name)
    check_equal(os.listdir(TARGET), [], "files left on the target")


def test_page_can_be_read():
    check_layout(look_at([TMP / "out" / "index.html"], (1280, 390)))


def test_a_limit_that_did_not_hold_is_said():
    """The last run has a traffic that the search found to be carried."""
    loader = importlib.machinery.SourceFileLoader(
        "mooncake_size", str(TOP / "scripts" / "mooncake-size"))
    program = types.ModuleType(loader.name)
    program.__file__ = loader.path
    loader.exec_module(program)
    out = program.answers.Answers()
    options = types.SimpleNamespace(latency="100ms", percentile=99)
    check_equal(program.at_odds(out, options), [], "nothing was run")
    out.add("load.p99", "P99", 99e6, str, "")
    check_equal(program.at_odds(out, options), [], "the limit held")
    out[0] = out[0]._replace(value=185.6e6)
    said, = program.at_odds(out, options)
    check_has(said, "P99 of loads was 185.6 ms in the last run, above the "
              "limit of 100ms")


def test_users():
    """Of a trace without times. Null carries all the sessions there are."""
    built()
    path = TMP / "users.jsonl"
    path.write_text("".join(json.dumps(
        {"session_id": user, "input_length": 512 * turn, "output_length": 1,
         "hash_ids": [100 * user + each for each in range(turn)],
         "delay": 50}) + "\n" for user in range(4) for turn in range(1, 6)))
    done = script("mooncake-size", path, TARGET, "--users=2", "--yes", *PLAIN,
                  *NULL, "--latency=10s", "--tbw=1", "--size=1m",
                  "--folder", TMP / "users", cwd=TMP)
    page = Page(TMP / "users" / "index.html")
    figures = page.figures
    check_equal(figures, page.known, "figures shown and in the JSON")
    check_equal(figures["users"], 4, "users")
    # Sessions of 5 turns, 50 ms apart, write 5 blocks each: two users think 9
    # times, four of them 4 times.
    close(figures["span"], 0.45, "time of two users")
    close(figures["needs.write"], 20 * BLOCK / 0.45, "bytes a second")
    close(figures["life.most"], figures["life"] * 4 / 9,
          "life with four users")
    check("times" not in figures, "users and times")
    for text in ("carries 4 users with P99 of loads below 10s",
                 "With 2 users the drive lasts"):
        check_has(done.stdout, text)
        check_has(page.text, text)
    fails("mooncake-size", path, TARGET, *PLAIN, "--yes",
          saying='"timestamp" is missing')


def test_again_goes_on():
    """What mooncake-saturate knows of the same job is taken up."""
    done = size(TARGET, "--yes", *NULL, "--latency", "1s")
    check_has(done.stdout, "taking up")


def test_run_bytes_and_time_bound_a_run():
    block_request = 4 * BLOCK
    for more, requests in (
            (("--run-bytes", str(10 * block_request)), 10),
            (("--run-bytes", str(10 * block_request - 1)), 9),
            (("--run-time", "55ms"), 6), ((), REQUESTS)):
        done = size(TARGET, "--dry-run", *more)
        check_has(done.stdout, f"runs the first {requests} requests")
    fails("mooncake-size", TRACE, TARGET, *PLAIN, "--run-bytes=16k",
          saying="come all at one time: give more")


def test_dry_run_touches_nothing():
    done = size(TARGET, "--dry-run", folder="dry")
    check_has(done.stdout, "In all about")
    check(not (TMP / "dry").exists(), "a folder was made")
    check_equal(os.listdir(TARGET), [], "files on the target")


def test_it_asks():
    built()
    fails("mooncake-size", TRACE, TARGET, *PLAIN, "--folder", TMP / "asked",
          saying="give --yes", stdin=subprocess.DEVNULL)
    check(not (TMP / "asked").exists(), "a folder was made")


def test_capacity_that_does_not_fit():
    built()
    free = os.statvfs(TARGET)
    room = free.f_bavail * free.f_frsize
    fails("mooncake-size", TRACE, TARGET, *PLAIN, "--size", str(2 * room),
          saying="has room for")
    done = script("mooncake-size", TRACE, TARGET, "--set",
                  f"bytes_per_token={room // 512}", "--dry-run", status=1)
    check_has(done.stderr, "free, but a block has")


def test_trace_without_times():
    path = TMP / "still.jsonl"
    path.write_text(TRACE.read_text().split("\n")[0] + "\n")
    built()
    fails("mooncake-size", path, TARGET, *PLAIN, saying="no traffic to")
    done = script("mooncake-size", path, *PLAIN, "--folder", TMP / "still")
    check_has(done.stdout, "nothing is known of wear")


def test_remark_on_the_trace():
    """What mooncake-plan doubts about a trace is on the page, too."""
    built()
    path = TMP / "new.jsonl"
    path.write_text("".join(json.dumps(
        {"session_id": "s", "timestamp": 1000 * each, "input_length": 512,
         "hash_ids": [each]}) + "\n" for each in range(2)))
    done = script("mooncake-size", path, *PLAIN, "--folder", TMP / "new")
    check_has(done.stdout, "set session_rows=new")
    check_has((TMP / "new" / "index.html").read_text(),
              "set session_rows=new")


def test_failures():
    built()
    (TMP / "fio").write_text("#!/bin/sh\necho no such luck\nexit 1\n")
    (TMP / "fio").chmod(0o755)
    fails("mooncake-size", TRACE, TARGET, *PLAIN, "--yes", "--folder",
          TMP / "failed", saying="no such luck",
          env={**os.environ, "FIO": str(TMP / "fio")})
    check_equal(os.listdir(TARGET), [], "files left on the target")
    fails("mooncake-size", TMP / "absent.jsonl", *PLAIN, saying="absent")
    fails("mooncake-size", TRACE, TMP / "absent", *PLAIN,
          saying="give a folder or a block device")
    fails("mooncake-size", TRACE, TRACE, *PLAIN, saying="is no folder")
    fails("mooncake-size", TRACE, "--model=no-such-model", saying="no-such")
    left = TARGET / "mooncake-size.cache"
    left.write_text("of another run")
    fails("mooncake-size", TRACE, TARGET, *PLAIN, saying="is there already")
    check_equal(left.read_text(), "of another run", "the file there")
    left.unlink()


def test_interrupt_removes_the_cache():
    built()
    slow = TMP / "slow"
    slow.write_text(f"#!/bin/sh\ntouch {TARGET}/mooncake-size.cache\n"
                    "exec sleep 30\n")
    slow.chmod(0o755)
    process = subprocess.Popen(
        [TOP / "scripts" / "mooncake-size", TRACE, TARGET, *PLAIN, "--yes",
         "--folder", TMP / "stopped"], start_new_session=True,
        env={**os.environ, "FIO": str(slow)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not os.listdir(TARGET):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=SECONDS)[1]
    check_equal(process.returncode, 130, f"exit status ({said})")
    check_equal(os.listdir(TARGET), [], "files left on the target")


def test_wrong_arguments():
    for wrong in ((), ("--set", "x", *PLAIN), ("--fio", "x", *PLAIN),
                  ("--reach", "0", *PLAIN), ("--reach", "1.1", *PLAIN),
                  ("--size", "many", *PLAIN), ("--size", "0", *PLAIN),
                  ("--latency", "200", *PLAIN), ("--tbw", "0", *PLAIN),
                  ("--run-time", "5", *PLAIN), ("--price", "9", *PLAIN),
                  ("--percentile", "100", *PLAIN),
                  ("--users", "0", *PLAIN), ("--set", "sessions=2", *PLAIN)):
        script("mooncake-size", TRACE, *wrong, status=2)


if __name__ == "__main__":
    try:
        set_up()
        run(globals())
    finally:
        shutil.rmtree(TMP, ignore_errors=True)
