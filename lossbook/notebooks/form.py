"""A chapter's form, counted from its notebook: what is open, what is folded, and the minutes that they take.

A chapter has three layers. The path is what is open. A heading tagged ``deeper`` folds its section. Cells
tagged ``check`` or ``prepare`` are evidence and plumbing: a line each on the site, hidden code in JupyterLab.
"""

import re
from dataclasses import dataclass

from lossbook.figures.engine import FIGURE_MIME

CHECK, PREPARE, DEEPER = "check", "prepare", "deeper"
#: Cells whose code a reader sees only on request.
FOLDED_CELLS = {CHECK, PREPARE}

#: How a section begins: labels, if it has any, and a heading.
HEADING = re.compile(r"(?P<labels>(?:\([^)\n]+\)=\s*\n)*)(?P<marks>#{1,6}) +(?P<title>[^\n]*)")
#: The headings after which the ideas of the path are over, and the main text.
TURN, MAIN_TEXT_ENDS = "Not quite so", "Exercises"

_ANSWER = re.compile(r"<details.*?</details>", re.DOTALL)
_EQUATION = re.compile(r"\$\$.+?\$\$|^(`{3,}|:{3,})\{math\}|^\\begin\{", re.DOTALL | re.MULTILINE)
# Formulas, blocks of code and roles are read as one word each.
_ONE_WORD = re.compile(r"\$\$.*?\$\$|```.*?```|\$[^$]*\$|\{[a-z:]+\}`[^`]*`", re.DOTALL)
_MARKUP = re.compile(r"</?[a-z][^>]*>|[|#*_`>-]")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")


@dataclass
class Stretch:
    """What a stretch of a chapter holds."""

    words: int = 0
    equations: int = 0
    figures: int = 0
    moving: int = 0
    open_cells: int = 0

    @property
    def minutes(self):
        """How long a careful reader takes."""
        return self.words / 120 + self.equations + self.figures + self.open_cells / 3

    def add(self, cell, source):
        """Count one more cell, of which `source` is read."""
        if cell["cell_type"] == "markdown":
            self.words += count_words(source)
            self.equations += len(_EQUATION.findall(source))
        elif cell["cell_type"] == "code":
            shown = figures_of(cell)
            self.figures += len(shown)
            self.moving += sum(map(moves, shown))
            hidden = FOLDED_CELLS | {"remove-cell", "remove-input", "hide-input"}
            self.open_cells += not (shown or hidden & set(tags_of(cell)) or "lossbook" in cell["metadata"])


def tags_of(cell):
    """Return a cell's tags."""
    return cell["metadata"].get("tags", [])


def source_of(cell):
    """Return a cell's source as one text; a notebook's file holds it in lines."""
    return "".join(cell["source"])


def figures_of(cell):
    """Return the figures that a cell shows, as they are stored, with what is measured of them."""
    pairs = [(output.get("data", {}), output.get("metadata", {})) for output in cell.get("outputs", [])]
    return [data[FIGURE_MIME] | more.get(FIGURE_MIME, {}) for data, more in pairs if FIGURE_MIME in data]


def moves(figure):
    """Say whether a stored figure has anything that the reader can move or choose."""
    return bool(figure.get("parameters") or figure.get("layers"))


def code_of(cell):
    """Return the lines of a cell's code, if it is code that a page shows or folds as a cell."""
    is_read = cell["cell_type"] == "code" and "hide-input" not in tags_of(cell)
    return source_of(cell).splitlines() if is_read else []


def summary_of(cell):
    """Return the line that stands for a folded cell, empty if it has none.

    Of a check it is the last line that was printed, of a plumbing the comment with which its code begins.
    """
    tags = tags_of(cell)
    if CHECK in tags:
        printed = "".join("".join(o["text"]) for o in cell["outputs"] if o.get("name") == "stdout")
        return " ".join(printed.strip().rpartition("\n")[2].split())
    first = source_of(cell).partition("\n")[0] if PREPARE in tags else ""
    return first.lstrip("# ").rstrip() if first.startswith("#") else ""


def count_words(markdown):
    """Return how many words are read in a piece of Markdown; a formula is one."""
    plain = _ONE_WORD.sub(" x ", markdown.replace(r"\$", ""))
    return len(_WORD.findall(_MARKUP.sub(" ", plain)))


def heading_of(cell):
    """Return the match of :data:`HEADING` with which a Markdown cell begins, or None."""
    return HEADING.match(source_of(cell)) if cell["cell_type"] == "markdown" else None


def layers(cells):
    """Yield each cell with its layer: 0 for the path, a fold's number, None after the main text."""
    folds, layer, level, open_layer = 0, 0, 0, 0
    for cell in cells:
        heading = heading_of(cell)
        here = len(heading["marks"]) if heading else 7
        if here <= 2 and heading["title"].strip() == MAIN_TEXT_ENDS:
            open_layer = None
        if here <= level:
            layer = level = 0
        if heading and DEEPER in tags_of(cell):
            folds += 1
            layer, level = folds, here
        yield cell, layer or open_layer


def equation_numbers(folded):
    """Yield a number for each of a chapter's equations, given for each whether it lies in a fold.

    They are 1, 2, 3 along the path, and 3a, 3b in the folds after the third: who follows the path alone would
    else see numbers jump.
    """
    path, letters = 0, 0
    for is_folded in folded:
        path, letters = (path, letters + 1) if is_folded else (path + 1, 0)
        yield f"{path}{chr(ord('a') + letters - 1)}" if is_folded else f"{path}"


def stretches(cells):
    """Return the path, the path's folded answers and each fold of a notebook's cells, as a list of stretches.

    The first is the path, the second what its own small folds hold (answers to questions), the others are the
    sections that go deeper, in order.
    """
    path, answers, folds = Stretch(), Stretch(), []
    for cell, layer in layers(cells):
        source = source_of(cell)
        if layer is None:
            continue
        if layer > len(folds):
            folds.append(Stretch())
        if layer:
            folds[layer - 1].add(cell, source)
            continue
        path.add(cell, _ANSWER.sub("", source))
        answers.words += sum(map(count_words, _ANSWER.findall(source)))
    return [path, answers, *folds]


# ---- The counts of a chapter -------------------------------------------------------------------------------

#: What is counted, and the least and the most of it that a chapter should have.
LIMITS = {
    "path words": (2000, 2800),
    "words": (2200, 5800),
    "ideas": (0, 9),
    "path equations": (0, 8),
    "open cells": (0, 12),
    "figures": (7, None),
    "moving": (4, None),
    "handles": (2, None),
    "checks": (8, None),
    "folds": (0, 9),
    "longest fold": (0, 450),
    "columns of code": (0, 84),
    "path minutes": (0, None),
    "minutes": (0, None),
}


def counts(cells):
    """Return the counts of a chapter's cells, by the names of :data:`LIMITS`."""
    path, answers, *folds = stretches(cells)
    every = [path, answers, *folds]
    shown = [figure for cell in cells for figure in figures_of(cell)]
    return {
        "path words": path.words,
        "words": sum(stretch.words for stretch in every),
        "ideas": count_ideas(cells),
        "path equations": path.equations,
        "open cells": path.open_cells,
        "figures": len(shown),
        "moving": sum(map(moves, shown)),
        "handles": sum(bool(figure.get("handles")) for figure in shown),
        "checks": sum(CHECK in tags_of(cell) for cell in cells),
        "folds": len(folds),
        "longest fold": max((fold.words for fold in folds), default=0),
        "columns of code": max((len(line) for cell in cells for line in code_of(cell)), default=0),
        "path minutes": round(path.minutes),
        "minutes": round(sum(stretch.minutes for stretch in every)),
    }


def count_ideas(cells):
    """Return how many headings the path has before the turn; the chapter's title is none."""
    ideas = 0
    for cell, layer in layers(cells):
        heading = heading_of(cell)
        if heading and heading["title"].strip() == TURN:
            break
        ideas += bool(heading) and layer == 0 and heading["marks"] != "#"
    return ideas


def told(numbers):
    """Return counts as one line, with the limit beside each number that lies outside."""
    parts = []
    for name, number in numbers.items():
        least, most = LIMITS[name]
        beside = f" (≥ {least})" if number < least else f" (≤ {most})" if most and number > most else ""
        parts.append(f"{name} {number}{beside}")
    return " · ".join(parts)
