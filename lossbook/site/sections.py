"""A chapter's sections are laid out when the reader comes near.

``sections.css`` tells the browser so. Until then it takes a section to be as high as is estimated here,
mostly within a third: the scrollbar moves little, and so does what a link leads to while the rest takes
its true size.
"""

import re
from html import unescape

STYLESHEET = "sections.css"

#: On a desk and on a phone: the width of the column in pixels, letters in a line, height of a table's row.
COLUMNS = {"desk": (768, 100, 60), "phone": (358, 46, 130)}
#: Rather too high: what sticks out of a section lies, for a tool that measures all, over the next one.
MARGIN = {"desk": 1.15, "phone": 1.25}
#: Pixels: the widest figure, a line of text and of code, the space between blocks, a formula, a slider.
FIGURE, LINE, CODE_LINE, SPACE, FORMULA, CONTROL = 640, 27, 20, 17, 70, 44

SECTION = re.compile(r'<section (?:class="[^"]*" )?id="[^"]*"(?=>)|</section>')
FOLD = re.compile(r"<details\b(?:(?!<details\b).)*?</details>", re.S)
PICTURE = re.compile(r'<svg\b[^>]*\bviewBox="0 0 ([\d.]+) ([\d.]+)".*?</svg>', re.S)
TABLE = re.compile(r"<table\b.*?</table>", re.S)
CODE = re.compile(r"<pre\b.*?</pre>", re.S)
CONTROLS = re.compile(r'class="lossbook-(?:control|layers)"')
TEXT = re.compile(r"<(p|li|dd|dt|h[2-6]|figcaption)\b[^>]*>(.*?)</\1>", re.S)


def height(html, column):
    """Estimate the height in pixels of a section's HTML, its folds closed, in one of the COLUMNS."""
    width, letters, row = COLUMNS[column]
    while FOLD.search(html):
        html = FOLD.sub("<p>A fold.</p>", html)
    total = sum(min(width, FIGURE) * float(high) / float(wide) for wide, high in PICTURE.findall(html))
    total += sum(2 * SPACE + CODE_LINE * code.count("\n") for code in CODE.findall(html))
    total += sum(SPACE + row * table.count("<tr") for table in TABLE.findall(html))
    total += FORMULA * html.count('class="equation') + CONTROL * len(CONTROLS.findall(html))
    for pattern in (PICTURE, CODE, TABLE):
        html = pattern.sub("", html)
    for _, text in TEXT.findall(html):
        total += SPACE - LINE * (-len(unescape(re.sub(r"<[^>]*>", "", text))) // letters)
    return round(MARGIN[column] * (total + 2 * SPACE))


def with_heights(html):
    """Return an article whose sections below the title's have their heights written on them."""
    depth, begins, parts, done = 0, 0, [], 0
    for tag in SECTION.finditer(html):
        opens = tag[0] != "</section>"
        depth += opens
        if depth == 2 and opens:
            begins = tag
        elif depth == 2:
            section = html[begins.start() : tag.end()]
            sizes = ";".join(f"--book-{column}:{height(section, column)}px" for column in COLUMNS)
            parts += [html[done : begins.end()], f' style="{sizes}"']
            done = begins.end()
        depth -= not opens
    return "".join([*parts, html[done:]])


def add_heights(app, pagename, templatename, context, doctree):
    """Write the heights into one page's article."""
    if context.get("body"):
        context["body"] = with_heights(context["body"])


def setup(app):
    """Connect the heights and the stylesheet."""
    app.add_css_file(STYLESHEET, priority=910)  # after book.css
    app.connect("html-page-context", add_heights)
