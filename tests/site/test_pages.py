"""Every page of the site, seen three ways: by nobody else's server, without complaint, and by everybody.

Each page is opened once a setting and looked at from all sides; the tests then read what was seen.
"""

import re

import pytest

pytestmark = pytest.mark.browser

#: Light on a desk, dark on a phone, and from a file without a network on the narrowest phone.
SETTINGS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 390, "height": 800}},
    "file": {"color_scheme": "light", "viewport": {"width": 360, "height": 800}, "offline": True},
}

LOOK = """async () => {
  const shown = [...document.querySelectorAll(".fa-solid, .fa-regular, .fa-brands, .fas, .far, .fab")];
  const icons = shown.map((e) => ({
    classes: e.className,
    visible: e.checkVisibility(),
    width: e.getBoundingClientRect().width,
    mask: getComputedStyle(e).maskImage,
  }));
  const empty = [];
  for (const mask of new Set(icons.map((icon) => icon.mask))) {
    const image = new Image();
    image.src = mask.replace(/^url\\("|"\\)$/g, "");
    await image.decode().catch(() => empty.push(mask.slice(0, 60)));
  }
  const inArticle = (selector) => [...document.querySelectorAll(`.bd-article ${selector}`)];
  return {
    theme: document.documentElement.dataset.theme,
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    boxes: inArticle("*")
      .filter((e) => ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
      .filter((e) => e.scrollWidth > e.clientWidth + 1)
      .map((e) => [e.tagName, e.tabIndex, e.getAttribute("role"), e.getAttribute("aria-label")]),
    pictures: [...inArticle("img"), ...inArticle("svg").filter((e) => !e.closest("button"))].map((e) => {
      const named = e.closest("[role=img]");
      return [e.outerHTML.slice(0, 90), e.alt || (named && named.getAttribute("aria-label")) || ""];
    }),
    icons,
    empty,
    formulas: document.querySelectorAll("mjx-container").length,
    spoken: document.querySelectorAll("mjx-container mjx-assistive-mml math").length,
    formulaErrors: document.querySelectorAll("mjx-merror").length,
    fonts: [...document.fonts].filter((f) => f.status === "loaded").map((f) => f.family),
    mathjax: typeof MathJax !== "undefined",
  };
}"""


@pytest.fixture(scope="module", params=SETTINGS)
def setting(request):
    """The name of one way to see the site."""
    return request.param


@pytest.fixture(scope="module")
def seen(site, pages, serve, visit, axe, setting):
    """What there was to see: ``{page: facts}``."""
    root = f"{site.as_uri()}/" if setting == "file" else serve(site)
    facts = {}
    for name in pages:
        query = "?q=Huber" if name == "search.html" else ""
        page = visit(root + name + query, **SETTINGS[setting])
        facts[name] = page.evaluate(LOOK)
        foreign = [url for url in page.requested if not url.startswith((root, "data:"))]
        # Copies: axe, coming last, asks for stylesheets once more, some at addresses of its own making.
        facts[name].update(foreign=foreign, failed=[*page.failed], complaints=[*page.complaints])
        if setting != "file":
            facts[name]["axe"] = axe(page)
        page.context.close()
    return facts


def test_no_page_asks_another_host(seen):
    assert {name: facts["foreign"] for name, facts in seen.items() if facts["foreign"]} == {}


def test_nothing_fails_and_nothing_complains(seen):
    found = {name: facts["failed"] + facts["complaints"] for name, facts in seen.items()}
    assert {name: what for name, what in found.items() if what} == {}


def test_the_color_scheme_is_followed(seen, setting):
    expected = SETTINGS[setting]["color_scheme"]
    assert {facts["theme"] for facts in seen.values()} == {expected}


def test_axe_finds_nothing(seen, setting):
    if setting == "file":
        return  # the same pages as over http
    for name, facts in seen.items():
        assert facts["axe"] == [], name


def test_no_page_scrolls_sideways(seen):
    assert {name: facts["sideways"] for name, facts in seen.items() if facts["sideways"]} == {}


def test_boxes_that_scroll_can_be_reached_and_have_a_name(seen):
    for name, facts in seen.items():
        for tag, tabindex, role, label in facts["boxes"]:
            assert (tabindex, role) == (0, "region"), (name, tag)
            assert label, (name, tag)


def test_every_picture_has_an_alternative_text(seen):
    pictures = {name: facts["pictures"] for name, facts in seen.items()}
    assert [(name, html) for name, all_ in pictures.items() for html, text in all_ if len(text) < 10] == []
    assert sum(map(len, pictures.values())) > 0


def test_every_icon_shows(seen):
    shown = 0
    for name, facts in seen.items():
        assert facts["empty"] == [], name
        for icon in facts["icons"]:
            assert icon["mask"].startswith('url("data:image/svg+xml,'), (name, icon["classes"])
            if icon["visible"]:
                shown += 1
                assert icon["width"] >= 8, (name, icon["classes"])
    assert shown >= 3 * len(seen)


def test_formulas_are_typeset_and_spoken_with_the_sites_own_fonts(seen, site, chapters):
    for name in chapters:
        facts = seen[name]
        written = len(re.findall(r'class="math[ "]', (site / name).read_text("utf-8")))
        assert written > 0, name
        assert (facts["formulas"], facts["spoken"], facts["formulaErrors"]) == (written, written, 0), name
        assert any(family.strip('"').startswith("MJXTEX") for family in facts["fonts"]), name


def test_each_chapter_counts_its_equations_from_1(site, chapters):
    for name in chapters:
        numbers = re.findall(r'class="eqno">\((\d+)\)', (site / name).read_text("utf-8"))
        assert numbers == [str(n) for n in range(1, len(numbers) + 1)], name
        assert numbers, name


def test_pages_without_formulas_load_no_mathjax(seen):
    assert not seen["search.html"]["mathjax"]
