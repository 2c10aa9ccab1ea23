"""What a teacher takes home from grading: all grades as JSON and as a table, and each student's feedback."""

import csv
import hashlib
import io
import json
import re
from pathlib import Path

from lossbook.course.submissions import questions
from lossbook.course.verdicts import by_hand, file_name, out_of, write_whole

#: A cell that begins so is a formula to a spreadsheet. An apostrophe before it says that it is text.
FORMULAS = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")


def write_gradebook(folder, verdicts, released):
    """Write ``grades.json``, ``grades.csv`` and ``feedback/``.

    Parameters
    ----------
    folder : path-like
        Where they go.
    verdicts : list of dict
        One for each student, as from ``verdict_on``.
    released : NotebookNode
        The teacher's own copy of what was handed out.

    Returns
    -------
    Path
        The table: a table that was changed since it was written, such as by a teacher who has filled in the
        points for exercises by hand, stays, and this is another, ``grades-new.csv``.
    """
    folder, hand = Path(folder), by_hand(released)
    for verdict in verdicts:
        name = file_name(verdict["student"], ".md")
        write_whole(folder / "feedback" / name, feedback(verdict, hand))
    text, path = table(verdicts, released), folder / "grades.csv"
    if path.exists() and _hash(path.read_bytes()) != _noted(folder / "grades.json"):
        path = folder / "grades-new.csv"
    encoded = text.encode("utf-8-sig", errors="backslashreplace")  # Excel asks for that mark
    write_whole(path, encoded)
    noted = _hash(encoded) if path.name == "grades.csv" else _noted(folder / "grades.json")
    grades = {"grades.csv": noted, "by hand": hand, "students": verdicts}
    write_whole(folder / "grades.json", json.dumps(grades, indent=1, ensure_ascii=False) + "\n")
    return path


def table(verdicts, released):
    """Return the table as CSV: a row for each student, and a column for each exercise.

    A cell without a number is for a person to fill in. ``total`` and ``out of`` count what was judged here,
    not the exercises by hand.
    """
    asked, hand = questions(released), by_hand(released)
    numbers = [*(question.number for question in asked), *hand]
    numbers.sort(key=lambda number: [int(part) for part in number.split(".")])
    heads = [f"{n} (by hand, of {hand[n]})" if n in hand else n for n in numbers]
    most = _number(sum(map(out_of, asked)))
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow(["student", *heads, "total", "out of", "for a person to look at"])
    for verdict in verdicts:
        points = {exercise["number"]: exercise["points"] for exercise in verdict["exercises"]}
        total = sum(value for value in points.values() if value is not None)
        flagged = ", ".join(exercise["number"] for exercise in verdict["exercises"] if exercise["flagged"])
        cells = [_number(points.get(number)) for number in numbers]
        rows.writerow([as_text(verdict["student"]), *cells, _number(total), most, flagged])
    return file.getvalue()


def as_text(name):
    """Return a name such that no spreadsheet takes it for a formula."""
    return f"'{name}" if FORMULAS.match(name) else name


def feedback(verdict, hand):
    """Return what one student is told, as Markdown in which nothing that the student wrote is markup."""
    paragraphs = [f"# {_escaped(verdict['student'])}"]
    for exercise in verdict["exercises"]:
        points = _number(exercise["points"]) or "?"
        paragraphs.append(f"## Exercise {exercise['number']}: {points} of {_number(exercise['out_of'])}")
        paragraphs.append("\n".join(f"- {_escaped(line)}" for line in exercise["lines"]))
    if hand:
        paragraphs.append(f"A person grades: {', '.join(hand)}.")
    return "\n\n".join(paragraphs) + "\n"


def _escaped(line):
    return re.sub(r"([\\`*_\[\]<>&#|~$])", r"\\\1", " ".join(line.split()))


def _number(points):
    return "" if points is None else f"{points:g}"


def _hash(data):
    return hashlib.sha256(data).hexdigest()


def _noted(path):
    """Return the hash of the table that was written last, if there was one."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))["grades.csv"]
    except (FileNotFoundError, ValueError, KeyError):
        return None
