#!/usr/bin/python3
"""
Every figure that a page shows in a real browser is that of fio's JSON: pages of
runs of every kind. FULL=1 runs whole traces in larger blocks.
"""

import atexit
import functools
import json
import os
import re
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import cluster
from browser import check_layout, look_at
from expected_figures import Replay, check_shown
from fio_runs import ENGINE, FILES, newer_engine, plan
from testing import (SECONDS, TOP, Skip, check, check_equal, check_has, run,
                     script)

FULL = os.environ.get("FULL") == "1"
OBSERVERS = {"request": ["requests"], "load": ["loads"]}


def settings(**more):
    """Options for any shipped job: its whole trace, or a little of it."""
    scale = {"bytes_per_token": 64, "size": "1600m"} if FULL else \
        {"bytes_per_token": 8, "size": "4m", "max_requests": 150}
    options = {**scale, "backend": "libaio", "filename": "page.cache", **more}
    return [f"--{name}={value}" for name, value in options.items()]


def job_file(name, engine=ENGINE, sections=None):
    """A shipped job with this engine, and all of its sections or only some."""
    text = (TOP / "jobs" / name).read_text(encoding="utf-8")
    text = text.replace("external:build/mooncake.so",
                        f"external:{engine.library}")
    if sections:
        text = "".join(part for part in re.split(r"^(?=\[)", text, flags=re.M)
                       if part.startswith(sections))
    path = FILES / f"{len(os.listdir(FILES))}-{name}"
    path.write_text(text, encoding="utf-8")
    return path


def start(folder, job, *options, engine=ENGINE):
    return subprocess.Popen(
        [TOP / "scripts/mooncake-run", f"--into={folder}", job, *options],
        cwd=FILES, env={**os.environ, "FIO": str(engine.fio)}, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)


def finish(process, status=0):
    out, err = process.communicate(timeout=SECONDS)
    check_equal(process.returncode, status, f"status of {out} {err}")


def document(path):
    """The JSON that is last in a file."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text[text.rindex("\n{\n") + 1 if "\n{\n" in text
                           else text.index("{"):])


def replays(folder, *groups):
    """The page in a folder of mooncake-run, and a Replay for each of @groups,
    which are (names of block jobs, names of observers by kind)."""
    jobs = document(FILES / folder / "run.json")["jobs"]
    names = ["plan.json", *(f"plan-{number}.json"
                            for number in range(2, len(groups) + 1))]
    return FILES / folder / "report.html", [
        Replay(jobs, blocks, observers, json.loads(
            (FILES / folder / name).read_text(encoding="utf-8")))
        for name, (blocks, observers) in zip(names, groups)]


def whole():
    finish(start("whole", job_file("conversation.fio"), *settings()))
    return replays("whole", (["drive"], {**OBSERVERS, "store": ["stores"]}))


def newer():
    engine = newer_engine()
    finish(start("newer", job_file("mooncake.fio", engine), *settings(),
                 engine=engine))
    return replays("newer", (["disk"], OBSERVERS))


def no_observers():
    job = job_file("mooncake.fio", sections=("[global]", "[disk]"))
    finish(start("alone", job, *settings()))
    return replays("alone", (["disk"], {}))


def durable():
    finish(start("durable", job_file("durable.fio"), *settings()))
    return replays("durable", *(
        ([name], {"request": [f"{name}-requests"]})
        for name in ("none", "dsync", "fdatasync", "fsync")))


def page_cache():
    finish(start("cached", job_file("page-cache.fio"), *settings()))
    return replays("cached", *(([name], {"load": [f"{name}-loads"]})
                               for name in ("direct", "page-cache")))


def interrupted():
    process = start("stopped", job_file("mooncake.fio"), *settings(
        replay_no_stall=0, replay_time_scale=100, max_requests=2000))
    said = ""
    while "this takes" not in said:
        line = process.stderr.readline()
        check(line, f"it ended: {said}")
        said += line
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    finish(process, 130)
    return replays("stopped", (["disk"], OBSERVERS))


def failed():
    finish(start("failed", job_file("mooncake.fio"), *settings(
        filename="/dev/full", direct=0)), 1)
    return replays("failed", (["disk"], OBSERVERS))


def servers():
    """Three of them; each has a plan of its own."""
    trace = "builtin:conversation"
    size = {"bytes_per_token": 64, "size": "1g"} if FULL else \
        {"size": "4m"}
    cluster.start_servers()
    done = cluster.finish_client(cluster.start_client(
        cluster.job_file(trace=trace, **size), output="json+"))
    cluster.stop_servers()
    check_equal(done.status, 0, done.out[:500])
    path = FILES / "servers.json"
    path.write_text(done.out, encoding="utf-8")
    script("mooncake-report", path, "-o", FILES / "servers.html")
    jobs = [job for job in document(path)["client_stats"]
            if job["jobname"] != "All clients"]
    replay = Replay(jobs, ["workers"], {"load": ["loads"]})
    slots = (1 << 30) // (32 << 10) if FULL else (4 << 20) // 4096
    rows = [plan(trace, shard=f"{node}/3", capacity=slots)[0]
            for node in cluster.NODES]
    check_equal((replay.total("read", "total_ios"),
                 replay.total("write", "total_ios")),
                (sum(row["hits"] for row in rows),
                 sum(row["misses"] for row in rows)), "blocks of all servers")
    return FILES / "servers.html", [replay]


RUNS = (whole, newer, no_observers, durable, page_cache, interrupted, failed,
        servers)


@functools.cache
def pages():
    """{name: (page, replays)} of each kind of run that there can be here."""
    found = {}
    for make in RUNS:
        try:
            found[make.__name__] = make()
        except Skip as why:
            print(f"skip - page_of_{make.__name__}: {why}")
    return found


@functools.cache
def looks():
    return look_at([page for page, _ in pages().values()], (1280, 390))


def seen(name):
    return looks()[pages()[name][0], 1280]


def check_beside(each, base, value, where):
    """What stands beside a figure: how far it is from that of the first
    run."""
    for beside in each["beside"]:
        if beside == "best":
            continue
        check(each["run"] > 0, f"{where}: the first differs by {beside}")
        number = float(re.sub("[,%x]", "", beside))
        wanted, off = (value / base, 0.501) if beside.endswith("x") else \
            (100 * (value - base) / base, 0.0501 if "." in beside else 0.501)
        check(abs(number - wanted) <= off,
              f"{each['key']} {where}: {beside} of {base}, {value}")


def check_words(answer, shown, where):
    """The answer in words has the figures of the table."""
    for key, before, behind in (
            ("qps", "", " requests a second"),
            ("hit_rate", "", " of the lookups hit"),
            ("read_bytes", "It read ", " at "),
            ("write_bytes", " wrote ", " at ")):
        if behind in answer and before in answer and key in shown:
            check_has(answer, before + shown[key].removesuffix("/s") + behind)
    numbers = re.findall(r"less than ([\d.,]+ [num]?s)", answer)
    kind = next((kind for kind in ("load", "request")
                 if shown.get(f"{kind}.p50", "-") != "-"), None)
    wanted = [shown[f"{kind}.p50"], shown[f"{kind}.p99"]] if kind else []
    check_equal(numbers, wanted, f"the answer's latencies {where}")


def check_page(name, found, wanted):
    keys = [set() for _ in wanted]
    shown = [{} for _ in wanted]
    for each in found["figures"]:
        number, key = each["run"], each["key"]
        # A cell without a key is of a figure that only other runs have.
        if not key:
            check_equal(each["shown"], "-", f"{name}: a figure without a key")
            continue
        where = f"of run {number} of {name}"
        check(key in wanted[number], f"{key} {where} is of nothing in JSON")
        value = wanted[number][key]
        check_shown(each["shown"], key, value, where)
        check_beside(each, wanted[0].get(key), value, where)
        keys[number].add(key)
        shown[number][key] = each["shown"]
    for number, figures in enumerate(wanted):
        check_equal(keys[number], set(figures), f"figures of {name}")
        check_words(found["answers"][number], shown[number],
                    f"of run {number} of {name}")


def test_every_figure_is_that_of_the_json():
    for name, (_, runs) in pages().items():
        check_page(name, seen(name), [each.figures() for each in runs])


def test_what_is_no_good_run_is_said():
    for name in pages():
        found = seen(name)
        check_equal(bool(found["failed"]), name == "failed",
                    f"{name}: {found['failed']}")
        said = " ".join(found["warnings"])
        for text, where in (("fio was interrupted", "interrupted"),
                            ("no observers", "no_observers")):
            check_equal(text in said, name == where, f"{name}: {said}")


def test_labels_on_every_page():
    check_layout(looks())


if __name__ == "__main__":
    atexit.register(cluster.stop_servers)
    run(globals())
