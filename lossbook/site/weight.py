"""What a first visit weighs: the page itself and the shared files that it loads, after gzip.

Counted are the files that a page's HTML names (stylesheets, scripts, pictures), those that its stylesheets
name (each font, though a page may need only some) and, on a page with formulas, MathJax's parts and the fonts
that almost every formula needs.
"""

import functools
import gzip
import re
from pathlib import Path
from urllib.parse import unquote

from sphinx.util import logging

from lossbook.site import mathjax
from lossbook.site.built import is_site, page_paths

logger = logging.getLogger(__name__)

#: Fonts that a formula with letters, digits and operators makes MathJax load; more come with rarer signs.
FORMULA_FONTS = ["Main-Regular", "Math-Italic", "Size2-Regular", "Zero"]

#: Shared files are listed one by one from this size on (bytes, gzip).
LISTED_FROM = 10_000


def gzip_size(path):
    """Return a file's size in bytes after gzip."""
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


def loaded_files(page):
    """Return the paths of the files that a built page loads, without the page itself."""
    html = page.read_text("utf-8")
    head = re.sub(r"<noscript>.*?</noscript>", "", html, flags=re.S)
    names = re.findall(r'<script[^>]*\ssrc="([^"]+)"', head) + re.findall(r'<img[^>]*\ssrc="([^"]+)"', head)
    for tag in re.findall(r"<link[^>]*>", head):
        if re.search(r'rel="(stylesheet|icon|preload)"', tag):
            names += re.findall(r'href="([^"]+)"', tag)
    local = [unquote(re.split(r"[?#]", name)[0]) for name in names if not re.match(r"(\w+:|//)", name)]
    paths = {(page.parent / name).resolve() for name in local}
    for sheet in [path for path in paths if path.suffix == ".css"]:
        inner = re.findall(r"url\([\"']?([^\"')]+)", sheet.read_text("utf-8"))
        paths |= {(sheet.parent / name).resolve() for name in inner if not re.match(r"(\w+:|#)", name)}
    for folder in [path.parent for path in paths if path.parts[-2:] == ("mathjax", "startup.js")]:
        paths |= {folder / name for name in mathjax.FILES}
        paths |= {folder / f"output/chtml/fonts/woff-v2/MathJax_{name}.woff" for name in FORMULA_FONTS}
    return sorted(paths)


def heaviest_page(out):
    """Find the page that weighs most on a first visit.

    Parameters
    ----------
    out : pathlib.Path
        The folder of a built site.

    Returns
    -------
    tuple
        ``(page, page_size, shared)``: the page's path, its size, and ``{path: size}`` of the files that it
        loads; sizes in bytes after gzip.
    """
    size = functools.cache(gzip_size)
    weighed = [
        (page, size(page), {path: size(path) for path in loaded_files(page)}) for page in page_paths(out)
    ]
    return max(weighed, key=lambda entry: entry[1] + sum(entry[2].values()))


def report(app, exception):
    """Print the weight of a first visit to the heaviest page."""
    if not is_site(app, exception):
        return
    out = Path(app.outdir).resolve()
    page, page_size, shared = heaviest_page(out)
    total = page_size + sum(shared.values())
    logger.info("")
    logger.info(
        "First visit to the heaviest page, %s: %.0f kB gzip = page %.0f + shared files %.0f",
        page.relative_to(out),
        total / 1000,
        page_size / 1000,
        sum(shared.values()) / 1000,
    )
    for path, size in sorted(shared.items(), key=lambda item: -item[1]):
        if size >= LISTED_FROM:
            logger.info("  %6.1f kB  %s", size / 1000, path.relative_to(out))
    logger.info("")


def setup(app):
    """Connect the report, after every hook that writes or removes files."""
    app.connect("build-finished", report, priority=900)
