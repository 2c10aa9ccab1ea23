"""Answers are found in what was handed in, and each is graded with a seed that the secret alone tells."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from lossbook.course.assignment import Question
from lossbook.course.editions import student
from lossbook.course.grading import Verdict
from lossbook.course.secret import VARIABLE, secret, seed_of
from lossbook.course.submissions import answers_to, grade_submission, questions

new = nbformat.v4
ROOT = Path(__file__).parents[2]
QUESTION = Question("15.4", "my_l1")
RIGHT = """\
def my_l1(prediction, target, beta):
    r = np.abs(prediction - target)
    return np.where(r < beta, r**2 / (2 * beta), r - beta / 2)
"""


@pytest.fixture
def released(chapter):
    return student(chapter, "huber")


@pytest.fixture
def submitted(released):
    """Return what was handed out, with a right answer to 15.4."""
    answered(released, RIGHT)
    return released


def answered(notebook, source, number="15.4"):
    [cell] = [c for c in notebook.cells if c.id == f"answer-{number.replace('.', '-')}"]
    cell.source = source
    return cell


def test_what_is_asked_is_what_was_released(released):
    assert questions(released) == [Question("15.2", "my_huber"), QUESTION]


def test_each_answer_has_its_verdict(released, submitted):
    verdicts = list(grade_submission(submitted, released, key=b"k"))
    assert [(v.number, v.score) for v in verdicts] == [("15.2", 0.0), ("15.4", 1.0)]
    assert verdicts[0].lines == ["Exercise 15.2: not written yet."]


@pytest.mark.parametrize("kept", ["mark", "id", "grade_id", "nothing"])
def test_an_answer_is_known_by_what_is_left_of_its_marks(submitted, kept):
    cell = answered(submitted, RIGHT)
    if kept != "mark":
        cell.metadata = {}
    if kept != "id":
        cell["id"] = "another"
    if kept == "grade_id":
        cell.metadata["nbgrader"] = {"grade_id": "answer-15-4"}
    assert answers_to(QUESTION, submitted) == [RIGHT]


@pytest.mark.parametrize("copies", [0, 2])
def test_a_person_looks_where_no_cell_or_several_are_the_answer(released, submitted, copies):
    cell = answered(submitted, RIGHT)
    submitted.cells = [c for c in submitted.cells if c is not cell] + [cell] * copies
    [_, verdict] = grade_submission(submitted, released, key=b"k")
    assert (verdict.score, verdict.flagged) == (None, True)
    assert "no cell" in verdict.sentence if copies == 0 else "2 cells" in verdict.sentence


def test_one_answer_that_the_grader_fails_at_keeps_no_other_from_being_graded(
    released, submitted, monkeypatch
):
    def grade(number, *_, **__):
        if number == "15.2":
            raise RuntimeError("no more processes")
        return Verdict(number, sentence="graded")

    monkeypatch.setattr("lossbook.course.submissions.grade", grade)
    first, second = grade_submission(submitted, released, key=b"k")
    assert (first.number, first.score, first.flagged) == ("15.2", None, True)
    assert first.lines == [
        "A person has to look at this answer: the grader failed: RuntimeError: no more processes."
    ]
    assert second.lines == ["graded"]


@pytest.mark.parametrize(
    "metadata", [{"lossbook": ["15.4"]}, {"nbgrader": {"grade_id": ["answer-15-4"]}, "lossbook": 4}]
)
def test_marks_of_another_kind_are_none(submitted, metadata):
    cell = answered(submitted, RIGHT)
    cell["id"] = "another"
    cell.metadata = nbformat.from_dict(metadata)
    assert answers_to(QUESTION, submitted) == [RIGHT]


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "deep" / "secret"))
    assert secret() == secret()
    assert len(secret()) == 64
    assert stat.S_IMODE((tmp_path / "deep" / "secret").stat().st_mode) == 0o600


def test_the_secret_may_come_in_and_be_left_in_no_file():
    """As into a container, where answers and the grader are one user."""
    code = "from lossbook.course.process import shield; from lossbook.course.secret import secret\n"
    code += "shield(); print(secret().decode())"
    settings = {"capture_output": True, "text": True, "env": {**os.environ, VARIABLE: "/dev/stdin"}}
    done = subprocess.run([sys.executable, "-c", code], input="5" * 64, cwd=ROOT, **settings, check=True)
    assert done.stdout == "5" * 64 + "\n"


def test_a_file_that_holds_no_secret_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "secret"))
    (tmp_path / "secret").write_text("short\n")
    with pytest.raises(ValueError, match="at least 32 characters; got 5"):
        secret()


def test_seeds_differ_by_exercise_and_by_secret():
    assert len({seed_of(key, number) for key in (b"a", b"b") for number in ("15.2", "15.4")}) == 4
