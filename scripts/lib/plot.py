"""Plots by gnuplot, as SVG that takes its colours from the page."""

import html
import re
import shutil
import subprocess

from cli import Error

# Each can be told from a white page and from a dark one.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#7c8a99",
           "#8b5cf6", "#dc2626")
# The page's style has a brighter one for a dark page.
HEAT = 0x0072b2
MISSING = "gnuplot is not installed (Debian: gnuplot-nox): no plots"


def available():
    return shutil.which("gnuplot") is not None


def quote(text):
    """A gnuplot string in which nothing is expanded."""
    return "'" + str(text).replace("'", "''").replace("\n", " ") + "'"


def _run(script):
    process = subprocess.run(["gnuplot"], input=script, text=True,
                             capture_output=True, check=False)
    if process.returncode:
        raise Error(f"gnuplot failed: {process.stderr.strip()}")
    return process.stdout


def _colour(number):
    return "black" if number is None else COLOURS[number % len(COLOURS)]


def _dashes(number):
    """Where there are more series than colours."""
    rounds = (number or 0) // len(COLOURS)
    return f" dt {1 + rounds}" if rounds else ""


def _complete(series):
    """[(title, points, style, number of the colour)]"""
    return [(title, points, *more, *("lines", number)[len(more):])
            for number, (title, points, *more) in enumerate(series)]


def _body(series, settings):
    lines = ["set termoption noenhanced", "set grid", *settings]
    plots = []
    for number, (title, points, style, colour) in enumerate(
            _complete(series)):
        lines.append(f"$d{number} << EOD")
        lines += [" ".join(f"{value:.12g}" for value in point)
                  for point in points]
        lines.append("EOD")
        if " lc " not in style:
            style += f" lw 2 lc rgb '{_colour(colour)}'{_dashes(colour)}"
        plots.append(f"$d{number} with {style} title {quote(title)}")
    lines.append("plot " + ", ".join(plots))
    return "\n".join(lines) + "\n"


def svg(series, settings, name="plot", size=(760, 400)):
    """
    @series is [(title, [(x, y)...], style, number of its colour)], the last
    two if not lines in the next colour, where None is that of the page's text;
    @settings are lines of gnuplot's language.
    """
    head = (f"set term svg size {size[0]},{size[1]} dynamic "
            f"font 'sans-serif,13' name {quote(name)}\n")
    return _run(head + _body(series, settings))


def _inner(series, settings, name, label, size):
    text = svg(series, [*settings, "set key off"], name, size)
    text = text[text.index("<svg"):]
    if not any("points" in style for _, _, style, _ in _complete(series)):
        text = re.sub(r"<defs>.*?</defs>", "", text, count=1, flags=re.S)
    text = re.sub(r"<title>.*?</title>\s*<desc>.*?</desc>", "", text,
                  count=1, flags=re.S)
    text = text.replace('id="gnuplot_canvas"', "")
    text = re.sub(r"rgb\( *0, *0, *0\)", "black", text)
    if any(style.endswith("variable") for _, _, style, _ in _complete(series)):
        text = re.sub(r"fill = 'rgb\( *%d, *%d, *%d\)'" % tuple(
            HEAT.to_bytes(3, "big")), "class=heat", text)
    for number, (title, *_) in enumerate(series, 1):
        text = text.replace(f"<title>{name}_plot_{number}</title>",
                            f"<title>{html.escape(title)}</title>", 1)
    return text.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


def _legend(entries):
    """In the page, where it can't lie over anything and breaks into lines."""
    items = "".join(
        f'<li><i style="border-top:.25rem {line} '
        f'{"currentColor" if colour == "black" else colour}"></i>'
        f"{html.escape(title)}</li>"
        for title, colour, line in entries if title)
    return f'<ul class="legend">{items}</ul>' if items else ""


def inline(series, settings, name, label, more=(), narrow=()):
    """
    HTML to stand in a page: a legend, @more [(text, colour)] in it of what is
    drawn with dashes, and the plot twice, for wide and for narrow pages, which have the settings @narrow
    as well: the style shows one of them.
    """
    entries = [(title, _colour(number), "dashed" if _dashes(number) else
                "solid") for title, _, _, number in _complete(series)]
    entries += [(*each, "dashed") for each in more]
    label = html.escape(label)
    return (_legend(entries) + '<div class="wide-plot">' +
            _inner(series, settings, name, label, (760, 380)) +
            '</div><div class="narrow-plot">' +
            _inner(series, [*settings, *narrow], name + "n", label,
                   (370, 300)) + "</div>")


def dumb(series, settings, size=(76, 20)):
    """A plot in letters, for a terminal."""
    return _run(f"set term dumb mono size {size[0]},{size[1]}\n" +
                _body(series, settings))


def standalone(text):
    """An SVG file of its own that can be read on light and dark."""
    style = ("<style>:root{color-scheme:light dark;background:#fff;--fg:#222}"
             "@media(prefers-color-scheme:dark)"
             "{:root{background:#15181c;--fg:#ddd}}"
             "[stroke=black]{stroke:var(--fg)}[fill=black]{fill:var(--fg)}"
             "[color=black]{color:var(--fg)}</style>")
    return text.replace("<g id=", style + "\n<g id=", 1)
