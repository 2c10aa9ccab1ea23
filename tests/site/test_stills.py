"""The PNG still of a stored figure shows its picture: nbval does not compare it, and other readers see it."""

import base64
import itertools

import numpy as np
import pytest

from lossbook.figures.engine import style
from lossbook.figures.engine.pictures import TOKEN
from lossbook.site.figures import ASSETS
from tests.figures.reading import CHAPTERS, pixels, stored_payloads, stored_stills

pytestmark = pytest.mark.browser

#: Pixels of a still that are compared as one: letters are drawn otherwise by another program.
BLOCK = 4


def stylesheet():
    """The figures' stylesheet with its fonts inside."""
    css = style.css_variables() + (ASSETS / "figure.css").read_text("utf-8")
    for font in (ASSETS / "fonts").glob("*.woff2"):
        encoded = base64.b64encode(font.read_bytes()).decode()
        css = css.replace(f"fonts/{font.name}", f"data:font/woff2;base64,{encoded}")
    return f"<style>{css} body {{ margin: 0; background: var(--lossbook-paper); }}</style>"


def with_pictures(payload):
    """A figure's SVG with its pictures inside."""
    svg = payload["svg"]
    for name, encoded in payload.get("pictures", {}).items():
        svg = svg.replace(TOKEN + name, f"data:image/webp;base64,{encoded}")
    return svg


def blocks(picture):
    """Mean colors of the blocks of a picture, shape (rows, columns, 3)."""
    colors = pixels(picture)
    high, wide = (length // BLOCK for length in colors.shape[:2])
    return colors[: high * BLOCK, : wide * BLOCK].reshape(high, BLOCK, wide, BLOCK, 3).mean(axis=(1, 3))


def unlike(one, other):
    """The share of blocks that differ clearly between two pictures; 1 if their sizes differ."""
    if one.shape != other.shape:
        return 1.0
    return np.mean(np.abs(one - other).max(axis=2) > 70)


@pytest.mark.parametrize("chapter", sorted(CHAPTERS.glob("[0-9][0-9]_*.ipynb")), ids=lambda path: path.stem)
def test_each_still_shows_its_own_figure_and_no_other(opened, chapter):
    page = opened("about:blank", color_scheme="light")
    stills, pictures = {}, {}
    payloads = stored_payloads(chapter)
    for name, still in stored_stills(chapter).items():
        height, width, _ = pixels(still).shape
        page.set_viewport_size({"width": width, "height": height})
        page.set_content(f"{stylesheet()}<div style='width:{width}px'>{with_pictures(payloads[name])}</div>")
        page.evaluate("document.fonts.ready")
        page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
        stills[name], pictures[name] = blocks(still), blocks(page.screenshot())
    for name, other in itertools.product(stills, pictures):
        share = unlike(stills[name], pictures[other])
        # Its own: up to 0.0045, where lines and letters have their edges. Another's: from 0.045 on.
        assert share < 0.008 if name == other else share > 0.03, (name, other, share)
