"""
Pages in Markdown of which a part is measured: it stands between a line
<!-- NAME --> and one <!-- end -->.
"""

from cli import Error


def _around(path, name):
    """What stands before and after the part of @name in the page."""
    with open(path, encoding="utf-8") as file:
        page = file.read()
    begin, end = f"<!-- {name} -->\n", "<!-- end -->\n"
    before, found, rest = page.partition(begin)
    _, also, after = rest.partition(end)
    if not found or not also:
        raise Error(f"{path}: has no line {begin.strip()} with a line "
                    f"{end.strip()} behind it")
    return before + begin, end + after


def check(path, names):
    for name in names:
        _around(path, name)


def update(path, parts):
    """@parts are texts by name; each takes the place of what was there."""
    for name, part in parts.items():
        before, after = _around(path, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"{before}\n{part}\n\n{after}")
