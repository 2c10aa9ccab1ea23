"""Say how whole the figures are that a notebook stores, before the site is built from them.

``make outputs`` stores every position of a figure. A notebook that was run and saved in JupyterLab stores the
position shown first: on the page such a figure stands still. One that was cleared stores none, and a page
cannot be made of it.
"""

import re

from lossbook.figures.engine import FIGURE_MIME, PAYLOAD_VERSION

#: How a cell begins a line that displays a figure.
DISPLAYS = re.compile(r"^(?:explore|show|wipe)\(", re.MULTILINE)


def wanting_figures(notebook):
    """Say which figures of a notebook are not stored as a page needs them.

    Returns
    -------
    still : list of str
        The names of the figures that are stored at one position alone.
    missing : list of int
        The cells, counted from 1, whose figure is not stored, or was by another version of the engine.
    """
    still, missing = [], []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        payloads = [out.data[FIGURE_MIME] for out in cell.outputs if FIGURE_MIME in out.get("data", {})]
        current = [payload for payload in payloads if payload.get("version") == PAYLOAD_VERSION]
        if len(current) < max(len(payloads), len(DISPLAYS.findall(cell.source))):
            missing.append(number)
        still += [payload["name"] for payload in current if payload.get("start_only")]
    return still, missing


def pictures_of(notebook):
    """Return the pictures that measured figures of a notebook bring with them, by the figure's name."""
    found = {}
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        moving = output.get("metadata", {}).get(FIGURE_MIME, {})
        if "pictures" in moving:
            found[output.data[FIGURE_MIME]["name"]] = moving["pictures"]
    return found
