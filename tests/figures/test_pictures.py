"""What `imshow` draws in measured figures: each picture once, at its own resolution, where it was drawn."""

import base64
import io

import numpy as np
import pytest
from matplotlib.transforms import Affine2D
from PIL import Image
from sklearn.datasets import load_sample_image

from lossbook.figures import Slider
from lossbook.figures.engine import pictures, style
from lossbook.figures.engine.canvas import DPI, Canvas
from lossbook.figures.engine.parameters import Grid
from tests.figures import gallery
from tests.figures.reading import payload_of, positions_of

#: The mean distance between a stored picture's colors and the drawn ones, of 255, that WebP may make.
NEAR = 4
RNG = np.random.default_rng(4)


def decoded(file):
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGBA")).astype(float)


def off(picture, drawn):
    """The mean distance of a picture from numbers in [0, 1]."""
    assert picture.shape[:2] == drawn.shape[:2]
    return np.abs(picture[..., :3] - 255 * drawn).mean()


def shown(draw):
    """What a measured figure of one position shows, name to picture, and its elements for pictures."""
    canvas = Canvas(draw, measured=True)
    frame = canvas.frame({})
    elements = [node for node in frame.body.walk() if node.tag == "foreignObject"]
    names = [node.children[0].attributes["src"].removeprefix(pictures.TOKEN) for node in elements]
    return [decoded(canvas.pictures[name]) for name in names], elements


@pytest.fixture(scope="module")
def views():
    return payload_of(gallery.draw_views, gallery.VIEWS, gallery.alt_views)


def test_each_distinct_picture_is_stored_once(views):
    # Of 8 positions with two pictures each: four widths, one of which stands on the left, too, and the waves.
    assert len(views["pictures"]) == 5
    assert views["svg"].count(pictures.TOKEN) == 2
    assert [channel["a"] for channel in views["channels"]].count("src") == 1


def test_a_position_shows_the_pictures_that_draw_gives(views):
    parameters = {key: gallery.VIEWS[key] for key in ("w", "shown")}
    grid = Grid(parameters)
    for values, tree in zip(grid, positions_of(views, range(len(grid))), strict=True):
        left, right = (node.attributes["src"] for node in tree.walk() if node.tag == "img")
        wanted = values["w"] if values["shown"] == "ripples" else 3.0
        for address, w in ((left, 1.0), (right, wanted)):
            webp = base64.b64decode(views["pictures"][address.removeprefix(pictures.TOKEN)])
            assert off(decoded(webp), gallery.scene(w)) < NEAR
            assert all(
                off(decoded(webp), gallery.scene(other)) > 4 * NEAR for other in (0.5, 2.0, 3.0) if other != w
            )


@pytest.mark.parametrize("interpolation", ["none", "nearest", "bilinear", "auto"])
def test_the_browser_magnifies_as_the_author_says(interpolation):
    def draw_photo(ax):
        ax.imshow(gallery.scene(1.0), interpolation=interpolation, gid="lossbook:photo")

    (picture,), (element,) = shown(draw_photo)
    assert off(picture, gallery.scene(1.0)) < NEAR  # at its own resolution whatever the page's
    look = element.children[0].attributes.get("style")
    assert look == ("image-rendering:pixelated" if interpolation in ("none", "nearest") else None)
    assert element.attributes["data-artist"] == "photo"


@pytest.mark.parametrize(
    ("options", "flipped"),
    [
        ({}, np.s_[:]),
        ({"origin": "lower"}, np.s_[::-1]),
        ({"extent": (4, 0, 0, 3)}, np.s_[:, ::-1]),
        ({"extent": (0, 4, 3, 0), "origin": "lower"}, np.s_[:]),
    ],
)
def test_a_picture_lies_upright_in_the_box_where_matplotlib_puts_it(options, flipped):
    def draw_photo(ax):
        ax.imshow(gallery.scene(1.0), **options)
        places.append(ax)
        if "extent" in options:
            ax.set(xlim=(0, 4), ylim=(0, 3))

    places = []
    (picture,), (element,) = shown(draw_photo)
    assert off(picture, gallery.scene(1.0)[flipped]) < NEAR
    ax = places[-1]
    with style.applied():
        box = ax.get_position()  # as the drawing left it
    wide, high = (DPI * length for length in ax.figure.get_size_inches())
    wanted = [wide * box.x0, high * (1 - box.y1), wide * box.width, high * box.height]
    place = [float(element.attributes[key]) for key in ("x", "y", "width", "height")]
    assert np.abs(np.subtract(place, wanted)).max() < 0.11


def test_pictures_on_top_of_each_other_stay_two_and_keep_their_opacity():
    veil = np.dstack([gallery.scene(2.0), np.linspace(0, 1, 128) * np.ones((96, 1))])

    def draw_photo(ax):
        ax.imshow(gallery.scene(1.0))
        ax.imshow(veil, alpha=0.5)

    (one, other), elements = shown(draw_photo)
    assert off(one, gallery.scene(1.0)) < NEAR
    assert np.abs(other[..., 3] - 255 * veil[..., 3]).mean() < NEAR
    assert [element.attributes.get("opacity") for element in elements] == [None, "0.5"]


def test_few_colors_are_kept_without_loss():
    map_ = RNG.integers(0, 3, size=(40, 50))

    def draw_map(ax):
        ax.imshow(map_, cmap="gray", vmin=0, vmax=2)

    (picture,), _ = shown(draw_map)
    assert np.array_equal(picture[..., 0], np.array([0, 128, 255])[map_]) or np.array_equal(
        picture[..., 0], np.array([0, 127, 255])[map_]
    )


@pytest.mark.parametrize("side", [1, pictures.SMALL])
def test_small_tables_keep_the_color_of_each_cell(side):
    cells = RNG.integers(0, 256, size=(32, side, 3), dtype=np.uint8)  # neighbors that have nothing in common
    store = {}
    assert np.array_equal(decoded(store[pictures.named(cells, store)])[..., :3], cells)
    large = RNG.integers(0, 256, size=(32, pictures.SMALL + 1, 3), dtype=np.uint8)
    assert np.abs(decoded(store[pictures.named(large, store)])[..., :3] - large).mean() > 10


def test_what_is_no_plain_picture_comes_as_matplotlib_draws_it():
    def draw_cells(ax):
        ax.pcolorfast([0, 1, 3], [0, 1, 2], [[0.0, 1], [2, 3]], cmap="gray")

    (picture,), _ = shown(draw_cells)
    corners = picture[[1, 1, -2, -2], [1, -2, 1, -2], 0]
    assert np.argsort(corners).tolist() == [2, 3, 0, 1]  # the first row of numbers is the lowest


def test_without_measured_pictures_stay_in_the_svg():
    payload = payload_of(gallery.draw_picture, {"w": gallery.WIDTH})
    assert "pictures" not in payload
    assert pictures.TOKEN not in payload["svg"]


def test_the_still_of_measured_photographs_weighs_less_and_looks_the_same():
    def draw_photo(ax, *, photo):
        ax.imshow(photo)

    for photo, share in ((load_sample_image("china.jpg"), 0.5), (np.zeros((9, 9)), 1)):
        canvases = [Canvas(draw_photo, measured=measured) for measured in (False, True)]
        full, few = (canvas.png({"photo": photo})[0] for canvas in canvases)
        assert len(few) <= share * len(full)
        assert np.abs(decoded(few) - decoded(full)).mean() < NEAR


def test_what_is_too_heavy_or_turned_is_refused():
    def draw_noise(ax, *, n):
        ax.imshow(np.random.default_rng(n).random((160, 160, 3)))

    with pytest.raises(ValueError, match=r"may weigh 250 kB; got 20 different pictures of \d{3} kB together"):
        payload_of(draw_noise, {"n": Slider(1, 20, 1, label="n"), "measured": True})

    def draw_turned(ax):
        ax.imshow(gallery.scene(1.0), transform=Affine2D().rotate_deg(5) + ax.transData)

    with pytest.raises(RuntimeError, match=r"must stand upright; got matrix\("):
        Canvas(draw_turned, measured=True).frame({}, check=False)


def test_pictures_weigh_what_their_files_do():
    store = {}
    names = [pictures.named((255 * gallery.scene(w)).astype(np.uint8), store) for w in (1.0, 2.0, 1.0)]
    assert (names[0], len(store)) == (names[2], 2)
    assert pictures.weight(pictures.stored(store)["pictures"]) == sum(map(len, store.values())) / 1000
    assert pictures.stored({}) == {}
