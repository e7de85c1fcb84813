#!/usr/bin/python3
"""
A cluster on this machine: three fio servers, each with its shard of the trace
and files of its own, and one client, with jobs/cluster.fio.
"""

import atexit
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from fio_runs import (CONVERSATION, ENGINE, FILES, FIO, Run, counts,
                      plan, request, write_trace)
from testing import TOP, check, check_equal, check_has, run, script

NODES = (1, 2, 3)
SECONDS = 60
FILE = TOP / "jobs" / "cluster.fio"
servers = {}


def socket(node):
    return FILES / f"server{node}"


def start_server(node):
    """Ends with the test, whatever happens."""
    servers[node] = subprocess.Popen(
        [FIO, f"--server=sock:{socket(node)}"], cwd=FILES,
        env={**os.environ, "NODE": str(node), "NODES": str(len(NODES))},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    while not socket(node).exists():
        check(servers[node].poll() is None, "the server ended")
        time.sleep(0.01)


def children(pid):
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    except OSError:
        return []
    return [int(child) for child in text.split()]


def kill_all(pid):
    """As if the node was lost: the server and what it started."""
    try:
        os.kill(pid, signal.SIGSTOP)
        for child in children(pid):
            kill_all(child)
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def stop_servers():
    for server in servers.values():
        kill_all(server.pid)
        server.wait()
    for node in NODES:
        socket(node).unlink(missing_ok=True)
    servers.clear()


def start_servers():
    stop_servers()
    for node in NODES:
        start_server(node)


def job_file(**values):
    """jobs/cluster.fio with other values, small by itself."""
    text = FILE.read_text(encoding="utf-8")
    for option, value in {"ioengine": f"external:{ENGINE.library}",
                          "bytes_per_token": 8, "size": "1g", "direct": 0,
                          "backend": "libaio", **values}.items():
        text, count = re.subn(rf"^{option}=.*$", f"{option}={value}", text,
                              flags=re.MULTILINE)
        check(count, f"{FILE} has no {option}=")
    path = FILES / "cluster.fio"
    path.write_text(text, encoding="utf-8")
    return path


def start_client(path):
    line = [FIO, "--output-format=json"]
    for node in NODES:
        line += [f"--client=sock:{socket(node)}", f"--remote-config={path}"]
    # Left to die of SIGPIPE, it says nothing when a server refuses the job.
    return subprocess.Popen(line, stdin=subprocess.DEVNULL, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            restore_signals=False)


def finish_client(client):
    try:
        out, _ = client.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        client.kill()
        client.communicate()
        raise AssertionError("the client hung") from None
    return Run(client.returncode, out, "")


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
