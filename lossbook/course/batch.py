"""The command grade: a folder of notebooks that came back, graded side by side, and all grades collected.

It may be stopped at any moment. Started again, it grades what has no verdict yet, or has changed.
"""

import argparse
import hashlib
import os
import re
import sys
from pathlib import Path

from lossbook.course import COURSE
from lossbook.course.gradebook import write_gradebook
from lossbook.course.handed_in import Unreadable, handed_in, notebook_in
from lossbook.course.process import shield
from lossbook.course.progress import Progress
from lossbook.course.secret import secret
from lossbook.course.submissions import questions
from lossbook.course.verdicts import fingerprint, known_verdict, unjudged
from lossbook.course.workers import Task, grade_all

INTERRUPTED = 130  # the exit status that a shell gives a command that Ctrl-C ended


def main(arguments, *, prog, epilog=""):
    """Grade a folder of submissions and return the exit status."""
    parser = _parser(prog, __doc__, epilog)
    parser.add_argument("--jobs", type=int, default=_cores(), help="how many processes (one for each core)")
    parser.add_argument(
        "--part", type=_part, default=(1, 1), metavar="3/10", help="one of so many parts; collect them after"
    )
    return _run(parser, arguments, _grade)


def collect(arguments, *, prog, epilog=""):
    """Collect the grades of parts that were graded apart, and return the exit status."""
    parser = _parser(prog, "Collect what several `grade --part` have graded.", epilog)
    return _run(parser, arguments, _collect)


def _parser(prog, description, epilog):
    parser = argparse.ArgumentParser(prog=prog, description=description, epilog=epilog)
    parser.add_argument(
        "released", type=Path, help="the student's notebook as you handed it out: your own copy"
    )
    parser.add_argument("submissions", type=Path, help="a folder of notebooks, or of a folder per student")
    parser.add_argument(
        "--out", type=Path, help=f"where the grades go ({COURSE}/graded/ and the notebook's name)"
    )
    return parser


def _run(parser, arguments, command):
    options = parser.parse_args(arguments)
    try:
        return command(_Batch(options.released, options.submissions, options.out), options)
    except (OSError, Unreadable, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


class _Batch:
    """A notebook that was handed out, what came back, and the folder for grades."""

    def __init__(self, released, submissions, out):
        shield()
        self.out = out or COURSE / "graded" / released.stem
        self.bytes, self.released = released.read_bytes(), released_notebook(released)
        self.items = handed_in(submissions, released.name)
        self.key = secret()

    @property
    def verdicts(self):
        """The folder of the verdicts' files."""
        return self.out / "verdicts"

    def read(self, item):
        """Return a submission's bytes, or an Unreadable, and its fingerprint."""
        try:
            data = item.read()
        except Unreadable as fault:
            data = fault
        return data, fingerprint(data, self.bytes)

    def known(self, item):
        """Return the verdict on a submission as it is now, or None."""
        return known_verdict(self.verdicts, item.student, self.read(item)[1], self.key)


def released_notebook(path):
    """Return the notebook that was handed out; raise ValueError if the file holds none with checks."""
    try:
        notebook = notebook_in(path.read_bytes())
    except Unreadable as fault:
        raise ValueError(f"{path} must be the notebook that you handed out: {fault}") from None
    if not questions(notebook):
        raise ValueError(f"{path} must be a student's notebook, as `make course` makes it; it has no checks")
    return notebook


def _grade(batch, options):
    k, n = options.part
    mine = [item for item in batch.items if _share(item.student, n) == k - 1]
    wanting = [item for item in mine if batch.known(item) is None]
    if len(wanting) < len(mine):
        print(f"{len(mine) - len(wanting)} of {len(mine)} are graded already.", file=sys.stderr)
    progress = Progress(len(wanting))
    settings = {"key": batch.key, "folder": batch.verdicts, "jobs": max(1, min(options.jobs, len(wanting)))}
    tasks = (Task(item.student, *batch.read(item)) for item in wanting)
    try:
        for verdict in grade_all(tasks, batch.released, **settings) if wanting else ():
            progress(verdict)
    except KeyboardInterrupt:
        print("\nStopped. Run the same again: what is graded stays.", file=sys.stderr)
        return INTERRUPTED
    if n > 1:
        print(f"Part {k} of {n} is graded. When all are, run the command collect.", file=sys.stderr)
        return 0
    return _collect(batch, options)


def _collect(batch, _):
    verdicts = [batch.known(item) for item in batch.items]
    missing = [item.student for item, verdict in zip(batch.items, verdicts, strict=True) if verdict is None]
    pairs = zip(batch.items, verdicts, strict=True)
    whole = [
        verdict or unjudged(item.student, batch.released, "it is not graded yet") for item, verdict in pairs
    ]
    path = write_gradebook(batch.out, whole, batch.released)
    flagged = [v["student"] for v in whole if any(exercise["flagged"] for exercise in v["exercises"])]
    if flagged:
        print(f"For a person to look at: {', '.join(flagged)}.", file=sys.stderr)
    if path.name != "grades.csv":
        print(f"{batch.out / 'grades.csv'} has changes of yours and stays as it is.", file=sys.stderr)
    print(path)
    if missing:
        print(f"Not graded yet, or changed since: {', '.join(missing)}.", file=sys.stderr)
    return 1 if missing else 0


def _share(student, n):
    """Return to which of n parts a student belongs, on every machine the same."""
    return int.from_bytes(hashlib.sha256(student.encode()).digest()[:8], "big") % n


def _part(text):
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    k, n = map(int, found.groups()) if found else (0, 0)
    if not 1 <= k <= n:
        raise argparse.ArgumentTypeError(f"a part is written as 3/10, the third of ten; got {text!r}")
    return k, n


def _cores():
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
