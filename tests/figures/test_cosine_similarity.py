"""The stored figures of chapter 12 show what lossbook computes, at every slider position."""

import re

import numpy as np
import pytest
from scipy.integrate import quad

from lossbook import data, distances, embeddings
from lossbook.figures import cosine_similarity as chapter
from tests.figures.reading import stored_figures


@pytest.fixture(scope="module")
def figures():
    return stored_figures(chapter, "12_cosine_similarity.ipynb")


def said(sentence):
    return [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", sentence.replace("−", "-"))]


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    assert len(figures) == 9
    assert sum(len(figure.positions) for figure in figures.values()) <= 350
    for figure in figures.values():
        figure.check_ends()


def test_pulls_on_the_tip_are_minus_gradients_in_the_scale_that_is_told(figures):
    for at in figures["cosine_tips"].positions:
        a = np.array([at.values["x"], at.values["y"]])
        assert at.curve("", "handle:x+y")[0] == pytest.approx(a, abs=0.03)
        pulls = {key: np.diff(at.curve("", f"pull-{key}"), axis=0)[0] for key in chapter.LOOKS}
        assert pulls["dot"] == pytest.approx(chapter.FIXED / 2, abs=0.04)
        assert pulls["euclidean"] == pytest.approx((chapter.FIXED - a) / 2, abs=0.04)
        assert pulls["cosine"] == pytest.approx(-6 * embeddings.cosine_loss_grad(a, chapter.FIXED), abs=0.04)
        tip = at.curve("", "pull-cosine")[1]
        assert -3 < tip[0] < 7.6
        assert -0.3 < tip[1] < 3.9
        numbers = [a @ chapter.FIXED / np.hypot(*a) / np.hypot(*chapter.FIXED)]
        numbers += [np.hypot(*(a - chapter.FIXED)), a @ chapter.FIXED]
        assert said(at.sentence) == pytest.approx(numbers, abs=0.0051)
        assert len(at.sentence) <= 62
    # By hand: (2, 1) and (1, 2.5) have the inner product 4.5, (4, 2) has twice that and the same cosine.
    sentences = {tuple(at.values.values()): at.sentence for at in figures["cosine_tips"].positions}
    assert sentences[2, 1].endswith("inner product 4.50.")
    assert sentences[4, 2].endswith("inner product 9.00.")
    assert sentences[2, 1][:11] == sentences[4, 2][:11] == "Cosine 0.75"
    assert sentences[1, 2.5] == "Cosine 1.00, distance 0.00, inner product 7.25."


def test_the_sections_are_those_of_the_licenses():
    titles, counts = chapter.license_sections()
    assert [int(title.split(".")[0]) for title in titles] == [*range(1, 10), *range(18)]
    assert titles[6].split(". ")[1] == titles[24].split(". ")[1] == "Disclaimer of Warranty"
    words = re.findall("[a-z]+", data.text("apache2").split("END OF TERMS")[0].split("6. Trade")[1].lower())
    assert counts[5].sum() == words.index("disclaimer")
    # A word in all 27 sections weighs nothing.
    everywhere = (counts > 0).all(axis=0)
    assert (chapter.weighted(counts)[:, everywhere] == 0).all()


def test_sections_stand_at_their_cosine_and_length_and_winners_on_their_lines(figures):
    titles, counts = chapter.license_sections()
    vectors = counts * np.log(27 / (counts > 0).sum(axis=0))
    keys = vectors[9:]
    for at in figures["cosine_sections"].positions:
        query = vectors[chapter.ASKED[at.values["section"]] - 1] * at.values["copies"]
        cosines = embeddings.cosine_similarity(np.tile(query, (18, 1)), keys)
        places = np.column_stack([cosines, np.linalg.norm(keys, axis=1)])
        assert at.curve("", "sections") == pytest.approx(places, abs=0.4)
        winners = cosines.argmax(), np.linalg.norm(keys - query, axis=1).argmin(), (keys @ query).argmax()
        names = ["§ " + titles[9 + place].replace(".", ",") for place in winners]
        told = f"cosine finds {names[0]}; Euclidean {names[1]}; inner product {names[2]}."
        assert at.sentence.endswith(told)
        # Right of a line all is nearer: no section lies there.
        for key in ("cosine", "euclidean", "dot"):
            right, high = at.curve("", key).T
            order = high.argsort()
            there = np.interp(places[:, 1], high[order], right[order])
            known = (places[:, 1] > high.min()) & (places[:, 1] < high.max())
            assert (places[:, 0] < there + 0.012)[known].all()
        for key, place in zip(chapter.LOOKS, winners, strict=True):
            x, y = at.curve("", key).T
            nearest = np.abs(y - places[place, 1]).argmin()
            slack = 0.02 if key != "dot" else 0.01 + 0.03 * cosines[place]
            assert x[nearest] == pytest.approx(places[place, 0], abs=slack)


def test_descent_grows_as_pythagoras_says(figures):
    for at in figures["cosine_growth"].positions:
        points = [chapter.START]
        for _ in range(30):
            a = points[-1]
            slope = -(chapter.TARGET - a[0] * a / (a @ a)) / np.sqrt(a @ a)
            points.append(a - at.values["rate"] * slope)
        assert at.curve("path", "path") == pytest.approx(np.array(points), abs=0.05)
        assert f"the length is {np.hypot(*points[-1]):.2f}" in at.sentence

    def last(rates, rate):
        return [np.linalg.norm(chapter.descend(r)[-1]) for r in np.round(rates * 4) / 4]

    figures["cosine_growth"].check("length", "length", last, near=0.06)


def test_random_directions_have_the_density_drawn(figures):
    for at in figures["cosine_spread"].positions:
        d = round(384 / 2 ** at.values["halvings"])
        c, height = at.curve("", "random").T
        density = chapter.cosine_density(c, d)
        steep = np.abs(np.gradient(density, c)) > 15
        assert np.abs(height - density)[(density < 11) & ~steep].max() < 0.12
        assert f"In {d} dimensions" in at.sentence
        assert said(at.sentence)[1] == pytest.approx(d**-0.5, abs=0.0006)
    assert quad(chapter.cosine_density, -1, 1, args=(5,))[0] == pytest.approx(1, rel=1e-9, abs=0)


def test_word_cosines_are_those_of_the_frozen_words():
    table = data.vectors("minilm")
    words = table["vector"][:218]
    assert not table["group"][217].startswith("question")
    assert table["group"][218].startswith("question")
    cosines = 1 - distances.pairwise(words, metric="cosine_distance")
    expected = cosines[np.triu_indices(218, k=1)]
    assert chapter.word_cosines() == pytest.approx(expected, abs=1e-12)


def test_spokes_are_shares_of_the_softmax(figures):
    for at in figures["cosine_temperature"].positions:
        degrees = np.array([chapter.POSITIVE, at.values["angle"], *chapter.NEGATIVES])
        weights = np.exp(np.cos(np.radians(degrees)) / at.values["temperature"])
        shares = weights / weights.sum()
        for place, share in enumerate(shares):
            spoke = np.linalg.norm(np.diff(at.curve("", f"share-{place}"), axis=0))
            assert spoke == pytest.approx(0.95 * share, abs=0.02)
            way = np.array([np.sin(np.radians(degrees[place])), np.cos(np.radians(degrees[place]))])
            assert at.curve("", f"share-{place}")[0] == pytest.approx(1.09 * way, abs=0.02)
        numbers = [at.values["temperature"], shares[0], shares[1], -np.log(shares[0])]
        assert said(at.sentence) == pytest.approx(numbers, abs=0.00051)


def test_digits_stand_at_their_unit_vectors_seen_in_the_plane_of_most_spread(figures):
    from sklearn.datasets import load_digits

    labels = load_digits().target[1297:]
    unit = chapter.contrastive_run()[0][-1, 1297:]
    unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    spread = np.linalg.eigvalsh(np.cov(unit.T, bias=True))[-2:].sum()
    plane = chapter.digits_plane()
    assert plane.T @ plane == pytest.approx(np.eye(2), abs=1e-9)
    assert (unit @ plane).var(axis=0).sum() == pytest.approx(spread, rel=1e-9, abs=0)
    for at in figures["cosine_digits"].positions[::7]:
        vectors = chapter.contrastive_run(at.values["loss"])[0][at.values["step"] // 20, 1297:]
        for digit in (0, 4, 9):
            first = vectors[labels == digit][:12]
            expected = first / np.linalg.norm(first, axis=1, keepdims=True) @ plane
            assert at.curve("", f"digit-{digit}") == pytest.approx(expected, abs=0.01)
        assert said(at.sentence)[2] == pytest.approx(embeddings.uniformity(vectors), abs=0.0051)


def test_views_are_shifts_by_at_most_a_pixel():
    image = np.zeros((1, 8, 8))
    image[0, 3, 4] = 1
    views = chapter.shifted(np.repeat(image, 300, axis=0), np.random.default_rng(0))
    places = {divmod(int(view.argmax()), 8) for view in views}
    assert places == {(row, column) for row in (2, 3, 4) for column in (3, 4, 5)}
    still = chapter.shifted(image, np.random.default_rng(0), shift=0, noise=0)
    assert (still == image.reshape(1, 64)).all()
    noisy = chapter.shifted(np.zeros((300, 8, 8)), np.random.default_rng(0), noise=0.2)
    assert noisy.std() == pytest.approx(0.2, abs=0.01)


def test_views_that_differ_in_noise_alone_are_learned_apart_from_shifted_ones():
    _, both = chapter.contrastive_run()
    seen, noisy = chapter.contrastive_run(shift=0)
    assert (seen[0] == chapter.contrastive_run()[0][0]).all()
    # The views of the held-out images are shifted in either run: only one network has learned to ignore it.
    near, far = (embeddings.alignment(*views[-1]) for views in (both, noisy))
    assert near < 0.3 < 1 < far


@pytest.mark.slow
def test_a_layer_whose_length_is_ignored_only_grows():
    _, lengths = chapter.run_plain_steps(1.0)
    assert (np.diff(lengths) > 0).all()
    _, held = chapter.run_plain_steps(1.0, held=True)
    assert held == pytest.approx(np.full(201, held[0]), rel=1e-12, abs=0)


@pytest.mark.slow
def test_the_last_layer_alone_takes_the_large_rate():
    grown, lengths = chapter.run_plain_steps(100, first=0.1)
    still, held = chapter.run_plain_steps(100, first=0.1, held=True)
    assert lengths[-1] > 40
    assert np.ptp(held) < 1e-9
    assert grown + 0.4 < still < np.log(500)
    assert chapter.run_plain_steps(1)[0] == chapter.run_plain_steps(1, first=1)[0]
    assert chapter.run_plain_steps(1, first=0.1)[0] > chapter.run_plain_steps(1)[0] + 0.05


def test_stretching_leaves_scores_and_moves_cosines(figures):
    for at in figures["cosine_rescaling"].positions:
        films = {name: at.curve("", f"film-{name}")[1] for name in "ABC"}
        stretched = chapter.FILMS * [at.values["scale"], 1]
        assert np.array([*films.values()]) == pytest.approx(stretched, abs=0.04)
        near = [embeddings.cosine_similarity(stretched[0], film) for film in stretched[1:]]
        assert said(at.sentence)[1:3] == pytest.approx(near, abs=0.0051)
        assert at.sentence.endswith("scores of A, B, C: 4.0, 3.5, 2.0.")
        assert "-" not in at.sentence


def test_the_margin_moves_the_cosine(figures):
    def shifted_cosine(degrees, margin):
        return np.cos(np.radians(degrees + margin))

    figures["cosine_margin"].check("", "margin", shifted_cosine, near=0.03)
    for at in figures["cosine_margin"].positions:
        assert f"an angle of {60 - at.values['margin']}°" in at.sentence
