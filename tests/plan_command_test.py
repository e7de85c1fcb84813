#!/usr/bin/python3
"""mooncake-plan as a command: figures, sweeps, curve, reach, output, errors."""

import csv
import gzip
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from testing import SECONDS, TOP, Skip, check, check_equal, check_has, run

BUILD = Path(os.environ.get("BUILD", TOP / "build"))
TMP = Path(tempfile.mkdtemp(prefix="plan_command_test."))
SHARED = TOP / ".." / "shared"
CONVERSATION = SHARED / "traces" / "conversation_trace.jsonl"
REFERENCE = SHARED / "reference"
MIB = 1 << 20

MEMBERS = """requests lookups hits memory_hits misses skipped evictions
unadmitted writes probes trims hit_rate requests_with_hits
requests_with_hits_beyond_first hottest_block_hits unique_blocks files_created
files_unlinked slots buckets block_bytes slot_bytes input_tokens output_tokens
read_bytes write_bytes span_ms sessions bad_lines options""".split()


def command(*arguments, status=0, **more):
    done = subprocess.run([BUILD / "mooncake-plan", *map(str, arguments)],
                          stdout=more.pop("stdout", subprocess.PIPE),
                          stderr=subprocess.PIPE, text=True, check=False,
                          timeout=SECONDS, **more)
    check_equal(done.returncode, status, f"exit status ({done.stderr})")
    return done


def output(*arguments):
    return command(*arguments).stdout


def as_json(*arguments):
    return json.loads(output(*arguments, "--json"))


def as_csv(*arguments):
    return list(csv.DictReader(io.StringIO(output(*arguments, "--csv"))))


def refused(*arguments, saying, **more):
    done = command(*arguments, status=1, **more)
    check_has(done.stderr, "mooncake-plan: ")
    check_has(done.stderr, saying)
    check_equal(done.stderr.count("\n"), 1, "lines of the message")
    check(not done.stdout, f"output beside the message: {done.stdout}")


def trace_file(name, *requests):
    """A trace of @requests, which are lists of hash ids, a second apart."""
    path = TMP / name
    path.write_text("".join(
        json.dumps({"timestamp": 1000 * i, "input_length": 512 * len(ids),
                    "output_length": 3, "hash_ids": ids}) + "\n"
        for i, ids in enumerate(requests)))
    return path


SMALL = trace_file("small.jsonl", [1, 2, 3], [1, 2, 4], [1, 5], [1, 2, 3])


def reference(name):
    path = REFERENCE / name
    if not path.exists() or not CONVERSATION.exists():
        raise Skip(f"no {path} or {CONVERSATION}")
    with path.open() as file:
        return list(csv.DictReader(file))


def same_row(wanted, got, **names):
    for column, value in wanted.items():
        column = names.get(column, column)
        if column in got:
            check_equal(got[column], value, f"{column} of {wanted}")


def one_tier(name, *options):
    """The rows of a table of reference figures, by one sweep for each
    lookup."""
    wanted = reference(name)
    for lookup in ("prefix", "block"):
        rows = [row for row in wanted if row["lookup"] == lookup]
        policies = list(dict.fromkeys(row["eviction"] for row in rows))
        slots = list(dict.fromkeys(row["capacity_slots"] for row in rows))
        got = {(row["eviction"], row["capacity"]): row for row in
               as_csv(CONVERSATION, f"--lookup={lookup}", *options,
                      f"--eviction={','.join(policies)}",
                      f"--capacity={','.join(slots)}")}
        for row in rows:
            same_row(row, got[row["eviction"], row["capacity_slots"]])


def test_reference_cache():
    one_tier("conversation_cache.csv")


def test_reference_admit2():
    one_tier("conversation_admit2.csv", "--admit=2")


def test_reference_partial_skip():
    one_tier("conversation_partial_skip.csv", "--partial=skip")


def test_reference_tiers():
    for row in reference("conversation_tiers.csv"):
        got, = as_csv(CONVERSATION, f"--lookup={row['lookup']}",
                      f"--offload={row['offload']}",
                      f"--memory-size={int(row['memory_blocks']) * MIB}",
                      f"--capacity={row['capacity_slots']}")
        same_row(row, got, reads="hits")


def cache_of(row):
    return [f"--{name}={row[column]}" for name, column in
            (("lookup", "lookup"), ("eviction", "eviction"),
             ("capacity", "capacity_slots"), ("evict-high", "evict_high"),
             ("evict-low", "evict_low"))]


def test_reference_buckets():
    for row in reference("conversation_buckets.csv"):
        blocks = int(row["bucket_blocks"])
        got, = as_csv(CONVERSATION, "--layout=buckets", "--bucket-size=1t",
                      f"--bucket-objects={blocks}",
                      *cache_of(row))
        same_row(row, got)
        check_equal(int(got["buckets"]), int(row["capacity_slots"]) // blocks,
                    "buckets")
        check_equal(int(got["files_created"]),
                    -(-int(row["writes"]) // blocks), "files created")
        check_equal(int(got["files_unlinked"]) * blocks,
                    int(row["evictions"]), "files unlinked")


def test_reference_watermarks():
    for row in reference("conversation_watermarks.csv"):
        for layout in ("slots", "files"):
            got, = as_csv(CONVERSATION, f"--layout={layout}", *cache_of(row))
            same_row(row, got)


def test_fifty_million_tokens():
    """FAST'25, 5.3.1: that capacity has nearly the whole hit rate."""
    reference("conversation_cache.csv")
    row, = as_csv(CONVERSATION, "--reach=0.99")
    check(int(row["capacity"]) * 512 <= 50e6, f"{row['capacity']} slots")


def test_json_members():
    plan = as_json(SMALL, "--capacity=3")
    check_equal(list(plan), MEMBERS, "members")
    check_equal(plan["lookups"], 11, "lookups")
    check_equal(plan["slots"], 3, "slots")
    check_equal(plan["hit_rate"], plan["hits"] / plan["lookups"], "hit rate")
    check_equal(plan["read_bytes"], plan["hits"] * MIB, "read bytes")
    check_equal(plan["span_ms"], 3000, "span")
    check_equal(plan["options"]["trace"], str(SMALL), "trace")
    check_equal(plan["options"]["capacity"], 3, "capacity")


def test_unbounded_is_all_blocks():
    plan = as_json(SMALL)
    check_equal(plan["slots"], 5, "slots")
    check_equal(plan["options"]["capacity"], "unbounded", "capacity")
    check_equal(plan["hits"], 2 + 1 + 3, "hits")
    check_equal(plan["write_bytes"], 5 * MIB, "bytes written")


def test_fraction_of_a_millisecond():
    path = TMP / "fraction.jsonl"
    path.write_text('{"timestamp": 0, "input_length": 1, "output_length": 1,'
                    ' "hash_ids": [0]}\n{"timestamp": 1.5, "input_length": 1,'
                    ' "output_length": 1, "hash_ids": [0]}\n')
    check_equal(as_json(path)["span_ms"], 1.5, "span")


def test_no_lookup_at_all():
    path = trace_file("nothing.jsonl", [], [])
    plan = as_json(path, "--memory-size=1g")
    check_equal((plan["hit_rate"], plan["slots"]), (0, 0), "rate, slots")
    check_equal(as_json(path, "--reach=0.9")["lookups"], 0, "lookups")
    check_equal(json.loads(output(path, "--curve", "--json")), [], "curve")
    output(path, "--curve")
    output(path)


def test_size_is_capacity():
    by_size = as_csv(SMALL, "--size=2m,3000k,unbounded")
    by_slots = as_csv(SMALL, "--capacity=2,2,unbounded")
    check_equal(by_size, by_slots, "rows")
    chunks = as_json(SMALL, "--size=9216k", "--bytes-per-token=2049",
                     "--chunk-tokens=64")
    check_equal(chunks["slot_bytes"], 8 * 33 * 4096, "slot bytes")
    check_equal(chunks["slots"], 9216 * 1024 // (8 * 33 * 4096), "slots")


def test_sweep_is_the_cross_product():
    lists = ("--eviction=lru,opt", "--admit=1,2", "--memory-size=0,1m",
             "--capacity=1,2,unbounded")
    rows = as_csv(SMALL, *lists)
    check_equal(len(rows), 24, "rows")
    check_equal(len({(r["eviction"], r["admit"], r["memory_size"],
                      r["capacity"]) for r in rows}), 24, "combinations")
    plans = as_json(SMALL, *lists)
    for row, plan in zip(rows, plans):
        check_equal(list(plan), MEMBERS, "members")
        check_equal(int(row["hits"]), plan["hits"], "hits")
        check_equal((row["eviction"], row["admit"], row["memory_size"]),
                    tuple(str(plan["options"][name]) for name in
                          ("eviction", "admit", "memory_size")), "options")
    lines = output(SMALL, *lists).splitlines()
    check_equal(len(lines), 25, "lines of text")
    check_equal({len(line) for line in lines}, {len(lines[0])}, "widths")


def test_what_is_said_of_a_trace():
    """Above its figures, and on standard error what may be wrong with it."""
    trace = TMP / "said.jsonl"
    trace.write_text("".join(json.dumps({
        "session_id": i % 2, "timestamp": i * 0.25, "input_length": 1000,
        "hash_ids": [9, i]}) + "\n" for i in range(4)))
    done = command(trace)
    check_has(done.stdout, "4 requests over 0.75 ms, 2 sessions\n")
    check_has(done.stderr, "span only 0.75 ms")
    check_has(output(trace, "--sessions=9"), ", 2 sessions, 2 users\n")
    header, *rows = output(trace, "--requests").splitlines()
    check_equal(header.split()[:3], ["request", "arrival_ms", "lookups"],
                "columns")
    check_equal(len(rows), 4, "rows")


def test_figures():
    row, = as_csv(SMALL, "--capacity=2", "--drive-bytes=1g")
    writes = int(row["writes"])
    day = writes * MIB * 86400 / 3
    check_equal(float(row["write_amplification"]), round(writes / 5, 9), "wa")
    for name, value in (("terabytes_written_a_day", day / 1e12),
                        ("drive_writes_a_day", day / (1 << 30))):
        check(abs(float(row[name]) / value - 1) < 1e-6, f"{name}: {row[name]}")
    for name, of in (("read_bytes", "hits"), ("write_bytes", "writes")):
        check_equal(int(row[name]), int(row[of]) * MIB, name)
    check(row["hits"] != row["writes"], "a trace that can't tell the two")
    alone = as_csv(trace_file("one.jsonl", [7]))[0]
    check_equal(alone["terabytes_written_a_day"], "", "without a span")
    text = output(SMALL, "--capacity=2")
    check_has(text, "requests_with_hits_beyond_first")
    check("drive_writes_a_day" not in text, "figure that was not asked for")


def test_files():
    files = ("--layout=files", "--bytes-per-token=8", "--chunk-tokens=256")
    plan = as_json(SMALL, *files, "--capacity=3", "--probe=stat")
    check_equal((plan["files_created"], plan["files_unlinked"]),
                (2 * plan["writes"], 2 * plan["evictions"]), "files")
    check(plan["evictions"], "no evictions")
    # 1 of the first request, 1 2 4, 1 5, and of the last all until a miss.
    check_equal(plan["probes"], 1 + 3 + 2 + 2, "stats")
    check_equal((plan["buckets"], plan["trims"]), (0, 0), "buckets, trims")
    check_equal(plan["options"]["layout"], "files", "layout")
    plan = as_json(SMALL, *files, "--probe=list")
    check_equal(plan["probes"], 4, "listings")
    row, = as_csv(SMALL, "--layout=slots")
    check_equal(row["files_created"], "0", "files of slots")


def test_buckets():
    buckets = ("--layout=buckets", "--bytes-per-token=8", "--bucket-size=8k")
    row, = as_csv(SMALL, *buckets, "--capacity=4")
    # Buckets of 2: 1 2, 3 4; 5 opens a third, in the place of that of 3 4.
    check_equal([row[name] for name in
                 ("buckets", "files_created", "files_unlinked", "evictions",
                  "writes", "blocks_held")], list("231264"), "counts")
    check_equal(row["bucket_write_amplification"], "1.5", "amplification")
    plan = as_json(SMALL, *buckets)
    check_equal((plan["slots"], plan["buckets"], plan["files_created"]),
                (5, 3, 3), "unbounded")
    refused(SMALL, *buckets, "--capacity=3", saying="at least two buckets")
    refused(SMALL, *buckets, "--eviction=lfu", saying="eviction=lfu")
    refused(SMALL, *buckets, "--curve", saying="--curve is of blocks that go")
    refused(SMALL, *buckets, "--discard", saying="discard=1 trims slots")
    refused(SMALL, *buckets, "--pieces=2", saying="pieces=2 divides the slots")
    row, = as_csv(SMALL, *buckets, "--reach=1")
    check_equal(row["capacity"], "6", "reach")


def test_shape_of_objects():
    plan = as_json(SMALL, "--bytes-per-token=8", "--object-header=24",
                   "--object-align=512", "--pieces=4")
    check_equal((plan["block_bytes"], plan["slot_bytes"]), (4096, 4 * 1536),
                "bytes")
    plan = as_json(SMALL, "--capacity=3", "--discard")
    check_equal(plan["trims"], plan["writes"] - 3, "trims")
    check_equal(plan["options"]["discard"], 1, "discard")


def test_watermarks():
    refused(SMALL, "--evict-high=50", saying="evict_low=100")
    refused(SMALL, "--curve", "--evict-low=50", saying="--curve is of blocks")
    refused(SMALL, "--capacity=50g", saying="--size=50g")


def test_warmup():
    plan = as_json(SMALL, "--warmup-requests=2")
    check_equal((plan["requests"], plan["lookups"], plan["hits"],
                 plan["unique_blocks"], plan["span_ms"]),
                (2, 5, 4, 4, 1000), "statistics")
    check_equal(as_json(SMALL, "--warmup-requests=99")["requests"], 0, "left")


def test_requests_add_up_to_the_run():
    """Also where evictions come in bursts, and with a tier in front."""
    for more in (["--capacity=2000"], ["--capacity=2000", "--evict-high=90",
                                       "--evict-low=70"],
                 ["--capacity=3000", "--layout=buckets", "--bucket-objects=9"],
                 ["--capacity=2000", "--memory-size=50m", "--shard=1/2"]):
        line = ["builtin:conversation", "--max-requests=1000", *more]
        rows = json.loads(output(*line, "--requests", "--json"))
        whole = json.loads(output(*line, "--json"))
        check_equal([row["request"] for row in rows],
                    list(range(whole["requests"])), "numbers")
        for name in ("lookups", "hits", "memory_hits", "skipped", "writes",
                     "evictions"):
            check_equal(sum(row[name] for row in rows), whole[name],
                        f"{name} with {more}")
        check_equal(rows[-1]["arrival_ms"] - rows[0]["arrival_ms"],
                    whole["span_ms"], "span")


def test_curve_is_the_sweep():
    points = json.loads(output("builtin:conversation", "--max-requests=2000",
                               "--curve", "--json"))
    some = points[::len(points) // 20] + points[-1:]
    runs = as_csv("builtin:conversation", "--max-requests=2000", "--capacity="
                  + ",".join(str(point["capacity"]) for point in some))
    for point, row in zip(some, runs):
        for name in ("capacity", "capacity_bytes", "hits", "skipped",
                     "writes"):
            check_equal(point[name], int(row[name]), name)
    rows = as_csv("builtin:conversation", "--max-requests=2000", "--curve")
    check_equal(len(rows), len(points), "points")
    whole = as_csv(trace_file("apart.jsonl", [1, 2, 3, 4]), "--curve")
    check_equal(whole[-1]["capacity"], "4", "the last capacity")
    check_has(output("builtin:conversation", "--curve"), "\n   10000 ")


def test_reach():
    rows = as_csv("builtin:conversation", "--max-requests=2000",
                  "--eviction=lru,opt", "--reach=0.9", "--memory-size=0,100m")
    check_equal(len(rows), 4, "rows")
    for row in rows:
        wanted = 0.9 * float(row["unbounded_hit_rate"])
        check(float(row["hit_rate"]) >= wanted - 1e-9, f"{row}")
        less, = as_csv("builtin:conversation", "--max-requests=2000",
                       f"--eviction={row['eviction']}",
                       f"--memory-size={row['memory_size']}",
                       f"--capacity={int(row['capacity']) - 1}")
        check(float(less["hit_rate"]) < wanted, f"{less}")
    plan = as_json(SMALL, "--reach=1")
    check_equal(list(plan), MEMBERS + ["unbounded_hit_rate"], "members")


def test_generate():
    path = TMP / "generated.jsonl"
    text = output("generate", "conversation")
    command("generate", "builtin:conversation", f"--output={path}")
    check_equal(path.read_text(), text, "file and standard output")
    with gzip.open(f"{path}.gz", "wt") as file:
        file.write(text)
    wanted = as_json("builtin:conversation", "--capacity=10000")
    for source in (path, f"{path}.gz"):
        plan = as_json(source, "--capacity=10000")
        plan["options"]["trace"] = wanted["options"]["trace"]
        check_equal(plan, wanted, f"plan of {source}")


def test_compile():
    for source, *options in ((SMALL,), ("builtin:conversation",),
                             (SMALL, "--sessions=2", "--partial=skip")):
        path = TMP / "compiled"
        text = output("compile", *options, source, "-o", path)
        check_has(text, f"{path}: ")
        check_has(text, " requests over ")
        wanted = as_json(source, *options)
        plan = as_json(path, *options)
        plan["options"]["trace"] = wanted["options"]["trace"]
        check_equal(plan, wanted, f"plan of {source}, compiled")
    refused(path, saying="compiled with partial=skip; give the same")
    refused(path, "--partial=skip", saying="compiled with sessions=2")
    again = TMP / "again"
    command("compile", "--sessions=2", "--partial=skip", path,
            f"--output={again}")
    plan = as_json(again, *options)
    plan["options"]["trace"] = wanted["options"]["trace"]
    check_equal(plan, wanted, "plan of what was compiled twice")
    again.write_bytes(again.read_bytes()[:-1])
    refused(again, saying="damaged: its end is missing; compile it again")


def test_wrong_compiling():
    refused("compile", SMALL, saying="as -o FILE")
    refused("compile", "-o", TMP / "x", saying="compile what?")
    refused("compile", SMALL, "-o", saying="-o")
    refused("compile", TMP / "missing", "-o", TMP / "x", saying="missing")
    refused("compile", SMALL, "-o", TMP / "no" / "x", saying="No such file")
    refused("compile", SMALL, "-o", SMALL, saying="no compiled trace")
    refused("compile", SMALL, "-o", TMP, saying="this is there, and no compiled trace")
    check(not list(TMP.glob("x*")), "a file is left")


def test_text_says_how_long_the_trace_is():
    lines = output(SMALL).splitlines()
    check_equal(lines[:2], [f"{SMALL}: 4 requests over 3 s", ""], "lines")
    if not CONVERSATION.exists():
        raise Skip(f"no {CONVERSATION}")
    check_has(output(CONVERSATION), ": 12031 requests over 58 min 57 s\n")


def test_text_counts_sessions_and_leaves_out_times_that_are_not_there():
    rows = TMP / "one.jsonl"
    row = '{"input_length": 512, "hash_ids": [1]'
    rows.write_text(f'{row}, "session_id": 7}}\n')
    for options, said in ((("--replay-no-stall",), "1 request, 1 session"),
                          (("--sessions=1",),
                           "1 request over 0 ms, 1 session, 1 user"),
                          (("--sessions=2", "--replay-no-stall=1"),
                           "1 request, 1 session, 1 user")):
        check_equal(output(*options, rows).splitlines()[0],
                    f"{rows}: {said}", "first line")
    refused("--replay-no-stall=0", rows, saying="\"timestamp\" is missing")


def test_generate_every_trace():
    for name, *options in (("toolagent",), ("synthetic",), ("agentic",),
                           ("agentic", "--sessions=16", "--capacity=5000")):
        path = TMP / f"{name}.jsonl"
        command("generate", name, "--output", path)
        plan = as_json(path, *options)
        wanted = as_json(f"builtin:{name}", *options)
        plan["options"] = wanted["options"]
        check_equal(plan, wanted, name)


def test_models():
    table = as_csv("models")
    check_equal(as_json("models")[0]["model"], table[0]["model"], "first")
    name = "llama-3.1-8b"
    row, = (row for row in table if row["model"] == name)
    check_equal(row["bytes_per_token"], "131072", "bytes per token")
    check_equal(row["block_bytes"], str(512 * 131072), "bytes per block")
    check_has(output("models"), f"\n{name} ")
    half, = (r for r in as_csv("models", "--kv-dtype=fp8", "--block-tokens=16")
             if r["model"] == name)
    check_equal(half["block_bytes"], str(16 * 65536), "bytes per block, fp8")
    odd, = (r for r in as_csv("models", "--tp=3") if r["model"] == name)
    check_equal(odd["block_bytes"], "", "with ranks that don't divide heads")


def test_models_of_one():
    one, = as_csv("models", "--model=deepseek-v3")
    check_equal(one["bytes_per_token"], "70272", "by name")
    config = TOP / "tests" / "configs" / "multi_head.json"
    one, = as_csv("models", f"--model={config}")
    check_equal(one["model"], str(config), "by path")
    check_equal(one["attention"], "MHA", "by path")


def test_version():
    check_has(output("--version"), "mooncake-plan ")


def listed(text, heading):
    """The names below a heading of the help."""
    lines = text.split(heading + ":\n")[1].split("\n\n")[0].splitlines()
    return [line.split()[0] for line in lines]


def test_help_and_pages_name_every_policy_and_built_in_trace():
    text = output("--help")
    options = (TOP / "trace/options/settings.c").read_text()
    for heading, page, before in (
            ("Eviction policies", "docs/policies.md", ""),
            ("Built-in traces", "docs/traces.md", "builtin:")):
        for name in listed(text, heading):
            for place, where in ((options, "the options' help"),
                                 ((TOP / page).read_text(), page)):
                check(re.search(rf"\b{before}{name}\b", place),
                      f"{where} lacks {before}{name}")


def test_help_knows_the_built_in_traces():
    """Requests of so many tokens on average."""
    lines = output("--help").split("Built-in traces:\n")[1].splitlines()
    for line in lines:
        requests, tokens = re.search(
            r"([\d,]+) (?:requests|turns) of ([\d,]+) tokens", line).groups()
        plan = as_json(f"builtin:{line.split()[0]}")
        check_equal((requests, tokens), (
            f"{plan['requests']:,}",
            f"{plan['input_tokens'] / plan['requests']:,.0f}"), line)


def test_comments_of_jobs_say_what_they_move():
    moved = {}
    for name in ("agentic", "ceph", "conversation", "mooncake", "nfs", "s3",
                 "synthetic", "timed", "toolagent"):
        path = TOP / "jobs" / f"{name}.fio"
        plan = as_json(path)
        read, written = plan["read_bytes"], plan["write_bytes"]
        moved[name] = read + written
        text = " ".join(path.read_text().replace("\n#", " ").split())
        found = re.findall(r"(Moves|[Rr]eads|[Ww]rites) ([\d.]+) GB", text)
        check(found, f"{path} does not say what it moves")
        for verb, number in found:
            value = {"m": read + written, "r": read, "w": written}[
                verb[0].lower()]
            near(value, number, f"{path}: {verb} {number} GB, not {value}")
    for line in (TOP / "jobs" / "README.md").read_text().splitlines():
        names = re.findall(r"`([a-z0-9]+)\.fio`", line.partition(" | ")[0])
        numbers = re.findall(r"([\d.]+)(?=,| and | GB)",
                             line.rpartition(" | ")[2])
        if names and set(names) <= {*moved} - {"ceph", "nfs", "s3"}:
            check(len(numbers) >= len(names), f"jobs/README.md: {line}")
            for name, number in zip(names, numbers, strict=False):
                near(moved[name], number, f"jobs/README.md: {name}")


def near(value, said, what):
    """@value bytes are as many gigabytes as @said, by all digits that it
    has."""
    half = 0.5 * 10.0 ** -len(said.partition(".")[2])
    check(abs(value / 1e9 - float(said)) <= half * 1.001, what)


def test_timing_goes_to_standard_error():
    done = command(SMALL, "--timing", "--json")
    check(json.loads(done.stdout)["requests"], "no figures")
    check(re.fullmatch(r"mooncake-plan: read in [\d.]+ s, planned in [\d.]+ s "
                       r"of CPU time, \d+ KiB of memory\n", done.stderr), done.stderr)


def test_wrong_lines():
    refused(saying="no trace")
    refused(SMALL, "--eviction=arc", saying="--eviction=arc")
    refused(SMALL, "--size=1m,4k", saying="--size=4096 holds no slot of")
    refused(SMALL, "--memory-size=1k", saying="--memory-size=1024 is less")
    refused(SMALL, "--offload=evict", saying="--offload=evict needs")
    refused(SMALL, "--curve", "--eviction=opt", saying="--curve is of lru")
    refused(SMALL, "--curve", "--eviction=lru,lru", saying="--curve is of lru")
    refused(SMALL, "--requests", "--capacity=1,2", saying="is of one cache")
    refused(SMALL, "--requests", "--curve", saying="leave out --curve")
    refused(SMALL, "--curve", "--admit=1,2", saying="--curve takes one")
    refused(SMALL, "--curve", "--memory-size=1m", saying="--memory-size")
    refused(SMALL, "--reach=0.9", "--memory-size=1k", saying="--memory-size")
    refused(SMALL, "--chunk-tokens=7", saying="chunk_tokens=7")
    refused(SMALL, "--model=gpt-0", saying="model=gpt-0")
    refused("models", "--kv-dtype=fp1", saying="kv_dtype=fp1")
    refused("models", "--model=x", saying="model=x")
    refused("models", "--model=llama-3.1-8b", "--tp=3", saying="tp=3")
    refused("models", "--bytes-per-token=8", saying="leave out --bytes")


def test_wrong_traces():
    refused(TMP / "missing.jsonl", saying="missing.jsonl")
    refused("builtin:nothing", saying="builtin:nothing")
    broken = TMP / "broken.jsonl"
    broken.write_text(SMALL.read_text() + '{"timestamp": 1\n')
    refused(broken, saying="line 5")
    check_equal(as_json(broken, "--bad-lines=skip")["bad_lines"], 1, "skipped")


def test_wrong_targets():
    refused("generate", "nothing", saying="generate nothing: no such")
    refused("generate", "conversation", f"--output={TMP}", saying=str(TMP))
    refused("generate", "conversation", "--output=/dev/full",
            saying="/dev/full: No space left")
    with open("/dev/full", "w", encoding="ascii") as full:
        for arguments in ((SMALL,), ("generate", "synthetic")):
            done = command(*arguments, status=1, stdout=full)
            check_has(done.stderr, "No space left")


JOB = """; a job
[global]
ioengine=external:build/mooncake.so  # the engine
trace=builtin:conversation
bytes_per_token = 8
size=4m ; 1,024 blocks

[watch]
observe=load
max_requests=7

include more.fio
"""
MORE = """[first]
max_requests=${SOME_REQUESTS}
replay_time_scale=200
filename=${NOT_KNOWN}

[global]
replay_no_stall

[second]
max_requests=300
eviction=fifo
direct=1
"""


def job(text=JOB, more=MORE):
    (TMP / "more.fio").write_text(more)
    path = TMP / "job.fio"
    path.write_text(text)
    return path


def test_job_file():
    """Its first replay, with the [global]s before it and what it includes."""
    os.environ["SOME_REQUESTS"] = "200"
    plain = ("builtin:conversation", "--bytes-per-token=8", "--size=4m")
    check_equal(as_json(job()), as_json(*plain, "--max-requests=200"),
                "the first")
    check_equal(as_json(job(), "--section=second"),
                as_json(*plain, "--max-requests=300", "--eviction=fifo"),
                "the second")
    check_equal(as_json(job(), "--capacity=50,unbounded", "--admit=2"),
                as_json("builtin:conversation", "--bytes-per-token=8",
                        "--max-requests=200", "--capacity=50,unbounded",
                        "--admit=2"), "with the command line's")
    check_equal(as_json(job(), "--model=llama-3.1-8b",
                        "--size=1g")["block_bytes"], 64 * MIB,
                "the command line's model over the file's bytes_per_token=")
    check_equal(output(job(), "--curve", "--csv"),
                output("builtin:conversation", "--bytes-per-token=8",
                       "--max-requests=200", "--curve", "--csv"), "its curve")
    check_has(output(job()), "job.fio [first]: builtin:conversation at 2 times "
              "its pace, 28.5 s, or as long as the target takes\n"
              "--section= plans another of its jobs: second\n\n")
    check_has(output(job(), "--section=second"), "[second]: "
              "builtin:conversation without waiting")


def test_the_last_of_two_values_counts():
    path = TMP / "twice.fio"
    path.write_text("[global]\nioengine=external:mooncake.so\ntrace=builtin:conversation\nsize=4m\n"
                    "bytes_per_token=8\nmax_requests=100\n[job]\n"
                    "max_requests=200\nmax_requests=300\nsize=8m\n"
                    "observe=load\nobserve=none\n")
    check_equal(as_json(path),
                as_json("builtin:conversation", "--bytes-per-token=8",
                        "--max-requests=300", "--size=8m"), "the job")


def test_job_file_of_rows_without_times():
    """replay_no_stall=1 lets a trace be without, as in the engine."""
    rows = TMP / "untimed.jsonl"
    rows.write_text('{"input_length": 512, "hash_ids": [1]}\n' * 2)
    text = JOB.replace("builtin:conversation", str(rows))
    check_equal(as_json(job(text, MORE), "--section=second")["hits"], 1,
                "hits")
    refused(job(text, MORE), saying="timestamp")


def test_jobs_that_ship():
    environment = {**os.environ, "NODE": "1", "NODES": "2"}
    for path in sorted((TOP / "jobs").glob("*.fio")):
        done = command(path, "--max-requests=50", "--size=1g",
                       env=environment)
        check_has(done.stdout, f"{path} [")


def test_wrong_job_files():
    for text, more, saying in (
            (JOB.replace("[watch", "[watch\n[x"), MORE,
             "job.fio, line 8: a section's name has no ]"),
            (JOB, MORE.replace("[first]", "[first"),
             "more.fio, line 1: a section's name has no ]"),
            (JOB, "include job.fio\n", "include each other"),
            (JOB.replace("more.fio", "absent.fio"), MORE,
             "absent.fio: No such file"),
            (JOB.replace("size=4m", "size=20%"), MORE,
             "[first] has size=20%, so the capacity"),
            (JOB.replace("size=4m", "x=1"), MORE, "has no size="),
            (JOB.replace("mooncake.so", "other.so"), MORE,
             "no section whose ioengine= names mooncake"),
            (JOB.replace("=builtin:", "=${NOT_KNOWN}"), MORE,
             "[first] trace=${NOT_KNOWN}conversation: ${NOT_KNOWN}: the "
             "environment has no NOT_KNOWN"),
            (JOB.replace("bytes_per_token = 8", "bytes_per_token=x"), MORE,
             "job.fio: --bytes-per-token=x"),
            (JOB, "", "no section whose ioengine=")):
        refused(job(text, more), saying=saying)
    refused(job(), "--section=third", saying="no section [third]")
    refused("builtin:conversation", "--section=x", saying="of a job file")
    refused(TMP / "absent.fio", saying="absent.fio: No such file")


if __name__ == "__main__":
    try:
        run(globals())
    finally:
        for file in TMP.iterdir():
            file.unlink()
        TMP.rmdir()
