"""The stored figures of chapter 3 show what lossbook computes, at every position."""

import base64
import io
import re

import numpy as np
import pytest
from matplotlib import colormaps
from PIL import Image

from lossbook import data, images
from lossbook.figures import gram_matrix
from tests.figures.reading import positions_of, stored_figures


@pytest.fixture(scope="module")
def figures():
    return stored_figures(gram_matrix, "03_gram_matrix.ipynb")


def numbers(sentence):
    return [float(x.replace("−", "-")) for x in re.findall(r"−?\d+(?:\.\d+)?", sentence)]


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for name in set(figures) - {"gram_terms"}:  # which draws results
        figures[name].check_ends()


def test_the_parallelogram_is_that_of_the_arrows_and_the_sentence_its_area(figures):
    figure = figures["gram_parallelogram"]
    assert len(figure.positions) == 117
    for at in figure.positions:
        tip = np.array([at.values["x"], at.values["y"]])
        assert at.curve("plane", "handle:x+y")[0] == pytest.approx(tip, abs=0.02)
        x, y = at.curve("plane", "area")[:4].T
        shoelace = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
        assert shoelace == pytest.approx(abs(2 * tip[1] - tip[0]), abs=0.1)
        det, area = numbers(at.sentence)[-2:]
        assert det == pytest.approx(area**2, abs=0.01)
        assert area == pytest.approx(abs(2 * tip[1] - tip[0]), abs=0.006)


def test_the_boxes_squared_volume_is_the_determinant_at_every_tilt(figures):
    for at in figures["gram_volume"].positions:
        tilt, det, volume, square = numbers(at.sentence)
        assert tilt == at.values["tilt"]
        # Base 2 · 1.4, edge 1.5.
        assert volume == pytest.approx(4.2 * np.sin(np.radians(tilt)), abs=0.006)
        assert det == square == pytest.approx(17.64 * np.sin(np.radians(tilt)) ** 2, abs=0.006)


def test_the_gram_matrix_of_arrows_has_their_inner_products():
    assert gram_matrix.gram_of([[2, 1], [-1, 1.5]]).tolist() == [[5, -0.5], [-0.5, 3.25]]


def test_shuffled_blocks_are_whole_and_all_there():
    pixels = np.random.default_rng(0).random((8, 12, 3))
    mixed = gram_matrix.shuffled(pixels, 4)
    blocks, found = (
        {p[i : i + 4, j : j + 4].tobytes() for i in (0, 4) for j in (0, 4, 8)} for p in (pixels, mixed)
    )
    assert found == blocks
    assert (mixed != pixels).any()
    assert np.array_equal(gram_matrix.shuffled(pixels, 4, seed=0), mixed)


def test_what_shuffling_changes_is_relative_to_the_gram_matrix():
    pixels = data.picture("brick", size=128).pixels
    (after,), (before,) = (
        gram_matrix.maps(p, ["relu2_1"]).values() for p in (gram_matrix.shuffled(pixels, 8), pixels)
    )
    g, h = (np.einsum("cij,dij->cd", f, f) for f in (after, before))
    assert gram_matrix.changes(8)[1] == pytest.approx(
        100 * np.sqrt(((g - h) ** 2).sum() / (h**2).sum()), rel=1e-6, abs=0
    )


def test_second_moments_are_numpys():
    feature = np.random.default_rng(1).random((4, 3, 5))
    found = gram_matrix.second_moments(feature)
    assert found["Gram"] == pytest.approx(images.gram_matrix(feature, normalization="hw"))
    assert found["covariance"] == pytest.approx(np.cov(feature.reshape(4, 15), bias=True))
    assert found["correlation"] == pytest.approx(np.corrcoef(feature.reshape(4, 15)))


def test_sentences_of_measured_figures_say_what_is_computed(figures):
    for at in figures["gram_shuffle"].positions:
        changes = gram_matrix.changes(at.values["block"])
        assert f"by {changes[0]:.0f} % in relu1_1, by {changes[-1]:.0f} % in relu4_1" in at.sentence
    for at in figures["gram_product"].positions:
        first, second = (int(word) for word in at.values["pair"].split(" and "))
        u, v = (gram_matrix.brick_maps()["relu1_1"][k].ravel() for k in (first, second))
        entry, cosine = numbers(at.sentence)[-2:]
        assert entry == pytest.approx(np.mean(u * v), abs=0.006)
        assert cosine == round(100 * u @ v / np.sqrt((u @ u) * (v @ v)))
    told = [numbers(at.sentence) for at in figures["gram_moments"].positions]
    assert told == [[0, 496, 3, 23], [248, 496, 3, 23], [248, 496, 2, 23]]


def test_the_tables_cells_keep_their_colors(figures):
    stored = map(base64.b64decode, figures["gram_moments"].payload["pictures"].values())
    pictures = [np.asarray(Image.open(io.BytesIO(webp)).convert("RGB")).astype(float) for webp in stored]
    tables = [picture for picture in pictures if picture.shape[:2] == (32, 32)]
    assert len(tables) == 3
    off = ~np.eye(32, dtype=bool)
    nearest = set()
    for values in gram_matrix.second_moments(gram_matrix.brick_maps()["relu1_1"]).values():
        scaled = values / np.abs(values[off]).max()
        wanted = 255 * colormaps["RdBu_r"](0.5 + scaled / 2)[..., :3]
        gaps = [np.abs(table - wanted)[off].max() for table in tables]
        assert min(gaps) < 12  # about one step of the map
        nearest.add(int(np.argmin(gaps)))
    assert len(nearest) == 3
    assert all(np.ptp(table[~off]) < 40 for table in tables)  # gray


def test_the_written_entries_are_the_arrows_inner_products(figures):
    figure = figures["gram_parallelogram"]
    for at, tree in zip(figure.positions, positions_of(figure.payload, range(117)), strict=True):
        x, y = at.values["x"], at.values["y"]
        words = [node.text for node in tree.walk() if re.fullmatch(r"−?\d+\.\d\d", node.text)]
        entries = [5, 2 * x + y, 2 * x + y, x * x + y * y]
        assert [float(word.replace("−", "-")) for word in words] == pytest.approx(entries, abs=0.006)


def gram_of_second_layer(pixels):
    return images.gram_matrix(gram_matrix.maps(pixels, ["relu2_1"])["relu2_1"])


def test_the_frames_are_where_they_are_looked_for():
    photo = data.picture("china", size=gram_matrix.SIDE).pixels
    assert np.array_equal(gram_matrix.style_frame(1.0, 0), photo)
    tissue = gram_of_second_layer(data.picture("ihc", size=gram_matrix.SIDE).pixels)
    left = [
        [
            np.linalg.norm(gram_of_second_layer(gram_matrix.style_frame(k / 2, n)) - tissue)
            for n in gram_matrix.EVALUATIONS
        ]
        for k in (-2, 1, 4)
    ]
    for row in left:  # the longer, the nearer to the style
        assert row[0] > row[1] > row[2] > row[4]
    assert left[0][4] > 2 * left[1][4] > 4 * left[2][4]  # and the heavier
    walls = [gram_matrix.texture_frame(network, "relu1_1") for network in gram_matrix.NETWORKS]
    stains = [np.ptp(wall.reshape(12, 8, 12, 8, 3).mean((1, 3)), axis=2).mean() for wall in walls]
    assert stains[1] > 5 * stains[0]


def test_four_pictures_tell_the_start_from_the_content_term():
    frames = gram_matrix.start_frames()
    assert len(frames) == len(gram_matrix.STARTS) == 4
    photo = data.picture("china", size=gram_matrix.SIDE).pixels
    target = gram_matrix.maps(photo, ["relu2_2"])["relu2_2"]
    missed = {}
    for key, frame in zip(gram_matrix.STARTS, frames, strict=True):
        bright = np.corrcoef(frame.mean(2).ravel(), photo.mean(2).ravel())[0, 1]
        assert (bright > 0.7) == (key[0] == "content")
        missed[key] = ((gram_matrix.maps(frame, ["relu2_2"])["relu2_2"] - target) ** 2).sum()
    for start in ("content", "noise"):
        assert missed[start, 1.0] < 0.7 * missed[start, 0.0]
    # The same picture is the last one of the largest weight, but for what storing costs.
    assert np.abs(frames[0] - gram_matrix.style_frame(2.0, 200)).mean() < 0.03


def test_a_changed_sheet_is_refused(monkeypatch):
    monkeypatch.setitem(gram_matrix.SHEETS, "gram_styles", (gram_matrix.SIDE, "0" * 64))
    gram_matrix.sheet.cache_clear()
    with pytest.raises(ValueError, match=r"gram_styles\.webp must have the SHA-256 0{64}; got 1f5e"):
        gram_matrix.style_frame(0.0, 10)


def test_words_for_the_pictures_name_what_is_shown():
    assert "unchanged" in gram_matrix.tell_style(weight=1.0, evaluations=0)
    assert "after 80 evaluations: a pagoda drawn in brown fibers" in gram_matrix.tell_style(1.0, 80)
    assert gram_matrix.tell_texture("random", "relu1_1").endswith("strokes, and patches of blue.")
