"""Through the grader, each chapter's solutions get full marks, and the stubs of all exercises none."""

import ast
import functools
import re
from pathlib import Path

import nbformat
import pytest

from lossbook import exercises
from lossbook.course import grade

CHAPTERS = Path(__file__).parents[2] / "chapters"
BY_NUMBER = exercises._exercises()


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
