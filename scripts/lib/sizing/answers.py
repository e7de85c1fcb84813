"""The figures of the page, each with the command that it is from."""

from collections import namedtuple

import units

from sizing import programs
from sizing.demand import SHARES

Answer = namedtuple("Answer", "section key label value show command note")

_DAY = 86400
_YEAR = 365.25 * _DAY


class Answers(list):
    def __init__(self):
        super().__init__()
        self.section = ""

    def add(self, key, label, value, show, command, note=""):
        if value is not None:
            self.append(Answer(self.section, key, label, value, show,
                               command, note))

    def value(self, key):
        return next((each.value for each in self if each.key == key), None)

    def words(self, key):
        found = next((each for each in self if each.key == key), None)
        return found and found.show(found.value)


def years(value):
    return f"{units.digits(value)} years"


def terabytes(value):
    return f"{units.digits(value / 1e12)} TB"


def gpu_seconds(value):
    return f"{units.digits(value)} GPU s"


def of_demand(out, demand, size, at):
    """The trace, and the cache of @size bytes. Returns its plan."""
    whole, command = demand.whole, programs.words(demand.command)
    out.section = "The trace"
    out.add("requests", "Requests", whole["requests"], units.count, command)
    out.add("span", "Time", demand.span_s or None, units.span, command)
    out.add("input", "Mean input tokens",
            whole["input_tokens"] / whole["requests"], units.count, command)
    out.add("block", "Bytes of a block", whole["slot_bytes"], units.size,
            command, f"of {demand.block_tokens} tokens")
    out.add("endless", "Hit rate without bound", whole["hit_rate"],
            units.share, command)

    out.section = "Capacity for a share of all hits"
    command = programs.words([*demand.curve_command, "--csv"])
    for share in SHARES:
        point = demand.reach(share)
        if point and whole["hits"]:
            out.add(f"reach.{share:g}", f"{share:.0%} of them",
                    point["capacity_bytes"], units.size, command,
                    f"hit rate {units.share(point['hit_rate'])}")

    out.section = "The cache of this page"
    plan, typed = demand.at(size)
    command = programs.words(typed)
    out.add("capacity", "Capacity", size, units.size, command)
    out.add("hit_rate", "Hit rate", plan["hit_rate"], units.share, command)
    if demand.span_s:
        for name, label in (("read", "Read"), ("write", "Written")):
            out.add(f"needs.{name}", f"{label} {at}",
                    plan[f"{name}_bytes"] / demand.span_s, units.bandwidth,
                    command, f"{name}_bytes / time")
    return plan


def limit(options):
    return f"P{options.percentile:g} of loads below {options.latency}"


def of_runs(out, measure, unpaced, found, paced):
    """What fio measured; each of the last three is (result, commands)."""
    out.section = "What the target gives"
    figures, commands = unpaced
    command = "\n".join(map(programs.words, commands))
    note = f"the first {units.count(measure.requests)} requests, one after " \
        "the other"
    out.add("drive.qps", "Requests a second", figures.get("qps"), units.rate,
            command, note)
    for name, label in (("read_bw", "Read"), ("write_bw", "Written")):
        out.add(f"drive.{name}", label, figures.get(name), units.bandwidth,
                command, note)
    state, typed = found
    command = programs.words(typed)
    traffic = measure.traffic
    traffic.answers(out, state, command, limit(measure.options))
    if not paced:
        return
    figures, commands = paced
    command = "\n".join(map(programs.words, commands))
    _, note = traffic.paced(traffic.carried(state))
    out.add("loads", "Loads", figures.get("load.samples"), units.count,
            command, note)
    for percent in ("50", "99"):
        out.add(f"load.p{percent}", f"P{percent} of loads",
                figures.get(f"load.p{percent}"), units.nanoseconds, command,
                note)
    out.add("beaten", "Loads that beat computing again",
            figures.get("prefill.beaten"), units.share, command, note)


def of_money(out, options, demand, plan, traffic):
    """Wear, what is saved, and what that costs."""
    if not demand.span_s:
        return
    out.section = "Wear, savings, cost"
    _, typed = demand.at(out.value("capacity"))
    command = programs.words(typed)
    a_second = plan["write_bytes"] / demand.span_s
    out.add("a_day", f"Written a day {traffic.at}", a_second * _DAY, terabytes,
            command, "terabytes_written_a_day")
    life = saved = None
    if options.tbw and a_second:
        life = options.tbw * 1e12 / a_second / _YEAR
        out.add("life", "Life of the drive", life, years, command,
                f"{options.tbw:g} TB / written a day / 365.25; what the "
                "drive itself writes besides is not in it")
        carried = out.value(traffic.key)
        if carried:
            most, typed = traffic.most_written(
                demand, out.value("capacity"), a_second, carried)
            out.add("life.most", "Life at the most traffic that it carries",
                    options.tbw * 1e12 / most / _YEAR, years,
                    programs.words(typed) if typed else command,
                    "as above, with what is written then")
    if options.prefill_rate:
        saved = plan["hits"] * demand.block_tokens / options.prefill_rate \
            / demand.span_s * 3600
        out.add("saved", "GPU time saved an hour", saved, gpu_seconds,
                command, "hits x tokens of a block / "
                f"{options.prefill_rate:g} tokens/s / time; at most, for a "
                "last block may be partly filled")
    if options.price and life:
        out.add("cost", "Cost of the drive a year", options.price / life,
                units.digits, command, "price / life")
        if saved:
            hours = saved / 3600 * life * _YEAR / 3600
            out.add("cost.saved", "Cost of a GPU hour saved",
                    options.price / hours, units.digits, command,
                    "price / (GPU hours saved in its life)")
