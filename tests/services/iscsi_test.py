#!/usr/bin/python3
"""A target of tgt below libiscsi."""

from service import (Service, endless, grid, kill, run, wait_until,
                     waits_until_interrupted)

from backend_runs import needs

TARGET = "iqn.2026-01.mooncake:kv"


class Iscsi(Service):
    """A unit of 16 MiB, number 1."""

    def start(self):
        needs("libiscsi", "tgtd", "tgtadm")
        lun = self.file("lun")
        with open(lun, "wb") as image:
            image.truncate(16 << 20)
        self.server = self.serve("tgtd", "tgtd", "-f", "--iscsi",
                                 "portal=127.0.0.1:3260")
        wait_until(lambda: self.answers("tgtadm", "--mode", "sys", "--op",
                                        "show"), "an answer of tgtd")
        self.target("target", "new", "-T", TARGET)
        self.target("logicalunit", "new", "--lun", "1", "-b", lun)
        self.target("target", "bind", "-I", "ALL")

    def target(self, mode, operation, *more):
        self.call("tgtadm", "--lld", "iscsi", "--mode", mode, "--op",
                  operation, "--tid", "1", *more)

    @property
    def job(self):
        return {"backend": "libiscsi", "filename":
                rf"iscsi\://127.0.0.1\:3260/{TARGET}/1".replace(
                    "mooncake:", r"mooncake\:")}


def test_iscsi():
    grid(depths=(1,), **Iscsi.running().job)


def test_interrupted_after_the_target_was_killed():
    iscsi = Iscsi.running()
    process = endless(**iscsi.job)
    kill(iscsi.server)
    waits_until_interrupted(process)


if __name__ == "__main__":
    run(globals())
