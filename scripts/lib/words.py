"""The answer of a run in words."""

import figures
import units


def answer(run, found):
    """Sentences, the one that matters most first."""
    value = {each.key: each.value for each in found}

    def time(key):
        return units.nanoseconds(value[key])

    said = []
    for kind, what in (("load", "a request waits for its cached prefix"),
                       ("request", "a request's reads and writes take")):
        if value.get(f"{kind}.p50") and value.get(f"{kind}.p99"):
            said.append(f"Half of the time {what} less than "
                        f"{time(f'{kind}.p50')}, 99 times in 100 less than "
                        f"{time(f'{kind}.p99')}.")
            break
    if value.get("qps"):
        rate = units.digits(value["qps"])
        said.append(f"At the pace of their arrivals, {rate} requests a second "
                    "were served." if run.plan and run.plan.paced_seconds else
                    f"The target carried {rate} requests a second.")
    if value.get("hit_rate") is not None:
        said.append(f"{units.share(value['hit_rate'])} of the lookups hit.")
    if value.get("read_bytes") or value.get("write_bytes"):
        said.append(f"It read {units.size(value['read_bytes'])} at "
                    f"{units.bandwidth(value['read_bw'])} and wrote "
                    f"{units.size(value['write_bytes'])} at "
                    f"{units.bandwidth(value['write_bw'])}.")
        if run.option("direct", "0") == "0":
            said.append("It went through the page cache (direct=0): memory "
                        "may have answered in place of the drive.")
    else:
        said.append("No block was read or written.")
    return said


def _pace(options):
    if str(options.get("replay_no_stall", "0")) != "0":
        return "as fast as it goes"
    times = float(options.get("replay_time_scale") or 100) / 100
    return "at its own pace" if times == 1 else f"at {times:g} times its pace"


def workload(run):
    """What the figures are of: trace, bytes of a token, capacity, pace."""
    options = dict(run.plan.options if run.plan else {})
    options = {**options, **(run.blocks[0].options if run.blocks else {})}
    trace = options.get("trace")
    if not trace:
        return ""
    model = options.get("model")
    token = str(options.get("bytes_per_token") or 2048)
    number = units.parse_size(token)
    shape = f"model {model}" if model else \
        f"{units.count(number) if number else token} bytes a token, no real " \
        "model's"
    block = f", blocks of {units.size(run.plan.block_bytes)}" \
        if run.plan and run.plan.block_bytes else ""
    return f"{trace}, {shape}{block}, {_pace(options)}"


def answer_of(run):
    return answer(run, figures.collect(run, run.plan))
