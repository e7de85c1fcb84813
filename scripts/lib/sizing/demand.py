"""What a trace asks of a cache, by mooncake-plan: no I/O."""

from sizing import programs

# Shares of the hits that an endless cache has.
SHARES = (0.5, 0.8, 0.9, 0.95, 0.99)


class Demand:
    def __init__(self, options):
        self.options = [f"--{name.replace('_', '-')}={value}"
                        for name, value in options.set.items()]
        self.trace = options.trace
        self.whole, self.command = self._plan()
        self.curve, self.curve_command = self._plan("--curve")

    def remarks(self):
        return programs.remarks(self.trace, *self.options)

    def _plan(self, *more):
        return programs.plan(self.trace, *self.options, *more)

    @property
    def span_s(self):
        return (self.whole["span_ms"] or 0) / 1e3

    @property
    def block_tokens(self):
        return self.whole["options"]["block_tokens"]

    def reach(self, share):
        """The first point of the curve with @share of all hits, or None."""
        wanted = share * self.whole["hits"]
        return next((point for point in self.curve
                     if point["hits"] >= wanted), None)

    def at(self, size, requests=0):
        """(what a cache of @size bytes does, the command)."""
        more = [f"--max-requests={requests}"] if requests else []
        return self._plan(f"--size={size}", *more)

    def requests_of(self, size, limit, seconds):
        """
        How many requests move at most @limit bytes through a cache of @size
        bytes, in at most so many seconds of the trace: at least one.
        """
        low, high = 1, self.whole["requests"]
        while low < high:
            middle = (low + high + 1) // 2
            found, _ = self.at(size, middle)
            if found["read_bytes"] + found["write_bytes"] <= limit and \
                    (found["span_ms"] or 0) <= 1e3 * seconds:
                low = middle
            else:
                high = middle - 1
        return low
