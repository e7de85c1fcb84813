"""LiteLLM's spend logs with the ids of its callback prefix_block_hashes."""

import datetime
import json
import re

from importer import rows as lines
from importer.fields import Fields, Recent, blocks, fitting_block, \
    milliseconds
from importer.format import Format, add_block_tokens, row

_HOW = "enable the callback prefix_block_hashes of LiteLLM"


class LiteLLM(Format):
    name = "litellm"
    text = "LiteLLM's spend logs with prefix_block_hashes (JSON)"
    several = True

    @staticmethod
    def add_arguments(parser):
        add_block_tokens(parser)

    def __init__(self, options):
        super().__init__(options)
        self.ends = Recent()

    def rows(self, source):
        for line, members in source.objects():
            fields = Fields(source, line, members)
            ids = _hashes(fields)
            if ids is None:
                self.count("without ids")
                continue
            tokens = self._tokens(fields, ids)
            start = _seconds(fields, "startTime")
            end = _seconds(fields, "endTime") if members.get("endTime") \
                else start
            found = row(tokens, fields.whole("completion_tokens", 0),
                        self.options.block_tokens, ids,
                        fields.text("session_id", None), None,
                        milliseconds(start))
            found["end"] = max(start, end)
            yield found

    def _tokens(self, fields, ids):
        """
        The tokens of the prompt. The ids are made with LiteLLM's tokenizer,
        which may count more or less than the model's server did; a length that
        is a little off is made to fit them.
        """
        block = self.options.block_tokens
        tokens = fields.whole("prompt_tokens", len(ids) * block)
        if len(ids) == blocks(tokens, block):
            return tokens
        if abs(tokens - len(ids) * block) > max(block, 0.2 * tokens):
            fits = fitting_block(len(ids), tokens)
            fields.fail(f"{len(ids)} ids for {tokens} tokens do not fit "
                        f"blocks of {block}" + (
                            f": give --block-tokens={fits}" if fits else ""))
        self.count("other lengths")
        return len(ids) * block

    def finish(self, rows):
        """Sorts rows by time, which begins at 0, and gives sessions delays."""
        first = None
        for found in lines.in_order(rows):
            end = found.pop("end")
            start = found["timestamp"]
            first = start if first is None else first
            session = found.get("session_id")
            if session is not None:
                if session in self.ends:
                    gap = max(0, start / 1e3 - self.ends[session])
                    found = {"session_id": session,
                             "delay": milliseconds(gap), **found}
                self.ends.keep(session, end)
            found["timestamp"] = milliseconds((start - first) / 1e3)
            yield found

    def remarks(self):
        said = []
        if self.counted("without ids"):
            said.append(f"{self.counted('without ids'):,} requests without "
                        f"prefix_block_hashes are left out: {_HOW}.")
        if self.counted("other lengths"):
            said.append(f"{self.counted('other lengths'):,} requests have "
                        "prompt_tokens that differ a little from their ids: "
                        "their length is that of the ids.")
        return said


def _parsed(value):
    """JSON columns are exported as objects or as text."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _hashes(fields):
    """
    The ids: at the top, in "metadata", or in "spend_logs_metadata" there.
    """
    place = fields.members
    for name in ("", "metadata", "spend_logs_metadata"):
        place = _parsed(place.get(name)) if name else place
        if not isinstance(place, dict):
            return None
        found = _parsed(place.get("prefix_block_hashes"))
        if isinstance(found, dict):
            found = found.get("hash_ids", found.get("hashes"))
        if found is not None:
            ids = Fields(fields.source, fields.line,
                         {"prefix_block_hashes": found}).ids(
                             "prefix_block_hashes")
            for each in ids:
                if not isinstance(each, str) or \
                        not re.fullmatch("[0-9a-fA-F]{1,16}", each):
                    fields.fail(f'"prefix_block_hashes" holds {each!r}: 1 to '
                                "16 hexadecimal digits are needed")
            return ids
    return None


def _seconds(fields, name):
    """A time as PostgreSQL or JSON has it, or a number of seconds."""
    value = fields.members.get(name)
    if isinstance(value, str):
        text = value.strip().replace("Z", "+00:00")
        text = re.sub(r"([+-]\d\d)$", r"\1:00", text)
        text = re.sub(r"\.(\d{1,6})\d*", lambda part:
                      "." + part[1].ljust(6, "0"), text)
        try:
            when = datetime.datetime.fromisoformat(text)
        except ValueError:
            fields.fail(f'"{name}" is {value!r}: a time such as '
                        "2026-11-16T10:00:00.5Z is needed")
        if when.tzinfo is None:
            when = when.replace(tzinfo=datetime.timezone.utc)
        return when.timestamp()
    return fields.number(name)
