"""Numbers of equations: 1, 2, 3 along the path, and 3a, 3b in the folds after the third."""

from docutils import nodes
from sphinx.transforms import SphinxTransform

from lossbook.notebooks import form


class NumberEquations(SphinxTransform):
    """Number a chapter's equations anew, once it is known which of them lie in folds."""

    default_priority = 720

    def apply(self):
        """Change the numbers of the equations and those that references to them show."""
        registered = self.env.get_domain("math").equations
        equations = [node for node in self.document.findall(nodes.math_block) if node.get("number")]
        numbers = form.equation_numbers(map(is_folded, equations))
        for equation, number in zip(equations, numbers, strict=True):
            equation["number"] = number
            registered[equation["label"]] = (self.env.docname, number)


def is_folded(node):
    """Say whether a node lies in a section that goes deeper."""
    while node is not None and form.DEEPER not in node.get("classes", ()):
        node = node.parent
    return node is not None


def setup(app):
    """Connect the transform."""
    app.add_transform(NumberEquations)
