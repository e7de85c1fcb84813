"""The latencies that fio's JSON has."""

from fractions import Fraction


class Samples:
    """
    The samples of one latency, of one job or merged from several. Times are
    in nanoseconds.
    """

    def __init__(self, parts):
        parts = [part for part in parts if part.get("N")]
        self.n = sum(part["N"] for part in parts)
        self.min = min((part["min"] for part in parts), default=None)
        self.max = max((part["max"] for part in parts), default=None)
        self.total = sum(part["mean"] * part["N"] for part in parts)
        self.mean = self.total / self.n if self.n else None
        if len(parts) == 1:
            self.mean = parts[0]["mean"]
        self._percentiles = [
            {float(key): value for key, value in part["percentile"].items()}
            for part in parts if "percentile" in part]
        self.has_percentiles = bool(parts) and \
            len(self._percentiles) == len(parts)
        self.bins = None
        if parts and all("bins" in part for part in parts):
            self.bins = {}
            for part in parts:
                for value, number in part["bins"].items():
                    value = int(value)
                    self.bins[value] = self.bins.get(value, 0) + number

    def percentile(self, percent):
        """
        (value, exact), or None. As fio reckons it. Percentiles of several
        jobs can't be merged without bins: the largest of them is a bound.
        """
        if not self.has_percentiles:
            return None
        if len(self._percentiles) == 1 and percent in self._percentiles[0]:
            return self._percentiles[0][percent], True
        if self.bins:
            return self._from_bins(percent), True
        values = [each.get(percent) for each in self._percentiles]
        if None in values:
            return None
        return max(values), False

    def _from_bins(self, percent):
        need = Fraction(percent) / 100 * sum(self.bins.values())
        seen = 0
        for value in sorted(self.bins):
            seen += self.bins[value]
            if seen >= need:
                return value
        return self.max

    def share_below(self, limit):
        """
        (low, high) between which the share of samples below @limit lies;
        equal with bins.
        """
        if not self.n:
            return None
        if self.bins:
            below = sum(n for value, n in self.bins.items() if value < limit)
            share = below / sum(self.bins.values())
            return share, share
        if limit > self.max:
            return 1.0, 1.0
        if limit <= self.min:
            return 0.0, 0.0
        if len(self._percentiles) != 1:
            return None
        points = sorted(self._percentiles[0].items())
        low = max((p for p, v in points if v < limit), default=0.0)
        high = min((p for p, v in points if v >= limit), default=100.0)
        return low / 100, high / 100

    def curve(self):
        """[(share, value)] of the distribution, rising."""
        if self.bins:
            total = sum(self.bins.values())
            seen = 0
            points = []
            for value in sorted(self.bins):
                points.append((seen / total, value))
                seen += self.bins[value]
            return points
        if len(self._percentiles) == 1:
            return [(p / 100, v)
                    for p, v in sorted(self._percentiles[0].items())]
        return []
