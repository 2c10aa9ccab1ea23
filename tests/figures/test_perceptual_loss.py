"""The stored figures of chapter 4 show what lossbook computes, at every position."""

import re

import numpy as np
import pytest
import torch

from lossbook import data, images
from lossbook.figures import perceptual_loss
from lossbook.vision import features, losses, upscaling
from tests.figures.reading import stored_figures

BOUND = {
    "inversion": {"found": {}, "source": None},
    "enlarged": {"rows": {}, "pictures": {}},
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
    for name in ("equal_error", "photographs", "layer_ranks", "frequency", "two_edges"):
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
    found = [at.values["distortion"] for at in figures["equal_error"].positions]
    assert sorted(found) == sorted(["original", *DISTORTIONS])
    for at in figures["equal_error"].positions:
        way = at.values["distortion"]
        share = 100 * distance(photo if way == "original" else pictures[way], photo) / whole
        error = "0.000" if way == "original" else "0.005"
        assert at.sentence.endswith(f"MSE {error}, features {share:.0f} % of blurred.")


def test_the_other_photographs_are_distorted_alike(figures):
    figure = figures["photographs"]
    assert [at.values["photo"] for at in figure.positions] == list(perceptual_loss.PHOTOGRAPHS)
    for at in figure.positions[1:3]:
        original = data.picture(at.values["photo"], size=128).pixels
        pictures = perceptual_loss.equal_pictures(at.values["photo"])
        for picture in pictures.values():
            assert np.isclose(((picture - original) ** 2).mean(), 0.005, rtol=1e-4, atol=0)
        far = {way: distance(picture, original) for way, picture in pictures.items()}
        assert at.sentence == f"Features, from near to far: {', '.join(sorted(far, key=far.get))}."
        drawn = at.curve("dots", "perceptual")
        shares = [100 * value / max(far.values()) for value in far.values()]
        np.testing.assert_allclose(drawn, np.stack([shares, np.arange(6)], axis=1), atol=0.4)


def test_an_error_out_of_reach_is_refused():
    with pytest.raises(ValueError, match=r"blurred: a mean squared error of 0\.005 is out of reach"):
        perceptual_loss.distort_to(data.picture("rocket", size=128).pixels, "blurred", 0.005)


def test_distances_by_layer_are_lossbooks_from_the_line_on(figures, photo):
    figure, pictures = figures["layer_ranks"], perceptual_loss.equal_pictures()
    assert len(figure.positions) == 21
    for at in [figure.positions[k] for k in (0, 3, 10, 19)]:
        layer, by = at.values["layer"], at.values["by"]
        if by == perceptual_loss.LEVEL_OFF:
            continue
        name = perceptual_loss.LAYERS[layer - 1]
        far = {way: distance(picture, photo, [name], by) for way, picture in pictures.items()}
        assert at.sentence == f"At {name}, from near to far: {', '.join(sorted(far, key=far.get))}."
        for way, value in far.items():
            curve = at.curve("", way)
            assert curve[layer - 1, 1] == pytest.approx(np.log10(value), abs=0.02)
            assert curve[:, 0].min() == pytest.approx(layer, abs=0.02)


def test_the_first_filters_of_the_leveled_network_do_not_see_brightness():
    network = perceptual_loss.level_off(seed=3)
    plain = features.load("random", seed=3).conv1_1_weight
    weight = network.conv1_1_weight
    assert weight.sum((2, 3)).abs().max() < 1e-6 * weight.abs().max() * 100
    taken = plain - plain.mean((2, 3), keepdim=True)
    cosine = torch.nn.functional.cosine_similarity(weight.flatten(), taken.flatten(), dim=0)
    assert cosine > 0.99  # the same filters, but for the mean and one factor
    x = torch.rand((1, 3, 32, 32), generator=torch.Generator().manual_seed(0)) * 0.8
    found, brighter = network(x, ["relu4_1"])["relu4_1"], network(x + 0.1, ["relu4_1"])["relu4_1"]
    assert (found - brighter).abs().max() < 1e-3 * found.max()


def test_the_leveled_network_has_a_mean_activation_of_one():
    names = [name for name in data.PICTURE_NAMES if name not in ("chelsea", "china")]
    x = torch.cat([features.to_tensor(data.picture(name, size=64).pixels) for name in names])
    for found in perceptual_loss.level_off(seed=0)(x).values():
        assert found.mean().item() == pytest.approx(1, abs=1e-3)


def test_what_came_back_is_nothing_for_itself_and_all_for_flat_gray(photo):
    assert perceptual_loss.what_came_back(photo, photo) == (0, 0)
    flat = np.full_like(photo, perceptual_loss.luma(photo).mean())
    assert perceptual_loss.what_came_back(flat, photo) == pytest.approx((1, 1), rel=1e-9, abs=0)
    colorless = perceptual_loss.luma(photo)[..., None].repeat(3, 2)
    assert perceptual_loss.what_came_back(colorless, photo) == pytest.approx((0, 1), rel=1e-9, abs=1e-12)


def test_inversion_says_what_was_lost(figures):
    said = {
        (at.values["by"], at.values["layer"]): at.sentence.partition(": ")[2]
        for at in figures["inversion"].positions
    }
    assert said["random", "relu1_2"] == said["random", "relu2_2"] == "brightness kept, colors kept."
    assert said["tiny", "relu1_2"] == "brightness kept, colors damaged."
    assert said["tiny", "relu2_2"] == "brightness damaged, colors lost."
    for layer in ("relu3_2", "relu4_1"):
        assert said["tiny", layer] == said["random", layer] == "brightness lost, colors lost."


def test_enlarged_pictures_are_judged_by_ssim_too(figures):
    photo = data.picture("chelsea", size=128).pixels
    for at in figures["enlarged"].positions:
        if at.values["by"] == "both":
            picture = upscaling.upscale(data.picture("chelsea", size=32).pixels, "both")
            gray = [one @ [0.299, 0.587, 0.114] for one in (picture, photo)]
            error, ssim = ((picture - photo) ** 2).mean(), images.ssim(*gray, data_range=1.0)
            assert at.sentence == f"For both: MSE {error:.4f}, SSIM {ssim:.2f}."


def test_weights_of_frequencies_are_the_filters(figures):
    def weight(cycles, kernel, **_):
        angle = np.pi * np.asarray(cycles) / 64
        return np.cos(angle) ** 8 if kernel.startswith("blur") else 2 * np.sin(angle) ** 2

    figure = figures["frequency"]
    assert len(figure.positions) == 62
    for at in figure.positions:
        x, y = at.curve("weight", "weight").T
        np.testing.assert_allclose(y, weight(x, at.values["kernel"]), atol=0.02)
        said = re.search(r"error ([\d.]+) in pixels, ([\d.]+) after", at.sentence).groups()
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
