"""Running fio."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import namedtuple

from cli import Error

# What a program and those that it waited for took: seconds, the largest memory
# of one, and the bytes that came from drives, and went or are to go to them
# (getrusage(2)'s blocks are of 512 bytes; what the page cache had is not in it).
Usage = namedtuple("Usage", "seconds user system peak read written")

# fio writes what it has and ends well within this after SIGINT.
STOP_SECONDS = 20


def binary():
    fio = os.environ.get("FIO", "fio")
    if not shutil.which(fio):
        raise Error(f"{fio}: no such program: install fio, or name it by FIO=")
    return fio


def launch(command, signalled="TERM", **more):
    """
    In a session of its own: Ctrl-C comes to it from here alone. It ends in
    good order when this process is killed.
    """
    return subprocess.Popen(["setpriv", "--pdeathsig", signalled, *command],
                            start_new_session=True, **more)


def _reap(process, seconds):
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Usage(seconds, used.ru_utime, used.ru_stime, used.ru_maxrss * 1024,
                 used.ru_inblock * 512, used.ru_oublock * 512)


def _wait(process, show):
    """Waits; @show is called with the seconds gone, each second."""
    start = time.monotonic()
    ended = os.pidfd_open(process.pid)
    try:
        while not select.select([ended], [], [], 1)[0]:
            show(time.monotonic() - start)
    finally:
        os.close(ended)
    return _reap(process, time.monotonic() - start)


def _said(process, command, output):
    output.seek(0)
    said = output.read().strip()
    if process.returncode:
        raise Error(f"{' '.join(command)} failed with status "
                    f"{process.returncode}:\n{said}")
    return said


def _output():
    return tempfile.TemporaryFile("w+", errors="replace")


def measure(command, show=lambda seconds: None):
    """
    Runs @command to its end and returns what it said, which is in the error
    if it fails, and its Usage. An interrupt stops it and is passed on.
    """
    with _output() as output:
        process = launch(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            usage = _wait(process, show)
        except KeyboardInterrupt:
            _stop(process)
            raise
        return _said(process, command, output), usage


def run(command, show=lambda seconds: None):
    """The same without the Usage."""
    return measure(command, show)[0]


def _stop(process):
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class _Sliced:
    """A program of one process that runs for a slice of time now and then."""

    def __init__(self, command, clean_up):
        self._command = command
        self._output = clean_up.enter_context(_output())
        self._seconds = 0
        # Stopped as it may be, no other signal would end it.
        self._process = launch(command, "KILL", stdout=self._output,
                               stderr=subprocess.STDOUT)
        self._process.send_signal(signal.SIGSTOP)
        self._ended = os.pidfd_open(self._process.pid)
        clean_up.callback(os.close, self._ended)
        clean_up.callback(self._kill)

    def _kill(self):
        if self._process.returncode is None:
            self._process.kill()
            self._process.wait()

    def run(self, seconds):
        """Returns whether it has not come to its end."""
        begin = time.monotonic()
        self._process.send_signal(signal.SIGCONT)
        goes_on = not select.select([self._ended], [], [], seconds)[0]
        if goes_on:
            self._process.send_signal(signal.SIGSTOP)
        self._seconds += time.monotonic() - begin
        return goes_on

    def result(self):
        usage = _reap(self._process, self._seconds)
        return _said(self._process, self._command, self._output), usage


def measure_in_slices(commands, seconds):
    """
    Runs all @commands to their ends, in turn for so many seconds each while the
    others are stopped: what slows the machine for a while slows all. Returns
    the same as measure() for each; the seconds are those of its slices.
    """
    with contextlib.ExitStack() as clean_up:
        programs = [_Sliced(each, clean_up) for each in commands]
        left = programs
        while left:
            left = [each for each in left if each.run(seconds)]
        return [each.result() for each in programs]


def interrupt_on_sigterm():
    """SIGTERM is taken like Ctrl-C, so that no fio is left behind."""
    def interrupt(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def ticker(text):
    """Shows the seconds gone beside @text, where a person looks on."""
    if not sys.stderr.isatty():
        return lambda seconds: None
    return lambda seconds: print(f"\r{text}, {seconds:.0f} s gone ",
                                 end="", file=sys.stderr, flush=True)
