"""Alibaba's traces of Qwen on Bailian: chats that follow each other."""

from importer.fields import Fields, Recent, milliseconds
from importer.format import Format, row

_BLOCK = 16


class Bailian(Format):
    name = "bailian"
    text = "Alibaba Bailian, qwen_trace*_blksz_16.jsonl (JSON lines)"

    def __init__(self, options):
        super().__init__(options)
        self.sessions = Recent()

    def rows(self, source):
        for line, members in source.objects():
            fields = Fields(source, line, members)
            tokens = fields.whole("input_length")
            ids = fields.ids("hash_ids")
            fields.check_count(ids, tokens, _BLOCK)
            yield row(tokens, fields.whole("output_length", 0), _BLOCK, ids,
                      self._session(fields), None,
                      milliseconds(fields.number("timestamp")))

    def _session(self, fields):
        """
        A chat belongs to its parent's session; without one it begins one.
        """
        chat = fields.text("chat_id")
        parent = fields.text("parent_chat_id", "-1")
        session = self.sessions.get(parent)
        if session is None:
            session = chat
            if parent != "-1":
                self.count("orphans")
        self.sessions.keep(chat, session)
        return session

    def remarks(self):
        if not self.counted("orphans"):
            return []
        return [f"{self.counted('orphans'):,} chats name a parent that the "
                "file does not have before them: each begins a session."]
