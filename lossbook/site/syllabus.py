"""A syllabus as an author writes it, and what it must keep: chapters come after those that they build on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Week:
    """What a week asks for."""

    theme: str
    chapters: tuple  # of course_data.Chapter
    exercises: tuple  # of course_data.Exercise
    shown: object  # the course_data.Chapter whose figure is moved in class
    figure: str  # the figure's name
    words: str  # what to do with it


def weeks(lines, chapters):
    """Return the weeks of a syllabus.

    Parameters
    ----------
    lines : iterable of str
        One a week: theme, chapters, exercises, and a figure with its chapter and what to do with it, as in
        ``"Squares | 13 14 | 13.1 14.3 | 13 l2-projection: drag the gold point"``.
    chapters : dict
        Number to :class:`~lossbook.site.course_data.Chapter`.

    Raises
    ------
    ValueError
        If a line has not that form, or asks for what is not there or comes later; the message says which.
    """
    found, known = [], set()
    for count, line in enumerate(lines, 1):
        try:
            found.append(_week(line, chapters, known))
        except (KeyError, ValueError) as error:
            raise ValueError(f"week {count} of the syllabus, {line!r}: {error}") from error
    return found


def _week(line, chapters, known):
    theme, asked, numbers, figure = (part.strip() for part in line.split("|"))
    place, _, words = figure.partition(":")
    number, name = place.split()
    own = [_found(int(asked_for), chapters, "chapter") for asked_for in asked.split()]
    known |= {chapter.number for chapter in own}
    for chapter in own:
        if missing := sorted(set(chapter.builds_on) - known):
            raise ValueError(
                f"chapter {chapter.number} builds on {missing}, which have not been read by then"
            )
    every = {exercise.number: exercise for chapter in own for exercise in chapter.exercises}
    exercises = tuple(_found(number, every, "exercise of these chapters") for number in numbers.split())
    shown = _found(int(number), chapters, "chapter")
    _found(name, dict.fromkeys(shown.moving), "figure that moves")
    return Week(theme, tuple(own), exercises, shown, name, words.strip())


def _found(key, among, what):
    if key not in among:
        raise ValueError(f"no {what} is {key}; there are {', '.join(map(str, among))}")
    return among[key]
