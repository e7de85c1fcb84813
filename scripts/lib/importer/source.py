"""
The files to import: plain, .gz or .zst, as rows of CSV or as JSON objects,
each with the line that it begins in. No more than one object is in memory.
"""

import csv
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zlib

from cli import Error

STDIN = "-"
NO_ZSTD = "the zstd command is not installed (Debian: zstd)"

# Characters. No object of a trace is as long, so its end must be missing.
LONGEST = 256 << 20
_CHUNK = 1 << 16

_ENDINGS = tuple(ending + packed for ending in (".json", ".jsonl", ".csv")
                 for packed in ("", ".gz", ".zst"))
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_NO_TRACES = (
    (b"\xff\xfe", "is UTF-16: turn it into UTF-8 with iconv -f UTF-16"),
    (b"\xfe\xff", "is UTF-16: turn it into UTF-8 with iconv -f UTF-16"),
    (b"PAR1", "is Parquet: export it as JSON lines first, such as with "
     "duckdb -c \"COPY (FROM 'FILE.parquet') TO 'FILE.jsonl'\""),
    (b"PK\x03\x04", "is a ZIP archive: unpack it first"),
    (b"version https://git-lfs", "is a pointer of Git LFS, not the data: "
     "run git lfs pull, or download the file itself"),
    (b"<", "is a web page, not the data: download the raw file"),
)
_BETWEEN = re.compile(r"[\s,]*")


def _no_constant(name):
    raise ValueError(f"{name} is no number")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def files(paths):
    """@paths, each folder replaced by the traces in it."""
    found = []
    for path in paths or [STDIN]:
        if path == STDIN or not os.path.isdir(path):
            found.append(path)
            continue
        inside = sorted(os.path.join(path, name) for name in os.listdir(path)
                        if name.endswith(_ENDINGS))
        if not inside:
            raise Error(f"{path}: no file in this folder ends in .json, "
                        ".jsonl or .csv")
        found += inside
    return found


class Progress:
    """How much of the files is read, where a person looks on."""

    def __init__(self, paths):
        self.shown = sys.stderr.isatty()
        self.size = sum(os.path.getsize(path) for path in paths
                        if path != STDIN and os.path.isfile(path))
        self.done = 0
        self.next = 0

    def show(self, name, position):
        now = time.monotonic()
        if not self.shown or now < self.next:
            return
        self.next = now + 0.5
        share = f" {100 * (self.done + position) / self.size:.0f}%" \
            if self.size else ""
        print(f"\r\033[K{name}{share}", end="", file=sys.stderr, flush=True)

    def end(self):
        if self.shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


class Source:
    """One file, to be used in a with statement."""

    def __init__(self, path, progress):
        self.name = "standard input" if path == STDIN else path
        self.is_file = path != STDIN
        self.path = path
        self.progress = progress
        self.unpacker = None

    def __enter__(self):
        self.raw = open(self.path, "rb") if self.is_file else sys.stdin.buffer
        self.text = io.TextIOWrapper(self._unpacked(), encoding="utf-8-sig",
                                     newline="")
        return self

    def __exit__(self, *_):
        if self.unpacker:
            self.unpacker.stdout.close()
            self.unpacker.wait()
            self.unpacker.stderr.close()
        if self.is_file:
            self.progress.done += self._position()
            self.raw.close()

    def fail(self, line, why):
        raise Error(f"{self.name}:{line}: {why}")

    def _position(self):
        # The zstd command shares the descriptor, so what it reads counts too.
        return os.lseek(self.raw.fileno(), 0, os.SEEK_CUR)

    def _unpacked(self):
        stream = self.raw
        head = stream.peek(len(_ZSTD))
        if head.startswith(_GZIP):
            stream = gzip.GzipFile(fileobj=self.raw)
        elif head.startswith(_ZSTD):
            stream = self._from_zstd()
        head = self._checked(stream.peek, 64).lstrip(b" \t\r\n")
        for start, why in _NO_TRACES:
            if head.startswith(start):
                raise Error(f"{self.name} {why}")
        return stream

    def _from_zstd(self):
        if not self.is_file:
            raise Error("standard input is compressed with zstd: pipe it "
                        "through zstd -dc")
        if not shutil.which("zstd"):
            raise Error(f"{self.name}: {NO_ZSTD}")
        os.lseek(self.raw.fileno(), 0, os.SEEK_SET)
        self.unpacker = subprocess.Popen(
            ["zstd", "-dcq"], stdin=self.raw, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        return self.unpacker.stdout

    def _checked(self, read, size):
        try:
            return read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Error(f"{self.name}: broken gzip file: {error}") from error
        except UnicodeDecodeError as error:
            raise Error(f"{self.name}: no text in UTF-8: {error}") from error

    def _read(self, read, size):
        """Text from @read, which is self.text.read or self.text.readline."""
        text = self._checked(read, size)
        if self.is_file:
            self.progress.show(self.name, self._position())
        if not text and self.unpacker and self.unpacker.wait():
            said = self.unpacker.stderr.read().decode(errors="replace")
            raise Error(f"{self.name}: zstd failed: {said.strip()}")
        return text

    def _line(self):
        return self._read(self.text.readline, LONGEST)

    def csv_rows(self, needed, remedy):
        """
        (line, row) of a CSV file whose header has the columns @needed;
        @remedy tells what to do with a file that lacks them.
        """
        reader = csv.DictReader(iter(self._line, ""))
        try:
            names = [name.strip() for name in reader.fieldnames or ()]
            missing = [name for name in needed if name not in names]
            if missing:
                self.fail(1, f"the header lacks {', '.join(missing)}: "
                          f"{remedy}")
            reader.fieldnames = names
            for row in reader:
                if None in row or None in row.values():
                    self.fail(reader.line_num, "the row has not as many "
                              "values as the header has names")
                yield reader.line_num, row
        except csv.Error as error:
            self.fail(reader.line_num, f"no CSV: {error}")

    def objects(self):
        """
        (line, object) of JSON lines, of an array of objects, or of objects
        one after the other that spread over several lines.
        """
        line, text = 0, "\n"
        while text and not text.strip():
            line += 1
            text = self._read(self.text.readline, _CHUNK)
        if text.lstrip().startswith("{"):
            if not text.endswith("\n"):
                text += self._line()
            if _is_object(text):
                return self._lines(line, text)
        return self._spread(line, text)

    def _lines(self, line, text):
        while text:
            if text.strip():
                try:
                    value = json.loads(text, parse_constant=_no_constant)
                except (ValueError, RecursionError) as error:
                    self.fail(line, f"no JSON: {error}")
                yield line, self._object(line, value)
            line += 1
            text = self._line()

    def _object(self, line, value):
        if not isinstance(value, dict):
            self.fail(line, "a JSON object is needed here")
        return value

    def _spread(self, line, text):
        """
        objects() of a file that is no JSON lines. @text is its beginning, from
        line @line on.
        """
        opened = len(text) - len(text.lstrip())
        array = text[opened:opened + 1] == "["
        at = opened + 1 if array else 0
        while True:
            begin = _BETWEEN.match(text, at).end()
            line += text.count("\n", at, begin)
            at = begin
            try:
                if array and text[at:at + 1] == "]":
                    array, at = False, at + 1
                    continue
                value, end = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                more = ""
                if _is_cut(text, error) and len(text) - at < LONGEST:
                    more = self._read(self.text.read,
                                      max(_CHUNK, len(text) - at))
                if more:
                    text, at = text[at:] + more, 0
                    continue
                if at == len(text) and not array:
                    return
                line += text.count("\n", at, getattr(error, "pos", at))
                self.fail(line, f"no JSON: {getattr(error, 'msg', error)}")
            yield line, self._object(line, value)
            line += text.count("\n", at, end)
            at = end


def _is_cut(text, error):
    """
    Whether @error may be there only because the rest of @text is missing.
    """
    return isinstance(error, json.JSONDecodeError) and (
        error.pos > len(text) - 16 or error.msg.startswith("Unterminated"))


def _is_object(text):
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
