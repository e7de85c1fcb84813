"""What a running fio prints: JSON again and again, and what it says."""

import os
import selectors


class Output:
    """
    Reads a process's two pipes. @on_document is called with the text of each
    JSON document that is whole, @on_line with each line outside of them.
    """

    def __init__(self, process, on_document, on_line):
        self.process = process
        self.on_document = on_document
        self.on_line = on_line
        self._document = None       # lines of one that has begun
        self._selector = selectors.DefaultSelector()
        self._rest = {}
        for pipe, take in ((process.stdout, self._take_out),
                           (process.stderr, on_line)):
            self._selector.register(pipe, selectors.EVENT_READ, take)
            self._rest[pipe] = b""

    def wait(self, seconds):
        """Whether more may come."""
        for key, _ in self._selector.select(seconds):
            pipe, take = key.fileobj, key.data
            data = os.read(pipe.fileno(), 1 << 20)
            *lines, self._rest[pipe] = (self._rest[pipe] + data).split(b"\n")
            if not data:
                self._selector.unregister(pipe)
                if self._rest[pipe]:
                    lines = [self._rest[pipe]]
            for line in lines:
                take(line.decode("utf-8", "replace"))
        return bool(self._selector.get_map())

    def _take_out(self, line):
        """fio indents what is inside of a document."""
        if self._document is None:
            if line == "{":
                self._document = [line]
            elif line.strip():
                self.on_line(line)
            return
        self._document.append(line)
        if line == "}":
            self.on_document("\n".join(self._document) + "\n")
            self._document = None
