"""The reading paths, as data: in an order in which every step can be understood."""

import itertools
import tomllib
from pathlib import Path

import pytest

from lossbook.site.paths import spoken

ROOT = Path(__file__).resolve().parents[2]
PATHS = {
    path["name"]: path for path in tomllib.loads((ROOT / "chapters/paths.toml").read_text("utf-8"))["path"]
}
ROWS = tomllib.loads((ROOT / "chapters/chapters.toml").read_text("utf-8"))


def needed(chapter):
    """Return the chapters that a chapter builds on, directly or through others."""
    direct = set(ROWS[f"{chapter:02}"]["builds_on"])
    return direct.union(*map(needed, direct))


def test_there_is_a_path_for_each_purpose():
    assert [*PATHS] == ["Classification", "Regression", "Images", "Generative models", "Optimization"]


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_no_step_stands_before_what_it_builds_on(path):
    order = [step["chapter"] for step in path["steps"]]
    assert [(a, b) for a, b in itertools.combinations(order, 2) if b in needed(a)] == []


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_path_is_short_and_says_why(path):
    assert path.keys() == {"name", "purpose", "steps"}
    assert 4 <= len(path["steps"]) <= 6
    assert len({step["chapter"] for step in path["steps"]}) == len(path["steps"])
    for step in path["steps"]:
        assert step.keys() - {"section"} == {"chapter", "why"}
        assert step["why"][0].isupper() == ("section" not in step)  # after a colon it goes on
        assert step["why"].endswith(".")
        assert len(step["why"].split()) <= 20


def test_needs_go_through_other_chapters():
    assert needed(6) >= {5, 2, 1}
    assert needed(1) == set()


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(15, "¼ hour"), (55, "1 hour"), (76, "1¼ hours"), (127, "2 hours"), (170, "2¾ hours")],
)
def test_minutes_are_told_in_quarters_of_an_hour(minutes, told):
    assert spoken(minutes) == told
