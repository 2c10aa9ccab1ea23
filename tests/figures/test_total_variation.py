"""The stored figures of chapter 11 show what lossbook computes, at every slider position."""

import re

import numpy as np
import pytest

from lossbook import images
from lossbook.figures import total_variation as tv
from tests.figures.reading import stored_figures


@pytest.fixture(scope="module")
def figures():
    return stored_figures(tv, "11_total_variation.ipynb")


def numbers(sentence):
    return [float(x) for x in re.findall(r"\d+(?:\.\d+)?", sentence)]


def test_the_bars_of_an_edge_are_its_height_and_one_over_its_width(figures):
    figure = figures["tv_edge"]
    assert len(figure.positions) == 24
    figure.check("edge", "profile", lambda x, width: np.clip((x - 3) / width, 0, 1), near=0.02)
    for at in figure.positions:
        width = at.values["width"]
        assert numbers(at.sentence) == pytest.approx([width, 1.0, 1 / width], abs=0.0051)
        assert at.curve("edge", "handle:width")[0] == pytest.approx([3 + width, 1], abs=0.1)


def test_the_photograph_is_best_at_the_weight_that_the_chapter_says(figures):
    figure = figures["tv_photo"]
    clean = tv.gray_photo("camera")
    errors = [np.mean((tv.denoised_photo("camera", w) - clean) ** 2) for w in tv.WEIGHTS]
    likeness = -10 * np.log10(errors)
    for at, decibels, weight in zip(figure.positions, likeness, tv.WEIGHTS, strict=True):
        said, level, variation = numbers(at.sentence)
        expected = images.total_variation(tv.denoised_photo("camera", weight)) / 128**2
        assert [said, level, variation] == pytest.approx([weight, decibels, expected], abs=0.051)
        assert variation == pytest.approx(expected, abs=0.00051)
    figure.check("quality", "quality", lambda x, weight: np.interp(x, tv.WEIGHTS, likeness), near=0.1)
    assert tv.WEIGHTS[likeness.argmax()] == 0.08


def test_pictures_are_what_they_are_called():
    clean, noisy = tv.gray_photo("camera"), tv.noisy_photo("camera")
    assert (noisy - clean).std() == pytest.approx(0.1, rel=0.02, abs=0)
    assert tv.denoised_photo("camera", 0.0) is noisy
    assert tv.soft_disc().sum() == pytest.approx(np.pi * tv.DISC_RADIUS**2, rel=1e-3, abs=0)
    assert tv.pieces(np.array([0.0, 0.0, 0.5, 0.5005, 1.0])) == 3


def test_quadratic_smoothing_is_at_its_minimum():
    noisy = tv.noisy_photo("camera", 128)[:24, :31]
    u = tv.smooth_quadratic(noisy, 0.7)
    assert u - noisy + 0.7 * images.total_variation_grad(u, beta=2.0) == pytest.approx(0, abs=1e-10)


def test_powers_are_the_cost_in_equal_steps(figures):
    figure = figures["tv_powers"]
    assert len(figure.positions) == 31
    figure.check("", "cost", lambda w, beta: w ** (1 - beta), near=0.25)  # steep at the narrowest
    for at in figure.positions:
        beta = at.values["beta"]
        assert numbers(at.sentence)[-1] == pytest.approx(10 ** (1 - beta), abs=0.0051)
        assert at.curve("", "handle:beta")[0] == pytest.approx([10, 10 ** (1 - beta)], abs=0.03)


def test_borders_of_levels_are_counted_and_sum_to_the_total_variation(figures):
    picture = tv.gray_photo("camera")
    for at in figures["tv_levels"].positions:
        level, length = numbers(at.sentence)
        white = picture > at.values["level"] + 1e-4
        assert length == (white[1:] != white[:-1]).sum() + (white[:, 1:] != white[:, :-1]).sum()
        assert level == pytest.approx(at.values["level"], abs=0.0051)
    x, heights = figures["tv_levels"].positions[0].curve("length", "lengths").T
    area = np.trapezoid(heights, x)
    assert area == pytest.approx(images.total_variation(picture, kind="anisotropic"), rel=0.01, abs=0)


def test_the_disc_sinks_and_keeps_its_edge(figures):
    figure = figures["tv_disc"]
    assert len(figure.positions) == 21
    for at in figure.positions:
        weight, disc, ground, *_ = numbers(at.sentence)
        x, after = at.curve("", "after").T
        assert disc == pytest.approx(np.interp(32, x, after), abs=0.02)
        assert ground == pytest.approx(np.interp(1, x, after), abs=0.02)
        if weight <= 6:
            assert disc == pytest.approx(1 - 2 * weight / 16, abs=0.045)
            # Two pixels inside the border the plateau has its height, two outside the ground.
            assert np.interp([18, 45], x, after) == pytest.approx(disc, abs=0.04)
            assert np.interp([13, 50], x, after) == pytest.approx(ground, abs=0.04)
        elif weight >= 6.4:
            assert disc == pytest.approx(ground, abs=0.03)


def test_the_slope_becomes_stairs(figures):
    figure = figures["tv_slope"]
    assert len(figure.positions) == 20
    for at in figure.positions:
        weight = at.values["weight"]
        steps = tv.denoised_slope(weight)
        assert numbers(at.sentence)[-1] == 1 + (np.abs(np.diff(steps)) > 1e-3).sum()
        figure_steps = at.curve("", "steps")[:, 1]
        assert np.interp(np.arange(100), at.curve("", "steps")[:, 0], figure_steps) == pytest.approx(
            steps, abs=0.01
        )


def test_the_string_stays_in_its_tube_and_its_slope_is_the_row(figures):
    figure = figures["tv_string"]
    assert len(figure.positions) == 20
    inner = tv.running_sum(tv.NOISY_STEP)
    for at in figure.positions:
        weight = at.values["weight"]
        _, string = at.curve("tube", "string").T
        assert np.abs(string - inner).max() <= weight + 0.1
        assert string[[0, -1]] == pytest.approx([0, 0], abs=0.05)
        slope = np.diff(string) + tv.NOISY_STEP.mean()
        assert slope == pytest.approx(tv.taut_step(weight), abs=0.15)  # a tenth of a pixel is 0.05
        assert numbers(at.sentence)[1] == numbers(at.sentence)[2] - 1
    assert numbers(figure.positions[-1].sentence) == [4, 1, 2]


def test_no_descent_comes_near_the_dual(figures):
    traces = tv.convergence_traces()
    last = {name: excess[-1] for name, (_, excess) in traces.items()}
    assert last.pop("dual, accelerated") < 1e-5
    assert all(0.01 < excess < 0.2 for excess in last.values())
    at = figures["tv_convergence"].positions[0]
    for place, (steps, excess) in enumerate(traces.values()):
        x, y = at.curve("", f"method-{place}").T
        shown = np.log10(y[y > 2e-6])
        assert shown == pytest.approx(
            np.interp(np.log10(x[y > 2e-6]), np.log10(steps), np.log10(excess)), abs=0.1
        )


def test_figures_are_drawn_as_stored(figures):
    for figure in figures.values():
        figure.check_ends()
