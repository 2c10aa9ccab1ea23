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
        said, level, variation, true = numbers(at.sentence)
        expected = images.total_variation(tv.denoised_photo("camera", weight))
        assert [said, level] == pytest.approx([weight, decibels], abs=0.051)
        assert [variation, true] == pytest.approx([expected, images.total_variation(clean)], abs=0.51)
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
        assert level == pytest.approx(at.values["level"], abs=1e-9)  # each position can be read off
    lengths = {at.values["level"]: numbers(at.sentence)[1] for at in figures["tv_levels"].positions}
    every = [tv.level_length(picture, t) for t in np.linspace(0, 1, 256)]
    assert 0.99 * max(every) < lengths[0.61] == max(lengths.values())  # the peak is a position
    x, heights = figures["tv_levels"].positions[0].curve("length", "lengths").T
    area = np.trapezoid(heights, x)
    assert area == pytest.approx(images.total_variation(picture, kind="anisotropic"), rel=0.01, abs=0)


def test_the_disc_sinks_and_keeps_its_edge(figures):
    figure = figures["tv_disc"]
    assert len(figure.positions) == 23
    for at in figure.positions:
        weight, disc, ground, *_ = numbers(at.sentence)
        x, after = at.curve("", "after").T
        assert disc == pytest.approx(np.interp(32, x, after), abs=0.02)
        assert ground == pytest.approx(np.interp(1, x, after), abs=0.02)
        if weight <= 6:
            assert disc == pytest.approx(1 - 2 * weight / 16, abs=0.045)
            # On the right one step, on the left three pixels between ground and plateau.
            assert np.interp([19, 45, 47], x, after) == pytest.approx(disc, abs=0.02)
            assert np.interp([13, 15, 48, 50], x, after) == pytest.approx(ground, abs=0.02)
            if 1 < weight < 5:
                assert ground + 0.1 < np.interp(16, x, after) < np.interp(17, x, after) < disc
        else:
            assert disc == ground
        blurred = at.curve("", "blurred")
        assert np.interp(32, *blurred.T) == pytest.approx(disc, abs=0.02)
        if 1 < weight < 5:
            assert np.interp(20, *blurred.T) < disc - 0.05


def test_the_disc_is_gone_a_little_beyond_six():
    before, after = (np.ptp(tv.denoised_disc(weight)) for weight in (6.0, 6.3))
    assert before == pytest.approx(0.0155, abs=5e-4)
    assert after < 5e-4
    longer = images.total_variation(tv.soft_disc()) / (2 * np.pi * tv.DISC_RADIUS)
    assert longer == pytest.approx(1.073, abs=1e-3)


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
        if weight >= 0.1:
            assert steps[20:78] == pytest.approx(tv.denoised_slope(0.1)[20:78], abs=1e-6)


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
        bends = (np.abs(np.diff(tv.taut_step(weight))) > 1e-3).sum()
        said = "once" if bends == 1 else f"{bends} times"
        assert at.sentence.endswith(f"the string bends {said}: {bends + 1} flat pieces.")
    assert "bends once: 2 flat" in figure.positions[-1].sentence


def test_the_dual_passes_every_descent_and_its_gap_is_a_bound(figures):
    traces = tv.convergence_traces()
    last = {name: share[-1] for name, (_, share) in traces.items()}
    assert last["dual, momentum"] < 1e-6 < 5e-5 < last["dual, plain"] < 1e-4
    assert last["momentum, ε = 0.001"] == pytest.approx(0.00089, abs=1e-5)
    assert last["descent, ε = 0.01"] == pytest.approx(0.0115, abs=1e-4)
    assert 0.0115 < last["descent, ε = 0.001"] < 0.02
    counts, share = traces["dual, momentum"]
    _, bound = traces["bound by the gap"]
    assert (share > 0).all()
    assert (share <= bound).all()
    assert (bound < 3 * share).all()
    noisy = tv.noisy_photo("camera")
    _, record = images.denoise_tv(noisy, weight=0.08, tolerance=1e-12, max_iterations=100)
    assert bound[counts == 100] == pytest.approx(record.gap, rel=1e-6, abs=0)
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


def test_style_transfers_are_those_that_were_made(monkeypatch):
    made = tv.style_pictures()
    assert list(made) == [("content", 0.0), ("content", 0.3), ("noise", 0.0), ("noise", 0.3)]
    grain = {arm: images.total_variation(np.moveaxis(x, 2, 0)).sum() / 96**2 for arm, x in made.items()}
    for start in ("content", "noise"):
        assert grain[start, 0.3] < 0.45 * grain[start, 0.0]
    tv.style_pictures.cache_clear()
    monkeypatch.setattr(tv, "STYLE_SHA", "0" * 64)
    with pytest.raises(ValueError, match=r"variation_styles\.webp must have the SHA-256 0{64}; got 7f8e"):
        tv.style_pictures()
