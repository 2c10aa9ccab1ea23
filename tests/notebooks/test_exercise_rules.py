"""Each rule of exercises, and one that breaks it."""

import nbformat
import pytest

from lossbook.notebooks import normalize, problems, to_text
from tests.notebooks.conftest import edit, run

new = nbformat.v4

NOT_YET = "Exercise 15.2: not written yet."
ALL = "Exercise 15.2 (A title): 2 of 2 passed\npassed: one\npassed: other"
STUB = "def my_loss(r):\n    raise NotImplementedError"
DEFINITION = "def loss_solution(r):\n    return r * r"
CHECKED = 'exercises.check("15.2", loss_solution)'
# The cells of the notebook below, counted from 0.
PROMPT_1, SOLUTION_1, PROMPT, STUB_CELL, CHECK, TEXT, CODE = range(3, 10)


def cell(kind, source, number, role, said=None):
    """Return a cell of an exercise, with what it has said."""
    mark = {"lossbook": {"exercise": number, "role": role}}
    if kind == "markdown":
        return new.new_markdown_cell(source, metadata=mark)
    result = [new.new_output("execute_result", {"text/plain": said}, execution_count=1)] if said else []
    return new.new_code_cell(source, metadata=mark, execution_count=1, outputs=result)


@pytest.fixture
def exercised():
    """Return a normalized notebook with an exercise by hand, 15.1, and one with code, 15.2."""
    check = 'from lossbook import exercises\n\nexercises.check("15.2", my_loss)'
    return run(
        new.new_markdown_cell("# A chapter\n\nWhat it asks."),
        new.new_markdown_cell("## Exercises"),
        cell("markdown", "### Exercise 15.1 · By hand\n\nFind it.", "15.1", "prompt"),
        cell("markdown", "So.", "15.1", "solution"),
        cell("markdown", "### Exercise 15.2 · With code\n\nWrite it.", "15.2", "prompt"),
        cell("code", STUB, "15.2", "stub"),
        cell("code", check, "15.2", "check", NOT_YET),
        cell("markdown", "Like this.\n\n```python\n# a comment, no heading\n```", "15.2", "solution"),
        cell("code", f"{DEFINITION}\n\n\n{CHECKED}", "15.2", "solution", ALL),
    )


def told(notebook):
    """Return what is wrong with chapter 15, without the command that mends it."""
    found = problems(normalize(notebook), chapter="15")
    return [problem.removesuffix(": edit it, then run make outputs CHAPTER=15") for problem in found]


def renumbered(notebook, old, to):
    """Give an exercise another number, in marks, sources and outputs."""
    return nbformat.reads(to_text(notebook).replace(old, to), as_version=4)


def test_good_exercises_have_no_problems(exercised):
    assert told(exercised) == []
    assert problems(exercised) == []
    assert problems(renumbered(renumbered(exercised, "15.2", "3.2"), "15.1", "3.1"), chapter="03") == []


@pytest.mark.parametrize("to", ["15.3", "14.2", "15.20"])
def test_numbers_are_the_chapters_without_gaps(exercised, to):
    gap = "is next: exercises are numbered without gaps, and the cells of one stand together"
    assert told(renumbered(exercised, "15.2", to)) == [f"cell 6 begins exercise {to}, and 15.2 {gap}"]
    assert "cell 4 begins exercise 15.1, and 14.1 is next" in problems(exercised, chapter="14")[0]
    assert "15.1 has the cells prompt, solution, prompt" in told(renumbered(exercised, "15.2", "15.1"))[0]
    exercised.cells.insert(TEXT, new.new_markdown_cell("Between.", id="between"))
    assert f"cell 10 begins exercise 15.2, and 15.3 {gap}" in told(exercised)


@pytest.mark.parametrize(
    ("order", "roles"),
    [
        ([PROMPT, CHECK, STUB_CELL, TEXT, CODE], "prompt, check, stub, solution, solution"),
        ([PROMPT, STUB_CELL, TEXT, CODE, CHECK], "prompt, stub, solution, solution, check"),
        ([PROMPT, TEXT, CODE, STUB_CELL, CHECK], "prompt, solution, solution, stub, check"),
        ([PROMPT, STUB_CELL, CHECK, CHECK, CODE], "prompt, stub, check, check, solution"),
        ([PROMPT, PROMPT, STUB_CELL, CHECK, CODE], "prompt, prompt, stub, check, solution"),
        ([PROMPT, CHECK, TEXT], "prompt, check, solution"),
        ([STUB_CELL, CHECK, CODE], "stub, check, solution"),
        ([PROMPT, STUB_CELL, CODE], "prompt, stub, solution"),
        ([PROMPT], "prompt"),
    ],
)
def test_an_exercise_has_its_cells_in_order(exercised, order, roles):
    exercised.cells[PROMPT:] = [exercised.cells[index].copy() for index in order]
    assert told(exercised)[0] == (
        f"exercise 15.2 has the cells {roles}; required are prompt, stub, check, solution, "
        "or prompt and solution for one without code"
    )


def test_solutions_may_have_several_cells_of_code(exercised):
    by_hand = cell("code", "print(2)", "15.1", "solution")
    definition = cell("code", DEFINITION, "15.2", "solution")
    exercised.cells[CODE].source = CHECKED
    exercised.cells[CODE:CODE] = [definition]
    exercised.cells[PROMPT:PROMPT] = [by_hand]
    assert told(exercised) == []


MUST_BEGIN = "cell 4 must begin with '### Exercise 15.1 · ' and a title"
INSIDE = "has a heading inside exercise 15.2; the prompt's is the only one"
MUST_END = 'cell 10 must end with exercises.check("15.2", …) of the solution\'s function'
STUB_IS = "cell 7 is a stub; required is one function that only raises NotImplementedError"
CHECK_IS = 'cell 8 must end with exercises.check("15.2", my_loss)'
UNWRITTEN = "cell 8 checks the stub of exercise 15.2, so its output must say 'not written yet'"
NOT_ALL = "cell 10 checks the solution of exercise 15.2, and not everything passed"


@pytest.mark.parametrize(
    ("index", "parts", "said"),
    [
        (PROMPT_1, {"source": "Find it."}, MUST_BEGIN),
        (PROMPT_1, {"source": "### Exercise 15.2 · Wrong"}, MUST_BEGIN),
        (PROMPT_1, {"source": "### Exercise 15.1"}, MUST_BEGIN),
        (PROMPT, {"source": "### Exercise 15.2 · It\n\n#### A"}, f"cell 6 {INSIDE}"),
        (TEXT, {"source": "So.\n\n#### A"}, f"cell 9 {INSIDE}"),
        (STUB_CELL, {"source": f"{STUB}()"}, None),
        (STUB_CELL, {"source": STUB.replace("raise", '"""Loss of a residual."""\n    raise')}, None),
        (STUB_CELL, {"source": "def my_loss(r):\n    return r"}, STUB_IS),
        (STUB_CELL, {"source": STUB.replace("raise", "r = 2 * r\n    raise")}, STUB_IS),
        (STUB_CELL, {"source": "def my_loss(r):\n    raise ValueError"}, STUB_IS),
        (STUB_CELL, {"source": f"x = 1\n\n\n{STUB}"}, STUB_IS),
        (CHECK, {"source": "print(my_loss)"}, CHECK_IS),
        (CHECK, {"source": 'exercises.check("15.3", my_loss)'}, CHECK_IS),
        (CHECK, {"source": 'exercises.check("15.2", other)'}, CHECK_IS),
        (CHECK, {"source": 'report = exercises.check("15.2", my_loss)'}, CHECK_IS),
        (CHECK, {"source": 'exercises.check("15.2", my_loss(2))'}, CHECK_IS),
        (CODE, {"source": DEFINITION}, MUST_END),
        (CODE, {"source": f'{DEFINITION}\n\n\nexercises.check("15.1", loss_solution)'}, MUST_END),
        (CODE, {"source": f'{DEFINITION}\n\n\nexercises.check("15.2", my_loss)'}, MUST_END),
        (CODE, {"source": f"{DEFINITION}\n\n\n{CHECKED}\nprint(1)"}, MUST_END),
        (CHECK, {"says": ALL}, UNWRITTEN),
        (CHECK, {"says": ""}, UNWRITTEN),
        (CODE, {"says": ALL.replace("2 of", "1 of")}, NOT_ALL),
        (CODE, {"says": ALL.replace("15.2", "15.3")}, NOT_ALL),
        (CODE, {"says": "Exercise 15.2 (A title): 1 of 12 passed"}, NOT_ALL),
        (CODE, {"says": NOT_YET}, NOT_ALL),
    ],
)
def test_each_cell_of_an_exercise_is_what_it_should_be(exercised, index, parts, said):
    assert told(edit(exercised, index, **parts)) == ([said] if said else [])


def test_stub_and_solution_have_two_names_and_kinds(exercised):
    prompt = cell("code", "x = 1", "15.1", "prompt")
    exercised.cells[CODE].source = exercised.cells[CODE].source.replace("loss_solution", "my_loss")
    assert told(exercised)[0].startswith("exercise 15.2 defines my_loss in the stub and in the solution")
    assert told(exercised)[1] == MUST_END
    del exercised.cells[CODE]
    assert told(exercised) == ["exercise 15.2 has a stub and no code in its solution"]
    exercised.cells[PROMPT_1] = prompt
    assert "cell 4 is a prompt and a code cell; required is a markdown cell" in told(exercised)
