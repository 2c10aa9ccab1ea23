"""Race functions of lossbook against their best-known peers, side by side in one process.

A row is one function, one peer and one size. Both run in turn, again and again, so that whatever else the
machine does hits both alike; what is printed is the median of the ratios, and the most memory that our
function held beyond its input, as a multiple of the input. Ratios carry over to other machines, times do not.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SIZES = {"small": 100, "medium": 10_000, "large": 10_000_000}

#: At least this many rounds, and go on until this much time has gone into a row (seconds).
LEAST_ROUNDS = 5
LEAST_TIME = 0.4


@dataclass(frozen=True)
class Race:
    """One function against one peer.

    Attributes
    ----------
    name, peer : str
        What runs, as the table names it.
    inputs : callable
        ``inputs(rng, size)`` makes the arguments, a tuple of arrays.
    ours, theirs : callable
        Take those arguments. What the peer needs in its own form is made by `prepare`, outside the clock.
    prepare : callable, optional
        Turns the arguments into the peer's.
    sizes : sequence of str
        Which of `SIZES` to run.
    why : str
        Why the row stays behind, if it does.
    """

    name: str
    peer: str
    inputs: Callable[[np.random.Generator, int], tuple]
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    prepare: Callable[..., tuple] = lambda *arguments: arguments
    sizes: Sequence[str] = ("small", "medium", "large")
    why: str = ""


@dataclass(frozen=True)
class Result:
    """The outcome of one race at one size: median of ours/theirs, and extra memory over input."""

    race: Race
    size: str
    ratio: float
    memory: float


def run(race: Race, size: str) -> Result:
    """Run one race at one size."""
    arguments = race.inputs(np.random.default_rng(0), SIZES[size])
    theirs = race.prepare(*arguments)
    race.ours(*arguments)
    race.theirs(*theirs)
    ratios, spent = [], 0.0
    while len(ratios) < LEAST_ROUNDS or spent < LEAST_TIME:
        ours_time = _time(race.ours, arguments)
        theirs_time = _time(race.theirs, theirs)
        ratios.append(ours_time / theirs_time)
        spent += ours_time + theirs_time
    return Result(race, size, statistics.median(ratios), _extra_memory(race.ours, arguments))


def _time(function: Callable[..., Any], arguments: tuple) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def _extra_memory(function: Callable[..., Any], arguments: tuple) -> float:
    """Peak of what NumPy allocates during a call, over the size of the arrays that went in."""
    tracemalloc.start()
    function(*arguments)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / sum(a.nbytes for a in arguments if isinstance(a, np.ndarray))


def table(results: Sequence[Result]) -> str:
    """The results as text, one row a line, and the geometric mean of the medium and large ratios."""
    lines = [f"{'function':22} {'peer':34} {'size':7} {'ours/peer':>9} {'memory':>7}  why behind"]
    for r in results:
        why = r.race.why if r.ratio > 1 and r.size != "small" else ""
        lines.append(
            f"{r.race.name:22} {r.race.peer:34} {r.size:7} {r.ratio:9.2f} {r.memory:6.1f}×  {why}".rstrip()
        )
    counted = [r.ratio for r in results if r.size != "small"]
    lines.append(f"\nGeometric mean, medium and large: {statistics.geometric_mean(counted):.2f}")
    return "\n".join(lines)
