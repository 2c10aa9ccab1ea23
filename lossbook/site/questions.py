"""What other pages tell of a chapter, read out of its notebook: question, answer, minutes, cells, figures."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lossbook.notebooks import form

FOLDER = "chapters"
NAME = re.compile(r"(?P<number>\d\d)_\w+")
#: The first cell: number and question, the answer, and further paragraphs.
TITLE = re.compile(r"# (?:\d+ · )?(?P<question>[^\n]+)\n\n(?P<answer>.+?)(?:\n\n|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Question:
    """A chapter: its page, and what its notebook says."""

    number: int
    page: str
    question: str
    answer: str
    cells: list

    @property
    def minutes(self):
        """The minutes of the path, and those of the chapter with every fold."""
        stretches = form.stretches(self.cells)
        return round(stretches[0].minutes), round(sum(stretch.minutes for stretch in stretches))

    def section(self, title):
        """Return the cells of the section of a title, its sections included.

        Raises
        ------
        LookupError
            If the chapter has no such section.
        """
        found, level = [], 0
        for cell in self.cells:
            heading = form.heading_of(cell)
            if heading and level and len(heading["marks"]) <= level:
                break
            if heading and heading["title"].strip() == title:
                level = len(heading["marks"])
            if level:
                found.append(cell)
        if not found:
            raise LookupError(f"required a section {title!r} in {self.page}")
        return found

    def cell(self, identifier):
        """Return the cell of an id, or raise LookupError."""
        for cell in self.cells:
            if cell["id"] == identifier:
                return cell
        raise LookupError(f"required a cell {identifier!r} in {self.page}")

    def figure(self, name):
        """Return the stored figure of a name, or raise LookupError."""
        for cell in self.cells:
            for figure in form.figures_of(cell):
                if figure["name"] == name:
                    return figure
        raise LookupError(f"required a figure {name!r} in {self.page}")


def read_questions(env):
    """Return the book's chapters in their order, and note that the page being read depends on them."""
    found = []
    for path in sorted(Path(env.srcdir, FOLDER).glob("*.ipynb")):
        if NAME.fullmatch(path.stem) and f"{FOLDER}/{path.stem}" in env.found_docs:
            env.note_dependency(str(path))
            found.append(_read(path, path.stat().st_mtime_ns))
    return found


@lru_cache(maxsize=32)
def _read(path, _changed):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    title = TITLE.match(form.source_of(cells[0]))
    if not title:
        raise LookupError(f"required a question and its answer in the first cell of {path}")
    number = int(NAME.fullmatch(path.stem)["number"])
    answer = " ".join(title["answer"].split())
    return Question(number, f"{FOLDER}/{path.stem}", title["question"].strip(), answer, cells)
