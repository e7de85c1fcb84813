"""What is turned up until a target fails: the pace of a trace, or its users."""

import units


def times(value):
    return f"{units.digits(value)} times"


class Pace:
    """Requests arrive as stamped, so many times as fast."""

    key = "times"
    turned_up = "traffic"
    at = "at the trace's pace"
    search = "at paces of its choice"
    axis = "times the traffic of the trace"
    arguments = ()

    def shown(self, load):
        return load / 100

    def carried(self, state):
        return min(state["answer"]["times"] or 0, self._throughput(state))

    @staticmethod
    def _throughput(state):
        """
        How many times the traffic the fastest of all runs got through. A run
        of few requests may keep its loads short beyond that, since stores
        wait.
        """
        fastest = min([state["trace"]["unpaced_s"], *(
            run["wall_s"] for runs in state["runs"].values()
            for run in runs)])
        return state["trace"]["span_s"] / fastest

    def answers(self, out, state, command, limit):
        trace, carried = state["trace"], self.carried(state)
        out.add("times.latency", "Times the traffic, by latency",
                state["answer"]["times"] or 0, times, command, limit)
        out.add("times.pace", "Times the traffic, by throughput",
                self._throughput(state), times, command, "time of these "
                "requests / time of the fastest run: beyond, work piles up")
        out.add("times", "Times the traffic", carried, times, command,
                "the less of the two")
        if carried:
            out.add("rate", "Requests a second that it carries",
                    trace["requests"] / trace["span_s"] * carried, units.rate,
                    command, "requests / time x times the traffic")

    def paced(self, carried):
        """(options of a run that the target carries, that in words)"""
        scale = max(1, min(100, round(carried * 100)))
        return {"replay_time_scale": scale, "arrivals": "spread"}, \
            self.at if scale == 100 else \
            f"at {scale / 100:g} times the trace's pace, which it carries"

    def seconds(self, span_s, carried):
        """How long such a run takes."""
        return span_s / min(1, max(carried, 0.01))

    def search_seconds(self, span_s):
        """How long a search waits for arrivals: hardly, it turns the pace up."""
        del span_s
        return 0

    def most_written(self, demand, size, a_second, carried):
        """(bytes a second at the most it carries, command if it has one)"""
        del demand, size
        return a_second * carried, None

    def sentence(self, carried, limit):
        if not carried:
            return "does not carry the traffic of the trace, nor a " \
                f"hundredth of it, with {limit}."
        return f"carries {times(carried)} the traffic of the trace with " \
            f"{limit}."


class Users:
    """Each of @users asks again a while after he was answered."""

    key = turned_up = "users"
    search = "with as many users as it chooses"
    axis = "users"

    def __init__(self, users):
        self.users = users
        self.at = f"with {units.counted(users, 'user')}"
        self.arguments = ("--users", "--start", str(users))

    def shown(self, load):
        return load

    def carried(self, state):
        return state["answer"]["users"] or 0

    def answers(self, out, state, command, limit):
        carried = self.carried(state)
        note = limit
        if state["answer"]["fails_at"] is None:
            note += "; it held with as many as there are sessions in these " \
                "requests: a larger --run-bytes may find more"
        out.add("users", "Users", carried, units.count, command, note)
        if carried:
            walls = sorted(run["wall_s"]
                           for run in state["runs"][str(carried)])
            out.add("rate", "Requests a second with so many",
                    state["trace"]["requests"] / walls[len(walls) // 2],
                    units.rate, command)

    def paced(self, carried):
        users = min(self.users, carried)
        return {"sessions": users}, self.at if users == self.users else \
            f"with {units.counted(users, 'user')}, which it carries"

    def seconds(self, span_s, carried):
        return span_s * self.users / min(self.users, carried)

    def search_seconds(self, span_s):
        """It begins with as many, and doubles."""
        return 2 * span_s

    def most_written(self, demand, size, a_second, carried):
        del a_second
        plan, command = demand.at(size, carried)
        return plan["write_bytes"] / (plan["span_ms"] / 1e3), command

    def sentence(self, carried, limit):
        if not carried:
            return f"does not carry a single user with {limit}."
        return f"carries {units.counted(carried, 'user')} with {limit}."


def of(options):
    return Users(options.users) if options.users else Pace()
