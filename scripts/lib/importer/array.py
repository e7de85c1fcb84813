"""
Rows that have this project's members, or AIPerf's names for them, but stand
in an array, or are not sorted.
"""

from importer import rows as lines
from importer.fields import Fields
from importer.format import Format, row

_TEXT = ("text_input", "messages", "payload")


class Array(Format):
    name = "array"
    unit = session_rows = None
    text = "rows as of AIPerf's mooncake_trace, in an array or unsorted"

    def __init__(self, options):
        super().__init__(options)
        self.sessions = None

    def rows(self, source):
        for line, members in source.objects():
            fields = Fields(source, line, members)
            text = [name for name in _TEXT if name in members]
            if "hash_ids" not in members and text:
                fields.fail(f'the row has "{text[0]}" and no "hash_ids": '
                            "which blocks it needs is not known before a "
                            "tokenizer has cut it")
            length = "input_length" if "input_length" in members \
                else "input_tokens"
            output = "output_length" if "output_length" in members \
                else "output_tokens"
            when = "timestamp" if "timestamp" in members else "created_time"
            yield row(fields.whole(length), fields.whole(output, 0),
                      fields.whole("block_size", None, 1),
                      fields.ids("hash_ids"), fields.text("session_id", None),
                      fields.number("delay", None),
                      fields.number(when, None))

    def finish(self, rows):
        """Rows of sessions have an order of their own, which is kept."""
        rows = iter(rows)
        first = next(rows, None)
        if first is None:
            return
        self.sessions = "session_id" in first
        everything = _chain(first, rows)
        yield from everything if self.sessions else lines.in_order(everything)

    def remarks(self):
        said = ["Times are as they were: where they are seconds, give "
                "timestamp_unit=s."]
        if self.sessions:
            said.append("Later rows of a session hold all its ids or only "
                        "new ones: for the latter give session_rows=new.")
        return said


def _chain(first, rows):
    yield first
    yield from rows
