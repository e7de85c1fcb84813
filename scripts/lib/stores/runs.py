"""
Runs of fio that behave like KV stores (jobs/stores/), each kept in a folder
as soon as it is done.
"""

import fnmatch
import hashlib
import json
import os
import shutil

import fiojson
import fiorun
from cli import Error

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), *3 * [".."]))
JOBS = os.path.join(TOP, "jobs")
PROFILES = os.path.join(JOBS, "stores")

# What the observers of file operations are called.
OPERATIONS = ("open", "create", "publish", "unlink", "probe")

# What the drive alone is asked, for the words on what limits a store.
DRIVE = (("read_1", "rw=randread", "iodepth=1"),
         ("read_32", "rw=randread", "iodepth=32"),
         ("write_16", "rw=write", "iodepth=16"))
DRIVE_SECONDS = 5


def _option_lines(text):
    return [line.strip() for line in text.splitlines()
            if line.strip() and line.strip()[0] not in "#;["]


class Profile:
    """A file of jobs/stores: what makes a job behave like a store."""

    def __init__(self, name):
        self.name = name
        self.path = os.path.join(PROFILES, f"{name}.fio")
        try:
            with open(self.path, encoding="utf-8") as file:
                self.text = file.read()
        except FileNotFoundError as error:
            raise Error(f"{name}: no such store: take one of "
                        f"{', '.join(names())}") from error
        self.options = dict(line.partition("=")[::2]
                            for line in _option_lines(self.text))

    @property
    def layout(self):
        return self.options["layout"]

    def number(self, option, default):
        return int(self.options.get(option, default))

    def operations(self, changed=()):
        """
        The operations on files that it does, with the options @changed; the
        engine refuses an observer of one that it does not do.
        """
        options = {**self.options, **dict(changed)}
        if options["layout"] == "slots":
            return []
        never = {"publish": options.get("publish") != "rename",
                 "probe": options.get("probe", "none") == "none"}
        return [each for each in OPERATIONS if not never.get(each)]


def names():
    """All stores, in the order of jobs/stores.fio."""
    with open(os.path.join(JOBS, "stores.fio"), encoding="utf-8") as file:
        text = file.read()
    found = []
    for line in text.splitlines():
        path = line.partition("include stores/")[2]
        if path and path[:-len(".fio")] not in found:
            found.append(path[:-len(".fio")])
    return found


def engine():
    """The engine that jobs/stores.fio names: built here, or installed."""
    path = os.path.join(JOBS, "stores.fio")
    with open(path, encoding="utf-8") as file:
        for line in _option_lines(file.read()):
            name, _, value = line.partition("=external:")
            if name == "ioengine":
                return os.path.normpath(os.path.join(TOP, value))
    raise Error(f"{path}: names no engine")


def job_text(profile, settings, plan_json):
    """
    The job file of one store. @settings are the options that all stores
    have, and, as "PATTERN:OPTION", those of some; observers take the store's
    too, for they belong to its replay.
    """
    everywhere = {name: value for name, value in settings.items()
                  if ":" not in name}
    own = {name: value for name, value in everywhere.items()
           if name in profile.options}
    for name, value in settings.items():
        pattern, colon, option = name.partition(":")
        if colon and fnmatch.fnmatchcase(profile.name, pattern):
            own[option] = value
    common = {"rw": "randrw", "replay_no_stall": "1", "end_fsync": "1",
              "group_reporting": "1", **everywhere, "plan_json": plan_json}
    lines = ["[global]"]
    lines += [f"{name}={value}" for name, value in common.items()]
    include = f"include {profile.path}"
    overrides = [f"{name}={value}" for name, value in own.items()]
    lines += ["", "[blocks]", include, *overrides]
    kinds = ("request", "load", *profile.operations(own))
    for kind in kinds:
        lines += ["", f"[{kind}]", include, *overrides, "numjobs=1",
                  f"observe={kind}", "new_group=1"]
    return "\n".join(lines) + "\n"


class Cache:
    """What is written on the target: a file of slots and a folder."""

    MARK = ".mooncake-stores"

    def __init__(self, target, overwrite):
        self.device = os.path.exists(target) and not os.path.isdir(target)
        if self.device and not overwrite:
            raise Error(f"{target}: is no folder: name a folder on the drive, "
                        "or give --overwrite if all on this device may be "
                        "lost")
        if not self.device and not os.path.isdir(target):
            raise Error(f"{target}: there is no such folder")
        self.folder = os.path.join(target, "mooncake-stores.cache")
        self.slots = target if self.device else \
            os.path.join(self.folder, "slots")
        self.files = os.path.join(self.folder, "files")

    def make(self, size):
        if self.device:
            return
        mark = os.path.join(self.folder, self.MARK)
        if os.path.exists(self.folder) and not os.path.exists(mark):
            raise Error(f"{self.folder}: is there already, and not of this "
                        "program: remove it, or name another folder")
        os.makedirs(self.files, exist_ok=True)
        with open(mark, "w", encoding="utf-8"):
            pass
        used = os.path.getsize(self.slots) if os.path.exists(self.slots) \
            else 0
        free = os.statvfs(self.folder)
        free = free.f_bavail * free.f_frsize + used
        if free < 2.1 * size:
            raise Error(f"{self.folder}: {free / 2**30:.1f} GiB are free, "
                        f"{2.1 * size / 2**30:.1f} GiB are needed: a file "
                        "and a folder of --size each")

    def remove(self):
        """Only what make() and the runs have put there."""
        if self.device or not os.path.exists(
                os.path.join(self.folder, self.MARK)):
            return
        shutil.rmtree(self.folder)

    def filename(self, profile):
        return self.slots if profile.layout == "slots" else self.files


class Results:
    """The folder of runs that are done, taken up from run to run."""

    def __init__(self, path, settings, restart):
        self.path = path
        os.makedirs(path, exist_ok=True)
        known = os.path.join(path, "settings.json")
        if restart:
            for each in os.listdir(path):
                if each.endswith(".json"):
                    os.remove(os.path.join(path, each))
        if os.path.exists(known):
            if fiojson.load_object(known) != settings:
                raise Error(f"{path}: has runs of another trace, model, "
                            "capacity or fio: give --restart to begin anew, "
                            "or another --results")
        else:
            self._write("settings.json", settings)

    def file(self, name):
        return os.path.join(self.path, name)

    def _write(self, name, value):
        temporary = self.file(name) + ".new"
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=2)
            file.write("\n")
        os.replace(temporary, self.file(name))

    def get(self, name, identity):
        """What put() kept, if it is of the same @identity."""
        if not os.path.exists(self.file(f"{name}.json")):
            return None
        found = fiojson.load_object(self.file(f"{name}.json"))
        return found if found.get("identity") == identity else None

    def put(self, name, identity, members):
        self._write(f"{name}.json", {"identity": identity, **members})


def _sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def run_store(results, cache, profile, settings, number, show):
    """
    One run of a store: from @results, or made now. Returns what is kept of
    it; fio's JSON and the plan are files beside it.
    """
    name = f"{profile.name}-{number}"
    identity = _sha256(profile.text)
    known = results.get(name, identity)
    if known:
        return known, False
    settings = {**settings, "filename": cache.filename(profile)}
    plan, fio = (results.file(f"{name}.{each}.json")
                 for each in ("plan", "fio"))
    job = results.file(f"{name}.fio")
    with open(job, "w", encoding="utf-8") as file:
        file.write(job_text(profile, settings, plan))
    # What the store before left in memory must not be written in this
    # one's time.
    os.sync()
    _, usage = fiorun.measure(
        [fiorun.binary(), "--output-format=json+", f"--output={fio}", job],
        show)
    for run in fiojson.load(fio):
        for each in run.jobs:
            if each.error:
                raise Error(f"{profile.name}: job {each.name} ended with "
                            f"error {each.error}: see {fio}")
    results.put(name, identity, {"usage": usage._asdict()})
    return results.get(name, identity), True


def drive_alone(results, cache, size, show):
    """
    Writes the file of slots full, so that no store is measured on blocks
    that were never written, and asks the drive what it gives by itself.
    """
    known = results.get("drive", size)
    if known and (cache.device or os.path.exists(cache.slots)):
        return known["bandwidth"]
    common = [f"--filename={cache.slots}", f"--size={size}", "--direct=1",
              "--ioengine=io_uring", "--bs=1m"]
    job = ["--name=fill", *common, "--rw=write", "--iodepth=16"]
    for name, direction, depth in DRIVE:
        job += [f"--name={name}", "--stonewall", *common, f"--{direction}",
                f"--{depth}", f"--runtime={DRIVE_SECONDS}", "--time_based"]
    fio = results.file("drive.fio.json")
    fiorun.run([fiorun.binary(), "--output-format=json", f"--output={fio}",
                *job], show)
    if known:
        return known["bandwidth"]
    jobs = {each["jobname"]: each for each in fiojson.load_object(fio)["jobs"]}
    bandwidth = {name: jobs[name][name.split("_")[0]]["bw_bytes"]
                 for name, _, _ in DRIVE}
    results.put("drive", size, {"bandwidth": bandwidth})
    return bandwidth
