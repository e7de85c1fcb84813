"""The I/O trace of the KV-cache benchmark in MLPerf Storage."""

import hashlib

from importer.fields import Fields, blocks, milliseconds
from importer.format import Format, add_block_tokens, row

_COLUMNS = ("Timestamp", "Operation", "Object_Size_Bytes", "Tier", "Key",
            "Phase")

# Seconds by which a line may be earlier than one before it: the benchmark's
# threads take the time, and then wait for their turn to write the line.
_JITTER = 1.0


class MLPerf(Format):
    name = "mlperf"
    text = "I/O trace of MLPerf Storage's KV-cache benchmark (CSV)"

    @staticmethod
    def add_arguments(parser):
        parser.add_argument(
            "--bytes-per-token", type=int, required=True, metavar="N",
            help="KV bytes of a token of the model that the trace is of "
            "(mooncake-plan models), divided by its --tensor-parallel")
        parser.add_argument(
            "--tier", type=int, choices=(0, 1, 2), help="take what was done "
            "on this tier, with what was moved to it, instead of what "
            "requests did on any")
        add_block_tokens(parser)

    def __init__(self, options):
        super().__init__(options)
        self.first = self.latest = None

    def rows(self, source):
        remedy = "a file that the benchmark wrote with --io-trace-log is " \
            "needed"
        for line, members in source.csv_rows(_COLUMNS, remedy):
            fields = Fields(source, line, members)
            when = self._time(fields)
            if members["Operation"] not in ("Read", "Write"):
                fields.fail(f'"Operation" is {members["Operation"]!r}: Read '
                            "or Write is needed")
            if members["Tier"] not in ("Tier-0", "Tier-1", "Tier-2"):
                fields.fail(f'"Tier" is {members["Tier"]!r}: Tier-0, Tier-1 '
                            "or Tier-2 is needed")
            size, key = fields.whole("Object_Size_Bytes"), fields.text("Key")
            if not self._is_asked_for(members):
                continue
            tokens, rest = divmod(size, self.options.bytes_per_token)
            if rest:
                fields.fail(f"{size} bytes are no whole number of tokens of "
                            f"{self.options.bytes_per_token} bytes: "
                            "--bytes-per-token is of another model")
            yield self._row(tokens, key, when)

    def _time(self, fields):
        when = fields.number("Timestamp")
        if self.first is None:
            self.first = self.latest = when
        if when < self.latest - _JITTER:
            fields.fail(f"the time goes back by {self.latest - when:.3f} s: "
                        "this is more than one run; split the file")
        self.latest = max(self.latest, when)
        return milliseconds(self.latest - self.first)

    def _is_asked_for(self, members):
        if self.options.tier is not None:
            # An object that is moved to another tier is read here for it, and
            # no request asked for that.
            return members["Tier"] == f"Tier-{self.options.tier}" and not (
                members["Phase"] == "Evict" and
                members["Operation"] == "Read")
        if members["Phase"] == "Evict":
            self.count("moves")
            return False
        return True

    def _row(self, tokens, key, when):
        block = self.options.block_tokens
        digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
        first = int.from_bytes(digest, "big")
        ids = [(first + number) % (1 << 63)
               for number in range(blocks(tokens, block))]
        return row(tokens, 0, block, ids, timestamp=when)

    def replay(self, sessions):
        return {"bytes_per_token": self.options.bytes_per_token}

    def remarks(self):
        said = ["Each read or write of an object is a request for its blocks:"
                " what hits is decided anew, by the capacity of the replay."]
        if self.counted("moves"):
            said.append(f"{self.counted('moves'):,} moves between tiers are "
                        "left out: --memory-size and the capacity decide "
                        "what moves.")
        return said
