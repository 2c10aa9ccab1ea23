"""The networks that enlarge: their form, that their file is checked, and what their losses made of them."""

import numpy as np
import pytest
import torch

from lossbook import data
from lossbook.vision import features, upscaling
from lossbook.vision.losses import perceptual_loss

SMALL = data.picture("chelsea", size=32).pixels
LARGE = data.picture("chelsea", size=128).pixels


def test_weights_have_the_stated_shapes():
    for loss in upscaling.LOSSES:
        layers = upscaling.load(loss)
        shapes = tuple((weight.shape[1], weight.shape[0]) for weight, _ in layers)
        assert shapes == upscaling.SHAPES
        assert {weight.shape[2:] for weight, _ in layers} == {(3, 3)}


def test_without_corrections_it_is_bilinear_interpolation():
    nothing = [(torch.zeros(out, into, 3, 3), torch.zeros(out)) for into, out in upscaling.SHAPES]
    x = torch.arange(4.0).reshape(1, 1, 1, 4).expand(1, 3, 4, 4)
    found = upscaling.enlarge(x, nothing)
    assert found.shape == (1, 3, 16, 16)
    np.testing.assert_allclose(found[0, 0, 5, 2:6], [0.125, 0.375, 0.625, 0.875], atol=1e-6)


def test_each_loss_made_what_it_asks_for():
    def error(x):
        return ((x - LARGE) ** 2).mean()

    def far(x):
        with torch.no_grad():
            pair = [features.to_tensor(one) for one in (x, LARGE)]
            return perceptual_loss(*pair, features.load("tiny")).item()

    made = {loss: upscaling.upscale(SMALL, loss) for loss in upscaling.LOSSES}
    assert min(made, key=lambda loss: error(made[loss])) == "pixel"
    assert max(made, key=lambda loss: error(made[loss])) == "perceptual"
    assert far(made["both"]) < 0.8 * far(made["pixel"])


def test_an_unknown_loss_is_refused():
    with pytest.raises(ValueError, match="loss must be"):
        upscaling.load("hinge")


def test_another_file_is_refused(monkeypatch):
    monkeypatch.setattr(upscaling, "UPSCALERS_SHA256", "0")
    with pytest.raises(ValueError, match="upscalers"):
        upscaling.load("pixel")
