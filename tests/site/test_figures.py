"""Figures in a real browser: every kind of artist and of control, moved by keyboard."""

import dataclasses

import gallery
import pytest
from reading import payload_of

from lossbook.figures import Slider
from lossbook.figures.engine import style
from lossbook.figures.engine.page import figure_html
from lossbook.site.figures import ASSETS

pytestmark = pytest.mark.browser


def few(argument):
    """An argument of a figure; a slider with four positions, or as many as it has."""
    if not isinstance(argument, Slider):
        return argument
    steps = round((argument.high - argument.low) / argument.step)
    step = argument.step * max(1, steps // 3)
    high = argument.low + step * min(3, steps)
    return dataclasses.replace(argument, step=round(step, 10), high=round(high, 10), value=None)


@pytest.fixture(scope="module")
def payloads():
    """The gallery's figures, without the two whose two sliders take 16 positions and show nothing new."""
    return {
        draw: payload_of(draw, {name: few(argument) for name, argument in arguments.items()})
        for draw, (arguments, _) in gallery.FIGURES.items()
        if draw not in (gallery.draw_panels, gallery.draw_path)
    }


@pytest.fixture(scope="module")
def gallery_page(payloads, tmp_path_factory):
    """A page with one figure of every kind, as a file."""
    folder = tmp_path_factory.mktemp("gallery")
    figures = "".join(figure_html(payload) for payload in payloads.values())
    script, sheet = ((ASSETS / name).read_text("utf-8") for name in ("figure.js", "figure.css"))
    (folder / "fonts").symlink_to(ASSETS / "fonts")
    path = folder / "gallery.html"
    path.write_text(
        '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8"><title>Gallery</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{style.css_variables()}{sheet}"
        "body{color:var(--lossbook-ink);background:var(--lossbook-paper)}</style>"
        f"<main><h1>Gallery</h1>{figures}</main>"
        f"<script>{script}</script></html>",
        "utf-8",
    )
    return path.as_uri()


def test_every_kind_of_figure_works_for_everybody(payloads, gallery_page, opened, axe, move):
    page = opened(gallery_page, viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    for payload in payloads.values():
        move(page, payload)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    sizes = page.eval_on_selector_all(
        ".lossbook-figure input[type=range], .lossbook-figure select, .lossbook-check",
        "all => all.map(e => e.getBoundingClientRect()).map(r => [r.width, r.height])",
    )
    assert len(sizes) > 12
    assert all(width >= 44 and height >= 44 for width, height in sizes)  # a thumb
    assert axe(page) == []
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert axe(page) == []
    assert page.failed + page.complaints == []
