"""What pages load: no icon script, only files that they use, and a weight within the budget."""

import gzip

import pytest

from lossbook.site import weight

pytestmark = pytest.mark.browser

#: The files that pages share, at a first visit (gzip, bytes). Measured: 344 kB; the theme's own, 1 290 kB.
SHARED_BUDGET = 380_000

#: A page itself, with all its figures.
PAGE_BUDGET = 150_000


def test_the_icon_script_and_fonts_are_gone(site, pages):
    left = [p.name for p in site.rglob("*") if "fontawesome" in p.name.lower() or p.name.startswith("fa-")]
    assert left == []
    for name in pages:
        assert "fontawesome.js" not in (site / name).read_text("utf-8"), name
    assert "Font Awesome" in (site / "_static/icons.css").read_text("utf-8"), (
        "the drawings' license asks for credit"
    )


def test_note_and_warning_have_their_icons(sample, serve, opened):
    page = opened(serve(sample) + "chapters/wide.html")
    for kind in ("note", "warning"):
        style = "(e) => [getComputedStyle(e, '::after').maskImage, getComputedStyle(e, '::after').content]"
        mask, content = page.locator(f".admonition.{kind} > .admonition-title").evaluate(style)
        assert mask.startswith('url("data:image/svg+xml,'), kind
        assert content == '""', kind


def test_the_heaviest_page_is_within_the_budget(site):
    page, page_size, shared = weight.heaviest_page(site.resolve())
    assert page_size <= PAGE_BUDGET, f"{page.name}: {page_size / 1000:.0f} kB"
    total = sum(shared.values())
    listed = "\n".join(f"{size / 1000:7.1f} kB {path.name}" for path, size in shared.items())
    assert total <= SHARED_BUDGET, f"{page.name} shares {total / 1000:.0f} kB\n{listed}"


def test_the_count_is_what_a_browser_loads(site, serve, opened):
    """Every file over 10 kB that the browser fetches is among those counted."""
    heaviest, _, shared = weight.heaviest_page(site.resolve())
    page = opened(serve(site) + heaviest.relative_to(site.resolve()).as_posix())
    counted = {path.name for path in shared} | {heaviest.name}
    for url in page.requested:
        if not url.startswith("http"):
            continue
        body = page.request.get(url).body()
        name = url.split("?")[0].rsplit("/", 1)[1]
        # MathJax's fonts for rarer signs come on top, each a file of its own.
        rare = name.startswith("MathJax_") and name.endswith(".woff")
        assert name in counted or rare or len(gzip.compress(body)) < 10_000, name


def test_no_page_loads_styles_that_it_does_not_use(site, serve, opened):
    page = opened(serve(site) + "search.html")
    names = {url.split("?")[0].rsplit("/", 1)[1] for url in page.requested}
    assert not names & {"sphinx-design.min.css", "design-tabs.js", "proof.css", "exercise.css", "figure.css"}
    chapter = opened(serve(site) + "index.html")
    assert not [url for url in chapter.requested if "searchindex.js" in url]
