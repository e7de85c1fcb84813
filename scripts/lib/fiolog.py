"""fio's logs of bandwidth and latency over time."""

import os
import re
from collections import namedtuple

from cli import Error

Entry = namedtuple("Entry", "seconds value direction bytes offset")

_NAME = re.compile(r"(.+)_(bw|iops|lat|clat|slat)(?:\.(\d+))?\.log")
_DIRECTIONS = ("read", "write", "trim")


class Log:
    """
    One job's log. Latencies are in nanoseconds, bandwidths in bytes a second.
    With log_avg_msec an entry is a mean over the time since the one before.
    """

    def __init__(self, path):
        self.path = path
        match = _NAME.fullmatch(os.path.basename(path))
        if not match:
            raise Error(f"{path}: no log that can be shown: fio's are called "
                        "NAME_bw.1.log, NAME_lat.1.log and so on")
        self.prefix, self.kind = match.group(1, 2)
        self.number = int(match[3]) if match[3] else None
        self.job = None         # of fio's JSON, where it is known
        self.entries = self._read()

    @property
    def per_io(self):
        """An entry for each I/O? An observer's have no bytes."""
        if self.job and self.job.known:
            return self.job.options.get("log_avg_msec", "0") == "0"
        return any(entry.bytes for entry in self.entries)

    @property
    def name(self):
        return self.job.name if self.job else os.path.basename(self.path)

    @property
    def observes(self):
        return self.job is not None and self.job.observe != "none"

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
        """Time, value, direction, bytes, offset with log_offset, priority."""
        fields = line.split(",")
        try:
            time, value, direction, size = (int(each, 0)
                                            for each in fields[:4])
            direction = _DIRECTIONS[direction]
            offset = int(fields[4], 0) if len(fields) > 5 else None
        except (ValueError, IndexError):
            raise Error(f"{self.path}:{number}: no entry of a log of "
                        f"fio's: {line.strip()[:60]}") from None
        if self.kind == "bw":
            value *= 1024
        return Entry(time / 1e3, value, direction, size, offset)

    def directions(self):
        return [each for each in _DIRECTIONS
                if any(entry.direction == each for entry in self.entries)]

    def of(self, direction):
        return [each for each in self.entries if each.direction == direction]

    @property
    def end(self):
        return max((each.seconds for each in self.entries), default=0)
