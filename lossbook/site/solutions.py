"""A teacher's own copy of the site, without any solution: ``SOLUTIONS=no`` in the environment.

Solutions leave a page's source before anything reads it, so its contents, figures and entries in the search
never know of them. A site in which a piece of one is found all the same is refused when it is finished.
"""

import json
import os
import re

from sphinx.errors import ExtensionError

from lossbook.course.leaks import is_solution
from lossbook.site import leaks
from lossbook.site.built import is_site

OPTION, VARIABLE = "lossbook_solutions", "SOLUTIONS"

#: A reference to a solution: its text, if it has one of its own, and the exercise's label.
REFERENCE = re.compile(
    r"\{ref\}`(?:(?P<text>[^`<]*?)\s*<solution-(?P<of>[\d-]+)>|solution-(?P<label>[\d-]+))`"
)


def asked_for(config=None):
    """Return whether the site is to have solutions: yes, unless the environment says no.

    Raises
    ------
    ExtensionError
        If it says anything else: a teacher who means no shall not get them.
    """
    said = os.environ.get(VARIABLE) or "yes"
    if said not in ("yes", "no"):
        raise ExtensionError(f"{VARIABLE} must be yes or no; got {said!r}")
    return said == "yes"


def leave_out(app, docname, source):
    """Take the solutions, and links to them, out of a page's source if the site is to have none."""
    if app.config[OPTION]:
        return
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        source[0] = without_references(source[0])
        return
    notebook = json.loads(source[0])
    notebook["cells"] = [cell for cell in notebook["cells"] if not is_solution(cell)]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = without_references("".join(cell["source"]))
    source[0] = json.dumps(notebook)


def without_references(text):
    """Return Markdown whose references to solutions are words, with a link to the exercise at most."""

    def words(match):
        return match["text"] or f"the solution to {{ref}}`exercise-{match['label'] or match['of']}`"

    return REFERENCE.sub(words, text)


def refuse_leaks(app, exception):
    """End a build without solutions in an error if a piece of one is left, as in files of an earlier build.

    Raises
    ------
    ExtensionError
        The message has a line for each piece.
    """
    if app.config[OPTION] or not is_site(app, exception):
        return
    sources = [app.env.doc2path(name) for name in sorted(app.env.found_docs)]
    if found := leaks.left(app.outdir, leaks.secret(sources)):
        raise ExtensionError("\n".join([f"solutions are left in {app.outdir}:", *found]))


def setup(app):
    """Declare the option, whose change has every page read anew, and connect both ends."""
    app.add_config_value(OPTION, asked_for, "env", [bool])
    app.connect("source-read", leave_out, priority=400)  # before exercises and folds are looked for
    app.connect("build-finished", refuse_leaks, priority=900)
