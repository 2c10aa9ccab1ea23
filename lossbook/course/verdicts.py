"""The verdict on one submission, as a file: written whole, sealed, and good for what was handed in alone."""

import hashlib
import hmac
import json
import os
from pathlib import Path

import lossbook
from lossbook import exercises
from lossbook.course.assignment import BY_HAND_POINTS
from lossbook.course.grading import SECONDS, Verdict
from lossbook.course.handed_in import Unreadable, notebook_in
from lossbook.course.process import Late
from lossbook.course.submissions import grade_submission, questions

_MOST_BYTES = 150  # of a file's name that a student's name may take


def verdict_on(student, data, released, *, key, seconds=SECONDS):
    """Grade what one student handed in.

    Parameters
    ----------
    student : str
        The name.
    data : bytes or Unreadable
        The file, or why there is none.
    released : NotebookNode
        The teacher's own copy of what was handed out.
    key : bytes
        The secret.
    seconds : float
        How long an answer's cell, and each call, may take.

    Returns
    -------
    dict
        ``{"student": …, "exercises": […]}``, of plain texts and numbers. Each exercise has its ``number``,
        its ``points`` (None if a person has to say), ``out_of``, ``flagged`` and ``lines``, the feedback.

    Raises
    ------
    Late
        If `seconds` is less than usual, and an answer took all of it.
    """
    asked = questions(released)
    try:
        if isinstance(data, Unreadable):
            raise data
        graded = _in_time(grade_submission(notebook_in(data), released, key=key, seconds=seconds), seconds)
    except Unreadable as fault:
        graded = _for_a_person(asked, str(fault))
    pairs = zip(asked, graded, strict=True)
    return {"student": student, "exercises": [_exercise(question, verdict) for question, verdict in pairs]}


def unjudged(student, released, reason):
    """Return the verdict that a person has to look at all of a submission."""
    asked = questions(released)
    pairs = zip(asked, _for_a_person(asked, reason), strict=True)
    return {"student": student, "exercises": [_exercise(question, verdict) for question, verdict in pairs]}


def out_of(question):
    """Return how many points a question is worth."""
    return sum(item.weight for item in exercises.find(question.number, question.variant).properties)


def by_hand(released):
    """Return the exercises that a person grades: number to points."""
    judged = {question.number for question in questions(released)}
    marks = [cell.metadata.get("lossbook", {}) for cell in released.cells]
    numbers = dict.fromkeys(mark["exercise"] for mark in marks if mark.get("role") == "answer")
    return {number: BY_HAND_POINTS for number in numbers if number not in judged}


def _in_time(verdicts, seconds):
    """Return the verdicts; raise Late where one may have needed more time than that."""
    kept = []
    for verdict in verdicts:
        if verdict.late and seconds < SECONDS:
            raise Late
        kept.append(verdict)
    return kept


def _for_a_person(asked, reason):
    sentence = f"A person has to look at this submission: {reason}."
    return [Verdict(question.number, sentence=sentence, flagged=True) for question in asked]


def _exercise(question, verdict):
    most = out_of(question)
    return {
        "number": question.number,
        "points": None if verdict.score is None else round(verdict.score * most, 6),
        "out_of": most,
        "flagged": verdict.flagged,
        "lines": verdict.lines,
    }


# ---- Files -------------------------------------------------------------------------------------------------


def fingerprint(data, released):
    """Return what a verdict depends on, as a short text: the submission, what was handed out, this version.

    Both are bytes; instead of a submission there may be an Unreadable.
    """
    parts = [lossbook.__version__.encode(), released, data if isinstance(data, bytes) else str(data).encode()]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def file_name(student, ending):
    """Return the name of a student's file, also where the student's name would be too long."""
    encoded = student.encode()
    if len(encoded) > _MOST_BYTES:
        digest = hashlib.sha256(encoded).hexdigest()[:16]
        student = f"{encoded[:_MOST_BYTES].decode(errors='ignore')}-{digest}"
    return student + ending


def write_verdict(folder, verdict, of, key):
    """Write a verdict, with the fingerprint of what it is on: the whole file, or none."""
    sealed = {**verdict, "of": of}
    sealed["seal"] = _seal(sealed, key)
    write_whole(Path(folder, file_name(verdict["student"], ".json")), json.dumps(sealed, indent=1) + "\n")


def known_verdict(folder, student, of, key):
    """Return the verdict on exactly that, if its file is there and has been written with this secret."""
    try:
        verdict = json.loads(Path(folder, file_name(student, ".json")).read_text(encoding="utf-8"))
        seal = verdict.pop("seal")
        good = verdict["of"] == of and verdict["student"] == student
        return verdict if good and hmac.compare_digest(seal, _seal(verdict, key)) else None
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_whole(path, data, mode=0o666):
    """Write bytes or text in such a way that the file is never seen in part, whoever is killed meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Several machines may share the folder. A file that is left over begins with a dot, and is no verdict.
    part = path.with_name(f".{os.urandom(8).hex()}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode(errors="backslashreplace"))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _seal(verdict, key):
    """Return what only who has the secret can write: an answer cannot, even if it runs as the same user."""
    return hmac.digest(key, json.dumps(verdict, sort_keys=True).encode(), hashlib.sha256).hex()
