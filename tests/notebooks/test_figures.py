"""Which figures a site lacks, and the command that mends it."""

import base64
import copy
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook

from lossbook.figures.engine import PAYLOAD_VERSION
from lossbook.notebooks import to_text
from lossbook.notebooks.__main__ import find_chapters, main
from lossbook.notebooks.figures import DISPLAYS, wanting_figures
from lossbook.notebooks.normalization import FIGURE_MIME

WHOLE = {"version": PAYLOAD_VERSION, "name": "curve"}


@pytest.fixture
def moved(notebook):
    """The small notebook with a figure as this version of the engine stores it."""
    notebook.cells[-1].outputs[0].data[FIGURE_MIME] = dict(WHOLE)
    return notebook


def cleared(cell):
    cell.outputs = []


def without_mime(cell):
    del cell.outputs[0].data[FIGURE_MIME]


def of_another_engine(cell):
    cell.outputs[0].data[FIGURE_MIME]["version"] -= 1


def one_of_two(cell):
    cell.source = "show(draw)\nexplore(draw)"


def second_of_another_engine(cell):
    cell.outputs.append(copy.deepcopy(cell.outputs[0]))
    of_another_engine(cell)


FAULTS = [cleared, without_mime, of_another_engine, one_of_two, second_of_another_engine]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_figure_that_is_not_stored_is_missed(moved, fault):
    assert wanting_figures(moved) == ([], [])
    fault(moved.cells[-1])
    assert wanting_figures(moved) == ([], [len(moved.cells)])


def test_a_figure_of_one_position_stands_still(moved):
    moved.cells[-1].outputs[0].data[FIGURE_MIME]["start_only"] = True
    assert wanting_figures(moved) == (["curve"], [])


def test_every_figure_of_the_book_is_seen_in_its_cell(monkeypatch):
    """Whoever writes a chapter calls `explore` and `show` where this is looked for."""
    monkeypatch.chdir(Path(__file__).parents[2])
    for path in find_chapters():
        for cell in nbformat.read(path, as_version=4).cells:
            stored = [output for output in cell.get("outputs", []) if FIGURE_MIME in output.get("data", {})]
            assert len(stored) == (cell.cell_type == "code" and len(DISPLAYS.findall(cell.source))), path


def test_the_command_names_what_mends_it_and_fails_where_a_page_cannot_be_made(
    tmp_path, monkeypatch, capsys, moved
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chapters").mkdir()
    path = tmp_path / "chapters" / "15_huber.ipynb"

    def said():
        path.write_text(to_text(moved), encoding="utf-8")
        return (main(["figures"]), *capsys.readouterr())

    assert said() == (0, "", "")
    moved.cells[-1].outputs[0].data[FIGURE_MIME]["start_only"] = True
    status, out, err = said()
    assert (status, err) == (0, "")
    assert "curve" in out
    assert "make outputs CHAPTER=15" in out
    cleared(moved.cells[-1])
    status, out, err = said()
    assert (status, out) == (1, "")
    assert f"(cells {len(moved.cells)}). To store them: make outputs CHAPTER=15" in err
    # Another page has no number: it is named.
    (tmp_path / "pages").mkdir()
    path.rename(tmp_path / "pages/which_loss.ipynb")
    path = tmp_path / "chapters/01_softmax.ipynb"
    path.write_text(to_text(new_notebook()), encoding="utf-8")
    assert main(["figures"]) == 1
    assert "To store them: make outputs CHAPTER=which_loss" in capsys.readouterr().err


def test_outputs_tells_what_the_pictures_of_figures_weigh(tmp_path, monkeypatch, capsys, moved):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("lossbook.notebooks.__main__.execute", lambda notebook, path, progress: None)
    (tmp_path / "_config.yml").write_text("repository: {url: ''}")
    (tmp_path / "chapters").mkdir()
    path = tmp_path / "chapters" / "15_huber.ipynb"
    for pictures in ({}, {"pictures": {n: base64.b64encode(bytes(900)).decode() for n in "ab"}}):
        moved.cells[-1].outputs[0].metadata[FIGURE_MIME] = pictures
        path.write_text(to_text(moved), encoding="utf-8")
        main(["outputs"])
        said = "its figures' pictures weigh curve 2 kB (each may weigh 250 kB)"
        assert (said in capsys.readouterr().out) == bool(pictures)
