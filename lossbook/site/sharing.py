"""What a page shows of itself where a link to it is shared: title, description and a picture of the book."""

import re
from html import escape, unescape
from urllib.parse import urljoin

from lossbook.site.address import address_of
from lossbook.site.description import description_of
from lossbook.site.formula_text import with_readable_formulas

#: Drawn by ``tools/sharing.py``.
PICTURE, SIZE = "_static/sharing.png", (1200, 630)
PICTURE_ALT = (
    "The Loss Book: fifteen questions about losses. Two lines through the same points, one of which is wild."
)


def title_of(app, pagename, context):
    """Return a page's title as plain text; the first page has the book's."""
    if pagename == app.config.root_doc:
        return app.config.html_title
    return unescape(
        re.sub(r"<[^>]*>", "", with_readable_formulas(context.get("title") or app.config.html_title))
    )


def add_tags(app, pagename, templatename, context, doctree):
    """Write the tags into a page's head; addresses are whole where the site's own is known."""
    address = address_of(app.config)
    picture = urljoin(address, PICTURE) if address else context["pathto"](PICTURE, resource=True)
    page = context.get("pageurl")
    tags = {
        "og:site_name": app.config.html_title,
        "og:type": "website" if pagename == app.config.root_doc else "article",
        "og:title": title_of(app, pagename, context),
        "og:description": description_of(app, pagename, context),
        "og:url": page or "",
        "og:image": picture,
        "og:image:width": str(SIZE[0]),
        "og:image:height": str(SIZE[1]),
        "og:image:alt": PICTURE_ALT,
    }
    lines = [f'<meta property="{key}" content="{escape(text)}" />' for key, text in tags.items() if text]
    lines.append('<meta name="twitter:card" content="summary_large_image" />')
    context["metatags"] = "\n".join([context.get("metatags") or "", *lines])


def setup(app):
    """Connect the tags; the picture is one of the book's static files."""
    app.connect("html-page-context", add_tags, priority=510)  # after the description
