"""What a run was of: from about.json of mooncake-run, and fio's JSON."""

import json
import os

import units


def _about(run):
    """What mooncake-run wrote beside the JSON, if it did."""
    if not run.path or run.path == "-":
        return {}
    path = os.path.join(os.path.dirname(run.path), "about.json")
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def _target(target):
    yield "target", target.get("path")
    yield "filesystem", target.get("filesystem")
    size = target.get("device_bytes")
    kind = {True: "rotational", False: "not rotational"}.get(
        target.get("rotational"))
    drive = [target.get("device"), target.get("model"),
             units.size(size) if size else None, kind]
    yield "drive", ", ".join(filter(None, drive))


def _machine(machine):
    yield "kernel", machine.get("kernel")
    yield "system", machine.get("system")
    memory = machine.get("memory_bytes")
    parts = [f"{machine['cpus']} x" if machine.get("cpus") else None,
             machine.get("cpu")]
    yield "processor", " ".join(filter(None, parts))
    yield "memory", units.size(memory) if memory else None


def facts(run):
    """[(name, value)], what is known of them."""
    about = _about(run)
    found = [("job file", about.get("job")),
             ("command", about.get("command")),
             *_target(about.get("target") or
                      {"path": run.option("filename")}),
             ("O_DIRECT", "no" if run.option("direct", "0") == "0" else
              "yes"),
             ("fio", run.version), ("engine", about.get("engine")),
             *_machine(about.get("machine") or {}),
             ("began", about.get("started")),
             ("ended", about.get("ended") or run.document.get("time"))]
    return [(name, value) for name, value in found if value]
