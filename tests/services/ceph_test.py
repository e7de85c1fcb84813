#!/usr/bin/python3
"""
Ceph, one monitor and one OSD, below rbd and rados; and its gateway
for S3 below http. The OSD is stopped, killed and started while a run goes on.
"""

import os
import time
import uuid
from hashlib import sha256

from service import (Service, end, endless, grid, job_file, kill, run,
                     waits_until_interrupted, wait_until)

from backend_runs import corners, needs, report
from fio_runs import command, file, finish, mixed_trace, planned, start
from fio_runs import run as run_fio
from testing import check, check_equal, check_has

CONFIG = """\
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:3300/0
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
ms mon client mode = crc
auth cluster required = none
auth service required = none
auth client required = none
run dir = {folder}
admin socket = {folder}/$name.$pid.asok
log file = {folder}/$name.log
crash dir = {folder}
keyring = {folder}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail warn = 1
mon data avail crit = 0
[mon.a]
mon data = {folder}/mon
[osd.0]
osd data = {folder}/osd
osd objectstore = bluestore
bluestore block size = 17179869184
bluestore block db create = false
bluestore block wal create = false
[client.rgw]
rgw data = {folder}/rgw
rgw frontends = beast endpoint={gateway}
rgw dynamic resharding = false
"""
GATEWAY = "127.0.0.1:8000"
KEY, SECRET = "AKIDTEST", "SECRETTEST"


class Ceph(Service):
    """A pool kv with an image cache in it, as jobs/ceph.fio has them."""

    def start(self):
        needs("rbd", "ceph-mon", "ceph-osd", "ceph", "rbd")
        fsid = uuid.uuid4()
        self.make("mon", "osd", "rgw")
        self.file("keyring")
        self.conf = self.file("ceph.conf", CONFIG.format(
            fsid=fsid, folder=self.folder, gateway=GATEWAY))
        os.environ["CEPH_CONF"] = str(self.conf)
        self.call("monmaptool", "--create", "--fsid", fsid, "--addv", "a",
                  "v2:127.0.0.1:3300", self.folder / "monmap")
        self.call("ceph-mon", "--mkfs", "-i", "a", "--monmap",
                  self.folder / "monmap")
        self.serve("mon", "ceph-mon", "-f", "-i", "a")
        osd = uuid.uuid4()
        self.call("ceph", "osd", "new", osd)
        self.call("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self.start_osd()
        self.call("ceph", "osd", "pool", "create", "kv", "8")
        self.call("rbd", "create", "kv/cache", "--size", "64M")

    def start_osd(self):
        self.osd = self.serve("osd", "ceph-osd", "-f", "-i", "0")
        wait_until(self.is_up, "the OSD to be up")

    def is_up(self):
        """By an answer of its own: the monitor takes long to miss it."""
        return self.answers("ceph", "tell", "osd.0", "version")

    def stop_osd(self):
        end(self.osd)

    def kill_osd(self):
        kill(self.osd)

    def start_gateway(self):
        """With a bucket kv-cache: a name has at least three letters."""
        self.call("radosgw-admin", "user", "create", "--uid=kv",
                  "--display-name=kv", f"--access-key={KEY}",
                  f"--secret={SECRET}")
        self.serve("gateway", "radosgw", "-f", "-n", "client.rgw")
        wait_until(lambda: self.answers("curl", "-s", f"http://{GATEWAY}/"),
                   "an answer of the gateway")
        self.call("curl", "-sf", "-X", "PUT", "--user", f"{KEY}:{SECRET}",
                  "--aws-sigv4", "aws:amz:us-east-1:s3",
                  "-H", f"x-amz-content-sha256: {sha256().hexdigest()}",
                  f"http://{GATEWAY}/kv-cache")

    @property
    def rbd(self):
        """What makes a job use the image."""
        return {"backend": "rbd", "direct": 1, "filename": None,
                "backend_options":
                "pool=kv,rbdname=cache,clientname=admin"}

    @property
    def rados(self):
        return {"backend": "rados", "filename": "kv", "backend_options":
                f"pool=kv,clientname=admin,conf={self.conf}"}

    @property
    def s3(self):
        return {"backend": "http", "filename": "/kv-cache/block", "backend_options":
                f"http_host={GATEWAY},http_mode=s3,https=off,"
                f"http_s3_key={SECRET},http_s3_keyid={KEY}"}


def test_rbd():
    grid(**Ceph.running().rbd)


def test_no_file_is_made_here():
    path = file("image")
    done = run_fio(command({"trace": mixed_trace(), **Ceph.running().rbd,
                            "filename": path}, output="normal"))
    check_equal(done.status, 0, done.text[-500:])
    check(not path.exists(), f"{path} was made")
    check_has(done.text, "measured: backend=rbd, O_DIRECT\n")


def test_job_file():
    Ceph.running()
    job_file("ceph")


def test_rados():
    grid(**Ceph.running().rados)


def away(ceph, leave, **job):
    """Counts and bytes are exact, though the OSD leaves and comes back."""
    trace = mixed_trace(20)
    process = start(command({"trace": trace, "iodepth": 4, "numjobs": 2,
                             "group_reporting": 1, "check_blocks": "data",
                             **job}))
    time.sleep(1)
    leave()
    check(process.poll() is None, "it ended before the OSD left")
    time.sleep(2)
    check(process.poll() is None, "it did not wait for the OSD")
    ceph.start_osd()
    done = finish(process)
    check_equal(done.status, 0, done.text[-500:])
    check_equal(report(done).counts, planned(trace), "counts")


def test_osd_stopped_and_started():
    ceph = Ceph.running()
    away(ceph, ceph.stop_osd, **ceph.rbd)
    away(ceph, ceph.stop_osd, **ceph.rados)


def test_osd_killed_and_started():
    ceph = Ceph.running()
    away(ceph, ceph.kill_osd, **ceph.rbd)


def test_interrupted_while_the_osd_is_away():
    ceph = Ceph.running()
    process = endless(iodepth=4, **ceph.rbd)
    ceph.kill_osd()
    waits_until_interrupted(process)
    ceph.start_osd()


def test_s3():
    needs("http", "radosgw", "radosgw-admin", "curl")
    ceph = Ceph.running()
    ceph.start_gateway()
    corners(**ceph.s3)
    os.environ.update(S3_HOST=GATEWAY, S3_KEY=SECRET, S3_ID=KEY)
    job_file("s3")


if __name__ == "__main__":
    run(globals())
