#!/usr/bin/python3
"""scripts/mooncake-report: its figures, and input of all kinds."""

import errno
import json
import sys

sys.dont_write_bytecode = True
from report_samples import (PLAN, RUN, TMP, job, near, reported, sample, save,
                            wanted_figures, without_bins)
from testing import DATA, check, check_equal, check_has, fails, run, script


def test_figures_equal_the_json():
    got = reported(RUN)[0]
    for key, value in wanted_figures().items():
        near(got[key], value, key)


def test_plan_gives_storage_figures():
    got = reported(RUN, "--plan", PLAN)[0]
    for key, value in (("slots", 4096), ("blocks_in_use", 4096),
                       ("blocks_free", 0), ("block_tokens", 512),
                       ("evictions", 1362), ("block_bytes", 4096),
                       ("hit_rate", 413 / (413 + 5458))):
        check_equal(got[key], value, key)


def test_plan_and_logs_are_found_beside_the_json():
    """By the values of the options that name them, if they are its own."""
    check_equal(reported(RUN)[0], reported(RUN, "--plan", PLAN)[0], "figures")
    plan = json.loads(PLAN.read_text())
    plan["options"]["max_requests"] = 299
    save("plan.json", plan)
    log = "".join(line + "\n" for line in (DATA / "loads_lat.3.log")
                  .read_text().splitlines()[:-1])
    save("loads_lat.3.log", log)
    path = save("found.json", sample())
    done = script("mooncake-report", path)
    check_has(done.stderr, "plan.json is left out: it is the plan of another")
    check_has(done.stderr, "loads_lat.3.log is left out")
    for name in ("plan.json", "loads_lat.3.log"):
        (TMP / name).unlink()


def test_plan_without_evictions_has_free_blocks():
    plan = json.loads(PLAN.read_text())
    plan["evictions"], plan["slots"] = 0, 6000
    got = reported(RUN, "--plan", save("room.json", plan))[0]
    check_equal(got["blocks_in_use"], 5458, "in use")
    check_equal(got["blocks_free"], 542, "free")


def test_plan_of_one_server_is_not_taken_for_all():
    got = reported(DATA / "client.json", "--plan", PLAN)[0]
    check_equal(got["slots"], None, "slots")
    check_equal(got["block_bytes"], 4096, "bytes of a block")


def test_newer_fio():
    got = reported(DATA / "newer.json", "--plan", PLAN)[0]
    check_equal((got["requests"], got["blocks_read"], got["blocks_written"]),
                (300, 413, 5458), "counts")
    check(got["load.p99"] > 0, "no latency")


def test_percentiles_from_bins_are_those_of_fio():
    document = sample()
    wanted = wanted_figures()
    for kind, name, direction in (("request", "requests", "read"),
                                  ("store", "stores", "write")):
        percentiles = job(document, name)[direction]["lat_ns"]["percentile"]
        for key in ("50.000000", "95.000000", "99.000000"):
            del percentiles[key]
    got = reported(save("bins.json", document))[0]
    for kind in ("request", "store"):
        for percent in (50, 95, 99):
            key = f"{kind}.p{percent}"
            check_equal(got[key], wanted[key], key)


def test_plain_json_gives_the_same_figures():
    got = reported(save("plain.json", without_bins(sample())))[0]
    for key, value in wanted_figures().items():
        near(got[key], value, key)


def test_warnings_before_the_json():
    path = save("warned.json", "fio: this is a warning\n{not JSON}\n"
                "note: both iodepth >= 1\n" + RUN.read_text())
    near(reported(path)[0]["qps"], wanted_figures()["qps"], "qps")


def test_last_document_of_a_status_interval_counts():
    early = sample()
    job(early, "blocks")["read"]["total_ios"] = 1
    path = save("status.json",
                json.dumps(early) + "\n" + RUN.read_text() + "\n")
    check_equal(reported(path)[0]["reads"],
                wanted_figures()["blocks_read"], "reads")


def test_cut_off_after_a_document_is_used_and_said():
    path = save("cut.json", RUN.read_text() + RUN.read_text()[:900])
    done = script("mooncake-report", path)
    check_has(done.stderr, "cut off")


def test_interrupted_run_is_said():
    plan = json.loads(PLAN.read_text())
    plan["requests"], plan["write_bytes"] = 512, 1 << 30
    path = save("interrupted.json",
                "\nfio: terminating on signal 2\n" + RUN.read_text())
    done = script("mooncake-report", path, "--plan",
                  save("long.json", plan))
    check_has(done.stderr, "fio was interrupted")
    check_has(done.stderr, "ended before the plan")
    check_has(done.stdout, "of 512 planned")


def test_job_error_is_said():
    document = sample()
    job(document, "blocks")["error"] = 5
    path = save("error.json", document)
    done = script("mooncake-report", path, "-o", TMP / "error.html", status=3)
    check_has(done.stderr, "job blocks ended with error 5")
    check_has((TMP / "error.html").read_text(),
              'role="alert">the run failed: job blocks')


def test_jobs_that_an_error_took_with_it_are_said_once():
    document = sample()
    job(document, "blocks")["error"] = errno.ENOSPC
    for name in ("requests", "loads"):
        job(document, name)["error"] = errno.ECANCELED
    done = script("mooncake-report", save("ended.json", document), status=3)
    check_has(done.stderr, "job blocks ended with error 28 (No space left on "
              "device), and with it requests, loads\n")
    check_equal(done.stderr.count("ended with error"), 1, "times it is said")


def test_killed_job_is_said():
    path = save("killed.json", "fio: pid=12, got signal=9\n" + RUN.read_text())
    done = script("mooncake-report", path, status=3)
    check_has(done.stderr, "got signal=9")


def emptied(document):
    for each in document["jobs"]:
        for direction in ("read", "write", "sync"):
            for key, value in list(each[direction].items()):
                each[direction][key] = \
                    {"min": 0, "max": 0, "mean": 0.0, "stddev": 0.0, "N": 0} \
                    if isinstance(value, dict) else 0
    return document


def test_empty_run():
    path = save("empty.json", emptied(sample()))
    done = script("mooncake-report", path, "--plan", PLAN, "--prefill-rate",
                  "1000", "-o", TMP / "empty.html")
    check_has(done.stderr, "no block was read or written")


def test_run_without_observers():
    document = sample()
    document["jobs"] = [job(document, "blocks")]
    path = save("alone.json", document)
    done = script("mooncake-report", path, "-o", TMP / "alone.html")
    check_has(done.stderr, "no observers")
    got = reported(path)[0]
    check("request.avg" not in got, "a request latency without observer")
    check_equal(got["requests"], None, "requests")
    check_equal(reported(path, "--plan", PLAN)[0]["requests"], 300,
                "requests of a plan that was done")


def test_plain_fio_job_is_said():
    document = sample()
    document["global options"]["ioengine"] = "psync"
    done = script("mooncake-report", save("psync.json", document))
    check_has(done.stderr, "no job in it uses ioengine mooncake")


def test_options_of_clients_in_an_array():
    """As fio writes them from 3.39 on, each with its client's name."""
    document = sample()
    known = document["global options"]
    document["global options"] = [{**known, "hostname": name, "port": port}
                                  for name, port in (("a", 1), ("b", 2))]
    check_equal(reported(save("clients.json", document)),
                reported(save("one.json", sample())), "figures")


def test_latency_without_lat_percentiles_is_clat():
    document = sample()
    blocks = job(document, "blocks")
    for each in ("percentile", "bins"):
        del blocks["read"]["lat_ns"][each]
    done = script("mooncake-report", save("clat.json", document))
    check_has(done.stdout, "fio's clat")
    check_equal(reported(TMP / "clat.json")[0]["read.p99"],
                blocks["read"]["clat_ns"]["percentile"]["99.000000"], "P99")


def test_prefill_by_each_load():
    entries = [[int(field) for field in line.split(",")]
               for line in (DATA / "loads_lat.3.log").read_text().split("\n")
               if line]
    rate = 3e4
    beaten = sum(size / 4096 * 512 / rate * 1e9 > value
                 for _, value, _, size, _ in entries)
    check(0 < beaten < len(entries), "the sample must have both kinds")
    got = reported(RUN, "--plan", PLAN, "--prefill-rate", rate,
                   "--log-prefix", DATA / "loads")[0]
    near(got["prefill.beaten"], beaten / len(entries), "share")


def test_prefill_by_the_mean_load():
    loads = job(sample(), "loads")["read"]
    rate = 3e4
    limit = loads["io_bytes"] / 4096 * 512 / loads["total_ios"] / rate * 1e9
    bins = loads["lat_ns"]["bins"]
    share = sum(n for value, n in bins.items() if int(value) < limit) / \
        loads["total_ios"]
    got = reported(save("alone.json", sample()), "--plan", PLAN,
                   "--prefill-rate", rate)[0]
    near(got["prefill.mean_load"], limit, "limit")
    near(got["prefill.beaten"], share, "share")
    plain = reported(save("p.json", without_bins(sample())), "--plan", PLAN,
                     "--prefill-rate", rate)[0]
    check(plain["prefill.beaten"] <= share, "percentiles give a lower bound")


def test_bad_input():
    for name, text, saying in (
            ("none.json", "", "no JSON in it"),
            ("text.json", "hello\nworld\n", "no JSON in it"),
            ("other.json", '{"a": 1}\n', "not fio's"),
            ("half.json", RUN.read_text()[:1000], "cut off"),
            ("jobless.json", '{"fio version": "fio-3.33", "jobs": []}',
             "no job is in it")):
        fails("mooncake-report", save(name, text), saying=saying)
    (TMP / "binary.json").write_bytes(bytes(range(256)))
    fails("mooncake-report", TMP / "binary.json", saying="no JSON in it")
    fails("mooncake-report", TMP / "absent.json", saying="No such file")
    fails("mooncake-report", TMP, saying="Is a directory")
    fails("mooncake-report", RUN, "--plan", RUN.parent / "curve.csv",
          saying="no JSON")
    fails("mooncake-report", RUN, "--plan", PLAN, "--plan", PLAN,
          saying="give one, or one for each")
    fails("mooncake-report", RUN, "--logs", RUN,
          saying="no log that can be shown")
    fails("mooncake-report", RUN, "--log-prefix", TMP / "absent",
          saying="no log begins so")
    fails("mooncake-report", RUN, "--job", TMP / "absent.fio",
          saying="No such file")
    fails("mooncake-report", RUN, "--logs",
          save("bad_lat.1.log", "1, 2, 0, 4, 0\nrubbish\n"),
          saying="bad_lat.1.log:2:")
    fails("mooncake-report", RUN, "--curve", save("bad.csv", "a,b\n1,2\n"),
          saying="no hit-rate curve")
    fails("mooncake-report", RUN, "-o", "/nonexistent/report.html",
          saying="/nonexistent/report.html")
    script("mooncake-report", status=2)
    script("mooncake-report", RUN, "--prefill-rate", "-1", status=2)


def test_standard_input():
    done = script("mooncake-report", "--json", "-", input=RUN.read_text())
    near(json.loads(done.stdout)[0]["figures"]["qps"],
         wanted_figures()["qps"], "qps")


if __name__ == "__main__":
    run(globals())
