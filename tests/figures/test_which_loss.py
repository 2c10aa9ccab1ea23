"""The stored figures of *Which loss?* show what lossbook computes, at every position and for every layer."""

import re

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from lossbook import classification, divergences, regression
from lossbook.figures import losses, which_loss
from tests.figures.reading import stored_figures

REGRESSION, CLASSIFICATION, DIVERGENCES = losses.REGRESSION, losses.CLASSIFICATION, losses.DIVERGENCES


@pytest.fixture(scope="module")
def figures():
    return stored_figures(which_loss, "which_loss.ipynb")


def said(text, after):
    """The number that follows these words in a sentence."""
    return float(re.search(rf"{after}:? (−?[\d.]+\d)", text)[1].replace("−", "-"))


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    assert len(figures) == 6
    for figure in figures.values():
        figure.check_ends()


def check_curves(figure, panel, nth, look, formula, *, near):
    """See that a layer's curve in a panel is a formula's, at the first position and the last."""
    for at in (figure.positions[0], figure.positions[-1]):
        x, y = at.curve(panel, f"layer:{look.name}", nth=nth).T
        inside = np.abs(x) > 0.05  # two points stand where a step is
        assert np.abs(y - formula(x))[inside].max() <= near, (panel, look.name)


@pytest.mark.parametrize("name", REGRESSION)
def test_losses_and_pulls_are_lossbooks(figures, name):
    figure, look = figures["loss_and_pull"], REGRESSION[name]
    options = which_loss.PARAMETERS.get(name, {})

    def loss(x):
        return getattr(regression, name)(0 * x, x, **options)

    def pull(x):  # by differences of the loss: raise the prediction by a little
        return (loss(x + 1e-6) - loss(x - 1e-6)) / 2e-6

    # A tenth of a pixel is 0.003 across and up to 0.02 upwards; the steepest curve rises by 12.
    check_curves(figure, "loss", 0, look, loss, near=0.1)
    check_curves(figure, "pull", 1, look, pull, near=0.1)
    for at in figure.positions:
        away = at.values["away"]
        sentence = at.sentences[look.name]
        assert said(sentence, "loss") == pytest.approx(float(loss(away)), abs=0.006)
        corner = name in ("absolute_error", "quantile") and away == 0  # where no slope is
        assert said(sentence, "pull") == pytest.approx(0 if corner else float(pull(away)), abs=0.006)
        assert at.curve("loss", "handle:away")[0, 0] == pytest.approx(away, abs=0.02)
        place = {-1: "below the", 0: "at the", 1: "above the"}[np.sign(away)]
        assert place in at.sentence


def test_where_a_curve_has_left_its_panel_an_arrowhead_says_so(figures):
    figure = figures["loss_and_pull"]
    for at, pull in ((figure.positions[0], "v"), (figure.positions[-1], "^")):
        axes = figure.drawn(at.values)[0]
        for panel, marker in (("loss", "^"), ("pull", pull)):
            found = {
                line.get_gid(): line for line in axes[panel].lines if line.get_marker() in ("o", "^", "v")
            }
            assert found["lossbook:layer:squared error"].get_marker() == marker
            assert found["lossbook:layer:Huber"].get_marker() == "o"
            low, high = axes[panel].get_ylim()
            heights = [found[f"lossbook:layer:{x} error"].get_ydata()[0] for x in ("squared", "absolute")]
            assert abs(np.diff(heights)[0]) > 0.1 * (high - low)  # one mark does not cover the other
            assert all(
                low < line.get_ydata()[0] <= high for line in found.values() if "layer" in line.get_gid()
            )


@pytest.mark.parametrize("name", REGRESSION)
def test_influence_is_the_pull_over_the_slope_of_the_mean_pull(figures, name):
    """The slope by another way: push the center a little, and see how the mean pull falls."""
    figure, look = figures["influence_and_noise"], REGRESSION[name]
    middle = norm.ppf(0.8) if name == "quantile" else 0.0

    def mean_pull(center):
        corners = [center + k for k in (-4.685, -2, -1, 0, 1, 2, 4.685)]
        integrand = lambda y: float(which_loss.pull(name, y - center)) * norm.pdf(y)  # noqa: E731
        return quad(integrand, -12, 12, points=corners, limit=400)[0]

    assert mean_pull(middle) == pytest.approx(0, abs=1e-7)  # that is what the loss picks
    slope = (mean_pull(middle - 1e-4) - mean_pull(middle + 1e-4)) / 2e-4
    check_curves(figure, "influence", 0, look, lambda x: which_loss.pull(name, x) / slope, near=0.05)
    for at in figure.positions:
        expected = float(which_loss.pull(name, at.values["away"])) / slope
        assert said(at.sentences[look.name], "influence") == pytest.approx(expected, abs=0.006)


def test_known_slopes_of_the_mean_pull():
    # By hand: 2; twice the density at 0; the density at the quantile; the share within δ.
    known = {"squared_error": 2.0, "absolute_error": 2 * norm.pdf(0), "huber": 1 - 2 * norm.cdf(-1)}
    known |= {"quantile": norm.pdf(norm.ppf(0.8)), "smooth_l1": (1 - 2 * norm.cdf(-2)) / 2}
    for name, slope in known.items():
        assert which_loss.slope_of_mean_pull(name) == pytest.approx(slope, rel=1e-7, abs=0)


def test_densities_are_those_of_the_noise_and_tukey_has_none(figures):
    # By hand: normal of variance ½, Laplace, the asymmetric Laplace, hyperbolic secant, Cauchy of scale √2.
    closed = {
        "squared_error": lambda x: np.exp(-(x**2)) / np.sqrt(np.pi),
        "absolute_error": lambda x: np.exp(-np.abs(x)) / 2,
        "quantile": lambda x: 0.16 * np.exp(-np.where(x > 0, 0.8 * x, -0.2 * x)),
        "log_cosh": lambda x: 1 / (np.pi * np.cosh(x)),
        "barron": lambda x: 1 / ((1 + x**2 / 2) * np.pi * np.sqrt(2)),
    }
    figure = figures["influence_and_noise"]
    for name, density in closed.items():
        check_curves(figure, "density", 1, REGRESSION[name], density, near=0.005)
    for name in set(REGRESSION) - {"tukey_biweight"}:
        half = [quad(lambda x, k=k, n=name: float(which_loss.density(n, k * x)), 0, 99)[0] for k in (-1, 1)]
        assert sum(half) == pytest.approx(1, abs=0.02 if name == "barron" else 1e-6)
    for at in figure.positions:
        for name, look in REGRESSION.items():
            expected = "no density" if name == "tukey_biweight" else "density 0."
            assert expected in at.sentences[look.name]
    # Growing windows hold ever more of exp(−loss): there is no constant to divide by.
    held = [quad(lambda x: np.exp(-float(which_loss.loss("tukey_biweight", x))), -w, w)[0] for w in (10, 20)]
    assert held[1] > held[0] + 0.4


def test_picks_of_squares_absolute_errors_and_quantiles_are_known(figures):
    for at in figures["picks"].positions:
        numbers = np.sort(np.append(which_loss.NUMBERS, at.values["place"]))
        sentences = {name: at.sentences[look.name] for name, look in REGRESSION.items()}
        assert said(sentences["squared_error"], "error") == pytest.approx(numbers.mean(), abs=0.0051)
        for name, pair in (("absolute_error", numbers[4:6]), ("quantile", numbers[7:9])):
            found = [float(x) for x in re.findall(r"\d+\.\d+", sentences[name])]
            assert found == pytest.approx(sorted(set(pair)), abs=0.0051), at.values
            assert ("anything from" in sentences[name]) == (pair[0] < pair[1])


@pytest.mark.parametrize(
    "name", ["huber", "smooth_l1", "pseudo_huber", "log_cosh", "tukey_biweight", "barron"]
)
def test_no_constant_costs_less_than_a_pick_and_valleys_are_told(figures, name):
    grid = np.arange(0.0, 17.0, 0.003)
    for at in figures["picks"].positions[::2]:
        numbers = np.append(which_loss.NUMBERS, at.values["place"])
        costs = which_loss.loss(name, numbers[:, None] - grid).sum(axis=0)
        first, _, others = at.sentences[REGRESSION[name].name].partition("only locally best")
        (pick,) = (float(x) for x in re.findall(r"\d+\.\d+", first))
        assert which_loss.loss(name, numbers - pick).sum() <= costs.min() + 1e-3
        valleys = grid[1:-1][(costs[1:-1] < costs[:-2]) & (costs[1:-1] <= costs[2:])]
        told = [pick, *(float(x) for x in re.findall(r"\d+\.\d+", others))]
        assert sorted(told) == pytest.approx(sorted(valleys), abs=0.01), at.values


def test_far_out_tukey_has_a_valley_of_its_own(figures):
    last = figures["picks"].positions[-1]
    assert last.values["place"] == 16.0
    assert last.sentences["Tukey"].endswith("; only locally best 16.00.")
    (axes,) = figures["picks"].drawn(last.values)[0].values()
    assert axes.get_xlim()[1] > 16.2  # all of the hollow diamond is seen


@pytest.mark.parametrize("name", CLASSIFICATION)
def test_scores_and_their_pulls_are_lossbooks(figures, name):
    figure, look = figures["scores_and_pull"], CLASSIFICATION[name]

    def cost(a):
        s = 1 / (1 + np.exp(-a))
        return {
            "softmax_cross_entropy": -np.log(s),
            "label_smoothing": -0.95 * np.log(s) - 0.05 * np.log(1 - s),
            "brier_score": 2 * (1 - s) ** 2,
            "focal_loss": -((1 - s) ** 2) * np.log(s),
            "zero_one": (a <= 0) * 1.0,
        }[name]

    def pull(a):
        return -(cost(a + 1e-6) - cost(a - 1e-6)) / 2e-6

    check_curves(figure, "loss", 0, look, cost, near=0.03)
    check_curves(figure, "pull", 2, look, pull, near=0.02)  # after the line beside the name
    for at in figure.positions:
        logit = at.values["logit"]
        assert said(at.sentences[look.name], "loss") == pytest.approx(float(cost(logit)), abs=6e-4)
        if name != "zero_one" or logit:
            assert said(at.sentences[look.name], "pull") == pytest.approx(float(pull(logit)), abs=6e-4)


def test_proper_scores_ask_for_the_rate_and_others_do_not(figures):
    figure = figures["elicited"]
    for at in figure.positions:
        rate = at.values["rate"]
        wanted = {name: at.sentences[look.name] for name, look in CLASSIFICATION.items()}
        for name in ("softmax_cross_entropy", "brier_score"):
            assert said(wanted[name], CLASSIFICATION[name].name[1:]) == pytest.approx(rate, abs=0.051)
        assert said(wanted["label_smoothing"], "labels") == pytest.approx(0.9 * rate + 5, abs=0.051)
        # The focal loss is level where p f′(q) = (1 − p) f′(1 − q).
        q, p = said(wanted["focal_loss"], "loss") / 100, rate / 100

        def slope(x):
            return 2 * (1 - x) * np.log(x) - (1 - x) ** 2 / x

        assert p * slope(q) == pytest.approx((1 - p) * slope(1 - q), abs=0.02)
        side = "anything but 50" if rate == 50 else "below 50" if rate < 50 else "above 50"
        assert side in wanted["zero_one"]
        assert at.curve("", "handle:rate")[0, 0] == pytest.approx(rate, abs=0.5)
    x, y = figure.positions[0].curve("", "layer:Brier score", nth=0).T
    assert np.abs(x - y).max() < 0.3


@pytest.mark.parametrize("name", DIVERGENCES)
def test_divergences_are_lossbooks(figures, name):
    figure, look = figures["coins"], DIVERGENCES[name]
    for at in figure.positions:
        heads = at.values["heads"]

        def measure(q, heads=heads):
            p, q = (np.stack([x, 1 - x], axis=-1) for x in np.broadcast_arrays(heads, q))
            return divergences.kl(q, p) if name == "reverse_kl" else getattr(divergences, name)(p, q)

        q, height = at.curve("", f"layer:{look.name}", nth=0).T
        near = [measure(np.clip(q + step, 1e-5, 1 - 1e-5)) for step in (-4e-4, 0, 4e-4)]  # a tenth of a pixel
        low = height < 1.5
        assert (height > np.min(near, axis=0) - 0.003)[low].all()
        assert (height < np.max(near, axis=0) + 0.003)[low].all()
        assert said(at.sentences[look.name], re.escape(look.name[1:])) == pytest.approx(
            measure(0.5), abs=6e-4
        )


def test_brier_of_the_page_is_the_packages():
    probs = np.array([[0.3, 0.7]])
    assert which_loss.score("brier_score", np.log(3 / 7))[0] == pytest.approx(
        classification.brier_score(probs, [0])[0]
    )
