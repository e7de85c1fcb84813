"""fio's logs of bandwidth and latency over time."""

import os
import re
from collections import namedtuple

from cli import Error

Entry = namedtuple("Entry", "seconds value direction bytes")

_NAME = re.compile(r"(.+)_(bw|iops|lat|clat|slat)(?:\.\d+)?\.log")
_DIRECTIONS = ("read", "write", "trim")


class Log:
    """
    One job's log. Latencies are in nanoseconds, bandwidths in bytes a second.
    With log_avg_msec an entry is a mean over time and has no size.
    """

    def __init__(self, path):
        self.path = path
        match = _NAME.fullmatch(os.path.basename(path))
        if not match:
            raise Error(f"{path}: no log that can be shown: fio's are called "
                        "NAME_bw.1.log, NAME_lat.1.log and so on")
        self.prefix, self.kind = match.groups()
        self.entries = self._read()
        self.per_io = bool(self.entries) and \
            any(entry.bytes for entry in self.entries)

    def _read(self):
        entries = []
        try:
            with open(self.path, encoding="ascii", errors="replace") as file:
                for number, line in enumerate(file, 1):
                    if line.strip():
                        entries.append(self._entry(line, number))
        except OSError as error:
            raise Error(f"{self.path}: {error.strerror}") from error
        return entries

    def _entry(self, line, number):
        fields = line.split(",")
        try:
            time, value, direction, size = (int(each, 0)
                                            for each in fields[:4])
            direction = _DIRECTIONS[direction]
        except (ValueError, IndexError):
            raise Error(f"{self.path}:{number}: no entry of a log of "
                        f"fio's: {line.strip()[:60]}") from None
        if self.kind == "bw":
            value *= 1024
        return Entry(time / 1e3, value, direction, size)

    def directions(self):
        return [each for each in _DIRECTIONS
                if any(entry.direction == each for entry in self.entries)]

    def over_time(self, direction, reduce, steps=300):
        """
        [(seconds, figure)] of @direction, where @reduce makes one figure of
        the entries of a stretch of time and the length of that stretch.
        """
        entries = [each for each in self.entries
                   if each.direction == direction]
        if not self.per_io:
            return [(each.seconds, each.value) for each in entries]
        last = max(each.seconds for each in entries)
        step = max(last / steps, 0.01)
        parts = {}
        for each in entries:
            parts.setdefault(int(each.seconds / step), []).append(each)
        return [((at + 0.5) * step, reduce(parts[at], step))
                for at in sorted(parts)]


def throughput(entries, seconds):
    return sum(each.bytes for each in entries) / seconds


def slowest(entries, _):
    return max(each.value for each in entries)


def median(entries, _):
    values = sorted(each.value for each in entries)
    return values[len(values) // 2]
