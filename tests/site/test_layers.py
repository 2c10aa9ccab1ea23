"""Layers on the page: chosen by keyboard, seen together, gone from paper, whole without JavaScript."""

import pytest

pytestmark = pytest.mark.browser

GALLERY = "chapters/gallery.html"
#: Of each layer, whether anything of it is seen.
SEEN = """(figure) => Object.fromEntries([...figure.querySelectorAll("[data-artist^='layer:']")].map((e) => [
  e.dataset.artist.slice(6), [...e.querySelectorAll("path, use, text")].some((part) =>
    part.checkVisibility({ visibilityProperty: true })),
]))"""


@pytest.fixture
def powers(sample, serve, opened):
    """A function that opens the gallery's figure with layers and returns page and figure."""

    def open_figure(**options):
        page = opened(serve(sample) + GALLERY, reduced_motion="reduce", **options)
        figure = page.locator("#figure-powers")
        figure.scroll_into_view_if_needed()
        return page, figure

    return open_figure


def seen(figure):
    return [name for name, is_seen in figure.evaluate(SEEN).items() if is_seen]


def said(figure):
    return figure.locator(".lossbook-readout").inner_text()


def test_drop_downs_show_what_any_of_them_chooses(powers):
    page, figure = powers()
    assert (seen(figure), said(figure)) == (["parabola"], "At x = 3. The parabola is at 9.")
    first, second = figure.get_by_role("combobox").all()
    second.focus()
    page.keyboard.press("End")
    assert seen(figure) == ["parabola", "cubic & more"]
    assert said(figure) == "At x = 3. The parabola is at 9. The cubic & more is at 27."
    # The slider moves what is hidden, too: chosen later, it stands where the slider does.
    figure.get_by_role("slider").press("Home")
    first.focus()
    page.keyboard.press("Home")
    assert said(figure) == "At x = 1. The line is at 1. The cubic & more is at 1."
    # One layer chosen twice is seen and said once; chosen nowhere, it is gone.
    second.select_option("line")
    assert (seen(figure), said(figure)) == (["line"], "At x = 1. The line is at 1.")
    second.select_option("none")
    assert (seen(figure), said(figure)) == (["line"], "At x = 1. The line is at 1.")


def test_paper_shows_what_was_chosen_and_no_drop_downs(powers):
    page, figure = powers()
    figure.get_by_role("combobox").first.select_option("line")
    page.emulate_media(media="print")
    assert seen(figure) == ["line"]
    assert not figure.locator("select").first.is_visible()


def test_without_javascript_the_first_choice_stands(powers):
    _, figure = powers(java_script_enabled=False, faultless=False)
    assert seen(figure) == ["parabola"]
    assert not figure.locator("select").first.is_visible()
    assert "curve (line, parabola, cubic & more)" in figure.locator("noscript").inner_text()


def test_on_a_phone_only_the_slider_stays_at_hand(powers):
    page, figure = powers(viewport={"width": 390, "height": 260})
    slider, choice = figure.locator(".lossbook-control"), figure.get_by_role("combobox").first
    bottom = "(e) => e.getBoundingClientRect().bottom"
    # The picture's top is in the window, its lower edge is not.
    figure.locator(".lossbook-picture").evaluate(
        "(e) => scrollTo({ top: scrollY + e.getBoundingClientRect().top })"
    )
    assert abs(slider.evaluate(bottom) - 260) <= 1
    assert choice.evaluate(bottom) > 260
    # Further down it lies below the drop-downs.
    slider.evaluate(
        "(e) => e.parentElement.parentElement.querySelector('figcaption').scrollIntoView({ block: 'end' })"
    )
    assert slider.bounding_box()["y"] >= figure.get_by_role("combobox").last.evaluate(bottom)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function("innerWidth === 1280")
    assert slider.evaluate("(e) => getComputedStyle(e).position") == "static"
