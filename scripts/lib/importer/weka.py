"""
Conversations of agents, one an object, as Weka's kv-cache-tester and
SemiAnalysis (cc-traces-weka) publish them.
"""

from importer.fields import Fields, milliseconds
from importer.format import Format, row

# Ids that count in one conversation alone are numbered anew from 0 on. Global
# ones are kept, and lie from here on, so that they are no others' numbers.
_GLOBAL = 1 << 62

# Seconds: times in a trace are rounded.
_EPSILON = 1e-6


class _Ids(dict):
    """
    By an id of a scope its id in our trace, made when it is first asked for.
    """

    def __init__(self):
        super().__init__()
        self.next = 0

    def __missing__(self, key):
        self[key] = self.fresh()
        return self[key]

    def fresh(self):
        self.next += 1
        return self.next - 1


class _Request:
    """A request with its time from the conversation's start, in seconds."""

    def __init__(self, fields, base):
        self.fields = fields
        self.start = base + fields.number("t")
        self.end = self.start + fields.number("api_time", 0)
        self.think = fields.number("think_time", None, float("-inf"))


class Weka(Format):
    name = "weka"
    text = "conversations of kv-cache-tester and SemiAnalysis (JSON)"
    several = True

    @staticmethod
    def add_arguments(parser):
        parser.add_argument(
            "--sub-agents", choices=("apart", "inline", "none"),
            default="apart", help="a sub-agent is a session of its own, or "
            "part of its conversation's, or left out (apart)")
        parser.add_argument(
            "--sub-agent-time", choices=("auto", "relative", "absolute"),
            default="auto", help="whether the t of a sub-agent's requests "
            "counts from the sub-agent's or the conversation's start (auto: "
            "from the sub-agent's once one is less than that)")
        parser.add_argument(
            "--by-model", action="store_true",
            help="blocks of different models are different blocks")
        parser.add_argument(
            "--every", type=float, default=0, metavar="SECONDS",
            help="time between the starts of conversations (0)")

    def __init__(self, options):
        super().__init__(options)
        self.ids = _Ids()
        self.names = set()
        self.block = None
        self.conversations = 0
        self.relative = options.sub_agent_time == "relative"

    def rows(self, source):
        for line, members in source.objects():
            fields = Fields(source, line, members)
            if "requests" not in members:
                fields.fail('no conversation: "requests" is missing')
            self._check_block(fields)
            scope = fields.text("hash_id_scope", "local")
            if scope not in ("local", "global", "per_context"):
                fields.fail(f'"hash_id_scope" is {scope!r}: local, global or '
                            "per_context is known")
            start = self.conversations * self.options.every
            self.conversations += 1
            name = self._name(fields.text("id", "conversation"))
            for session, requests in self._sessions(fields, name):
                if scope != "global" and \
                        (session == name or scope == "per_context"):
                    self.ids.clear()
                yield from self._session(session, requests, start, scope)

    def _check_block(self, fields):
        block = fields.whole("block_size", 64, 1)
        if self.block is None:
            self.block = block
        if block != self.block:
            fields.fail(f'"block_size" is {block}, not {self.block} as '
                        "before: import these conversations apart")

    def _name(self, name):
        unique, number = name, 1
        while unique in self.names:
            number += 1
            unique = f"{name}#{number}"
        self.names.add(unique)
        return unique

    def _sessions(self, fields, name):
        """(name, requests) of the conversation, then of its sub-agents."""
        found = [(name, [])]
        if self.options.sub_agent_time == "auto":
            self.relative = self.relative or _is_relative(fields)
        self._collect(fields, 0, found, 0)
        for _, requests in found:
            requests.sort(key=lambda request: request.start)
        return found

    def _collect(self, fields, base, found, index):
        """Puts the requests of @fields, which count from @base, in @found."""
        for number, members in enumerate(fields.objects("requests", [])):
            part = _part(fields, number, members)
            if not _is_sub_agent(part):
                found[index][1].append(_Request(part, base))
                continue
            self.count("sub-agents")
            if self.options.sub_agents == "none":
                continue
            inner = index
            if self.options.sub_agents == "apart":
                inner = len(found)
                agent = part.text("agent_id", str(inner))
                found.append((self._name(f"{found[0][0]}/{agent}"), []))
            marker = base + part.number("t")
            self._collect(part, marker if self.relative else 0, found, inner)

    def _session(self, session, requests, start, scope):
        before = None
        for request in requests:
            delay = None
            if before is not None:
                delay = max(0, request.start - before) \
                    if request.think is None else max(0, request.think)
                delay = milliseconds(delay)
            before = max(before or 0, request.end)
            fields = request.fields
            tokens = fields.whole("in")
            yield row(tokens, fields.whole("out", 0), self.block,
                      self._hash_ids(fields, tokens, scope), session, delay,
                      milliseconds(start + request.start))

    def _hash_ids(self, fields, tokens, scope):
        local = fields.ids("hash_ids", [])
        if not local and tokens >= self.block:
            self.count("without ids")
            return [self.ids.fresh() for _ in range(tokens // self.block)]
        fields.check_count(local, tokens, self.block)
        if self.options.by_model:
            model = fields.text("model", "")
            local = [(model, each) for each in local]
        elif scope == "global":
            return [self._global(fields, each) for each in local]
        return list(map(self.ids.__getitem__, local))

    @staticmethod
    def _global(fields, each):
        if not isinstance(each, int) or not 0 <= each < _GLOBAL:
            fields.fail(f"the global id {each!r} is none from 0 to 2^62 - 1")
        return _GLOBAL + each

    def replay(self, sessions):
        return {} if self.options.every else {"sessions": min(sessions, 16)}

    def remarks(self):
        said = []
        if not self.options.every:
            said.append(
                "The traces do not say when a conversation began: all begin "
                "at 0 here. Play them with sessions=N users, or let them "
                "begin one after the other with --every=SECONDS.")
        if self.counted("sub-agents"):
            how = {"apart": "sessions of their own, which do not wait for "
                   "their conversation, nor it for them",
                   "inline": "in their conversation's session",
                   "none": "left out"}[self.options.sub_agents]
            clock = "their own" if self.relative else "the conversation's"
            said.append(f"{self.counted('sub-agents'):,} sub-agents are {how}"
                        f"; their times count from {clock} start.")
        if self.counted("without ids"):
            said.append(f"{self.counted('without ids'):,} requests have no "
                        "hash_ids: their blocks are taken for new ones.")
        return said


def _part(fields, number, members):
    """One of the requests of @fields."""
    return Fields(fields.source, fields.line, members,
                  f"{fields.where}{'.' if fields.where else ''}"
                  f"requests[{number}]")


def _is_sub_agent(part):
    return "requests" in part.members or \
        part.members.get("type") == "subagent"


def _is_relative(fields):
    """
    Whether a request of a sub-agent would come before the sub-agent begins if
    its time counted from the conversation's start.
    """
    for number, members in enumerate(fields.objects("requests", [])):
        part = _part(fields, number, members)
        if not _is_sub_agent(part):
            continue
        marker = part.number("t")
        for at, inner in enumerate(part.objects("requests", [])):
            if _part(part, at, inner).number("t") < marker - _EPSILON:
                return True
        if _is_relative(part):
            return True
    return False
