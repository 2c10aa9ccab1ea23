"""Race functions of lossbook against their best-known peers, side by side in one process.

A row is one function, one peer and one size. Both run in turn, again and again, so that whatever else the
machine does hits both alike; what is printed is the median of the ratios. Ratios carry over to other
machines, times do not.

Memory is the most that our function held at one time, as a multiple of its input: with the result, and beyond
it. Only the latter is held against the limit. It counts what Python and NumPy allocate; SciPy's trees and
torch's tensors have allocators of their own.
"""

from __future__ import annotations

import dataclasses
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SIZES = {"small": 100, "medium": 10_000, "large": 10_000_000}

#: At least this many rounds, and go on until this much time has gone into a row (seconds).
LEAST_ROUNDS = 5
LEAST_TIME = 0.4

#: A medium or large row should hold no more than this beyond its result, as a multiple of the input.
MOST_MEMORY = 3.0


@dataclass(frozen=True)
class Race:
    """One function against one peer.

    Attributes
    ----------
    name, peer : str
        What runs, as the table names it.
    inputs : callable
        ``inputs(rng, size)`` makes the arguments, a tuple of anything.
    ours, theirs : callable
        Take those arguments. What the peer needs in its own form is made by `prepare`, outside the clock.
    prepare : callable, optional
        Turns the arguments into the peer's.
    sizes : sequence of str, or mapping from str, optional
        Which of `SIZES` to run, or the race's own under the same names: ``{"small": (10, 10, 5), "large":
        (2000, 2000, 10)}`` where it is pairs of rows that count. `inputs` gets the value as it is.
    why : str, or mapping from the sizes' names to str, optional
        Why the row stays behind, if it does.
    why_memory : str, optional
        Why it holds more than `MOST_MEMORY` beyond its result, if it does.
    calls_peer : bool, default False
        Whether our function calls this very peer. The row says so.
    """

    name: str
    peer: str
    inputs: Callable[[np.random.Generator, Any], tuple]
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    prepare: Callable[..., tuple] = lambda *arguments: arguments
    sizes: Sequence[str] | Mapping[str, Any] = tuple(SIZES)
    why: str | Mapping[str, str] = ""
    why_memory: str = ""
    calls_peer: bool = False

    def extent(self, size: str) -> Any:
        """The value that stands for a size's name: a number of elements, or a shape."""
        return self.sizes[size] if isinstance(self.sizes, Mapping) else SIZES[size]


@dataclass(frozen=True)
class Result:
    """The outcome of one race at one size.

    Attributes
    ----------
    ratio : float
        The median of ours/theirs.
    memory, beyond : float
        The most memory held, with the result and without it, as multiples of the input.
    """

    race: Race
    size: str
    ratio: float
    memory: float
    beyond: float

    @property
    def counted(self) -> bool:
        """Whether the goals hold for this row: small ones measure what a call costs, not the work."""
        return self.size != "small"

    @property
    def note(self) -> str:
        """What the last column says: whether ours calls the peer, and why it is behind or needs memory."""
        why = self.race.why if isinstance(self.race.why, str) else self.race.why.get(self.size, "")
        parts = ["calls it"] if self.race.calls_peer else []
        if self.counted and self.ratio > 1 and why:
            parts.append(why)
        if self.counted and self.beyond > MOST_MEMORY and self.race.why_memory:
            parts.append(f"memory: {self.race.why_memory}")
        return "; ".join(parts)


def run(race: Race, size: str) -> Result:
    """Run one race at one size."""
    arguments = race.inputs(np.random.default_rng(0), race.extent(size))
    theirs = race.prepare(*arguments)
    race.ours(*arguments)
    race.theirs(*theirs)
    ratios, spent = [], 0.0
    while len(ratios) < LEAST_ROUNDS or spent < LEAST_TIME:
        ours_time = _time(race.ours, arguments)
        theirs_time = _time(race.theirs, theirs)
        ratios.append(ours_time / theirs_time)
        spent += ours_time + theirs_time
    return Result(race, size, statistics.median(ratios), *_extra_memory(race.ours, arguments))


def _time(function: Callable[..., Any], arguments: tuple) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def _extra_memory(function: Callable[..., Any], arguments: tuple) -> tuple[float, float]:
    """Peak of what Python and NumPy allocate during a call, with and without the result, over the input."""
    size = array_bytes(arguments)
    if not size:
        return float("nan"), float("nan")
    tracemalloc.start()
    result = function(*arguments)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / size, max(peak - array_bytes(result), 0) / size


def array_bytes(value: Any) -> int:
    """Size of all arrays in a value: an array, or tuples, lists, dicts and dataclasses that hold some."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, (tuple, list)):
        return sum(map(array_bytes, value))
    if isinstance(value, Mapping):
        return sum(map(array_bytes, value.values()))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return sum(array_bytes(getattr(value, field.name)) for field in dataclasses.fields(value))
    return 0


def lines(results: Iterable[Result]) -> Iterator[str]:
    """The table line by line, each row as soon as its race is run, and below it how the goals are met."""
    head = f"{'function':28} {'peer':34} {'size':20} {'ours/peer':>9} {'memory':>7} {'beyond':>7}"
    yield f"{head}  why behind"
    counted = []
    for r in results:
        cells = [f"{r.race.name:28} {r.race.peer:34} {r.size + ' ' + _shown(r.race.extent(r.size)):20}"]
        cells += [f"{r.ratio:9.2f}", _times(r.memory), _times(r.beyond), f" {r.note}"]
        yield " ".join(cells).rstrip()
        counted += [r] if r.counted else []
    if counted:
        yield ""
        torch = [r for r in counted if "torch" in r.race.peer]
        others = [r for r in counted if "torch" not in r.race.peer]
        for rows, peers in ((counted, "all"), (others, "all but torch"), (torch, "torch")):
            if rows:
                yield _summary(rows, peers)
        yield f"Behind without a reason given: {sum(r.ratio > 1 and not r.note for r in counted)}."
        large = ", ".join(_label(r) for r in counted if r.beyond > MOST_MEMORY) or "none"
        yield f"Over {MOST_MEMORY:g} times the input beyond the result: {large}."


def _summary(rows: Sequence[Result], peers: str) -> str:
    ratios = [r.ratio for r in rows]
    return (
        f"Medium and large, against {peers}: {len(rows)} rows, "
        f"geometric mean {statistics.geometric_mean(ratios):.2f}, behind in {sum(x > 1 for x in ratios)}."
    )


def _shown(extent: Any) -> str:
    return "×".join(map(str, extent)) if isinstance(extent, tuple) else f"{extent:,}"


def _times(multiple: float) -> str:
    return f"{'—':>7}" if multiple != multiple else f"{multiple:6.1f}×"


def _label(result: Result) -> str:
    return f"{result.race.name} ({result.size})"
