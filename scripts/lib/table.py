"""Tables in plain text and in Markdown."""


def render(rows, right=None):
    """
    Lines of @rows, the first column to the left and the others to the
    right, but for the columns from @right on, which are notes.
    """
    width = max(len(row) for row in rows)
    rows = [list(row) + [""] * (width - len(row)) for row in rows]
    sizes = [max(len(row[at]) for row in rows) for at in range(width)]
    lines = []
    for row in rows:
        cells = [cell.ljust(sizes[at])
                 if at == 0 or right is not None and at >= right
                 else cell.rjust(sizes[at]) for at, cell in enumerate(row)]
        lines.append("  ".join(cells).rstrip())
    return lines


def markdown(rows, right=None):
    """The same in Markdown; the first of @rows is the head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    notes = len(rows[0]) - (right or len(rows[0]))
    lines.insert(1, "| --- |" + " ---: |" * (len(rows[0]) - 1 - notes) +
                 " --- |" * notes)
    return "\n".join(lines)


def section_rows(runs):
    """
    The figures of several runs side by side: [(section, [(figure of each run
    or None)])], in the order of the run that has most.
    """
    order = {}
    for figures in sorted(runs, key=len, reverse=True):
        for figure in figures:
            order.setdefault(figure.section, {}).setdefault(figure.key, None)
    byrun = [{figure.key: figure for figure in figures} for figures in runs]
    return [(section, [[figures.get(key) for figures in byrun]
                       for key in keys])
            for section, keys in order.items()]


def cell(figure):
    if figure is None or figure.value is None:
        return "-"
    return figure.show(figure.value)


def note(figures):
    """What the notes of the runs say, each once, with whose it is."""
    whose = {}
    for number, each in enumerate(figures, 1):
        if each and each.value is not None:
            whose.setdefault(each.note, []).append(str(number))
    if len(whose) <= 1:
        return next(iter(whose), "")
    return "; ".join(
        f"run{'s' * (len(numbers) > 1)} {', '.join(numbers)}: {text}"
        for text, numbers in whose.items() if text)


def first(figures):
    return next(each for each in figures if each)
