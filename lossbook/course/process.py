"""The process in which one answer runs, as this side sees it: it is started, asked, and ended by force.

Limits are of two kinds. The system holds those on memory, files, processes and the sum of computing time;
this side ends the whole group of processes when a call takes too long, whatever it does.
"""

import ctypes
import importlib.util
import json
import os
import pwd
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lossbook.course import inside, wire
from lossbook.exercises import calling

#: In seconds: one call or the cell itself; until Python and NumPy have started.
SECONDS, START = 5, 60
LIMITS = {
    "RLIMIT_AS": 1 << 30,
    "RLIMIT_CPU": 30,  # of the whole process, in seconds; a call has SECONDS
    "RLIMIT_CORE": 0,
    "RLIMIT_FSIZE": 0,  # nothing can be written into a file; pipes are none
    "RLIMIT_NOFILE": 0,  # nothing can be opened: no file, no other process's memory, no connection
    "RLIMIT_NPROC": 0,  # no process or thread beside it; root is not held by this one
}
_PR_SET_DUMPABLE = 4
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Ended(Exception):
    """The answer's process ended, or was ended; the message says how: "its process ended"."""


class Late(Ended):
    """It was ended because a call, or the cell, had taken all of its time."""


class NotStarted(Exception):
    """The process did not come as far as the answer, which is no fault of the answer's."""


class AnswerProcess:
    """A process that holds one answer. ``with`` starts it, in an empty folder, and ends it."""

    def __init__(self, source, name, *, before=(), given="", modules=(), seconds=SECONDS, **settings):
        """Take the source of an answer's cell and the name of the function that it defines.

        The settings are those of ``call_here``. The sources `before` it may fail. What is `given` is trusted:
        it runs before any limit is set.
        """
        self.seconds = seconds
        self._order = {
            "source": source,
            "before": list(before),
            "name": name,
            "given": given,
            "modules": list(modules),
            "settings": settings,
            "packages": str(Path(importlib.util.find_spec("numpy").origin).parents[1]),
            "calling": calling.__file__,
            "hidden": str(Path(__file__).resolve().parents[1]),
            "limits": {name: limit for name, limit in LIMITS.items() if hasattr(resource, name)},
            "user": _other_user(),
        }

    def __enter__(self):
        """Start the process and run the answer's cell; raise NotStarted, Ended or ``wire.Malformed``."""
        self._folder = tempfile.TemporaryDirectory(prefix="answer-")
        Path(self._folder.name).chmod(0o755)  # another user may look into it, and not write
        self._buffer = b""
        here, there = os.pipe()
        try:
            self._process = _started(there, self._folder.name)
        finally:
            os.close(there)
        self._pipe, self._questions = here, self._process.stdin.fileno()
        os.set_blocking(self._questions, False)
        try:
            self.error = self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        """End the process and all that it started, and remove its folder."""
        # Its number cannot be another's yet: it has not been waited for.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.stdin.close()
        self._process.wait()
        os.close(self._pipe)
        self._folder.cleanup()

    def ask(self, arrays, parameters):
        """Return the :class:`Reply` to one call; raise Ended or ``wire.Malformed``."""
        self._write(wire.question(arrays, parameters))
        return wire.reply(wire.decoded(self._line(self.seconds, "it had not returned")), arrays)

    def _begin(self):
        """Return in words what was wrong with the cell, or nothing."""
        try:
            self._write(json.dumps(self._order))
            started = wire.decoded(self._line(START, "Python had not started"))
        except (Ended, wire.Malformed) as fault:
            raise NotStarted(str(fault)) from None
        if started != {"started": True}:
            raise NotStarted("it began with something else")
        return wire.text(wire.decoded(self._line(self.seconds, "the cell had not run")), "error")

    def _write(self, line):
        """Send a line, though an answer that does not read might block the pipe."""
        if self._buffer:
            raise wire.Malformed("more came back than was asked for")
        rest, end = memoryview(line.encode() + b"\n"), time.monotonic() + self.seconds
        while rest:
            if not select.select([], [self._questions], [], max(0, end - time.monotonic()))[1]:
                raise Late(f"it had not read its question after {self.seconds:g} seconds")
            try:
                rest = rest[os.write(self._questions, rest) :]
            except BrokenPipeError:
                raise Ended("its process had ended") from None

    def _line(self, seconds, late):
        """Return the next line; raise Ended if there is none after some seconds, or it is too long."""
        end = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            if not select.select([self._pipe], [], [], max(0, end - time.monotonic()))[0]:
                raise Late(f"{late} after {seconds:g} seconds")
            piece = os.read(self._pipe, 1 << 16)
            if not piece:
                raise Ended("its process ended")
            self._buffer += piece
            if len(self._buffer) > wire.MAX_LINE:
                raise Ended("it returned too many numbers")
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line


def shield():
    """Keep other processes of the same user from reading this one's memory, and the secret in it (on Linux).

    It is called by itself where an answer is the same user as its judge.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _started(pipe, folder):
    """Return the process, which writes its replies to this pipe."""
    if not _other_user():
        shield()
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", inside.__file__, str(pipe)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_ENVIRONMENT,
        pass_fds=(pipe,),
        start_new_session=True,
    )


def _other_user():
    """Return the numbers of a user without rights and of its group, or None if this one is not root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid
