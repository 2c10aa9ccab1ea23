"""The stored figures of chapter 9 show what lossbook computes, at every position."""

import re

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import binom

from lossbook import catalog, data
from lossbook import distances as library
from lossbook.figures import distances
from tests.figures.reading import stored_figures

RESULTS = {"distance_knn", "distance_whitened"}  # which draw what the chapter has measured


@pytest.fixture(scope="module")
def figures():
    return stored_figures(distances, "09_distances.ipynb")


def numbers(sentence):
    """The numbers that a readout says, in order."""
    return [float(x.replace("−", "-")) for x in re.findall(r"−?\d+(?:\.\d+)?", sentence)]


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for name in set(figures) - RESULTS:
        figures[name].check_ends()


def test_the_cloud_has_its_covariance():
    np.testing.assert_allclose(np.cov(distances.cloud().T), distances.CLOUD_COVARIANCE, rtol=1e-9)
    np.testing.assert_allclose(distances.cloud().mean(0), 0, atol=1e-9)


def test_circle_and_ellipse_go_through_the_point_that_is_dragged(figures):
    positions = figures["distance_cloud"].positions
    assert len(positions) == 99
    inverse = np.linalg.inv(distances.CLOUD_COVARIANCE)
    for at in positions:
        place = np.array([at.values["x"], at.values["y"]])
        mahalanobis = np.sqrt(place @ inverse @ place)
        assert at.curve("", "handle:x+y")[0] == pytest.approx(place, abs=0.03)
        assert numbers(at.sentence) == pytest.approx([np.hypot(*place), mahalanobis], abs=0.0051)
        ring, circle = at.curve("", "ellipse"), at.curve("", "circle")
        assert np.hypot(*circle.T) == pytest.approx(np.full(len(circle), np.hypot(*place)), abs=0.04)
        far = np.sqrt(np.einsum("ij,jk,ik->i", ring, inverse, ring))
        assert far == pytest.approx(np.full(len(ring), mahalanobis), abs=0.08)


def test_whitening_keeps_mahalanobis_distance_as_length(figures):
    for at in figures["distance_whitening"].positions:
        rho = at.values["rho"]
        # By hand: (1, 1) is an eigenvector to 1 + ρ, (1, −1) to 1 − ρ.
        by_hand = [np.sqrt(2 / (1 + rho)), np.sqrt(2 / (1 - rho))]
        assert numbers(at.sentence)[1:] == pytest.approx(by_hand, abs=0.0051)
        lengths = [np.hypot(*at.curve("whitened", f"{name}-whitened")[0]) for name in "PQ"]
        assert lengths == pytest.approx(by_hand, abs=0.03)
        assert (abs(by_hand[0] - 3 * by_hand[1]) < 0.01) == (abs(rho + 0.8) < 0.01)
        round_one = at.curve("whitened", "unit-whitened")
        assert np.hypot(*round_one.T) == pytest.approx(np.ones(len(round_one)), abs=0.03)
        tip = at.curve("data", "handle:rho")[0]
        assert tip == pytest.approx([-np.sqrt((1 + rho) / 2)] * 2, abs=0.03)


def test_balls_hold_what_is_at_distance_one(figures):
    positions = figures["distance_ball"].positions
    assert len(positions) == 21
    for at in positions:
        s = at.values["inverse"]
        ball = np.abs(at.curve("", "ball"))
        inside = ball.max(1) if s == 0 else (ball ** (1 / s)).sum(1) ** s
        if s == 0 or s <= 1:  # thinner spikes than a pixel say nothing
            assert inside == pytest.approx(np.ones(len(ball)), abs=0.04)
        assert at.curve("", "handle:inverse")[0] == pytest.approx([2.0**-s] * 2, abs=0.02)
        assert at.sentence.endswith(f": direct {2**s:.2f}, by way of (1, 0) 2.00.")
        hollow = 2 * at.curve("", "handle:inverse")[0][0] < 0.98
        assert hollow == (2**s > 2.05) == (s > 1)


def test_what_a_change_leaves_alone_is_what_the_catalog_says(figures):
    positions = figures["distance_changes"].positions
    assert [at.values["change"] for at in positions] == list(catalog.CHANGES)
    for at in positions:
        change = at.values["change"]
        found = distances.effects(change)
        for name, ratio in found.items():
            assert (ratio == 1) == (change in catalog.get(name).invariances), (name, change)
        for row, ratio in zip(range(9)[::-1], found.values(), strict=True):
            place = 1 if ratio is None else ratio if ratio > 1 / 7 else 1 / 16
            assert place < 8  # no arrow is needed at the right edge
            assert at.curve("", f"after-{row}")[0] == pytest.approx([place, row], rel=0.02, abs=0.02)
            arrow = 1 / 7 if place < 1 / 8 else 1 / 16  # the axes begin at 1 / 8
            assert at.curve("", f"gone-{row}")[0] == pytest.approx([arrow, row], rel=0.02, abs=0.02)
            assert at.curve("", f"before-{row}")[0] == pytest.approx([1, row], rel=0.02, abs=0.02)
        kept = [n for n, ratio in found.items() if ratio == 1]
        said = at.sentence.partition(": unmoved, the filled dots: ")[2].rstrip(".").split(", ")
        assert said == [catalog.get(n).title.removesuffix(" distance") for n in kept]


def test_the_gallery_says_the_estimates_of_its_samples(figures):
    positions = figures["distance_dependence"].positions
    assert len(positions) == 36
    for at in positions:
        x, y = distances.dependent(at.values["shape"], at.values["noise"])
        r = np.corrcoef(x, y)[0, 1]
        information = library.mutual_information_knn(x / x.std(), y / y.std())
        assert numbers(at.sentence)[1:] == pytest.approx([r, information], abs=0.0051)
        assert at.curve("", "points") == pytest.approx(np.column_stack([x, y])[:150], abs=0.05)
    said = {(at.values["shape"], at.values["noise"]): numbers(at.sentence)[1:] for at in positions}
    for shape, least in (("parabola", 0.5), ("ring", 0.2)):
        assert abs(said[shape, 0.3][0]) < 0.1 < least < said[shape, 0.3][1]
    assert max(abs(said["independent", n / 10][1]) for n in range(1, 10)) < 0.1
    # A line with noise σ has the correlation 1 / √(1 + σ²), hence the information ½ log(1 + 1/σ²).
    for noise in (0.3, 0.9):
        truth = 0.5 * np.log(1 + 1 / noise**2)
        assert said["line", noise] == pytest.approx([1 / np.hypot(1, noise), truth], abs=0.1)


def test_a_ring_is_told_from_independence_up_to_noise_0_4():
    rng = np.random.default_rng(0)
    for noise, least, most in ((0.3, 0, 0.02), (0.4, 0, 0.02), (0.6, 0.03, 1), (0.9, 0.03, 1)):
        x, y = (z / z.std() for z in distances.dependent("ring", noise))
        found = library.mutual_information_knn(x, y)
        shuffled = [library.mutual_information_knn(x, rng.permutation(y)) for _ in range(60)]
        assert least <= np.mean(np.array(shuffled) >= found) <= most, noise


def test_histograms_are_right_nowhere_for_long(figures):
    positions = figures["distance_bins"].positions
    assert len(positions) == 60
    for at in positions:
        by_bins, by_neighbors = distances.estimates(float(at.values["correlation"]))
        mean = by_bins.mean(0)[distances.BINS.index(at.values["bins"])]
        assert at.curve("", "value")[0] == pytest.approx([at.values["bins"], mean], abs=0.1)
        assert numbers(at.sentence)[2] == pytest.approx(mean, abs=0.0051)
        truth = -0.5 * np.log(1 - float(at.values["correlation"]) ** 2)
        assert by_neighbors.mean() == pytest.approx(truth, abs=0.02)
    eight = {rho: distances.estimates(rho)[0].mean(0)[3] for rho in (0.6, 0.9)}
    assert eight == pytest.approx({0.6: 0.23, 0.9: 0.69}, abs=0.006)


def test_distances_become_alike(figures):
    positions = figures["distance_dimension"].positions
    assert len(positions) == 20
    for at in positions:
        d = round(2 ** at.values["power"])
        points = np.random.default_rng([9, d]).random((230, d))
        apart = cdist(points[:30], points[30:])
        farther = np.median(apart.max(1) / apart.min(1))
        assert numbers(at.sentence)[0] == d
        assert numbers(at.sentence)[1] == pytest.approx(farther, abs=0.0051)
        # Half of the squares' relative spread, √(7/180) / (1/6) / √d.
        if d > 30:
            assert apart.std() / apart.mean() == pytest.approx(0.5916 / np.sqrt(d), rel=0.15, abs=0)
    said = {at.values["power"]: numbers(at.sentence)[1] for at in positions}
    assert said[4.0] > 2 > said[4.5]
    assert said[10.5] < 1.1


def test_least_numbers_agree_as_often_as_words_are_shared(figures):
    sets = distances.word_sets()
    assert len(sets["apache2"]) == len(set(re.findall("[a-z]+", data.text("apache2").lower()))) == 441
    for a, b, *_ in distances.PAIRS.values():
        index = len(sets[a] & sets[b]) / len(sets[a] | sets[b])
        pair = next(pair for pair, ends in distances.PAIRS.items() if ends[:2] == (a, b))
        count = distances.agreements()[pair].sum()
        assert 0.01 < binom.cdf(count, 200, index) < 0.99
    for at in figures["distance_minhash"].positions:
        k = at.values["draws"]
        said = numbers(at.sentence)
        assert said[0] == k
        found = [distances.agreements()[pair][:k].mean() for pair in distances.PAIRS]
        assert said[1::2] == pytest.approx(found, abs=0.0051)
        true = [len(sets[a] & sets[b]) / len(sets[a] | sets[b]) for a, b, *_ in distances.PAIRS.values()]
        assert said[2::2] == pytest.approx(true, abs=0.0051)
        for (a, *_), guess in zip(distances.PAIRS.values(), found, strict=True):
            x, y = at.curve("", f"guess-{a}").T
            assert np.interp(k, x, y) == pytest.approx(guess, abs=0.01)


def test_no_answer_is_given_away_at_the_start(figures):
    start = {
        (name, p["name"]): p["texts"][p["start"]]
        for name, figure in figures.items()
        for p in figure.payload["parameters"]
    }
    assert start["distance_cloud", "y"] == "1.5"
    assert start["distance_dependence", "shape"] == "line"
    assert start["distance_dimension", "power"] == "3.0"


def test_pictures_of_results_show_what_they_are_given(figures):
    assert set(figures) >= RESULTS
    assert len(figures) == 11
