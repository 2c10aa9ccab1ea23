"""Bring a notebook into the form in which it is stored, or into that in which a reader downloads it."""

import copy
import re

import nbformat

from lossbook.figures.engine import FIGURE_MIME
from lossbook.figures.engine.live import WIDGET_VIEW_MIME
from lossbook.notebooks.first_cell import SETUP, with_setup_cell
from lossbook.notebooks.form import FOLDED_CELLS

# What a stored notebook and its cells say about themselves; editors add much more, which changes by itself.
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = ("lossbook", "mystnb", "tags")

_VALID_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# nbformat invents eight hexadecimal digits, JupyterLab a whole UUID. Neither says which cell it names.
_RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8}|[0-9a-f]{32}")


def normalize(notebook, *, address=""):
    """Return a copy of a notebook in the form in which it is stored; doing so again changes nothing.

    Execution counts run 1, 2, 3, …; a cell that was not run keeps its empty count, so that normalizing cannot
    make it look as if it had been. Widget views and state, the editor's and the clock's metadata are gone,
    each cell has a readable and lasting id, and JupyterLab hides the code of checks, plumbing and the setup.
    What outputs say is left as it is: :func:`~lossbook.notebooks.problems` refuses a path or a time, since it
    is the cell that must be mended.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook of nbformat 4. It is not changed.
    address : str
        As in :func:`~lossbook.notebooks.setup_cell`.

    Returns
    -------
    NotebookNode
        The normalized copy.
    """
    notebook = with_setup_cell(notebook, address=address)
    kept = {key: value for key, value in notebook.metadata.items() if key == "lossbook"}
    notebook.metadata = nbformat.from_dict({**copy.deepcopy(NOTEBOOK_METADATA), **kept})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    count = 0
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in CELL_METADATA if cell.metadata.get(key)}
        cell.metadata = nbformat.from_dict(kept)
        if "tags" in cell.metadata:
            cell.metadata.tags = sorted(set(cell.metadata.tags))
            if {*FOLDED_CELLS, SETUP} & set(cell.metadata.tags):
                cell.metadata.jupyter = nbformat.from_dict({"source_hidden": True})
        cell.source = cell.source.rstrip()
        if cell.cell_type == "code":
            if cell.execution_count is not None:
                count += 1
                cell.execution_count = count
            cell.outputs = _without_mimes(cell.outputs, (WIDGET_VIEW_MIME,))
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = cell.execution_count
    _give_readable_ids(notebook.cells)
    return notebook


def strip_for_download(notebook):
    """Return a copy of a notebook without figure frames and widgets, for a reader to download and run.

    Text, code and every other output, stills of the figures too, are as they were.
    """
    notebook = copy.deepcopy(notebook)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _without_mimes(cell.outputs, (FIGURE_MIME, WIDGET_VIEW_MIME))
    return notebook


def to_text(notebook):
    """Return the text of a notebook's file: sorted keys, one space of indentation, a newline at the end."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"


def _without_mimes(outputs, mimes):
    """Return the outputs without these media types, in data and metadata; what says nothing else is gone."""
    kept = []
    for output in outputs:
        if "data" in output:
            for mime in mimes:
                output.data.pop(mime, None)
                output.metadata.pop(mime, None)
            if not any(output.data.values()):
                continue
        kept.append(output)
    return kept


def _give_readable_ids(cells):
    """Keep every id that is valid, unique and readable; derive the others from the cell's first words.

    The words decide and not the position, so that a cell inserted elsewhere changes no id.
    """
    taken = set()
    waiting = []
    for cell in cells:
        name = cell.get("id", "")
        if _VALID_ID.fullmatch(name) and not _RANDOM_ID.fullmatch(name) and name not in taken:
            taken.add(name)
        else:
            waiting.append(cell)
    for cell in waiting:
        words = re.findall(r"[a-z0-9]+", cell.source.lower())[:5]
        stem = "-".join(words)[:40].strip("-")
        if not stem or _RANDOM_ID.fullmatch(stem):
            stem = f"cell-{stem}".rstrip("-")
        name, number = stem, 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name)
        cell.id = name
