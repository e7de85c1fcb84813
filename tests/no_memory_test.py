#!/usr/bin/python3
"""
What happens when there is no memory: each allocation of the code fails once,
and a run must then end with an error that says so, or be as if it had not
failed. Of the engine's the first few and every twentieth are tried, with
FULL=1 in the environment all of them.
"""

import os
import subprocess

from fio_runs import (BUILD, FILES, PLAN, SLOT, command, counts, file,
                      request, run as run_fio, write_trace)
from testing import SECONDS, check, check_equal, check_has, run

PRELOAD = BUILD / "preload" / "no_memory.so"
STEP = 1 if os.environ.get("FULL") else 20


def without(number, library):
    """The file that says which allocation failed, once it did, and the
    environment in which that is number @number of @library."""
    note = FILES / "failed"
    note.unlink(missing_ok=True)
    return note, {**os.environ, "LD_PRELOAD": str(PRELOAD),
                  "NO_MEMORY_AT": str(number), "NO_MEMORY_IN": library,
                  "NO_MEMORY_LOG": str(note)}


def plan(*arguments, env=None):
    return subprocess.run([PLAN, *map(str, arguments)], env=env, check=False,
                          capture_output=True, text=True, timeout=SECONDS)


def check_plan(*arguments):
    """The command fails well at each of its allocations."""
    good = plan(*arguments)
    check_equal(good.returncode, 0, good.stderr)
    number = 0
    while True:
        number += 1
        note, env = without(number, "mooncake-plan")
        done = plan(*arguments, env=env)
        if not note.exists():
            return number
        where = f"{arguments}: allocation {number}, {note.read_text().strip()}"
        if done.returncode == 0:
            check_equal(done.stdout, good.stdout, where)
        else:
            check_equal(done.returncode, 1, where)
            check_has(done.stderr, "memory")


def rows(name="rows.jsonl"):
    return write_trace(name, [
        request([1, 2], 0, session_id="a"), request([3, 4], 3, session_id="b"),
        request([1, 2, 5], 5, session_id="a"), request([6], 7, session_id=1)])


def test_plans():
    trace = write_trace("plain.jsonl", [request([1, 2]), request([1, 3], 1)])
    check_plan("--eviction=opt,lfu", "--admit=2", "--memory-size=4m", "--json",
               "--partial=skip", trace)
    check_plan("--layout=buckets", "--bucket-objects=2", "--capacity=4", trace)
    check_plan("--curve", "--shard=1/2", trace)
    check_plan("--reach=0.5", trace)
    check_plan("--requests", trace)


def test_sessions():
    lines = rows().read_text(encoding="utf-8")
    path = FILES / "rows.jsonl.gz"
    subprocess.run(["gzip", "-c"], input=lines.encode(), check=True,
                   stdout=open(path, "wb"))
    check_plan("--sessions=2", "--shard=1/2", path)


def test_compiled_traces():
    out = FILES / "rows.mct"
    check_plan("compile", "-o", out, rows())
    check_plan(out)
    check_equal([path.name for path in FILES.glob("rows.mct*")], [out.name],
                "files")


def test_job_files_models_and_generators():
    job = FILES / "plan.fio"
    job.write_text("[global]\nioengine=external:mooncake.so\nsize=64m\n"
                   f"trace={rows()}\n[a]\n[b]\n", encoding="utf-8")
    check_plan(job)
    check_plan("models", "--model=tests/configs/latent.json")
    for name in ("synthetic", "agentic"):
        check_plan("generate", name, "--output=/dev/null")


def sums(done):
    """Reads and writes of all jobs together, as any of them may take a
    request."""
    return tuple(map(sum, zip(*map(counts, done.jobs))))


def check_engine(*jobs):
    """The run fails well where an allocation does; fio or the engine says
    so."""
    line = command(*jobs)
    good = run_fio(line)
    check_equal(good.status, 0, good.text)
    for number in (*range(1, 5), *range(5, 1000, STEP)):
        note, env = without(number, "mooncake.so")
        done = run_fio(line, env=env)
        if not note.exists():
            return
        where = f"allocation {number}, {note.read_text().split()[0]}"
        if done.status == 0:
            check_equal(sums(done), sums(good), where)
            continue
        check(done.status > 0, f"{where}: ended with {done.status}")
        check("memory" in done.text, f"{where}: {done.text[-400:]}")


def test_an_engine():
    job = {"trace": write_trace("few.jsonl", [request([1, 2]), request([1])])}
    check_engine(job)
    check_engine({**job, "name": "a", "backend": "io_uring"},
                 {**job, "name": "b", "backend": "io_uring"},
                 {**job, "name": "loads", "observe": "load", "new_group": 1})


def test_an_engine_that_makes_files():
    job = {"trace": rows(), "filename": file("folder"), "size": 4 * SLOT,
           "layout": "files", "sessions": 2, "backend": "psync"}
    check_engine({**job, "name": "files"},
                 {**job, "name": "opens", "observe": "open", "new_group": 1})


if __name__ == "__main__":
    run(globals())
