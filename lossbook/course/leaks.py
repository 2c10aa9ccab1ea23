"""Find what is left of a chapter's solutions in a notebook that students get.

This does not trust the code that makes editions, nor where it puts things: every text anywhere in the
notebook's file counts, in sources, outputs and metadata.
"""

import re

#: Shorter pieces ("return t", "So it is.") give nothing away, and stand in many places.
SHORTEST = 12


def leaks(notebook, chapter):
    """Return the pieces of solutions that a notebook holds more often than the chapter outside its solutions.

    Parameters
    ----------
    notebook : NotebookNode
        What students get.
    chapter : NotebookNode
        The chapter from which it was made, in the same Markdown: plain or not.

    Returns
    -------
    list of str
        One sentence a piece: a line of code, a sentence, a line of a formula or of an output, or the name of
        a solution's function.
    """
    solved = [cell for cell in chapter.cells if is_solution(cell)]
    public = _joined([cell for cell in chapter.cells if not is_solution(cell)])
    given = _joined(notebook)
    found = []
    for cell in solved:
        number = cell.metadata.lossbook.exercise
        for piece in dict.fromkeys(_pieces(cell)):
            if given.count(piece) > public.count(piece):
                found.append(f"of the solution to exercise {number} this is left: {piece}")
    return found


def is_solution(cell):
    """Say whether a chapter's cell, as a node or as plain JSON, is a solution's."""
    return cell["metadata"].get("lossbook", {}).get("role") == "solution"


def _pieces(cell):
    """Yield what would give a solution away, whitespace left out."""
    if cell.cell_type == "markdown":
        pieces = re.split(r"(?<=[.:;?!])\s|\n", cell.source)
    else:
        pieces = cell.source.splitlines()
        yield from re.findall(r"\b\w+_solution\b", cell.source)
        for output in cell.outputs:
            for text in _texts([output.get("text", ""), *output.get("data", {}).values()]):
                pieces += text.splitlines()
    yield from (piece for piece in map(_squeezed, pieces) if len(piece) >= SHORTEST)


def _joined(thing):
    return "\n".join(_squeezed(text) for text in _texts(thing))


def _squeezed(text):
    return "".join(text.split())


def _texts(thing):
    """Yield every text in a thing of JSON, keys too."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield key
            yield from _texts(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from _texts(value)
