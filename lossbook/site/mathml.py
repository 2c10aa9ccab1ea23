"""Formulas as MathML, written when the site is built: a browser shows them without a script.

math-core converts the TeX, which stays as each formula's alternative text. What else is done to its MathML is
for looks, in today's browsers and in the book's font (``tools/fonts.py``).
"""

import html
import json
import re
from functools import cache
from pathlib import Path

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

RENDERER = "mathml"

#: A formula in a line of text with more signs than this may be wider than a phone.
LONG = 20

#: How far slanted letters lean out of their boxes, in em: the font's italic corrections from 0.06 on.
LEAN = {
    **{"C": 0.073, "F": 0.134, "H": 0.078, "I": 0.085, "J": 0.106, "K": 0.068, "M": 0.102, "N": 0.106},
    **{"P": 0.14, "S": 0.06, "T": 0.148, "U": 0.105, "V": 0.214, "W": 0.132, "Y": 0.209, "Z": 0.068},
    **{"f": 0.09, "ζ": 0.064, "ς": 0.074, "τ": 0.102, "∂": 0.063},
}
SLANTED = re.compile(r"(<msub>|<msubsup>)?<mi>(.)</mi>")

#: What ``\bigl`` and its like make.
BIG = re.compile(r'<mo (?:stretchy="true" )?(?:form="\w+" )?(?:symmetric="true" )?(?:lspace="0" rspace="0" )?'
                 r'minsize="([\d.]+)em" maxsize="[\d.]+em">(.)</mo>')  # fmt: skip

#: An integral from minus infinity: its lower limit is tucked in and leaves a gap behind itself (book.css).
WHOLE_LINE = re.compile("<msubsup>(?=<mo[^>]*>∫</mo><mrow><mo[^>]*>−</mo><mi>∞</mi></mrow>)")

_converter = LatexToMathML(fancy_error=False)


# ---- One formula -------------------------------------------------------------------------------------------


@cache
def mathml(latex, display=False):
    r"""Return a formula as MathML with its TeX as alternative text.

    Parameters
    ----------
    latex : str
        The formula, without dollars, on one line.
    display : bool
        Whether it stands on a line of its own.

    Raises
    ------
    math_core.LatexError
        If it does not convert, or has a line break outside an environment, which would be lost.
    """
    if r"\\" in latex and r"\begin" not in latex:
        raise LatexError(r"a line break \\ must stand in an environment, for example in 'aligned'")
    spaced = re.sub(r"\\\\\[[^\]]*\]", r"\\\\", latex)  # the extra space of a row would be printed
    element = _converter.convert_with_local_state(spaced, displaystyle=display)
    # The font has one calligraphic alphabet, without variants, and no double prime for superscripts.
    element = re.sub("[\ufe00\ufe01]", "", element).replace("<mo>″</mo>", '<mo lspace="0" rspace="0">′′</mo>')
    element = re.sub("<mo([^>]*)>([⊕⊗⊙])", r'<mo\1 largeop="false">\2', element)  # Firefox makes them large
    element = WHOLE_LINE.sub('<msubsup class="whole-line">', element)
    element = SLANTED.sub(_with_room, BIG.sub(_enlarged, element))
    return element.replace("<math", f'<math alttext="{html.escape(latex)}"', 1)


def _with_room(match):
    """Give a slanted letter room on its right: none before its own subscript, half before two scripts."""
    scripts, letter = match[1] or "", match[2]
    room = LEAN.get(letter, 0) * {"": 1, "<msub>": 0, "<msubsup>": 0.5}[scripts]
    return f'{scripts}<mi style="--lean:{room:.2f}em">{letter}</mi>' if room else match[0]


def _enlarged(match):
    """Draw a big delimiter as a larger letter: one that is stretched is as wide as the widest of its kind."""
    size, sign = float(match[1]), match[2]
    drop = 0.25 * (1 - size)  # it stays centered on the height of a minus sign
    return (
        f'<mpadded voffset="{drop:.2f}em"><mo stretchy="false" lspace="0" rspace="0" '
        f'style="font-size:{size:.2f}em">{sign}</mo></mpadded>'
    )


def is_long(element):
    """Say whether a formula in a line of text may be wider than a phone."""
    return len(html.unescape(re.sub(r"<[^>]*>", "", element))) > LONG


# ---- In a page ---------------------------------------------------------------------------------------------


class JoinFormulas(SphinxPostTransform):
    """Join formulas in a line of text with the signs around them."""

    default_priority = 800  # after references have become text
    formats = ("html",)

    def run(self, **kwargs):
        """Look at every element that holds formulas among its text."""
        for parent in {id(math.parent): math.parent for math in self.document.findall(nodes.math)}.values():
            parent[:] = joined(parent.children)


def joined(children):
    """Return an element's children, formulas boxed with what touches them: no full stop begins a line."""
    pieces = [piece for child in children for piece in _pieces(child)]
    result, run = [], []
    for piece in [*pieces, nodes.Text(" ")]:
        if isinstance(piece, nodes.math) or (isinstance(piece, nodes.Text) and not piece[0].isspace()):
            run.append(piece)
            continue
        is_formula = any(isinstance(part, nodes.math) for part in run)
        result += [nodes.inline("", "", *run, classes=["together"])] if is_formula and len(run) > 1 else run
        result.append(piece)
        run = []
    return result[:-1]


def _pieces(child):
    """Return a text in up to three parts, the middle one between spaces; another node as it is."""
    if not isinstance(child, nodes.Text):
        return [child]
    parts = re.fullmatch(r"(\S*)(.*?)(\S*)", child, re.DOTALL).groups()
    return [nodes.Text(part) for part in parts if part]


def _visit_inline(self, node):
    element = _convert(self, node, display=False)
    self.body.append(f'<span class="formula{" long" * is_long(element)}">{element}</span>')
    raise nodes.SkipNode


def _visit_display(self, node):
    element = _convert(self, node, display=True)
    self.body.append(self.starttag(node, "div", CLASS="equation"))
    self.body.append(f'<div class="formula">{element}</div>')
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _convert(self, node, display):
    latex = " ".join(node.astext().split())
    try:
        return mathml(latex, display)
    except LatexError as error:
        docname = self.builder.current_docname
        path = Path(self.builder.env.doc2path(docname))
        where = f"cell {cells_with(latex, path)}: " if path.suffix == ".ipynb" else ""
        logger.warning("%sno MathML for the formula %s: %s", where, latex, error, location=docname)
        return f"<code>{html.escape(latex)}</code>"


def cells_with(latex, path):
    """Return the numbers of the cells, from 1, in which a notebook's file holds a formula."""
    plain = "".join(latex.split())
    cells = json.loads(path.read_text("utf-8"))["cells"]
    texts = ["".join("".join(cell["source"]).split()) for cell in cells]
    return " and ".join(str(number) for number, text in enumerate(texts, 1) if plain in text) or "unknown"


def choose(app, config):
    """Make this the renderer of formulas."""
    config.html_math_renderer = RENDERER


def setup(app):
    """Register the renderer and the transform."""
    app.add_js_file("formulas.js", loading_method="defer")
    app.add_html_math_renderer(RENDERER, (_visit_inline, None), (_visit_display, None))
    app.connect("config-inited", choose, priority=400)
    app.add_post_transform(JoinFormulas)
