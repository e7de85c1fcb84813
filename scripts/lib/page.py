"""The report as one HTML page that needs nothing else."""

import html
import json

import table

_STYLE = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2126;--dim:#5c6670;
--line:#d8dde2;--card:#f4f6f8;--warn:#8a4b00;--warnbg:#fff4e0}
@media(prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e3e7eb;
--dim:#98a2ac;--line:#333a41;--card:#1d2226;--warn:#ffc875;--warnbg:#33270f}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1rem;background:var(--bg);
color:var(--fg);font:16px/1.45 system-ui,sans-serif}
h1{font-size:1.5rem;margin:.3rem 0}h2{font-size:1.15rem;margin:1.8rem 0 .5rem}
.dim,figcaption,.note{color:var(--dim);font-size:.85rem}
.warn{background:var(--warnbg);color:var(--warn);padding:.5rem .8rem;
border-radius:.4rem;margin:.4rem 0}
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
th:first-child,td.note{text-align:left}
td.note{white-space:normal;min-width:9rem}
tbody th{font-weight:400}
tr.section th{font-weight:600;padding-top:.9rem}
thead th{white-space:normal;overflow-wrap:anywhere;min-width:6rem}
figure{margin:0 0 1rem}svg{width:100%;height:auto;display:block}
svg [stroke=black]{stroke:var(--fg)}svg [fill=black]{fill:var(--fg)}
svg [color=black]{color:var(--fg)}svg [stroke=gray]{stroke:var(--line)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;
font-size:.9rem}dd{margin:0;overflow-wrap:anywhere}
@media(max-width:34rem){body{padding:.6rem;font-size:15px}
th,td{padding:.2rem .35rem}td.note,th.note{display:none}
figure{overflow-x:auto}svg{min-width:34rem}}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--dim:#444;
--line:#bbb;--card:#f2f2f2}body{max-width:none;font-size:10.5pt}
figure,tr,.tile{break-inside:avoid}.wide{overflow:visible}
details{display:none}}
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
        if figure and figure.value is not None:
            parts.append(f'<div class="tile"><b {_value(number, figure)}>'
                         f"{html.escape(table.cell(figure))}</b>{label}</div>")
    return f'<div class="tiles">{"".join(parts)}</div>' if parts else ""


def _figures(names, runs):
    head = "".join(f'<th scope="col">{html.escape(name)}</th>'
                   for name in names)
    rows = []
    for section, lines in table.section_rows(runs):
        rows.append(f'<tr class="section"><th colspan="{len(runs) + 2}">'
                    f"{html.escape(section)}</th></tr>")
        for figures in lines:
            cells = "".join(
                f"<td {_value(number, figure)}>"
                f"{html.escape(table.cell(figure))}</td>"
                for number, figure in enumerate(figures))
            label = html.escape(table.first(figures).label)
            note = html.escape(table.note(figures))
            rows.append(f'<tr><th scope="row">{label}</th>{cells}'
                        f'<td class="note">{note}</td></tr>')
    return (f'<div class="wide"><table><thead><tr><th></th>{head}'
            f'<th class="note"></th></tr></thead><tbody>{"".join(rows)}'
            "</tbody></table></div>")


def _options(name, run):
    options = run.blocks[0].options if run.blocks else {}
    items = "".join(f"<dt>{html.escape(key)}</dt><dd>{html.escape(value)}</dd>"
                    for key, value in sorted(options.items()))
    return (f"<details><summary>{html.escape(name)}: options in force, "
            f"{html.escape(run.version)}</summary><dl>{items}</dl></details>")


def build(title, runs, figures, warnings, charts):
    """@figures and @warnings go by the runs; @charts as charts.py makes."""
    names = [run.name for run in runs]
    parts = [f"<h1>{html.escape(title)}</h1>",
             f'<p class="dim">{html.escape(", ".join(names))}</p>']
    for run, said in zip(runs, warnings):
        parts += [f'<p class="failed" role="alert">{html.escape(run.name)}: '
                  f"the run failed: {html.escape(each)}</p>"
                  for each in run.failures]
        parts += [f'<p class="warn">{html.escape(run.name)}: '
                  f'{html.escape(each)}'
                  "</p>" for each in said]
    if len(runs) == 1:
        parts.append(_tiles(0, figures[0]))
    for chart, text, svg in charts:
        parts.append(f"<h2>{html.escape(chart)}</h2><figure>{svg}"
                     f"<figcaption>{html.escape(text)}</figcaption></figure>")
    parts.append("<h2>All figures</h2>" + _figures(names, figures))
    parts.append("<h2>How it was run</h2>")
    parts += [_options(name, run) for name, run in zip(names, runs)]
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
