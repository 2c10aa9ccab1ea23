"""The verdict on one answer: judged by its exercise's properties, in this process, from numbers alone."""

import ast
import dataclasses
import sys
import time

from lossbook import exercises
from lossbook.course.inside import REFUSAL
from lossbook.course.process import SECONDS, AnswerProcess, Ended, Late, NotStarted
from lossbook.course.wire import Malformed
from lossbook.exercises.calling import Reply
from lossbook.exercises.checker import Report

#: All calls of one answer together may take so many seconds.
TOTAL = 30


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What grading came to: a report, or a sentence on why there is none.

    Without a report the score is 0 if that is the answer's doing, and None, for a person to decide, if it may
    be the grader's.
    """

    number: str
    report: Report | None = None
    late: bool = False  # whether a call, or the cell, was ended because its time was over
    sentence: str = ""
    flagged: bool = False  # whether a person has to look at it

    @classmethod
    def for_a_person(cls, number, reason):
        """Return the verdict that a person has to look, and why: "its process did not start"."""
        return cls(number, sentence=f"A person has to look at this answer: {reason}.", flagged=True)

    @property
    def score(self):
        """The share of the points, from 0 to 1, or None if a person has to say."""
        if self.flagged:
            return None
        return 0.0 if self.report is None else self.report.score

    @property
    def lines(self):
        """The feedback, a line each."""
        return str(self.report).splitlines() if self.report is not None else [self.sentence]


def grade(number, name, source, *, seed, before=(), variant=None, seconds=SECONDS):
    """Grade one answer, in a process of its own.

    Parameters
    ----------
    number : str
        The exercise's number: ``"15.2"``.
    name : str
        The function that the answer defines.
    source : str
        The source of the answer's cell.
    seed : int
        The inputs are drawn from it; keep it secret until all is graded.
    before : sequence of str
        Sources of the answers that this one may call (``Exercise.builds_on``), to run before it.
    variant : int, optional
        The seed of the variant that was handed out.
    seconds : float
        How long the cell, and each call of the function, may take.

    Returns
    -------
    Verdict
        Also if the answer never ends, kills its process, or is no Python at all.

    Raises
    ------
    ValueError
        If no exercise with a checker has that number, or it has no such variant.
    """
    exercise = exercises.find(number, variant)
    try:
        named = _imported(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        return Verdict(number, sentence=f"The answer is no Python: {_said(fault)}.")
    if _of(named, {"lossbook"}):
        return Verdict(number, sentence=f"The answer was not run: {REFUSAL}.")
    settings = {
        "before": before,
        "given": exercise.given,
        # Loaded before the rights are given up: another user might not be allowed to read them.
        "modules": _of(named, {*sys.stdlib_module_names, "numpy", *_imported(exercise.given)}),
        "several": len(exercise.outputs) > 1,
        "measured": exercise.measured,
        "seconds": seconds,
    }
    calls = _Calls(lambda: AnswerProcess(source, name, **settings))
    try:
        with calls:
            if calls.error:
                return Verdict(number, sentence=f"Running the answer's cell failed: {calls.error}.")
            return Verdict(number, exercise.judge(calls, seed=seed), calls.late)
    except Ended as end:
        if before:  # It may be their doing, and is no fault of this answer's.
            alone = grade(number, name, source, seed=seed, variant=variant, seconds=seconds)
            return dataclasses.replace(alone, late=alone.late or isinstance(end, Late))
        return Verdict(number, None, isinstance(end, Late), f"Running the answer's cell failed: {end}.")
    except Malformed as fault:
        return Verdict.for_a_person(number, f"its process sent what it should not: {fault}")
    except NotStarted as fault:
        return Verdict.for_a_person(number, f"its process did not start: {fault}")
    except Exception as fault:  # Whatever else goes wrong is no reason to take points, or to give them.
        return Verdict.for_a_person(number, f"the grader failed: {type(fault).__name__}: {fault}")


def _imported(source):
    """Return the dotted names that a source may import, as far as it says."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "np":
            names.add(f"numpy.{node.attr}")  # some parts, such as np.testing, are loaded when first used
    return names


def _of(names, packages):
    return sorted(name for name in names if name.partition(".")[0] in packages)


def _said(fault):
    line = f" (line {fault.lineno})" if isinstance(fault, SyntaxError) and fault.lineno else ""
    return f"{type(fault).__name__}: {getattr(fault, 'msg', fault)}{line}"


class _Calls:
    """Calls an answer for the judge. If its process ends the next call gets a fresh one."""

    def __init__(self, make):
        self._make, self._process, self._left, self.error = make, None, TOTAL, ""
        self.late = False

    def __enter__(self):
        self._open()
        return self

    def __exit__(self, *_):
        if self._process is not None:
            self._process.__exit__()
            self._process = None

    def __call__(self, arrays, parameters):
        """Return the :class:`Reply` to one call."""
        if self._left <= 0:
            return Reply((), (), ended=f"it was not tried: the calls before took {TOTAL} seconds together")
        start = time.monotonic()
        try:
            self._open()
            return self._process.ask(arrays, parameters)
        except Ended as end:
            self.__exit__()
            self.late = self.late or isinstance(end, Late)
            return Reply((), (), ended=str(end))
        finally:
            self._left -= time.monotonic() - start

    def _open(self):
        if self._process is None:
            self._process = self._make().__enter__()
            self.error = self._process.error
