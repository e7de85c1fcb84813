"""Things measured in turn, and what is made of their figures."""

import statistics
from collections import namedtuple

import units

Spread = namedtuple("Spread", "median low high")


def in_turn(rounds, things):
    """
    Calls each of @things, a dictionary of functions, once a round, beginning
    with another one each time: what slows the machine for a while slows all.
    """
    names = list(things)
    results = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            results[name].append(things[name]())
    return results


def spread(values):
    values = list(values)
    return Spread(statistics.median(values), min(values), max(values))


def ratios(results, one, other, figure):
    """@figure of @one over that of @other in the same round."""
    return spread(figure(a) / figure(b)
                  for a, b in zip(results[one], results[other]))


def show(values, how=units.digits):
    """Median, lowest and highest."""
    return f"{how(values.median)} ({how(values.low)} to {how(values.high)})"


def show_ratio(values):
    return show(values, lambda value: f"{value:.3f}")
