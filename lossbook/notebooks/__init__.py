"""Run, normalize and check the book's notebooks.

A chapter is committed with its outputs: the site shows them, and the tests run the chapter again and
compare. So a stored notebook has one form, written by ``make outputs`` and held by ``make test``. The
functions work on notebooks as ``nbformat`` reads them; the command line is ``python -m lossbook.notebooks``.
"""

from lossbook.notebooks.execution import NotebookFailed, execute
from lossbook.notebooks.first_cell import setup_cell, with_setup_cell
from lossbook.notebooks.normalization import normalize, strip_for_download, to_text
from lossbook.notebooks.rules import problems, problems_in_file

__all__ = [
    "NotebookFailed",
    "execute",
    "normalize",
    "problems",
    "problems_in_file",
    "setup_cell",
    "strip_for_download",
    "to_text",
    "with_setup_cell",
]
