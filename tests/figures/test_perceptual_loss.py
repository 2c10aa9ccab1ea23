"""The stored figures of chapter 4 show what lossbook computes, at every position."""

import re

import numpy as np
import pytest
import torch

from lossbook import data, images
from lossbook.figures import perceptual_loss
from lossbook.vision import features, losses
from tests.figures.reading import stored_figures

BOUND = {
    "inversion": {"found": {}, "source": None},
    "enlarged": {"pictures": {}},
}
DISTORTIONS = ("brighter", "shifted", "paler", "noisy", "blocks", "blurred")


@pytest.fixture(scope="module")
def figures():
    return stored_figures(perceptual_loss, "04_perceptual_loss.ipynb", **BOUND)


@pytest.fixture(scope="module")
def photo():
    return data.picture("chelsea", size=128).pixels


def distance(x, y, layers=None, network="tiny"):
    """The perceptual loss of two pictures, without the figures' module."""
    x, y = (torch.from_numpy(one.transpose(2, 0, 1)[None]) for one in (x, y))
    with torch.no_grad():
        return losses.perceptual_loss(x, y, features.load(network), layers=layers).item()


def test_both_ends_are_drawn_and_say_what_is_stored(figures):
    for name in ("equal_error", "strengths", "layer_ranks", "frequency", "two_edges"):
        figures[name].check_ends()


def test_the_six_pictures_have_one_error_and_are_six(photo):
    pictures = perceptual_loss.equal_pictures()
    assert tuple(pictures) == DISTORTIONS == tuple(perceptual_loss.SEEN)
    for picture in pictures.values():
        assert np.isclose(((picture - photo) ** 2).mean(), 0.005, rtol=1e-4, atol=0)
        assert 0 <= picture.min() <= picture.max() <= 1
    wide = np.abs(pictures["shifted"][:, 2:] - photo[:, :-2]).mean()
    assert wide < np.abs(pictures["shifted"] - photo).mean() / 2  # to the right, by more than a pixel
    means = pictures["blocks"].reshape(16, 8, 16, 8, 3).mean((1, 3))
    np.testing.assert_allclose(means, photo.reshape(16, 8, 16, 8, 3).mean((1, 3)), atol=1e-9)


def test_measures_are_lossbooks(photo):
    picture = perceptual_loss.equal_pictures()["noisy"]
    found = perceptual_loss.measure(picture, photo)
    gray = [one @ [0.299, 0.587, 0.114] for one in (picture, photo)]
    assert found["mse"] == pytest.approx(((picture - photo) ** 2).mean(), rel=1e-12, abs=0)
    assert found["ssim"] == pytest.approx(1 - images.ssim(*gray, data_range=1.0), rel=1e-9, abs=0)
    assert found["perceptual"] == pytest.approx(distance(picture, photo), rel=1e-9, abs=0)


def test_sentences_say_the_share_of_the_blurred_picture(figures, photo):
    pictures = perceptual_loss.equal_pictures()
    whole = distance(pictures["blurred"], photo)
    for at in figures["equal_error"].positions:
        share = 100 * distance(pictures[at.values["distortion"]], photo) / whole
        assert f"perceptual {share:.0f} % of blurred" in at.sentence


def test_distances_by_layer_are_lossbooks(figures, photo):
    figure, pictures = figures["layer_ranks"], perceptual_loss.equal_pictures()
    assert len(figure.positions) == 14
    for at in [figure.positions[k] for k in (0, 3, 4, 9, 12)]:
        layer, network = perceptual_loss.LAYERS[at.values["layer"] - 1], at.values["network"]
        far = {way: distance(picture, photo, [layer], network) for way, picture in pictures.items()}
        assert at.sentence.endswith(": " + ", ".join(sorted(far, key=far.get)) + ".")
        for way, value in far.items():
            height = at.curve("", way)[at.values["layer"] - 1, 1]
            assert height == pytest.approx(np.log10(value), abs=0.01)


def test_strengths_are_measured_at_the_error_they_name(figures):
    photo = data.picture("chelsea", size=96).pixels
    for at in figures["strengths"].positions:
        error, way = at.values["error"], at.values["way"]
        picture = perceptual_loss.strengths(way)[0][error]
        assert ((picture - photo) ** 2).mean() == pytest.approx(error / 1000, rel=1e-4, abs=1e-12)
        assert at.sentence.startswith(f"MSE 0.00{error}, PSNR ")
        if error:
            said = float(re.search(r"PSNR ([\d.]+) dB", at.sentence)[1])
            assert said == pytest.approx(
                images.psnr(picture.reshape(1, -1), photo.reshape(1, -1), data_range=1.0)[()], abs=0.051
            )
    blurred = [at for at in figures["strengths"].positions if at.values["way"] == "blurred"]
    for key in ("mse", "ssim", "perceptual"):
        assert blurred[0].curve("curves", key)[-1, 1] == pytest.approx(100, abs=0.5)


def test_weights_of_frequencies_are_the_filters(figures):
    def weight(cycles, kernel, **_):
        angle = np.pi * np.asarray(cycles) / 64
        return np.cos(angle) ** 8 if kernel.startswith("blur") else 2 * np.sin(angle) ** 2

    figure = figures["frequency"]
    assert len(figure.positions) == 62
    for at in figure.positions:
        x, y = at.curve("weight", "weight").T
        np.testing.assert_allclose(y, weight(x, at.values["kernel"]), atol=0.02)
        said = re.search(r"error ([\d.]+) in pixels, ([\d.]+) behind", at.sentence).groups()
        kept = 0.02 * weight(at.values["cycles"], at.values["kernel"])
        assert [float(x) for x in said] == pytest.approx([0.02, kept], abs=5.1e-5)


def test_costs_of_the_two_edges_are_those_by_hand(figures):
    figure = figures["two_edges"]
    assert len(figure.positions) == 21
    # Eight of 24 pixels differ; the mixture's steps are 1 − t and t high.
    figure.check("costs", "pixel", lambda t, mix: (t**2 + (1 - t) ** 2) / 6, near=0.003)
    figure.check("costs", "energy", lambda t, mix: (1 - (1 - t) ** 2 - t**2) ** 2, near=0.003)


def test_a_filter_slides_around_the_ring():
    x = np.arange(64.0)
    slid = perceptual_loss.filtered(np.array([2.0, 0.0, -1.0]), x)
    np.testing.assert_allclose(slid, 2 * x - np.roll(x, 2), atol=1e-9)


def test_edge_energy_forgets_the_place():
    assert [perceptual_loss.edge_energy(edge) for edge in perceptual_loss.EDGES] == [1, 1]
    assert perceptual_loss.edge_energy(np.array([0.0, 2.0, 1.0])) == 5
