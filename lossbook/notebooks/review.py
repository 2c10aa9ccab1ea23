"""A notebook as text to compare: what its cells say and print in full, figures and pictures in a line each.

``python -m lossbook.notebooks.review FILE`` prints it; git runs that for ``make changes``.
"""

import hashlib
import json
import math
import sys
from pathlib import Path

import nbformat

from lossbook.figures.engine import FIGURE_MIME

#: Of a text that a cell puts out, no more lines are shown than these.
SHOWN = 40


def to_review(notebook):
    """Return the text of a notebook that a reviewer reads, cell after cell.

    What is too long to be read, a figure's positions and a picture's bytes, is there as a few digits
    that change when it does.
    """
    return "\n".join(line for cell in notebook.cells for line in _cell(cell))


def _cell(cell):
    tags = " ".join(["", *cell.metadata.get("tags", [])])
    role = "".join(f" {word}" for word in cell.metadata.get("lossbook", {}).values())
    yield f"━━ {cell.cell_type} · {cell.get('id', '')}{tags}{role}"
    yield from cell.source.splitlines()
    for output in cell.get("outputs", []):
        yield from (f"  → {line}" for line in _output(output))
    yield ""


def _output(output):
    if output.output_type == "stream":
        yield from _first(output.text)
        return
    if output.output_type == "error":
        yield f"{output.ename}: {output.evalue}"
        return
    for mime, content in sorted(output.data.items()):
        if mime == FIGURE_MIME:
            moving = output.metadata.get(FIGURE_MIME, {})
            yield f"figure {content['name']}, {_positions(content)}, {_digest([content, moving])}"
            yield from (f"{word}: {content[word]}" for word in ("caption", "alt"))
        elif mime.startswith("text/") and "image/png" not in output.data:
            yield from _first(content)
        elif not mime.startswith("text/"):
            yield f"{mime}, {_digest(content)}"


def _positions(figure):
    number = math.prod(len(parameter["texts"]) for parameter in figure.get("parameters", []))
    return "1 position" if number == 1 else f"{number} positions"


def _first(text):
    lines = text.splitlines()
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"… {len(lines) - SHOWN} lines more, {_digest(text)}"


def _digest(content):
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]


if __name__ == "__main__":
    print(to_review(nbformat.reads(Path(sys.argv[1]).read_text(encoding="utf-8"), as_version=4)))
