"""What plan_json= wrote, and what the engine replayed by it."""

import os

import plancommand
import units


def _same(asked, value):
    """A job file may write a number with a suffix."""
    return value in (asked, str(units.parse_size(asked)))


class Plan:
    """What plan_json says, checked for the members that are used."""

    def __init__(self, members, path=None):
        self.members = members
        self.path = path
        self.options = members.get("options") or {}

    def __getattr__(self, name):
        return self.members.get(name)

    def fits(self, run):
        """Is it of the job that ran, by the options that both have?"""
        for name, value in self.options.items():
            asked = run.option(name)
            if asked is not None and value is not None and \
                    isinstance(value, (int, str)) and \
                    not _same(asked, str(value)):
                return False
        return True

    def shape(self):
        """
        What holds for every server of a run: each has a plan of its own, but
        blocks of one size.
        """
        return Plan({name: self.members.get(name)
                     for name in ("block_bytes", "slot_bytes", "options")})

    @property
    def block_tokens(self):
        return int(self.options.get("block_tokens") or 512)

    def asked(self, name):
        """
        Rows of what mooncake-plan says of it: "requests" or "curve", kept
        beside it by mooncake-run; [] where it can't be asked.
        """
        if self.path:
            kept = os.path.splitext(self.path)[0] + f".{name}.csv"
            if os.path.exists(kept):
                with open(kept, encoding="utf-8") as file:
                    return plancommand.rows(file.read())
        text = getattr(plancommand, name)(self) if self.slots else None
        return plancommand.rows(text) if text else []

    def hits_of_requests(self):
        """Blocks that each request reads, in the order of the trace."""
        return [int(row["hits"]) for row in self.asked("requests")]

    @property
    def paced_seconds(self):
        """How long its arrivals take as they are replayed; 0 unpaced."""
        if self.options.get("replay_no_stall") or not self.span_ms:
            return 0
        scale = self.options.get("replay_time_scale") or 100
        return self.span_ms / 1e3 / (scale / 100)

    def blocks(self, moved_bytes):
        """Blocks in so many bytes moved."""
        if not self.slot_bytes:
            return None
        return moved_bytes / self.slot_bytes

    def tokens(self, moved_bytes):
        blocks = self.blocks(moved_bytes)
        return None if blocks is None else blocks * self.block_tokens

    def blocks_in_use(self):
        """Blocks in the cache at the end of the plan."""
        if not self.slots or not self.slot_bytes:
            return None
        if self.evictions:
            return self.slots
        return min(self.slots, self.write_bytes // self.slot_bytes)
