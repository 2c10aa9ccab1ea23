"""Names of the package in the chapters' code lead to their place in the reference.

Each is a link once a cell, where it stands first: a link is one more stop of the keyboard.
"""

import re
from html import escape

from docutils import nodes

from lossbook.site.uses import ENTRIES, LINKS, entry_of


def with_links(html, addresses):
    """Return highlighted code in which names are links.

    Parameters
    ----------
    html : str
        The code as Pygments writes it, a span a token.
    addresses : dict of str to str
        The names as they are written, with their dots, and where they lead.
    """
    for written, address in addresses.items():
        dot = r'<span class="o">\.</span>'
        tokens = dot.join(rf'<span class="\w+">{re.escape(part)}</span>' for part in written.split("."))
        name = rf'(?<!{dot})({tokens})(?!<span class="o">=</span>)'
        html = re.sub(name, rf'<a class="code-link" href="{escape(address)}">\1</a>', html, count=1)
    return html


def visit(self, node):
    """Write a block of code as the theme does, then put the links in."""
    entries, here = getattr(self.builder.env, ENTRIES, {}), self.builder.current_docname
    found = {written: entry_of(entries, full) for written, full in node.get(LINKS, {}).items()}
    addresses = {}
    for written, name in found.items():
        if name:
            page, anchor = entries[name]
            addresses[written] = f"{self.builder.get_relative_uri(here, page)}#{anchor}"
    try:
        type(self).visit_literal_block(self, node)
    except nodes.SkipNode:
        self.body[-1] = with_links(self.body[-1], addresses)
        raise


def depart(self, node):
    """End a block of code that was not highlighted."""
    type(self).depart_literal_block(self, node)


def setup(app):
    """Write blocks of code with links; the links' look is in ``reference.css``."""
    app.add_node(nodes.literal_block, override=True, html=(visit, depart))
