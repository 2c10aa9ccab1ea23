"""A small notebook in good form, from which the tests of this folder make bad ones."""

import nbformat
import pytest

from lossbook.notebooks import normalize
from lossbook.notebooks.normalization import FIGURE_MIME

new = nbformat.v4


def run(*cells):
    """Return a normalized notebook of these cells, with a setup cell that was run."""
    notebook = normalize(new.new_notebook(cells=list(cells)))
    notebook.cells[1].execution_count = 1
    return normalize(notebook)


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


@pytest.fixture
def notebook():
    """Return a notebook as if it had been run: setup, a sum that is printed, a figure."""
    printed = new.new_output("stream", name="stdout", text="4\n")
    data = {
        FIGURE_MIME: {"alt": "A curve", "svg": "<svg/>"},
        "image/png": "iVBORw0KGgo=",
        "text/plain": "Figure",
    }
    figure = new.new_output("display_data", data=data, metadata={"image/png": {"alt": "A curve"}})
    return run(
        new.new_markdown_cell("# A chapter\n\nWhat it asks.", id="title"),
        new.new_markdown_cell("## Sums\n\nLook at the sum.", id="sums"),
        new.new_code_cell("print(2 + 2)", outputs=[printed], execution_count=2, id="the-sum"),
        new.new_markdown_cell("### Curves\n\nNow see it.", id="curves"),
        new.new_code_cell("show(draw)", outputs=[figure], execution_count=3, id="the-figure"),
    )
