"""
Request latencies counted again, from what the backend logged of each I/O
(backends/slow.c, by its own clock) and from the trace alone. A trace for it
looks up each block once to write it and at most once to read it, so that the
stamp in an I/O says which request it belongs to.
"""

import json
import random

MS = 1_000_000


class Io:
    """A line of the backend's log."""

    def __init__(self, line):
        issued, completed, self.way, _, _, _, block, _ = line.split()
        self.issued, self.completed = int(issued), int(completed)
        self.block = int(block)


class Request:
    """What the trace says of a request, and the I/Os found for it."""

    def __init__(self, number, line, hits):
        self.number = number
        self.arrival = round(line["timestamp"] * MS)
        blocks = line["hash_ids"]
        self.expected = {"r": [b for b in blocks if b in hits],
                         "w": [b for b in blocks if b not in hits]}
        self.found = {"r": [], "w": []}

    def ios(self, ways):
        return [io for way in ways for io in self.found[way]]

    def begin(self, ways):
        return min(io.issued for io in self.ios(ways))

    def end(self, ways):
        return max(io.completed for io in self.ios(ways))


def make_lines(requests, gap_ms, seed=1):
    """Each second request reads what an earlier one wrote, and writes too."""
    rand = random.Random(seed)
    block, when, written, lines = 0, 250.5, [], []
    for number in range(requests):
        hits = written.pop(0) if written and number % 2 else []
        misses = list(range(block, block + rand.randint(not hits, 5)))
        block += len(misses)
        if not number % 2:
            written.append(misses)
        lines.append({"timestamp": when, "hash_ids": hits + misses,
                      "input_length": 512 * len(hits + misses),
                      "output_length": 1})
        when += rand.choice((0, 0.25, gap_ms, 2 * gap_ms))
    return lines


def requests_of(lines):
    seen, requests = set(), []
    for number, line in enumerate(lines):
        requests.append(Request(number, line, seen))
        seen |= set(line["hash_ids"])
    return requests


def read_ios(*paths):
    ios = [Io(line) for path in paths for line in open(path, encoding="utf-8")]
    return sorted(ios, key=lambda io: io.issued)


def count_again(lines, ios):
    """The requests with their I/Os; ValueError when these don't fit."""
    requests = requests_of(lines)
    owner = {(way, block): request for request in requests
             for way in "rw" for block in request.expected[way]}
    for io in ios:
        owner.pop((io.way, io.block)).found[io.way].append(io)
    if owner:
        raise ValueError(f"{len(owner)} I/Os are not in the log")
    return requests


def read_log(path):
    """fio's log of an observer (log_offset=1): its values by request."""
    rows = [line.split(",") for line in open(path, encoding="utf-8")]
    return {int(row[4]): int(row[1]) for row in rows}


def write_lines(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines),
                    encoding="utf-8")
    return path
