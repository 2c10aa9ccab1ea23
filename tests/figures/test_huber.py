"""The stored figures of chapter 15 show what lossbook computes, at every slider position."""

import matplotlib
import numpy as np
import pytest
from reading import canvas_and_grid, drawn_points, stored_payloads, to_data

from lossbook import data, regression
from lossbook.figures import Slider, huber
from lossbook.figures.engine import style
from lossbook.optimizers import robust_regression

CHAPTER = "15_huber.ipynb"
TALL = {"axes": [["loss"], ["gradient"]], "size": (6.4, 6.4)}
FIT = {"axes": [["fit"], ["fit"], ["weight"]], "size": (6.4, 6.4)}


@pytest.fixture(scope="module")
def stored():
    return stored_payloads(CHAPTER)


def values_of(payload):
    """Name to numbers for the sliders of a payload."""
    return {p["name"]: [float(t.replace("−", "-")) for t in p["texts"]] for p in payload["parameters"]}


def axes_of(draw, options, values):
    """The axes of one position, laid out as in the stored figure."""
    canvas, _, _ = canvas_and_grid(draw, options)
    with matplotlib.rc_context(style.settings()):
        figure, _ = canvas.figure(values)
    return {ax.get_label(): ax for ax in figure.axes}


def test_loss_and_gradient_are_lossbooks(stored):
    payload = stored["huber-losses"]
    deltas = values_of(payload)["delta"]
    assert len(deltas) == 30
    axes = axes_of(huber.draw_huber_losses, TALL, {"delta": 1.0})
    for position, delta in enumerate(deltas):
        for name, function in [("loss", regression.huber), ("gradient", regression.huber_grad)]:
            r, drawn = to_data(axes[name], drawn_points(payload, f"huber-{name}", position), 6.4).T
            expected = function(r, np.zeros_like(r), delta=delta)
            # A tenth of a pixel is 0.002 in r and up to 0.006 in the loss; the slope is at most δ ≤ 3.
            assert np.max(np.abs(drawn - expected)) < 0.012
            # matplotlib leaves out what lies far outside the axes (δ = 3: the loss passes 6 at r = 3.5).
            assert r.min() < -3.4
            assert r.max() > 3.4
            assert len(r) > 130


def test_readout_of_the_losses_by_hand(stored):
    payload = stored["huber-losses"]
    # δ = 1: 1 · (3 − ½) = 2.5; δ = 3: ½ · 3² = 4.5.
    assert (
        "δ = 1.0 units of y, a residual of 3 units costs 2.50 and pulls with 1.00" in payload["readouts"][9]
    )
    assert (
        "δ = 3.0 units of y, a residual of 3 units costs 4.50 and pulls with 3.00" in payload["readouts"][29]
    )


def test_fitted_lines_and_the_outliers_weight_are_lossbooks(stored):
    payload = stored["huber-fit"]
    grid = values_of(payload)
    axes = axes_of(huber.draw_huber_fit, FIT, {"height": 20, "delta": 1.0})
    position = 0
    for height in grid["height"]:
        y = np.append(huber.LINE_Y[:-1], height)
        for delta in grid["delta"]:
            fits = {
                "Huber": robust_regression(huber.LINE_X, y, delta=delta, scale=1.0),
                "squared error": robust_regression(huber.LINE_X, y, loss="squared_error"),
                "absolute error": robust_regression(huber.LINE_X, y, loss="absolute_error"),
            }
            for name, fit in fits.items():
                (x0, y0), (x1, y1) = to_data(axes["fit"], drawn_points(payload, name, position), 6.4)
                assert (y1 - y0) / (x1 - x0) == pytest.approx(fit.coefficients[1], abs=0.01)
            top = to_data(axes["weight"], drawn_points(payload, "outlier-weight", position), 6.4)[:, 1].max()
            assert top == pytest.approx(fits["Huber"].weights[-1], abs=0.003)
            assert f"the weight {fits['Huber'].weights[-1]:.2f}." in payload["readouts"][position]
            position += 1
    assert position == len(payload["readouts"]) == 90


def test_a_far_point_weighs_less_and_the_least_squares_line_follows_it():
    def slope(loss, height):
        y = np.append(huber.LINE_Y[:-1], height)
        return robust_regression(huber.LINE_X, y, loss=loss).coefficients[1]

    assert slope("squared_error", 20) - slope("squared_error", 6.1) > 0.7
    assert abs(slope("absolute_error", 20) - slope("absolute_error", 6.1)) < 0.1


def test_phone_lines_are_lossbooks(stored):
    phones = data.load("phones")
    (ax,) = axes_of(huber.draw_phone_fits, {}, {}).values()
    for loss in ("squared_error", "absolute_error", "huber", "tukey_biweight"):
        fit = robust_regression(phones["year"], phones["calls"], loss=loss)
        (x0, y0), (x1, y1) = to_data(ax, drawn_points(stored["phone-fits"], loss, 0), 4.0)
        assert (y1 - y0) / (x1 - x0) == pytest.approx(fit.coefficients[1], abs=0.005)


@pytest.mark.parametrize("delta", Slider(0.1, 3.0, 0.1, label="δ").values[::29])
def test_draws_at_both_ends(delta):
    for draw, options, values in [
        (huber.draw_huber_losses, TALL, {"delta": delta}),
        (huber.draw_huber_fit, FIT, {"height": 20, "delta": delta}),
    ]:
        assert axes_of(draw, options, values)
