#!/usr/bin/python3
"""
jobs/stores/ and scripts/mooncake-stores: what the files promise, the script on
a stand-in for fio, and through the real one on a tiny trace.
"""

import html.parser
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
from browser import DARK, check_layout, look_at
from fio_runs import ENGINE, FILES, FIO
from testing import (SECONDS, TOP, check, check_equal, check_has, fails, run,
                     script)

sys.path.insert(0, str(TOP / "scripts" / "lib"))
import fiojson
import planfile
from stores import compare
from stores import runs as storeruns

NAMES = ["mooncake-bucket", "mooncake-offset", "mooncake-file",
         "lmcache-disk", "lmcache-raw", "vllm-fs", "llmd-fs", "sglang-file",
         "sglang-hf3fs", "dynamo-kvbm", "flexkv"]
IN_SLOTS = ["mooncake-offset", "lmcache-raw", "sglang-hf3fs", "dynamo-kvbm",
            "flexkv"]
TMP = Path(tempfile.mkdtemp(prefix="stores_test."))
TARGET = TMP / "drive"
CALLS = TMP / "calls"

# A store takes so many seconds as its name has letters, the drive none.
STAND_IN = f"""#!/usr/bin/python3
import json, os, re, sys, time
if sys.argv[1] == "--version":
    sys.exit(print("fio-0.0"))
open({str(CALLS)!r}, "a").write(" ".join(sys.argv[1:]) + "\\n")
out = next(each for each in sys.argv if each.startswith("--output="))[9:]
mode = os.environ.get("STAND_IN", "")
if "--name=fill" in sys.argv:
    jobs = [{{"jobname": name, "read": {{"bw_bytes": 10**9}},
             "write": {{"bw_bytes": 2 * 10**9}}}}
            for name in ("fill", "read_1", "read_32", "write_16")]
    name = next(each for each in sys.argv if each.startswith("--filename="))
    open(name[11:], "w").close()
    json.dump({{"fio version": "fio-0.0", "jobs": jobs}}, open(out, "w"))
    sys.exit()
text = open(sys.argv[-1]).read()
store = re.search(r"jobs/stores/(.*)[.]fio", text)[1]
if mode == "fail " + store:
    print("fio: no such luck")
    sys.exit(1)
if mode == "slow":
    time.sleep(30)
jobs = []
for section, body in re.findall(r"\\[(.*)\\]\\n([^[]*)", text):
    if section == "global":
        settings = dict(re.findall(r"^(\\w+)=(.*)$", body, re.M))
        continue
    options = dict(re.findall(r"^(\\w+)=(.*)$", body, re.M))
    options["ioengine"] = "external:mooncake.so"
    samples = {{"N": 10, "mean": 1e6 * len(store), "min": 1, "max": 10**9,
               "percentile": {{"50.000000": 10**6 * len(store),
                              "99.000000": 10**9 // len(store)}},
               "bins": {{str(10**6 * len(store)): 5,
                        str(10**9 // len(store)): 5}}}}
    jobs.append({{
        "jobname": section, "groupid": len(jobs), "job options": options,
        "error": 5 if mode == "error" else 0,
        "usr_cpu": 1.0, "sys_cpu": 1.0, "job_runtime": 1000 * len(store),
        "read": {{"runtime": 1000 * len(store), "lat_ns": samples}},
        "write": {{"runtime": 1000 * len(store), "lat_ns": samples}},
        "sync": {{"lat_ns": {{"N": 0}}}}}})
json.dump({{"hits": 6, "writes": 4, "requests": 10, "block_bytes": 4096,
           "slot_bytes": 4096, "hit_rate": 0.6, "options": {{}}}},
          open(settings["plan_json"], "w"))
json.dump({{"fio version": "fio-0.0", "jobs": jobs}}, open(out, "w"))
"""


def set_up():
    TARGET.mkdir()
    (TMP / "fio").write_text(STAND_IN)
    (TMP / "fio").chmod(0o755)
    (TMP / "mooncake.so").touch()


def environment(mode=""):
    return {**os.environ, "FIO": str(TMP / "fio"), "STAND_IN": mode}


def stores(*arguments, mode="", status=0, restart=True, target=TARGET):
    more = ["--restart"] if restart else []
    return script("mooncake-stores", target, "--results", TMP / "results",
                  "--engine", TMP / "mooncake.so", "--size", "1m", *more,
                  *arguments, status=status, cwd=TMP, env=environment(mode))


def results():
    return json.loads((TMP / "results" / "stores.json").read_text())


def calls():
    lines = CALLS.read_text().splitlines() if CALLS.exists() else []
    CALLS.unlink(missing_ok=True)
    return lines


# The files.

def test_every_store_has_its_file():
    there = sorted(path.stem for path in (TOP / "jobs" / "stores").iterdir())
    check_equal(there, sorted(NAMES), "files in jobs/stores")
    done = script("mooncake-stores", "--list")
    check_equal(done.stdout.split(), NAMES, "stores listed")
    page = (TOP / "docs" / "stores.md").read_text(encoding="utf-8")
    for name in NAMES:
        check_has(page, f"| `{name}` |")


def test_every_option_of_a_profile_has_its_fact():
    for name in NAMES:
        profile = storeruns.Profile(name)
        paragraphs = profile.text.split("\n\n", 1)
        check(paragraphs[0].startswith("# ") and "docs/stores.md" in
              paragraphs[0], f"{name}: doesn't say what it is")
        fact = False
        for line in paragraphs[1].splitlines():
            if line.startswith("# "):
                fact = True
                continue
            check(re.fullmatch(r"\w+=\S+", line), f"{name}: {line!r}")
            check(fact, f"{name}: no fact above {line}")
        check("filename" not in profile.options and
              "model" not in profile.options, f"{name}: says too much")


def test_profiles_keep_to_what_the_store_is():
    for name in NAMES:
        profile = storeruns.Profile(name)
        layout = "slots" if name in IN_SLOTS else \
            "buckets" if name == "mooncake-bucket" else "files"
        check_equal(profile.layout, layout, f"layout of {name}")
    chunk = {name: storeruns.Profile(name).options.get("chunk_tokens")
             for name in NAMES}
    check_equal([chunk[name] for name in NAMES],
                [None, None, None, "256", "256", "16", "256", "64", "64",
                 "32", "16"], "tokens of an object")


def test_all_in_one_job_file():
    text = (TOP / "jobs" / "stores.fio").read_text(encoding="utf-8")
    for name in NAMES:
        for section in (name, f"{name}-loads", f"{name}-requests"):
            body = text.split(f"[{section}]\n")[1].split("\n\n")[0]
            check_has(body, f"include stores/{name}.fio")
            check_equal("stonewall=1" in body, section == name,
                        f"[{section}] waits")
            check_equal("numjobs=1" in body, section != name,
                        f"[{section}] is one job")
            place = "cache" if storeruns.Profile(name).layout == "slots" \
                else "folder"
            check_equal(re.findall("filename=(.*)", body),
                        [f"mooncake.{place}"], f"files of [{section}]")
    # fio would add up the names of several [global].
    check("filename=" not in "".join(re.findall(
        r"^\[global\]\n((?:.+\n)+)", text, re.M)), "files in [global]")


# The script, on the stand-in.

class Cells(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.values = {}

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if "data-store" in found:
            self.values[found["data-store"], found["data-figure"]] = \
                found["data-value"]


def test_all_stores_side_by_side():
    calls()
    done = stores("--repeat", "2")
    made = calls()
    check_equal(len(made), 1 + 2 * len(NAMES), "runs of fio")
    order = [re.search(r"results/(\S+)-\d[.]fio$", line)[1]
             for line in made[1:]]
    check_equal(order, NAMES * 2, "order of runs")
    found = results()
    check_equal([each["name"] for each in found["stores"]], NAMES, "stores")
    for each in found["stores"]:
        figure = each["figures"]
        check_equal(figure["qps"], 10 / len(each["name"]), "requests/s")
        check_equal(figure["load_p50"], 10**6 * len(each["name"]), "P50")
        check_equal(figure["hit_rate"], 0.6, "hit rate")
        check_has(done.stdout, each["name"])
        check_has(done.stdout, each["limit"])
        kinds = storeruns.Profile(each["name"]).operations()
        check_equal(figure["operations"], 10 * len(kinds), "operations")
    best = {each["name"]: each["best"] for each in found["stores"]}
    check_has(best["flexkv"], "qps")
    check_has(best["mooncake-bucket"], "load_p99")
    check("qps" not in best["vllm-fs"], "two are the best")
    check("hit_rate" not in best["flexkv"], "all are the best")
    check_equal(list(TARGET.iterdir()), [], "left on the target")


def test_page_has_the_figures_of_the_json():
    stores("--repeat", "1", "--stores", "flexkv,vllm-fs")
    page = (TMP / "results" / "stores.html").read_text(encoding="utf-8")
    cells = Cells()
    cells.feed(page)
    for each in results()["stores"]:
        for column in compare.COLUMNS:
            value = each["figures"][column.key]
            check_equal(cells.values[each["name"], column.key],
                        "" if value is None else str(value), column.key)
        check_has(page, each["limit"])
    if shutil.which("gnuplot"):
        for name in ("requests", "loads"):
            check_has((TMP / "results" / f"{name}.svg").read_text(), "vllm-fs")
    check("http://" not in page.replace("http://www.w3.org/", "") and
          "https://" not in page, "the page needs the network")


def test_page_can_be_read():
    stores("--repeat", "1", "--stores", "flexkv,vllm-fs")
    page = TMP / "results" / "stores.html"
    for options in ((), (DARK,)):
        check_layout(look_at((page,), (1280, 390), *options))


def test_a_page_is_renewed():
    page = TMP / "page.md"
    (TMP / "img").mkdir(exist_ok=True)
    page.write_text("Before.\n", encoding="utf-8")
    done = stores("--update", page, status=1)
    check_has(done.stderr, "has no line <!-- stores -->")
    page.write_text("Before.\n<!-- stores -->\nOld.\n<!-- end -->\nAfter.\n",
                    encoding="utf-8")
    stores("--repeat", "2", "--stores", "flexkv,vllm-fs", "--update", page)
    said = page.read_text(encoding="utf-8")
    check(said.startswith("Before.\n<!-- stores -->\n") and
          said.endswith("<!-- end -->\nAfter.\n") and "Old." not in said, said)
    for each in results()["stores"]:
        row = next(line for line in said.splitlines()
                   if line.startswith(f"| `{each['name']}` |"))
        check_has(row, each["limit"])
        for key in each["best"]:
            check("**" in row, f"nothing of {row} is marked, {key} is best")
    if shutil.which("gnuplot"):
        check_equal(sorted(path.name for path in (TMP / "img").iterdir()),
                    ["stores-loads.svg", "stores-requests.svg"], "pictures")


def test_finished_runs_are_not_made_again():
    stores("--repeat", "2", "--stores", "flexkv,vllm-fs")
    calls()
    stores("--repeat", "2", "--stores", "flexkv,vllm-fs", restart=False)
    check_equal([line for line in calls() if "fill" not in line], [],
                "runs again")
    stores("--repeat", "3", "--stores", "vllm-fs,llmd-fs", restart=False)
    check_equal(len([line for line in calls() if "fill" not in line]), 4,
                "runs of what was missing")
    (TMP / "results" / "vllm-fs-2.json").unlink()
    stores("--repeat", "2", "--stores", "vllm-fs", restart=False)
    check_equal(len([line for line in calls() if "fill" not in line]), 1,
                "runs of the one that is gone")


def test_other_settings_are_refused():
    stores("--repeat", "1", "--stores", "flexkv")
    done = stores("--repeat", "1", "--stores", "flexkv", "--max-requests",
                  "7", restart=False, status=1)
    check_has(done.stderr, "--restart")
    done = stores("--repeat", "1", "--stores", "flexkv", "--set",
                  "eviction=fifo", restart=False, status=1)
    check_has(done.stderr, "--restart")
    stores("--repeat", "1", "--stores", "flexkv", "--max-requests", "7")


def test_settings_reach_the_job():
    stores("--repeat", "1", "--stores", "llmd-fs", "--max-requests", "7",
           "--set", "eviction=fifo", "--set", "arrivals=spread",
           "--set", "llm*:probe=none", "--set", "mooncake-*:iodepth=3")
    text = (TMP / "results" / "llmd-fs-1.fio").read_text()
    common, *sections = text.split("\n\n")
    for line in ("max_requests=7", "eviction=fifo", "arrivals=spread",
                 "trace=builtin:toolagent", "model=llama-3.2-1b",
                 "size=1048576"):
        check_has(common + "\n", f"\n{line}\n")
    for section in sections:
        rest = section.split("/llmd-fs.fio\n")[1] + "\n"
        check_has(rest, "eviction=fifo\nprobe=none\n")
        check("arrivals" not in rest and "iodepth=3" not in section,
              "an option that is not this store's")
    check_equal([each.split("]")[0] for each in sections],
                ["[blocks", "[request", "[load", "[open", "[create",
                 "[publish", "[unlink"], "sections")


def test_failures_are_told():
    done = stores("--repeat", "1", "--stores", "flexkv,vllm-fs", status=1,
                  mode="fail vllm-fs")
    check_has(done.stderr, "no such luck")
    check_equal(list(TARGET.iterdir()), [], "left on the target")
    done = stores("--repeat", "1", "--stores", "vllm-fs", status=1,
                  mode="error")
    check_has(done.stderr, "vllm-fs: job blocks ended with error 5")


def test_interrupt_stops_fio_and_resumes():
    stores("--repeat", "1", "--stores", "flexkv")
    calls()
    process = subprocess.Popen(
        [TOP / "scripts" / "mooncake-stores", TARGET, "--results",
         TMP / "results", "--engine", TMP / "mooncake.so", "--size", "1m",
         "--repeat", "1", "--stores", "flexkv,vllm-fs"],
        env=environment("slow"), stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL, text=True)
    while not (CALLS.exists() and "vllm-fs" in CALLS.read_text()):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=SECONDS)[1]
    check_equal(process.returncode, 130, "exit status")
    check_has(said, "goes on from here")
    check_equal(list(TARGET.iterdir()), [], "left on the target")
    calls()
    stores("--repeat", "1", "--stores", "flexkv,vllm-fs", restart=False)
    check_equal(len([line for line in calls() if "fill" not in line]), 1,
                "runs of what was missing")


def test_targets_that_are_no_use():
    fails("mooncake-stores", TMP / "nowhere", "--engine", TMP / "mooncake.so",
          saying="no such folder", env=environment(), cwd=TMP)
    fails("mooncake-stores", "/dev/null", "--engine", TMP / "mooncake.so",
          saying="--overwrite", env=environment(), cwd=TMP)
    foreign = TARGET / "mooncake-stores.cache"
    foreign.mkdir()
    (foreign / "mine").write_text("dear")
    done = stores(status=1)
    check_has(done.stderr, "not of this program")
    check_equal((foreign / "mine").read_text(), "dear", "the file there")
    shutil.rmtree(foreign)
    done = stores("--size", "900t", status=1)
    check_has(done.stderr, "are needed")


def test_device_takes_stores_of_slots_only():
    device = TMP / "device"
    device.touch()
    done = stores("--overwrite", "--repeat", "1", target=device)
    check_has(done.stderr, "left out")
    check_equal([each["name"] for each in results()["stores"]], IN_SLOTS,
                "stores on a device")
    text = (TMP / "results" / "flexkv-1.fio").read_text()
    check_has(text, f"\nfilename={device}\n")
    check(device.exists(), "the device is gone")


def test_wrong_use():
    for wrong in (["--repeat", "0"], ["--size", "4x"], ["--size", "0"],
                  ["--max-requests", "-1"], ["--set", "iodepth"]):
        stores(*wrong, status=2)
    script("mooncake-stores", status=2)
    done = stores("--stores", "redis", status=1)
    check_has(done.stderr, "redis: no such store")
    fails("mooncake-stores", TARGET, "--engine", TMP / "none.so",
          saying="there is no engine", env=environment(), cwd=TMP)


# What limits a store, in words.

DRIVE = {"read_1": 500e6, "read_32": 2e9, "write_16": 1e9}


def limit(store="vllm-fs", read=0, written=0, wall=10, cpu=0, flying=100,
          spent=None, hits=0):
    """What limits a run with these figures, in words. @spent has the seconds
    of each kind of operation."""
    latency = {"N": 10, "mean": flying * wall / 10 * 1e9, "min": 1, "max": 1}
    jobs = [{"jobname": "blocks", "job options": {},
             "usr_cpu": 100 * cpu, "sys_cpu": 0, "job_runtime": 1000 * wall,
             "read": {"runtime": 1000 * wall, "lat_ns": latency},
             "sync": {"lat_ns": {"N": 0}}}]
    for kind, seconds in (spent or {}).items():
        jobs.append({"jobname": kind, "job options": {"observe": kind},
                     "read": {"lat_ns": {"N": 10,
                                         "mean": seconds / 10 * 1e9}}})
    for job in jobs:
        job["job options"]["ioengine"] = "external:mooncake.so"
    parsed = fiojson.parse(json.dumps(
        {"fio version": "fio-0.0", "jobs": jobs}), "x")[0]
    plan = planfile.Plan({"hits": hits, "writes": 0, "block_bytes": 1 << 20})
    one = compare.Run(parsed, plan, {"read": read, "written": written})
    return compare.limit(one, storeruns.Profile(store), DRIVE)


def test_limits_in_words():
    check_equal(limit(read=18e9), "the drive: 90% of what it gave alone",
                "a busy drive")
    check_equal(limit(written=9e9), "the drive: 90% of what it gave alone",
                "a busy drive")
    check_has(limit(cpu=0.95, store="flexkv"), "the processor: 95% of a core")
    check_has(limit("flexkv", flying=0.9), "depth: 0.9 I/Os in flight; the "
              "drive reads 4.0 times as fast at 32 as at 1")
    check_has(limit("mooncake-file", spent={"create": 8}),
              "file operations: 80% of its time (create)")
    check_has(limit("vllm-fs", spent={"create": 80}),
              "file operations: 50% of its time (create)")
    check_has(limit("mooncake-file", flying=0.1), "its next heartbeat (10s)")
    check_has(limit("mooncake-bucket", flying=0.25, spent={"create": 2.5}),
              "syncs of files that are closed: at most 50% of its time")
    check_has(limit(read=5 << 20, hits=10), "50% of what it read was in "
              "memory")
    check_equal(limit(read=10 << 20, hits=10), "nothing by itself",
                "nothing in particular")


# The real fio, which asks the drive for less than its 15 seconds.

IN_SHORT = f"""#!/usr/bin/python3
import os, sys
os.execvp({FIO!r}, [{FIO!r}] + [
    each.replace("--runtime=5", "--runtime=1") for each in sys.argv[1:]])
"""


def test_the_real_ones_on_a_tiny_trace():
    target = FILES / "stores"
    target.mkdir(exist_ok=True)
    short = TMP / "short"
    short.write_text(IN_SHORT)
    short.chmod(0o755)
    done = script("mooncake-stores", target, "--results", TMP / "real",
                  "--engine", ENGINE.library, "--repeat", "1", "--size",
                  "8m", "--max-requests", "60", "--set", "bytes_per_token=64",
                  "--set", "mooncake-bucket:bucket_objects=20",
                  "--set", "direct=0", env={**os.environ, "FIO": str(short)})
    found = json.loads((TMP / "real" / "stores.json").read_text())
    check_equal([each["name"] for each in found["stores"]], NAMES, "stores")
    for each in found["stores"]:
        plan = json.loads((TMP / "real" / f"{each['name']}-1.plan.json")
                          .read_text())
        figure = each["figures"]
        check_equal(figure["hit_rate"], plan["hit_rate"], each["name"])
        check(figure["qps"] > 0 and figure["load_p99"] > 0,
              f"{each['name']}: {figure}")
        if each["layout"] != "slots":
            check_equal(each["operations"]["create"], plan["files_created"],
                        f"files of {each['name']}")
    check_has(done.stdout, "What limits each")
    check_equal(list(target.iterdir()), [], "left on the target")


if __name__ == "__main__":
    set_up()
    try:
        run(globals())
    finally:
        shutil.rmtree(TMP)
