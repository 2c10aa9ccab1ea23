"""The stored figures of chapter 8 show what lossbook computes, at every slider position."""

import itertools
import re

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from sklearn.linear_model import Lasso, Ridge

from lossbook import data, objectives, regression
from lossbook.figures import objectives as pictures
from tests.figures.reading import stored_figures


@pytest.fixture(scope="module")
def figures():
    return stored_figures(pictures, "08_objectives.ipynb")


def numbers(sentence):
    """The numbers of a sentence."""
    return [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", sentence.replace("−", "-"))]


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for figure in figures.values():
        figure.check_ends()


def test_shares_of_the_losses_stand_end_to_end_before_the_penalty(figures):
    figure = figures["objective_stack"]
    assert len(figure.positions) == 41
    for at in figure.positions:
        prices = np.append(pictures.PRICES, at.values["price"])
        losses = (3 * pictures.AREAS - prices) ** 2
        edges = np.append(0, np.cumsum(losses / 5))
        for i, pair in enumerate(itertools.pairwise(edges)):
            x = at.curve("stack", f"share-{i}")[:, 0]
            assert [x.min(), x.max()] == pytest.approx(pair, abs=7)  # a pixel is 7
        x = at.curve("stack", "penalty")[:, 0]
        assert [x.min(), x.max()] == pytest.approx([edges[-1], edges[-1] + 450], abs=7)
        assert numbers(at.sentence) == pytest.approx([edges[-1], 450, edges[-1] + 450], abs=0.51)
        assert at.curve("houses", "handle:price")[0] == pytest.approx([140, at.values["price"]], abs=3)
        assert len(at.sentence) <= 62


def test_the_best_parameter_is_the_lowest_point_of_the_sum(figures):
    figure = figures["objective_bowls"]
    assert len(figure.positions) == 42
    for at in figure.positions:
        strength, absolute = at.values["strength"], at.values["penalty"] == "absolute value"

        def total(theta, strength=strength, absolute=absolute):
            return (theta - 2) ** 2 + 1 + strength * (np.abs(theta) if absolute else theta**2)

        theta, height = at.curve("", "sum").T
        assert np.abs(height - total(theta))[height < 9].max() < 0.06
        best = minimize(lambda t, total=total: total(t[0]), [0.7], method="Nelder-Mead").x[0]
        assert at.curve("", "best")[0] == pytest.approx([best, total(best)], abs=0.03)
        lam, said, cost, penalty, sum_said = numbers(at.sentence)
        assert [lam, said, sum_said] == pytest.approx([strength, best, total(best)], abs=0.0052)
        assert cost + penalty == pytest.approx(sum_said, abs=0.011)


def test_the_polynomial_is_the_minimum_of_its_objective(figures):
    figure = figures["objective_curve"]
    assert len(figure.positions) == 81
    for at in figure.positions:
        degree, strength = at.values["degree"], 10.0 ** at.values["power"]
        x = pictures.BEND_X[:, None] ** np.arange(1, degree + 1)
        model = Ridge(alpha=10 * strength, solver="svd").fit(x, pictures.BEND_Y)
        cost = np.mean((model.predict(x) - pictures.BEND_Y) ** 2)
        penalty = strength * np.sum(model.coef_**2)
        fit = np.append(model.intercept_, model.coef_)

        def gap(t, fit=fit):
            return (np.polynomial.polynomial.polyval(t, fit) - np.sin(2.5 * t)) ** 2 / 2

        new = 0.35**2 + quad(gap, -1, 1, limit=200)[0]
        said = numbers(at.sentence.split(": ", 1)[1])
        assert said[:4] == pytest.approx([cost, penalty, cost + penalty, new], abs=0.00051)
        assert said[4] == pytest.approx(abs(fit[1:]).max(), rel=0.06, abs=0)
        place, _ = at.curve("bill", "new").mean(0)
        assert place == pytest.approx(min(new, 1.17), abs=0.005)
        place, height = at.curve("fit", "fit").T
        inside = abs(height) < 2.9
        curve = np.polynomial.polynomial.polyval(place, fit)
        assert np.abs(height - curve)[inside].max() < 0.35  # the ends of degree 9 are steep
        assert np.median(np.abs(height - curve)[inside]) < 0.03


def test_spread_of_batches_is_drawn_by_formula_and_measured(figures):
    crime = data.load("statecrime")
    x, y = ((v - np.mean(v)) / np.std(v) for v in (np.array(crime[k]) for k in ("poverty", "violent")))
    h = 1e-6
    pulls = (regression.squared_error(h * x, y) - regression.squared_error(-h * x, y)) / (2 * h)
    assert pictures.crime_pulls() == pytest.approx(pulls, abs=1e-6)
    figure = figures["objective_batches"]
    assert len(figure.positions) == 50
    sizes = np.arange(1, 51)
    for replacement in (True, False):
        b, spread = figure.positions[0].curve("spread", f"spread-{replacement}").T
        share = 1 if replacement else (51 - sizes) / 50
        assert b == pytest.approx(sizes, rel=0.01, abs=0)
        assert spread == pytest.approx(pulls.std() * np.sqrt(share / sizes), rel=0.02, abs=0)
    for at in figure.positions:
        batch = at.values["batch"]
        predicted = pulls.std() * np.sqrt((51 - batch) / 50 / batch)
        *_, measured, said = numbers(at.sentence)
        assert said == pytest.approx(predicted, abs=0.00051)
        assert measured == pytest.approx(predicted, rel=0.06, abs=0)
        place = at.curve("spread", "measured")[0]
        assert place == pytest.approx([batch, measured], rel=0.03, abs=0)


def test_mistakes_and_log_loss_are_counted(figures):
    from sklearn.datasets import load_breast_cancer
    from sklearn.metrics import log_loss, zero_one_loss

    table = load_breast_cancer()
    radius, malignant = table.data[100:160, 20], 1 - table.target[100:160]
    figure = figures["objective_threshold"]
    assert len(figure.positions) == 29
    for at in figure.positions:
        t = at.values["threshold"]
        _, wrong, of, share, bits = numbers(at.sentence)
        assert wrong == zero_one_loss(malignant, radius > t, normalize=False)
        chances = 1 / (1 + np.exp(t - radius))
        expected = [60, wrong / 60, log_loss(malignant, chances) / np.log(2)]
        assert [of, share, bits] == pytest.approx(expected, abs=0.00051)


def test_paths_are_those_of_scikit_learn(figures):
    x, y, names = pictures.patients()
    figure = figures["objective_paths"]
    assert len(figure.positions) == 40
    for at in figure.positions:
        lam = 10.0 ** at.values["power"]
        if at.values["penalty"] == "ridge":
            model = Ridge(alpha=100 * lam)
        else:
            model = Lasso(alpha=lam / 2, tol=1e-10, max_iter=100_000)
        slopes = model.fit(x, y).coef_
        assert at.curve("slopes", "dots")[:, 1] == pytest.approx(slopes, abs=0.5)
        zeros = [name for name, slope in zip(names, slopes, strict=True) if abs(slope) < 1e-9]
        listed = re.search("zero slopes: (.*?);", at.sentence)[1]
        assert listed == ("all ten" if len(zeros) == 10 else ", ".join(zeros) or "none")
        largest = float(re.search(r"largest slope (\d+(?:\.\d+)?)", at.sentence)[1])
        assert largest == pytest.approx(abs(slopes).max(), rel=0.06, abs=1e-12)


@pytest.mark.parametrize("penalty", ["ridge", "lasso"])
def test_errors_left_out_are_those_of_scikit_learn(penalty):
    from sklearn.model_selection import PredefinedSplit, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, y, _ = pictures.patients()
    _, errors = pictures.penalty_path(penalty)
    model = Ridge(alpha=90 * 10) if penalty == "ridge" else Lasso(alpha=5, tol=1e-10)
    split = PredefinedSplit(np.arange(100) % 10)
    chain = make_pipeline(StandardScaler(), model)
    scores = cross_val_score(chain, x, y, cv=split, scoring="neg_mean_squared_error")
    here = list(pictures.POWERS).index(1.0)
    assert errors[here] == pytest.approx(-scores.mean(), rel=1e-6, abs=0)


def test_the_budget_touches_the_dark_curve_of_equal_cost(figures):
    figure = figures["objective_budget"]
    assert len(figure.positions) == 42
    for at in figure.positions:
        strength, absolute = at.values["strength"], at.values["penalty"] == "absolute values"
        measure = objectives.l1_penalty if absolute else objectives.l2_penalty

        def total(theta, strength=strength, measure=measure):
            off = theta - pictures.TOP
            return off @ pictures.TILT @ off + strength * measure(theta)

        found = minimize(total, [0.5, 1.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10}).x
        assert at.curve("", "handle:strength")[0] == pytest.approx(found, abs=0.03)
        edge = at.curve("", "budget")
        sizes = [measure(point) for point in edge]
        assert np.median(sizes) == pytest.approx(measure(found), abs=0.06)
        cost = total(found) - strength * measure(found)
        assert float(re.search(r"cost (\d\.\d\d)", at.sentence)[1]) == pytest.approx(cost, abs=0.0051)
        dark = at.curve("", "touching") - pictures.TOP
        assert np.einsum("ai,ij,aj->a", dark, pictures.TILT, dark) == pytest.approx(cost, abs=0.1)
        apart = np.linalg.norm(dark + pictures.TOP - found, axis=1)
        sides = np.linalg.norm(np.diff(dark, axis=0), axis=1)
        assert (apart[1:] + apart[:-1] - sides).min() < 0.02  # the dot lies on a side of the drawn curve
