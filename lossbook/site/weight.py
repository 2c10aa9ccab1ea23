"""What a page of the built site weighs when it is sent compressed, part by part."""

import gzip
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from lossbook.site.figures import DATA
from lossbook.site.search import INDEX

COMPRESSED = {".html", ".css", ".js", ".svg"}
TAG = re.compile(r"<(?:link|script|img)\b[^>]*>")
ADDRESS = re.compile(r'\b(?:href|src)="([^"?#]+)')
FONT = re.compile(r'url\("?([^)"]*/(\w+)[\w-]*\.woff2)')
#: Fonts, and what a page contains that is set in them: a browser asks for no other.
SET_IN = {"LossBookMath": "<math", "DejaVuSans": "lossbook-svg"}
PICTURE = re.compile(r"_images/\w+\.webp")


@dataclass
class Page:
    """The files that one page asks for, as paths.

    Its `data`, those of its figures and of the search, are its own; `shared` are stylesheets, scripts, signs
    and fonts. The pictures that stand above the first section are `first`; `late` are the others, and those
    that a figure shows when it is moved. Of the scripts, `blocking` are those that the page waits for.
    """

    path: Path
    sheets: set = field(default_factory=set)
    data: set = field(default_factory=set)
    shared: set = field(default_factory=set)
    first: set = field(default_factory=set)
    late: set = field(default_factory=set)
    blocking: set = field(default_factory=set)

    @property
    def requests(self):
        """How many files a first visit asks for."""
        return 1 + len(self.data | self.shared | self.first)


def read(site, name):
    """Return the :class:`Page` of a name, such as ``chapters/15_huber``, in the folder of a built site."""
    site = site.resolve()
    page = Page(site / f"{name}.html")
    html, drawings = page.path.read_text("utf-8"), set()
    for tag in TAG.findall(html):
        address = ADDRESS.search(tag)
        file = address and (page.path.parent / address[1]).resolve()
        if not file or file.suffix == ".html" or file.suffix == ".webp":
            continue
        if 'loading="lazy"' in tag:
            drawings.add(file)
            continue
        is_own = f"/{DATA}/" in file.as_posix() or file.name == INDEX
        (page.data if is_own else page.shared).add(file)
        if file.suffix == ".css":
            page.sheets.add(file)
        if tag.startswith("<script") and not re.search(r"\b(defer|async)\b", tag):
            page.blocking.add(file)
    for sheet in page.sheets:
        fonts = FONT.findall(sheet.read_text("utf-8"))
        page.shared |= {
            (sheet.parent / file).resolve() for file, font in fonts if SET_IN.get(font, "") in html
        }
    above = "<section".join(html.split("<section")[:2])
    every = "".join([html, *(script.read_text("utf-8") for script in page.data)])
    page.first, every = ({site / found for found in PICTURE.findall(text)} for text in (above, every))
    page.late = every - page.first | drawings
    return page


@cache
def sent(path):
    """Return how many bytes a file is when it is sent, text compressed."""
    content = path.read_bytes()
    return len(gzip.compress(content, 9)) if path.suffix in COMPRESSED else len(content)


def total(paths):
    """Return how many bytes some files are together when they are sent."""
    return sum(map(sent, paths))
