"""The course edition: from a chapter's notebook, what a teacher hands out, keeps, and grades.

The command line is ``python -m lossbook.course``.
"""
