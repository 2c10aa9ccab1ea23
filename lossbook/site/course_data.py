"""What the page for teachers says of chapters: read from the notebooks and ``chapters/chapters.toml``."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import nbformat

from lossbook.course.assignment import Task, parts
from lossbook.exercises import variants
from lossbook.notebooks import form
from lossbook.notebooks.exercise_rules import TITLE
from lossbook.site.chapters import CHAPTER, ROWS

#: Kinds of exercises, from what is quickest to grade to what needs a conversation.
CODE, BY_HAND, OPEN, OTHER = KINDS = ("Code", "By hand", "Open-ended", "Other")


@dataclass(frozen=True)
class Exercise:
    """An exercise as a teacher chooses it."""

    number: str  # "15.2"
    title: str  # Markdown
    kind: str  # one of KINDS
    points: float
    varies: bool  # whether a seed draws variants of it

    @property
    def anchor(self):
        """The id of its box on the chapter's page."""
        return f"exercise-{self.number.replace('.', '-')}"


@dataclass(frozen=True)
class Chapter:
    """A chapter as a teacher plans with it."""

    number: int
    page: str  # "chapters/15_huber"
    title: str  # "15 · What is the Huber loss?"
    builds_on: tuple  # numbers of chapters
    goals: tuple  # sentences that go on from "you can"
    minutes: float  # along the path
    every_minute: float  # with every fold
    exercises: tuple
    moving: tuple  # names of the figures that move


def chapter(source, page):
    """Return the chapter of a page, such as ``chapters/15_huber``, of the book in the folder `source`.

    Raises
    ------
    ValueError
        If its exercises are not in good form.
    KeyError
        If it has no row in ``chapters/chapters.toml``.
    """
    notebook = nbformat.read(Path(source, f"{page}.ipynb"), as_version=nbformat.NO_CONVERT)
    number = CHAPTER.fullmatch(page)["number"]
    row = tomllib.loads(Path(source, ROWS).read_text("utf-8"))[number]
    tasks = [part for part in parts(notebook, page.partition("_")[2]) if isinstance(part, Task)]
    path, *folded = (stretch.minutes for stretch in form.stretches(notebook.cells))
    title = next(heading["title"] for cell in notebook.cells if (heading := form.heading_of(cell)))
    figures = [figure for cell in notebook.cells for figure in form.figures_of(cell)]
    return Chapter(
        number=int(number),
        page=page,
        title=title.strip(),
        builds_on=tuple(row["builds_on"]),
        goals=tuple(row["goals"]),
        minutes=path,
        every_minute=path + sum(folded),
        exercises=tuple(map(_exercise, tasks)),
        moving=tuple(figure["name"] for figure in figures if figure.get("parameters")),
    )


def _exercise(task):
    title = TITLE.match(task.prompt.source)["title"].strip()
    varies = bool(task.stub) and variants.drawn(task.number, 0) is not None
    return Exercise(task.number, title, _kind(task), task.points, varies)


def _kind(task):
    """Return the kind of an exercise: code if a checker judges it, else what its prompt says of itself."""
    if task.properties:
        return CODE
    title, _, text = task.prompt.source.partition("\n\n")
    if text.startswith(OPEN):
        return OPEN
    return BY_HAND if BY_HAND.lower() in f"{title} {text}".lower() else OTHER
