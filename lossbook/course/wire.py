"""What goes to an answer's process and comes back: lines of JSON that hold numbers and short texts.

What comes back may have been written by the answer itself, so each piece is looked at before it is used.
"""

import json
import math

import numpy as np

from lossbook.exercises.calling import Output, Reply

#: The longest line that is read, in bytes, and the longest text in it.
MAX_LINE, MAX_TEXT = 4_000_000, 200
_MAX_AXES = 8


class Malformed(Exception):
    """A line is not what this side would have sent."""


def question(arrays, parameters):
    """Return the line that asks for one call."""
    sent = [[array.dtype.str, list(array.shape), array.ravel().tolist()] for array in arrays]
    return json.dumps({"arrays": sent, "parameters": parameters})


def decoded(line):
    """Return the dict that a line holds; raise Malformed if it holds none."""
    try:
        # As floats, whole numbers of a million digits are infinite at once.
        message = json.loads(line, parse_int=float)
    except (ValueError, RecursionError):
        raise Malformed("no JSON came back") from None
    if not isinstance(message, dict):
        raise Malformed("no object came back")
    return message


def text(message, key):
    """Return one short text, in one printable line."""
    value = message.get(key)
    if not isinstance(value, str):
        raise Malformed(f"{key} is no text")
    return "".join(letter if letter.isprintable() else " " for letter in value[:MAX_TEXT])


def reply(message, arrays):
    """Return a message as a :class:`Reply` to a call with these arrays."""
    try:
        outputs = tuple(
            Output(text({"what": what}, "what"), None if values is None else _array(values, np.float64))
            for what, values in message["outputs"]
        )
        left = tuple(
            _array(values, sent.dtype) for values, sent in zip(message["arrays"], arrays, strict=True)
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Malformed("outputs or arrays have the wrong form") from None
    flags = [message.get("unwritten"), message.get("printed")]
    if not all(isinstance(flag, bool) for flag in flags):
        raise Malformed("a flag is neither true nor false")
    peak = message.get("peak")
    if not (peak is None or isinstance(peak, float)):
        raise Malformed("a size of memory is no number")
    return Reply(outputs, left, text(message, "error"), *flags, peak)


def _array(values, dtype):
    shape, flat = values
    if len(shape) > _MAX_AXES or not all(isinstance(n, float) and n >= 0 and n.is_integer() for n in shape):
        raise ValueError("no shape")
    if len(flat) != math.prod(shape) or not all(isinstance(number, float) for number in flat):
        raise ValueError("no numbers")
    with np.errstate(invalid="ignore"):
        return np.array(flat, np.float64).astype(dtype).reshape([int(n) for n in shape])
