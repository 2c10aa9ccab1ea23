"""The form in which a notebook is stored, and the one in which it is downloaded."""

import copy

import nbformat
import pytest

from lossbook.figures.engine import FIGURE_MIME
from lossbook.figures.engine.live import WIDGET_VIEW_MIME
from lossbook.notebooks import normalize, strip_for_download, to_text

new = nbformat.v4


def test_a_normalized_notebook_is_valid_and_stays_as_it_is(notebook):
    nbformat.validate(notebook)
    assert normalize(notebook) == notebook


def test_the_argument_is_not_changed(notebook):
    notebook.metadata["widgets"] = {}
    before = copy.deepcopy(notebook)
    normalize(notebook)
    strip_for_download(notebook)
    assert notebook == before


def test_counts_run_from_one_and_a_cell_that_was_not_run_has_none(notebook):
    setup, total, figure = (cell for cell in notebook.cells if cell.cell_type == "code")
    setup.execution_count, total.execution_count, figure.execution_count = 7, 9, 30
    total.outputs.append(new.new_output("execute_result", {"text/plain": "4"}, execution_count=9))
    normal = normalize(notebook)
    assert [cell.execution_count for cell in normal.cells if cell.cell_type == "code"] == [1, 2, 3]
    assert normal.cells[3].outputs[1].execution_count == 2
    total.execution_count = None
    normal = normalize(notebook)
    assert [cell.execution_count for cell in normal.cells if cell.cell_type == "code"] == [1, None, 2]


def test_widgets_and_editor_metadata_go(notebook):
    notebook.metadata.widgets = {"state": {}}
    notebook.metadata.lossbook = {"kept": 1}
    notebook.metadata.kernelspec = {"name": "my-env", "display_name": "Mine", "language": "python"}
    notebook.metadata.language_info.version = "3.13.0"
    prose, figure = notebook.cells[4], notebook.cells[5]
    prose.metadata = nbformat.from_dict({"editable": True, "tags": ["b", "a", "b"]})
    figure.metadata = nbformat.from_dict(
        {"execution": {"t": 1}, "collapsed": True, "lossbook": {"figure": 1}}
    )
    figure.outputs[0].data[WIDGET_VIEW_MIME] = {"model_id": "1"}
    figure.outputs.append(
        new.new_output("display_data", {WIDGET_VIEW_MIME: {"model_id": "2"}, "text/plain": ""})
    )
    normal = normalize(notebook)
    assert dict(normal.metadata) == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "lossbook": {"kept": 1},
    }
    assert normal.cells[4].metadata == {"tags": ["a", "b"]}
    assert normal.cells[5].metadata == {"lossbook": {"figure": 1}}
    assert [set(output.data) for output in normal.cells[5].outputs] == [
        {FIGURE_MIME, "image/png", "text/plain"}
    ]


@pytest.mark.parametrize("tag", ["check", "prepare"])
def test_jupyterlab_hides_the_code_of_folded_cells_alone(notebook, tag):
    notebook.cells[3].metadata = nbformat.from_dict({"tags": [tag]})
    notebook.cells[5].metadata = nbformat.from_dict({"jupyter": {"source_hidden": True}})
    normal = normalize(notebook)
    assert normal.cells[3].metadata == {"tags": [tag], "jupyter": {"source_hidden": True}}
    assert normal.cells[5].metadata == {}


@pytest.mark.parametrize(
    "given", ["1a2b3c4d", "01234567-89ab-cdef-0123-456789abcdef", "has space", "", "sums"]
)
def test_ids_that_are_unreadable_or_taken_come_from_the_first_words(notebook, given):
    notebook.cells[3].id = given
    assert normalize(notebook).cells[3].id == "print-2-2"


def test_a_cell_inserted_elsewhere_changes_no_id(notebook):
    before = [cell.id for cell in notebook.cells]
    notebook.cells[2:2] = [new.new_markdown_cell("## Sums\n\nAnother.") for _ in range(2)]
    after = [cell.id for cell in normalize(notebook).cells]
    assert after[:2] + after[4:] == before
    assert after[2:4] == ["sums-another", "sums-another-2"]


@pytest.mark.parametrize("source", ["", "…", "deadbeef", "a1b2c3d4"])
def test_ids_for_cells_without_words_are_stable_too(notebook, source):
    notebook.cells.append(new.new_markdown_cell(source))
    once = normalize(notebook)
    assert once.cells[-1].id.startswith("cell")
    assert normalize(once) == once


def test_the_file_has_sorted_keys_and_ends_with_a_newline(notebook):
    text = to_text(notebook)
    assert text.endswith("}\n")
    code = text[text.index('"cell_type": "code"') :]
    assert code.index('"execution_count"') < code.index('"outputs"') < code.index('"source"')
    assert nbformat.reads(text, as_version=4) == notebook


def test_a_download_has_no_frames_and_no_widgets(notebook):
    output = notebook.cells[5].outputs[0]
    output.data[WIDGET_VIEW_MIME] = {"model_id": "1"}
    output.metadata[FIGURE_MIME] = {"svg": "measured frames"}
    notebook.metadata.widgets = {"state": {}}
    plain = strip_for_download(notebook)
    nbformat.validate(plain)
    assert "widgets" not in plain.metadata
    assert plain.cells[5].outputs[0].data == {"image/png": "iVBORw0KGgo=", "text/plain": "Figure"}
    assert plain.cells[5].outputs[0].metadata == {"image/png": {"alt": "A curve"}}
    assert plain.cells[:5] == notebook.cells[:5]
