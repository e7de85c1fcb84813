"""What is measured, and on what: the target's drive, and the machine."""

import os
import platform
import shutil
import subprocess


def _read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""


def _field(path, name):
    for line in _read(path).splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _unescape(word):
    """mountinfo writes blanks as octal numbers."""
    return word.replace("\\040", " ").replace("\\011", "\t")


def _mount(path):
    """(device number, type, source) of the filesystem that @path is on."""
    best = None
    for line in _read("/proc/self/mountinfo").splitlines():
        before, _, after = line.partition(" - ")
        words, after = before.split(), after.split()
        place = _unescape(words[4])
        if (path + "/").startswith(place.rstrip("/") + "/") and \
                (not best or len(place) >= len(best[0])):
            best = place, words[2], after[0], _unescape(after[1])
    return best[1:] if best else ("", "", "")


def _number(device):
    return f"{os.major(device)}:{os.minor(device)}"


def _drive(number):
    """What sysfs knows of the block device MAJOR:MINOR, by its whole drive."""
    path = os.path.realpath(f"/sys/dev/block/{number}")
    if not os.path.isdir(path):
        return {}
    if os.path.exists(os.path.join(path, "partition")):
        path = os.path.dirname(path)
    found = {"device": "/dev/" + os.path.basename(path)}
    size = _read(path + "/size")
    if size:
        found["device_bytes"] = 512 * int(size)
    rotational = _read(path + "/queue/rotational")
    if rotational:
        found["rotational"] = rotational == "1"
    for key, name in (("model", "device/model"), ("cache",
                                                  "queue/write_cache"),
                      ("scheduler", "queue/scheduler")):
        value = _read(os.path.join(path, name))
        if value:
            found[key] = value
    return found


def _existing(path):
    """The path, or of what is not there yet the folder that it will be in."""
    path = os.path.realpath(path)
    while not os.path.exists(path) and path != "/":
        path = os.path.dirname(path)
    return path


def target(path):
    """Where the cache lies: device, filesystem, sizes."""
    there = _existing(path)
    found = {"path": path}
    try:
        status = os.stat(there)
        if os.path.isfile(path) or os.path.isdir(path) or there != \
                os.path.realpath(path):
            number, kind, source = _mount(there)
            found |= {"filesystem": kind, "mounted_from": source,
                      "free_bytes": shutil.disk_usage(there).free}
            # In a chroot the mount may not be seen.
            return found | _drive(number or _number(status.st_dev))
        return found | _drive(_number(status.st_rdev))
    except OSError:
        return found


def machine():
    memory = _field("/proc/meminfo", "MemTotal").split()
    return {
        "kernel": f"{platform.system()} {platform.release()}",
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", "")
        if os.path.exists("/etc/os-release") else "",
        "cpu": _field("/proc/cpuinfo", "model name") or platform.machine(),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_bytes": 1024 * int(memory[0]) if memory else None}


def version(*command):
    """What a program says of itself, or None."""
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None
