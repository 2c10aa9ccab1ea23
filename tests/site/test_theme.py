"""The theme's own parts, where the book relies on them: the button brings dark mode."""

import pytest

pytestmark = pytest.mark.browser


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
