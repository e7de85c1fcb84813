#!/usr/bin/python3
"""
Random traces of sessions against a second, independent count: the order of
requests from docs/traces.md, an LRU cache with prefix lookup over it, written
here anew. FULL=1 in the environment takes twenty times as many traces.
"""

import heapq
import itertools
import json
import os
import random
from collections import OrderedDict

from fio_runs import SLOT, counts, plan, replay, write_trace
from testing import check_equal, run

TIMES = 20 if os.environ.get("FULL") else 1
PLANS = 150
LOOPS = ("open", "closed")
JOBS, DEPTHS = (1, 2, 4), (1, 16)


class Trace:
    """
    Lines as they stand in the file. A request is (session, ids); a plain one
    has no session. Times are multiples of a quarter ms, which floats hold.
    """

    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.loop = LOOPS[seed % 2]
        self.rows = self.draw.choice(("whole", "new"))
        self.users = 0 if self.loop == "open" else self.draw.randint(1, 6)
        self.spell = self.draw.choice((int, lambda each: f"{each:x}"))
        self.names = self.draw.sample(
            [*range(20), "a", "session \u00e9", "x" * 40], 8)
        self.fresh = itertools.count(self.draw.choice((1000, 2**63)))
        self.lines, self.requests = [], []
        # Of the latest row of each session: its ids, when it arrives, and
        # whether it has a timestamp.
        self.held = {}
        self.at = {}
        self.stamped = {}
        self.now = 0
        for _ in range(self.draw.randint(15, 50)):
            self._add_line()

    def _new_ids(self, least):
        """Ids for a row: some that others have too, and some of its own."""
        return [self.draw.choice((self.draw.randrange(60), next(self.fresh)))
                for _ in range(self.draw.randint(least, 5))]

    def _ids(self, session):
        held = self.held.get(session, [])
        if self.rows == "new":
            added = self._new_ids(0 if held else 1)
            return held + added, added
        kept = held[:len(held) - self.draw.choice((0, 0, 0, 1, 9))]
        ids = kept + self._new_ids(1)
        return ids, ids

    def _times(self, session):
        """The members of a row that say when it arrives, and when that is."""
        self.now += self.draw.choice((0, 0, 0.25, 3, 40))
        before = self.at.get(session)
        if before is None:
            # A user's first request comes when the user is free.
            if self.users and self.draw.random() < 0.5:
                return {}, 0
            return {"timestamp": self.now}, self.now
        delay = self.draw.choice((0, 0.25, 1, 2.5, 30))
        stamp = max(self.now, before)
        if not self.draw.randrange(3):
            return {"delay": delay, "timestamp": stamp}, stamp
        if self.stamped[session] and self.draw.randrange(2):
            return {"timestamp": stamp}, stamp
        if self.draw.randrange(8):
            return {"delay": delay}, before + delay
        return {}, before

    def _add_line(self):
        session = self.draw.choice([*self.names, None])
        ids, written = self._ids(session)
        times, arrival = {}, self.now
        if session is None:
            ids = written = self._new_ids(1)
            times = {"timestamp": self.now}
        else:
            times, arrival = self._times(session)
            before = self.at.get(session)
            think = times.get("delay", arrival - before
                              if before is not None and "timestamp" in times
                              else 0)
            self.held[session], self.at[session] = ids, arrival
            self.stamped[session] = "timestamp" in times
        line = {"input_length": 512 * len(written), **times,
                "hash_ids": [self.spell(each) for each in written]}
        if session is not None:
            line["session_id"] = session
        line.update(self.draw.choice(({}, {"output_length": None},
                                      {"output_length": 7},
                                      {"block_size": 512})))
        members = list(line.items())
        self.draw.shuffle(members)
        self.lines.append(json.dumps(dict(members)))
        self.requests.append((session, arrival, 0 if session is None else
                              think, ids))

    def order(self):
        """Requests' ids in the order of the plan."""
        if not self.users:
            return [ids for _, _, _, ids in
                    sorted(self.requests, key=lambda each: each[1])]
        sessions = {}
        for number, (session, _, think, ids) in enumerate(self.requests):
            key = ("plain", number) if session is None else session
            sessions.setdefault(key, []).append((think, ids))
        waiting = iter(enumerate(sessions.values()))
        due = [(0, number, 0, rows) for number, rows in
               itertools.islice(waiting, self.users)]
        done = []
        while due:
            now, number, at, rows = heapq.heappop(due)
            done.append(rows[at][1])
            if at + 1 < len(rows):
                following = [(now + rows[at + 1][0], number, at + 1, rows)]
            else:
                following = [(now, number, 0, rows) for number, rows in
                             itertools.islice(waiting, 1)]
            for each in following:
                heapq.heappush(due, each)
        return done

    def options(self):
        options = {"session_rows": self.rows}
        return {**options, "sessions": self.users} if self.users else options


def count(order, slots):
    """A hit is a read. What is there behind a miss is touched, not read."""
    cache = OrderedDict()
    hits = writes = evictions = 0
    for ids in order:
        missed = False
        for each in ids:
            there = each in cache
            missed = missed or not there
            hits += not missed
            if there:
                cache.move_to_end(each)
                continue
            writes += 1
            if len(cache) == slots:
                cache.popitem(last=False)
                evictions += 1
            cache[each] = True
    return {"lookups": sum(map(len, order)), "hits": hits, "misses": writes,
            "evictions": evictions}


def test_plans():
    for seed in range(PLANS * TIMES):
        trace = Trace(seed)
        path = write_trace("random.jsonl", trace.lines)
        order = trace.order()
        limit = trace.draw.choice((0, 1, len(order) // 2))
        slots = trace.draw.randint(3, 80)
        wanted = count(order[:limit or len(order)], slots)
        row, = plan(path, capacity=slots, max_requests=limit,
                    **trace.options())
        check_equal({name: row[name] for name in wanted}, wanted,
                    f"trace {seed} in {slots} slots, {limit} requests")


def check_run(seed, jobs, depth, backend, timed):
    trace = Trace(seed)
    path = write_trace("random.jsonl", trace.lines)
    order = trace.order()
    limit = trace.draw.choice((0, len(order) // 2))
    slots = trace.draw.choice((12, 30, 600))
    wanted = count(order[:limit or len(order)], slots)
    paced = {"replay_no_stall": 0, "replay_time_scale": 400}
    done = replay({"trace": path, "size": slots * SLOT, "backend": backend,
                   "numjobs": jobs, "iodepth": depth, "group_reporting": 1,
                   "check_blocks": 1, "max_requests": limit,
                   **(paced if timed else {}), **trace.options()})
    check_equal(counts(done.job), (wanted["hits"], wanted["misses"]),
                f"trace {seed} in {slots} slots, {limit} requests, {jobs} jobs, "
                f"depth {depth}, {backend}, "
                f"{'paced' if timed else 'without waiting'}")


def test_runs():
    """Open and closed loops take turns, since the seed says which it is."""
    ways = list(itertools.product(JOBS, DEPTHS, LOOPS))
    for number in range(len(ways) * TIMES):
        jobs, depth, _ = ways[number % len(ways)]
        check_run(PLANS * 20 + number, jobs, depth,
                  ("io_uring", "null")[number // 2 % 2], number % 3 == 0)


if __name__ == "__main__":
    run(globals())
