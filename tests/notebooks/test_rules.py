"""Each rule of form, and a notebook that breaks it."""

import nbformat
import pytest

from lossbook.notebooks import normalize, problems, problems_in_file, to_text
from lossbook.notebooks.__main__ import find_chapters
from lossbook.notebooks.normalization import FIGURE_MIME, WIDGET_VIEW_MIME
from lossbook.notebooks.rules import library_names
from tests.notebooks.conftest import run

new = nbformat.v4
TITLE, SETUP, PROSE, SUM, CURVES, SHOW = range(6)  # the cells of the notebook in conftest.py


def edit(notebook, index, **parts):
    """Change parts of a cell: its marks, what it prints, says or shows, or a field by its name."""
    cell = notebook.cells[index]
    for part, value in parts.items():
        if part in ("tags", "lossbook"):
            cell.metadata[part] = value
        elif part == "prints":
            cell.outputs = [new.new_output("stream", text=value)]
        elif part == "says":
            cell.outputs[0].data["text/plain"] = value
        elif part == "shows":
            cell.outputs = [new.new_output("display_data", value)]
        else:
            cell[part] = nbformat.from_dict(value)
    return notebook


# ---- Not normalized ----------------------------------------------------------------------------------------

NOT_RUN = "cell 4 has no execution count, so it was not run and nothing of it would be compared"
VIEWED = "cell 6 stores a widget's view"


def test_a_good_notebook_has_no_problems_and_is_not_changed(notebook):
    before = to_text(notebook)
    assert problems(notebook) == []
    assert to_text(notebook) == before


def test_the_command_that_mends_it_names_the_chapter(notebook):
    notebook.metadata.widgets = {}
    said = "the notebook's metadata are not normalized (widgets): run make outputs"
    assert problems(notebook) == [said]
    assert problems(notebook, chapter="15") == [f"{said} CHAPTER=15"]


@pytest.mark.parametrize(
    ("index", "parts", "said"),
    [
        (SUM, {"execution_count": 3}, ["cell 4 is not normalized (execution count)"]),
        (SUM, {"id": "0a1b2c3d"}, ["cell 4 is not normalized (id)"]),
        (SUM, {"metadata": {"execution": {"t": 1}}}, ["cell 4 is not normalized (metadata)"]),
        (SUM, {"source": "print(2 + 2)\n"}, ["cell 4 is not normalized (source)"]),
        (SUM, {"execution_count": None}, [NOT_RUN, "cell 6 is not normalized (execution count)"]),
        (SHOW, {"shows": {WIDGET_VIEW_MIME: {}}}, [VIEWED, "cell 6 is not normalized (outputs)"]),
        (SETUP, {"source": "import numpy"}, ["cell 2 is not the setup cell as generated"]),
        (SETUP, {"metadata": {}}, ["the first code cell is not the setup cell"]),
    ],
)
def test_what_is_not_normalized_is_named(notebook, index, parts, said):
    found = problems(edit(notebook, index, **parts))
    assert [problem for problem in found if "edit it" not in problem] == [
        f"{sentence}: run make outputs" for sentence in said
    ]


def test_the_setup_cell_has_to_name_the_present_address(notebook):
    assert problems(notebook, address="https://example.org/book") == [
        "cell 2 is not the setup cell as generated: run make outputs"
    ]


def test_a_file_with_unsorted_keys_is_refused(notebook, tmp_path):
    path = tmp_path / "15_huber.ipynb"
    path.write_text(to_text(notebook), encoding="utf-8")
    assert problems_in_file(path) == []
    path.write_text(to_text(notebook).replace("\n ", "\n  "), encoding="utf-8")
    said = "the file's keys are not sorted and indented as stored: run make outputs CHAPTER=15"
    assert problems_in_file(path) == [said]


# ---- What the author has to edit ---------------------------------------------------------------------------

ERROR = new.new_output("error", ename="ValueError", evalue="no", traceback=["File /home/ada/book/x.py:3"])
PICTURE = new.new_output("display_data", {"image/png": "iVBO"})
REFUSED = [
    # What differs on another machine or another day.
    (SUM, {"prints": "read /home/ada/book/data.csv"}, "prints an absolute path ('/home/ada/book/data.csv')"),
    (SUM, {"prints": "C:\\Users\\ada"}, "prints an absolute path"),
    (SUM, {"prints": "<object at 0x7f1b2c3d4e5f>"}, "prints a memory address"),
    (SUM, {"prints": "Wall time: 3"}, "prints a time"),
    (SUM, {"prints": "done in 12 ms"}, "prints a time ('12 ms')"),
    (SUM, {"prints": "0.25 s for the fit"}, "prints a time"),
    (SUM, {"prints": "took 3 seconds"}, "prints a time"),
    (SUM, {"shows": {"text/html": "<b>5 ms</b>"}}, "prints a time"),
    (SUM, {"prints": "/opt/book/here", "tags": ["nbval-ignore-output"]}, "prints an absolute path"),
    (SUM, {"outputs": [ERROR], "tags": ["raises-exception"]}, "prints an absolute path"),
    (SUM, {"outputs": [{**ERROR, "traceback": []}]}, "raised ValueError: no"),
    # Tags, lengths, prose.
    (SUM, {"tags": ["hide_input"]}, "has the tag 'hide_input'; allowed are hide-input, hide-output, nbval-i"),
    (SUM, {"source": ""}, "is an empty code cell"),
    (SUM, {"lossbook": {"exercise": "2", "role": "stub"}}, "belongs to exercise '2' in the role 'stub'; an"),
    (SUM, {"lossbook": {"exercise": "1.2", "role": "hint"}}, "belongs to exercise '1.2' in the role 'hint';"),
    # Names.
    (SUM, {"source": "print(2 +"}, "is not Python: '(' was never closed"),
    (SUM, {"source": "from lossbook.data import load\nload = 3"}, "binds 'load' again, which was imported"),
    (SUM, {"source": "from lossbook.data import load as f\nfor f in range(3):\n    pass"}, "binds 'f' again"),
    (SUM, {"source": "from lossbook import data\nfrom numpy import array as data"}, "binds 'data' again"),
    (SUM, {"source": "import lossbook.data\nlossbook = 3"}, "binds 'lossbook' again"),
    (SUM, {"source": "import lossbook.data as data\ndata = data.load('engel')"}, "binds 'data' again"),
    (SUM, {"source": "def load(name):\n    return name"}, "defines 'load', which is a name of lossbook.data"),
    # Headings, pictures, scripts.
    (TITLE, {"source": "## A chapter"}, "is not Markdown that begins with the chapter's title"),
    (CURVES, {"source": "# Curves"}, "has a second first-level heading"),
    (CURVES, {"source": "#### Curves"}, "has a heading of level 4 under one of level 2"),
    (CURVES, {"source": "![](a.png)"}, "has a picture without alternative text"),
    (SHOW, {"shows": {"image/png": "iVBO"}}, "shows a picture (image/png) without alternative text"),
    (SHOW, {"shows": {"image/png": "iVBO", FIGURE_MIME: {"alt": " "}}}, "shows a picture (image/png)"),
    (CURVES, {"source": "<script>x()</script>"}, "has a script in raw HTML"),
    (CURVES, {"source": '<b onclick="x()">b</b>'}, "has a script in raw HTML"),
    (CURVES, {"source": "a <a href='javascript:x'>b</a>"}, "has a script in raw HTML"),
    (SUM, {"shows": {"text/html": '<b onclick="x()">b</b>'}}, "has a script in its output"),
    (SUM, {"shows": {"application/javascript": "alert(1)"}}, "has a script in its output"),
]
ALLOWED = [
    (SUM, {"prints": "1/2/3 and mean/median/mode"}),
    (SUM, {"prints": "see https://example.org/a/b"}),
    (SUM, {"prints": "color 0xff and 0x1F"}),
    (SUM, {"prints": "braking from 10 m/s: 5 s"}),
    (SUM, {"prints": "losses: 12 squared, 3 absolute"}),
    (SUM, {"prints": "<td>1</td></tr>"}),
    (SUM, {"prints": "12 ms", "tags": ["nbval-ignore-output"]}),
    (SUM, {"outputs": [{**ERROR, "traceback": []}], "tags": ["raises-exception"]}),
    (SUM, {"tags": ["hide-input", "lossbook-wide"]}),
    (SUM, {"source": "\n".join(["x = 1"] * 11)}),  # with the figure's one line the median is 6
    (SUM, {"source": "from lossbook.data import load\nengel = load('engel')"}),
    (SUM, {"source": "from numpy import array\nfrom numpy import array\n[array for array in 'ab']"}),
    (SUM, {"source": "def my_load(name):\n    return name"}),
    (SUM, {"source": "import lossbook.data\nimport lossbook.regression"}),
    (SUM, {"source": "%matplotlib inline\nx = 1"}),
    (CURVES, {"source": "```python\n# not a heading\n```"}),
    (CURVES, {"source": "![a curve](a.png)"}),
    (SHOW, {"shows": {"image/png": "iVBO", FIGURE_MIME: {"alt": "A curve"}}}),
    (SHOW, {"outputs": [{**PICTURE, "metadata": {"image/png": {"alt": "A curve"}}}]}),
]


@pytest.mark.parametrize(("index", "parts", "said"), REFUSED)
def test_what_breaks_a_rule_is_told(notebook, index, parts, said):
    (found,) = problems(edit(notebook, index, **parts))
    assert found.startswith(f"cell {index + 1} {said}")
    assert found.endswith(": edit it, then run make outputs")


@pytest.mark.parametrize(("index", "parts"), ALLOWED)
def test_what_keeps_the_rules_passes(notebook, index, parts):
    assert problems(edit(notebook, index, **parts)) == []


def test_long_cells_are_refused(notebook):
    assert problems(edit(notebook, SUM, source="\n".join(["x = 1"] * 16))) == [
        "cell 4 has 16 lines; a cell has at most 15: edit it, then run make outputs",
        "the median code cell has 8.5 lines; half of the cells have at most 6: "
        "edit it, then run make outputs",
    ]


def test_code_needs_prose_right_before_it(notebook):
    del notebook.cells[CURVES]
    (found,) = problems(notebook)
    assert found.startswith("cell 5 is code with no Markdown cell right before it that says what to look for")
    edit(notebook, CURVES, lossbook={"exercise": "15.1", "role": "check"})
    assert not any("no Markdown" in problem for problem in problems(notebook))


def test_names_imported_in_an_earlier_cell_count(notebook):
    edit(notebook, SUM, source="from lossbook import data")
    (found,) = problems(edit(notebook, SHOW, source="data = [1, 2]"))
    assert found.startswith("cell 6 binds 'data' again, which was imported from lossbook")


def test_names_of_the_library_are_those_that_a_reader_meets():
    names = library_names()
    assert names["explore"] == "lossbook.figures"
    assert names["softmax"] == "lossbook.probability"
    assert not {"problems", "dataclass", "_read"} & set(names)


# ---- Exercises ---------------------------------------------------------------------------------------------

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


# ---- The command line's chapters ---------------------------------------------------------------------------


def test_chapters_are_found_by_number_name_and_noun(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chapters").mkdir()
    for name in ("03_entropy", "15_huber", "notes"):
        (tmp_path / "chapters" / f"{name}.ipynb").touch()
    assert [path.stem for path in find_chapters()] == ["03_entropy", "15_huber"]
    for asked in ("3", "03", "entropy", "03_entropy", "chapters/03_entropy.ipynb"):
        assert [path.stem for path in find_chapters(asked)] == ["03_entropy"]
    with pytest.raises(FileNotFoundError, match="no chapter 4 yet"):
        find_chapters("4")
