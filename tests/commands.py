"""The commands that are installed, and the options in their man pages."""

import re

from fio_runs import PLAN
from testing import TOP

COMMANDS = [PLAN, *sorted(path for pattern in ("mooncake-*", "fio-to-*")
                          for path in (TOP / "scripts").glob(pattern))]


def manual_of(name):
    """As text, without changes of the font."""
    text = (TOP / "docs" / f"{name}.1").read_text(encoding="utf-8")
    return re.sub(r"\\f[BIPR]", "", text).replace("\\-", "-")


def options_of_manual(name):
    """In the heads of its paragraphs, of man or of mdoc."""
    heads = re.findall(r"^\.TP\n(.*)$|^\.It (Fl .*)$", manual_of(name),
                       re.MULTILINE)
    return {option for man, mdoc in heads for option in
            re.findall(r"(?<![\w-])--[a-z][a-z-]*",
                       man or mdoc.replace("Fl -", "--"))}
