#!/usr/bin/python3
"""scripts/mooncake-report: which of fio's jobs make a run, and how they add up."""

import copy
import json
import sys

sys.dont_write_bytecode = True
from report_samples import (PLAN, TMP, job, near, reported, sample, save,
                            wanted_figures, without_bins)
from testing import DATA, check, check_equal, check_has, run, script


def test_fill_job_before_the_replay_is_left_out():
    document = sample()
    fill = copy.deepcopy(job(document, "blocks"))
    fill["jobname"] = "fill"
    fill["job options"]["ioengine"] = "psync"
    document["jobs"][0]["job options"]["stonewall"] = ""
    document["jobs"].insert(0, fill)
    got = reported(save("fill.json", document))
    check_equal(len(got), 1, "runs")
    near(got[0]["read_bytes"], wanted_figures()["read_bytes"], "bytes")


def test_replays_one_after_the_other_are_runs():
    document = sample()
    again = copy.deepcopy(document["jobs"])
    for each in again:
        each["jobname"] += "-2"
    again[0]["job options"]["stonewall"] = ""
    document["jobs"] += again
    got = reported(save("two.json", document))
    check_equal(len(got), 2, "runs")
    check_equal(got[0], got[1], "figures")


def two_replays(seconds, elapsed, **newer):
    """
    The sample's jobs twice, with a bare stonewall or new_group between, which
    fio 3.33 leaves out: each @seconds long, while fio ran @elapsed of them.
    """
    document = sample()
    again = copy.deepcopy(document["jobs"])
    for number, group in enumerate((document["jobs"], again)):
        for each in group:
            each["job_runtime"] = 1000 * seconds
            each["elapsed"] = elapsed
            each["groupid"] += 10 * number
            each["jobname"] += f"-{number}"
            if newer:
                each["job_start"] = 1000 + 1000 * number * newer["apart"]
    document["jobs"] += again
    return document


def check_runs(name, document, runs, saying=""):
    done = script("mooncake-report", "--json", save(name, document))
    check_equal(len(json.loads(done.stdout)), runs, name)
    if saying:
        check_has(done.stderr + done.stdout, saying)
    else:
        check("may have run beside" not in done.stdout, done.stdout[:500])


def test_bare_stonewall_is_recognised_by_time():
    check_runs("after.json", two_replays(20, 41), 2)
    check_runs("beside.json", two_replays(20, 21), 1)
    check_runs("short.json", two_replays(1, 2), 2, "may have run beside")
    check_runs("starts.json", two_replays(1, 2, apart=1), 2)
    check_runs("together.json", two_replays(1, 2, apart=0), 1)


def test_bare_stonewall_is_read_in_the_job_file():
    for wall, runs in (("stonewall", 2), ("new_group", 1)):
        path = save("walls.fio", f"""[global]
ioengine=external:build/mooncake.so
[blocks-0]
[requests-0]
observe=request
[blocks-1]
{wall}   ; a comment
[requests-1]
observe=request
""")
        said = script("mooncake-report", "--json", "--job", path,
                      save("file.json", two_replays(1, 2))).stdout
        check_equal(len(json.loads(said)), runs, f"runs with {wall}")
        check("may have run" not in said, said[:500])


def test_several_workers_add_up():
    document = sample()
    document["jobs"].insert(1, copy.deepcopy(job(document, "blocks")))
    wanted = wanted_figures()
    got = reported(save("workers.json", document))[0]
    for key in ("blocks_read", "blocks_written", "read_bw", "syncs"):
        near(got[key], 2 * wanted[key], key)
    for key in ("read.avg", "read.p99", "requests", "request.p99"):
        near(got[key], wanted[key], key)
    done = script("mooncake-report",
                  save("plain2.json", without_bins(document)))
    check_has(done.stdout, "an upper bound: several jobs")


def clients():
    text = (DATA / "client.json").read_text()
    return json.loads(text[text.index("\n{") + 1:])


def test_clients_add_up_without_all_clients():
    jobs = [each for each in clients()["client_stats"]
            if each["jobname"] != "All clients"]
    got = reported(DATA / "client.json")[0]
    for key, name, direction, member in (
            ("requests", "requests", "read", "total_ios"),
            ("blocks_read", "blocks", "read", "total_ios"),
            ("write_bytes", "blocks", "write", "io_bytes"),
            ("qps", "requests", "read", "iops")):
        near(got[key], sum(each[direction][member] for each in jobs
                           if each["jobname"] == name), key)


def without_options(describe):
    """The client's JSON as fio 3.33 has it of merged jobs."""
    document = clients()
    for each in document["client_stats"]:
        kind = each.get("job options", {}).get("observe")
        each.pop("job options", None)
        if kind and describe:
            each["desc"] = f"observe={kind}"
    return document


def test_clients_whose_options_fio_left_out():
    wanted = reported(DATA / "client.json")[0]
    described = save("described.json", without_options(True))
    check_equal(reported(described)[0], wanted, "figures by description")
    bare = save("bare.json", without_options(False))
    check_equal(reported(bare)[0], wanted, "figures by what observers do")
    said = script("mooncake-report", bare).stderr
    check_has(said, "fio has no options of job loads in its JSON")
    said = script("mooncake-report", "--job", DATA / "sample.fio", bare)
    check_equal(said.stderr, "", "what is said with the job file")
    check_equal(reported("--job", DATA / "sample.fio", bare)[0], wanted,
                "figures by the job file")


def test_options_of_all_clients_in_one_object():
    """fio 3.33 repeats the names of what each client's [global] has."""
    text = json.dumps(sample()).replace(
        '"global options": {',
        '"global options": {"shard": "1/2", "rw": "rw", "shard": "2/2", ', 1)
    script("mooncake-report", save("shards.json", text), "-o",
           TMP / "shards.html")
    check_has((TMP / "shards.html").read_text(),
              "<dt>shard</dt><dd>1/2, 2/2</dd>")


def test_worker_that_failed_at_once_is_no_observer():
    """fio leaves out the options of a section that has none of its own."""
    document = sample()
    worker = job(document, "blocks")
    document["global options"] |= worker.pop("job options")
    worker["error"] = 28
    for direction in ("read", "write"):
        worker[direction]["io_bytes"] = 0
    done = script("mooncake-report", "--json", save("first.json", document),
                  status=3)
    figures = json.loads(done.stdout)[0]["figures"]
    check_equal(figures["writes"], worker["write"]["total_ios"], "writes")
    check("taken for" not in done.stderr, done.stderr)


def test_observers_may_move_no_bytes():
    """Nothing is told by the bytes of an observer."""
    document = sample()
    for name, direction in (("requests", "read"), ("loads", "read"),
                            ("stores", "write")):
        own = job(document, name)[direction]
        own["io_bytes"] = own["bw_bytes"] = own["bw"] = 0
    path = save("weightless.json", document)
    whole = save("whole.json", sample())
    for more in ((), ("--plan", PLAN, "--prefill-rate", "30000")):
        check_equal(reported(path, *more), reported(whole, *more), "figures")


if __name__ == "__main__":
    run(globals())
