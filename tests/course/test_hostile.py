"""Hostile and broken submissions, graded by nbgrader itself in one course: every one gets what it deserves.

Exercises 15.1 (by hand), 15.2 and 15.4 of chapter 15 are handed out, 8 and 7 points for those in code.
"""

import csv
import json
import os
import subprocess
import sys

import nbformat
import pytest

from lossbook.course.making import course_files, write
from tests.course.conftest import ROOT, role
from tests.course.hostile.submissions import ENDLESS, tampered, written

NAME = "15_huber"
LEFT_OUT = {"15.3", "15.5", "15.6"}
PERSON = None  # no points, and "needs manual grading"
ALL = "7 of 7 passed"
ABSOLUTE = "your loss is 0.5, which is what the absolute error gives"
LATE = "it had not returned after 1 seconds"
NOT_LEFT = "A person has to look at this answer: no cell for it is left."

#: Name of each submission to its points for 15.2 and 15.4, and what is said of the latter.
EXPECTED = {
    # What everybody hands in.
    "solutions": (8, 7, ALL),
    "untouched": (0, 0, "Exercise 15.4: not written yet."),
    "partial": (7, 5, "your loss is 4.5, which is what half the squared error gives"),
    # Wants more points than it deserves.
    "equality": (8, 0, "your loss is a Smug; required are real numbers"),
    "compares": (8, 0, "your loss is a Yes; required are real numbers"),
    "asserts_stripped": (8, 0, ABSOLUTE),
    # It passes what asks the same of everybody, which proves nothing.
    "visible_only": (8, 0, "your loss is 0, which is too small"),
    "edits_files": (8, 0, "it raised PermissionError: an answer may open no file"),
    "patches_report": (8, 0, "your loss is 7, which is too large"),
    "writes_replies": (8, PERSON, "its process sent what it should not"),
    "imports_lossbook": (8, 0, "The answer was not run: an answer may not use lossbook: write it with NumPy"),
    "imports_in_disguise": (8, 0, "it raised ImportError: an answer may not use lossbook"),
    # Does not end, or ends more than itself.
    "sleeps": (8, 0, LATE),
    "loops": (8, 0, LATE),
    "loops_and_catches": (8, 0, LATE),
    "loops_and_ignores": (8, 0, LATE),
    "loops_in_its_cell": (0, 7, ALL),
    "forks": (8, 0, "it raised BlockingIOError"),
    "allocates": (8, 0, "it raised MemoryError"),
    "prints_10_mb": (8, 7, "Your function also prints"),
    "kills_its_process": (8, 0, "its process ended"),
    "kills_in_its_cell": (0, 7, ALL),
    "leaves": (0, 0, "it raised SystemExit: 0"),
    # Is wrong in its form.
    "name_error": (8, 0, "it raised NameError: name 'predction' is not defined"),
    "syntax_error": (8, 0, "The answer is no Python: SyntaxError: expected ':' (line 1)."),
    "not_a_number": (8, 0, "your loss is nan, which is not a number"),
    "a_string": (8, 0, "your loss is a str; required are real numbers"),
    "complex": (8, 0, "an array of type complex128; required are real numbers"),
    "a_generator": (8, 0, "your loss is a generator; required are real numbers"),
    # Was tampered with.
    "without_its_check": (8, 0, ABSOLUTE),
    "without_its_answer": (8, PERSON, NOT_LEFT),
    "without_marks": (8, 7, ALL),
    "without_a_by_hand_answer": (8, 7, ALL),
    "copied_by_hand": (8, 7, ALL),
    "copied": (8, PERSON, "2 cells say that they are it"),
    "as_prose": (8, 7, ALL),
    "check_edited": (8, 0, ABSOLUTE),
    "points_edited": (8, 0, ABSOLUTE),
    "marks_of_another_kind": (8, 7, ALL),
    "another_kernel": (8, 7, ALL),
    "outputs_of_its_own": (8, 0, ABSOLUTE),
    "outputs_of_another_kind": (8, 7, ALL),
    "empty": (PERSON, PERSON, NOT_LEFT),
    "a_file_of_another_kind": (PERSON, PERSON, ""),
}

# ---- One course for all ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """The folder of a course that was released, graded and exported; one worker of pytest-xdist makes it."""
    fcntl = pytest.importorskip("fcntl", reason="no file locks here")
    pytest.importorskip("nbgrader")
    temporary = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        temporary = temporary.parent
    with (temporary / "hostile.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = temporary / "hostile" / "nbgrader"
        if not (folder / "grades.csv").exists():
            make(folder)
    return folder


def make(folder):
    """Go the way of a teacher: make, release, collect, autograde, give feedback, export."""
    files = course_files(ROOT / f"chapters/{NAME}.ipynb", address="https://github.com/someone/book")
    write(files, folder.parent)
    path = folder / f"source/{NAME}/{NAME}.ipynb"
    source = nbformat.read(path, as_version=4)
    source.cells = [cell for cell in source.cells if role(cell)[0] not in LEFT_OUT]
    nbformat.write(source, path)
    run(folder, "generate_assignment", NAME)

    released = nbformat.read(folder / f"release/{NAME}/{NAME}.ipynb", as_version=4)
    right = {cell.id: cell.source for cell in source.cells if role(cell)[1] == "answer"}
    handed_in = {"solutions": source, "untouched": released}
    handed_in |= written(released, right) | tampered(released, right)
    # What never ends would take ten seconds each; the others have time enough on a busy machine.
    endless = {name: handed_in.pop(name) for name in ENDLESS}
    collect(folder, handed_in)
    said = run(folder, "autograde", NAME, fails=True)
    collect(folder, endless)
    said += run(folder, "autograde", NAME, "--Judge.seconds=1", fails=True)
    (folder / "said.txt").write_text(said, encoding="utf-8")
    run(folder, "generate_feedback", NAME, "--student=partial")
    run(folder, "export")


def collect(folder, handed_in):
    """Put what students handed in where nbgrader looks for it."""
    for student, notebook in handed_in.items():
        path = folder / "submitted" / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(notebook if isinstance(notebook, str) else json.dumps(notebook), encoding="utf-8")


def run(folder, *arguments, fails=False):
    """Run nbgrader in the course's folder and return what it said."""
    own = {
        "PYTHONPATH": str(ROOT),
        "LOSSBOOK_SECRET_FILE": str(folder.parent / "secret"),
    }
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | own, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert fails == bool(done.returncode), f"{arguments}:\n{said[-4000:]}"
    return said


@pytest.fixture(scope="session")
def marks(course):
    """Student and name of a cell to its points, and whether a person has to grade it."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        notebooks = gradebook.find_notebook(NAME, NAME).submissions
        return {
            (notebook.student.id, grade.name): (grade.auto_score, grade.needs_manual_grade)
            for notebook in notebooks
            for grade in notebook.grades
        }


def shown(course, student, name):
    """Return what a check shows after grading."""
    path = course / "autograded" / student / NAME / f"{NAME}.ipynb"
    if not path.exists():
        return ""
    cells = nbformat.read(path, as_version=4).cells
    [cell] = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name]
    return cell.outputs[0].text


# ---- What came of it ---------------------------------------------------------------------------------------


def test_every_stored_submission_is_in_the_table(marks):
    assert {student for student, _ in marks} == EXPECTED.keys()


@pytest.mark.parametrize("student", EXPECTED)
def test_it_gets_what_it_deserves(course, marks, student):
    *points, sentence = EXPECTED[student]
    for name, expected in zip(("check-15-2", "check-15-4"), points, strict=True):
        assert marks[student, name] == (expected, expected is PERSON), shown(course, student, name)
    assert sentence in shown(course, student, "check-15-4")


def test_only_what_is_no_notebook_at_all_is_an_error(course):
    """The others are judged all the same, also those that nbgrader reaches later."""
    failed = [line for line in (course / "said.txt").read_text("utf-8").splitlines() if "for student" in line]
    assert len(failed) == 2  # it is tried again in the second run
    assert all("'a_file_of_another_kind'" in line for line in failed)


def test_a_person_grades_by_hand_answers_but_those_that_are_untouched(marks):
    by_hand = {student: mark for (student, name), mark in marks.items() if name == "answer-15-1"}
    assert by_hand.pop("untouched") == (0, False)
    assert set(by_hand.values()) == {(PERSON, True)}


def test_feedback_has_the_lines_of_the_report_and_no_solution(course):
    [page] = (course / "feedback/partial" / NAME).glob("*.html")
    text = page.read_text(encoding="utf-8")
    assert "Exercise 15.4 (Smooth L1): 5 of 7 passed" in text
    assert EXPECTED["partial"][-1] in text
    assert "np.maximum(size, delta)" not in text


def test_the_gradebook_becomes_a_table(course):
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {name: (two or 0) + (four or 0) for name, (two, four, _) in EXPECTED.items()}


def test_nothing_of_a_submission_is_run_in_a_kernel(course):
    """What a cell shows is what was handed in, for the person who grades by hand."""
    path = course / "autograded/outputs_of_its_own" / NAME / f"{NAME}.ipynb"
    by_id = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    assert {by_id[name].execution_count for name in ("answer-15-2", "check-15-2")} == {None}
    assert by_id["answer-15-4"].outputs[1].text == ALL + "\n"
