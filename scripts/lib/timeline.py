"""fio's logs as figures over time: [(seconds, figure)], a step for each."""

STEPS = 150


def end_of(logs):
    return max((log.end for log in logs), default=0)


def step_of(end):
    """Seconds of a step; fio's clock in logs has milliseconds."""
    return max(end / STEPS, 0.01)


def _points(totals, step):
    """Steps in which nothing happened count, too."""
    last = max(totals, default=-1)
    return [((at + 0.5) * step, totals.get(at, 0)) for at in range(last + 1)]


def _spread(totals, begin, end, rate, step):
    """Adds @rate times its part of each step between @begin and @end."""
    at = int(begin / step)
    while at * step < end:
        part = min(end, (at + 1) * step) - max(begin, at * step)
        totals[at] = totals.get(at, 0) + rate * part / step
        at += 1


def throughput(logs, direction, end):
    """Bytes a second of all @logs together."""
    totals, step = {}, step_of(end)
    for log in logs:
        before = 0
        window = float(log.job.options.get("log_avg_msec", 500)) / 1e3 \
            if log.job else 0.5
        for each in log.of(direction):
            if log.per_io:
                at = int(each.seconds / step)
                totals[at] = totals.get(at, 0) + each.bytes / step
            else:
                begin = max(before, each.seconds - 1.5 * window)
                _spread(totals, begin, each.seconds, each.value, step)
            before = each.seconds
    return _points(totals, step)


def rate(moments, end):
    """How often a second, from [(seconds, how often)]."""
    totals, step = {}, step_of(end)
    for seconds, number in moments:
        at = int(seconds / step)
        totals[at] = totals.get(at, 0) + number / step
    return _points(totals, step)


def quantile(log, direction, share, end):
    """Nanoseconds that @share of the samples of a step stay below."""
    if not log.per_io:
        return [(each.seconds, each.value) for each in log.of(direction)]
    parts, step = {}, step_of(end)
    for each in log.of(direction):
        parts.setdefault(int(each.seconds / step), []).append(each.value)
    return [((at + 0.5) * step, _quantile(sorted(parts[at]), share))
            for at in sorted(parts)]


def _quantile(values, share):
    return values[min(int(share * len(values)), len(values) - 1)]
