"""Where the cache is to be: a folder or a device, and what it holds."""

import os
import stat

import cli

_NAME = "mooncake-size.cache"


class Target:
    def __init__(self, path):
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            raise cli.Error(f"{path}: {error.strerror}: give a folder or a "
                            "block device") from error
        self.path = path
        self.is_device = stat.S_ISBLK(mode)
        if self.is_device:
            self.file = os.path.realpath(path)
            self.free = self._device_bytes()
        elif stat.S_ISDIR(mode):
            self.file = os.path.join(os.path.abspath(path), _NAME)
            found = os.statvfs(path)
            self.free = found.f_bavail * found.f_frsize
        else:
            raise cli.Error(f"{path}: is no folder and no block device")
        if not self.is_device and os.path.exists(self.file):
            raise cli.Error(f"{self.file}: is there already, such as from a "
                            "run that was killed: remove it")

    def _device_bytes(self):
        try:
            with open(self.file, "rb") as device:
                return device.seek(0, os.SEEK_END)
        except OSError as error:
            raise cli.Error(f"{self.path}: {error.strerror}") from error

    def clear(self):
        """A device keeps what was written."""
        if not self.is_device and os.path.exists(self.file):
            os.unlink(self.file)
