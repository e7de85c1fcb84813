"""
What mooncake-saturate turns up: times of a trace's traffic, or users of a
closed loop. A load is a whole number that fio's jobs are given.
"""

import math

import units


class Times:
    """Percent of the trace's pace: replay_time_scale."""

    option = "replay_time_scale"
    column = "times"
    axis = "times the traffic of the trace"
    smallest, least, most = 0.01, 0.01, 1000.0

    def number(self, given):
        return given * 100

    def most_of(self, run):
        """The largest load that makes sense, by what a run of the trace showed."""
        del run
        return math.inf

    def bound(self, load, run):
        """What was the highest load, in words, where the limit held at all."""
        del load, run
        return "--max, the largest multiple tried"

    def shown(self, load):
        return load / 100

    def settings(self, load):
        return {"arrivals": "spread", "replay_no_stall": "0",
                self.option: str(load)}

    def first(self, trace):
        """The load to try first: what a run without waiting reaches."""
        return trace["span_s"] / trace["unpaced_s"] * 100

    def name(self, load):
        return f"{load / 100:g} times"

    def expected(self, load, trace):
        return f", at least {trace['span_s'] * 100 / load:.0f} s"

    def carries(self, load, trace, rate):
        del rate
        rate = trace["requests"] / trace["span_s"] * load / 100
        return (f"{load / 100:g} times the traffic of the trace, "
                f"{units.rate(rate)} requests,")

    def fails(self, load):
        return f"at {load / 100:g} times it fails"

    def refused(self, load):
        return f"the traffic of the trace, not even {load / 100:g} times of it"


class Users:
    """Users who play the trace's sessions: sessions=."""

    option = "sessions"
    column = "users"
    axis = "users"
    smallest, least, most = 1, 1, 1024

    def number(self, given):
        return given

    def most_of(self, run):
        return run["sessions"]

    def bound(self, load, run):
        if load == self.most_of(run):
            return "a user for each session that the trace has"
        return "--max, the largest number tried"

    def shown(self, load):
        return load

    def settings(self, load):
        return {"replay_no_stall": "0", self.option: str(load)}

    def first(self, trace):
        del trace
        return 1

    def name(self, load):
        return f"{load} user{'s' if load > 1 else ''}"

    def expected(self, load, trace):
        del load, trace
        return ""

    def carries(self, load, trace, rate):
        del trace
        return f"{self.name(load)}, {units.rate(rate)} requests,"

    def fails(self, load):
        return f"with {self.name(load)} it fails"

    def refused(self, load):
        return f"even {self.name(load)} of the trace's sessions"


def bounds(load, options):
    """Smallest and largest load to try."""
    return (math.ceil(load.number(options.min)),
            math.floor(load.number(options.max)))
