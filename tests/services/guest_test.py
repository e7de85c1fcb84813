#!/usr/bin/python3
"""
Engines that want a device which few machines have to spare: NVMe by
io_uring_cmd and polled, SCSI by sg, persistent memory by dev-dax. They run in
a guest of QEMU, without KVM, with a kernel of Debian's.
"""

import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from service import Service, run

from backend_runs import CORNERS, needs
from fio_runs import ENGINE, command, mixed_trace, planned
from testing import TOP, Skip, check_equal

# Fetched once; the kernel is unpacked, not installed.
KERNEL = TOP / "build" / "guest"
MODULES = ("scsi_common", "scsi_mod", "sg", "scsi_debug", "libnvdimm", "nfit",
           "dax", "device_dax", "dax_pmem")
INIT = """\
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mkdir -p /dev/shm /out
mount -t tmpfs none /dev/shm
for module in {modules}; do
    file=/modules/$module.ko
    test ! -e $file || insmod $file $(cat /modules/$module.options)
done
cd /sys/bus/nd/devices && echo namespace0.0 >dax0.0/namespace &&
    echo ram >dax0.0/mode && echo 4096 >dax0.0/align &&
    echo 00000000-0000-4000-8000-000000000001 >dax0.0/uuid &&
    echo dax0.0 >/sys/bus/nd/drivers/dax_pmem/bind
cd /tmp
{commands}
tar -c -f /dev/nvme1n1 -C /out .
poweroff -f
"""
TRACE = "/trace.jsonl"
OPTIONS = {"scsi_debug": "dev_size_mb=64 delay=0"}
QEMU = ("qemu-system-x86_64", "-machine", "q35,accel=tcg,nvdimm=on", "-cpu",
        "max", "-m", "1G,slots=2,maxmem=4G", "-smp", "2", "-display", "none",
        "-no-reboot", "-nodefaults", "-serial", "stdio")


def fetch_kernel():
    """The kernel for clouds that apt has: NVMe is built into it."""
    needs("io_uring", "qemu-system-x86_64", "busybox", "cpio", "ldd")
    if KERNEL.exists():
        return
    with tempfile.TemporaryDirectory(dir=TOP / "build") as folder:
        done = subprocess.run(
            """package=$(apt-cache depends linux-image-cloud-amd64 |
                         awk '/Depends: linux-image/ { print $2; exit }')
            apt-get download -q -o APT::Sandbox::User=root \
                    -o Acquire::Retries=3 "$package" &&
            dpkg -x ./*.deb kernel""",
            shell=True, cwd=folder, capture_output=True, text=True,
            check=False)
        if done.returncode:
            raise Skip("apt has no kernel for a guest: "
                       f"{done.stderr[-200:]}")
        Path(folder, "kernel").rename(KERNEL)


def libraries(*programs):
    said = subprocess.run(["ldd", *programs], capture_output=True, text=True,
                          check=True).stdout
    return re.findall(r"\s(/\S+) \(0x", said)


class Guest(Service):
    """Two NVMe drives (the second for what it has to say), a SCSI disk and a
    piece of persistent memory."""

    def start(self):
        self.root = self.folder / "root"
        for name in ("bin", "dev", "proc", "sys", "tmp", "modules"):
            (self.root / name).mkdir(parents=True)
        self.copy("/bin/busybox", "/bin/busybox")
        for name in MODULES:
            for path in KERNEL.rglob(f"{name}.ko"):
                self.copy(path, f"/modules/{name}.ko")
            self.put(f"/modules/{name}.options", OPTIONS.get(name, ""))
        programs = shutil.which(ENGINE.fio), ENGINE.library
        for path in (*programs, *libraries(*programs)):
            self.copy(path, path)
        self.copy(mixed_trace(), TRACE)

    def put(self, name, text):
        (self.root / name.lstrip("/")).write_text(text, encoding="utf-8")

    def copy(self, source, name):
        path = self.root / str(name).lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(Path(source).read_bytes())
        path.chmod(0o755)

    def run(self, lines):
        """What each command line printed and its status, in one boot."""
        commands = [f"{' '.join(map(str, line))} >/out/{number} 2>&1; "
                    f"echo $? >/out/{number}.status"
                    for number, line in enumerate(lines)]
        self.put("init", INIT.format(modules=" ".join(MODULES),
                                     commands="\n".join(commands)))
        (self.root / "init").chmod(0o755)
        self.call("sh", "-c", "find . | cpio -o -H newc --quiet | "
                  f"gzip -1 >{self.folder}/initrd", cwd=self.root)
        drives = []
        for name in ("drive", "said"):
            with open(self.folder / name, "wb") as image:
                image.truncate(64 << 20)
            drives += ["-drive", f"file={self.folder}/{name},if=none,"
                       f"id={name},format=raw", "-device",
                       f"nvme,serial={name},drive={name}"]
        kernel, = KERNEL.glob("boot/vmlinuz-*")
        console = self.call(
            *QEMU, "-kernel", kernel, "-initrd", self.folder / "initrd",
            "-append", "console=ttyS0 quiet nvme.poll_queues=1 panic=-1",
            "-object", "memory-backend-ram,id=pm,size=256M", "-device",
            "nvdimm,memdev=pm", *drives, seconds=500)
        try:
            with tarfile.open(self.folder / "said") as said:
                return [(int(said.extractfile(f"./{number}.status").read()),
                         said.extractfile(f"./{number}").read().decode())
                        for number in range(len(lines))]
        except (tarfile.TarError, KeyError) as error:
            raise AssertionError(f"the guest said nothing: {error}: "
                                 f"{console[-800:]}") from None


BACKENDS = {
    "io_uring_cmd": {"backend": "io_uring_cmd", "filename": "/dev/ng0n1"},
    "polled": {"backend": "io_uring", "backend_options": "hipri=1",
               "filename": "/dev/nvme0n1", "direct": 1},
    "sg": {"backend": "sg", "filename": "/dev/sg0"},
    # Its size must be a multiple of the device's alignment, here a page.
    "dev-dax": {"backend": "dev-dax", "filename": "/dev/dax0.0"},
}


def test_devices():
    guest = Guest.running()
    jobs = [{**backend, **corner} for backend in BACKENDS.values()
            for corner in CORNERS]
    said = guest.run([command({"trace": TRACE, "group_reporting": 1,
                               "check_blocks": "data", **job})
                      for job in jobs])
    for job, (status, text) in zip(jobs, said):
        check_equal(status, 0, f"{job}: {text[:600]}")
        found = json.loads(text[text.index("{\n"):])["jobs"][0]
        check_equal((found["read"]["total_ios"], found["write"]["total_ios"]),
                    planned(mixed_trace()), str(job))


if __name__ == "__main__":
    run(globals(), prepare=fetch_kernel)
