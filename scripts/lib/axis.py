"""Lines of gnuplot's language for axes on which no label stands twice."""

import math

import units
from plot import quote

# More labels than this stand too close on a phone.
_MOST_ABOVE = 8         # of each other
_MOST_BESIDE = 5


def _labelled(axis, places, show):
    """
    A label at each of @places, from the first to the last. The range is a
    little wider: gnuplot may lose a label that is right at its end.
    """
    labels = ", ".join(f"{quote(show(at))} {at:.9g}" for at in places)
    return (f"set {axis}tics ({labels})",
            f"set {axis}range [{places[0] * (1 - 1e-9):.12g}:"
            f"{places[-1] * (1 + 1e-9):.12g}]")


def _steps(most, labels):
    """Places from 0 to above @most, 1, 2 or 5 apart, at most so many."""
    decade = 10.0 ** math.floor(math.log10(most or 1))
    step = next(decade * part for part in (0.1, 0.2, 0.5, 1, 2)
                if most / (decade * part) <= labels)
    count = max(1, math.ceil(most / step * (1 - 1e-9)))
    return [step * at for at in range(count + 1)]


def linear(axis, most):
    """From 0 to what holds @most."""
    labels = _MOST_BESIDE if axis == "x" else _MOST_ABOVE
    return _labelled(axis, _steps(most, labels), units.plain)


def time(end):
    """Seconds of a run, which ends with the plot."""
    tics, _ = _labelled("x", _steps(end, _MOST_BESIDE), units.plain)
    return ("set xlabel 'seconds'", tics, f"set xrange [0:{end or 1:.9g}]")


def logarithmic(axis, values, show):
    """From a round one below all @values to one above."""
    low, high = min(values), max(values)
    first = math.floor(math.log10(low))
    last = math.ceil(math.log10(high) + 1e-9)
    parts = (1,) if last - first > 2 else (1, 2, 5)
    places = [part * 10.0 ** decade for decade in range(first, last)
              for part in parts] + [10.0 ** last]
    begin = max(number for number, at in enumerate(places)
                if at <= low * (1 + 1e-9) or not number)
    end = min(number for number, at in enumerate(places)
              if at >= high * (1 - 1e-9) and number > begin)
    return (f"set logscale {axis}",
            *_labelled(axis, places[begin:end + 1], show))


def latency(axis, values):
    return logarithmic(axis, values, units.plain_seconds)


def capacity(axis, values):
    """Bytes, from the least to the most; a label each few powers of two."""
    low, high = min(values), max(values)
    first, last = math.ceil(math.log2(low)), math.floor(math.log2(high))
    apart = max(1, math.ceil((last - first) / (_MOST_BESIDE - 1)))
    places = [2.0 ** at for at in range(first, last + 1, apart)]
    tics, _ = _labelled(axis, places or [low], units.plain_size)
    return (f"set logscale {axis} 2", tics,
            f"set {axis}range [{low:.9g}:{max(1.2 * high, 2 * low):.9g}]")
