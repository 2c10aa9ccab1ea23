"""Exercises on the site: a box with the task, and below it the solution, folded.

In a notebook an exercise is ordinary cells whose metadata say what they are, so JupyterLab and GitHub show
nothing odd. Before a page is parsed, the gates of sphinx-exercise are put around these cells; they turn what
stands between them into one node, and give it a name that texts can refer to. After that the titles are set
from the exercise's number, and a solution becomes a native ``<details>``, which opens without JavaScript.
"""

import itertools
import json
import re

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx_exercise.nodes import exercise_node, exercise_subtitle, solution_node

from lossbook.notebooks.exercise_rules import TITLE
from lossbook.site.solutions import OPTION

logger = logging.getLogger(__name__)

STYLESHEET = "exercises.css"


class titled(nodes.title):
    """The heading of an exercise or the summary of a solution; its attribute ``tag`` is the HTML element."""


# ---- Before parsing: gates around the cells ----------------------------------------------------------------


def add_gates(app, docname, source):
    """Put gates around the exercises of a notebook's source."""
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    notebook["cells"] = gated(notebook["cells"], docname)
    source[0] = json.dumps(notebook)


def gated(cells, docname=""):
    """Return a notebook's cells with the gates of sphinx-exercise around exercises and solutions.

    Parameters
    ----------
    cells : list of dict
        The cells, as in the notebook's JSON. They are not changed.
    docname : str
        The page, for warnings.

    Returns
    -------
    list of dict
        The same cells, and Markdown cells with the gates between them. A prompt's heading is gone: it has
        become the box's title.
    """
    result = []
    for (number, part), group in itertools.groupby(cells, key=_part):
        group = list(group)
        if number is None:
            result += group
            continue
        label = number.replace(".", "-")
        if part == "solution":
            gate = f":::{{solution-start}} exercise-{label}\n:label: solution-{label}\n:::"
        else:
            group[0], title = _without_title(group[0], number, docname)
            gate = f":::{{exercise-start}} {title}\n:label: exercise-{label}\n:nonumber:\n:::"
        result += [_markdown(gate, f"{part}-start-{label}"), *group]
        result.append(_markdown(f":::{{{part}-end}}\n:::", f"{part}-end-{label}"))
    return result


def _part(cell):
    """Return a cell's exercise and the part it belongs to: "exercise", "solution", or nothing."""
    mark = cell["metadata"].get("lossbook", {})
    if "exercise" not in mark:
        return None, None
    return mark["exercise"], "solution" if mark.get("role") == "solution" else "exercise"


def _without_title(cell, number, docname):
    """Return a prompt without its heading, and the title that stood in it."""
    text = "".join(cell["source"])
    match = TITLE.match(text)
    if not match or match["number"] != number:
        logger.warning(
            "exercise %s must begin with '### Exercise %s · Title'; got %r",
            number,
            number,
            text.partition("\n")[0],
            location=docname,
        )
        return cell, ""
    return {**cell, "source": text[match.end() :]}, match["title"]


def _markdown(text, name):
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


# ---- After parsing: titles, anchors and links --------------------------------------------------------------


class FinishExercises(SphinxTransform):
    """Give exercises and solutions their titles and links, once sphinx-exercise has gathered their cells."""

    default_priority = 11  # right after the gates are merged

    def apply(self):
        """Finish every exercise and solution that has a label of this book's kind."""
        for node in self.document.findall(lambda n: isinstance(n, exercise_node | solution_node)):
            match = re.fullmatch(r"(exercise|solution)-(\d+)-(\d+)", node.get("label", ""))
            if match:
                number, label = f"{match[2]}.{match[3]}", f"{match[2]}-{match[3]}"
                if match[1] == "exercise":
                    _finish_exercise(node, number, label, solved=self.config[OPTION])
                else:
                    _finish_solution(node, number, label)


def _finish_exercise(node, number, label, *, solved):
    _, content = node.children
    subtitle = [child for found in node.findall(exercise_subtitle) for child in found.children]
    title = titled("", "", nodes.Text(f"Exercise {number} · "), *subtitle, tag=f"h{min(_depth(node) + 1, 6)}")
    title["classes"] = ["exercise-title"]
    node["title"] = f"Exercise {number}"  # the text of references
    body = nodes.container("", *content.children, classes=["exercise-body"])
    node.children = []
    link = [_link(f"#solution-{label}", f"Go to solution {number}")] if solved else []
    node += [title, *link, body]


def _finish_solution(node, number, label):
    _, content = node.children
    node["title"] = f"Solution to exercise {number}"
    node["tag"] = "details"
    back = _link(f"#exercise-{label}", f"Back to exercise {number}")
    # A browser opens a <details> for a link to something inside it, not for a link to the <details> itself.
    body = nodes.container("", *content.children, back, classes=["solution-body"], ids=node["ids"])
    node["ids"] = []
    node.children = []
    node += [titled("", node["title"], tag="summary"), body]


def _link(address, text):
    # An address and not a reference: sphinx-exercise rewrites the text of references to its nodes.
    reference = nodes.reference("", text, refuri=address, internal=True)
    return nodes.paragraph("", "", reference, classes=["exercise-link"])


def _depth(node):
    """Return how many sections a node is in."""
    depth = 0
    while node is not None:
        depth += isinstance(node, nodes.section)
        node = node.parent
    return depth


# ---- HTML --------------------------------------------------------------------------------------------------


def _visit(self, node):
    self.body.append(self.starttag(node, node.get("tag", "div"), ""))


def _depart(self, node):
    self.body.append(f"</{node.get('tag', 'div')}>\n")


def setup(app):
    """Connect the gates, the transform, the HTML and the stylesheet."""
    app.connect("source-read", add_gates)
    app.add_transform(FinishExercises)
    for node in (titled, exercise_node, solution_node):
        # sphinx-exercise names both of these builders for its nodes.
        app.add_node(node, override=True, html=(_visit, _depart), singlehtml=(_visit, _depart))
    app.add_css_file(STYLESHEET, priority=910)  # after book.css
