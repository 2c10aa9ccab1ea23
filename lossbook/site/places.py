"""Links to places of the book that a data file names.

A place is the label of an equation, ``kl-surplus``, a chapter and one of its headings,
``05: Definition``, or a chapter alone, ``05``. Which page and which anchor that is, is known when
all pages are read; a place that is nowhere is a warning, and so stops a strict build.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

PLACE = re.compile(r"(?P<chapter>\d\d)(?:: (?P<heading>.+))?")
KIND = "lossbook-place"
#: Headings have typographic quotes and spaces once they are read, and data files plain ones.
PLAIN = str.maketrans("’“”\xa0", '\'"" ')


def link(place, text=None, *, aside=False):
    """Return a link to a place, to be resolved when all pages are read.

    Without `text` it names the place, in parentheses if it is said `aside`.
    """
    shown = nodes.inline("", place if text is None else text)
    told = {"refexplicit": text is not None, "aside": aside}
    return addnodes.pending_xref("", shown, refdomain="", reftype=KIND, reftarget=place, refwarn=True, **told)


def find(env, place):
    """Return the page and the anchor of a place, or None; of a chapter alone the anchor is empty."""
    named = PLACE.fullmatch(place)
    if not named:
        page, _ = env.get_domain("math").equations.get(place, (None, None))
        return page and (page, f"equation-{place}")
    page = next((page for page in env.tocs if page.startswith(f"chapters/{named['chapter']}_")), None)
    if not page or not named["heading"]:
        return page and (page, "")
    for heading in env.tocs[page].findall(nodes.reference):
        if heading.astext().translate(PLAIN) == named["heading"].translate(PLAIN):
            return page, heading["anchorname"].removeprefix("#")
    return None


def address(app, page, place):
    """Return the address of a place for use in the file of `page`, or None."""
    found = find(app.env, place)
    if not found:
        return None
    target, anchor = found
    return app.builder.get_relative_uri(page, target) + (f"#{anchor}" if anchor else "")


def name(env, place):
    """Return what a place that exists is called: "equation (5.3a)", "chapter 5, Definition"."""
    named = PLACE.fullmatch(place)
    if not named:
        page, number = env.get_domain("math").equations[place]
        return f"equation ({int(Path(page).name[:2])}.{number})"
    return ", ".join(filter(None, (f"chapter {int(named['chapter'])}", named["heading"])))


def resolve(app, env, node, text):
    """Give Sphinx the reference for one of our links."""
    target = node.get("reftype") == KIND and address(app, node["refdoc"], node["reftarget"])
    if not target:
        return None
    if not node["refexplicit"]:
        named = name(env, node["reftarget"])
        if node.get("aside"):
            named = named.removeprefix("equation ") if named.startswith("equation ") else f"({named})"
        text = nodes.inline("", named)
    return nodes.reference("", "", text, internal=True, refuri=target)


def setup(app):
    """Connect the resolver."""
    app.connect("missing-reference", resolve)
