"""Every page of the site, visited once: whole without a network, without complaint, and for everybody.

A page is opened as a file and offline, which is the strictest way to load it, and looked at on a desk and on
phones; its figures are moved by keyboard, and axe-core looks for what keeps somebody out.
"""

import base64
import functools
import io
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tests.figures.reading import stored_payloads

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
TOC = (ROOT / "_toc.yml").read_text("utf-8")
CHAPTERS = re.findall(r"file: (chapters/\S+)", TOC)
PAGES = ["index", *re.findall(r"file: (\S+)", TOC), "search", "404"]

#: axe's rules that ask what lies on what. They take as long as all others together: on thinned pages. The
#: enhanced rule leaves what is too weak even for the ordinary one to that.
COLORS = ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]
SIZES = ["target-size"]

#: Pictures with their names, and icons with the font and the character that draws them.
LOOK = """() => {
  const inArticle = (selector) => [...document.querySelectorAll(`.bd-article ${selector}`)];
  const icons = document.querySelectorAll(".fa-solid, .fa-regular, .fa-brands, .fas, .far, .fab");
  return {
    theme: document.documentElement.dataset.theme,
    pictures: [...inArticle("img"), ...inArticle("svg")].filter(
      (e) => !e.closest("button, [aria-hidden]")
    ).map((e) => {
      const named = e.closest("[role=img], svg[role=group]"); // a group where parts of it are links
      return [e.outerHTML.slice(0, 90), e.alt || (named && named.getAttribute("aria-label")) || ""];
    }),
    icons: [...icons].filter((e) => e.checkVisibility()).map((e) => {
      const style = getComputedStyle(e, "::before");
      return [style.fontFamily, style.fontWeight, style.content, e.getBoundingClientRect().width];
    }),
    formulas: [...document.querySelectorAll("math")].map((e) => {
      const box = e.getBoundingClientRect();
      return [e.getAttribute("alttext"), box.width, box.height];
    }),
    loaded: [...document.fonts].filter((f) => f.status === "loaded").map((f) => f.family.replaceAll('"', "")),
  };
}"""

#: How far the page scrolls sideways, and the boxes in it that do.
SIDEWAYS = """() => [
  document.documentElement.scrollWidth - document.documentElement.clientWidth,
  [...document.querySelectorAll(".bd-article *")]
    .filter((e) => ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
    .filter((e) => e.scrollWidth > e.clientWidth + 1)
    .map((e) => [e.tagName, e.tabIndex, e.getAttribute("role"), e.getAttribute("aria-label")]),
]"""

#: Of each word in a figure, how high its largest and its smallest letters are set, in pixels of the page.
WORDS = """() => [...document.querySelectorAll(".lossbook-svg text")].map((e) => {
  const svg = e.closest("svg"), scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const parts = e.children.length ? [...e.children] : [e];
  const sizes = parts.map((part) => scale * parseFloat(getComputedStyle(part).fontSize));
  return [e.textContent.trim(), Math.max(...sizes), Math.min(...sizes)];
})"""

#: Leaves of all blocks of code but two the first letters in each color: thousands of letters more would be
#: looked at to the same result, and take most of axe's time.
THIN_CODE = """() => {
  const seen = new Set();
  document.querySelectorAll(".bd-article div.highlight").forEach((block, number) => {
    for (const letters of block.querySelectorAll("span")) {
      if (number >= 2 && seen.has(letters.className)) letters.remove();
      seen.add(letters.className);
    }
    // A link into the reference may have lost its name.
    block.querySelectorAll("a").forEach((link) => link.textContent.trim() || link.remove());
  });
}"""

#: Leaves two formulas, no block of code that has lost its letters, and of all texts whose element and whose
#: elements around it are of one kind the first three, and the text beside a link that stays: rules of color
#: are written by kind, and axe takes a tenth of a second for each text.
THIN_TEXT = """() => {
  [...document.querySelectorAll("math")].slice(2).forEach((e) => e.remove());
  document.querySelectorAll(".bd-article div.highlight:not(:has(span))").forEach((e) => e.remove());
  const seen = new Map();
  const kind = (e) => {
    const own = `${e.localName}.${e.className}.${e.getAttribute("style") ?? ""}`;
    return e.matches(".bd-article") ? own : `${kind(e.parentElement)} ${own}`;
  };
  const elements = [...document.querySelectorAll(".bd-article *")].filter((e) => !e.closest("svg, math"));
  const spare = new Set(elements.filter((e) => {
    seen.set(kind(e), (seen.get(kind(e)) ?? 0) + 1);
    return seen.get(kind(e)) > 3;
  }));
  for (const e of spare) {
    if ([...e.querySelectorAll("a")].some((link) => !spare.has(link))) continue;
    [...e.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).forEach((node) => node.remove());
  }
}"""


@functools.cache
def icon_fonts(site):
    """The characters of the icon fonts in the site's stylesheet: ``{(family, weight): characters}``."""
    (sheet,) = (site / "_static").glob("lossbook.*.css")
    css = sheet.read_text("utf-8")
    face = r"font-family:(Font Awesome[^;]*);[^}]*font-weight:(\d+);src:url\(data:font/woff;base64,([^)]*)\)"
    fonts = {}
    for family, weight, data in re.findall(face, css):
        fonts[family.replace("\\", ""), weight] = TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap()
    return fonts


def figures_of(name):
    """The stored figures of a page: of a notebook all, of another page those that it borrows."""
    if (ROOT / f"{name}.ipynb").exists():
        return stored_payloads(f"{Path(name).name}.ipynb")
    path = ROOT / f"{name}.md"
    source = path.read_text("utf-8") if path.exists() else ""
    borrowed = re.findall(r"{lossbook-figure} chapters/(\S+) (\S+)", source)
    return {figure: stored_payloads(f"{chapter}.ipynb")[figure] for chapter, figure in borrowed}


def test_no_page_is_left_out(site):
    found = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")}
    assert {name for name in found if not name.startswith("_")} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_visit(site, opened, resized, axe, move, name):
    address = (site / f"{name}.html").as_uri() + ("?q=Huber" if name == "search" else "")
    page = opened(address, color_scheme="light", offline=True, reduced_motion="reduce")

    seen = page.evaluate(LOOK)
    assert seen["theme"] == "light"
    assert [html for html, text in seen["pictures"] if len(text) < 10] == []
    icons_show(seen, site)
    formulas_are_shown(seen, (site / f"{name}.html").read_text("utf-8"))
    wide_things_scroll_in_boxes(page)

    payloads = figures_of(name)
    assert page.locator(".lossbook-figure").count() == len(payloads)
    for payload in payloads.values():
        move(page, payload)

    # What is folded is looked at as well.
    page.evaluate("() => document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    for width in (390, 360, 320):
        resized(page, width)
        wide_things_scroll_in_boxes(page)
        if width == 390:
            # An exponent is smaller than what it stands on.
            assert [word for word in page.evaluate(WORDS) if word[1] < 9 or word[2] < 7.5] == []

    page.evaluate(THIN_CODE)
    resized(page, 1280)
    assert axe(page, without=COLORS + SIZES) == []
    resized(page, 320)
    assert axe(page, only=SIZES) == []
    resized(page, 1280)
    page.evaluate(THIN_TEXT)
    assert axe(page, only=COLORS) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    resized(page, 1280)
    assert axe(page, only=COLORS) == []


def icons_show(seen, site):
    """Each icon has room, and its character is one of a font that is loaded."""
    assert len(seen["icons"]) >= 3
    for family, weight, content, width in seen["icons"]:
        family, character = family.strip('"'), content.strip('"')
        assert family in seen["loaded"]
        assert ord(character) in icon_fonts(site)[family, weight]
        assert width >= 8


def formulas_are_shown(seen, html):
    """Every formula takes room, in the book's font, and has its TeX as a text; equations count from 1."""
    assert len(seen["formulas"]) == len(re.findall(r'class="formula[ "]', html))
    for latex, width, height in seen["formulas"]:
        assert latex
        assert width > 3, latex
        assert height > 3, latex
    assert ("LossBookMath" in seen["loaded"]) == (len(seen["formulas"]) > 0)
    path = 0
    for number, letter in re.findall(r'class="eqno">\((\d+)([a-z]?)\)', html):
        path += not letter
        assert number == str(path)


def wide_things_scroll_in_boxes(page):
    """The page does not scroll sideways; what does is reached by keyboard and has a name."""
    page.keyboard.press("Tab")
    sideways, boxes = page.evaluate(SIDEWAYS)
    assert sideways == 0
    for tag, tabindex, role, label in boxes:
        assert (tabindex, role) == (0, "region"), tag
        assert label, tag
