#!/usr/bin/python3
"""scripts/mooncake-run: its folder, what it says, and how it ends."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from fio_runs import ENGINE, FILES, FIO, jobs_of, planned, wait_for
from testing import SECONDS, TOP, check, check_equal, check_has, run

RUN = TOP / "scripts" / "mooncake-run"
ENVIRONMENT = {**os.environ, "FIO": FIO}


def job(name, **options):
    """jobs/mooncake.fio, small."""
    text = (TOP / "jobs" / "mooncake.fio").read_text(encoding="utf-8")
    path = FILES / f"{name}.fio"
    path.write_text(text.replace("external:build/mooncake.so",
                                 f"external:{ENGINE.library}"))
    small = {"bytes_per_token": 8, "size": "4m", "max_requests": 300,
             "backend": "libaio", "direct": 0, "filename": "run.cache",
             **options}
    return [path, *(f"--{key}={value}" for key, value in small.items())]


def start(name, *more, **options):
    return subprocess.Popen(
        [RUN, f"--into={name}", *job(name, **options), *more], cwd=FILES,
        env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)


def finish(process, status):
    out, err = process.communicate(timeout=SECONDS)
    check_equal(process.returncode, status, f"status of {out} {err}")
    check("Traceback" not in err, err)
    return out, err


def loaded(name, file):
    return json.loads((FILES / name / file).read_text(encoding="utf-8"))


def test_everything_is_in_one_folder():
    out, err = finish(start("whole"), 0)
    names = {path.name for path in (FILES / "whole").iterdir()}
    check(names >= {"about.json", "figures.txt", "job.fio", "logs",
                    "plan.json", "plan.curve.csv", "plan.requests.csv",
                    "report.html", "run.json"}, names)
    check_has(out, "Half of the time a request waits for its cached prefix")
    check_has(out, "8 bytes a token, no real model's")
    check_has(err, "target: run.cache, ")
    about = loaded("whole", "about.json")
    check_has(about["command"], "--max_requests=300")
    check(about["fio"].startswith("fio-") and about["machine"]["kernel"],
          about)
    run_json = loaded("whole", "run.json")
    disk = next(each for each in run_json["jobs"]
                if each["jobname"] == "disk")
    check_equal((disk["read"]["total_ios"], disk["write"]["total_ios"]),
                planned("builtin:conversation", 1024, max_requests=300),
                "reads and writes")


def test_model_that_is_given_wins_over_the_file():
    path, *more = job("model", model="llama-3.1-8b", max_requests=1,
                      backend="null", size="2g")
    more.remove("--bytes_per_token=8")
    done = subprocess.run([RUN, "--into=model", path, *more], cwd=FILES,
                          env=ENVIRONMENT, capture_output=True, text=True,
                          check=True, timeout=SECONDS)
    check_has(done.stdout, "model llama-3.1-8b, blocks of 64.00 MiB")


def test_folder_that_holds_something_is_refused():
    (FILES / "full").mkdir()
    (FILES / "full" / "something").write_text("")
    _, err = finish(start("full"), 1)
    check_has(err, "there is something in it")
    check_equal(len(list((FILES / "full").iterdir())), 1, "files")


def test_failed_run_is_an_error():
    _, err = finish(start("nowhere", trace="/nowhere/trace.jsonl"), 1)
    check_has(err, "trace=/nowhere/trace.jsonl")
    _, err = finish(start("disk", filename="/dev/full"), 1)
    check_has((FILES / "disk" / "report.html").read_text(), "the run failed")


def test_options_that_would_take_the_output_are_refused():
    for option in ("--output=x", "--client=x", "--name=x"):
        _, err = finish(start("refused", option), 2)
        check_has(err, option.split("=")[0])


def test_interrupt_gives_the_page_of_what_there_is():
    process = start("stopped", replay_no_stall=0, replay_time_scale=100)
    deadline = time.monotonic() + 60
    said = ""
    while "this takes" not in said:
        check(time.monotonic() < deadline, "it never says how long it takes")
        said += process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, _ = finish(process, 130)
    check_has(said, "this takes 1 min 24 s")
    check_has(out, "page: stopped/report.html")
    check_has((FILES / "stopped" / "report.html").read_text(),
              "fio was interrupted")
    check_equal(loaded("stopped", "about.json")["interrupted"], True,
                "interrupted")


def test_fio_ends_when_it_is_killed():
    process = start("killed", replay_no_stall=0, replay_time_scale=100)
    wait_for(lambda: len(jobs_of(process)) == 1, "fio")
    fio, = jobs_of(process)
    ended = os.pidfd_open(fio)
    process.kill()
    process.communicate()
    check(select.select([ended], [], [], 60)[0], f"fio {fio} runs on")


def test_progress_on_a_terminal():
    """One line that changes, while requests arrive for 8.4 s."""
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        [RUN, "--into=live", *job("live", replay_no_stall=0,
                                  replay_time_scale=2000)],
        cwd=FILES, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=inside)
    os.close(inside)
    said = b""
    try:
        while data := os.read(terminal, 4096):
            said += data
    except OSError:
        pass    # a terminal ends so
    os.close(terminal)
    check_equal(process.wait(), 0, f"status of {said}")
    said = said.decode()
    check("\r" in said, "no changing line")
    for part in ("% of the trace", "requests/s", "hit rate ", "loads P99 ",
                 " left"):
        check_has(said, part)


if __name__ == "__main__":
    run(globals())
