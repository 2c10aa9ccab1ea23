"""The stored figures of chapter 10 show what lossbook computes, at every slider position."""

import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from lossbook import divergences
from lossbook.classification import brier_score, distillation_loss
from lossbook.figures import kl_vs_cross_entropy as drawing
from tests.figures.reading import stored_figures

GIVEN = (drawing.REFERENCE, drawing.REWARDS)
RESULTS = {"klce_parting", "klce_collapse", "klce_gains"}  # which draw what the chapter trained


@pytest.fixture(scope="module")
def figures():
    return stored_figures(drawing, "10_kl_vs_cross_entropy.ipynb")


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for name in set(figures) - RESULTS:
        figures[name].check_ends()


def three(p, q):
    """Entropy, cross-entropy and divergence of two classes, by NumPy."""
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = np.array([p, 1 - p]).round(12), np.array([q, 1 - q]).round(12)
        h = -np.where(one > 0, one * np.log(one), 0).sum(axis=0)
        cross = -np.where(one > 0, one * np.log(other), 0).sum(axis=0)
    return h, cross, cross - h


def bars(at, axes, *artists):
    """Where horizontal bars begin and end."""
    return [float(end) for artist in artists for end in np.sort(at.curve(axes, artist)[:, 0])[[0, -1]]]


def test_the_two_curves_are_one_lifted_and_the_tangents_parallel(figures):
    figure = figures["klce_shift"]
    assert len(figure.positions) == 40
    # A tenth of a pixel is 0.001 upwards; slopes are at most 10.
    for artist, place in (("cross_entropy", 1), ("kl", 2)):
        figure.check("", artist, lambda x, q, place=place: three(0.9 + 0 * x, x)[place], near=0.02)
    for at in figure.positions:
        q = at.values["q"]
        values = three(0.9, q)[1:]
        slope = -0.9 / q + 0.1 / (1 - q)
        for artist, value in (("tangent-cross_entropy", values[0]), ("tangent-kl", values[1])):
            x, y = at.curve("", artist).T
            assert x.max() < 1.001  # no probability is above 1
            assert np.interp(q, x, y) == pytest.approx(value, abs=0.005)
            assert np.diff(y)[0] == pytest.approx(slope * np.diff(x)[0], abs=0.01)
        said = [float(number.replace("−", "-")) for number in re.findall(r"−?\d+\.\d+", at.sentence)]
        assert said == pytest.approx([q, *values, slope, slope], abs=0.0051)


def test_the_stacked_bar_meets_the_cross_entropy_everywhere(figures):
    infinite = 0
    for at in figures["klce_identity"].positions:
        p, q = at.values.values()
        h, cross, kl = three(p, q)
        end = min(cross, 1.7)
        assert bars(at, "sum", "entropy", "kl", "cross") == pytest.approx([0, h, h, end, 0, end], abs=0.003)
        assert [at.top("classes", name) for name in "pq"] == pytest.approx([p, q], abs=0.01)
        infinite += np.isinf(cross)
        said = f"H(P) is {h + 0:.4f} nats, KL(P‖Q) is {kl + 0:.4f}, and H(P, Q) is {cross + 0:.4f}."
        assert at.sentence == said if np.isfinite(cross) else "are infinite" in at.sentence
    assert len(figures["klce_identity"].positions) == 11 * 9
    assert infinite == 10  # Q(dry) = 1 unless P(dry) is


def test_over_the_target_cross_entropy_is_a_line_and_kl_a_bowl(figures):
    figure = figures["klce_moving"]
    for artist, place in (("entropy", 0), ("cross", 1), ("kl", 2)):

        def formula(x, p, fixed, place=place):
            return three(np.clip(x, 0, 1), drawing.FORECASTS[fixed] + 0 * x)[place]

        # Near 0 and 1 the dome is steep: a tenth of a pixel is 0.0003 in p, its logarithm 6.
        figure.check("", artist, formula, near=0.01)
    assert len(figure.positions) == 21 * 3
    for at in figure.positions:
        h, cross, kl = three(at.values["p"], drawing.FORECASTS[at.values["fixed"]])
        assert f"{cross:.4f} nats, of which H(P) is {h + 0:.4f} and KL(P‖Q) {kl + 0:.4f}" in at.sentence
    # By hand: the target that is certain of what Q = 0.6 holds more probable costs −log 0.6.
    assert "H(P, Q) is 0.5108" in next(
        at.sentence for at in figure.positions if at.values == {"p": 1, "fixed": "0.6 dry"}
    )


def test_each_score_is_a_line_above_its_dome(figures):
    for at in figures["klce_scores"].positions:
        p, score = at.values["p"], at.values["score"]
        truth = np.array([p, 1 - p])
        cost, least = {
            "log score": (three(p, 0.6)[1], three(p, p)[0]),
            "Brier score": (truth @ brier_score([[0.6, 0.4]] * 2, [0, 1]), 1 - (truth**2).sum()),
            "0–1 loss": (1 - p, min(p, 1 - p)),
        }[score]
        x, y = at.curve("", "line").T
        assert np.interp(p, x, y) == pytest.approx(cost, abs=0.005)
        assert np.interp(p, *at.curve("", "dome").T) == pytest.approx(least, abs=0.01)
        assert (
            f"{cost + 0:.3f}, the least possible {least + 0:.3f}, gap {cost - least + 1e-12:.3f}"
            in at.sentence
        )


def slope(loss, logits, step=1e-5):
    """Gradient of a function of logits by differences."""
    moves = step * np.eye(len(logits))
    return np.array([(loss(logits + move) - loss(logits - move)) / (2 * step) for move in moves])


def sizes(student):
    """Sizes of the gradient with T² for T from 1 to 16, by differences."""

    def loss(t):
        return lambda z: distillation_loss(z, drawing.TEACHER, temperature=t)

    return np.array([np.linalg.norm(slope(loss(t), drawing.STUDENTS[student])) for t in range(1, 17)])


def test_gradient_sizes_with_and_without_the_factor_and_softened_bars(figures):
    wanted = {student: sizes(student) for student in drawing.STUDENTS}
    assert len(figures["klce_distillation"].positions) == 16 * 2
    for at in figures["klce_distillation"].positions:
        t, size = at.values["temperature"], wanted[at.values["student"]]
        seen = np.minimum(np.arange(1, 17), t)  # the curves end at T
        for artist, power in (("with", 0), ("without", 2)):
            x, y = at.curve("gradient", artist).T
            assert x == pytest.approx(seen, rel=0.01, abs=0)
            assert y == pytest.approx(size[seen - 1] / seen**power, abs=0.005)
        assert f"size is {size[t - 1] / t**2:.4f}, and times T² {size[t - 1]:.4f}" in at.sentence
        for who, z in (("teacher", drawing.TEACHER), ("student", drawing.STUDENTS[at.values["student"]])):
            share = np.exp(z[0] / t) / np.exp(z / t).sum()
            assert at.top("targets", f"{who}-first") == pytest.approx(share, abs=0.005)


def spent_and_earned(beta):
    """By hand: the best policy, its divergence from the reference, its mean reward, and the value β log Σ."""
    weights = drawing.REFERENCE * np.exp(drawing.REWARDS / beta)
    best = weights / weights.sum()
    spent = best @ np.log(best / drawing.REFERENCE)
    return best, spent, best @ drawing.REWARDS, beta * np.log(weights.sum())


def test_the_best_policy_is_the_tilted_reference_and_what_divergence_buys(figures):
    assert len(figures["klce_penalty"].positions) == 25
    trade = [spent_and_earned(beta)[1:3] for beta in np.geomspace(0.1, 40, 60)]
    for at in figures["klce_penalty"].positions:
        best, spent, reward, _ = spent_and_earned(**at.values)
        lone = np.eye(5)[np.argmax(drawing.REFERENCE ** at.values["beta"] * np.exp(drawing.REWARDS))]
        for artist, shares in (("best", best), ("reference", drawing.REFERENCE), ("lone", lone)):
            assert [at.top("shares", f"{artist}-{k}") for k in range(5)] == pytest.approx(shares, abs=0.005)
        assert at.curve("trade", "trade") == pytest.approx(np.array(trade), abs=0.01)
        assert at.curve("trade", "here")[0] == pytest.approx([spent, reward], abs=0.01)
        assert f"mean reward is {reward:.3f} at a divergence of {spent:.3f} nats" in at.sentence
        assert at.sentence.endswith(f"the action of reward {drawing.REWARDS @ lone:g}.")


@pytest.mark.parametrize("beta", [0.05, 0.7, 30.0])
def test_the_value_of_the_best_policy(beta):
    best, top = drawing.tilted(*GIVEN, beta), drawing.best_penalized(*GIVEN, beta)
    assert drawing.penalized(best, *GIVEN, beta) == pytest.approx(top, rel=1e-12, abs=0)
    for other in np.random.default_rng(1).dirichlet(np.ones(5), 200):
        expected = top - beta * divergences.kl(other, best)
        assert drawing.penalized(other, *GIVEN, beta) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_card_stacks_entropy_and_divergence_to_cross_entropy(figures):
    (at,) = figures["klce_card"].positions
    assert bars(at, "", "entropy", "kl", "cross") == pytest.approx(
        [0, 0.3251, 0.3251, 0.5514, 0, 0.5514], abs=0.001
    )


def test_results_are_drawn_as_they_come():
    ax = Figure().add_subplot()
    drawing.draw_klce_parting(ax, distances={0.2: np.array([0.1, 0.3]), 0.1: np.array([0.2] * 4)})
    assert [line.get_xdata()[-1] for line in ax.lines[:2]] == pytest.approx([0.4, 0.4])
    assert ax.lines[0].get_ydata().tolist() == [0.1, 0.3]
    ax = Figure().add_subplot()
    drawing.draw_klce_gains(ax, gains={"first": np.array([1.0, 3.0]), "last": np.array([-1.0, 0.5])})
    assert [text.get_text() for text in ax.get_yticklabels()] == ["last", "first"]
    means = [line.get_xdata()[0] for line in ax.lines if len(set(line.get_ydata())) == 2][:2]
    assert means == pytest.approx([-0.25, 2.0])


def test_the_collapse_shows_the_answers_after_the_chosen_steps():
    answers = {"KL": np.full((3, 10), 0.1), "cross-entropy": np.eye(10)[[4, 4, 7]]}
    ax = Figure().add_subplot()
    said = drawing.draw_klce_collapse(ax, steps=30, answers=answers)
    heights = [patch.get_height() for patch in ax.patches]
    assert heights == pytest.approx([0.1] * 10 + list(np.eye(10)[7]))
    assert said == "Step 30: the most favored digit has 0.10 by KL and 1.00 by cross-entropy."


def test_no_tangent_runs_on_to_a_probability_above_1():
    ax = Figure().add_subplot()
    drawing.draw_klce_shift(ax, q=0.98)
    tangents = [line for line in ax.lines if "tangent" in (line.get_gid() or "")]
    assert [line.get_xdata()[-1] for line in tangents] == pytest.approx([1.0, 1.0])
