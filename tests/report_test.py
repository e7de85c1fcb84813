#!/usr/bin/python3
"""scripts/mooncake-report: its figures, its page, and input of all kinds."""

import copy
import functools
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from testing import (DATA, TOP, Skip, check, check_equal, check_has, fails,
                     run, script)

RUN = DATA / "run.json"
PLAN = DATA / "plan.json"
TMP = Path(tempfile.mkdtemp(prefix="report_test."))

BROWSER = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
           "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync",
           "--enable-logging=stderr", "--virtual-time-budget=2000")


def sample():
    return json.loads(RUN.read_text())


def save(name, text):
    path = TMP / name
    path.write_text(text if isinstance(text, str) else json.dumps(text))
    return path


def reported(*arguments):
    """The figures of each run."""
    said = script("mooncake-report", "--json", *arguments).stdout
    return [each["figures"] for each in json.loads(said)]


def near(got, wanted, what):
    check(abs(got - wanted) <= 1e-9 * abs(wanted),
          f"{what}: {got}, not {wanted}")


def job(document, name):
    return next(each for each in document["jobs"] if each["jobname"] == name)


def wanted_figures():
    """From the JSON, with nothing of the script's."""
    blocks, requests, loads, stores = (
        job(sample(), name) for name in ("blocks", "requests", "loads",
                                         "stores"))
    read, write = blocks["read"], blocks["write"]
    wanted = {
        "requests": requests["read"]["total_ios"],
        "qps": requests["read"]["iops"],
        "blocks_read": read["total_ios"],
        "blocks_written": write["total_ios"],
        "hit_rate": read["total_ios"] /
        (read["total_ios"] + write["total_ios"]),
        "write_ratio": write["total_ios"] /
        (read["total_ios"] + write["total_ios"]),
        "read_bytes": read["io_bytes"], "write_bytes": write["io_bytes"],
        "read_bw": read["bw_bytes"], "write_bw": write["bw_bytes"],
        "bw": read["bw_bytes"] + write["bw_bytes"],
        "syncs": blocks["sync"]["total_ios"],
        "wall": max(read["runtime"], write["runtime"]) / 1e3,
        "io_time": requests["read"]["clat_ns"]["mean"] *
        requests["read"]["clat_ns"]["N"] / 1e9}
    for kind, samples in (("request", requests["read"]["lat_ns"]),
                          ("load", loads["read"]["lat_ns"]),
                          ("store", stores["write"]["lat_ns"]),
                          ("read", read["lat_ns"]),
                          ("write", write["lat_ns"]),
                          ("sync", blocks["sync"]["lat_ns"])):
        wanted[f"{kind}.avg"] = samples["mean"]
        wanted[f"{kind}.max"] = samples["max"]
        for percent in (50, 95, 99):
            wanted[f"{kind}.p{percent}"] = \
                samples["percentile"][f"{percent}.000000"]
    return wanted


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


def without_bins(value):
    if isinstance(value, dict):
        return {key: without_bins(each) for key, each in value.items()
                if key != "bins"}
    if isinstance(value, list):
        return [without_bins(each) for each in value]
    return value


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
    done = script("mooncake-report", save("error.json", document))
    check_has(done.stderr, "job blocks ended with error 5")


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


def test_clients_add_up_without_all_clients():
    text = (DATA / "client.json").read_text()
    document = json.loads(text[text.index("\n{") + 1:])
    jobs = [each for each in document["client_stats"]
            if each["jobname"] != "All clients"]
    got = reported(DATA / "client.json")[0]
    for key, name, direction, member in (
            ("requests", "requests", "read", "total_ios"),
            ("blocks_read", "blocks", "read", "total_ios"),
            ("write_bytes", "blocks", "write", "io_bytes"),
            ("qps", "requests", "read", "iops")):
        near(got[key], sum(each[direction][member] for each in jobs
                           if each["jobname"] == name), key)


def test_latency_without_lat_percentiles_is_clat():
    document = sample()
    blocks = job(document, "blocks")
    for each in ("percentile", "bins"):
        del blocks["read"]["lat_ns"][each]
    done = script("mooncake-report", save("clat.json", document))
    check_has(done.stdout, "clat: without lat_percentiles=1")
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
    got = reported(RUN, "--plan", PLAN, "--prefill-rate", rate)[0]
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


def test_help():
    done = script("mooncake-report", "--help")
    manual = (TOP / "docs" / "mooncake-report.1").read_text()
    for option in set(re.findall(r"--[a-z-]+", done.stdout)) - {"--output-f"}:
        if option not in ("--output-format", "--curve"):
            check_has(manual.replace("\\-", "-"), option)


class Page(html.parser.HTMLParser):
    """What a page shows of the figures, and what it could load."""

    def __init__(self, text):
        super().__init__()
        self.figures, self.outside, self.plots = [], [], 0
        self.current = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.plots += tag == "svg"
        for name in ("src", "href", "xlink:href", "action"):
            if not (attrs.get(name) or "#").startswith("#"):
                self.outside.append(attrs[name])
        if "data-figure" in attrs:
            self.current = [int(attrs["data-run"]), attrs["data-figure"],
                            attrs["data-value"], ""]
            self.figures.append(self.current)
        elif tag not in ("b",):
            self.current = None

    def handle_endtag(self, tag):
        self.current = None

    def handle_data(self, data):
        if self.current:
            self.current[3] += data


@functools.cache
def full_page():
    """A page with everything in it."""
    path = TMP / "full.html"
    script("mooncake-report", RUN, save("second.json", RUN.read_text()),
           "--plan", PLAN, "--prefill-rate", "1000000", "--logs",
           DATA / "blocks_bw.1.log", DATA / "blocks_lat.1.log",
           DATA / "loads_lat.3.log", "--curve", DATA / "curve.csv",
           "--title", "<A title> & more", "-o", path)
    return path


def check_page(text):
    page = Page(text)
    check_equal(page.outside, [], "addresses in the page")
    found = {}
    for number, key, value, shown in page.figures:
        if value:
            check(shown not in ("", "-"), f"{key} shows nothing")
            found.setdefault(number, {})[key] = float(value)
    for number in (0, 1):
        for key, value in wanted_figures().items():
            near(found[number][key], value, f"{key} of run {number}")
    return page


def test_page_has_the_figures_of_the_json():
    text = full_page().read_text()
    page = check_page(text)
    check_has(text, "&lt;A title&gt; &amp; more")
    check(page.plots >= 9 or not shutil.which("gnuplot"),
          f"{page.plots} plots only")
    check("http://" not in text.replace("http://www.w3.org/", "") and
          "https://" not in text, "the page names other hosts")


def test_page_without_gnuplot():
    done = script("mooncake-report", RUN, "-o", TMP / "bare.html",
                  env={**os.environ, "PATH": str(TMP)})
    check_has(done.stderr, "gnuplot is not installed")
    check_has((TMP / "bare.html").read_text(), "All figures")


def browser(page, *more):
    program = shutil.which("chromium")
    if not program:
        raise Skip("chromium is not installed")
    profile = tempfile.mkdtemp(dir=TMP)
    done = subprocess.run(
        [program, *BROWSER, f"--user-data-dir={profile}", *more,
         page.as_uri()], capture_output=True, text=True, timeout=60,
        check=False)
    check(not done.returncode, f"chromium failed: {done.stderr[-500:]}")
    console = [line for line in done.stderr.splitlines()
               if "CONSOLE" in line]
    check_equal(console, [], "the browser's console")
    return done.stdout


def test_page_in_a_browser():
    check_page(browser(full_page(), "--dump-dom"))


def test_page_fits_a_phone_and_prints():
    probe = TMP / "probe.html"
    frame = full_page().read_text().replace('"', "&quot;")
    probe.write_text(
        '<!DOCTYPE html><body><iframe id="f" style="width:360px;height:640px"'
        f' srcdoc="{frame}"></iframe><script>onload=()=>{{'
        "const d=document.getElementById('f').contentDocument;"
        "document.title=d.documentElement.scrollWidth}</script></body>")
    width = re.search(r"<title>(\d+)</title>", browser(probe, "--dump-dom"))
    check(width, "the page was not measured")
    check(int(width[1]) <= 360, f"the page is {width[1]} wide")
    browser(full_page(), f"--print-to-pdf={TMP / 'page.pdf'}")
    check((TMP / "page.pdf").stat().st_size > 10000, "no print")


if __name__ == "__main__":
    try:
        run(globals())
    finally:
        shutil.rmtree(TMP, ignore_errors=True)
