"""Each rule about the cells of an exercise, and a notebook that breaks it."""

import nbformat
import pytest

from lossbook.notebooks import normalize, problems

new = nbformat.v4
NOT_YET = "Exercise 15.2: not written yet."
ALL = "Exercise 15.2 (A title): 2 of 2 passed\npassed: one\npassed: other"
STUB = "def my_loss(r):\n    raise NotImplementedError"
SOLUTION = 'def loss_solution(r):\n    return r * r\n\n\nexercises.check("15.2", loss_solution)'
# Where the cells are in the notebook below, counted from 0.
PROMPT_1, SOLUTION_1, PROMPT, STUB_CELL, CHECK, TEXT, CODE = range(3, 10)


def cell(kind, source, number, role, said=None):
    """Return a cell of an exercise, with what it has said."""
    mark = {"lossbook": {"exercise": number, "role": role}}
    if kind == "markdown":
        return new.new_markdown_cell(source, metadata=mark)
    result = [new.new_output("execute_result", {"text/plain": said}, execution_count=1)] if said else []
    return new.new_code_cell(source, metadata=mark, execution_count=1, outputs=result)


@pytest.fixture
def notebook():
    """Return a normalized notebook with an exercise by hand, 15.1, and one with code, 15.2."""
    check = 'from lossbook import exercises\n\nexercises.check("15.2", my_loss)'
    cells = [
        new.new_markdown_cell("# A chapter\n\nWhat it asks."),
        new.new_markdown_cell("## Exercises"),
        cell("markdown", "### Exercise 15.1 · By hand\n\nFind it.", "15.1", "prompt"),
        cell("markdown", "So.", "15.1", "solution"),
        cell("markdown", "### Exercise 15.2 · With code\n\nWrite it.", "15.2", "prompt"),
        cell("code", STUB, "15.2", "stub"),
        cell("code", check, "15.2", "check", NOT_YET),
        cell("markdown", "Like this.\n\n```python\n# a comment, no heading\n```", "15.2", "solution"),
        cell("code", SOLUTION, "15.2", "solution", ALL),
    ]
    notebook = normalize(new.new_notebook(cells=cells))
    notebook.cells[1].execution_count = 1
    return normalize(notebook)


def only_problem(notebook, chapter="15"):
    found = problems(normalize(notebook), chapter=chapter)
    assert len(found) == 1, found
    assert found[0].endswith(": edit it, then run make outputs" + (f" CHAPTER={chapter}" if chapter else ""))
    return found[0].removesuffix(f": edit it, then run make outputs CHAPTER={chapter}")


def said(notebook, index, text):
    notebook.cells[index].outputs[0].data["text/plain"] = text
    return notebook


def test_good_exercises_have_no_problems(notebook):
    assert problems(notebook, chapter="15") == []
    assert problems(notebook) == []


# ---- Numbers and order -----------------------------------------------------------------------------------


def renumber(notebook, old, to):
    for found in notebook.cells:
        mark = found.metadata.get("lossbook", {})
        if mark.get("exercise") == old:
            mark["exercise"] = to
            found.source = found.source.replace(old, to)
            for output in found.get("outputs", []):
                output.data["text/plain"] = output.data["text/plain"].replace(old, to)
    return notebook


@pytest.mark.parametrize("to", ["15.3", "14.2", "15.20"])
def test_numbers_have_no_gaps(notebook, to):
    assert only_problem(renumber(notebook, "15.2", to)) == (
        f"cell 6 begins exercise {to}, and 15.2 is next: exercises are numbered without gaps, and the cells "
        "of one stand together"
    )


def test_two_exercises_have_two_numbers(notebook):
    found = problems(renumber(notebook, "15.2", "15.1"), chapter="15")
    assert "exercise 15.1 has the cells prompt, solution, prompt, stub" in found[0]


def test_numbers_begin_with_that_of_the_chapter(notebook):
    assert len(problems(notebook, chapter="14")) == 2
    assert "cell 4 begins exercise 15.1, and 14.1 is next" in problems(notebook, chapter="14")[0]
    three = renumber(renumber(notebook, "15.2", "3.2"), "15.1", "3.1")
    assert problems(three, chapter="03") == []


def test_the_cells_of_an_exercise_stand_together(notebook):
    notebook.cells.insert(TEXT, new.new_markdown_cell("Between.", id="between"))
    found = problems(notebook, chapter="15")
    wanted = (
        "cell 10 begins exercise 15.2, and 15.3 is next: exercises are numbered without gaps, and the cells"
    )
    assert any(problem.startswith(wanted) for problem in found), found


@pytest.mark.parametrize(
    ("order", "roles"),
    [
        ([STUB_CELL, PROMPT, CHECK, TEXT, CODE], "stub, prompt, check, solution, solution"),
        ([PROMPT, CHECK, STUB_CELL, TEXT, CODE], "prompt, check, stub, solution, solution"),
        ([PROMPT, STUB_CELL, TEXT, CODE, CHECK], "prompt, stub, solution, solution, check"),
        ([PROMPT, TEXT, CODE, STUB_CELL, CHECK], "prompt, solution, solution, stub, check"),
        ([PROMPT, STUB_CELL, CHECK, CHECK, CODE], "prompt, stub, check, check, solution"),
        ([PROMPT, PROMPT, STUB_CELL, CHECK, CODE], "prompt, prompt, stub, check, solution"),
        ([PROMPT, STUB_CELL, TEXT], "prompt, stub, solution"),
        ([PROMPT, CHECK, TEXT], "prompt, check, solution"),
        ([STUB_CELL, CHECK, CODE], "stub, check, solution"),
        ([PROMPT], "prompt"),
    ],
)
def test_an_exercise_has_its_cells_in_order(notebook, order, roles):
    notebook.cells[PROMPT:] = [notebook.cells[index].copy() for index in order]
    found = problems(normalize(notebook), chapter="15")
    wanted = (
        f"exercise 15.2 has the cells {roles}; required are prompt, stub, check, solution, "
        "or prompt and solution for one without code"
    )
    assert any(problem.startswith(wanted) for problem in found), found


def test_an_exercise_by_hand_may_have_code_in_its_solution(notebook):
    extra = cell("code", "print(2)", "15.1", "solution")
    extra.outputs = [new.new_output("stream", text="2\n")]
    notebook.cells.insert(SOLUTION_1 + 1, extra)
    assert problems(normalize(notebook), chapter="15") == []


def test_prompts_are_text(notebook):
    notebook.cells[PROMPT_1] = cell("code", "x = 1", "15.1", "prompt")
    found = problems(normalize(notebook), chapter="15")
    assert any("cell 4 is a prompt and a code cell; required is a markdown cell" in text for text in found)


# ---- Text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title", ["Find it.", "### Exercise 15.2 · Wrong", "### Exercise 15.1", "### 15.1 · No"]
)
def test_a_prompt_begins_with_number_and_title(notebook, title):
    notebook.cells[PROMPT_1].source = f"{title}\n\nFind it."
    assert only_problem(notebook) == "cell 4 must begin with '### Exercise 15.1 · ' and a title"


@pytest.mark.parametrize("index", [PROMPT, TEXT])
def test_there_is_no_heading_inside(notebook, index):
    notebook.cells[index].source += "\n\n#### A step"
    assert only_problem(notebook) == (
        f"cell {index + 1} has a heading inside exercise 15.2; the prompt's is the only one"
    )


# ---- Code ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "def my_loss(r):\n    return r",
        "def my_loss(r):\n    r = 2 * r\n    raise NotImplementedError",
        "def my_loss(r):\n    raise ValueError",
        "x = 1\n\n\ndef my_loss(r):\n    raise NotImplementedError",
    ],
)
def test_a_stub_only_raises(notebook, source):
    notebook.cells[STUB_CELL].source = source
    assert only_problem(notebook) == (
        "cell 7 is a stub; required is one function that only raises NotImplementedError"
    )


@pytest.mark.parametrize(
    "source", [STUB + "()", 'def my_loss(r):\n    """Loss of a residual."""\n    raise NotImplementedError']
)
def test_a_stub_may_have_a_docstring(notebook, source):
    notebook.cells[STUB_CELL].source = source
    assert problems(notebook, chapter="15") == []


@pytest.mark.parametrize(
    "line",
    [
        "print(my_loss)",
        'exercises.check("15.3", my_loss)',
        'exercises.check("15.2", other)',
        'report = exercises.check("15.2", my_loss)',
        'exercises.check("15.2", my_loss(2))',
    ],
)
def test_the_check_is_of_the_stub(notebook, line):
    notebook.cells[CHECK].source = f"from lossbook import exercises\n\n{line}"
    assert only_problem(notebook) == 'cell 8 must end with exercises.check("15.2", my_loss)'


def test_the_stub_is_stored_as_not_written(notebook):
    assert only_problem(said(notebook, CHECK, ALL)) == (
        "cell 8 checks the stub of exercise 15.2, so its output must say 'not written yet'"
    )
    notebook.cells[CHECK].outputs = []
    assert "must say 'not written yet'" in only_problem(notebook)


def test_stub_and_solution_have_two_names(notebook):
    notebook.cells[CODE].source = SOLUTION.replace("loss_solution", "my_loss")
    found = problems(notebook, chapter="15")
    assert "exercise 15.2 defines my_loss in the stub and in the solution" in found[0]
    assert "cell 10 must end with exercises.check" in found[1]


@pytest.mark.parametrize(
    "source",
    [
        SOLUTION.partition("\n\n\n")[0],
        SOLUTION.replace("15.2", "15.1"),
        SOLUTION.replace(", loss_solution", ", my_loss"),
        SOLUTION + "\nprint(1)",
    ],
)
def test_the_solution_ends_with_its_check(notebook, source):
    notebook.cells[CODE].source = source
    assert only_problem(notebook) == (
        'cell 10 must end with exercises.check("15.2", …) of the solution\'s function'
    )


def test_the_solution_may_be_defined_in_an_earlier_cell(notebook):
    definition, _, check = SOLUTION.partition("\n\n\n")
    notebook.cells.insert(CODE, cell("code", definition, "15.2", "solution"))
    notebook.cells[CODE + 1].source = check
    assert problems(normalize(notebook), chapter="15") == []


@pytest.mark.parametrize(
    "text",
    [
        "Exercise 15.2 (A title): 1 of 2 passed\npassed: one\nnot yet: other. For 1 it is 2.",
        "Exercise 15.3 (A title): 2 of 2 passed\npassed: one\npassed: other",
        "Exercise 15.2 (A title): 1 of 12 passed",
        NOT_YET,
    ],
)
def test_the_solution_passes_everything(notebook, text):
    assert only_problem(said(notebook, CODE, text)) == (
        "cell 10 checks the solution of exercise 15.2, and not everything passed"
    )


def test_a_solution_with_a_stub_has_code(notebook):
    del notebook.cells[CODE]
    assert only_problem(notebook) == "exercise 15.2 has a stub and no code in its solution"
