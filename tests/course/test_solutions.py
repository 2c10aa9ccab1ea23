"""Through the grader, each chapter's solutions get full marks, and the stubs of all exercises none."""

import ast
import functools
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from lossbook import exercises
from lossbook.course import grade
from tests.course.conftest import answering, learned_by_heart

CHAPTERS = Path(__file__).parents[2] / "chapters"
BY_NUMBER = {number: exercises.find(number) for number in exercises.numbers()}


@functools.cache
def cells(chapter):
    """Return (exercise, role) to the sources of its cells of code."""
    [path] = CHAPTERS.glob(f"??_{chapter}.ipynb")
    found = {}
    for cell in nbformat.read(path, as_version=4).cells:
        mark = cell.metadata.get("lossbook", {})
        if cell.cell_type == "code" and "exercise" in mark:
            found.setdefault((mark["exercise"], mark["role"]), []).append(cell.source)
    return found


def written(number, role):
    """Return an exercise's functions and imports, as one source, and the name that is handed to ``check``."""
    trees = [ast.parse(source) for source in cells(BY_NUMBER[number].chapter)[number, role]]
    kinds = ast.FunctionDef | ast.Import | ast.ImportFrom
    kept = [node for tree in trees for node in tree.body if isinstance(node, kinds)]
    checking = cells(BY_NUMBER[number].chapter)[number, "check" if role == "stub" else role][-1]
    return "\n".join(map(ast.unparse, kept)), re.search(r"check\(.*, (\w+)\)\s*$", checking)[1]


@pytest.mark.parametrize("number", exercises.numbers())
def test_solutions_get_full_marks(number):
    source, name = written(number, "solution")
    before = [written(other, "solution")[0] for other in BY_NUMBER[number].builds_on]
    verdict = grade(number, name, source, seed=20, before=before)
    assert (verdict.score, verdict.flagged) == (1.0, False), verdict.lines


@pytest.mark.parametrize("number", exercises.numbers())
def test_stubs_get_none(number):
    source, name = written(number, "stub")
    verdict = grade(number, name, source, seed=20)
    assert (verdict.score, verdict.lines) == (0.0, [f"Exercise {number}: not written yet."])


def solution(number):
    """Return the function that solves an exercise, with those that it builds on beside it."""
    exercise, (source, name) = BY_NUMBER[number], written(number, "solution")
    before = [written(other, "solution")[0] for other in exercise.builds_on]
    names = {"np": np}
    exec("\n".join([exercise.given, *before, source]), names)
    return names[name]


@pytest.mark.parametrize("number", exercises.numbers())
def test_what_is_learned_by_heart_earns_nothing_with_another_seed(number):
    exercise = BY_NUMBER[number]
    report = exercise.judge(learned_by_heart(solution(number), exercise), seed=1)
    assert report.score == 0, report


#: Where beta is 1, the loss at the join is ½, and everybody may know that.
ALIKE_FOR_ALL = {"15.4": {"value at the join"}}


@pytest.mark.parametrize("number", exercises.numbers())
def test_each_other_property_of_values_draws_inputs(number):
    """An answer that is right there alone keeps its marks."""
    exercise = BY_NUMBER[number]
    report = exercise.judge(answering(solution(number), exercise))
    about_values = {item.name for item in exercise.properties if not item.of_form}
    proving = {result.name for result in report.results if result.proves}
    assert proving == about_values - ALIKE_FOR_ALL.get(number, set())


NOTHING_RIGHT = {
    "not a number": lambda first: first * np.nan,
    "0": lambda first: first * 0,
    "1": lambda first: first * 0 + 1,
    "the first argument": lambda first: first,
}


@pytest.mark.parametrize("number", exercises.numbers())
@pytest.mark.parametrize("returned", NOTHING_RIGHT.values(), ids=NOTHING_RIGHT)
@pytest.mark.parametrize("reduced", [False, True], ids=["as large", "one number"])
def test_an_answer_with_nothing_right_in_it_gets_none(number, returned, reduced):
    """What such an answer passes all the same has to be marked as ``of_form``."""
    count = len(exercises.find(number).outputs)

    def answer(*arrays, **_):
        value = returned(arrays[0].astype(float))
        value = value.mean() if reduced else value
        return value if count == 1 else (value,) * count

    report = exercises.check(number, answer)
    assert report.score == 0, report
