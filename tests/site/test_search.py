"""The search finds words of the book, from a server and from files; the button brings dark mode."""

import pytest

pytestmark = pytest.mark.browser

ANSWERED = "document.querySelector('#search-results .search-summary').textContent.length > 20"

#: A formula in a line of text is shown in an excerpt as its TeX, one on a line of its own not at all.
FORMULAS = """<main role="main">Of <math alttext="x^2"><mi>x</mi><mn>2</mn></math> here.
<div class="equation"><math alttext="y"><mi>y</mi></math></div></main>"""


@pytest.mark.parametrize("by", ["http", "file"])
def test_search_finds_a_word(site, serve, opened, axe, by):
    root = serve(site) if by == "http" else site.as_uri() + "/"
    page = opened(root + "index.html", offline=by == "file")
    page.keyboard.press("Control+k")
    page.locator("#pst-search-dialog input").fill("Huber")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function(ANSWERED)
    titles = page.locator("#search-results li a").all_text_contents()
    assert any("Huber loss" in title for title in titles), titles
    excerpts = page.locator("#search-results li p.context")
    if by == "file":
        assert excerpts.count() == 0  # they need the pages' text, which a file may not read
    else:
        excerpts.first.wait_for()
        text = " ".join(excerpts.all_text_contents())
        assert "Huber" in text
        # Buttons and the labels of axes are not part of what a page says.
        assert ".pdf" not in text
        assert "Contents" not in text
        assert page.evaluate("(html) => Search.htmlToText(html)", FORMULAS).strip() == "Of x^2 here."
        assert axe(page) == []


def test_search_says_so_when_it_finds_nothing(site, serve, opened):
    page = opened(serve(site) + "search.html?q=zyzzyva")
    page.wait_for_function(ANSWERED)
    assert page.locator("#search-results li").count() == 0


def test_dark_mode_follows_the_button(site, serve, opened):
    page = opened(serve(site) + "index.html", color_scheme="light", reduced_motion="reduce")
    curve = "getComputedStyle(document.querySelector('[data-artist] path, path[data-artist]')).stroke"
    looks = [
        "document.documentElement.dataset.theme",
        "getComputedStyle(document.body).backgroundColor",
        curve,
    ]
    light = [page.evaluate(look) for look in looks]
    assert light[0] == "light"
    button = page.locator(".article-header-buttons .theme-switch-button")
    button.click()
    dark = [page.evaluate(look) for look in looks]
    assert dark[0] == "dark"
    assert not set(light) & set(dark)  # the figures' palette follows as well
    page.reload()
    assert [page.evaluate(look) for look in looks] == dark
