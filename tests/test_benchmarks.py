"""The races of `make bench`: both sides of each do the same. Nothing here looks at the clock."""

from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def test_both_sides_of_each_race_agree(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import bench

    for race in bench.races():
        race.check({"numbers": (200,), "line": (200,)}.get(race.size, (64, 48)))
    assert len({race.ours for race in bench.races()}) == len(bench.races()) > 80
