"""What is counted of a chapter, and the minutes that it takes."""

import nbformat
import pytest

from lossbook.notebooks import form
from lossbook.notebooks.__main__ import main
from lossbook.notebooks.normalization import FIGURE_MIME

new = nbformat.v4


def figure(**payload):
    """Return a cell that shows a figure."""
    return new.new_code_cell("explore()", outputs=[new.new_output("display_data", {FIGURE_MIME: payload})])


def measured(**moving):
    """Return a cell that shows a figure whose frames are kept apart."""
    cell = figure(parameters=[{}])
    cell.outputs[0].metadata[FIGURE_MIME] = moving
    return cell


def markdown(text, *tags):
    """Return a cell of prose."""
    return new.new_markdown_cell(text, metadata={"tags": list(tags)})


@pytest.fixture
def cells():
    """Return the cells of a small chapter; the words in them say where they count."""
    return [
        markdown("# Title\n\npath path"),
        figure(parameters=[{}], handles=[{}]),
        markdown("## Idea\n\npath $a + b$\n\n$$\nx\n$$"),
        new.new_code_cell("print(1)"),
        new.new_code_cell("assert 1", metadata={"tags": ["check"]}),
        new.new_code_cell("# It\nx = 1", metadata={"tags": ["prepare"]}),
        markdown("### Fold\n\nfold fold\n\n$$\nx\n$$\n\n$$\ny\n$$", "deeper"),
        markdown("#### Step\n\nfold"),
        new.new_code_cell("print(1)"),
        figure(parameters=[]),
        markdown("### Second idea\n\npath\n\n<details><summary>Answer</summary>two words</details>"),
        markdown("## Not quite so\n\npath"),
        markdown("## Second fold\n\nfold", "deeper"),
        markdown("## Exercises\n\nMany words that nobody counts.\n\n$$\nx\n$$"),
        new.new_code_cell("print(1)"),
        measured(handles=[{}]),
    ]


def test_each_layer_is_counted_by_itself(cells):
    path, answers, fold, second = form.stretches(cells)
    # Headings are read, too; a formula is one word.
    assert path == form.Stretch(words=3 + 4 + 3 + 4, equations=1, figures=1, moving=1, open_cells=1)
    assert answers == form.Stretch(words=3)
    assert fold == form.Stretch(words=5 + 2, equations=2, figures=1, open_cells=1)
    assert second == form.Stretch(words=3)


def test_minutes_are_words_equations_figures_and_code():
    stretch = form.Stretch(words=240, equations=3, figures=4, moving=4, open_cells=6)
    assert stretch.minutes == pytest.approx(2 + 3 + 4 + 2, rel=1e-12, abs=0)


def test_the_counts_of_a_chapter(cells):
    assert form.counts(cells) == {
        "path words": 14,
        "words": 27,
        "ideas": 2,
        "path equations": 1,
        "open cells": 1,
        "figures": 3,
        "moving": 2,
        "handles": 2,
        "checks": 1,
        "folds": 2,
        "longest fold": 7,
        "columns of code": 9,
        "path minutes": 2,
        "minutes": 6,
    }


def test_limits_are_told_where_they_are_broken():
    numbers = dict.fromkeys(form.LIMITS, 10) | {"words": 5801, "figures": 7}
    assert form.told(numbers) == (
        "path words 10 (≥ 2000) · words 5801 (≤ 5800) · ideas 10 (≤ 9) · path equations 10 (≤ 8) · "
        "open cells 10 · figures 7 · moving 10 · handles 10 · checks 10 · folds 10 (≤ 9) · longest fold 10 · "
        "columns of code 10 · path minutes 10 · minutes 10"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("two words", 2),
        (r"price \$5 and \$6", 2),
        ("$a$ is $b + c$", 3),
        ("see {eq}`some-label` and {cite:t}`huber1964`", 4),
        ("```python\nx = many words\n```", 1),
        ("| a | **bold** | _it's_ |\n|---|---|---|\n\n<b class='of-no-matter'>bold</b>", 4),
    ],
)
def test_words_are_those_that_are_read(text, words):
    assert form.count_words(text) == words


@pytest.mark.parametrize(
    ("text", "equations"),
    [
        ("$$\nx\n$$ (eq-x)\n\n$$ y $$", 2),
        ("$$\n\\begin{cases} x \\end{cases}\n$$", 1),
        ("```{math}\nx\n```", 1),
        ("\\begin{align}\nx\n\\end{align}", 1),
        ("no $x$ at all", 0),
    ],
)
def test_equations_are_those_on_a_line_of_their_own(text, equations):
    stretch = form.Stretch()
    stretch.add(markdown(text), text)
    assert stretch.equations == equations


def test_a_summary_is_the_last_printed_line_or_the_first_comment():
    printed = [
        new.new_output("stream", name="stdout", text="first\n"),
        new.new_output("stream", name="stderr", text="a warning\n"),
        new.new_output("stream", name="stdout", text="a  last   line\n\n"),
    ]
    check = new.new_code_cell("# no\nassert x", outputs=printed, metadata={"tags": ["check"]})
    assert form.summary_of(check) == "a last line"
    prepare = new.new_code_cell("#  Load # 5\nx = 1", metadata={"tags": ["prepare"]})
    assert form.summary_of(prepare) == "Load # 5"
    assert form.summary_of(new.new_code_cell("# no", outputs=printed)) == ""


def test_the_command_prints_a_line_a_chapter(cells, tmp_path, monkeypatch, capsys):
    (tmp_path / "chapters").mkdir()
    monkeypatch.chdir(tmp_path)
    nbformat.write(new.new_notebook(cells=cells), "chapters/03_gram.ipynb")
    assert main(["form", "3"]) == 0
    assert capsys.readouterr().out == f"03_gram · {form.told(form.counts(cells))}\n"
