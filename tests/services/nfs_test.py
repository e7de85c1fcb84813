#!/usr/bin/python3
"""
NFS version 3 by nfs-ganesha, below fio's own client, nfs. libnfs 4.0 writes
no 4 KiB by version 4.
"""

from service import (Service, endless, grid, job_file, kill, run, wait_until,
                     waits_until_interrupted)

from backend_runs import needs
from fio_runs import mixed_trace, refused

CONFIG = """\
NFS_CORE_PARAM {{
    Protocols = 3;
    Enable_NLM = false;
    Enable_RQUOTA = false;
    Enable_UDP = false;
}}
NFSv4 {{ Graceless = true; RecoveryBackend = fs; RecoveryRoot = {folder}/old; }}
EXPORT {{
    Export_Id = 1;
    Path = {folder}/export;
    Pseudo = /export;
    Access_Type = RW;
    Squash = No_Root_Squash;
    SecType = sys;
    Protocols = 3;
    Transports = TCP;
    FSAL {{ Name = VFS; }}
}}
"""


class Nfs(Service):
    """An export with an empty file kv: before 3.38 fio's client makes none
    for a job that reads."""

    def start(self):
        needs("nfs", "ganesha.nfsd", "rpcbind", "rpcinfo")
        self.make("export", "old")
        self.file("export/kv")
        config = self.file("ganesha.conf", CONFIG.format(folder=self.folder))
        self.serve("rpcbind", "rpcbind", "-f")
        wait_until(lambda: self.answers("rpcinfo", "-p", "127.0.0.1"),
                   "an answer of rpcbind")
        self.line = ("ganesha.nfsd", "-F", "-f", config, "-p",
                     self.folder / "pid", "-L", "STDERR")
        self.start_server()

    def start_server(self):
        (self.folder / "ganesha.said").unlink(missing_ok=True)
        self.server = self.serve("ganesha", *self.line)
        wait_until(self.is_ready, "an answer of the NFS server")

    def is_ready(self):
        said = (self.folder / "ganesha.said").read_text(errors="replace")
        return "NFS SERVER INITIALIZED" in said and \
            self.answers("rpcinfo", "-t", "127.0.0.1", "nfs", "3")

    @property
    def job(self):
        return {"backend": "nfs", "filename": "kv", "backend_options":
                f"nfs_url=nfs://127.0.0.1{self.folder}/export"}


def test_nfs():
    grid(depths=(1,), **Nfs.running().job)


def test_job_file():
    """As it says that it is run without a mount."""
    job = Nfs.running().job
    job_file("nfs", iodepth=1, direct=0, filename="kv",
             backend=f"nfs\nbackend_options={job['backend_options']}")


def test_interrupted_after_the_server_was_killed():
    nfs = Nfs.running()
    process = endless(**nfs.job)
    kill(nfs.server)
    waits_until_interrupted(process)
    nfs.start_server()


def test_refused_above_depth_1():
    refused("loses writes above iodepth=1", iodepth=16, trace=mixed_trace(),
            **Nfs.running().job)


if __name__ == "__main__":
    run(globals())
