"""The course edition: what a teacher hands out, keeps, and grades, made from a chapter's notebook.

Answers are graded outside the student's process: ``grade`` takes the source of an answer's cell, runs it in a
process that has limits and no ``lossbook``, and judges the plain numbers that come back, by the properties
that serve the reader's ``check`` too. The command line is ``python -m lossbook.course``.
"""

from pathlib import Path

from lossbook.course.grading import Verdict, grade
from lossbook.course.hidden import hidden_cases

__all__ = ["COURSE", "Verdict", "grade", "hidden_cases"]

#: Where a course is made and graded, in the book's folder; git ignores it.
COURSE = Path("my-course")
