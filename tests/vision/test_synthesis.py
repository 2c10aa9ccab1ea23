"""Optimized pixels: the objective is the stated one and falls; evaluations are counted, frames kept."""

import numpy as np
import pytest
import torch

from lossbook import data, images
from lossbook.vision.features import load, to_tensor
from lossbook.vision.synthesis import invert, stylize, synthesize_texture

TINY = load("tiny")
GRAVEL = data.picture("gravel", size=32).pixels
COFFEE = data.picture("coffee", size=32).pixels
IHC = data.picture("ihc", size=48).pixels


def features(pixels, layer):
    """Return the features of a picture as an array (C, H, W)."""
    return TINY(to_tensor(pixels), [layer])[layer][0].numpy().astype(np.float64)


def test_a_texture_comes_near_the_gram_matrices_of_its_source():
    made = synthesize_texture(GRAVEL, extractor=TINY, evaluations=40)
    history = made.history
    assert set(history) == {"objective", "style", "tv", "range"}
    assert {len(row) for row in history.values()} == {40}
    np.testing.assert_allclose(history["objective"], history["style"] + 10 * history["range"], rtol=1e-5)
    assert history["objective"].min() < 0.05 * history["objective"][0]
    assert made.pixels.shape == (32, 32, 3)
    assert made.pixels.dtype == np.float64
    assert 0 <= made.pixels.min() < made.pixels.max() <= 1
    assert repr(made).startswith("<Synthesis of 32 × 32 pixels: objective from ")
    assert repr(made).endswith(" in 40 evaluations>")


def test_the_terms_are_the_stated_ones():
    """At the start, which is the content, each term is computed anew with NumPy."""
    made = stylize(
        COFFEE,
        IHC,
        extractor=TINY,
        content_weight=2.0,
        style_weight=3.0,
        tv_weight=0.5,
        content_layers=["relu2_1"],
        style_layers={"relu1_1": 0.25, "relu3_1": 4.0},
        evaluations=1,
    )
    style = 0
    for layer, weight in (("relu1_1", 0.25), ("relu3_1", 4.0)):
        g, wanted = (images.gram_matrix(features(one, layer)) for one in (COFFEE, IHC))
        style += weight * ((g - wanted) ** 2).sum() / (wanted**2).sum()
    rows = COFFEE.transpose(2, 0, 1)
    down, right = np.diff(rows, axis=1, append=rows[:, -1:]), np.diff(rows, axis=2, append=rows[..., -1:])
    tv = np.sqrt(down**2 + right**2 + 1 / 255**2).sum() / 32**2
    history = {name: row.item() for name, row in made.history.items()}
    assert history["content"] == 0
    assert history["style"] == pytest.approx(style, rel=1e-4, abs=0)
    assert history["tv"] == pytest.approx(tv, rel=1e-4, abs=0)
    assert history["objective"] == pytest.approx(3 * style + 0.5 * tv, rel=1e-4, abs=0)
    np.testing.assert_allclose(made.pixels, COFFEE, atol=1e-6)


def test_a_style_is_taken_on_and_its_weight_decides_how_much():
    ends = {}
    for weight in (0.1, 10.0):
        made = stylize(COFFEE, IHC, extractor=TINY, style_weight=weight, evaluations=40)
        ends[weight] = {name: row[-1] for name, row in made.history.items()}
        assert made.history["objective"].min() < 0.6 * made.history["objective"][0]
    assert ends[10.0]["style"] < 0.5 * ends[0.1]["style"]
    assert ends[10.0]["content"] > 1.5 * ends[0.1]["content"]


def test_total_variation_smooths():
    rough, smooth = (
        synthesize_texture(GRAVEL, extractor=TINY, tv_weight=weight, evaluations=30) for weight in (0, 1)
    )
    assert smooth.history["tv"][-1] < 0.7 * rough.history["tv"][-1]


@pytest.mark.parametrize("layer", ["relu1_1", "relu3_1"])
def test_inverted_features_are_near_those_of_the_picture(layer):
    made = invert(COFFEE, layer, extractor=TINY, evaluations=60)
    f, wanted = features(made.pixels, layer), features(COFFEE, layer)
    assert ((f - wanted) ** 2).sum() < 0.05 * (wanted**2).sum()
    assert made.history["content"][-1] < 0.05 * made.history["content"][0]


def test_the_seed_decides():
    one, again, other = (
        synthesize_texture(GRAVEL, extractor=TINY, evaluations=3, seed=seed).pixels for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert not np.allclose(one, other, atol=0.05)


@pytest.mark.parametrize("evaluations", [1, 2, 7])
def test_evaluations_are_counted_and_never_exceeded(evaluations):
    calls = []

    class Counting(torch.nn.Module):
        name, layers = "tiny", TINY.layers

        def forward(self, x, layers=None):
            calls.append(x.requires_grad)
            return TINY(x, layers)

    made = synthesize_texture(GRAVEL, extractor=Counting(), evaluations=evaluations)
    assert sum(calls) == evaluations == len(made.history["objective"])


def test_a_search_that_is_at_its_end_still_counts_to_the_last():
    """At the target the gradient is 0; there is nowhere to go."""
    made = stylize(COFFEE, COFFEE, extractor=TINY, evaluations=5)
    assert made.history["objective"].shape == (5,)
    assert made.history["objective"][0] == pytest.approx(0, abs=1e-9)


def test_frames_are_the_best_picture_so_far():
    made = synthesize_texture(GRAVEL, extractor=TINY, evaluations=9, keep=(9, 1, 4))
    assert made.frames.shape == (3, 32, 32, 3)
    start = synthesize_texture(GRAVEL, extractor=TINY, evaluations=1).pixels
    assert np.array_equal(made.frames[0], start)
    assert np.array_equal(made.frames[2], made.pixels)
    assert synthesize_texture(GRAVEL, extractor=TINY, evaluations=1).frames.shape == (0, 32, 32, 3)


def test_sizes_and_starts_are_chosen():
    made = synthesize_texture(GRAVEL, extractor=TINY, size=24, evaluations=1)
    assert made.pixels.shape == (24, 24, 3)
    start = stylize(COFFEE, IHC, extractor=TINY, start="noise", evaluations=1).pixels
    assert abs(start - COFFEE).mean() > 0.1


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (
            lambda: synthesize_texture(GRAVEL[..., 0], extractor=TINY),
            ValueError,
            "texture must have shape (H, W, 3); got (32, 32)",
        ),
        (
            lambda: stylize(COFFEE, IHC * np.nan, extractor=TINY),
            ValueError,
            "style must be finite; got nan at index (0, 0, 0)",
        ),
        (
            lambda: stylize(COFFEE, IHC, extractor=TINY, style_weight=-1),
            ValueError,
            "style_weight must be a finite number, 0 or more; got -1",
        ),
        (
            lambda: stylize(COFFEE, IHC, extractor=TINY, start="style"),
            ValueError,
            "start must be one of 'content', 'noise'; got 'style'",
        ),
        (
            lambda: stylize(COFFEE, IHC, extractor=TINY, style_layers="relu1_1"),
            TypeError,
            "style_layers must be names of layers; got 'relu1_1'",
        ),
        (
            lambda: synthesize_texture(GRAVEL, extractor=TINY, evaluations=0),
            ValueError,
            "evaluations must be a positive integer; got 0",
        ),
        (
            lambda: synthesize_texture(GRAVEL, extractor=TINY, seed=None),
            TypeError,
            "seed must be an integer; got None",
        ),
        (
            lambda: synthesize_texture(GRAVEL, extractor=TINY, evaluations=3, keep=(4,)),
            ValueError,
            "keep must be at most 3, the number of evaluations; got 4",
        ),
    ],
)
def test_what_is_refused_is_said(call, error, said):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == said


def test_an_unknown_layer_is_refused_with_the_list():
    with pytest.raises(ValueError, match=r"^layer must be one of 'conv1_1', .*; got 'relu9_9'$"):
        invert(COFFEE, "relu9_9", extractor=TINY)
    with pytest.raises(ValueError, match=r"^content_layers must be one of 'conv1_1', .*; got 'relu9_9'$"):
        stylize(COFFEE, IHC, extractor=TINY, content_layers=["relu9_9"])
