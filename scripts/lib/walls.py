"""
Which jobs of fio's JSON ran after which: a stonewall parts what it stands
between into runs of their own.
"""

# Set-up, reaping and rounding: fio gives the time of all in whole seconds.
_SLACK_SECONDS = 3


def _option_says(job):
    """True or False, or None where the JSON can't tell."""
    if job.walled is not None:
        return job.walled
    said = [job.options[name] for name in ("stonewall", "wait_for_previous")
            if name in job.options]
    return any(each != "0" for each in said) if said else None


class _Boundary:
    """The first job of a section that begins a reporting group."""

    def __init__(self, at, jobs):
        self.at = at
        self.job = jobs[at]
        self.walled = _option_says(self.job)
        if self.walled is None and not self._may_be_bare(jobs[at - 1]):
            self.walled = False
        if not any(each.is_replay for each in jobs[:at]):
            self.walled = True      # what is no replay is left out anyway

    def _may_be_bare(self, before):
        """
        Only stonewall and new_group begin a reporting group. fio 3.33 leaves
        out options without a value, so a group that no option accounts for
        was begun by one of them. An observer has no need of a wall.
        """
        return self.job.raw.get("groupid") != before.raw.get("groupid") and \
            "new_group" not in self.job.own_options and \
            self.job.is_replay and self.job.observe == "none"


def _boundaries(jobs):
    """A clone repeats its section's options, so only the first counts."""
    return [_Boundary(at, jobs) for at in range(1, len(jobs))
            if jobs[at].name != jobs[at - 1].name]


def _groups(jobs, boundaries):
    cuts = [0, *(each.at for each in boundaries if each.walled), len(jobs)]
    return [jobs[begin:end] for begin, end in zip(cuts, cuts[1:])]


def _span(group):
    return max((job.seconds for job in group), default=0)


def _by_start(jobs, boundary):
    """Newer releases say when each job started, in milliseconds."""
    starts = [job.raw.get("job_start") for job in jobs]
    if None in starts:
        return None
    ends = [start + job.raw.get("job_runtime", 0)
            for start, job in zip(starts, jobs)]
    return starts[boundary.at] >= max(ends[:boundary.at]) - 1


def _by_elapsed(jobs, boundaries, unknown):
    """
    Whether all of @unknown are walls: one after the other they take the
    whole time that fio ran, beside each other they can't.
    """
    elapsed = max((job.raw.get("elapsed", 0) for job in jobs), default=0)
    if not elapsed:
        return None
    beside = sum(map(_span, _groups(jobs, boundaries)))
    for each in unknown:
        each.walled = True
    after = sum(map(_span, _groups(jobs, boundaries)))
    for each in unknown:
        each.walled = None
    if after > elapsed:
        return False
    if beside < elapsed - _SLACK_SECONDS:
        return True
    return None


def _split_host(jobs):
    """(groups of jobs that ran at one time, names that are in doubt)."""
    boundaries = _boundaries(jobs)
    unknown = [each for each in boundaries if each.walled is None]
    for each in unknown:
        each.walled = _by_start(jobs, each)
    unknown = [each for each in unknown if each.walled is None]
    doubt = []
    if unknown:
        walled = _by_elapsed(jobs, boundaries, unknown)
        if walled is None:
            doubt = [each.job.name for each in unknown]
        for each in unknown:
            each.walled = walled is not False
    return _groups(jobs, boundaries), doubt


def split(jobs):
    """
    (lists of jobs that ran at one time, what is to be said about it). The
    first groups of all hosts are one, and so on.
    """
    hosts = {}
    for job in jobs:
        hosts.setdefault(job.host, []).append(job)
    together, doubts = [], {}
    for own in hosts.values():
        groups, doubt = _split_host(own)
        doubts.update(dict.fromkeys(doubt))
        for number, group in enumerate(groups):
            if number == len(together):
                together.append([])
            together[number] += group
    return together, [
        f"job {name} is shown as a run of its own, but it may have run beside "
        "the jobs before it: fio's JSON leaves out options without a value. "
        "Write stonewall=1 or new_group=1 in the job file, or give it as --job"
        for name in doubts]
