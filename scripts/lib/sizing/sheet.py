"""The page of mooncake-size."""

import html
import itertools

import axis
import page
import plot
import units

from sizing import traffic
from sizing.answers import limit as limit_of

_TILES = (("capacity", "capacity"), ("hit_rate", "hit rate"),
          ("times", "the trace's traffic"), ("users", "users"),
          ("load.p99", "P99 of loads"),
          ("beaten", "of loads beat computing"), ("life", "life"),
          ("saved", "saved an hour"), ("cost.saved", "cost of a GPU hour saved"))


def _tiles(answers):
    parts = [f'<div class="tile"><b>{html.escape(answers.words(key))}</b>'
             f"{html.escape(label)}</div>"
             for key, label in _TILES if answers.words(key)]
    return f'<div class="tiles">{"".join(parts)}</div>'


def _table(answers):
    """All figures; the number behind one is that of its command."""
    commands, rows = [], []
    for section, members in itertools.groupby(
            answers, lambda answer: answer.section):
        rows.append(f'<tr class="section"><th colspan="3">'
                    f"{html.escape(section)}</th></tr>")
        for each in members:
            if each.command not in commands:
                commands.append(each.command)
            number = commands.index(each.command) + 1
            rows.append(
                f'<tr><th scope="row">{page.labelled(each.label, each.note)}'
                "</th>"
                f'<td data-figure="{each.key}" data-value="{each.value}">'
                f"{html.escape(each.show(each.value))}</td>"
                f'<td><a href="#command{number}">{number}</a></td></tr>')
    head = '<thead><tr><th></th><th></th><th scope="col">command</th></tr>' \
        "</thead>"
    typed = "".join(f'<li id="command{number}"><pre>{html.escape(command)}'
                    "</pre></li>"
                    for number, command in enumerate(commands, 1))
    return (f'<div class="wide"><table>{head}<tbody>{"".join(rows)}</tbody>'
            f"</table></div><h2>Commands</h2><ol>{typed}</ol>")


def _figure(title, text, svg):
    return (f"<h2>{html.escape(title)}</h2><figure>{svg}<figcaption>"
            f"{html.escape(text)}</figcaption></figure>")


def _hit_rate(demand, answers):
    points = [(point["capacity_bytes"], 100 * point["hit_rate"])
              for point in _thinned(demand.curve)]
    size, rate = answers.value("capacity"), 100 * answers.value("hit_rate")
    series = [("lru", points, "steps", None),
              ("this page", [(size, 0), (size, rate)], "lines", 0)]
    settings = ["set xlabel 'capacity'", "set ylabel 'hit rate, %'",
                *axis.linear("y", max(y for _, y in points)),
                *axis.capacity("x", [x for x, _ in points] + [size]),
                "set rmargin 5"]
    title = "Hit rate by capacity"
    return _figure(title, "What mooncake-plan says of this trace, without I/O.",
                   plot.inline(series, settings, "curve", title))


def _thinned(curve, most=500):
    """At most so many points, closer where the capacity is small."""
    kept, last = [], 0
    for point in curve:
        size = point["capacity_bytes"]
        if size > last * (1 + 20 / most) or point is curve[-1]:
            kept.append(point)
            last = size
    return kept


def _saturation(state, options):
    ways = traffic.of(options)
    tried = sorted((ways.shown(int(load)), runs)
                   for load, runs in state["runs"].items() if runs)
    points = [(load, sorted(run["latency_ns"] for run in runs)
               [len(runs) // 2] / 1e9) for load, runs in tried]
    if len(points) < 2:
        return ""
    limit = state["answer"]["limit_ns"] / 1e9
    series = [(f"P{options.percentile:g} of loads", points, "linespoints"),
              (f"limit {options.latency}",
               [(points[0][0], limit), (points[-1][0], limit)])]
    # The limit is to lie off the frame.
    settings = [*axis.latency("y", [y for _, y in points] +
                              [0.99 * limit, 1.01 * limit]),
                *axis.logarithmic("x", [x for x, _ in points], units.plain),
                "set rmargin 5", f"set xlabel '{ways.axis}'"]
    title = f"Latency of loads by {ways.turned_up}"
    return _figure(title, "Each point is a run of mooncake-saturate.",
                   plot.inline(series, settings, "saturate", title))


def sentences(options, demand, answers, target):
    """The answer in words."""
    said = [f"A cache of {answers.words('capacity')} has a hit rate of "
            f"{answers.words('hit_rate')}; without bound it would be "
            f"{answers.words('endless')}."]
    ways = traffic.of(options)
    carried = answers.value(ways.key)
    if carried is not None:
        said.append(f"{target.path} " +
                    ways.sentence(carried, limit_of(options)))
    if answers.words("beaten"):
        said.append(f"{answers.words('beaten')} of its loads beat computing "
                    "their tokens again.")
    if answers.words("life"):
        said.append(f"{ways.at.capitalize()} the drive lasts "
                    f"{answers.words('life')}.")
    if answers.words("saved"):
        said.append(f"Its hits save {answers.words('saved')} an hour.")
    if not demand.span_s:
        said.append("The trace has no times, so nothing is known of wear "
                    "and traffic.")
    return said


def build(options, demand, answers, target, state, warnings):
    model = options.set.get("model") or \
        f"{demand.whole['options']['bytes_per_token']} bytes a token"
    title = f"How large, how fast, how long: {model}"
    where = f", {target.path}" if target else ""
    parts = [f"<h1>{html.escape(title)}</h1>",
             f'<p class="dim">{html.escape(options.trace + where)}, '
             f"{units.counted(demand.whole['requests'], 'request')}"
             f"{f', {traffic.of(options).at}' if options.users else ''}</p>"]
    parts += [f'<p class="warn">{html.escape(each)}</p>' for each in warnings]
    parts.append("<p>" + html.escape(" ".join(
        sentences(options, demand, answers, target))) + "</p>")
    parts.append(_tiles(answers))
    if plot.available():
        parts.append(_hit_rate(demand, answers))
        if state:
            parts.append(_saturation(state, options))
    else:
        parts.append(f'<p class="warn">{html.escape(plot.MISSING)}</p>')
    parts.append("<h2>All figures</h2>" + _table(answers))
    return page.document(title, parts, "figures",
                         {each.key: each.value for each in answers})
