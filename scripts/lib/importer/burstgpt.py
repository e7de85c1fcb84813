"""BurstGPT: when requests came, and how long they were; it has no ids."""

import units
from importer.fields import Fields, Recent, blocks, milliseconds
from importer.format import Format, add_block_tokens, row

_COLUMNS = ("Timestamp", "Request tokens", "Response tokens")


class BurstGPT(Format):
    name = "burstgpt"
    text = "BurstGPT (CSV): times and lengths, no ids"

    @staticmethod
    def add_arguments(parser):
        add_block_tokens(parser)

    def __init__(self, options):
        super().__init__(options)
        self.next = 0
        self.latest = 0
        self.ends = Recent()

    def rows(self, source):
        remedy = "a file of github.com/HPMLL/BurstGPT is needed"
        for line, members in source.csv_rows(_COLUMNS, remedy):
            fields = Fields(source, line, members)
            when = fields.number("Timestamp")
            if when < self.latest:
                fields.fail(f'"Timestamp" {members["Timestamp"]} is less than '
                            "the one of the row before: sort the file by it")
            self.latest = when
            tokens = fields.whole("Request tokens")
            answer = fields.whole("Response tokens")
            if not answer:
                self.count("failed")
            session, delay = self._session(fields, when)
            count = blocks(tokens, self.options.block_tokens)
            self.next += count
            yield row(tokens, answer, self.options.block_tokens,
                      list(range(self.next - count, self.next)), session,
                      delay, milliseconds(when))

    def _session(self, fields, when):
        session = fields.text("Session ID", None)
        if session is None:
            return None, None
        before = self.ends.get(session)
        self.ends.keep(session, when + fields.number("Elapsed time", 0))
        if before is None:
            return session, None
        return session, milliseconds(max(0, when - before))

    def remarks(self):
        said = ["BurstGPT has no ids: nothing is known of what requests "
                "share, so every block is a new one. The trace writes and "
                "never hits; it shows when and how much, not what a cache "
                "saves."]
        if self.counted("failed"):
            failed = units.counted(self.counted("failed"), "request")
            said.append(f"Kept: {failed} with 0 response tokens, which "
                        "failed. The files BurstGPT_without_fails_* have "
                        "none.")
        return said
