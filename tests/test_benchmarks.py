"""The races of `make bench` measure what they say. Nothing here looks at the clock's verdict."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def harness(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import harness

    monkeypatch.setattr(harness, "LEAST_TIME", 0.0)
    monkeypatch.setattr(harness, "LEAST_ROUNDS", 2)
    return harness


@dataclass
class Box:
    """A result that holds an array."""

    array: np.ndarray
    name: str = "box"


def test_a_race_runs_both_at_its_own_sizes(harness):
    seen = {"inputs": [], "ours": [], "theirs": []}

    def inputs(rng, size):
        seen["inputs"].append(size)
        return np.ones(size), "name"

    race = harness.Race(
        "add",
        "sum",
        inputs,
        lambda *arguments: seen["ours"].append(arguments),
        lambda *arguments: seen["theirs"].append(arguments),
        prepare=lambda array, name: (array.size,),
        sizes={"small": (2, 3), "large": (20, 30)},
    )
    result = harness.run(race, "large")
    assert seen["inputs"] == [(20, 30)]
    assert seen["ours"][0][0].shape == (20, 30)
    assert seen["ours"][0][1] == "name"
    # Once to warm up, two rounds.
    assert seen["theirs"] == [(600,)] * 3
    assert result.ratio > 0
    assert race.extent("small") == (2, 3)
    assert harness.Race("add", "sum", inputs, None, None).extent("large") == 10_000_000


def test_memory_is_told_with_the_result_and_beyond_it(harness):
    def ours(x, _):
        squares = x * x
        more = squares + x
        return Box(more * 2), 3

    race = harness.Race(
        "f", "g", lambda rng, size: (np.ones(size), {"n": 1}), ours, ours, sizes={"large": 100_000}
    )
    result = harness.run(race, "large")
    # Three arrays at the end, one of which is the result.
    assert result.memory == pytest.approx(3, abs=0.1)
    assert result.beyond == pytest.approx(2, abs=0.1)
    no_arrays = harness.Race("f", "g", lambda rng, size: (size,), abs, abs)
    assert np.isnan(harness.run(no_arrays, "small").memory)
    assert "—" in "\n".join(harness.lines([harness.run(no_arrays, "small")]))


def test_arrays_are_found_where_they_are(harness):
    x = np.zeros(10)
    assert harness.array_bytes((x, [x, {"x": x}], Box(x), "text", 3, None, Box)) == 4 * 80


@pytest.mark.parametrize(
    ("ratio", "size", "why", "calls_peer", "note"),
    [
        (1.5, "large", "it checks", False, "it checks"),
        (0.9, "large", "it checks", False, ""),
        (1.5, "small", "it checks", False, ""),
        (1.5, "large", {"medium": "it checks"}, False, ""),
        (1.5, "medium", {"medium": "it checks"}, False, "it checks"),
        (0.9, "medium", "it checks", True, "calls it"),
        (1.5, "medium", "it checks", True, "calls it; it checks"),
    ],
)
def test_the_last_column(harness, ratio, size, why, calls_peer, note):
    race = harness.Race("f", "g", None, None, None, why=why, calls_peer=calls_peer)
    assert harness.Result(race, size, ratio, 1.0, 0.0).note == note


def test_the_last_column_tells_of_memory(harness):
    race = harness.Race("f", "g", None, None, None, why="it checks", why_memory="a copy")
    assert harness.Result(race, "large", 1.5, 5.0, 3.5).note == "it checks; memory: a copy"
    assert harness.Result(race, "large", 0.5, 5.0, 3.0).note == ""
    assert harness.Result(race, "small", 1.5, 9.0, 9.0).note == ""


def test_the_table_sums_up_medium_and_large_rows(harness):
    race = harness.Race("f", "g", None, None, None, sizes={"small": 9, "medium": (10, 20), "large": 10**6})
    rows = [("small", 9.0, 9.0), ("medium", 4.0, 3.5), ("large", 0.25, 1.0)]
    results = [harness.Result(race, size, ratio, 5.0, m) for size, ratio, m in rows]
    text = "\n".join(harness.lines(results))
    assert "medium 10×20" in text
    assert "large 1,000,000" in text
    assert "against all: 2 rows, geometric mean 1.00, behind in 1." in text
    assert "against all but torch: 2 rows" in text
    assert "against torch" not in text
    assert "Behind without a reason given: 1." in text
    assert "Over 3 times the input beyond the result: f (medium)." in text


def test_every_race_runs_at_its_smallest_size(harness):
    import bench

    names = [(race.name, race.peer) for race in bench.RACES]
    assert len(set(names)) == len(names)
    for race in bench.RACES:
        size = next(iter(race.sizes))
        arguments = race.inputs(np.random.default_rng(0), race.extent(size))
        race.ours(*arguments)
        race.theirs(*race.prepare(*arguments))
