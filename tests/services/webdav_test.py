#!/usr/bin/python3
"""nginx as a WebDAV server below http."""

from service import (Service, end, endless, ends_with_an_error, grid, run,
                     wait_until)

from backend_runs import needs
from fio_runs import mixed_trace, refused

HOST = "127.0.0.1:8080"
CONFIG = """\
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
user root;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_max_body_size 64m;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/bodies;
    server {{
        listen {host};
        root {folder}/data;
        location / {{
            dav_methods PUT DELETE;
            create_full_put_path on;
        }}
    }}
}}
"""


class WebDav(Service):
    def start(self):
        needs("http", "nginx", "curl")
        self.folder.chmod(0o755)
        self.make("data", "bodies")
        self.config = self.file("nginx.conf", CONFIG.format(
            folder=self.folder, host=HOST))
        self.start_server()

    def start_server(self):
        self.server = self.serve("nginx", "nginx", "-c", self.config, "-p",
                                 self.folder, "-g", "daemon off;")
        wait_until(lambda: self.answers("curl", "-s", f"http://{HOST}/"),
                   "an answer of nginx")

    @property
    def job(self):
        return {"backend": "http", "filename": "/kv/cache",
                "backend_options":
                f"http_host={HOST},http_mode=webdav,https=off"}


def test_webdav():
    grid(**WebDav.running().job)


def test_objects_are_named_by_offset_and_length():
    job = WebDav.running().job
    refused("give both directions the same bs=", bs="4k,2k", trace=mixed_trace(),
            **job)
    job["backend_options"] += ",http_object_mode=range"
    refused("replaces the whole file", trace=mixed_trace(), **job)


def test_no_object_is_a_header():
    job = WebDav.running().job
    refused("header_reads=1", header_reads=1, trace=mixed_trace(),
            **job)


def test_server_ended():
    dav = WebDav.running()
    process = endless(**dav.job)
    end(dav.server)
    ends_with_an_error(process)
    dav.start_server()


if __name__ == "__main__":
    run(globals())
