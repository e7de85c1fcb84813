"""
A cluster on this machine: three fio servers, each with its shard of the trace
and files of its own, and one client, with jobs/cluster.fio.
"""

import os
import re
import signal
import subprocess
import time

from fio_runs import ENGINE, FILES, FIO, Run, children
from testing import SECONDS, TOP, check

NODES = (1, 2, 3)
FILE = TOP / "jobs" / "cluster.fio"
servers = {}


def socket(node):
    return FILES / f"server{node}"


def start_server(node):
    """Starts a server that ends with the test, whatever happens."""
    servers[node] = subprocess.Popen(
        [FIO, f"--server=sock:{socket(node)}"], cwd=FILES,
        env={**os.environ, "NODE": str(node), "NODES": str(len(NODES))},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    while not socket(node).exists():
        check(servers[node].poll() is None, "the server ended")
        time.sleep(0.01)


def kill_all(pid):
    """Kills the server and what it started, as if the node was lost."""
    try:
        os.kill(pid, signal.SIGSTOP)
        for child in children(pid):
            kill_all(child)
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, FileNotFoundError):
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
    """jobs/cluster.fio with these values, and small ones where none are
    given."""
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


def start_client(path, output="json"):
    line = [FIO, f"--output-format={output}"]
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
