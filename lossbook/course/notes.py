"""What teachers know of the exercises: a rubric for what a person grades, and what students get wrong.

A chapter's notes are ``chapters/grading/15_huber.toml``, a table for each exercise::

    ["15.1"]
    rubric = [{points = 2, for = "the slope at the right joint is β"}, …]
    mistakes = ["They match the values only, and the loss has a corner at β. Ask for the slope there."]

An exercise with a checker has no rubric: its properties are one.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from lossbook.course.assignment import BY_HAND_POINTS, Task, parts


@dataclass(frozen=True)
class Notes:
    """What is known of one exercise."""

    rubric: tuple = ()  # of points and what they are for
    mistakes: tuple = ()  # sentences


def notes_of(path):
    """Return number of exercise to :class:`Notes` for a chapter's notebook.

    Raises
    ------
    ValueError
        If its file holds something else than the module's example; the message names it.
    """
    path = Path(path)
    file = path.parent / "grading" / f"{path.stem}.toml"
    if not file.exists():
        return {}
    try:
        return {number: _notes(**table) for number, table in tomllib.loads(file.read_text("utf-8")).items()}
    except (TypeError, KeyError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{file} must have a rubric and mistakes for each exercise; got {error}") from error


def _notes(*, mistakes, rubric=()):
    return Notes(tuple((row["points"], row["for"]) for row in rubric), tuple(mistakes))


def missing_in(notes, chapter, noun):
    """Return what a chapter's notes lack or have too much, a sentence each."""
    tasks = {part.number: part for part in parts(chapter, noun) if isinstance(part, Task)}
    found = [f"there is no exercise {number}" for number in notes if number not in tasks]
    for number, task in tasks.items():
        known = notes.get(number, Notes())
        if not known.mistakes:
            found.append(f"exercise {number} does not say what students get wrong")
        wanted = 0 if task.properties else BY_HAND_POINTS
        if (came := sum(points for points, _ in known.rubric)) != wanted:
            found.append(f"exercise {number} must have a rubric of {wanted} points; got {came}")
    return found
