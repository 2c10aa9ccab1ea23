"""The judge inside nbgrader, step by step: whatever goes wrong in it ends with a person, not with points."""

from types import SimpleNamespace

import nbformat
import pytest

from lossbook.course.grading import Verdict
from lossbook.course.nbgrader_source import nbgrader_source
from lossbook.course.secret import VARIABLE

judge = pytest.importorskip("lossbook.course.nbgrader_judge", exc_type=ImportError)
utils = pytest.importorskip("nbgrader.utils")
CHECKS = ("check-15-2", "check-15-4")


@pytest.fixture
def graded(chapter, monkeypatch, tmp_path):
    """Return a function that judges a submission by these verdicts: its checks' cells, and the resources."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "secret"))
    monkeypatch.setattr(judge, "handed_out", lambda resources: resources["released"])

    def run(verdicts):
        monkeypatch.setattr(judge, "grade_submission", lambda *_, **__: verdicts)
        source = nbgrader_source(chapter, "huber")
        notebook, resources = judge.Judge().preprocess(source, {"released": source})
        by_id = {cell.id: cell for cell in notebook.cells}
        return [by_id[name] for name in CHECKS], resources

    return run


class Gradebook:
    """Keeps one grade, which was given before."""

    def __init__(self):
        self.grade = SimpleNamespace(auto_score=8.0, manual_score=None, needs_manual_grade=False)
        self.db = SimpleNamespace(commit=lambda: None)

    def find_grade(self, *_):
        return self.grade


def saved(cell, resources):
    """Return what the gradebook has of a cell: its points, and whether a person has to grade it."""
    saver = judge.SaveVerdicts()
    saver.gradebook = Gradebook()
    saver.notebook_id = saver.assignment_id = saver.student_id = "one"
    saver.preprocess_cell(cell, resources, 0)
    return saver.gradebook.grade.auto_score, saver.gradebook.grade.needs_manual_grade


def test_a_score_becomes_points_and_the_report_is_shown(graded):
    report = SimpleNamespace(score=0.75, __str__=lambda: "")
    (first, second), resources = graded([Verdict("15.2", report), Verdict("15.4", sentence="No Python.")])
    assert saved(first, resources) == (6.0, False)
    assert saved(second, resources) == (0.0, False)
    assert second.outputs[0].text == "No Python.\n"


def test_what_is_for_a_person_waits_for_one(graded):
    cells, resources = graded([Verdict.for_a_person("15.2", "it is odd"), Verdict("15.4", sentence="No.")])
    assert [saved(cell, resources) for cell in cells] == [(None, True), (0.0, False)]
    assert cells[0].outputs[0].text == "A person has to look at this answer: it is odd.\n"
    assert utils.determine_grade(cells[0])[0] == 0  # nbgrader by itself would give none either


def test_a_judge_that_fails_leaves_what_it_has_judged(graded):
    def verdicts():
        yield Verdict("15.2", sentence="No.")
        raise RuntimeError("out of memory")

    cells, resources = graded(verdicts())
    assert [saved(cell, resources) for cell in cells] == [(0.0, False), (None, True)]
    assert "look at this answer: the grader failed: RuntimeError: out of memory." in cells[1].outputs[0].text


def test_a_check_that_nothing_judges_is_for_a_person(graded):
    cells, resources = graded([])
    assert [saved(cell, resources) for cell in cells] == [(None, True), (None, True)]
    assert "nothing here judges it" in cells[0].outputs[0].text


def test_without_the_judge_there_are_no_points(graded):
    """As with ``nbgrader autograde --no-execute``, when outputs are those that were handed in."""
    [cell, _], _ = graded([])
    cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": "8.0"})]
    assert saved(cell, {}) == (None, True)
