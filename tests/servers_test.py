#!/usr/bin/python3
"""jobs/cluster.fio on three servers, and what happens when one is lost."""

import atexit
import json
import time

from cluster import (NODES, finish_client, job_file, kill_all, servers, socket,
                     start_client, start_servers, stop_servers)
from fio_runs import CONVERSATION, FILES, counts, plan, request, write_trace
from testing import check, check_equal, check_has, run, script


def reports(done):
    """The jobs of each node."""
    report = json.loads(done.out[done.out.index("{\n"):])
    nodes = {}
    for job in report["client_stats"]:
        if job["jobname"] != "All clients":
            nodes.setdefault(job["hostname"], {})[job["jobname"]] = job
    return nodes


def check_report(text, workers):
    """The report's sums are those of the block jobs of all nodes."""
    path = FILES / "cluster.json"
    path.write_text(text, encoding="utf-8")
    said = script("mooncake-report", "--json", path).stdout
    figures = json.loads(said)[0]["figures"]
    reads, writes = map(sum, zip(*workers))
    check_equal((figures["blocks_read"], figures["blocks_written"]),
                (reads, writes), "blocks in the report")
    check_equal(figures["hit_rate"], reads / (reads + writes), "hit rate")


def replay_shards(trace, wanted):
    start_servers()
    done = finish_client(start_client(job_file(trace=trace)))
    check_equal(done.status, 0, f"status of {done.out[:500]}")
    nodes = reports(done)
    check_equal(set(nodes), {str(socket(node)) for node in NODES}, "nodes")
    workers = [counts(jobs["workers"]) for jobs in nodes.values()]
    lookups = sum(map(sum, workers))
    check_equal(lookups, wanted["lookups"], "lookups of all nodes")
    for ios in workers:
        check(sum(ios) <= 0.4 * lookups, f"{ios} of {lookups} lookups")
    for node, jobs in nodes.items():
        row, = plan(trace, shard=f"{node[-1]}/{len(NODES)}", capacity=1 << 18)
        check_equal(counts(jobs["workers"]), (row["hits"], row["misses"]),
                    f"counts of {node}")
    check_report(done.out, workers)
    return sum(reads for reads, _ in workers)


def test_shards_of_a_trace():
    """Each block that a request needs is looked up on one node, once."""
    here = CONVERSATION.exists()
    trace = CONVERSATION if here else "builtin:conversation"
    row, = plan(trace)
    hits = replay_shards(trace, row)
    wanted = 105700 if here else 0.999 * row["hits"]
    check(hits >= wanted, f"{hits} hits, {row['hits']} on one node")


def shards(trace):
    return [plan(trace, shard=f"{node}/{len(NODES)}")[0] for node in NODES]


def test_every_request_is_on_one_node():
    for trace in ("builtin:toolagent", "builtin:synthetic"):
        whole, = plan(trace)
        for what in ("requests", "lookups", "input_tokens", "output_tokens"):
            check_equal(sum(row[what] for row in shards(trace)), whole[what],
                        f"{what} of {trace}")


def slow_trace():
    """Four seconds of requests that share nothing."""
    return write_trace("slow.jsonl", [
        request([3 * i + block for block in range(3)], 10 * i)
        for i in range(400)])


def test_a_server_that_is_killed():
    start_servers()
    trace = slow_trace()
    client = start_client(job_file(trace=trace, replay_no_stall=0))
    out = ""
    while out.count("Starting") < len(NODES):
        line = client.stdout.readline()
        check(line, f"the client ended: {out}")
        out += line
    time.sleep(1)
    kill_all(servers[2].pid)
    done = finish_client(client)
    check(done.status > 0, f"status {done.status}")
    check_has(done.out, f"{socket(2)} disconnected")
    nodes = reports(done)
    check_equal(set(nodes), {str(socket(1)), str(socket(3))}, "nodes")
    rows = shards(trace)
    for node in (1, 3):
        check_equal(counts(nodes[str(socket(node))]["workers"]),
                    (0, rows[node - 1]["misses"]), f"counts of node {node}")


def refused(saying, **values):
    start_servers()
    done = finish_client(start_client(job_file(**values)))
    found = done.out.count(saying)
    check(found >= len(NODES), f"{found} times {saying!r}: {done.out[:500]}")
    return done


def test_no_engine_on_the_servers():
    refused("invalid external ioengine path",
            ioengine="external:/nowhere/mooncake.so")


def test_no_trace_on_the_servers():
    done = refused("trace=/nowhere/trace.jsonl: No such file or directory",
                   trace="/nowhere/trace.jsonl")
    check(done.status > 0, f"status {done.status}")


def test_a_server_that_does_not_know_its_node():
    done = refused("shard=/ is not k/n", shard="${NOT_SET}/${NOT_SET}")
    check(done.status > 0, f"status {done.status}")


if __name__ == "__main__":
    atexit.register(stop_servers)
    run(globals())
