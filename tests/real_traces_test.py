#!/usr/bin/python3
"""
Published traces against a second, independent count: requests, lookups, hits
and tokens straight from the published files, with nothing of ours in between.
The files are not part of the project; TRACES= names the folder that holds them
(docs/traces.md says which and where from), else traces/ and ../shared/traces.
Of conversations CONVERSATIONS= are taken, 100 by default; 0 is all.
"""

import json
import os
import sys
import tempfile
from collections import OrderedDict
from pathlib import Path

sys.dont_write_bytecode = True
from fio_runs import plan
from testing import TOP, Skip, check_equal, run, script

FOLDERS = [Path(os.environ["TRACES"])] if "TRACES" in os.environ else [
    TOP / "traces", TOP.parent / "shared" / "traces"]


CONVERSATIONS = int(os.environ.get("CONVERSATIONS", 100)) or None


def published(name):
    for folder in FOLDERS:
        if (folder / name).exists():
            return folder / name
    raise Skip(f"{name} is not here (docs/traces.md says where it is from)")


class LRU(OrderedDict):
    """A cache of so many slots."""

    def __init__(self, slots):
        super().__init__()
        self.slots = slots

    def add(self, block):
        if block in self:
            self.move_to_end(block)
            return
        if len(self) == self.slots:
            self.popitem(last=False)
        self[block] = True


def count(requests, slots=None):
    """Requests are (input, output, ids); without slots nothing is evicted."""
    seen = set()
    cache = LRU(slots) if slots else seen
    counts = {"requests": 0, "lookups": 0, "hits": 0, "input_tokens": 0,
              "output_tokens": 0}
    for tokens, output, ids in requests:
        missed = False
        for each in ids:
            missed = missed or each not in cache
            counts["hits"] += not missed
            cache.add(each)
        seen.update(ids)
        counts["requests"] += 1
        counts["lookups"] += len(ids)
        counts["input_tokens"] += tokens
        counts["output_tokens"] += output
    counts["unique_blocks"] = len(seen)
    return counts


def compare(trace, wanted, what, **options):
    row, = plan(trace, **options)
    check_equal({name: row[name] for name in wanted}, wanted, what)


def mooncake(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["input_length"], row["output_length"], row["hash_ids"]


def check_mooncake(name):
    path = published(name)
    compare(path, count(mooncake(path)), f"{name}, unbounded")
    compare(path, count(mooncake(path), 10000), f"{name}, 10,000 slots",
            capacity=10000)


def test_mooncake_conversation():
    check_mooncake("conversation_trace.jsonl")


def test_mooncake_toolagent():
    check_mooncake("toolagent_trace.jsonl")


def test_mooncake_synthetic():
    check_mooncake("synthetic_trace.jsonl")


def bailian(path):
    with path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield row["input_length"], row["output_length"], row["hash_ids"]


def check_bailian(name):
    path = published(name)
    compare(path, count(bailian(path)), name, block_tokens=16,
            timestamp_unit="s")


def test_bailian_thinking():
    check_bailian("qwen_thinking_blksz_16.jsonl")


def test_bailian_coder():
    check_bailian("qwen_coder_blksz_16.jsonl")


def turns(conversation):
    """All requests with their times; those of a sub-agent count from its
    start."""
    for each in conversation["requests"]:
        if "requests" in each:
            for one in each["requests"]:
                yield each["t"] + one["t"], one
        else:
            yield each["t"], each


def weka(paths):
    """Requests in the order of their times, with ids that are the
    conversation's alone."""
    for number, path in enumerate(paths):
        conversation = json.loads(path.read_text(encoding="utf-8"))
        for _, turn in sorted(turns(conversation), key=lambda at: at[0]):
            yield turn["in"], turn["out"], [number << 32 | each
                                            for each in turn["hash_ids"]]


def test_kv_cache_tester():
    folder = published("kv-cache-tester")
    paths = sorted(folder.glob("*.json"))[:CONVERSATIONS]
    with tempfile.TemporaryDirectory(prefix="real_traces_test.") as tmp:
        trace = Path(tmp) / "weka.jsonl"
        script("mooncake-import", "weka", *paths, "-o", trace)
        compare(trace, count(weka(paths)), "kv-cache-tester",
                block_tokens=64)


if __name__ == "__main__":
    run(globals())
