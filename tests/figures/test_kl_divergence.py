"""The stored figures of chapter 5 show what lossbook computes, at every slider position."""

import re

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm, poisson

from lossbook import data, divergences
from lossbook.figures import kl_divergence
from tests.figures.reading import stored_figures

X = np.linspace(-14, 16, 6001)
DX = X[1] - X[0]


@pytest.fixture(scope="module")
def figures():
    table, incomes = data.load("letters"), np.log(data.load("engel")["income"])
    shares = [column / column.sum() + 1e-5 for column in list(table.columns.values())[1:]]
    shares = [share / share.sum() for share in shares]
    matrix = [[(p * np.log2(p / q)).sum() for q in shares] for p in shares]
    return stored_figures(
        kl_divergence,
        "05_kl_divergence.ipynb",
        kl_letter_matrix={"matrix": np.round(matrix, 4)},
        kl_likelihood={"values": incomes, "mean": incomes.mean(), "width": incomes.std()},
    )


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for figure in figures.values():
        figure.check_ends()


def target(right):
    return 0.6 * norm.pdf(X, -2) + 0.4 * norm.pdf(X, right)


def reverse(mean, width, right):
    """KL of normals to the target, on a grid of the line; log p by its larger part where p underflows."""
    log_q = norm.logpdf(X, np.reshape(mean, (-1, 1)), np.reshape(width, (-1, 1)))
    log_p = np.logaddexp(np.log(0.6) + norm.logpdf(X, -2), np.log(0.4) + norm.logpdf(X, right))
    return (np.exp(log_q) * (log_q - log_p)).sum(-1) * DX


def test_the_covering_fit_has_the_moments_of_the_target(figures):
    def covering(x, place):
        p = target(place)
        mean = (p * X).sum() * DX
        return norm.pdf(x, mean, np.sqrt((p * (X - mean) ** 2).sum() * DX))

    assert len(figures["kl_two_fits"].positions) == 29
    figures["kl_two_fits"].check("", "covering", covering, near=0.002)


def test_no_normal_has_a_smaller_reverse_divergence_than_the_seeking_fit(figures):
    means, widths = np.meshgrid(np.linspace(-3, 6.5, 39), np.geomspace(0.7, 4, 25))
    for at in figures["kl_two_fits"].positions:
        x, q = at.curve("", "seeking").T
        weights = q / q.sum()
        mean = weights @ x
        width = np.sqrt(weights @ (x - mean) ** 2)
        place = at.values["place"]
        drawn = reverse(mean, width, place)[0]
        assert drawn <= reverse(means.ravel(), widths.ravel(), place).min() + 0.003
        said = [float(n) for n in re.findall(r"(\d\.\d\d) wide.* (\d\.\d\d)\.", at.sentence)[0]]
        assert said[1] == pytest.approx(width, abs=0.03)
        assert at.curve("", "handle:place")[0][0] == pytest.approx(place, abs=0.05)


def test_letters_add_up_to_the_divergence(figures):
    table = data.load("letters")
    english = table["english"] / table["english"].sum()
    positions = figures["kl_letters"].positions
    assert len(positions) == 9
    for at in positions:
        other = table[at.values["model"].lower()]
        bits = divergences.kl(english, other / other.sum(), base=2)
        if np.isinf(bits):
            assert at.values["model"] == "Polish"
            assert "Polish has no q: one" in at.sentence
        else:
            assert f"English: {bits:.3f} bits a letter" in at.sentence


def test_two_normals_are_those_of_quadrature(figures):
    figure = figures["kl_gaussians"]
    assert len(figure.positions) == 99
    figure.check("density", "q", lambda x, mean, width: norm.pdf(x, mean, width), near=0.006)

    def term(x, mean, width):
        return norm.pdf(x) * (norm.logpdf(x) - norm.logpdf(x, mean, width))

    for at in figure.positions[::8]:
        x, y = at.curve("term", "term").T
        assert np.abs(y - term(x, **at.values)).max() < 0.02
        forward = quad(lambda x, at=at: term(x, **at.values), -9, 9)[0]
        said = [float(n) for n in re.findall(r"= (\d+\.\d+)", at.sentence)]
        assert said[0] == pytest.approx(forward, abs=0.0006)
        swapped = norm(at.values["mean"], at.values["width"])
        backward = quad(lambda x, q=swapped: q.pdf(x) * (q.logpdf(x) - norm.logpdf(x)), -16, 16, limit=200)[0]
        assert said[1] == pytest.approx(backward, abs=0.0006)
        # The answer to the question in the text: at widths below 1 the forward one is the larger.
        assert (forward > backward + 1e-9) == (at.values["width"] < 1)


def test_coins_are_those_of_the_definition(figures):
    def coins(p, q):
        return p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))

    figure = figures["kl_coins"]
    assert len(figure.positions) == 23
    figure.check("", "forward", lambda q, heads: coins(heads, q), near=0.06)
    figure.check("", "backward", lambda q, heads: coins(q, heads), near=0.02)
    figure.check("", "parabola", lambda q, heads: (q - heads) ** 2 / (2 * heads * (1 - heads)), near=0.02)


def test_paths_lead_from_the_start_to_the_valleys(figures):
    ends = []
    for at in figures["kl_paths"].positions:
        backward, forward = (at.curve("", name) for name in ("backward", "forward"))
        start = [at.values["mean"], at.values["width"]]
        for path in (backward, forward, at.curve("", "handle:mean+width")):
            assert path[0] == pytest.approx(start, abs=0.04)
        assert forward[-1] == pytest.approx([0.2, 2.874], abs=0.04)
        mean, width = backward[-1]
        here = reverse(mean, width, 3.5)[0]
        around = reverse(mean + 0.15 * np.array([1, -1, 0, 0]), width * np.exp([0, 0, 0.1, -0.1]), 3.5)
        assert here < around.min()
        assert f"”, {here:.2f} nats" in at.sentence
        ends.append(re.search(r"to “(\w+)", at.sentence)[1])
    assert [ends.count(name) for name in ("left", "both", "right")] == [35, 31, 33]


@pytest.mark.parametrize("shift", [0.3, 1.1, 1.9])
def test_moments_of_the_estimators_are_those_of_quadrature(shift):
    def estimators(x):
        log_r = norm.logpdf(x, shift) - norm.logpdf(x)
        return {"k1": -log_r, "k2": log_r**2 / 2, "k3": np.exp(log_r) - 1 - log_r}

    x = np.linspace(-16, 20, 36_001)
    for name, values in estimators(x).items():
        mean = (norm.pdf(x) * values).sum() * 0.001
        scatter = np.sqrt((norm.pdf(x) * values**2).sum() * 0.001 - mean**2)
        found = kl_divergence.estimator_moments(shift)[name]
        assert np.array(found) == pytest.approx([mean, scatter], rel=1e-6, abs=0)


def test_curves_of_the_estimators_cross_where_the_text_says(figures):
    figure = figures["kl_estimators"]
    assert len(figure.positions) == 20
    for name in ("k1", "k2", "k3"):
        for row, panel in enumerate(("mean", "scatter")):

            def formula(x, shift, name=name, row=row):
                return kl_divergence.estimator_moments(x)[name][row]

            figure.check(panel, f"{name}-{panel}", formula, near=0.05)
    k1, k3 = (kl_divergence.estimator_moments(np.array([1.115, 1.125]))[name][1] for name in ("k1", "k3"))
    assert k3[0] < k1[0]
    assert k3[1] > k1[1]


def test_ratios_to_the_quadratic_form_are_those_of_sums(figures):
    assert "kl_ratio" in figures
    still = figures["kl_ratio"].positions[0]
    counts = np.arange(60)
    for sign in (1, -1):
        h, drawn = still.curve("", f"rate{sign}").T
        rates = np.exp(sign * h)
        p = poisson.pmf(counts, 1.0)
        exact = [p @ (poisson.logpmf(counts, 1.0) - poisson.logpmf(counts, r)) for r in rates]
        assert np.abs(drawn - 2 * np.array(exact) / h**2).max() < 0.02
        h, drawn = still.curve("", f"width{sign}").T
        exact = [divergences.gaussian_kl(0.0, 1.0, 0.0, np.exp(2 * sign * s)) for s in h]
        assert np.abs(drawn - np.array(exact) / h**2).max() < 0.02


def test_the_inequality_is_drawn(figures):
    still = figures["kl_inequality"].positions[0]
    for name, formula in (("tangent", lambda r: r - 1), ("log", np.log)):
        r, y = still.curve("", name).T
        assert np.abs(y - formula(r)).max() < 0.06
