#!/usr/bin/python3
"""
scripts/mooncake-import on small traces of every format, each with what must
come out written down beside it, on wrong ones, and on one that is larger than
the memory that it may take.
"""

import gzip
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from testing import (TOP, Skip, check, check_equal, check_has, fails, run,
                     script)

TMP = Path(tempfile.mkdtemp(prefix="import_test."))
CASES = TOP.parent / "shared" / "cases"


def write(name, *objects):
    """Objects as JSON lines, or text as it is."""
    path = TMP / name
    path.write_text("".join(
        each if isinstance(each, str) else json.dumps(each) + "\n"
        for each in objects))
    return path


def imported(*arguments):
    """(the rows, what was said) of an import to standard output."""
    done = script("mooncake-import", *arguments)
    return [json.loads(line) for line in done.stdout.splitlines()], \
        done.stderr


def column(rows, name):
    return [row.get(name) for row in rows]


def request(t, ids, **more):
    """A request of a conversation, of whole blocks of 64."""
    return {"t": t, "type": "s", "model": "opus", "in": 64 * len(ids),
            "out": 7, "hash_ids": ids, **more}


def conversation(name, requests, **more):
    return {"id": name, "models": ["opus"], "block_size": 64,
            "hash_id_scope": "local", "requests": requests, **more}


def sub_agent(t, requests, agent="a1"):
    return {"t": t, "type": "subagent", "agent_id": agent,
            "requests": requests}


def test_weka_conversations_have_ids_of_their_own():
    path = write("two.jsonl",
                 conversation("c1", [request(0, [1, 2]),
                                     request(9, [1, 2, 3])]),
                 conversation("c2", [request(0, [1, 5])]))
    rows, said = imported("weka", path)
    check_equal(column(rows, "hash_ids"), [[0, 1], [0, 1, 2], [3, 4]], "ids")
    check_equal(column(rows, "session_id"), ["c1", "c1", "c2"], "sessions")
    check_equal(column(rows, "block_size"), [64] * 3, "block_size")
    check_equal(column(rows, "input_length"), [128, 192, 128], "input")
    check_equal(column(rows, "output_length"), [7] * 3, "output")
    check_has(said, "3 requests in 2 sessions, 7 lookups, over 9.000 s")
    check_has(said, "block_tokens=64 timestamp_unit=ms session_rows=whole "
              "sessions=2")
    check_has(said, "--block-tokens=64")


def test_weka_delays():
    """think_time where there is one, else from the end of what was before."""
    rows, _ = imported("weka", write("delay.jsonl", conversation("c", [
        request(0, [1], api_time=2.5),
        request(4, [1], api_time=9, think_time=1.25),
        request(20, [1], api_time=30),
        request(26, [1]),
        request(60.0004, [1])])))
    check_equal(column(rows, "delay"), [None, 1250, 7000, 0, 10000.4],
                "delays")
    check_equal(column(rows, "timestamp"), [0, 4000, 20000, 26000, 60000.4],
                "times")


def test_weka_sub_agents_are_sessions():
    tree = [request(0, [1, 2]),
            sub_agent(10, [request(0, [1, 7]),
                           sub_agent(3, [request(0.5, [9])], "deep"),
                           request(4, [1, 7, 8])]),
            request(30, [1, 2, 3])]
    rows, said = imported("weka", write("tree.jsonl",
                                        conversation("c", tree)))
    check_equal([(row["session_id"], row["timestamp"], row["hash_ids"])
                 for row in rows],
                [("c", 0, [0, 1]), ("c", 30000, [0, 1, 2]),
                 ("c/a1", 10000, [0, 3]), ("c/a1", 14000, [0, 3, 4]),
                 ("c/deep", 13500, [5])], "rows")
    check_has(said, "2 sub-agents are sessions of their own")
    check_has(said, "count from their own start")


def test_weka_times_from_the_conversations_start():
    """SemiAnalysis counts a sub-agent's times as its conversation's."""
    tree = [request(0, [1]), sub_agent(10, [request(10, [1, 7]),
                                            request(14, [1, 7, 8])])]
    path = write("absolute.jsonl", conversation("c", tree))
    rows, said = imported("weka", path)
    check_equal(column(rows, "timestamp"), [0, 10000, 14000], "times")
    check_has(said, "count from the conversation's start")
    rows, _ = imported("weka", path, "--sub-agent-time=relative")
    check_equal(column(rows, "timestamp"), [0, 20000, 24000], "relative")
    tree[1]["requests"][0]["t"] = 4
    path = write("relative.jsonl", conversation("c", tree))
    rows, _ = imported("weka", path)
    check_equal(column(rows, "timestamp"), [0, 14000, 24000],
                "one of them would be before its sub-agent: all relative")
    rows, _ = imported("weka", path, "--sub-agent-time=absolute")
    check_equal(column(rows, "timestamp"), [0, 4000, 14000], "absolute")


def test_weka_sub_agents_otherwise():
    tree = [request(0, [1], api_time=3), sub_agent(2, [request(0, [7])]),
            request(9, [1])]
    path = write("few.jsonl", conversation("c", tree))
    rows, said = imported("weka", path, "--sub-agents=inline")
    check_equal([(row["session_id"], row["timestamp"], row.get("delay"))
                 for row in rows],
                [("c", 0, None), ("c", 2000, 0), ("c", 9000, 6000)], "rows")
    check_has(said, "1 sub-agents are in their conversation's session")
    rows, said = imported("weka", path, "--sub-agents=none")
    check_equal(column(rows, "timestamp"), [0, 9000], "times")
    check_has(said, "left out")


def test_weka_scopes_of_ids():
    tree = [request(0, [1, 2]), sub_agent(5, [request(0, [1])])]
    for scope, ids in (("local", [[0, 1], [0], [2, 3], [2]]),
                       ("per_context", [[0, 1], [2], [3, 4], [5]]),
                       ("global", [[2**62 + 1, 2**62 + 2], [2**62 + 1]] * 2)):
        path = write("scope.jsonl",
                     *(conversation(name, tree, hash_id_scope=scope)
                       for name in "ab"))
        check_equal(column(imported("weka", path)[0], "hash_ids"), ids, scope)
    tree[1]["requests"][0]["model"] = "haiku"
    path = write("models.jsonl", conversation("c", tree))
    check_equal(column(imported("weka", path)[0], "hash_ids"),
                [[0, 1], [0]], "models together")
    check_equal(column(imported("weka", path, "--by-model")[0], "hash_ids"),
                [[0, 1], [2]], "models apart")


def test_weka_requests_without_ids():
    path = write("bare.jsonl", conversation("c", [
        request(0, [1]), {"t": 1, "in": 130, "out": 1},
        {"t": 2, "in": 30, "out": 1, "hash_ids": []}]))
    rows, said = imported("weka", path)
    check_equal(column(rows, "hash_ids"), [[0], [1, 2], []], "ids")
    check_has(said, "1 requests have no hash_ids")


def test_weka_every_and_folders():
    folder = TMP / "folder"
    folder.mkdir()
    for name in ("b", "a"):
        (folder / f"{name}.json").write_text(json.dumps(
            conversation("same", [request(0, [1]), request(2, [1])]),
            indent=1))
    (folder / "notes.txt").write_text("no trace")
    rows, said = imported("weka", folder, "--every", "60")
    check_equal([(row["session_id"], row["timestamp"]) for row in rows],
                [("same", 0), ("same", 2000), ("same#2", 60000),
                 ("same#2", 62000)], "rows")
    check("sessions=" not in said, "users where starts are given")


MLPERF = """Timestamp,Operation,Object_Size_Bytes,Tier,Key,Phase
1740553426.000000,Write,3000,Tier-0,u1,Prefill
1740553426.500000,Read,3000,Tier-0,u1,Decode
1740553427.000000,Read,3000,Tier-0,u1,Evict
1740553427.000001,Write,3000,Tier-2,u1,Evict
1740553428.250000,Read,3000,Tier-2,u1,Decode
1740553428.249000,Write,1000,Tier-0,u2,Prefill
"""


def test_mlperf():
    path = write("io.csv", MLPERF)
    rows, said = imported("mlperf", path, "--bytes-per-token=10",
                          "--block-tokens=128")
    check_equal(column(rows, "timestamp"), [0, 500, 2250, 2250], "times")
    check_equal(column(rows, "input_length"), [300, 300, 300, 100], "tokens")
    ids = column(rows, "hash_ids")
    check_equal(list(map(len, ids)), [3, 3, 3, 1], "blocks")
    check_equal(len(set(ids[0])), 3, "different blocks")
    check(ids[0] == ids[1] == ids[2], "one object, several ids")
    check(ids[3][0] not in ids[0], "two objects, one id")
    check_has(said, "2 moves between tiers are left out")
    check_has(said, "bytes_per_token=10")
    rows, _ = imported("mlperf", path, "--bytes-per-token=10", "--tier=2")
    check_equal(column(rows, "timestamp"), [1000.001, 2250], "on tier 2")


def test_mlperf_wrong_input():
    path = write("io.csv", MLPERF)
    fails("mooncake-import", "mlperf", path, "--bytes-per-token=7",
          saying="io.csv:2: 3000 bytes are no whole number of tokens")
    script("mooncake-import", "mlperf", path, status=2)
    for old, new, saying in (
            ("Tier-0,u2", "Tier-9,u2", ':7: "Tier" is'),
            ("Write,1000", "Erase,1000", ':7: "Operation" is'),
            ("428.249000", "420.249000", ":7: the time goes back by 8.001 s"),
            ("1000,Tier", "x,Tier", ':7: "Object_Size_Bytes" is \'x\''),
            ("u2,Prefill", ",Prefill", ':7: "Key" is missing'),
            ("u2,Prefill", "u2", ":7: the row has not as many"),
            ("Key,", "Name,", ":1: the header lacks Key")):
        fails("mooncake-import", "mlperf",
              write("wrong.csv", MLPERF.replace(old, new)),
              "--bytes-per-token=10", saying=saying)


def test_burstgpt():
    rows, said = imported("burstgpt", write(
        "burst.csv", "Timestamp,Model,Request tokens,Response tokens,"
        "Total tokens,Log Type\n"
        "5,ChatGPT,600,18,618,Conversation log\n"
        "45.5,GPT-4,512,0,512,API log\n"))
    check_equal(column(rows, "hash_ids"), [[0, 1], [2]], "ids")
    check_equal(column(rows, "timestamp"), [5000, 45500], "times")
    check_equal(column(rows, "session_id"), [None, None], "sessions")
    check_has(said, "no ids: nothing is known of what requests share")
    check_has(said, "Kept: 1 request with 0 response tokens")


def test_burstgpt_sessions():
    header = "Timestamp,Session ID,Elapsed time,Model,Request tokens," \
        "Response tokens,Total tokens,Log Type\n"
    path = write("burst.csv", header +
                 "5,7,2,ChatGPT,100,18,118,Conversation log\n"
                 "6,,1,GPT-4,100,1,101,API log\n"
                 "45,7,1,ChatGPT,100,9,109,Conversation log\n")
    rows, _ = imported("burstgpt", path)
    check_equal([(row.get("session_id"), row.get("delay")) for row in rows],
                [("7", None), (None, None), ("7", 38000)], "sessions")
    path.write_text(path.read_text().replace("45,7", "5.5,7"))
    fails("mooncake-import", "burstgpt", path, saying="burst.csv:4: "
          '"Timestamp" 5.5 is less than the one of the row before')


def spend(start, end, ids, tokens, **more):
    return {"startTime": start, "endTime": end, "prompt_tokens": tokens,
            "completion_tokens": 3,
            "metadata": {"prefix_block_hashes": ids}, **more}


def test_litellm():
    a, b, c = "00000000000000aa", "ffffffffffffffff", "12"
    rows, said = imported("litellm", write("spend.jsonl",
        spend("2026-11-16T10:00:09Z", "2026-11-16T10:00:10Z", [a, b], 900,
              session_id="s"),
        spend("2026-11-16T10:00:00.5Z", "2026-11-16T10:00:02.5Z", [a], 512,
              session_id="s"),
        {"startTime": "2026-11-16T10:00:03Z", "prompt_tokens": 5},
        spend("2026-11-16 12:00:04+02", None, [c], 530)))
    check_equal([(row.get("session_id"), row["timestamp"], row.get("delay"))
                 for row in rows],
                [("s", 0, None), (None, 3500, None), ("s", 8500, 6500)],
                "rows, by time")
    check_equal(column(rows, "hash_ids"), [[a], [c], [a, b]], "ids")
    check_equal(column(rows, "input_length"), [512, 512, 900], "input")
    check_has(said, "1 requests without prefix_block_hashes are left out")
    check_has(said, "1 requests have prompt_tokens that differ")


def test_litellm_shapes():
    """Metadata as text, ids with their options, an array on one line."""
    one = spend(1000.25, 1001, ["aa"], 500)
    two = spend(1002, 1003, None, 500)
    one["metadata"] = json.dumps(
        {"prefix_block_hashes": {"hash_ids": ["aa"], "block_size": 512}})
    two["metadata"] = {"spend_logs_metadata": {"prefix_block_hashes": ["b"]}}
    rows, _ = imported("litellm",
                       write("shapes.json", json.dumps([one, two])))
    check_equal([(row["timestamp"], row["hash_ids"]) for row in rows],
                [(0, ["aa"]), (1750, ["b"])], "rows")


def test_litellm_wrong_input():
    for row, saying in (
            (spend("x", None, ["aa"], 500), '"startTime" is \'x\''),
            (spend(1, 2, ["xyz"], 500), "hexadecimal digits"),
            (spend(1, 2, ["a"] * 10, 160), "give --block-tokens=16"),
            ({"prompt_tokens": 1}, "no request in there")):
        fails("mooncake-import", "litellm", write("wrong.jsonl", row),
              saying=saying)


def chat(number, parent, when, tokens, ids):
    return {"chat_id": number, "parent_chat_id": parent, "timestamp": when,
            "input_length": tokens, "output_length": 9, "type": "text",
            "turn": 1, "hash_ids": ids}


def test_bailian():
    rows, said = imported("bailian", write("qwen.jsonl",
        chat(10, -1, 0.0, 30, [1, 2]), chat(11, -1, 0.612, 16, [5]),
        chat(159, 10, 61.114, 50, [1, 2, 3, 4]),
        chat(160, 159, 70, 50, [1, 2, 3]), chat(161, 99, 71, 1, [8])))
    check_equal(column(rows, "session_id"), ["10", "11", "10", "10", "161"],
                "sessions")
    check_equal(column(rows, "timestamp"), [0, 612, 61114, 70000, 71000],
                "times")
    check_equal(column(rows, "block_size"), [16] * 5, "block_size")
    check_has(said, "5 requests in 3 sessions, 11 lookups, over 1 min 11 s")
    check_has(said, "1 chats name a parent")
    check_has(said, "block_tokens=16")
    fails("mooncake-import", "bailian",
          write("wrong.jsonl", chat(1, -1, 0, 100, [1, 2])),
          saying="wrong.jsonl:1: 2 ids for 100 tokens in blocks of 16: 6 or "
          "7 are needed; blocks of 64 would fit")


def test_kvsim():
    path = write("sim.jsonl",
                 {"block_size": 64, "hash_ids": [5, 6], "input_length": 128},
                 {"block_size": 64, "hash_ids": [5], "input_length": 90})
    rows, said = imported("kvsim", path)
    check_equal(column(rows, "timestamp"), [None, None], "times")
    check_has(said, "replay_no_stall=1")
    rows, said = imported("kvsim", path, "--every=0.25")
    check_equal(column(rows, "timestamp"), [0, 250], "times")
    check("replay_no_stall" not in said, "no waiting though there are times")


def test_array():
    path = write("rows.json", json.dumps(
        [{"timestamp": when, "input_length": 512, "output_length": 1,
          "hash_ids": [when]} for when in (0, 100, 90, 200)], indent=2))
    rows, said = imported("array", path)
    check_equal(column(rows, "timestamp"), [0, 90, 100, 200], "sorted")
    check_equal(column(rows, "hash_ids"), [[0], [90], [100], [200]], "ids")
    check_has(said, "timestamp_unit=s")


def test_array_of_aiperf():
    rows, said = imported("array", write("aiperf.jsonl",
        {"created_time": 9.5, "input_tokens": 600, "output_tokens": None,
         "session_id": "s", "hash_ids": [1, 2]},
        {"session_id": "s", "delay": 20.25, "input_length": 512,
         "hash_ids": [3]},
        {"session_id": "r", "timestamp": 1, "input_length": 4,
         "hash_ids": []}))
    check_equal([(row["session_id"], row.get("timestamp"), row.get("delay"),
                  row["input_length"], row["output_length"])
                 for row in rows],
                [("s", 9.5, None, 600, 0), ("s", None, 20.25, 512, 0),
                 ("r", 1, None, 4, 0)], "rows, in their order")
    check_has(said, "session_rows=new")
    fails("mooncake-import", "array",
          write("text.jsonl", {"text_input": "hello", "timestamp": 0}),
          saying='has "text_input" and no "hash_ids"')


def test_sorting_through_files():
    """More rows than are sorted in memory at a time come out by their time."""
    count, ids = 300, list(range(10**18, 10**18 + 9000))
    with open(TMP / "large.jsonl", "w", encoding="utf-8") as file:
        for number in range(count):
            row = {"timestamp": number * 7919 % count, "input_length": 512 *
                   len(ids), "output_length": 0, "hash_ids": ids}
            file.write(json.dumps(row) + "\n")
    rows, _ = imported("array", TMP / "large.jsonl")
    (TMP / "large.jsonl").unlink()
    check_equal(column(rows, "timestamp"), list(range(count)), "times")


def spellings(objects):
    """The same objects as files spell them."""
    lines = [json.dumps(each) for each in objects]
    spread = [json.dumps(each, indent=2) for each in objects]
    yield "lines", "\n".join(lines)
    yield "lines of Windows", "\r\n".join(lines) + "\r\n"
    yield "empty lines", "\n\n  \n".join(["", *lines, ""])
    yield "a mark", "\ufeff" + "\n".join(lines)
    yield "an array", json.dumps(objects)
    yield "a spread array", "\n " + json.dumps(objects, indent=2) + "\n"
    yield "spread objects", "\n".join(spread)
    yield "objects on one line", " ".join(lines)


def test_spellings_of_json():
    objects = [{"timestamp": number, "input_length": 512, "hash_ids": [number],
                "note": 'brackets ]}[{ "quoted" \\" \\'} for number in (1, 2)]
    for name, text in spellings(objects):
        rows, _ = imported("array", write("spelled.json", text))
        check_equal(column(rows, "hash_ids"), [[1], [2]], name)


def test_wrong_json():
    good = '{"timestamp": 0, "input_length": 1, "hash_ids": []}\n'
    for text, saying in (
            (good + "{rubbish}\n", ":2: no JSON"),
            (good + "[1]\n", ":2: a JSON object is needed here"),
            (good + good.replace("0", "NaN"), ":2: no JSON: NaN"),
            ("[\n" + good + ",\n{\n\"a\": tru}]", ":5: no JSON"),
            ("[\n" + good + ",\n" + good, "no JSON"),
            ("[" + good + "] [3]", "a JSON object is needed here"),
            ("[" + "[" * 100000, "no JSON"),
            ("rubbish", ":1: no JSON"), ("", "no request in there"),
            ("[]", "no request in there"), ("\n\n", "no request in there"),
            (good.replace("[]", '[1.5]'), 'holds 1.5: whole numbers'),
            (good.replace("[]", '[true]'), 'holds True'),
            (good.replace("[]", '7'), '"hash_ids" is no list'),
            (good.replace(": 1,", ': -1,'), '"input_length" is -1'),
            (good.replace(": 1,", ': 1.5,'), "a whole number is needed"),
            (good.replace(": 1,", ': null,'), '"input_length" is missing'),
            (good.replace(": 0,", ': 1e999,'), '"timestamp" is inf')):
        fails("mooncake-import", "array", write("wrong.json", text),
              saying=saying)


def test_place_in_a_conversation_is_named():
    tree = [request(0, [1]), sub_agent(1, [request(0, [1]),
                                           {"t": 2, "out": 1}])]
    fails("mooncake-import", "weka",
          write("place.jsonl", conversation("c", tree)),
          saying='place.jsonl:1: requests[1].requests[1]: "in" is missing')
    for changes, saying in (
            ({"hash_id_scope": "mine"}, '"hash_id_scope" is'),
            ({"requests": 5}, '"requests" is no list'),
            ({"requests": [5]}, "requests[0]: an object is needed"),
            ({"requests": None}, "no request in there"),
            ({"block_size": 0}, '"block_size" is 0')):
        fails("mooncake-import", "weka",
              write("place.jsonl", conversation("c", tree, **changes)
                    if "requests" not in changes
                    else {**conversation("c", []), **changes}),
              saying=saying)
    fails("mooncake-import", "weka",
          write("blocks.jsonl", conversation("c", [request(0, [1])]),
                conversation("d", [], block_size=16)),
          saying='blocks.jsonl:2: "block_size" is 16, not 64')
    fails("mooncake-import", "weka", write("row.jsonl", {"timestamp": 1}),
          saying='"requests" is missing')


def test_files_that_are_no_traces():
    for content, saying in (
            (b"\xff\xfe{\x00", "is UTF-16"), (b"PAR1xx", "is Parquet"),
            (b"\n<!DOCTYPE html>", "is a web page"), (b"PK\x03\x04", "ZIP"),
            (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
            (b'{"a": "\xff"}', "no text in UTF-8"),
            (gzip.compress(b"{}" * 9999)[:-9], "broken gzip")):
        path = TMP / "no.trace"
        path.write_bytes(content)
        fails("mooncake-import", "array", path, saying=saying)
    fails("mooncake-import", "array", TMP / "absent", saying="No such file")
    fails("mooncake-import", "weka", TMP / "io.csv", saying=":1: no JSON")
    (TMP / "empty").mkdir()
    fails("mooncake-import", "weka", TMP / "empty", saying="no file in this")
    path = write("qwen.jsonl", chat(1, -1, 0, 16, [1]))
    fails("mooncake-import", "bailian", path, path,
          saying="do not fit together")


def test_gzip_in_and_out():
    path = TMP / "in.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(
        chat(1, -1, 0, 16, [1])).encode()))
    outs = [TMP / "out1.jsonl.gz", TMP / "out2.jsonl.gz"]
    for out in outs:
        script("mooncake-import", "bailian", path, "-o", out)
    row = json.loads(gzip.decompress(outs[0].read_bytes()))
    check_equal(row["hash_ids"], [1], "ids")
    check_equal(outs[0].read_bytes(), outs[1].read_bytes(), "second time")
    with open(path, "rb") as stdin:
        done = script("mooncake-import", "bailian", stdin=stdin)
    check_equal(json.loads(done.stdout), row, "from standard input")


def test_zstd_in_and_out():
    if not shutil.which("zstd"):
        raise Skip("zstd is not installed")
    path = write("io.csv", MLPERF)
    subprocess.run(["zstd", "-qf", path], check=True)
    plain, _ = imported("mlperf", path, "--bytes-per-token=10")
    rows, _ = imported("mlperf", f"{path}.zst", "--bytes-per-token=10")
    check_equal(rows, plain, "from zstd")
    out = TMP / "out.jsonl.zst"
    done = script("mooncake-import", "mlperf", path, "--bytes-per-token=10",
                  "-o", out)
    check_has(done.stderr, "unpack it with zstd -d")
    text = subprocess.run(["zstd", "-dcq", out], check=True,
                          capture_output=True).stdout
    check_equal([json.loads(line) for line in text.splitlines()], plain,
                "to zstd")
    whole = Path(f"{path}.zst").read_bytes()
    (TMP / "cut.zst").write_bytes(whole[:-5])
    fails("mooncake-import", "mlperf", TMP / "cut.zst",
          "--bytes-per-token=10", saying="zstd failed")
    with open(f"{path}.zst", "rb") as stdin:
        fails("mooncake-import", "mlperf", "--bytes-per-token=10",
              stdin=stdin, saying="pipe it through zstd -dc")


def test_without_zstd():
    """A path without the command stands for a machine without it."""
    (TMP / "some.zst").write_bytes(b"\x28\xb5\x2f\xfd1234")
    path = write("qwen.jsonl", chat(1, -1, 0, 16, [1]))
    bare = {**os.environ, "PATH": str(TMP / "empty")}
    fails("mooncake-import", "bailian", TMP / "some.zst", env=bare,
          saying="the zstd command is not installed")
    fails("mooncake-import", "bailian", path, "-o", TMP / "no.zst", env=bare,
          saying="the zstd command is not installed")


def test_failure_leaves_the_old_file():
    out = write("kept.jsonl", "old\n")
    path = write("wrong.jsonl", chat(1, -1, 0, 16, [1]), "{\n")
    fails("mooncake-import", "bailian", path, "-o", out, saying=":2: no JSON")
    check_equal(out.read_text(), "old\n", "the file that was there")
    check(not (TMP / "kept.jsonl.new").exists(), "a part is left")
    fails("mooncake-import", "bailian", path, "-o", TMP / "no" / "such",
          saying="No such file")
    if os.path.exists("/dev/full"):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [TOP / "scripts" / "mooncake-import", "bailian",
                 write("one.jsonl", chat(1, -1, 0, 16, [1]))],
                stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        check(done.returncode != 0, "a full disk is taken for success")
        check_has(done.stderr, "No space left")


def test_max_requests():
    path = write("qwen.jsonl", *(chat(n, -1, n, 16, [n]) for n in range(5)),
                 "rubbish\n")
    rows, said = imported("bailian", path, "--max-requests=5")
    check_equal(len(rows), 5, "rows")
    check_has(said, "5 requests")
    fails("mooncake-import", "bailian", path, saying=":6: no JSON")


def test_reader_that_has_seen_enough():
    path = write("many.jsonl", *(chat(n, -1, n, 16, [n])
                                 for n in range(20000)))
    done = subprocess.run(
        f"{TOP}/scripts/mooncake-import bailian {path} | head -n 1",
        shell=True, capture_output=True, text=True, check=False)
    check("Traceback" not in done.stderr, done.stderr)


def limited(kibibytes, *arguments):
    done = subprocess.run(
        ["sh", "-c", f"ulimit -v {kibibytes}; exec \"$0\" \"$@\"",
         TOP / "scripts" / "mooncake-import", *arguments],
        capture_output=True, text=True, check=False)
    check_equal(done.returncode, 0, f"exit status ({done.stderr[-300:]})")
    return done.stderr


def test_memory_is_bounded():
    """90 MB of conversations, then 70 MB on one line, in 80 MiB in all."""
    ids = list(range(2000))
    path = TMP / "large.json"
    with open(path, "w", encoding="utf-8") as file:
        for number in range(400):
            file.write(json.dumps(conversation(f"c{number}", [
                request(at, ids) for at in range(20)])) + "\n")
    check(path.stat().st_size > 80e6, "the input is small")
    said = limited(80 << 10, "weka", path, "-o", TMP / "out.jsonl")
    check_has(said, "8,000 requests in 400 sessions, 16,000,000 lookups")
    one = json.dumps(chat(1, -1, 0, 32000, ids))
    with open(path, "w", encoding="utf-8") as file:
        file.write("[" + ", ".join([one] * 6000) + "]")
    said = limited(80 << 10, "bailian", path, "-o", TMP / "out.jsonl")
    check_has(said, "6,000 requests in 1 session, 12,000,000 lookups")
    path.unlink()
    (TMP / "out.jsonl").unlink()


def counted(requests):
    """
    Lookups, hits and writes of a cache without bound that asks for prefixes:
    of (time, ids) in the order of time, ties in the given one.
    """
    seen, lookups, hits = set(), 0, 0
    for _, ids in sorted(requests, key=lambda request: request[0]):
        lookups += len(ids)
        for each in ids:
            if each not in seen:
                break
            hits += 1
        seen.update(ids)
    return {"requests": len(requests), "lookups": lookups, "hits": hits,
            "writes": len(seen)}


def planned(out, said):
    """The same counts by mooncake-plan, with the options that were said."""
    plan = Path(os.environ.get("BUILD") or TOP / "build", "mooncake-plan")
    if not plan.exists():
        raise Skip(f"{plan} is not built")
    typed = re.search(r"^mooncake-plan (.*)$", said, re.M)[1]
    done = subprocess.run([plan, *shlex.split(typed), "--json"],
                          capture_output=True, text=True, check=False)
    check_equal(done.returncode, 0, f"exit status ({done.stderr})")
    found = json.loads(done.stdout)
    check(found["options"]["trace"] == str(out), "another trace was planned")
    return {name: found[name]
            for name in ("requests", "lookups", "hits", "writes")}


def round_trip(requests, *arguments):
    """
    Imported and planned as the import says, the file must have the counts of
    @requests, [(time, ids)], which are taken from it some other way.
    """
    out = TMP / "trip.jsonl"
    said = script("mooncake-import", *arguments, "-o", out).stderr
    check_equal(planned(out, said), counted(requests), arguments[0])


def flattened(requests, base):
    """(time, ids) of a conversation, by times that are all relative."""
    found = []
    for each in requests:
        if "requests" in each:
            found += flattened(each["requests"], base + each["t"])
        else:
            found.append((base + each["t"], each["hash_ids"]))
    return found


def test_round_trip_of_conversations():
    """Many of them, random, with sub-agents and one user: counts agree."""
    chance = random.Random(5)
    conversations, requests, start = [], [], 0
    for number in range(30):
        ids, tree, now = [], [], 0
        for _ in range(chance.randint(1, 8)):
            ids = ids[:chance.randint(0, len(ids))] + [
                chance.randint(0, 40) * 1000 + len(ids) + more
                for more in range(chance.randint(1, 5))]
            ids = list(dict.fromkeys(ids))
            if chance.random() < 0.3:
                tree.append(sub_agent(now + 1, [request(0.25, ids[:2]),
                                                request(0.5, ids)]))
            now += chance.randint(2, 9)
            tree.append(request(now, ids))
        conversations.append(conversation(f"c{number}", tree))
        requests += [(start + when, [(number, each) for each in ids])
                     for when, ids in flattened(tree, 0)]
        start += 1000
    path = write("random.jsonl", *conversations)
    round_trip(requests, "weka", path, "--every=1000",
               "--sub-agent-time=relative")
    # Conversations share nothing: users change the order, but no count.
    round_trip(requests, "weka", path, "--sub-agents=inline",
               "--sub-agent-time=relative")


def test_round_trips_of_the_others():
    rows = [chat(10, -1, 0.0, 30, [1, 2]), chat(11, -1, 0.612, 16, [5]),
            chat(12, 10, 61.114, 50, [1, 2, 3, 4])]
    round_trip([(row["timestamp"], row["hash_ids"]) for row in rows],
               "bailian", write("qwen.jsonl", *rows))
    rows = [{"block_size": 64, "hash_ids": ids, "input_length": 64 * len(ids)}
            for ids in ([5, 6], [5, 7, 8], [5, 6, 9])]
    for more in ((), ("--every=1",)):
        round_trip([(number, row["hash_ids"])
                    for number, row in enumerate(rows)], "kvsim",
                   write("sim.jsonl", *rows), *more)
    rows = [spend(when, when + 1, ids, 512 * len(ids), session_id="s")
            for when, ids in ((8, ["aa", "bb"]), (2, ["aa"]),
                              (5, ["f" * 16]))]
    round_trip([(row["startTime"], row["metadata"]["prefix_block_hashes"])
                for row in rows], "litellm", write("spend.jsonl", *rows))
    objects = [(0, "u1", 3), (0.5, "u1", 3), (2.25, "u1", 3), (2.25, "u2", 1)]
    round_trip([(when, [(key, part) for part in range(parts)])
                for when, key, parts in objects], "mlperf",
               write("io.csv", MLPERF), "--bytes-per-token=10",
               "--block-tokens=128")
    round_trip([(5, ["a", "b"]), (45.5, ["c"])], "burstgpt", write(
        "burst.csv", "Timestamp,Request tokens,Response tokens\n"
        "5,600,18\n45.5,512,0\n"))
    round_trip([(0, [0]), (90, [2]), (100, [0])], "array", write(
        "rows.json", json.dumps([{"timestamp": when, "input_length": 512,
                                  "hash_ids": ids, "output_length": 1}
                                 for when, ids in ((0, [0]), (100, [0]),
                                                   (90, [2]))])))


def test_cases_that_are_to_be_imported():
    """../shared/cases has two, with what is right for each."""
    if not CASES.exists():
        raise Skip(f"{CASES} is not there")
    round_trip([(0, [1, 2]), (0.1, [1, 2, 3])], "weka",
               CASES / "weka_session.jsonl")
    round_trip([(when, [each]) for each, when in
                enumerate((0, 100, 90, 200))], "array", CASES / "array.json")


def test_wrong_arguments():
    path = write("qwen.jsonl", chat(1, -1, 0, 16, [1]))
    for wrong in ((), ("sharegpt", path), ("bailian", path, "--every=1"),
                  ("kvsim", path, "--every=-1"),
                  ("mlperf", path, "--bytes-per-token=0"),
                  ("burstgpt", path, "--block-tokens=0"),
                  ("weka", path, "--max-requests=-1")):
        script("mooncake-import", *wrong, status=2)


if __name__ == "__main__":
    try:
        run(globals())
    finally:
        shutil.rmtree(TMP, ignore_errors=True)
