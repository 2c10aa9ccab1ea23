"""How an answer is called, and what is kept of what it returned: numbers that were copied, and words.

This file needs NumPy alone. A grader's process, which has no ``lossbook``, loads it by its path.
"""

import ctypes
import dataclasses
import io
import re
import threading
import tracemalloc
import warnings
from contextlib import redirect_stderr, redirect_stdout, suppress

import numpy as np

_NUMBERS = (int, float, *(k for k in np.sctypeDict.values() if issubclass(k, np.floating | np.integer)))
_MAX_MESSAGE = 120


@dataclasses.dataclass(frozen=True)
class Output:
    """One thing that a function returned."""

    what: str  # in words: "an array", "a number", "a list", "None", "a generator"
    values: np.ndarray | None = None  # its numbers, copied, in float64; None if they are not real numbers


@dataclasses.dataclass(frozen=True)
class Reply:
    """What came of one call."""

    outputs: tuple  # an Output for each thing returned; none if the function raised an error
    arrays: tuple  # those that the function was given, as it left them
    error: str = ""  # the error raised, with its message in one line
    unwritten: bool = False  # whether that was NotImplementedError
    printed: bool = False  # whether anything was written to the standard output or error
    peak: int | None = None  # the most memory that the call took at a time, in bytes, if that was measured
    ended: str = ""  # how the call was ended from outside, in words: "it had not returned after 5 seconds"


def call_here(function, arrays, parameters, *, several, measured=False, seconds=None):
    """Return the :class:`Reply` of a function that is called in this process, also if it raises or exits.

    It gets copies of the arrays, and the parameters by their names. If it ought to return `several` things, a
    tuple or list is taken apart. If `measured`, the reply tells how much memory it took. With `seconds` it
    runs in a thread of its own and is given up after them; a loop that cannot be stopped from outside then
    goes on in the background, and the reply says so.
    """
    given, written = tuple(array.copy() for array in arrays), _Counter()
    error, unwritten, outputs, ended, peak = "", False, (), "", None

    def call():
        nonlocal error, unwritten, outputs
        try:
            returned = function(*given, **parameters)
        except _Stopped:
            raise
        except BaseException as raised:  # an answer's own KeyboardInterrupt is an error like others
            error, unwritten = in_one_line(raised), isinstance(raised, NotImplementedError)
        else:
            apart = several and _is_one_of(returned, (tuple, list))
            outputs = tuple(plain(part) for part in (returned if apart else (returned,)))

    # Dividing by zero in the branch that np.where does not take is no fault, so warnings are not shown.
    with redirect_stdout(written), redirect_stderr(written), warnings.catch_warnings(action="ignore"):
        if measured:
            tracemalloc.start()
        try:
            if seconds is None:
                call()
            else:
                ended = _run_for(call, seconds)
        finally:
            if measured:
                peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
    # Whatever a thread that was given up still does, it is no part of this reply.
    return Reply(() if ended else outputs, given, error, unwritten, bool(written.count), peak, ended)


class _Stopped(BaseException):
    """Raised inside a function that is given up."""


class _Counter(io.TextIOBase):
    """A stream that keeps nothing: an answer that prints without end fills no memory."""

    count = 0

    def writable(self):
        return True

    def write(self, text):
        self.count += len(text)
        return len(text)


def _run_for(call, seconds):
    """Run a call in a thread, for some seconds at most, and return in words how it ended if it had to."""

    def until_stopped():
        with suppress(_Stopped):
            call()

    thread = threading.Thread(target=until_stopped, name="answer", daemon=True)
    thread.start()
    # This thread waits, so that the notebook's stop button is the reader's.
    try:
        thread.join(seconds)
    finally:
        late = thread.is_alive()
        if late:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident), ctypes.py_object(_Stopped)
            )
            thread.join(0.5)
    if not late:
        return ""
    resists = " and cannot be stopped: restart the kernel before you go on" if thread.is_alive() else ""
    return f"it had not returned after {seconds:g} seconds{resists}"


def plain(value):
    """Return an :class:`Output` that describes a value and, if it is made of real numbers, copies them."""
    name = "number" if _is_one_of(value, _NUMBERS) else type(value).__name__.replace("ndarray", "array")
    what = "None" if value is None else f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
    if not _holds_numbers_only(value):
        return Output(f"{what} of other things" if _is_one_of(value, (list, tuple)) else what)
    try:
        array = np.asarray(value)
    except ValueError:
        return Output(f"{what} whose parts have unequal lengths")
    if array.dtype.kind not in "fiu":
        return Output(f"{what} of type {array.dtype}")
    return Output(what, array.astype(np.float64))


def _is_one_of(value, kinds):
    """Say whether a value is exactly of one of these types: `in` would ask the type itself what it equals."""
    return any(type(value) is kind for kind in kinds)


def _holds_numbers_only(value):
    """Say whether nested lists and tuples end in numbers and arrays, looking at types alone."""
    if _is_one_of(value, (list, tuple)):
        return all(map(_holds_numbers_only, value))
    return _is_one_of(value, (np.ndarray, *_NUMBERS))


def in_one_line(error):
    """Return an error's type and message, short and without memory addresses."""
    try:
        message = str(error)
    except BaseException:  # the error is the reader's, and so is its __str__
        message = ""
    message = re.sub(r"\b0x[0-9a-fA-F]+", "0x…", " ".join(message.split()))
    if len(message) > _MAX_MESSAGE:
        message = f"{message[:_MAX_MESSAGE].rstrip()}…"
    return f"{type(error).__name__}: {message.rstrip('.')}" if message else type(error).__name__
