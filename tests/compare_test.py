#!/usr/bin/python3
"""
scripts/compare-mooncake, with stand-ins that print what the two generations of
Mooncake's benchmark print. With MOONCAKE=DIR, a checkout, it is run too.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from testing import TOP, Skip, check, check_equal, check_has, fails, run, script

TMP = Path(tempfile.mkdtemp(prefix="compare_test."))
BUILD = Path(os.environ.get("BUILD") or TOP / "build")
REQUESTS = 40

COUNT = """
import json, os, sys
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
path = os.path.join(arguments["--trace-dir"],
                    arguments["--scenario"] + "_trace.jsonl")
seen, reads, writes, requests = set(), 0, int(os.environ.get("MORE", 0)), 0
for line in open(path):
    if requests == int(arguments.get("--max-requests", 0)) != 0:
        break
    requests += 1
    for block in json.loads(line)["hash_ids"]:
        reads += block in seen
        writes += block not in seen
        seen.add(block)
"""

FIRST = COUNT + """
size = 2048 * int(arguments["--block-size-tokens"])
print(f"Block size: 2 tokens/block ({size:,} bytes)")
print(f"  Total Requests:           {requests:,}")
print("  Queries Per Second (QPS): 14.45")
print(f"    Read Blocks:            {reads:,}")
print(f"    Write Blocks:           {writes:,}")
print("  Request Latency (End-to-End): Avg=69.18ms, P50=1.00ms, P95=2.00ms,"
      " P99=3.00ms")
print("    Read:  Avg=0.010ms, P50=0.011ms, P95=0.012ms, P99=0.013ms")
print("    Write: Avg=0.020ms, P50=0.021ms, P95=0.022ms, P99=0.023ms")
print("  Fsync Operations:             1,476")
print("  Total Execution Time:           8.42 s")
"""

SECOND = COUNT + """
print("  [Storage] Requested size: 0.1 GB (10 pages × 70272 bytes = 1 bytes)")
print(f"  Requests:         {requests:,}")
print("  Total I/O Time:    2.500 s")
print("  QPS:              16.00")
for title, count in (("Request Wall Latency", None),
                     ("Request Storage I/O Latency", None),
                     ("Read Operations", reads),
                     ("Write Operations", writes)):
    print(f"\\n[{title}]")
    if count is not None:
        print(f"  Count:            {count:,}")
    for name, value in (("Avg", 1.5), ("P50", 1), ("P95", 2), ("P99", 3)):
        print(f"  {name}:              {value:.3f} ms")
print("  Sync Count:       7")
"""


def checkout(*generations):
    """A directory with the stand-ins where Mooncake has its benchmarks."""
    top = Path(tempfile.mkdtemp(dir=TMP))
    for path, text in (("storage_benchmark/storage_benchmark.py", FIRST),
                       ("storage_benchmark_v1/benchmark.py", SECOND)):
        if text in generations:
            path = top / "benchmarks" / path
            path.parent.mkdir(parents=True)
            path.write_text(text)
    return top


def trace():
    if not (BUILD / "mooncake.so").exists():
        raise Skip("the engine is not built")
    path = TMP / "trace.jsonl"
    subprocess.run([BUILD / "mooncake-plan", "generate", "conversation",
                    f"--output={path}"], check=True, capture_output=True)
    return path


def compare(top, *arguments, status=0, **more):
    return script("compare-mooncake", top, "--trace", trace(), "--engine",
                  BUILD / "mooncake.so", "--max-requests", REQUESTS,
                  "--directory", TMP, *arguments, status=status, **more)


def row(text, label):
    """The cells of a table's row."""
    line = re.search(rf"^{label}  +(.*)$", text, re.M)
    check(line, f"no row '{label}' in {text}")
    return re.split("  +", line[1])


def test_both_generations():
    done = compare(checkout(FIRST, SECOND), "--json", TMP / "both.json")
    check_equal(done.stdout.count("The counts are equal."), 2, "tables")
    found = json.loads((TMP / "both.json").read_text())
    for generation in found.values():
        counts = {(each["requests"], each["blocks_read"],
                   each["blocks_written"]) for each in generation.values()}
        check_equal(len(counts), 1, "different counts")
        check_equal(len(generation), 3, "columns")
    check_equal(list(TMP.glob("compare-mooncake.*")), [], "files left")


def test_figures_of_the_first():
    said = compare(checkout(FIRST)).stdout
    for label, value in (("Wall time", "8.420 s"), ("Syncs", "1,476"),
                         ("Bytes per block", "4,096"),
                         ("Request latency avg", "69.18 ms"),
                         ("Read latency p95", "12.00 us"),
                         ("Write latency p99", "23.00 us")):
        check_equal(row(said, label)[0], value, label)
    check_equal(row(said, "Bytes per block"), ["4,096"] * 3, "bytes")


def test_figures_of_the_second():
    said = compare(checkout(SECOND)).stdout
    for label, value in (("Wall time", "2.500 s"), ("Syncs", "7"),
                         ("Request latency avg", "1.500 ms"),
                         ("Write latency p95", "2.000 ms")):
        check_equal(row(said, label)[0], value, label)
    check_equal(row(said, "Bytes per block"), ["70,272", "73,728", "73,728"],
                "bytes")
    check_has(said, "fio moves somewhat more")


def test_durability():
    said = compare(checkout(FIRST), "--durability", "always").stdout
    written = row(said, "Blocks written")[1]
    check_equal(row(said, "Syncs")[1:], [written, written], "syncs")
    check_has(said, "Mooncake's write latency holds the sync")
    compare(checkout(FIRST), "--durability", "end")


def test_different_counts_are_an_error():
    done = compare(checkout(FIRST), status=1,
                   env={**os.environ, "MORE": "1"})
    check_has(done.stdout, "The counts differ: Mooncake, first, page cache: "
              "blocks_written")


def test_bad_input():
    top = checkout(FIRST)
    fails("compare-mooncake", TMP / "absent", saying="no storage benchmark")
    fails("compare-mooncake", top, "--engine", TMP / "absent.so",
          saying="no engine there")
    fails("compare-mooncake", top, "--trace", TMP / "absent.jsonl",
          "--engine", __file__, saying="No such file")
    (TMP / "bad.jsonl").write_text("{}\n")
    fails("compare-mooncake", top, "--trace", TMP / "bad.jsonl",
          "--engine", __file__, saying="bad.jsonl:1: no request")
    done = compare(top, "--block-bytes", 1 << 40, status=1)
    check_has(done.stderr, "are free")
    (top / "benchmarks/storage_benchmark/storage_benchmark.py").write_text(
        "print('changed')")
    check_has(compare(top, status=1).stderr, "printed no")
    script("compare-mooncake", top, "--block-bytes", "100", status=2)


def test_real_mooncake():
    if "MOONCAKE" not in os.environ:
        raise Skip("MOONCAKE=DIR names no checkout of Mooncake")
    check_has(compare(os.environ["MOONCAKE"]).stdout, "counts are equal")


if __name__ == "__main__":
    try:
        run(globals())
    finally:
        shutil.rmtree(TMP, ignore_errors=True)
