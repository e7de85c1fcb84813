#!/usr/bin/python3
"""
Holds docs/options.md against fio and the engine: every option in one class,
every default, every refusal, and that what means nothing changes nothing.
"""

import functools
import json
import re
import subprocess

import testing
from fio_runs import ENGINE, FILES, FIO, NEWER, command, counts, file, \
    newer_engine, plan, refused, replay, run
from testing import SECONDS, TOP, Skip, check, check_equal, check_has

PAGE = (TOP / "docs" / "options.md").read_text(encoding="utf-8")
HONOURED, DONE, MEANINGLESS, REFUSED = (
    "Honoured by fio", "Done by the engine", "Without meaning here", "Refused")
TRACE = {"trace": "builtin:conversation", "max_requests": 100}
SIZE = 512 * 4096

# Values of options for which a 1 is no value, or changes nothing.
VALUES = {
    "io_submit_mode": "offload", "create_serialize": 0,
    "rate_process": "poisson", "lockfile": "exclusive", "read_iolog": "x",
    "zonemode": "zbd", "zonesize": "1m", "latency_target": 100,
    "bssplit": "4k/50:8k/50", "bsrange": "4k-8k", "rw_sequencer": "identical",
    "random_distribution": "zipf", "ba": "4k", "file_service_type": "random",
    "overwrite": 0, "create_on_open": 1, "write_barrier": 4,
    "replay_redirect": "/dev/null", "replay_skip": "read",
    "replay_align": 4096, "replay_scale": 4, "rwmixread": 99,
    "percentage_random": 10, "latency_window": 1000,
    "latency_percentile": 90, "zonecapacity": "1m", "zonerange": "1m",
    "zoneskip": "1m", "zone_reset_threshold": "0.5",
    "zone_reset_frequency": "0.5", "verify_policy": "fsynced",
}
# fio itself refuses these where they stand alone.
BY_FIO = {"zonesize", "verify_state_load"}
# With these fio itself asks for something else that must be there.
ALONE = {"merge_blktrace_file", "bs_is_seq_rand", "rwmixwrite", "profile"}


def section(title, level):
    found = re.search(rf"^{level} {title}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)",
                      PAGE, re.MULTILINE | re.DOTALL)
    check(found, f"docs/options.md has no section {title}")
    return found[1]


def table(text):
    return [[cell.strip() for cell in line.strip("|\n ").split(" | ")]
            for line in text.splitlines() if line.startswith("| `")]


def page_class(title):
    """{option: "" or "newer"} of a class."""
    options = {}
    for row in table(section(title, "###")):
        for name, mark in re.findall(r"`([^`]+)`(?: \((newer)\))?",
                                     row[0]):
            check(name not in options, f"{name} is twice in {title}")
            options[name] = mark
    return options


def page_options():
    options = {}
    for title in (HONOURED, DONE, MEANINGLESS, REFUSED):
        for name, mark in page_class(title).items():
            check(name not in options, f"{name} is in two classes")
            options[name] = mark
    return options


def output(*line):
    done = subprocess.run(list(map(str, line)), capture_output=True, text=True,
                          check=False, timeout=SECONDS)
    return done.stdout + done.stderr


def names(text):
    return re.findall(r"^ *([a-z][\w-]*) *:", text, re.MULTILINE)


@functools.cache
def fio_options(fio):
    return set(names(output(fio, "--cmdhelp=all")))


def version(fio):
    return tuple(map(int, re.findall(r"\d+", output(fio, "--version"))[:2]))


def hold_against(fio):
    page, known = page_options(), fio_options(fio)
    lacking = sorted(known - set(page))
    check(not lacking, f"docs/options.md lacks {lacking}")
    # fio has some options that are not in its list.
    gone = [name for name in sorted(set(page) - known)
            if "No such command" in output(fio, f"--cmdhelp={name}")]
    if version(fio) == (3, 33):
        check_equal(gone, sorted(n for n in page if page[n] == "newer"),
                    "options that 3.33 lacks")
    wrong = [name for name in gone if not page[name]]
    check(not wrong, f"{fio} has no {wrong}")


def test_every_option_of_fio_is_in_one_class():
    hold_against(FIO)


def test_every_option_of_the_newer_fio_is_in_one_class():
    if not NEWER.exists():
        raise Skip("there is no newer fio")
    hold_against(NEWER)


def enghelp(*option):
    return output(FIO, "--enghelp=" + ",".join([str(ENGINE.library), *option]))


def test_engine_options_are_on_the_page():
    page = {row[0].strip("`"): row[1]
            for row in table(section("The engine's options", "##"))}
    check_equal(sorted(page), sorted(names(enghelp())), "engine options")
    for name, cell in page.items():
        text = enghelp(name)
        default = re.search(r"^ +default: (.*)", text, re.MULTILINE)[1].strip()
        if default == "no default":
            check(cell.startswith("none"), f"{name} has no default")
        else:
            check_equal(cell, f"`{default}`", f"default of {name}")
        for value in re.findall(r"^(?: *valid values| +): (\w+)", text,
                                re.MULTILINE):
            check_has(PAGE, f"`{value}`")


def test_every_engine_option_is_in_the_man_page():
    page = (TOP / "docs" / "fio-mooncake.1").read_text(encoding="utf-8")
    check_equal(sorted(re.findall(r"^\.It Cm (\w+)", page, re.MULTILINE)),
                sorted(names(enghelp())), "options in docs/fio-mooncake.1")


def hold_refusals(engine, fio):
    """Tries all in one run of fio: each has a section, named after its
    option."""
    wanted = [n for n in page_class(REFUSED)
              if n in fio_options(fio) and n not in BY_FIO]
    target = file("refused")
    jobs = [{**TRACE, "name": name, "filename": target, "stonewall": 1,
             name: VALUES.get(name, 1)} for name in wanted]
    jobs[wanted.index("unified_rw_reporting")]["unified_rw_reporting"] = "mixed"
    done = run(command(*jobs, engine=engine))
    check(done.status, "fio took them")
    for name in wanted:
        said = re.search(rf"^mooncake: job '{name}': .*$", done.text,
                         re.MULTILINE)
        check(said, f"{name} isn't refused")
        check(re.search(rf"\b{name}=", said[0]), f"{name}: {said[0]}")
        check_has(said[0], "leave it out")
    check(not target.exists(), "a refused job made its file")


def test_refused_options_are_refused():
    hold_refusals(ENGINE, FIO)


def test_refused_options_are_refused_by_the_newer_one():
    hold_refusals(newer_engine(), NEWER)


def test_fio_refuses_a_zone_size_itself():
    done = run(command({**TRACE, "zonesize": "1m"}))
    check(done.status, "fio took it")
    check_has(done.text, "zonesize")


def test_verify_state_is_not_loaded():
    job = {**TRACE, "name": "state", "verify": "crc32c", "size": "16m"}
    replay(job)
    done = run(command({**job, "verify_state_load": 1}))
    check(done.status, "fio took it")
    check_has(done.text, "verify_state_load=1 can't be used")


def test_other_values_that_are_refused():
    jobs = {"rw=": {"rw": "read"}, "a percentage in io_size=":
            {"io_size": "50%"}, "a range in filesize=": {"filesize": "1m-2m"},
            "openfiles= below": {"filename": f"{file('a')}:{file('b')}",
                                 "openfiles": 1},
            "offset_increment=": {"offset_increment": "1%"}}
    done = run(command(*[{**TRACE, "name": f"job{i}", "stonewall": 1,
                          "filename": file("refused"), **job}
                         for i, job in enumerate(jobs.values())]))
    check(done.status, "fio took them")
    for saying in jobs:
        check_has(done.text, saying)
    check(not file("refused").exists(), "a refused job made its file")


def test_numbers_that_fio_takes_in_part():
    """Lists, ranges and negative numbers: fio takes some of these in part and
    says nothing, or says something and goes on. After 3.42 it refuses negative
    ones itself."""
    for name, value in (("block_tokens", -5), ("max_inflight_requests", -2),
                        ("prefill_rate", -1), ("memory_size", "1k-2k"),
                        ("pieces", "1,2"), ("max_requests", "20:30"),
                        ("flush_interval", "1,2")):
        refused(f"{name}={value}", trace="builtin:toolagent",
                **{name: value})


def test_too_few_files():
    """fio itself would take them, also behind filename= on a command line."""
    for more in ({"filename": None, "directory": FILES},
                 {"filename": f"{file('a')}:{file('b')}"}):
        for nrfiles in (0, 1):
            if nrfiles and not more["filename"]:
                continue
            done = run(command({**TRACE, **more, "nrfiles": nrfiles}))
            check(done.status == 1, f"{more} ended with {done.status}")
            check_has(done.err, "nrfiles=0, or nrfiles= below")


def parse_only(**job):
    line = command({**TRACE, **job})
    return run([line[0], "--parse-only", *line[1:]])


def test_parse_only():
    """fio does not call setup() then, but names are looked up all the same."""
    check_equal(parse_only(backend="psync", model="llama-3.1-8b").text, "",
                "what --parse-only says of a good job")
    for option, value in (("trace", "/nowhere.jsonl"), ("trace", FILES),
                          ("trace", "builtin:nothing"), ("model", "gpt-9"),
                          ("kv_dtype", "fp3"), ("eviction", "newest"),
                          ("shard", "3/2"), ("backend", "nosuch"),
                          ("backend", "mooncake"), ("backend", "cpuio")):
        done = parse_only(**{option: value})
        check(done.status == 1, f"{option}={value}: {done.status}")
        check_has(done.err, f"mooncake: {option}={value}")
        check_has(done.err, f"failed parsing {option}")


def plan_counts(**more):
    row = plan("builtin:conversation", max_requests=100, size=SIZE,
               bytes_per_token=8, **more)[0]
    return row["hits"], row["writes"] if "writes" in row else \
        row["write_bytes"] // row["slot_bytes"]


def test_options_without_meaning_change_nothing():
    known = fio_options(FIO)
    job = {name: VALUES.get(name, 1) for name in page_class(MEANINGLESS)
           if name in known and name not in ALONE}
    done = run(command({**TRACE, "size": SIZE, **job}))
    check_equal((done.status, done.err), (0, ""), "status and complaints")
    # Newer ones say beforehand which option sets which other.
    said, = json.loads(done.out[done.out.index("{\n"):])["jobs"]
    check_equal(counts(said), plan_counts(), "reads and writes")


def test_engine_does_what_fio_does_not():
    jobs = [{**TRACE, "size": SIZE, "name": name, "stonewall": 1, **more}
            for name, more in (("number_ios", {"number_ios": 100}),
                               ("io_size", {"io_size": 50 * 4096}),
                               ("loops", {"loops": 2}),
                               ("fsync", {"fsync": 7}))]
    ios = {job["jobname"]: job for job in replay(*jobs).jobs}
    reads, writes = plan_counts()
    check_equal(sum(counts(ios["number_ios"])), 100, "number_ios=100")
    check_equal(sum(counts(ios["io_size"])), 50, "blocks of io_size")
    check_equal(sum(counts(ios["loops"])), 2 * (reads + writes), "loops=2")
    check(ios["loops"]["read"]["total_ios"] > 2 * reads, "the cache is cold")
    check_equal(ios["fsync"]["sync"]["total_ios"], writes // 7, "fsync=7")


def test_create_only_and_unlink():
    target = file("made")
    done = replay({**TRACE, "size": SIZE, "filename": target,
                   "create_only": 1})
    check_equal(done.counts, (0, 0), "I/O with create_only=1")
    check_equal(target.stat().st_size, SIZE, "size of the file")
    replay({**TRACE, "size": SIZE, "filename": target, "unlink": 1})
    check(not target.exists(), "unlink=1 left the file")


def test_unlink_of_a_job_that_could_not_start():
    """fio unlinks then, too, through the hook that otherwise feeds."""
    target = file("unlinked")
    done = run(command({**TRACE, "filename": target, "unlink": 1, "name": "a"},
                       {**TRACE, "filename": target, "unlink": 1, "name": "b",
                        "bs": 700, "direct": 1}))
    check_has(done.text, "job 'a' is not run")
    check("signal" not in done.text, done.text)
    check(not target.exists(), "unlink=1 left the file")


def test_files_may_not_be_made():
    target = file("forbidden")
    done = run(command({**TRACE, "filename": target, "allow_file_create": 0}))
    check(done.status, "the run went well")
    check_has(done.text, "allow_file_create=0 forbids")
    check(not target.exists(), "the file was made")


def test_stats_off_leaves_a_job_out():
    jobs = replay({**TRACE, "name": "seen"},
                  {**TRACE, "name": "unseen", "stonewall": 1, "stats": 0,
                   "warmup_requests": 10}).jobs
    check("unseen" not in [job.get("jobname") for job in jobs],
          "stats=0 was reported")


def test_verify_with_a_pattern_where_slots_are_written_again():
    reads, writes = plan_counts()
    done = replay({**TRACE, "size": SIZE, "verify": "crc32c",
                   "verify_pattern": "0x55", "iodepth": 8,
                   "backend": "libaio"})
    check_equal(done.counts, (reads + SIZE // 4096, writes),
                "hits and blocks verified, writes")


def test_verify_without_a_pattern_is_refused_there():
    done = run(command({**TRACE, "size": SIZE, "verify": "crc32c"}))
    check(done.status, "the run went well")
    check_has(done.text, "verify= can't check a slot that is written again")


def test_observers_can_not_wait_for_the_jobs_they_observe():
    done = run(command({**TRACE, "name": "work"},
                       {**TRACE, "name": "look", "observe": "request",
                        "new_group": 1, "wait_for": "work"}))
    check(done.status, "the run went well")
    check_has(done.text, "wait_for=work would start this job too late")


if __name__ == "__main__":
    testing.run(globals())
