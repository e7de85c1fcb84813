"""Members of what is imported, checked as they are taken."""

import math

_NEEDED = object()


class Fields:
    """
    The members of one object or row. @where tells which part of the line it
    is, where a line holds many.
    """

    def __init__(self, source, line, members, where=""):
        self.source = source
        self.line = line
        self.members = members
        self.where = where
        if not isinstance(members, dict):
            self.fail("an object is needed here")

    def fail(self, why):
        place = f"{self.where}: " if self.where else ""
        self.source.fail(self.line, place + why)

    def _take(self, name, default):
        value = self.members.get(name)
        if value is None or value == "":
            if default is _NEEDED:
                self.fail(f'"{name}" is missing')
            return None
        return value

    def number(self, name, default=_NEEDED, least=0):
        """A finite number of @least or more; CSV has it as text."""
        value = self._take(name, default)
        if value is None:
            return default
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                value = None
        if isinstance(value, bool) or not isinstance(value, (int, float)) \
                or not math.isfinite(value) or value < least:
            self.fail(f'"{name}" is {self.members[name]!r}: a number of '
                      f"{least} or more is needed")
        return value

    def whole(self, name, default=_NEEDED, least=0):
        value = self.number(name, default, least)
        if value is not None and value != int(value):
            self.fail(f'"{name}" is {value!r}: a whole number is needed')
        return None if value is None else int(value)

    def text(self, name, default=_NEEDED):
        """A string, or a number as one."""
        value = self._take(name, default)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            self.fail(f'"{name}" is {value!r}: a string or a whole number '
                      "is needed")
        return str(value)

    def objects(self, name, default=_NEEDED):
        value = self._take(name, default)
        if value is None:
            return default
        if not isinstance(value, list):
            self.fail(f'"{name}" is no list')
        return value

    def ids(self, name, default=_NEEDED):
        """A list of whole numbers or strings."""
        value = self._take(name, default)
        if value is None:
            return default
        if not isinstance(value, list):
            self.fail(f'"{name}" is no list')
        if not set(map(type, value)) <= {int, str}:
            wrong = next(each for each in value
                         if type(each) not in (int, str))
            self.fail(f'"{name}" holds {wrong!r}: whole numbers or strings '
                      "are needed")
        return value

    def check_count(self, ids, tokens, block):
        """
        Each block must have an id; a last one that is not full may have none.
        """
        if len(ids) in (tokens // block, blocks(tokens, block)):
            return
        fitting = fitting_block(len(ids), tokens)
        self.fail(f"{len(ids)} ids for {tokens} tokens in blocks of {block}: "
                  f"{tokens // block} or {blocks(tokens, block)} are needed"
                  + (f"; blocks of {fitting} would fit" if fitting else ""))


def blocks(tokens, block):
    return -(-tokens // block)


def fitting_block(count, tokens):
    """
    How many tokens a block has if @tokens fill @count blocks: a power of two
    if one fits, or None.
    """
    if not count or not tokens:
        return None
    for size in [1 << shift for shift in range(21)] + [tokens // count]:
        if count in (tokens // size, blocks(tokens, size)):
            return size
    return None


def milliseconds(seconds):
    """Rounded to the microsecond; an integer where that is one."""
    value = round(seconds * 1000, 3)
    return int(value) if value == int(value) else value


class Recent(dict):
    """
    The latest million entries, since a trace may have any number of them.
    """

    LIMIT = 1_000_000

    def keep(self, key, value):
        self.pop(key, None)
        self[key] = value
        if len(self) > self.LIMIT:
            del self[next(iter(self))]
