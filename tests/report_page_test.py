#!/usr/bin/python3
"""scripts/mooncake-report: its page, also in a browser."""

import functools
import html
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from browser import DARK, browser, check_layout, look_at
from report_samples import (PLAN, RUN, TMP, job, near, sample, save,
                            wanted_figures)
from testing import (DATA, TOP, Skip, check, check_equal, check_has, run,
                     script)

sys.path.insert(0, str(TOP / "scripts" / "lib"))
import axis
import charts
import plot
import units


class Page(html.parser.HTMLParser):
    """What a page shows of the figures, and what it could load."""

    def __init__(self, text):
        super().__init__()
        self.figures, self.outside, self.plots = [], [], 0
        self.current = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.plots += tag == "svg"
        for name in ("src", "href", "xlink:href", "action"):
            if not (attrs.get(name) or "#").startswith("#"):
                self.outside.append(attrs[name])
        if "data-figure" in attrs:
            self.current = [int(attrs["data-run"]), attrs["data-figure"],
                            attrs["data-value"], ""]
            self.figures.append(self.current)
        elif tag not in ("b",):
            self.current = None

    def handle_endtag(self, tag):
        self.current = None

    def handle_data(self, data):
        if self.current:
            self.current[3] += data


@functools.cache
def full_page():
    """A page with everything in it."""
    path = TMP / "full.html"
    script("mooncake-report", RUN, save("second.json", RUN.read_text()),
           "--plan", PLAN, "--prefill-rate", "1000000", "--logs",
           DATA / "blocks_bw.1.log", DATA / "blocks_lat.1.log",
           DATA / "loads_lat.3.log", "--curve", DATA / "curve.csv",
           "--title", "<A title> & more", "-o", path)
    return path


@functools.cache
def single_page():
    """A page of one run, with what lies beside its JSON."""
    path = TMP / "single.html"
    script("mooncake-report", RUN, "-o", path)
    return path


def check_page(text):
    page = Page(text)
    check_equal(page.outside, [], "addresses in the page")
    found = {}
    for number, key, value, shown in page.figures:
        if value:
            check(shown not in ("", "-"), f"{key} shows nothing")
            found.setdefault(number, {})[key] = float(value)
    for number in (0, 1):
        for key, value in wanted_figures().items():
            near(found[number][key], value, f"{key} of run {number}")
    return page


def test_page_has_the_figures_of_the_json():
    text = full_page().read_text()
    page = check_page(text)
    check_has(text, "&lt;A title&gt; &amp; more")
    check(page.plots >= 9 or not shutil.which("gnuplot"),
          f"{page.plots} plots only")
    check("http://" not in text.replace("http://www.w3.org/", "") and
          "https://" not in text, "the page names other hosts")


def test_page_without_gnuplot():
    done = script("mooncake-report", RUN, "-o", TMP / "bare.html",
                  env={**os.environ, "PATH": str(TMP)})
    check_has(done.stderr, "gnuplot is not installed")
    check_has((TMP / "bare.html").read_text(), "All figures")


def test_page_in_a_browser():
    check_page(browser(full_page(), "--dump-dom"))


def beside_each_other(number):
    """A page of so many runs."""
    path = TMP / f"{number}.html"
    script("mooncake-report", RUN, *(save(f"run-{each}.json", RUN.read_text())
                                     for each in range(1, number)), "-o", path)
    return path


def test_pages_can_be_read_on_a_desk_and_a_phone():
    """Four runs have room beside each other, more have a bar to scroll."""
    several = {number: beside_each_other(number) for number in (2, 4, 7)}
    for number, path in several.items():
        check_equal('class="wide"' in path.read_text(), number > 4,
                    f"{number} runs scroll")
    check_layout(look_at((full_page(), single_page(), *several.values()),
                         (1280, 390)))


def test_dark_pages_can_be_read():
    check_layout(look_at((full_page(), single_page()), (1280, 390), DARK))


def test_page_prints():
    """Each plot is on one page with its title and what stands under it."""
    browser(full_page(), f"--print-to-pdf={TMP / 'page.pdf'}")
    check((TMP / "page.pdf").stat().st_size > 10000, "no print")
    if not shutil.which("pdftotext"):
        raise Skip("pdftotext (poppler-utils) is not installed")
    text = subprocess.run(["pdftotext", TMP / "page.pdf", "-"], check=True,
                          capture_output=True, text=True).stdout
    pages = [" ".join(each.split()) for each in text.split("\f")]
    plots = re.findall(r"<h2>([^<]*)</h2><figure>.*?<figcaption>([^<]*)<",
                       full_page().read_text(), re.S)
    check(len(plots) >= 9 or not shutil.which("gnuplot"), f"{plots}")
    for title, under in plots:
        check(any(html.unescape(title) in page and
                  html.unescape(under) in page for page in pages),
              f"{title} is broken over pages")


def luminance(colour):
    parts = [part / 255 for part in bytes.fromhex(colour.removeprefix("#"))]
    parts = [part / 12.92 if part <= 0.03928 else
             ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(colour, back, opaque):
    """@colour, so much of it, over @back."""
    parts = (bytes.fromhex(each.removeprefix("#")) for each in (colour, back))
    return "#" + bytes(round(opaque * over + (1 - opaque) * under)
                       for over, under in zip(*parts)).hex()


def test_colours_of_plots_can_be_told_from_the_page():
    text = single_page().read_text()
    backs = re.findall(r"--bg:(#[0-9a-f]{3,6})", text)
    check_equal(backs[:2], ["#fff", "#14171a"], "light and dark")
    heats = re.findall(r"--heat:(#[0-9a-f]{6})", text)
    for back, heat in zip(("#ffffff", backs[1]), heats):
        for colour in plot.COLOURS:
            found = contrast(colour, back)
            check(found >= 3, f"{colour} on {back}: {found:.2f}")
        found = contrast(mixed(heat, back, charts.FAINTEST), back)
        check(found >= 1.4, f"a single sample on {back}: {found:.2f}")
    opaque = [float(each) for each in
              re.findall(r"class=heat fill-opacity='([0-9.]+)'", text)]
    check(opaque or not shutil.which("gnuplot"), "no heat map")
    check(not opaque or min(opaque) >= charts.FAINTEST - 0.01,
          f"a field of {min(opaque, default=0)}")


def test_plots_name_what_is_in_them():
    """Their titles, and what shows where a mouse stands on a curve."""
    text = single_page().read_text()
    check_equal(re.findall("[a-z]+[0-9]*n?_plot_[0-9]+</title>", text), [],
                "names of gnuplot's own")
    for title, legend in re.findall(
            r"<h2>([^<]*) over time</h2><figure>(.*?)</ul>", text, re.S):
        for name in ("evictions", "syncs"):
            check_equal(name in title.lower(), f">{name}<" in
                        legend.replace("</i>", ">").replace("</li>", "<"),
                        f"{name} in {title}")


def test_axes_show_each_label_that_they_are_given():
    if not shutil.which("gnuplot"):
        raise Skip("gnuplot is not installed")
    for low, high in ((155, 620), (0.02, 0.9), (1, 9), (3e-6, 2.5), (10, 1000),
                      (7e-5, 8e-5), (30, 31)):
        lines = (*axis.logarithmic("x", [low, high], units.plain),
                 *axis.latency("y", [low, high]))
        shown = re.findall("<text>([^<]*)</text>",
                           plot.svg([("", [(low, low), (high, high)])], lines))
        wanted = re.findall("'([^']*)' ", " ".join(lines))
        check(len(wanted) >= 4, f"labels {wanted}")
        check_equal(sorted(shown), sorted(wanted), f"from {low} to {high}")


def test_a_run_has_one_colour_in_all_plots():
    document = sample()
    for each in document["jobs"]:
        if each["jobname"] == "stores":
            each["job options"]["observe"] = "probe"
    path = TMP / "colours.html"
    script("mooncake-report", save("no-stores.json", document),
           save("all.json", RUN.read_text()), "-o", path)
    legends = re.findall(r"<li><i style=\"border-top:.25rem solid "
                         r"([^\"]+)\"></i>(?:[^<,]*, )?(all.json)</li>",
                         path.read_text())
    check(len(legends) >= 4 or not shutil.which("gnuplot"), f"{legends}")
    check_equal({colour for colour, _ in legends} <= {plot.COLOURS[1]}, True,
                f"colours of one run: {legends}")


def test_runs_of_several_traces_have_several_curves():
    """The hit rate of a run is marked on the curve of its own trace."""
    if not shutil.which("gnuplot"):
        raise Skip("gnuplot is not installed")
    folder = TMP / "other"
    folder.mkdir(exist_ok=True)
    plan = json.loads(PLAN.read_text())
    plan["options"]["trace"] = "builtin:toolagent"
    (folder / "plan.json").write_text(json.dumps(plan))
    document = sample()
    document["global options"]["trace"] = "builtin:toolagent"
    (folder / "run.json").write_text(json.dumps(document))
    (folder / "plan.curve.csv").write_text("capacity,hit_rate\n1,0\n9,0.5\n")
    path = TMP / "curves.html"
    script("mooncake-report", RUN, folder / "run.json", "-o", path)
    titles = re.findall("<h2>(Hit rate by capacity[^<]*)<", path.read_text())
    check_equal(len(titles), 2, f"curves {titles}")
    check(titles[1].endswith("other/run.json"), titles[1])


def test_page_answers_in_words_and_tells_what_was_measured():
    text = single_page().read_text()
    for part in ("Half of the time a request waits for its cached prefix",
                 "Heat map: latency of loads", "Hit rate by capacity",
                 "Throughput over time", "Latency of loads over time",
                 "<dt>fio</dt><dd>fio-3.33"):
        check_has(text, part)


def test_runs_are_compared():
    document = sample()
    for name in ("mean", "max"):
        job(document, "loads")["read"]["lat_ns"][name] *= 2
    other = save("slower.json", document)
    document["global options"]["trace"] = "builtin:toolagent"
    third = save("unlike.json", document)
    script("mooncake-report", RUN, other, "-o", TMP / "two.html")
    text = (TMP / "two.html").read_text()
    check_has(text, "<small>+100%</small>")
    row = text[text.index("<h2>All figures"):]
    row = row[row.index('data-figure="load.avg"') - 40:]
    check("best" in row[:row.index("+100%")], "the better is not marked")
    check("did not do the same work" not in text, "equal work is a warning")
    script("mooncake-report", RUN, third, "-o", TMP / "unlike.html")
    text = (TMP / "unlike.html").read_text()
    check_has(text, "<li>trace: builtin:conversation (")
    check_has(text, "; builtin:toolagent (")


if __name__ == "__main__":
    run(globals())
