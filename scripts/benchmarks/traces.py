"""Traces made from the one that is measured."""

import json
from collections import namedtuple

Request = namedtuple("Request", "timestamp input_length hash_ids")
Operation = namedtuple("Operation", "request write slot")


def read(path, max_requests=None):
    requests = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if max_requests is not None and len(requests) == max_requests:
                break
            if line.strip():
                raw = json.loads(line)
                requests.append(Request(raw["timestamp"], raw["input_length"],
                                        raw["hash_ids"]))
    return requests


def repeat(path, times, out):
    """
    Writes the trace @times times, each time with later timestamps and other
    ids. Each copy has as many bytes: numbers differ in their first three digits
    only.
    """
    with open(path, encoding="utf-8") as file:
        raw = [json.loads(line) for line in file if line.strip()]
    stamp = max(len(str(int(each["timestamp"]))) for each in raw)
    digits = max(len(str(i)) for each in raw for i in each["hash_ids"])
    template = "".join(
        f'{{"timestamp": %{int(each["timestamp"]):0{stamp}d}, '
        f'"input_length": {each["input_length"]}, '
        f'"output_length": {each["output_length"]}, "hash_ids": ['
        + ", ".join(f"%{i:0{digits}d}" for i in each["hash_ids"]) + "]}\n"
        for each in raw)
    with open(out, "w", encoding="utf-8") as file:
        for number in range(100, 100 + times):
            file.write(template.replace("%", str(number)))


def operations(requests):
    """What a cache with room for all does: a block's first use takes a slot."""
    slots = {}
    for number, request in enumerate(requests):
        hits, misses = split(slots, request)
        for block in hits:
            yield Operation(number, False, slots[block])
        for block in misses:
            yield Operation(number, True, slots[block])


def split(slots, request):
    """The prefix that is cached, and what is stored now."""
    hits, misses = [], []
    for block in request.hash_ids:
        if block not in slots:
            slots[block] = len(slots)
            misses.append(block)
        elif not misses:
            hits.append(block)
    return hits, misses


def spread_arrivals(requests, seconds):
    """
    Arrivals in seconds as arrivals=spread has them, with the trace scaled so
    that the last one is at @seconds.
    """
    starts = []
    for number, request in enumerate(requests):
        if not number or request.timestamp != requests[number - 1].timestamp:
            starts.append(number)
    first = requests[0].timestamp
    ticks = [requests[at].timestamp - first for at in starts]
    ticks.append(ticks[-1] + ticks[-1] / max(len(ticks) - 1, 1))
    starts.append(len(requests))
    arrivals = []
    for at, (begin, end) in enumerate(zip(starts, starts[1:])):
        width = ticks[at + 1] - ticks[at]
        arrivals += [ticks[at] + width * i / (end - begin)
                     for i in range(end - begin)]
    return [each * seconds / ticks[-2] for each in arrivals]


def loads_alone(requests, out):
    """
    The same loads without stores: one request, to be warmed up with, has all
    blocks that are hit later; of the others the hits are left. Returns the
    number of requests.
    """
    slots, loads = {}, []
    for request in requests:
        hits, _ = split(slots, request)
        loads.append((request.timestamp, hits))
    every = list(dict.fromkeys(i for _, hits in loads for i in hits))
    with open(out, "w", encoding="utf-8") as file:
        for timestamp, hits in [(requests[0].timestamp, every), *loads]:
            file.write(json.dumps({
                "timestamp": timestamp, "input_length": 512 * len(hits),
                "output_length": 0, "hash_ids": hits}) + "\n")
    return len(loads) + 1


def number(count, times, per_request, out):
    """
    Writes a trace of @count ids from 0 on, @per_request of them a request, all
    of it @times times.
    """
    with open(out, "w", encoding="utf-8") as file:
        for _ in range(times):
            for first in range(0, count, per_request):
                ids = list(range(first, min(count, first + per_request)))
                file.write(json.dumps({
                    "timestamp": 0, "input_length": 512 * len(ids),
                    "output_length": 0, "hash_ids": ids}) + "\n")
