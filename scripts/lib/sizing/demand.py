"""What a trace asks of a cache, by mooncake-plan: no I/O."""

from collections import namedtuple

from sizing import programs

# Shares of the hits that an endless cache has.
SHARES = (0.5, 0.8, 0.9, 0.95, 0.99)

# The beginning of a trace.
First = namedtuple("First", "requests reads writes evictions span_s")


class Demand:
    def __init__(self, options):
        self.options = [f"--{name.replace('_', '-')}={value}"
                        for name, value in options.set.items()]
        self.trace = options.trace
        self.whole, self.command, self.remarks = self._plan()
        self.curve, self.curve_command, _ = self._plan("--curve")
        self.known = {}

    def _plan(self, *more):
        return programs.plan(self.trace, *self.options, *more)

    @property
    def span_s(self):
        return (self.whole["span_ms"] or 0) / 1e3

    @property
    def slot(self):
        return self.whole["slot_bytes"]

    @property
    def block_tokens(self):
        return self.whole["options"]["block_tokens"]

    def reach(self, share):
        """The first point of the curve with @share of all hits, or None."""
        wanted = share * self.whole["hits"]
        return next((point for point in self.curve
                     if point["hits"] >= wanted), None)

    def at(self, size, users=None):
        """(what a cache of @size bytes does, the command)."""
        key = size, users
        if key not in self.known:
            options = self.options
            if users:
                options = [each for each in options
                           if not each.startswith("--sessions=")]
                options.append(f"--sessions={users}")
            self.known[key] = programs.plan(self.trace, *options,
                                            f"--size={size}")[:2]
        return self.known[key]

    def first(self, size, limit, seconds):
        """
        The first requests, as many as move at most @limit bytes through a
        cache of @size bytes and arrive within so many seconds; at least one.
        """
        found, begin = None, None
        for row in programs.plan_rows(self.trace, *self.options,
                                      f"--size={size}", "--requests"):
            arrival = float(row["arrival_ms"]) / 1e3
            begin = arrival if begin is None else begin
            sums = [int(row["hits"]), int(row["writes"]),
                    int(row["evictions"])]
            if found:
                sums = [more + so_far
                        for more, so_far in zip(sums, found[1:4])]
                if (sums[0] + sums[1]) * self.slot > limit or \
                        arrival - begin > seconds:
                    break
            found = First(found.requests + 1 if found else 1, *sums,
                          arrival - begin)
        return found
