"""What an editor's save leaves behind is tidied without running anything."""

import nbformat
import pytest

from lossbook.figures.engine import FIGURE_MIME, PAYLOAD_VERSION
from lossbook.notebooks import to_text
from lossbook.notebooks.__main__ import main


@pytest.fixture
def chapter(tmp_path, monkeypatch, notebook):
    """A chapter as it is committed, in the working directory of a book without a public address."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "_config.yml").write_text("repository: {url: ''}\n", encoding="utf-8")
    notebook.cells[-1].outputs[0].data[FIGURE_MIME].version = PAYLOAD_VERSION
    path = tmp_path / "chapters/15_huber.ipynb"
    path.parent.mkdir()
    path.write_text(to_text(notebook), encoding="utf-8")
    return path


def save_as_jupyterlab(path):
    """Save a notebook as JupyterLab does: its own kernel, language and order of keys, state of its cells."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.kernelspec.display_name = "Python 3 (ipykernel)"
    notebook.metadata.language_info |= {"version": "3.13.1", "file_extension": ".py"}
    for cell in notebook.cells:
        cell.metadata |= {"editable": True, "slideshow": {"slide_type": ""}}
        cell.metadata.setdefault("tags", [])
    nbformat.write(notebook, path)


def test_a_save_that_changed_metadata_alone_is_undone(chapter, capsys):
    before = chapter.read_bytes()
    save_as_jupyterlab(chapter)
    assert chapter.read_bytes() != before
    assert main(["tidy", "15"]) == 0
    assert chapter.read_bytes() == before
    assert capsys.readouterr().out == "chapters/15_huber.ipynb: tidied\n"
    main(["tidy", "15"])
    assert capsys.readouterr().out == "chapters/15_huber.ipynb: was tidy\n"


def test_what_was_written_stays(chapter):
    notebook = nbformat.read(chapter, as_version=4)
    notebook.cells[2].source = "## Sums\n\nLook twice."
    written = to_text(notebook)
    chapter.write_text(written, encoding="utf-8")
    save_as_jupyterlab(chapter)
    main(["tidy", ""])
    assert chapter.read_text(encoding="utf-8") == written
