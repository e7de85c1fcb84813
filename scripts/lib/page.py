"""The report as one HTML page that needs nothing else."""

import html
import json

import compare
import measured
import table
import words

_STYLE = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2126;--dim:#5c6670;
--line:#d8dde2;--card:#f4f6f8;--warn:#8a4b00;--warnbg:#fff4e0;
--heat:#0072b2}
@media(prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e3e7eb;
--dim:#98a2ac;--line:#333a41;--card:#1d2226;--warn:#ffc875;--warnbg:#33270f;
--heat:#7cc4f0}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1rem;background:var(--bg);
color:var(--fg);font:16px/1.45 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:.3rem 0}h2{font-size:1.15rem;margin:1.8rem 0 .5rem}
.dim,figcaption{color:var(--dim);font-size:.85rem}
.warn{background:var(--warnbg);color:var(--warn);padding:.5rem .8rem;
border-radius:.4rem;margin:.4rem 0}.warn ul{margin:.3rem 0;padding-left:1.2rem}
.failed{background:#b3261e;color:#fff;padding:.5rem .8rem;
border-radius:.4rem;margin:.4rem 0;font-weight:600}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));
gap:.6rem;margin:.8rem 0}
.tile{background:var(--card);border-radius:.5rem;padding:.6rem .8rem}
.tile b{display:block;font-size:1.2rem;font-weight:600;white-space:nowrap}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .6rem;border-bottom:1px solid var(--line);
text-align:right;white-space:nowrap}
th:first-child{text-align:left}pre{white-space:pre-wrap}
tbody th{font-weight:400;white-space:normal;min-width:9rem;
position:sticky;left:0;background:var(--bg)}
tr.section th{font-weight:600;padding-top:.9rem}
thead th{white-space:normal;overflow-wrap:anywhere;min-width:6rem}
.cards th,.cards td{padding:.25rem .4rem;font-size:.85rem}
.cards thead th{min-width:0;overflow-wrap:normal;vertical-align:bottom}
.cards tbody th{white-space:nowrap}
figure{margin:0 0 1rem}svg{width:100%;height:auto;display:block}
svg [stroke=black]{stroke:var(--fg)}svg [fill=black]{fill:var(--fg)}
svg [color=black]{color:var(--fg)}svg [stroke=gray]{stroke:var(--line)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;
font-size:.9rem}dd{margin:0;overflow-wrap:anywhere}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;padding:0;
margin:0 0 .3rem;font-size:.85rem}
.legend i{display:inline-block;width:1.1rem;vertical-align:middle;
margin-right:.4rem}
svg .heat{fill:var(--heat)}
.narrow-plot{display:none}
.answer{font-size:1.1rem;margin:.6rem 0}.answer b{font-weight:600}
td.best{font-weight:600}td small,th small{color:var(--dim);font-weight:400}
th small{margin-left:.4rem}
@media(max-width:34rem){body{padding:.6rem;font-size:15px}
th,td{padding:.2rem .35rem}ol{padding-left:1.4rem}
th small{margin-left:0;display:block}dl{grid-template-columns:1fr}
dd{margin-bottom:.4rem}
.wide-plot{display:none}.narrow-plot{display:block}
.cards,.cards tbody{display:block}.cards thead{display:none}
.cards tr{display:grid;grid-template-columns:repeat(3,1fr);
border-bottom:1px solid var(--line)}
.cards th,.cards td{border:0}.cards tbody th{grid-column:1/-1;font-weight:600}
.cards td{text-align:left}.cards td::before{content:attr(data-label);
display:block;color:var(--dim);font-size:.9em}
.several,.several thead,.several tbody{display:block}
.several tr{display:grid;border-bottom:1px solid var(--line);
grid-template-columns:repeat(var(--runs),minmax(5.2rem,1fr))}
.several th,.several td{border:0;font-size:.9em;white-space:normal}
.several tbody th{grid-column:1/-1;justify-self:start;padding-bottom:0}
.several thead th:first-child{display:none}
.several thead{position:sticky;top:0;background:var(--bg);z-index:1}
.several thead th{text-align:right;min-width:0}
.several td small{display:block}
.several tbody th{max-width:calc(100vw - 1.5rem)}}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--dim:#444;
--line:#bbb;--card:#f2f2f2;--warn:#8a4b00;--warnbg:#fff4e0;
--heat:#0072b2}body{max-width:none;font-size:10.5pt}
h2,h3,.legend,tr.section{break-after:avoid}figure,tr,.tile{break-inside:avoid}
.wide{overflow:visible}.several td small{display:block}
tbody th{position:static}
.wide-plot{display:block}.narrow-plot{display:none}
details:not([open]){display:none}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""

_TILES = (("qps", "requests a second"), ("hit_rate", "hit rate"),
          ("load.p99", "P99 load latency"),
          ("request.p99", "P99 request latency"),
          ("read_bw", "read bandwidth"), ("write_bw", "write bandwidth"))


def _value(number, figure):
    value = "" if figure is None or figure.value is None else figure.value
    key = figure.key if figure else ""
    return (f'data-run="{number}" data-figure="{html.escape(key)}" '
            f'data-value="{value}"')


def _tiles(number, figures):
    bykey = {figure.key: figure for figure in figures}
    parts = []
    for key, label in _TILES:
        figure = bykey.get(key)
        if figure and figure.value:
            parts.append(f'<div class="tile"><b {_value(number, figure)}>'
                         f"{html.escape(table.cell(figure))}</b>{label}</div>")
    return f'<div class="tiles">{"".join(parts)}</div>' if parts else ""


# So many runs have room beside each other on a phone.
_FIT_BESIDE = 4


def _cells(figures):
    """Values side by side, with what they differ from the first by."""
    best, differences = compare.best(figures), compare.differences(figures)
    for number, figure in enumerate(figures):
        mark = ' class="best"' if number == best else ""
        star = ' <small>best</small>' if number == best else ""
        less = f" <small>{html.escape(differences[number])}</small>" \
            if differences[number] else ""
        yield (f"<td{mark}><span {_value(number, figure)}>"
               f"{html.escape(table.cell(figure))}</span>{less}{star}</td>")


def labelled(label, note):
    """A figure's name, and what it rests on."""
    small = f" <small>{html.escape(note)}</small>" if note else ""
    return html.escape(label) + small


def _figures(names, runs):
    head = "".join(f'<th scope="col">{html.escape(name)}</th>'
                   for name in names) if len(names) > 1 else ""
    rows = []
    for section, lines in table.section_rows(runs):
        rows.append(f'<tr class="section"><th colspan="{len(runs) + 1}">'
                    f"{html.escape(section)}</th></tr>")
        rows += [f'<tr><th scope="row">'
                 f"{labelled(table.first(figures).label, table.note(figures))}"
                 "</th>"
                 f'{"".join(_cells(figures))}</tr>' for figures in lines]
    head = f"<thead><tr><th></th>{head}</tr></thead>" if head else ""
    several = f' class="several" style="--runs:{len(runs)}"' if head else ""
    box = "wide" if len(runs) > _FIT_BESIDE or not head else "fits"
    return (f'<div class="{box}"><table{several}>{head}'
            f'<tbody>{"".join(rows)}</tbody></table></div>')


def _list(items):
    return "<dl>" + "".join(
        f"<dt>{html.escape(key)}</dt><dd>{html.escape(str(value))}</dd>"
        for key, value in items) + "</dl>"


def _options(run, several):
    options = run.blocks[0].options if run.blocks else {}
    head = f"{html.escape(run.name)}: " if several else ""
    return (f"<details><summary>{head}options in force</summary>"
            f"{_list(sorted(options.items()))}</details>")


def _how(runs):
    """What was run on what; once, where it is the same for all."""
    several = len(runs) > 1
    known = [measured.facts(run) for run in runs]
    alike = all(each == known[0] for each in known)
    parts = [_list(known[0])] if alike else []
    for run, facts in zip(runs, known):
        if not alike:
            parts.append(f"<h3>{html.escape(run.name)}</h3>{_list(facts)}")
        parts.append(_options(run, several))
    return parts


def _notices(run, said, several):
    head = f"{html.escape(run.name)}: " if several else ""
    return [f'<p class="failed" role="alert">{head}the run failed: '
            f"{html.escape(each)}</p>" for each in run.failures] + \
        [f'<p class="warn">{head}{html.escape(each)}</p>' for each in said]


def _unlike(runs):
    """In what the workloads of the runs differ, an option a line."""
    lines = [f"<li>{html.escape(name)}: " + "; ".join(
        f"{html.escape(value)} ({html.escape(', '.join(names))})"
        for value, names in values) + "</li>"
             for name, values in compare.unlike(runs)]
    return ['<div class="warn">These runs did not do the same work, so their '
            "figures can't be compared as they stand:"
            f"<ul>{''.join(lines)}</ul></div>"] if lines else []


def _answers(runs, figures):
    """What came out, in words, and what it is of, below the last of those."""
    parts = []
    of = [html.escape(words.workload(run)) for run in runs]
    for number, (run, found) in enumerate(zip(runs, figures)):
        head = f"<b>{html.escape(run.name)}</b>: " if len(runs) > 1 else ""
        text = html.escape(" ".join(words.answer(run, found)))
        parts.append(f'<p class="answer">{head}{text}</p>')
        if of[number] != (of[number + 1:] or [None])[0]:
            parts.append(f'<p class="dim">{of[number]}</p>')
    return parts


def build(title, runs, figures, warnings, charts):
    """@figures and @warnings go by the runs; @charts as charts.py makes."""
    names = [run.name for run in runs]
    parts = [f"<h1>{html.escape(title)}</h1>"]
    for run, said in zip(runs, warnings):
        parts += _notices(run, said, len(runs) > 1)
    parts += _unlike(runs)
    parts += _answers(runs, figures)
    if len(runs) == 1:
        parts.append(_tiles(0, figures[0]))
    for chart, text, plot in charts:
        parts.append(f"<h2>{html.escape(chart)}</h2><figure>{plot}"
                     f"<figcaption>{html.escape(text)}</figcaption></figure>")
    parts.append("<h2>All figures</h2>" + _figures(names, figures))
    parts.append("<h2>What was measured</h2>")
    parts += _how(runs)
    data = [{figure.key: figure.value for figure in each} for each in figures]
    return document(title, parts, "figures", dict(zip(names, data)))


def document(title, parts, name, data):
    """The page of @parts, with @data in it as the JSON of that @name."""
    script = json.dumps(data).replace("<", "\\u003c")
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src '
        "'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>"
        f'<body>{"".join(parts)}'
        f'<script type="application/json" id="{name}">{script}</script>'
        "</body></html>\n")
