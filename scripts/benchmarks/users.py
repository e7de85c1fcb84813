"""
Users of a closed loop against Little's law: N users with think time Z over a
device that serves a request in S do N / (Z + S) requests a second.
"""

import json

from pairs import in_turn, show_ratio, spread
import units

SERVICE_MS = 10
USERS = (1, 4, 32)
THINK_MS = (0, 5, 50)
SLOW_THINK_MS = 500


def session(name, turns, think_ms):
    """One block, written by the first turn and read by all others."""
    for turn in range(turns):
        row = {"session_id": name, "input_length": 512, "output_length": 1,
               "hash_ids": [name]}
        if turn:
            row["delay"] = think_ms
        yield row


class Loop:
    """
    So many users with one think time, each with a session of so many turns.
    With a slow one beside them, who has ended before they have.
    """

    def __init__(self, bench, users, think_ms, jobs=1, slow=False):
        self.bench, self.users, self.think_ms = bench, users, think_ms
        self.jobs, self.slow = jobs, slow
        cycle = think_ms + SERVICE_MS
        seconds = bench.choose(3, 0.2)
        self.turns = round(seconds * 1000 / cycle)
        self.law = users / cycle * 1000
        self.slow_turns = slow * int(
            seconds * 1000 / (SLOW_THINK_MS + SERVICE_MS))

    @property
    def name(self):
        beside = ", beside a slow one" if self.slow else ""
        return (f"{self.users}, {self.think_ms} ms{beside}" +
                (f", {self.jobs} jobs" if self.jobs > 1 else ""))

    def _write_trace(self, path):
        with open(path, "w", encoding="ascii") as out:
            for user in range(self.users):
                for row in session(user, self.turns, self.think_ms):
                    print(json.dumps(row), file=out)
            for row in session(self.users, self.slow_turns, SLOW_THINK_MS):
                print(json.dumps(row), file=out)

    def rate(self):
        """Requests a second of all but the slow user, who thinks at the end."""
        trace = self.bench.path("users.jsonl")
        self._write_trace(trace)
        service = f"service_us={SERVICE_MS * 1000}"
        ran = self.bench.replay(
            trace=trace, replay_no_stall=0, sessions=self.users + self.slow,
            backend=f"external:{self.bench.slow_backend}", store="inline",
            backend_options=service, iodepth=64, numjobs=self.jobs,
            bytes_per_token=8, size=(self.users + self.slow) * 4096)
        cycles = ran.ios - self.slow_turns
        return cycles / (ran.seconds + self.think_ms / 1000)


def measure(bench, found):
    loops = [Loop(bench, users, think) for users in USERS
             for think in THINK_MS]
    loops.append(Loop(bench, 32, 5, jobs=2))
    loops.append(Loop(bench, 3, 5, slow=True))
    rates = in_turn(bench.choose(3, 1), {loop.name: loop.rate
                                         for loop in loops})
    rows = []
    for loop in loops:
        ratio = spread(rate / loop.law for rate in rates[loop.name])
        aim = found.aim(f"{loop.name}: close_to_law",
                        1 - abs(1 - ratio.median), 0.98)
        rows.append([loop.name, units.rate(loop.law),
                     units.rate(spread(rates[loop.name]).median),
                     show_ratio(ratio), aim])
    found.table(["users, think time", "N / (Z + S)", "measured", "ratio",
                 "aim"], rows)
    found.note(
        f"S = {SERVICE_MS} ms, by a backend that serves any number of I/Os at "
        "once, each in exactly that time. A request is one block. The slow "
        f"user thinks for {SLOW_THINK_MS} ms; the figures of that row are of "
        "the other users.")
