"""The table to choose a loss by: it fits the column, breaks no word, and on a phone its names stay."""

import pytest

PAGE = "pages/which_loss.html"
BOX = ".tag_lossbook-decisions .pst-scrollable-table-container"


def test_names_of_code_go_on_after_an_underscore(site):
    _, _, table = (site / PAGE).read_text("utf-8").partition("tag_lossbook-decisions")
    assert '<span class="pre">smooth_<wbr>l1_<wbr>loss</span>' in table


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 1366, 1920])
def test_it_fits_without_a_scrollbar(site, serve, opened, width):
    page = opened(serve(site) + PAGE, viewport={"width": width, "height": 900})
    box = page.locator(BOX).first
    box.scroll_into_view_if_needed()
    assert box.evaluate("(box) => box.scrollWidth <= box.clientWidth")


@pytest.mark.browser
def test_on_a_phone_the_names_of_losses_stay_while_the_rest_scrolls(site, serve, opened):
    page = opened(serve(site) + PAGE, viewport={"width": 390, "height": 844})
    box = page.locator(BOX).first
    box.scroll_into_view_if_needed()
    row = "(box) => [...box.querySelectorAll('tbody tr')[0].cells].map((td) => td.getBoundingClientRect().x)"
    first, second, *_ = box.evaluate(row)
    box.evaluate("(box) => { box.scrollLeft = 150; }")
    assert box.evaluate(row)[:2] == [first, second - 150]
