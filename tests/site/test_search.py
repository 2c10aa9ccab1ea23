"""The search finds words of the book, from a server and from files, and dark mode follows the button."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("by", ["http", "file"])
def test_search_finds_a_word(site, serve, opened, by):
    root = serve(site) if by == "http" else site.as_uri() + "/"
    page = opened(root + "index.html", offline=by == "file")
    page.keyboard.press("Control+k")
    page.locator("#pst-search-dialog input").fill("Huber")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function(
        "document.querySelector('#search-results .search-summary').textContent.includes('found')"
    )
    found = page.evaluate("[...document.querySelectorAll('#search-results li a')].map((a) => a.textContent)")
    assert any("Huber loss" in title for title in found), found
    assert page.complaints == []
    assert page.failed == []
    excerpts = page.locator("#search-results li p.context")
    if by == "file":
        assert excerpts.count() == 0
        return
    page.wait_for_function("document.querySelectorAll('#search-results li p.context').length > 0")
    text = " ".join(excerpts.all_text_contents())
    assert "Huber" in text
    # Buttons and the labels of axes are not part of what a page says.
    assert ".pdf" not in text
    assert "Contents" not in text


def test_search_says_so_when_it_finds_nothing(site, serve, opened):
    page = opened(serve(site) + "search.html?q=zyzzyva")
    page.wait_for_function(
        "document.querySelector('#search-results .search-summary').textContent.length > 20"
    )
    assert page.locator("#search-results li").count() == 0


def test_dark_mode_follows_the_button(site, serve, opened):
    page = opened(serve(site) + "index.html", color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    theme = "document.documentElement.dataset.theme"
    light = page.evaluate(background)
    assert page.evaluate(theme) == "light"
    for _ in range(3):
        if page.evaluate(theme) == "dark":
            break
        page.locator(".article-header-buttons .theme-switch-button").click()
    assert page.evaluate(theme) == "dark"
    assert page.evaluate(background) != light
    page.reload()
    assert page.evaluate(theme) == "dark"
