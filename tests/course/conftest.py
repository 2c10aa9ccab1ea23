"""A chapter of three exercises, and the book's own chapters in plain Markdown."""

from pathlib import Path

import nbformat
import pytest

from lossbook.exercises.calling import call_here
from lossbook.notebooks.plain import plain, works_in

new = nbformat.v4
ROOT = Path(__file__).parents[2]
CHAPTERS = sorted(ROOT.glob("chapters/[0-9][0-9]_*.ipynb"))

SOLUTION = """\
from math import fsum


def residuals_of(prediction, target):
    return prediction - target


# A comment between.
def smooth_l1_solution(prediction, target, beta):
    # The far piece is a line.
    r = residuals_of(prediction, target)
    return huber_solution(r, 0, beta) / beta


assert fsum([0.25, 0.5]) == 0.75
exercises.check("15.4", smooth_l1_solution)"""


def cell(number, role, source, *, code=True, prints=""):
    """Return an exercise's cell."""
    mark = {"lossbook": {"exercise": number, "role": role}}
    if not code:
        return new.new_markdown_cell(source, metadata=mark)
    outputs = [new.new_output("stream", text=prints)] if prints else []
    return new.new_code_cell(source, metadata=mark, outputs=outputs)


@pytest.fixture
def chapter():
    """Return a chapter with an exercise by hand, and two in code of which one calls the other's solution."""
    return new.new_notebook(
        cells=[
            new.new_markdown_cell("# Huber's loss"),
            new.new_code_cell("total = sum([1, 2, 3])", outputs=[new.new_output("stream", text="six\n")]),
            cell(
                "15.1", "prompt", "### Exercise 15.1 · Thresholds\n\nBy hand. Find both pieces.", code=False
            ),
            cell("15.1", "solution", "Match the slopes. The right piece is $\\beta r$.", code=False),
            cell("15.1", "solution", "beta = 1.5 * total", prints="the slope is 9.0\n"),
            cell("15.2", "prompt", "### Exercise 15.2 · Loss\n\nWrite it.", code=False),
            cell("15.2", "stub", "def my_huber(r, t, delta):\n    raise NotImplementedError"),
            cell("15.2", "check", 'exercises.check("15.2", my_huber)', prints="not written yet\n"),
            cell(
                "15.2",
                "solution",
                "def huber_solution(\n    r, t, delta\n):\n    return abs(r - t) * delta\n\n\n"
                'exercises.check("15.2", huber_solution)',
            ),
            cell("15.4", "prompt", "### Exercise 15.4 · Smooth L1\n\nWrite it.", code=False),
            cell(
                "15.4",
                "stub",
                'def my_l1(prediction, target, beta):\n    """Of one."""\n    raise NotImplementedError',
            ),
            cell("15.4", "check", 'exercises.check("15.4", my_l1)'),
            cell("15.4", "solution", "Divide by the slope far out.", code=False),
            cell("15.4", "solution", SOLUTION),
            new.new_markdown_cell("## What to read next"),
        ]
    )


@pytest.fixture(scope="session", params=CHAPTERS, ids=lambda path: path.stem)
def of_the_book(request):
    """Return a chapter of the book and its noun."""
    path = request.param
    notebook = nbformat.read(path, as_version=4)
    return plain(notebook, works_in(ROOT / "references.bib")), path.stem[3:]


def role(cell):
    """Return a cell's exercise and its role in it."""
    mark = cell.metadata.get("lossbook", {})
    return mark.get("exercise"), mark.get("role")


def answering(function, exercise):
    """Return what asks a function for its replies, as ``exercise.judge`` takes it."""
    settings = {"several": len(exercise.outputs) > 1, "measured": exercise.measured}
    return lambda arrays, parameters: call_here(function, arrays, parameters, **settings)


def learned_by_heart(function, exercise):
    """Return the same of an answer that knows what a right one replies to the inputs of seed 0, no rule."""
    right, known = answering(function, exercise), {}

    def remembering(arrays, parameters):
        known[_words(arrays, parameters)] = reply = right(arrays, parameters)
        return reply

    assert exercise.judge(remembering, seed=0)
    zeros = (0.0,) * len(exercise.outputs) if len(exercise.outputs) > 1 else 0.0
    unknowing = answering(lambda *arrays, **parameters: zeros, exercise)

    def learned(arrays, parameters):
        return known.get(_words(arrays, parameters)) or unknowing(arrays, parameters)

    assert exercise.judge(learned, seed=0)
    return learned


def _words(arrays, parameters):
    return str([array.tolist() for array in arrays]), str(parameters)
