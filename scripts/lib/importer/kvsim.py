"""Rows of KVCache.AI's simulator: ids and lengths without times."""

from importer.fields import Fields, milliseconds
from importer.format import Format, row


class KVSim(Format):
    name = "kvsim"
    text = "rows of KVCache.AI's kvcache-simulator (JSON lines)"

    @staticmethod
    def add_arguments(parser):
        parser.add_argument(
            "--every", type=float, metavar="SECONDS",
            help="time between requests (none: the rows get no times)")

    def __init__(self, options):
        super().__init__(options)
        self.number = 0
        self.block = None

    def rows(self, source):
        for line, members in source.objects():
            fields = Fields(source, line, members)
            block = fields.whole("block_size", None, 1) or self.block
            if block is None:
                fields.fail('"block_size" is missing')
            if self.block not in (None, block):
                fields.fail(f'"block_size" is {block}, not {self.block} as '
                            "before: import these rows apart")
            self.block = block
            tokens, ids = fields.whole("input_length"), fields.ids("hash_ids")
            fields.check_count(ids, tokens, block)
            when = None
            if self.options.every is not None:
                when = milliseconds(self.number * self.options.every)
            self.number += 1
            yield row(tokens, fields.whole("output_length", 0), block, ids,
                      timestamp=when)

    def replay(self, sessions):
        return {"replay_no_stall": 1} if self.options.every is None else {}

    def remarks(self):
        if self.options.every is not None:
            return []
        return ["The rows have no times: they can be replayed without "
                "waiting (replay_no_stall=1); --every=SECONDS gives them "
                "some."]
