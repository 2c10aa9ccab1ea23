"""One stylesheet for the whole book, and its address in every page.

A page as Sphinx writes it asks for a dozen stylesheets, one of which asks for another. They become one
file, in their order, without what no page can use. Its name holds a digest: no browser's stored copy
outlives a change.
"""

import hashlib
import os
import re
from pathlib import Path

from lossbook.site.assets import REPLACED, is_needed
from lossbook.site.built import is_site, page_paths, rewrite_pages
from lossbook.site.figures import DATA
from lossbook.site.icons import embed_fonts
from lossbook.site.purge import prune_css, prune_variables, vocabulary

NAME = "lossbook.{digest}.css"
LINK = re.compile(r'<link\b[^>]*\brel="stylesheet"[^>]*>\s*')
ADDRESS = re.compile(
    r"""@import\s+(?:url\()?["']?(?P<sheet>[^"')\s]+)["']?\)?\s*;"""
    r"""|url\((?P<quote>["']?)(?!data:|#|\w+:)(?P<file>[^)"']+)(?P=quote)\)"""
)


def linked(path, page):
    """Return the paths of the stylesheets that a page, its text at `path`, asks for, in their order."""
    addresses = [re.search(r'href="([^"?]+)', link)[1] for link in LINK.findall(page)]
    return [(path.parent / address).resolve() for address in addresses]


def complete(path, folder):
    """Return the text of the stylesheet at `path`, with those that it imports, for use in `folder`."""

    def replaced(match):
        target = (path.parent / (match["sheet"] or match["file"])).resolve()
        return complete(target, folder) if match["sheet"] else f"url({os.path.relpath(target, folder)})"

    return ADDRESS.sub(replaced, path.read_text("utf-8").replace('@charset "UTF-8";', ""))


def merged(app, sheets, pages):
    """Return one stylesheet out of those at the paths `sheets`, for the `pages` (texts) of the book."""
    static = Path(app.outdir, "_static").resolve()
    paths = [path for path in static.rglob("*.js") if not path.is_relative_to(static / DATA)]
    scripts = [path.read_text("utf-8") for path in paths]
    articles = "".join(page.partition("<article")[2] for page in pages)
    needed = [path for path in sheets if path.name not in REPLACED and is_needed(path.name, articles)]
    css = prune_css("\n".join(complete(path, static) for path in needed), vocabulary(pages, scripts))
    return embed_fonts(prune_variables(css, [*pages, *scripts]), app)


def write_stylesheet(app, exception):
    """Write the stylesheet of a finished build, and its address into every page.

    Pages of an earlier build that are not written again have an address of ours already, which changes.
    """
    if not is_site(app, exception):
        return
    static = Path(app.outdir, "_static").resolve()
    pages = {path: path.read_text("utf-8") for path in page_paths(app.outdir)}
    ours = sorted(static.glob(NAME.format(digest="*")))
    asked = dict.fromkeys(sheet for path, page in pages.items() for sheet in linked(path, page))
    sheets = [sheet for sheet in asked if sheet not in ours]
    if sheets:  # some page was written
        css = merged(app, sheets, pages.values())
        ours = [static / NAME.format(digest=hashlib.sha256(css.encode()).hexdigest()[:12])]
        ours[0].write_text(css, "utf-8")
    for path in set(static.rglob("*.css")).difference(ours):
        path.unlink()
    target = ours[0]
    rewrite_pages(app.outdir, lambda path, page: with_one_link(page, os.path.relpath(target, path.parent)))


def with_one_link(page, address):
    """Return a page that asks for the stylesheet at `address` instead of for those that it asked for.

    It does so at its head's end: a script in the head would have to wait for the stylesheet in front of it.
    """
    head, end, body = page.partition("</head>")
    return f'{LINK.sub("", head)}<link rel="stylesheet" href="{address}" />\n{end}{body}'


def setup(app):
    """Connect the writing; it reads the scripts that ``assets`` leaves in place."""
    app.connect("build-finished", write_stylesheet, priority=600)
