"""Numbers as people read them, and back."""

import re

_TIMES = (("s", 1e9), ("ms", 1e6), ("us", 1e3), ("ns", 1.0))


def digits(value):
    """
    Four significant digits, below 1 three, below 0.1 without zeros at the
    end, never in exponent form.
    """
    if value == 0:
        return "0"
    magnitude = abs(value)
    places = 3
    while magnitude >= 10 and places > 0:
        magnitude /= 10
        places -= 1
    while magnitude < 0.1 and places < 9:
        magnitude *= 10
        places += 1
    text_ = f"{value:,.{places}f}"
    return text_.rstrip("0") if places > 3 else text_


def count(value):
    return f"{value:,.0f}"


def counted(value, noun):
    """'1 request', '2 requests'."""
    return f"{count(value)} {noun}{'' if value == 1 else 's'}"


def nanoseconds(value):
    for unit, size in _TIMES:
        if value >= size:
            return f"{digits(value / size)} {unit}"
    return f"{digits(value)} ns"


def time_scale(most):
    """(size, name) of the unit in which to show up to @most nanoseconds."""
    unit, size_ = next((each for each in _TIMES if most >= each[1]),
                       _TIMES[-1])
    return size_, unit


def seconds(value):
    return f"{digits(value)} s"


def span(value):
    """Seconds in the two largest units that they fill: '58 min 57 s'."""
    if value < 60:
        return seconds(value)
    whole, parts = round(value), []
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        part, whole = divmod(whole, length)
        if part:
            parts.append(f"{part} {unit}")
    return " ".join(parts[:2])


def size(value):
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{count(value) if unit == 'B' else digits(value)} {unit}"
        value /= 1024
    return f"{digits(value)} TiB"


def scale(most):
    """(size, name) of the unit in which to show numbers up to @most bytes."""
    unit, size_ = "B", 1
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if most < 1024 * size_:
            break
        unit, size_ = larger, 1024 * size_
    return size_, unit


def bandwidth(value):
    return size(value) + "/s"


def share(value):
    return f"{100 * value:.2f}%"


def percent(value):
    """A share that is known to no more than a percent."""
    return f"{100 * value:.0f}%"


def plain(value):
    """As short as it can be said."""
    return f"{value:,.9g}"


def plain_seconds(value):
    """'200 us'"""
    unit, size_ = next(((unit, size_) for unit, size_ in _TIMES
                        if value * 1e9 >= size_ * 0.999999), _TIMES[-1])
    return f"{plain(round(value * 1e9 / size_, 6))} {unit}"


def plain_size(value):
    """'64 GiB'"""
    size_, unit = scale(value)
    return f"{plain(round(value / size_, 6))} {unit}"


def rate(value):
    return f"{digits(value)}/s"


def text(value):
    return str(value)


def parse_time(string):
    """'200ms' in nanoseconds; the unit is required."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ns|us|ms|s)", string.strip())
    if not match:
        raise ValueError(f"'{string}' is no time: write a number and ns, us, "
                         "ms or s, such as 200ms")
    return float(match[1]) * dict(_TIMES)[match[2]]


def parse_size(string):
    """As fio takes it: '2k' is 2048, '2KiB' 2000; None if it is no number."""
    match = re.fullmatch(r"(\d+)(?:([kmgtp]?)b?|([kmgtp])ib)",
                         string.strip().lower())
    if not match:
        return None
    power = ("", *"kmgtp").index(match[2] or match[3] or "")
    return int(match[1]) * (1000 if match[3] else 1024) ** power


_SPANS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "ms": 1e-3,
          "us": 1e-6}


def parse_duration(string):
    """'30' or '2m' as fio takes them, in seconds; None if it is no time."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", string.lower())
    if not match or match[2] not in _SPANS:
        return None
    return float(match[1]) * _SPANS[match[2]]


def duration(seconds_):
    """'58 min 57 s'"""
    whole = round(seconds_)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
