"""Call a reader's function and bring back what came of it as plain data.

Whoever judges an answer sees only a :class:`Reply`: numbers that were copied, and words. No object of the
reader's takes part in a comparison, none of its methods is called, so an `==` that always agrees helps
nobody. A grader can produce the replies in another process and send them over.
"""

import contextlib
import dataclasses
import io
import re
import warnings

import numpy as np

_NUMBER_TYPES = {int, float} | {
    kind for kind in np.sctypeDict.values() if issubclass(kind, np.floating | np.integer)
}
_LONGEST_MESSAGE = 120


@dataclasses.dataclass(frozen=True)
class Output:
    """One thing that a function returned.

    Parameters
    ----------
    what : str
        What it is, in words: "an array", "a number", "a list", "None", "a generator".
    values : ndarray of float64, or None
        Its numbers, copied; None if it is anything but real numbers.
    """

    what: str
    values: np.ndarray | None = None


@dataclasses.dataclass(frozen=True)
class Reply:
    """What came of one call.

    Parameters
    ----------
    outputs : tuple of Output
        What was returned; empty if the function raised an error.
    arrays : tuple of ndarray
        The arrays that the function was given, as it left them.
    error : str
        The error raised, with its message in one line; empty if there was none.
    unwritten : bool
        Whether the error was NotImplementedError.
    printed : bool
        Whether the function wrote anything to the standard output or error.
    """

    outputs: tuple
    arrays: tuple
    error: str = ""
    unwritten: bool = False
    printed: bool = False


def call_here(function, arrays, parameters, *, several):
    """Call a function in this process.

    Parameters
    ----------
    function : callable
        The reader's function.
    arrays : sequence of ndarray
        Its positional arguments. It gets copies.
    parameters : dict
        Its keyword arguments, plain numbers or strings.
    several : bool
        Whether it ought to return several things, so that a tuple or list is taken apart.

    Returns
    -------
    Reply
        Also if the function raises an error or calls ``exit()``.
    """
    given = tuple(array.copy() for array in arrays)
    written = _Discarded()
    error, unwritten, outputs = "", False, ()
    # Dividing by zero in the branch that np.where does not take is no fault, so warnings are not shown.
    with (
        contextlib.redirect_stdout(written),
        contextlib.redirect_stderr(written),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        try:
            returned = function(*given, **parameters)
        except (Exception, SystemExit) as raised:
            error, unwritten = _in_one_line(raised), isinstance(raised, NotImplementedError)
        else:
            apart = several and type(returned) in (tuple, list)
            outputs = tuple(plain(part) for part in (returned if apart else (returned,)))
    return Reply(outputs, given, error, unwritten, written.anything)


def plain(value):
    """Return an :class:`Output` that describes a value and, if it is made of real numbers, copies them."""
    if type(value) in _NUMBER_TYPES:
        return _output("a number", value)
    if type(value) is np.ndarray:
        return _output("an array", value)
    if type(value) in (list, tuple):
        what = f"a {type(value).__name__}"
        return _output(what, value) if _holds_numbers_only(value) else Output(f"{what} of other things")
    if value is None:
        return Output("None")
    name = type(value).__name__
    return Output(f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}")


def _output(what, value):
    """Return the Output of numbers, an array of any dtype, or lists of numbers."""
    try:
        array = np.asarray(value)
    except ValueError:
        return Output(f"{what} whose parts have unequal lengths")
    if array.dtype.kind not in "fiu":
        return Output(f"{what} of type {array.dtype}")
    return Output(what, array.astype(np.float64))


def _holds_numbers_only(value):
    """Say whether nested lists and tuples end in numbers and arrays, looking at types alone."""
    if type(value) in (list, tuple):
        return all(_holds_numbers_only(part) for part in value)
    return type(value) in _NUMBER_TYPES or type(value) is np.ndarray


def _in_one_line(error):
    """Return an error's type and message, short and without memory addresses."""
    try:
        message = str(error)
    except Exception:
        message = ""
    message = re.sub(r"\b0x[0-9a-fA-F]+", "0x…", " ".join(message.split()))
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE].rstrip()}…"
    name = type(error).__name__
    return f"{name}: {message.rstrip('.')}" if message else name


class _Discarded(io.TextIOBase):
    """A stream that forgets what is written to it and remembers only whether anything was."""

    anything = False

    def writable(self):
        """Say that this stream can be written to."""
        return True

    def write(self, text):
        """Forget a text."""
        self.anything = self.anything or bool(text)
        return len(text)
