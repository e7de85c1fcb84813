#!/usr/bin/python3
"""scripts/mooncake-report: its page, also in a browser."""

import functools
import html.parser
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from report_samples import PLAN, RUN, TMP, near, save, wanted_figures
from testing import (DATA, Skip, check, check_equal, check_has, run, script)


BROWSER = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
           "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync",
           "--enable-logging=stderr", "--virtual-time-budget=2000")


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


def browser(page, *more):
    program = shutil.which("chromium")
    if not program:
        raise Skip("chromium is not installed")
    profile = tempfile.mkdtemp(dir=TMP)
    done = subprocess.run(
        [program, *BROWSER, f"--user-data-dir={profile}", *more,
         page.as_uri()], capture_output=True, text=True, timeout=60,
        check=False)
    check(not done.returncode, f"chromium failed: {done.stderr[-500:]}")
    console = [line for line in done.stderr.splitlines()
               if "CONSOLE" in line]
    check_equal(console, [], "the browser's console")
    return done.stdout


def test_page_in_a_browser():
    check_page(browser(full_page(), "--dump-dom"))


def test_page_fits_a_phone_and_prints():
    probe = TMP / "probe.html"
    frame = full_page().read_text().replace('"', "&quot;")
    probe.write_text(
        '<!DOCTYPE html><body><iframe id="f" style="width:360px;height:640px"'
        f' srcdoc="{frame}"></iframe><script>onload=()=>{{'
        "const d=document.getElementById('f').contentDocument;"
        "document.title=d.documentElement.scrollWidth}</script></body>")
    width = re.search(r"<title>(\d+)</title>", browser(probe, "--dump-dom"))
    check(width, "the page was not measured")
    check(int(width[1]) <= 360, f"the page is {width[1]} wide")
    browser(full_page(), f"--print-to-pdf={TMP / 'page.pdf'}")
    check((TMP / "page.pdf").stat().st_size > 10000, "no print")


if __name__ == "__main__":
    run(globals())
