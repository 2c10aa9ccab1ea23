"""What students and instructors get: one place for an answer, and no solution where there should be none."""

import ast
import copy
from collections import Counter

import nbformat
import pytest

from lossbook.course.assignment import BY_HAND_POINTS, Task, parts
from lossbook.course.editions import HOW_GRADED, PLACEHOLDER, instructor, student
from lossbook.course.leaks import leaks
from tests.course.conftest import CHAPTERS, role

# ---- The book's chapters -----------------------------------------------------------------------------------


def test_all_fifteen_chapters_are_tried():
    assert len(CHAPTERS) == 15


def test_no_solution_is_left_in_a_student_file(of_the_book):
    chapter, noun = of_the_book
    edition = student(chapter, noun)
    assert leaks(edition, chapter) == []
    # Not by the code that makes or checks editions: no cell is a solution's, none says what one says.
    solutions = {c.source for c in chapter.cells if role(c)[1] == "solution"}
    assert solutions
    assert not solutions & {c.source for c in edition.cells}
    assert "_solution" not in nbformat.writes(edition)


def test_every_exercise_has_exactly_one_place_for_an_answer(of_the_book):
    chapter, noun = of_the_book
    edition = student(chapter, noun)
    asked = {number for number, _ in map(role, chapter.cells) if number}
    answers = [c for c in edition.cells if role(c)[1] == "answer"]
    assert Counter(role(c)[0] for c in answers) == dict.fromkeys(asked, 1)
    coded = {number for number, what in map(role, chapter.cells) if what == "stub"}
    assert {role(c)[0] for c in answers if c.cell_type == "code"} == coded
    assert {role(c)[0] for c in edition.cells if role(c)[1] == "check"} == coded


def test_the_editions_are_valid_notebooks(of_the_book):
    for make in (student, instructor):
        edition = make(*of_the_book)
        nbformat.validate(edition)
        ids = [c.id for c in edition.cells]
        assert len(set(ids)) == len(ids)
        assert not [name for name in ids if "." in name]


def test_the_instructor_has_every_solution_as_it_is(of_the_book):
    chapter, noun = of_the_book
    edition = [c.source for c in instructor(chapter, noun).cells]
    solutions = [c.source for c in chapter.cells if role(c)[1] == "solution"]
    assert [source for source in edition if source in solutions] == solutions


def bound(tree):
    """Return every name that code binds, anywhere."""
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    names |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    names |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    for node in ast.walk(tree):
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else []:
            names.add((alias.asname or alias.name).partition(".")[0])
    return names


def test_a_student_file_runs_without_the_solutions(of_the_book):
    """No cell that stays uses a name that a solution alone binds."""
    chapter, noun = of_the_book
    code = [ast.parse(c.source) for c in student(chapter, noun).cells if c.cell_type == "code"]
    here = set().union(*map(bound, code))
    solved = [c for c in chapter.cells if role(c)[1] == "solution" and c.cell_type == "code"]
    theirs = set().union(*(bound(ast.parse(c.source)) for c in solved)) - here
    assert theirs
    used = {n.id for tree in code for n in ast.walk(tree) if isinstance(n, ast.Name)}
    assert used & theirs == set()


# ---- What becomes of an exercise ---------------------------------------------------------------------------


def test_an_exercise_becomes_prompt_answer_and_check(chapter):
    edition = student(chapter, "huber")
    assert [(c.id, c.cell_type) for c in edition.cells if role(c)[0]] == [
        ("prompt-15-1", "markdown"),
        ("answer-15-1", "markdown"),
        *(("prompt-15-2", "markdown"), ("answer-15-2", "code"), ("check-15-2", "code")),
        *(("prompt-15-4", "markdown"), ("answer-15-4", "code"), ("check-15-4", "code")),
    ]
    by_id = {c.id: c for c in edition.cells}
    assert by_id["answer-15-1"].source == PLACEHOLDER
    assert by_id["answer-15-2"].source == "def my_huber(r, t, delta):\n    raise NotImplementedError"
    assert by_id["check-15-2"].source == 'exercises.check("15.2", my_huber)'
    assert by_id["check-15-2"].outputs == []
    # What is no exercise's stays, with what it put out, in its place; after the title a student is told how.
    assert [edition.cells[0], edition.cells[2]] == chapter.cells[:2]
    assert edition.cells[1].source == HOW_GRADED
    assert len(HOW_GRADED.split()) <= 70
    assert edition.cells[-1] == chapter.cells[-1]


def test_the_chapter_is_left_as_it_was(chapter):
    before = copy.deepcopy(chapter)
    student(chapter, "huber")
    edition = instructor(chapter, "huber")
    for made in edition.cells:
        made.metadata["seen"] = True
    assert chapter == before


def test_the_instructor_sees_points_by_property_and_has_room_for_notes(chapter):
    by_id = {c.id: c.source for c in instructor(chapter, "huber").cells}
    assert "Grading exercise 15.2: 8 points" in by_id["grading-15-2"]
    assert "| value at the join | 1 |" in by_id["grading-15-2"]
    assert f"Grading exercise 15.1: {BY_HAND_POINTS} points" in by_id["grading-15-1"]
    assert all("Your own notes" in by_id[f"grading-15-{n}"] for n in (1, 2, 4))


def test_points_are_the_sum_of_the_weights(chapter):
    tasks = {part.number: part for part in parts(chapter, "huber") if isinstance(part, Task)}
    properties = tasks["15.4"].properties
    assert tasks["15.4"].points == sum(item.weight for item in properties) == len(properties) > 1


@pytest.mark.parametrize(
    ("without", "said"), [("check", "stub with a check or neither"), ("solution", "15.2 must")]
)
def test_an_exercise_in_bad_form_is_refused(chapter, without, said):
    chapter.cells = [c for c in chapter.cells if role(c) != ("15.2", without)]
    with pytest.raises(ValueError, match=said):
        student(chapter, "huber")


def test_a_check_without_a_checker_is_refused(chapter):
    with pytest.raises(
        ValueError, match=r"exercise 15\.2 has a check, and lossbook\.exercises\.mse no checker"
    ):
        student(chapter, "mse")


# ---- What would be found of a solution ---------------------------------------------------------------------

LEFT = {
    "a line of code": ("source", "x = 1\nr   = residuals_of(prediction,target)"),
    "a comment": ("source", "# The far piece is a line."),
    "a sentence": ("source", "We think that so: Match the\nslopes. Do we?"),
    "the solution's name": ("source", "see huber_solution"),
    "an output": ("outputs", [nbformat.v4.new_output("stream", text="Look, the slope is 9.0\n")]),
    "metadata": ("metadata", {"hidden": {"deep": ["beta = 1.5 * total"]}}),
}


@pytest.mark.parametrize(("field", "value"), LEFT.values(), ids=LEFT)
def test_a_piece_of_a_solution_is_found_wherever_it_is(chapter, field, value):
    edition = student(chapter, "huber")
    assert leaks(edition, chapter) == []
    edition.cells[1][field] = nbformat.from_dict(value)
    (said, *_) = leaks(edition, chapter)
    assert said.startswith("of the solution to exercise 15.")


def test_what_the_chapter_says_itself_is_no_leak_unless_said_once_more(chapter):
    """A solution may repeat a line that stands in the open."""
    chapter.cells[0].source = "Match the slopes."
    edition = student(chapter, "huber")
    assert leaks(edition, chapter) == []
    edition.cells[-1].source = "Match the slopes."
    assert leaks(edition, chapter) == ["of the solution to exercise 15.1 this is left: Matchtheslopes."]
