"""The page for addresses that lead nowhere: a search field, the fifteen questions, and other first pages.

A host shows it in place of any missing page, in whatever folder that would be, so relative links would lead
nowhere, too. Where the site's public address is known, its links begin at the site's root.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

from lossbook.site.address import address_of
from lossbook.site.built import is_site
from lossbook.site.questions import FOLDER

PAGE, TEMPLATE = "404", "404.html"
TITLE = "This page does not exist"
ADVICE = (
    "<p>The link may be old or misspelled. Search for what you want, or choose one of the pages below.</p>"
)
#: Pages that are listed below the chapters, where the book has them.
OTHERS = tuple(f"pages/{name}" for name in ("which_loss", "interview", "map", "glossary", "teaching"))
#: Addresses that begin where the page is; those of places in the page do not.
RELATIVE = re.compile(
    r'(?<=\s)((?:href|src|action|content|data-content_root)=")(?![#/]|[a-z]+:)(?:\./)?(?=[\w."])'
)


def page(app):
    """Offer the page, with the titles of the chapters and of other pages."""
    names = sorted(name for name in app.env.found_docs if name.startswith(f"{FOLDER}/"))
    names += [name for name in OTHERS if name in app.env.found_docs]
    pages = [(name, app.env.titles[name].astext()) for name in names]
    return [(PAGE, {"title": TITLE, "body": ADVICE, "pages": pages}, TEMPLATE)]


def from_root(html, root):
    """Return a page whose relative links begin at the path `root` of a host."""
    return RELATIVE.sub(lambda match: f"{match[1]}{root}", html)


def write_from_root(app, exception):
    """Let the links of the finished page begin at the root of the site."""
    address = address_of(app.config)
    if address and is_site(app, exception):
        path = Path(app.builder.get_outfilename(PAGE))
        path.write_text(from_root(path.read_text("utf-8"), urlsplit(address).path), "utf-8")


def setup(app):
    """Connect the page, and its links once scripts and stylesheet have their addresses."""
    app.connect("html-collect-pages", page)
    app.connect("build-finished", write_from_root, priority=700)
