"""Each rule of form, and a notebook that breaks it."""

import nbformat
import pytest

from lossbook.notebooks import normalize, problems, problems_in_file, to_text
from lossbook.notebooks.__main__ import find_chapters
from lossbook.notebooks.names import library_names

SUM, FIGURE_CELL = 3, 5  # positions in the notebook of conftest.py
FIGURE = "application/vnd.lossbook.figure+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def only_problem(notebook, **options):
    """Return the one problem of a notebook."""
    found = problems(notebook, **options)
    assert len(found) == 1, found
    return found[0]


def printing(notebook, text):
    """Let the notebook's sum print this text instead."""
    notebook.cells[SUM].outputs[0].text = text
    return notebook


def with_source(notebook, source):
    """Give the notebook's sum another source."""
    notebook.cells[SUM].source = source
    return notebook


def test_a_good_notebook_has_no_problems(notebook):
    assert problems(notebook) == []


# ---- Not normalized ------------------------------------------------------------------------------


def test_the_command_that_mends_it_names_the_chapter(notebook):
    notebook.metadata.widgets = {}
    assert only_problem(notebook, chapter="15") == (
        "the notebook's metadata are not normalized (widgets): run make outputs CHAPTER=15"
    )
    assert only_problem(notebook).endswith(": run make outputs")


def test_a_cell_that_was_not_run_is_refused(notebook):
    notebook.cells[SUM].execution_count = None
    notebook.cells[SUM].outputs = []
    assert any("cell 4 has no execution count" in problem for problem in problems(notebook))


def test_counts_out_of_order_are_refused(notebook):
    notebook.cells[SUM].execution_count, notebook.cells[FIGURE_CELL].execution_count = 3, 2
    assert [p.partition(":")[0] for p in problems(notebook)] == [
        "cell 4 is not normalized (execution count)",
        "cell 6 is not normalized (execution count)",
    ]


def test_a_widget_view_is_refused(notebook):
    notebook.cells[FIGURE_CELL].outputs[0].data[VIEW] = {"model_id": "1"}
    assert any("cell 6 stores a widget's view" in problem for problem in problems(notebook))


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda cell: cell.update(id="0a1b2c3d"), "id"),
        (lambda cell: cell.metadata.update(execution={"t": 1}), "metadata"),
        (lambda cell: cell.update(outputs=[*cell.outputs, *cell.outputs]), "outputs"),
        (lambda cell: cell.update(source=cell.source + "\n"), "source"),
    ],
)
def test_whatever_else_is_not_normalized_is_named(notebook, change, part):
    change(notebook.cells[SUM])
    assert only_problem(notebook) == f"cell 4 is not normalized ({part}): run make outputs"


def test_another_setup_cell_is_refused(notebook):
    notebook.cells[1].source = "import numpy"
    assert "cell 2 is not the setup cell as generated" in only_problem(notebook)
    del notebook.cells[1]
    assert any("first code cell is not the setup cell" in problem for problem in problems(notebook))


def test_the_setup_cell_has_to_name_the_present_address(notebook):
    assert "cell 2 is not the setup cell" in only_problem(notebook, address="https://example.org/book")


def test_a_file_with_unsorted_keys_is_refused(notebook, tmp_path):
    path = tmp_path / "15_huber.ipynb"
    path.write_text(to_text(notebook), encoding="utf-8")
    assert problems_in_file(path) == []
    path.write_text(to_text(notebook).replace("\n ", "\n  "), encoding="utf-8")
    assert problems_in_file(path) == [
        "the file's keys are not sorted and indented as stored: run make outputs CHAPTER=15"
    ]


# ---- What differs on another machine or day ------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("read /home/ada/book/data.csv", "an absolute path ('/home/ada/book/data.csv')"),
        ("C:\\Users\\ada", "an absolute path"),
        ("<object at 0x7f1b2c3d4e5f>", "a memory address"),
        ("Wall time: 3", "a time"),
        ("done in 12 ms", "a time ('12 ms')"),
        ("0.25 s for the fit", "a time"),
        ("took 3 seconds", "a time"),
    ],
)
def test_passing_facts_are_refused(notebook, text, what):
    problem = only_problem(printing(notebook, text))
    assert problem.startswith(f"cell 4 prints {what}")
    assert problem.endswith("edit it, then run make outputs")


@pytest.mark.parametrize(
    "text",
    [
        "1/2/3 and mean/median/mode",
        "see https://example.org/a/b",
        "color 0xff and 0x1F",
        "braking from 10 m/s: 5 s",
        "losses: 12 squared, 3 absolute",
        "<td>1</td></tr>",
    ],
)
def test_harmless_text_passes(notebook, text):
    assert problems(printing(notebook, text)) == []


def test_a_tag_excuses_times_and_nothing_else(notebook):
    notebook.cells[SUM].metadata["tags"] = ["nbval-ignore-output"]
    assert problems(printing(notebook, "12 ms")) == []
    assert "an absolute path" in only_problem(printing(notebook, "12 ms in /opt/book/here"))


def test_other_kinds_of_text_are_looked_at_too(notebook):
    notebook.cells[SUM].outputs = [nbformat.v4.new_output("display_data", {"text/html": "<b>5 ms</b>"})]
    assert "a time" in only_problem(notebook)


def test_an_error_that_no_tag_announces_is_refused(notebook):
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"])
    notebook.cells[SUM].outputs = [error]
    assert "cell 4 raised ValueError: no" in only_problem(notebook)
    notebook.cells[SUM].metadata["tags"] = ["raises-exception"]
    assert problems(notebook) == []
    error.traceback = ["File /home/ada/book/x.py:3, in f()"]
    assert "cell 4 prints an absolute path ('/home/ada/book/x.py')" in only_problem(notebook)


# ---- Tags, lengths, prose ------------------------------------------------------------------------


def test_tags_are_a_closed_list(notebook):
    notebook.cells[SUM].metadata["tags"] = ["hide_input"]
    assert "cell 4 has the tag 'hide_input'; allowed are hide-input" in only_problem(notebook)
    notebook.cells[SUM].metadata["tags"] = ["hide-input", "lossbook-wide"]
    assert problems(notebook) == []


def test_long_cells_are_refused(notebook):
    notebook.cells[SUM].source = "\n".join(["x = 1"] * 16)
    notebook.cells[FIGURE_CELL].source = "y = 1"
    assert problems(notebook) == [
        "cell 4 has 16 lines; a cell has at most 15: edit it, then run make outputs",
        "the median code cell has 8.5 lines; half of the cells have at most 6: "
        "edit it, then run make outputs",
    ]


def test_an_empty_code_cell_is_refused(notebook):
    assert "cell 4 is an empty code cell" in only_problem(with_source(notebook, ""))


def test_code_needs_prose_right_before_it(notebook):
    del notebook.cells[4]
    assert "cell 5 is code with no Markdown cell right before it" in only_problem(notebook)
    notebook.cells[4].metadata["lossbook"] = {"exercise": "15.1", "role": "check"}
    assert not any("no Markdown cell" in problem for problem in problems(notebook))


@pytest.mark.parametrize("mark", [{"exercise": "2", "role": "stub"}, {"exercise": "15.2", "role": "answer"}])
def test_exercise_marks_are_a_closed_list(notebook, mark):
    notebook.cells[SUM].metadata["lossbook"] = mark
    assert f"cell 4 belongs to exercise {mark['exercise']!r} in the role" in only_problem(notebook)


# ---- Names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "from lossbook.data import load\nload = 3",
        "from lossbook.data import load as fetch\nfor fetch in range(3):\n    pass",
        "from lossbook import data\nfrom numpy import array as data",
        "import lossbook.data as data\ndata = data.load('engel')",
    ],
)
def test_imported_names_are_not_bound_again(notebook, source):
    assert "which was imported from lossbook" in only_problem(with_source(notebook, source))


def test_names_imported_in_an_earlier_cell_count(notebook):
    notebook.cells[SUM].source = "from lossbook import data"
    notebook.cells[FIGURE_CELL].source = "data = [1, 2]"
    assert "cell 6 binds 'data' again, which was imported from lossbook" in only_problem(notebook)


def test_functions_do_not_bear_a_name_of_the_library(notebook):
    assert library_names()["explore"] == "lossbook.figures"
    assert "public_address" not in library_names()
    problem = only_problem(with_source(notebook, "def load(name):\n    return name"))
    assert problem.startswith("cell 4 defines 'load', which is a name of lossbook.data")


@pytest.mark.parametrize(
    "source",
    [
        "from lossbook.data import load\nengel = load('engel')",
        "from lossbook.data import load\nfrom lossbook.data import load\n[load for load in range(3)]",
        "def my_load(name):\n    return name",
        "%matplotlib inline\nx = 1",
    ],
)
def test_ordinary_names_pass(notebook, source):
    assert problems(with_source(notebook, source)) == []


def test_what_is_not_python_is_refused(notebook):
    assert "cell 4 is not Python" in only_problem(with_source(notebook, "print(2 +"))


# ---- Headings, pictures, scripts -----------------------------------------------------------------


def test_the_title_comes_first(notebook):
    notebook.cells[0].source = "## A chapter"
    assert "cell 1 is not Markdown that begins with the chapter's title" in only_problem(notebook)


def test_there_is_one_title(notebook):
    notebook.cells[4].source = "# Curves"
    assert "cell 5 has a second first-level heading" in only_problem(notebook)


def test_heading_levels_do_not_jump(notebook):
    notebook.cells[4].source = "#### Curves"
    assert "cell 5 has a heading of level 4 under one of level 2" in only_problem(notebook)


def test_a_comment_in_a_code_block_is_no_heading(notebook):
    notebook.cells[4].source = "```python\n# not a heading\n```"
    assert problems(notebook) == []


def test_pictures_have_alternative_text(notebook):
    output = notebook.cells[FIGURE_CELL].outputs[0]
    del output.metadata["image/png"]
    assert problems(notebook) == []  # the figure itself has one
    del output.data[FIGURE]
    assert "cell 6 shows a picture (image/png) without alternative text" in only_problem(notebook)
    output.metadata["image/png"] = {"alt": " "}
    assert "without alternative text" in only_problem(notebook)


def test_pictures_in_markdown_have_alternative_text(notebook):
    notebook.cells[4].source = "![](a.png)"
    assert "cell 5 has a picture without alternative text" in only_problem(notebook)
    notebook.cells[4].source = "![a curve](a.png)"
    assert problems(notebook) == []


@pytest.mark.parametrize(
    "html", ["<script>x()</script>", '<b onclick="x()">b</b>', "a <a href='javascript:x'>b</a>"]
)
def test_there_is_no_script_in_html(notebook, html):
    notebook.cells[4].source = html
    assert "cell 5 has a script in raw HTML" in only_problem(notebook)
    notebook.cells[4].source = "Prose."
    notebook.cells[SUM].outputs = [nbformat.v4.new_output("display_data", {"text/html": html})]
    assert "cell 4 has a script in its output" in only_problem(notebook)


def test_there_is_no_javascript_in_outputs(notebook):
    script = nbformat.v4.new_output("display_data", {"application/javascript": "alert(1)"})
    notebook.cells[SUM].outputs = [script]
    assert "cell 4 has a script in its output" in only_problem(notebook)


# ---- The command line's chapters -----------------------------------------------------------------


def test_chapters_are_found_by_number_name_and_noun(tmp_path, monkeypatch, notebook):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chapters").mkdir()
    for name in ("03_entropy", "15_huber", "notes"):
        (tmp_path / "chapters" / f"{name}.ipynb").write_text(to_text(normalize(notebook)), encoding="utf-8")
    assert [p.stem for p in find_chapters()] == ["03_entropy", "15_huber"]
    for asked in ("3", "03", "entropy", "03_entropy", "chapters/03_entropy.ipynb"):
        assert [p.stem for p in find_chapters(asked)] == ["03_entropy"]
    with pytest.raises(FileNotFoundError, match="no chapter '4'"):
        find_chapters("4")
