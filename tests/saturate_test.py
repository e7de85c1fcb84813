#!/usr/bin/python3
"""
scripts/mooncake-saturate on a stand-in for fio whose latency grows with the
scale, and through the real one on a backend with a fixed service time: both
have an answer that is known beforehand.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.dom.minidom
from pathlib import Path

sys.dont_write_bytecode = True
from browser import look_at
from testing import (DATA, SECONDS, TOP, Skip, check, check_equal, check_has,
                     fails, run, script)

TMP = Path(tempfile.mkdtemp(prefix="saturate_test."))
CALLS = TMP / "calls"

# Load latency is 20 ms times the scale.
STAND_IN = f"""#!/usr/bin/python3
import json, os, re, sys, time
text = open(sys.argv[-1]).read()
options = dict(re.findall(r"^(\\w+)=(.*)$", text, re.M))
open({str(CALLS)!r}, "a").write(text + "----\\n")
mode = os.environ.get("STAND_IN", "")
if mode == "fail":
    print("fio: no such luck")
    sys.exit(1)
if mode == "slow":
    time.sleep(30)
scale = int(options.get("replay_time_scale", 100)) / 100
value = int(20e6 * scale * (1.6 if mode == "noise" and 5 < scale < 8 else 1))
document = json.load(open({str(DATA / "run.json")!r}))
for job in document["jobs"]:
    job["error"] = 5 if mode == "error" else 0
    if job["jobname"] == "loads":
        samples = job["read"]["lat_ns"]
        samples.update(N=100, min=value, max=value, mean=value,
                       bins={{str(value): 100}})
        samples["percentile"] = {{"99.000000": value}}
if mode == "blind":
    document["jobs"] = document["jobs"][:1]
with open(options["plan_json"], "w") as file:
    json.dump({{"requests": 1000, "options": {{}},
               "span_ms": 0 if mode == "still" else 100000}}, file)
out = next(each for each in sys.argv if each.startswith("--output="))
with open(out[9:], "w") as file:
    json.dump(document, file)
"""

JOB = """[global]
ioengine=external:build/mooncake.so
replay_time_scale=7
trace=builtin:conversation

[blocks]
rw=rw
"""


def set_up():
    (TMP / "fio").write_text(STAND_IN)
    (TMP / "fio").chmod(0o755)
    (TMP / "job.fio").write_text(JOB)


def environment(mode=""):
    return {**os.environ, "FIO": str(TMP / "fio"), "STAND_IN": mode}


def saturate(*arguments, mode="", status=0, state="state.json",
             restart=True):
    more = ("--restart",) if restart else ()
    return script("mooncake-saturate", TMP / "job.fio", "--state",
                  TMP / state, *more, *arguments, status=status, cwd=TMP,
                  env=environment(mode))


def answer(state="state.json"):
    return json.loads((TMP / state).read_text())["answer"]


def calls():
    return CALLS.read_text().count("----") if CALLS.exists() else 0


def test_finds_the_scale_from_below_and_above():
    for start in ("0.5", "9", "400"):
        done = saturate("--latency", "200ms", "--start", start)
        times = answer()["times"]
        check(9.5 <= times < 10, f"from {start}: {times} times, not 10")
        check_has(done.stdout, f"carries {times:g} times the traffic")


def test_tolerance():
    saturate("--latency", "200ms", "--tolerance", "0.001")
    check_equal(answer()["times"], 9.99, "times")
    check_equal(answer()["fails_at"], 10, "fails at")


def test_limit_that_never_holds():
    done = saturate("--latency", "1ms", "--min", "0.1", status=3)
    check_has(done.stdout, "can't carry the traffic")
    check_equal(answer()["times"], None, "times")


def test_limit_that_always_holds():
    done = saturate("--latency", "16s", "--max", "50")
    check_equal(answer()["times"], 50, "times")
    check_equal(answer()["fails_at"], None, "fails at")
    check_has(done.stdout, "the limit always holds")


def test_latency_that_does_not_rise_is_said():
    done = saturate("--latency", "200ms", "--start", "3", mode="noise")
    check_has(done.stdout, "does not rise with the traffic")
    done = saturate("--latency", "200ms", "--start", "3")
    check("does not rise" not in done.stdout, "said without reason")


def test_options_of_the_job():
    CALLS.unlink(missing_ok=True)
    saturate("--latency", "200ms", "--start", "9", "--tolerance", "1")
    unpaced, paced = CALLS.read_text().split("----\n")[:2]
    check_has(unpaced, "replay_no_stall=1\n")
    check("arrivals" not in unpaced, "arrivals in a run without waiting")
    for line in ("replay_no_stall=0", "replay_time_scale=900",
                 "arrivals=spread"):
        check_has(paced, f"\n{line}\n")
    check("replay_time_scale=7\n" not in paced, "the job's own scale is left")
    CALLS.unlink()
    saturate("--latency", "200ms", "--start", "9", "--tolerance", "1",
             "--set", "arrivals=trace", "--set", "iodepth=4")
    paced = CALLS.read_text().split("----\n")[1]
    check_has(paced, "\narrivals=trace\n")
    check_has(paced, "\niodepth=4\n")


def test_include_is_followed():
    (TMP / "base.fio").write_text(JOB)
    (TMP / "outer.fio").write_text("include base.fio\n")
    script("mooncake-saturate", TMP / "outer.fio", "--state",
           TMP / "o.json", env=environment())
    check(9.5 <= answer("o.json")["times"] < 10, "times")


def test_repeat_runs_each_scale_so_often():
    CALLS.unlink(missing_ok=True)
    saturate("--repeat", "3", "--start", "1", "--max", "1", "--latency", "1s")
    check_equal(calls(), 1 + 3, "runs of fio")


def test_finished_search_is_answered_without_runs():
    saturate("--latency", "200ms")
    CALLS.unlink()
    done = saturate("--latency", "200ms", restart=False)
    check_equal(calls(), 0, "runs of fio")
    check_has(done.stdout, "taking up")
    saturate("--latency", "100ms", restart=False)
    check(4.5 <= answer()["times"] < 5, "another limit, same runs")


def test_state_of_another_job_is_refused():
    saturate("--latency", "200ms")
    done = saturate("--of", "store", restart=False, status=1)
    check_has(done.stderr, "is of another job or other options")
    (TMP / "state.json").write_text("rubbish")
    done = saturate(restart=False, status=1)
    check_has(done.stderr, "no JSON")


def interrupted_by(number):
    for path in (CALLS, TMP / "state.json"):
        path.unlink(missing_ok=True)
    process = subprocess.Popen(
        [TOP / "scripts" / "mooncake-saturate", TMP / "job.fio", "--state",
         TMP / "state.json"], env=environment("slow"),
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    while not calls():
        time.sleep(0.05)
    process.send_signal(number)
    said = process.communicate(timeout=SECONDS)[1]
    check_equal(process.returncode, 130, "exit status")
    check_has(said, "goes on from here")


def test_interrupt_stops_fio_and_resumes():
    interrupted_by(signal.SIGINT)
    interrupted_by(signal.SIGTERM)
    saturate("--latency", "200ms", restart=False)
    check(9.5 <= answer()["times"] < 10, "times")


def test_runs_that_fail():
    for mode, saying in (("fail", "no such luck"),
                         ("error", "ended with error 5"),
                         ("blind", "no job with observe=load"),
                         ("still", "one timestamp")):
        done = saturate(mode=mode, status=1)
        check_has(done.stderr, saying)


def test_bad_input():
    (TMP / "plain.fio").write_text("[a]\nioengine=psync\n")
    fails("mooncake-saturate", TMP / "plain.fio", saying="no ioengine=")
    fails("mooncake-saturate", TMP / "absent.fio", saying="No such file")
    fails("mooncake-saturate", TMP / "job.fio", saying="no such program",
          env={**os.environ, "FIO": "/nonexistent/fio"})
    (TMP / "round.fio").write_text("include round.fio\n")
    fails("mooncake-saturate", TMP / "round.fio", saying="include each other")
    for wrong in (("--latency", "200"), ("--latency", "20s"),
                  ("--percentile", "100"), ("--min", "0"),
                  ("--min", "3", "--max", "2"), ("--start", "5000"),
                  ("--tolerance", "0"), ("--repeat", "0"), ("--set", "x")):
        script("mooncake-saturate", TMP / "job.fio", *wrong, status=2)


def built(name):
    path = Path(os.environ.get("BUILD") or TOP / "build", name)
    if not path.exists():
        raise Skip(f"{path} is not built")
    return path


def slow_job(name, rows, times, depth):
    """A job that replays @rows over a device that does one I/O at a time."""
    trace = TMP / f"{name}.jsonl"
    trace.write_text("".join(json.dumps(row) + "\n" for row in rows))
    job = TMP / f"{name}.fio"
    job.write_text(f"""[global]
ioengine=external:{built("mooncake.so")}
backend=external:{built("backends/slow.so")}
backend_options={times},parallel=1
iodepth={depth}
trace={trace}
bytes_per_token=8
filename={TMP / "none"}
size=1m
rw=rw

[blocks]

[loads]
new_group=1
observe=load
""")
    return job


def test_known_answer_of_a_fixed_service_time():
    """
    Four blocks of 1 ms a request, every 10 / s ms after a burst of 40: request
    i waits for 4 * i - (i - 40) * 10 / s ms. The burst leaves the device work
    for 160 ms, so that a machine that is busy for less does not idle it. What
    delays a run beyond that makes the answer smaller, never larger.
    """
    requests = [{"timestamp": 10 * max(0, number - 40), "input_length": 2048,
                 "output_length": 1, "hash_ids": [1, 2, 3, 4]}
                for number in range(200)]
    known = 10 * (100 - 40) / (4 * 100 - 180)
    job = slow_job("fixed", requests, "service_us=1000", 256)
    for start in ("2", "6"):
        found = []
        while not found or found[-1] < known * 0.92 and len(found) < 4:
            script("mooncake-saturate", job, "--state",
                   TMP / "fixed.json", "--restart", "--percentile", "50",
                   "--latency", "180ms", "--start", start, "--tolerance",
                   "0.04")
            found.append(answer("fixed.json")["times"])
        check(max(found) <= known * 1.05 and found[-1] >= known * 0.92,
              f"{found} times, not {known:.3g}")


def test_users():
    """One place that serves in 20 ms: each of N users waits N times that."""
    lines = [{"session_id": user, "input_length": 512, "output_length": 1,
              "hash_ids": [user], "delay": 0}
             for user in range(8) for _ in range(12)]
    job = slow_job("users", lines, "service_us=20000,write_us=20000", 64)
    done = script("mooncake-saturate", job, "--users",
                  "--state", TMP / "users.json", "--restart",
                  "--percentile", "50", "--latency", "70ms", "--max", "8")
    check_equal(answer("users.json")["users"], 3, "users")
    check_has(done.stdout, "This target carries 3 users")
    done = script("mooncake-saturate", job, "--users",
                  "--state", TMP / "all.json", "--start", "5",
                  "--latency", "10s")
    check_has(done.stdout, "This target carries 8 users")
    check_has(done.stdout, "a user for each session that the trace has")
    fails("mooncake-saturate", job, "--state", TMP / "users.json",
          saying="--restart")


def test_table_plot_and_svg():
    done = saturate("--latency", "200ms", "--plot", TMP / "plot.svg")
    check_has(done.stdout, "replay_time_scale  P99 load latency")
    if shutil.which("gnuplot"):
        svg = (TMP / "plot.svg").read_text()
        xml.dom.minidom.parseString(svg)
        check_has(svg, "prefers-color-scheme")
        look, = look_at((TMP / "plot.svg",), (760,)).values()
        check_equal(look["found"], [], "labels")


if __name__ == "__main__":
    try:
        set_up()
        run(globals())
    finally:
        shutil.rmtree(TMP, ignore_errors=True)
