"""The samples in tests/data, and what mooncake-report has to make of them."""

import atexit
import json
import shutil
import tempfile
from pathlib import Path

from testing import DATA, check, script

RUN = DATA / "run.json"
PLAN = DATA / "plan.json"
TMP = Path(tempfile.mkdtemp(prefix="report_test."))
atexit.register(shutil.rmtree, TMP, ignore_errors=True)

def sample():
    return json.loads(RUN.read_text())


def save(name, text):
    path = TMP / name
    path.write_text(text if isinstance(text, str) else json.dumps(text))
    return path


def reported(*arguments):
    """The figures of each run."""
    said = script("mooncake-report", "--json", *arguments).stdout
    return [each["figures"] for each in json.loads(said)]


def near(got, wanted, what):
    check(abs(got - wanted) <= 1e-9 * abs(wanted),
          f"{what}: {got}, not {wanted}")


def job(document, name):
    return next(each for each in document["jobs"] if each["jobname"] == name)


def wanted_figures():
    """From the JSON, with nothing of the script's."""
    blocks, requests, loads, stores = (
        job(sample(), name) for name in ("blocks", "requests", "loads",
                                         "stores"))
    read, write = blocks["read"], blocks["write"]
    wanted = {
        "requests": requests["read"]["total_ios"],
        "qps": requests["read"]["iops"],
        "blocks_read": read["total_ios"],
        "blocks_written": write["total_ios"],
        "hit_rate": read["total_ios"] /
        (read["total_ios"] + write["total_ios"]),
        "write_ratio": write["total_ios"] /
        (read["total_ios"] + write["total_ios"]),
        "read_bytes": read["io_bytes"], "write_bytes": write["io_bytes"],
        "read_bw": read["bw_bytes"], "write_bw": write["bw_bytes"],
        "bw": read["bw_bytes"] + write["bw_bytes"],
        "syncs": blocks["sync"]["total_ios"],
        "wall": max(read["runtime"], write["runtime"]) / 1e3,
        "io_time": requests["read"]["clat_ns"]["mean"] *
        requests["read"]["clat_ns"]["N"] / 1e9}
    for kind, samples in (("request", requests["read"]["lat_ns"]),
                          ("load", loads["read"]["lat_ns"]),
                          ("store", stores["write"]["lat_ns"]),
                          ("read", read["lat_ns"]),
                          ("write", write["lat_ns"]),
                          ("sync", blocks["sync"]["lat_ns"])):
        wanted[f"{kind}.avg"] = samples["mean"]
        wanted[f"{kind}.max"] = samples["max"]
        for percent in (50, 95, 99):
            wanted[f"{kind}.p{percent}"] = \
                samples["percentile"][f"{percent}.000000"]
    return wanted


def without_bins(value):
    if isinstance(value, dict):
        return {key: without_bins(each) for key, each in value.items()
                if key != "bins"}
    if isinstance(value, list):
        return [without_bins(each) for each in value]
    return value
