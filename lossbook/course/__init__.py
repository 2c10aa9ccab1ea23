"""The course edition: what a teacher hands out, keeps, and grades, made from a chapter's notebook.

Answers are graded outside the student's process: ``grade`` takes the source of an answer's cell, runs it in a
process that has limits and no ``lossbook``, and judges the plain numbers that come back, by the properties
that serve the reader's ``check`` too. The command line is ``python -m lossbook.course``.
"""

from lossbook.course.grading import Verdict, grade
from lossbook.course.hidden import hidden_cases

__all__ = ["Verdict", "grade", "hidden_cases"]
