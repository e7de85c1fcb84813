#!/usr/bin/python3
"""
scripts/bench: that it measures and prints what it says it does. What it
measures is nobody's business here: the machine may be busy.
"""

import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from testing import TOP, check, check_equal, check_has, fails, run, script

sys.path[:0] = [str(TOP / "scripts" / each) for each in ("lib", "benchmarks")]
import marked
import traces
from pairs import in_turn, ratios, spread

TMP = Path(tempfile.mkdtemp(prefix="bench_test."))
SECTIONS = ("null direct plan policies lateness jobs async users layouts "
            "long").split()


def bench(*arguments, **more):
    return script("bench", "--dir", TMP, "--trace=builtin:synthetic",
                  *arguments, **more)


def test_modules_have_names_of_their_own():
    """Else a section could be a module of the library."""
    names = [path.name for folder in ("lib", "benchmarks")
             for path in (TOP / "scripts" / folder).glob("*.py")]
    check_equal(sorted(names), sorted(set(names)), "names of modules")


def test_list_and_help():
    listed = bench("--list").stdout.splitlines()
    check_equal([line.split()[0] for line in listed], SECTIONS, "sections")
    check_has(bench("--help").stdout, "Exit status")


def test_a_section():
    path = TMP / "bench.json"
    said = bench("--quick", "--commands", f"--json={path}", "null").stdout
    document = json.loads(path.read_text())
    check_equal(list(document["sections"]), ["null"], "sections measured")
    section = document["sections"]["null"]
    check(section["figures"]["iops_ratio"] > 0, "no ratio")
    (head, *rows), = section["tables"]
    check_equal({len(row) for row in rows}, {len(head)}, "cells in a row")
    check_equal([row[0] for row in rows if row[0].startswith("mooncake")],
                ["mooncake", "mooncake, a request at a time"], "rows")
    check(set(document["machine"]) >= {"date", "processor", "fio", "trace"},
          f"{document['machine']}")
    for command in section["commands"]:
        check_has(said, command)
    for row in rows:
        check_has(said, row[1])
    check_equal([each.name for each in TMP.iterdir()], ["bench.json"],
                "files left behind")


def test_lateness():
    """The floor of the machine stands beside each, with figures of its own."""
    path = TMP / "bench.json"
    bench("--quick", f"--json={path}", "lateness")
    section = json.loads(path.read_text())["sections"]["lateness"]
    path.unlink()
    (head, *rows), = section["tables"]
    check_equal([row[0] for row in rows],
                ["null, mooncake", "null, read_iolog", "io_uring, mooncake",
                 "io_uring, read_iolog", "a bare loop"], "rows")
    against = [row[head.index("99.9% against the bare loop's")]
               for row in rows]
    check_equal([bool(each) for each in against],
                [True, False, True, False, False], "rows with a ratio")
    figures = section["figures"]
    for engine in ("null", "io_uring"):
        check_equal(figures[f"{engine}_p999_ratio"],
                    figures[f"{engine}_p999_ns"] /
                    figures["bare_loop_p999_ns"], "ratio of the one round")
    check_equal(list(TMP.iterdir()), [], "files left behind")


def test_bare_loop():
    arrivals = [0, 0.001, 0.001, 0.003]
    path = TMP / "arrivals.json"
    path.write_text(json.dumps(arrivals))
    said = json.loads(script("benchmarks/bare_loop.py", path).stdout)
    path.unlink()
    check_equal(len(said["late_ns"]), len(arrivals), "waits")
    check(min(said["late_ns"]) >= 0, f"a wait ended early: {said}")
    check(said["seconds"] >= arrivals[-1], f"{said}")


def test_layouts():
    path = TMP / "bench.json"
    bench("--quick", f"--json={path}", "layouts")
    operations, rates = json.loads(path.read_text())["sections"]["layouts"][
        "tables"]
    path.unlink()
    check_equal([row[0].split()[0] for row in operations[1:]],
                ["observe=create", "observe=probe", "observe=unlink"], "rows")
    check_equal(len(rates), 1 + 4, "rows of bandwidth")
    for row in (*operations[1:], *rates[1:]):
        check(float(row[3].split()[0]) > 0, f"no ratio in {row}")
        check(row[-1].split()[-1] in ("met", "missed"), f"no aim in {row}")
    check_equal(list(TMP.iterdir()), [], "files left behind")


def test_markdown_and_page():
    page = TMP / "page.md"
    page.write_text("before\n<!-- machine -->\nold\n<!-- end -->\nbetween\n"
                    "<!-- policies -->\n<!-- end -->\nafter\n")
    said = bench("--quick", "--markdown", "--update", page,
                 "policies").stdout
    text = page.read_text()
    page.unlink()
    for part in ("before\n<!-- machine -->\n\n* command: ", "\n<!-- end -->\n"
                 "between\n<!-- policies -->\n\n| ", "<!-- end -->\nafter\n"):
        check_has(text, part)
    check("old" not in text, "what was there before is still there")
    check_has(said, "## policies")
    rows = [line for line in said.splitlines() if line.startswith("| ")]
    names = [line.split("|")[1].strip() for line in rows]
    check_equal(names, ["", "---", "lru", "policy", "---", "lru", "fifo",
                        "lfu", "opt"], "rows")
    check_has(said, "mooncake-plan --timing --curve")


def test_long_says_how_long():
    page = TMP / "page.md"
    page.write_text("<!-- machine -->\n<!-- end -->\n"
                    "<!-- long -->\n<!-- end -->\n")
    bench("--quick", "--lookups=500000", "--update", page, "long")
    text = page.read_text()
    page.unlink()
    check_has(text, "Run with --lookups=500000.")
    rows = [line.split(" | ") for line in text.splitlines()
            if re.match(r"\| \d+ x \|", line)]
    lookups = [int(row[1].replace(",", "")) for row in rows]
    check_equal(len(rows), 3, "traces")
    check(abs(lookups[2] - 500000) <= lookups[0] / 2, f"lookups: {lookups}")


def test_the_page_has_a_place_for_each_section():
    marked.check(TOP / "docs" / "performance.md", ["machine", *SECTIONS])


def test_wrong_use():
    check_has(bench("speed", status=2).stderr, "no section is called speed")
    fails("bench", "--dir", TMP, "--update", TOP / "LICENSE", "null",
          saying="has no line <!-- machine -->")
    env = {**os.environ, "BUILD": str(TMP)}
    fails("bench", "--dir", TMP, "null", saying="mooncake-plan: ", env=env)
    env = {**os.environ, "FIO": "/no/fio"}
    fails("bench", "--dir", TMP, "null", saying="/no/fio", env=env)


def test_things_in_turn():
    order, count = [], iter(range(1, 100))

    def thing(name):
        def measured():
            order.append(name)
            return next(count)
        return measured

    results = in_turn(3, {"a": thing("a"), "b": thing("b")})
    check_equal("".join(order), "abbaab", "order")
    check_equal(results, {"a": [1, 4, 5], "b": [2, 3, 6]}, "results")
    ratio = ratios(results, "a", "b", float)
    check_equal(ratio, (5 / 6, 1 / 2, 4 / 3), "ratios of the same round")
    check_equal(spread(iter([3, 1, 2])), (2, 1, 3), "spread")


def request(timestamp, *hash_ids):
    return traces.Request(timestamp, 512 * len(hash_ids), list(hash_ids))


REQUESTS = [request(100, 7, 8), request(100, 7, 9, 8), request(300, 7, 8),
            request(300), request(300, 9), request(500, 5)]


def test_operations_of_a_trace():
    found = [(each.request, "rw"[each.write], each.slot)
             for each in traces.operations(REQUESTS)]
    check_equal(found, [(0, "w", 0), (0, "w", 1), (1, "r", 0), (1, "w", 2),
                        (2, "r", 0), (2, "r", 1), (4, "r", 2), (5, "w", 3)],
                "operations")


def test_spread_arrivals():
    found = traces.spread_arrivals(REQUESTS, 4)
    check_equal([round(each, 9) for each in found],
                [0, 1, 2, round(2 + 2 / 3, 9), round(2 + 4 / 3, 9), 4],
                "arrivals")


def test_loads_alone():
    path = TMP / "loads.jsonl"
    check_equal(traces.loads_alone(REQUESTS, path), 7, "requests")
    loads = [each.hash_ids for each in traces.read(path)]
    check_equal(loads, [[7, 8, 9], [], [7], [7, 8], [], [9], []], "loads")
    path.unlink()


def test_repeated_traces_are_alike():
    source, out = TMP / "source.jsonl", TMP / "out.jsonl"
    source.write_text("".join(
        json.dumps({**each._asdict(), "output_length": 1}) + "\n"
        for each in REQUESTS))
    traces.repeat(source, 2, out)
    lines = out.read_text().splitlines()
    check_equal([len(line) for line in lines[:6]],
                [len(line) for line in lines[6:]], "lengths of lines")
    one, two = traces.read(out)[:6], traces.read(out)[6:]
    seen = {}
    for a, b in zip(one, two):
        check(a.timestamp < b.timestamp, "timestamps go back")
        for i, j in zip(a.hash_ids, b.hash_ids):
            check_equal(seen.setdefault(i, j), j, "the id of a block")
    check(not set(seen) & set(seen.values()), "ids come again")
    source.unlink()
    out.unlink()


if __name__ == "__main__":
    try:
        run(globals())
    finally:
        shutil.rmtree(TMP)
