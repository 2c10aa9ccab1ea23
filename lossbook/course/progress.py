"""How far grading is: one line that renews itself in a terminal; elsewhere a line for each submission."""

import sys
import time

_WIDTH = 24  # of the bar


class Progress:
    """Says how far it is, on the standard error."""

    def __init__(self, total, stream=None):
        self._total, self._done, self._flagged = total, 0, 0
        self._stream = sys.stderr if stream is None else stream
        self._start = time.monotonic()

    def __call__(self, verdict):
        """Count a verdict, and say so."""
        self._done += 1
        flagged = any(exercise["flagged"] for exercise in verdict["exercises"])
        self._flagged += flagged
        name = "".join(letter if letter.isprintable() else "?" for letter in verdict["student"])
        if not self._stream.isatty():
            note = ", for a person to look at" if flagged else ""
            print(f"{self._done} of {self._total}: {name}{note}", file=self._stream, flush=True)
            return
        full = _WIDTH * self._done // self._total
        left = (time.monotonic() - self._start) / self._done * (self._total - self._done)
        print(
            f"\r\033[K[{'#' * full}{'.' * (_WIDTH - full)}] {self._done} of {self._total}, "
            f"{self._flagged} for a person, about {left:.0f} s left",
            end="\n" if self._done == self._total else "",
            file=self._stream,
            flush=True,
        )
