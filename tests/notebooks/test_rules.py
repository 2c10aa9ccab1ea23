"""Each rule of form, and a notebook that breaks it."""

import nbformat
import pytest

from lossbook.figures.engine import FIGURE_MIME
from lossbook.figures.engine.live import WIDGET_VIEW_MIME
from lossbook.notebooks import normalize, problems, problems_in_file, to_text
from lossbook.notebooks.__main__ import find_chapters
from lossbook.notebooks.rules import library_names
from tests.notebooks.conftest import edit

new = nbformat.v4
TITLE, SETUP, PROSE, SUM, CURVES, SHOW = range(6)  # the cells of the notebook in conftest.py


# ---- Not normalized ----------------------------------------------------------------------------------------

NOT_RUN = "cell 4 has no execution count, so it was not run and nothing of it would be compared"
VIEWED = "cell 6 stores a widget's view"


def test_a_good_notebook_has_no_problems_and_is_not_changed(notebook):
    before = to_text(notebook)
    assert problems(notebook) == []
    assert to_text(notebook) == before


def test_the_command_that_mends_it_names_the_chapter(notebook):
    notebook.metadata.widgets = {}
    said = "the notebook's metadata are not normalized (widgets): run make tidy"
    assert problems(notebook) == [said]
    assert problems(notebook, chapter="15") == [f"{said} CHAPTER=15"]


@pytest.mark.parametrize(
    ("index", "parts", "not_run", "untidy"),
    [
        (SUM, {"execution_count": 3}, [], ["cell 4 is not normalized (execution count)"]),
        (SUM, {"id": "0a1b2c3d"}, [], ["cell 4 is not normalized (id)"]),
        (SUM, {"metadata": {"execution": {"t": 1}}}, [], ["cell 4 is not normalized (metadata)"]),
        (SUM, {"source": "print(2 + 2)\n"}, [], ["cell 4 is not normalized (source)"]),
        (SUM, {"execution_count": None}, [NOT_RUN], ["cell 6 is not normalized (execution count)"]),
        (SHOW, {"shows": {WIDGET_VIEW_MIME: {}}}, [VIEWED], ["cell 6 is not normalized (outputs)"]),
        (SETUP, {"source": "import numpy"}, [], ["cell 2 is not the setup cell as generated"]),
        (SETUP, {"metadata": {}}, [], ["the first code cell is not the setup cell"]),
    ],
)
def test_what_is_not_run_or_not_normalized_is_named(notebook, index, parts, not_run, untidy):
    found = problems(edit(notebook, index, **parts))
    assert [problem for problem in found if "edit it" not in problem] == [
        *(f"{sentence}: run make outputs" for sentence in not_run),
        *(f"{sentence}: run make tidy" for sentence in untidy),
    ]


def test_the_setup_cell_has_to_name_the_present_address(notebook):
    assert problems(notebook, address="https://example.org/book") == [
        "cell 2 is not the setup cell as generated: run make tidy"
    ]


def test_a_file_with_unsorted_keys_is_refused(notebook, tmp_path):
    path = tmp_path / "notes.ipynb"
    path.write_text(to_text(notebook), encoding="utf-8")
    assert problems_in_file(path) == []
    path.write_text(to_text(notebook).replace("\n ", "\n  "), encoding="utf-8")
    said = "the file's keys are not sorted and indented as stored: run make tidy"
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
    (
        SUM,
        {"tags": ["hide_input"]},
        "has the tag 'hide_input'; allowed are check, deeper, hide-input, hide-out",
    ),
    (SUM, {"source": ""}, "is an empty code cell"),
    (SUM, {"lossbook": {"exercise": "2", "role": "stub"}}, "belongs to exercise '2' in the role 'stub'; an"),
    (SUM, {"lossbook": {"exercise": "1.2", "role": "hint"}}, "belongs to exercise '1.2' in the role 'hint';"),
    # Names.
    (SUM, {"source": "print(2 +"}, "is not Python: '(' was never closed"),
    (SUM, {"source": "from lossbook.data import load\nload = 3"}, "binds 'load' again, which was imported"),
    (SUM, {"source": "from lossbook.data import load as f\nfor f in range(3):\n    pass"}, "binds 'f' again"),
    (SUM, {"source": "from lossbook import data\nfrom string import digits as data"}, "binds 'data' again"),
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
    (SUM, {"source": "\n".join(["x = 1"] * 6)}),
    (SUM, {"source": "from lossbook.data import load\nengel = load('engel')"}),
    (SUM, {"source": "from string import digits\nfrom string import digits\n[digits for digits in 'ab']"}),
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
        "the median open code cell has 8.5 lines; half of them have at most 6: "
        "edit it, then run make outputs",
    ]


def test_code_needs_prose_right_before_it(notebook):
    del notebook.cells[CURVES]
    assert problems(notebook) == []  # a figure speaks for itself
    edit(notebook, CURVES, prints="5")
    (found,) = problems(notebook)
    assert found.startswith("cell 5 is code with no Markdown cell right before it that says what to look for")
    edit(notebook, CURVES, lossbook={"exercise": "15.1", "role": "check"})
    assert not any("no Markdown" in problem for problem in problems(notebook))


@pytest.mark.parametrize("tag", ["check", "prepare"])
def test_folded_code_needs_no_prose_and_gives_none(notebook, tag):
    del notebook.cells[CURVES]
    edit(notebook, CURVES, prints="5")
    assert problems(normalize(edit(notebook, CURVES, tags=[tag]))) == []
    edit(notebook, CURVES, tags=[])
    assert (
        problems(normalize(edit(notebook, SUM, tags=[tag]))) == []
    )  # the prose before it is the next cell's


def test_names_imported_in_an_earlier_cell_count(notebook):
    edit(notebook, SUM, source="from lossbook import data")
    (found,) = problems(edit(notebook, SHOW, source="data = [1, 2]"))
    assert found.startswith("cell 6 binds 'data' again, which was imported from lossbook")


def test_names_of_the_library_are_those_that_a_reader_meets():
    names = library_names()
    assert names["explore"] == "lossbook.figures"
    assert names["softmax"] == "lossbook.probability"
    assert not {"problems", "dataclass", "_read", "draw_kl_paths"} & set(names)


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


def test_other_pages_come_after_the_chapters_and_are_found_by_their_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("chapters/15_huber", "pages/which_loss", "pages/a_map"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.ipynb").touch()
    assert [path.as_posix() for path in find_chapters()] == [
        *("chapters/15_huber.ipynb", "pages/a_map.ipynb", "pages/which_loss.ipynb")
    ]
    for asked in ("which_loss", "pages/which_loss.ipynb"):
        assert [path.stem for path in find_chapters(asked)] == ["which_loss"]
    with pytest.raises(FileNotFoundError, match=r"There are 15 \(huber\), a_map, which_loss: name one"):
        find_chapters("loss")
