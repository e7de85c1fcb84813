"""The trace that an import writes: rows as JSON lines, sorted if asked for."""

import gzip
import heapq
import json
import os
import shutil
import subprocess
import sys
import tempfile

from cli import Error

from importer.source import NO_ZSTD

# How much is sorted in memory at a time, in characters of the rows' lines.
_RUN = 32 << 20


class Output:
    """Lines into a file that has its name only when it is whole."""

    def __init__(self, path):
        self.path = path
        self.new = f"{path}.new" if path else None
        self.packer = None
        self.file = None

    def __enter__(self):
        if not self.path:
            self.stream = sys.stdout.buffer
            return self
        if self.path.endswith(".zst") and not shutil.which("zstd"):
            raise Error(f"{self.path}: {NO_ZSTD}")
        self.stream = self.file = open(self.new, "wb")
        if self.path.endswith(".gz"):
            self.stream = gzip.GzipFile("", "wb", 6, self.file, mtime=0)
        elif self.path.endswith(".zst"):
            self.packer = subprocess.Popen(["zstd", "-q"], stdout=self.file,
                                           stdin=subprocess.PIPE)
            self.stream = self.packer.stdin
        return self

    def write(self, text):
        try:
            self.stream.write(text.encode())
        except BrokenPipeError:
            if self.path:
                raise Error(f"{self.path}: zstd ended early") from None
            raise
        except OSError as error:
            raise Error(f"{self.path or 'standard output'}: "
                        f"{error.strerror}") from error

    def __exit__(self, kind, *_):
        if not self.path:
            return
        try:
            if self.stream is not self.file:
                self.stream.close()
            failed = self.packer is not None and self.packer.wait() != 0
            self.file.close()
            if kind is None and failed:
                raise Error(f"{self.path}: zstd failed")
            if kind is None:
                os.replace(self.new, self.path)
        finally:
            if os.path.exists(self.new):
                os.unlink(self.new)


def line(row):
    return json.dumps(row) + "\n"


def in_order(rows):
    """
    Yields @rows by their timestamps; a row without one stays behind the row
    before it. What is too much for memory goes through temporary files.
    """
    runs, run, size, last = [], [], 0, float("-inf")
    with tempfile.TemporaryDirectory(prefix="mooncake-import.") as folder:
        for number, row in enumerate(rows):
            last = row.get("timestamp", last)
            run.append((last, number, line(row)))
            size += len(run[-1][2])
            if size > _RUN:
                runs.append(_spill(run, folder, len(runs)))
                run, size = [], 0
        run.sort()
        for _, _, text in heapq.merge(*map(_spilled, runs), run):
            yield json.loads(text)


def _spill(run, folder, number):
    path = os.path.join(folder, str(number))
    with open(path, "w", encoding="utf-8") as file:
        for when, at, text in sorted(run):
            file.write(f"{when!r} {at} {text}")
    return path


def _spilled(path):
    with open(path, encoding="utf-8") as file:
        for text in file:
            when, at, rest = text.split(" ", 2)
            yield float(when), int(at), rest
