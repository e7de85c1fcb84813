#!/usr/bin/python3
"""The shape of the code: who includes whom, how large things are, and what is
exported without need. The way of the data goes down the table below: a folder
includes itself, what its row names, and nothing else of the project.
"""
import os
import platform
import re
import subprocess
from collections import defaultdict
from pathlib import Path

from testing import TOP, Skip, check, run

TRACE = "base source file workload session load model cache plan options command report"
MAY_INCLUDE = {
    "trace/base": "",
    "trace/source": "base",
    "trace/file": "base source",
    "trace/workload": "base source",
    "trace/session": "base source",
    "trace/load": "base source file workload session",
    "trace/model": "base",
    "trace/cache": "base source session load",
    "trace/plan": "base source session load model cache",
    "trace/options": "base source session load model cache plan",
    "trace/command": "base source workload session load model cache plan options",
    "trace/report": "base source workload session load model cache plan options command",
    "trace": TRACE,
    "engine/replay": "trace",
    "engine/life": "trace replay",
    "engine/target": "trace",
    "engine/setup": "trace replay life target",
    "engine/place": "trace setup",
    "engine/inflight": "trace",
    "engine/layout": "trace replay life target setup inflight",
    "engine/result": "trace replay life target setup",
    "engine/pick": "trace replay target setup inflight layout result",
    "engine/run": "trace replay life target setup inflight layout result pick",
    "engine/observe": "trace replay life target setup inflight result",
    "engine": "trace replay life target setup place inflight layout result pick run observe",
}
# A job is made of parts of all folders, and every file below engine/ may ask
# for a job; of fio's releases and of waiting everybody may know.
FOR_THE_ENGINE = {"engine/job.h", "engine/wait.h", "engine/fio_releases.h"}
BUILT = TOP / os.environ.get("BUILD", "build") / "obj"
FILES_IN_FOLDER = 15
LINES_IN_FILE = 400
LINES_IN_FUNCTION = 50
EXPORTED = {"get_ioengine", "main"}


def sources():
    return [Path(name) for folder in ("trace", "engine")
            for name in sorted(str(path.relative_to(TOP)) for path in
                               (TOP / folder).rglob("*.[ch]"))]


def text(path):
    return (TOP / path).read_text(encoding="utf-8")


def includes(path):
    """Files of the project, each written from the top of the tree."""
    return [Path(name) for name in
            re.findall(r'^#include "([^"]+)"', text(path), re.MULTILINE)
            if (TOP / name).exists()]


def allowed(folder):
    part = str(folder).split("/", maxsplit=1)[0]
    names = MAY_INCLUDE[str(folder)].split()
    ours = {f"{part}/{name}" for name in names} | {str(folder)}
    if part == "engine" and "trace" in names:
        ours |= {f"trace/{name}" for name in TRACE.split()}
    return ours


def on_a_circle(arrows):
    """Nodes from which a way leads back to them."""
    def reached(start):
        seen, new = set(), list(arrows[start])
        while new:
            node = new.pop()
            if node not in seen:
                seen.add(node)
                new += arrows.get(node, ())
        return seen

    return sorted(str(node) for node in arrows if node in reached(node))


def none(found, what):
    check(not found, f"{what}: {'; '.join(map(str, found))}")


def test_includes_go_one_way():
    none([f"{path} includes {name}" for path in sources()
          for name in includes(path)
          if str(name.parent) not in allowed(path.parent)
          and not (path.parts[0] == "engine" and str(name) in FOR_THE_ENGINE)],
         "not in the table of this test")


def test_no_circle():
    files, folders = defaultdict(set), defaultdict(set)
    for path in sources():
        for name in includes(path):
            files[path].add(name)
            if name.parent != path.parent and str(name) not in FOR_THE_ENGINE:
                folders[path.parent].add(name.parent)
    none(on_a_circle(files), "files that include each other")
    none(on_a_circle(folders), "folders that include each other")


def test_includes_are_written_from_the_top():
    none([f'{path} includes "{name}"' for path in sources()
          for name in re.findall(r'^#include "([^"]+)"', text(path),
                                 re.MULTILINE)
          if (TOP / path.parent / name).exists() and "/" not in name],
         "name the folder")


def test_includes_are_in_order():
    """Of the system, of fio, of the project: the first and last by name."""
    def kind(line):
        if "<" in line:
            return 0, line
        return (2, line) if re.search(r'"(trace|engine)/', line) else (1, "")

    lines = {path: re.findall(r"^#include.*", text(path), re.MULTILINE)
             for path in sources()}
    none([path for path, found in lines.items()
          if found != sorted(found, key=kind)],
         "includes are not in the order of this test")


def test_trace_knows_nothing_of_fio():
    none([path for path in sources() if path.parts[0] == "trace"
          and re.search(r'#include.*(fio|ioengine|engine/)', text(path))],
         "includes fio or the engine")


def test_folders_are_small():
    count = defaultdict(int)
    for path in sources():
        count[path.parent] += 1
    none([f"{folder} has {n}" for folder, n in count.items()
          if n > FILES_IN_FOLDER], f"more than {FILES_IN_FOLDER} files")


def test_files_are_short():
    length = {path: len(text(path).splitlines()) for path in sources()}
    none([f"{path} has {n}" for path, n in length.items()
          if n > LINES_IN_FILE], f"more than {LINES_IN_FILE} lines")


def test_readmes_name_every_file():
    """But headers that stand beside the file of their name."""
    pages = {part: text(f"{part}/README.md") for part in ("trace", "engine")}
    named = {path for path in sources() if path.suffix == ".c" or
             path.with_suffix(".c") not in sources()}
    none([path for path in sorted(named) if f"`{'/'.join(path.parts[1:])}`"
          not in pages[path.parts[0]]], "not in the folder's README")
    none([name for part, page in pages.items()
          for name in re.findall(r"`([a-z_/]+\.[ch])`", page)
          if not (TOP / part / name).exists()], "named there but not there")


def defines(path, function):
    return re.search(rf"^\S.*\b{function}\(", text(path), re.MULTILINE)


def test_the_walk_in_the_docs_is_right():
    """A function of its tables is in the file before it; a further one, that
    this one calls, may be in another."""
    page = (TOP / "docs/design.md").read_text(encoding="utf-8")
    walk = page.split("## The way of one hash id")[1].split("\n## ")[0]
    stops = re.findall(r"`((?:trace|engine)/[\w/.]+)`, `(\w+)\(\)`", walk)
    check(len(stops) > 15, f"{len(stops)} stops")
    none([f"{name}() of {path}" for path, name in stops
          if not (TOP / path).exists() or not defines(path, name)],
         "not there, says docs/design.md")
    none([name for name in re.findall(r"`(\w+)\(\)`", walk)
          if name != "io_completed" and
          not any(defines(path, name) for path in sources())],
         "functions of docs/design.md that are nowhere")


def function_lengths(path):
    start = None
    for number, line in enumerate(text(path).splitlines(), 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            yield start, number - start + 1
            start = None


def test_functions_are_short():
    none([f"{path}:{start} has {n}" for path in sources()
          for start, n in function_lengths(path) if n > LINES_IN_FUNCTION],
         f"more than {LINES_IN_FUNCTION} lines")


def object_of(path):
    return BUILT / path.with_suffix(".o")


def symbols(kind, folders):
    """Names that the object files define or need; left over ones don't count."""
    objects = [path for folder in folders
               for path in (BUILT / folder).rglob("*.o")
               if (TOP / path.relative_to(BUILT)).with_suffix(".c").exists()]
    if not objects:
        raise Skip("nothing is built here")
    listed = subprocess.run(["nm", "-A", kind, *objects], check=True,
                            capture_output=True, text=True).stdout
    for line in listed.splitlines():
        place, _, rest = line.rpartition(":")
        letter, name = rest.split()[-2:]
        if letter in "TDBRU":
            yield name, place


def test_nothing_is_exported_for_one_file():
    code = ("trace", "engine")
    needed = {name for name, _ in symbols("--undefined-only",
                                          (*code, "tests"))}
    none([f"{name} of {Path(place).name}" for name, place in
          symbols("--defined-only", code)
          if name not in needed | EXPORTED and not name.startswith("__")],
         "make it static")


def test_what_is_fetched_ahead_is_compiled():
    """A compiler leaves out calls of functions that only fetch."""
    objects = {path: object_of(path) for path in sources()
               if path.suffix == ".c" and
               re.search(r"__builtin_prefetch|/fetch\.h", text(path))}
    check(objects, "nothing is fetched ahead")
    if platform.machine() != "x86_64":
        raise Skip("known is how this looks on x86_64 alone")
    if not all(each.exists() for each in objects.values()):
        raise Skip("nothing is built here")
    none([path for path, each in objects.items() if "prefetch" not in
          subprocess.run(["objdump", "-d", each], check=True, text=True,
                         capture_output=True).stdout],
         "fetches nothing ahead")


def test_wrong_changes_fit_the_code():
    """Whoever changes a line that tests/mutants/list changes, changes both."""
    done = subprocess.run([TOP / "tests/mutants/run", "--check"], text=True,
                          capture_output=True, check=False)
    check(done.returncode == 0, done.stderr)


run(globals())
