"""The form in which a notebook is stored, and the one in which it is downloaded."""

import copy
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from lossbook.notebooks import normalize, setup_cell, strip_for_download, to_text

FIGURE = "application/vnd.lossbook.figure+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def test_a_normalized_notebook_is_valid_and_stays_as_it_is(notebook):
    nbformat.validate(notebook)
    assert normalize(notebook) == notebook


def test_the_argument_is_not_changed(notebook):
    notebook.metadata["widgets"] = {}
    before = copy.deepcopy(notebook)
    normalize(notebook)
    strip_for_download(notebook)
    assert notebook == before


def test_counts_run_from_one(notebook):
    for cell, count in zip([c for c in notebook.cells if c.cell_type == "code"], (7, 9, 30), strict=True):
        cell.execution_count = count
    result = nbformat.v4.new_output("execute_result", {"text/plain": "4"}, execution_count=9)
    notebook.cells[3].outputs.append(result)
    normal = normalize(notebook)
    assert [c.execution_count for c in normal.cells if c.cell_type == "code"] == [1, 2, 3]
    assert normal.cells[3].outputs[1].execution_count == 2


def test_a_cell_that_was_not_run_is_not_made_to_look_as_if(notebook):
    notebook.cells[3].execution_count = None
    normal = normalize(notebook)
    assert [c.execution_count for c in normal.cells if c.cell_type == "code"] == [1, None, 2]


def test_widgets_and_editor_metadata_go(notebook):
    notebook.metadata.widgets = {"state": {}}
    notebook.metadata.kernelspec = {"name": "my-env", "display_name": "Mine", "language": "python"}
    notebook.metadata.language_info.version = "3.13.0"
    notebook.cells[5].outputs[0].data[VIEW] = {"model_id": "1"}
    notebook.cells[5].outputs.append(nbformat.v4.new_output("display_data", {VIEW: {"model_id": "2"}}))
    notebook.cells[5].metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}
    notebook.cells[5].metadata["collapsed"] = True
    notebook.cells[5].metadata["lossbook"] = {"figure": "kept"}
    normal = normalize(notebook)
    assert dict(normal.metadata) == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert len(normal.cells[5].outputs) == 1
    assert set(normal.cells[5].outputs[0].data) == {FIGURE, "image/png", "text/plain"}
    assert normal.cells[5].metadata == {"lossbook": {"figure": "kept"}}


def test_tags_are_sorted_and_each_stands_once(notebook):
    notebook.cells[3].metadata["tags"] = ["remove-input", "hide-output", "remove-input"]
    assert normalize(notebook).cells[3].metadata.tags == ["hide-output", "remove-input"]


def test_one_output_for_each_stream(notebook):
    new = nbformat.v4.new_output
    notebook.cells[3].outputs = [
        new("stream", name="stdout", text="a\n"),
        new("stream", name="stderr", text="careful\n"),
        new("stream", name="stdout", text="b\n"),
    ]
    outputs = normalize(notebook).cells[3].outputs
    assert [(o.name, o.text) for o in outputs] == [("stdout", "a\nb\n"), ("stderr", "careful\n")]


def test_what_is_printed_after_a_picture_stays_after_it(notebook):
    new = nbformat.v4.new_output
    picture = new("display_data", data={"text/plain": "Figure"})
    printed = [new("stream", name="stdout", text=text) for text in ("a\n", "b\n", "c\n")]
    notebook.cells[3].outputs = [*printed[:2], picture, printed[2]]
    outputs = normalize(notebook).cells[3].outputs
    assert [o.get("text", "picture") for o in outputs] == ["a\nb\n", "picture", "c\n"]


@pytest.mark.parametrize("given", ["1a2b3c4d", "01234567-89ab-cdef-0123-456789abcdef", "has space", ""])
def test_unreadable_ids_are_derived_from_the_first_words(notebook, given):
    notebook.cells[3].id = given
    assert normalize(notebook).cells[3].id == "print-2-2"


def test_a_second_id_of_the_same_name_is_changed_and_the_first_kept(notebook):
    notebook.cells[4].id = notebook.cells[2].id
    normal = normalize(notebook)
    assert normal.cells[2].id == "sums"
    assert normal.cells[4].id == "curves-now-see-it"


def test_a_cell_inserted_elsewhere_changes_no_id(notebook):
    before = [cell.id for cell in notebook.cells]
    notebook.cells.insert(2, nbformat.v4.new_markdown_cell("## Sums\n\nAnother."))
    after = [cell.id for cell in normalize(notebook).cells]
    assert after[:2] + after[3:] == before
    assert after[2] == "sums-another"


@pytest.mark.parametrize("source", ["", "…", "deadbeef", "a1b2c3d4"])
def test_ids_for_cells_without_words_are_stable_too(notebook, source):
    notebook.cells.append(nbformat.v4.new_markdown_cell(source))
    once = normalize(notebook)
    assert once.cells[-1].id.startswith("cell")
    assert normalize(once) == once


def test_the_setup_cell_is_written_and_renewed(notebook):
    del notebook.cells[1]
    assert normalize(notebook).cells[1].source == setup_cell().source
    address = "https://example.org/book"
    renewed = normalize(normalize(notebook), address=address)
    assert renewed.cells[1].source == setup_cell(address).source
    assert sum("setup" in c.metadata.get("tags", []) for c in renewed.cells) == 1


@pytest.mark.parametrize(
    ("address", "remedy"),
    [("", "make lab"), ("https://example.org/book", "lossbook[lab] @ git+https://example.org/book")],
)
def test_the_setup_cell_says_how_to_install(tmp_path, address, remedy):
    source = setup_cell(address).source
    # -I and -S: an interpreter that sees no installed package.
    bare = subprocess.run(
        [sys.executable, "-I", "-S", "-c", source], capture_output=True, text=True, check=False
    )
    assert bare.returncode == 1
    assert "ModuleNotFoundError: This notebook needs the package lossbook" in bare.stderr
    assert remedy in bare.stderr
    subprocess.run([sys.executable, "-c", source], check=True, env={**os.environ}, cwd=tmp_path)


def test_the_file_has_sorted_keys_and_ends_with_a_newline(notebook, tmp_path):
    text = to_text(notebook)
    assert text.endswith("}\n")
    code = text[text.index('"cell_type": "code"') :]
    assert code.index('"execution_count"') < code.index('"outputs"') < code.index('"source"')
    path = Path(tmp_path, "n.ipynb")
    path.write_text(text, encoding="utf-8")
    assert nbformat.read(path, as_version=4) == notebook


def test_a_download_has_no_frames_and_no_widgets(notebook):
    output = notebook.cells[5].outputs[0]
    output.data[VIEW] = {"model_id": "1"}
    output.metadata[FIGURE] = {"svg": "measured frames"}
    notebook.metadata.widgets = {"state": {}}
    plain = strip_for_download(notebook)
    nbformat.validate(plain)
    assert "widgets" not in plain.metadata
    assert plain.cells[5].outputs[0].data == {"image/png": "iVBORw0KGgo=", "text/plain": "Figure"}
    assert plain.cells[5].outputs[0].metadata == {"image/png": {"alt": "A curve"}}
    assert plain.cells[:5] == notebook.cells[:5]
