#!/usr/bin/python3
"""GlusterFS, a volume of one brick, below gfapi and gfapi_async."""

from service import (Service, endless, ends_with_an_error, grid, run,
                     wait_until)

from backend_runs import exact, needs

# As a brick's host the command takes neither localhost nor 127.0.0.1.
HOST = "127.0.0.2"
CONFIG = """\
volume management
    type mgmt/glusterd
    option working-directory {folder}/wd
    option run-directory {folder}/run
    option transport-type socket
    option transport.address-family inet
    option transport.socket.bind-address {host}
    option transport.socket.listen-port 24007
    option ping-timeout 0
    option event-threads 1
end-volume
"""
CACHES = ("write-behind", "io-cache", "quick-read", "read-ahead",
          "open-behind", "stat-prefetch")


class Gluster(Service):
    """A volume v whose clients cache nothing."""

    def start(self):
        needs("gfapi", "glusterd", "gluster")
        self.make("wd", "brick", "run", "log")
        config = self.file("glusterd.vol", CONFIG.format(
            folder=self.folder, host=HOST))
        self.serve("glusterd", "glusterd", "-N", "-f", config, "-p",
                   self.folder / "pid", "-l", self.folder / "log/glusterd.log")
        wait_until(lambda: self.answers("gluster", "--mode=script", "volume",
                                        "info"), "an answer of glusterd")
        self.volume("create", f"{HOST}:{self.folder}/brick", "force")
        self.volume("set", "auth.allow", "127.0.0.*")
        for cache in CACHES:
            self.volume("set", f"performance.{cache}", "off")
        self.start_volume()

    def start_volume(self):
        self.volume("start")
        wait_until(lambda: "Online               : Y" in
                   self.volume("status", "detail"), "the brick to be online")

    def volume(self, verb, *arguments):
        return self.call("gluster", "--mode=script", "volume", verb, "v",
                         *arguments)

    def job(self, backend):
        return {"backend": backend, "filename": "kv",
                "backend_options": f"volume=v,brick={HOST}"}


def test_gfapi():
    grid(depths=(1,), threads=(0,), **Gluster.running().job("gfapi"))


def test_gfapi_async():
    grid(depths=(16,), threads=(0,), **Gluster.running().job("gfapi_async"))


def test_brick_stopped():
    gluster = Gluster.running()
    for backend in ("gfapi", "gfapi_async"):
        process = endless(**gluster.job(backend))
        gluster.volume("stop", "force")
        ends_with_an_error(process)
        gluster.start_volume()


def test_one_client_with_caches():
    """They hide from it nothing that it wrote itself."""
    gluster = Gluster.running()
    for cache in CACHES:
        gluster.volume("set", f"performance.{cache}", "on")
    exact(**gluster.job("gfapi"))
    for cache in CACHES:
        gluster.volume("set", f"performance.{cache}", "off")


if __name__ == "__main__":
    run(globals())
