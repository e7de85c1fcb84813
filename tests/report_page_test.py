#!/usr/bin/python3
"""scripts/mooncake-report: its page, also in a browser."""

import functools
import html.parser
import os
import shutil
import sys

sys.dont_write_bytecode = True
from browser import browser, check_layout, look_at
from report_samples import (PLAN, RUN, TMP, job, near, sample, save,
                            wanted_figures)
from testing import DATA, check, check_equal, check_has, run, script


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


def test_labels_overlap_nothing_on_a_desk_and_a_phone():
    check_layout(look_at((full_page(), single_page()), (1280, 390, 360)))


def test_page_prints():
    browser(full_page(), f"--print-to-pdf={TMP / 'page.pdf'}")
    check((TMP / "page.pdf").stat().st_size > 10000, "no print")


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
    check_has(text, "<small>+100.0%</small>")
    row = text[text.index("<h2>All figures"):]
    row = row[row.index('data-figure="load.avg"') - 40:]
    check("best" in row[:row.index("+100.0%")], "the better is not marked")
    check("did not do the same work" not in text, "equal work is a warning")
    script("mooncake-report", RUN, third, "-o", TMP / "unlike.html")
    check_has((TMP / "unlike.html").read_text(),
              "trace=builtin:conversation | builtin:toolagent")


if __name__ == "__main__":
    run(globals())
