"""The instructor's edition has a rubric, notes and hidden inputs for each exercise."""

from pathlib import Path

import pytest

from lossbook.course import hidden_cases
from lossbook.course.editions import instructor
from lossbook.course.notes import Notes, missing_in, notes_of

ROOT = Path(__file__).parents[2]


def right(prediction, target, beta):
    size = abs(prediction - target)
    return (size < beta) * size**2 / (2 * beta) + (size >= beta) * (size - beta / 2)


def test_each_exercise_of_the_book_has_notes(of_the_book):
    chapter, noun = of_the_book
    [path] = ROOT.glob(f"chapters/??_{noun}.ipynb")
    assert missing_in(notes_of(path), chapter, noun) == []


def test_what_is_missing_is_said(chapter):
    notes = {"15.1": Notes(((4, "both"),), ("A.",)), "15.2": Notes((), ("B.",)), "15.9": Notes()}
    assert missing_in(notes, chapter, "huber") == [
        "there is no exercise 15.9",
        "exercise 15.1 must have a rubric of 5 points; got 4",
        "exercise 15.4 does not say what students get wrong",
    ]


def test_the_instructors_edition_shows_them(chapter):
    notes = {"15.1": Notes(((2, "the slope"), (3, "both values")), ("They forget α.",))}
    cells = {cell.id: cell.source for cell in instructor(chapter, "huber", notes).cells}
    assert "| the slope | 2 |\n| both values | 3 |" in cells["grading-15-1"]
    assert "**What students get wrong**\n\n- They forget α." in cells["grading-15-1"]
    assert cells["hidden-15-4"].endswith('hidden_cases("15.4", smooth_l1_solution)')
    assert "| arrays of any shape | 1 |" in cells["grading-15-4"]
    assert "hidden-15-1" not in cells


def test_a_file_in_another_form_is_refused(tmp_path):
    (tmp_path / "grading").mkdir()
    (tmp_path / "grading/15_huber.toml").write_text('["15.1"]\nrubric = [{points = 2}]\nmistakes = []\n')
    with pytest.raises(ValueError, match=r"15_huber\.toml must have a rubric and mistakes .* got 'for'"):
        notes_of(tmp_path / "15_huber.ipynb")


def test_hidden_inputs_are_those_that_the_secret_draws():
    one, again, other = (hidden_cases("15.4", right, key=key) for key in (b"a", b"a", b"b"))
    assert one == again != other
    assert str(one).startswith("values inside beta = 1\n    for prediction 0.5, target 0 and beta 1\n")
    assert all(one.values())
