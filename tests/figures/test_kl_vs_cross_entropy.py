"""The stored figures of chapter 10 show what lossbook computes, at every slider position."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from lossbook import divergences
from lossbook.classification import distillation_loss
from lossbook.figures import kl_vs_cross_entropy as drawing
from tests.figures.reading import stored_figures

GIVEN = (drawing.REFERENCE, drawing.REWARDS)


@pytest.fixture(scope="module")
def figures():
    return stored_figures(drawing, "10_kl_vs_cross_entropy.ipynb")


def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures):
    for name in set(figures) - {"klce_parting"}:  # which draws results
        figures[name].check_ends()


def bars(at, axes, *artists):
    """Where horizontal bars begin and end."""
    return [float(end) for artist in artists for end in np.sort(at.curve(axes, artist)[:, 0])[[0, -1]]]


def test_the_example_stacks_entropy_and_divergence_to_cross_entropy(figures):
    (at,) = figures["klce_example"].positions
    for name, h, cross in (("forward", 0.32508, 0.55138), ("backward", 0.67301, 0.98427)):
        drawn = bars(at, name, *(f"{name}-{part}" for part in ("entropy", "kl", "cross")))
        assert drawn == pytest.approx([0, h, h, cross, 0, cross], abs=0.001)
    # A name and its number, and no false equation.
    axes = figures["klce_example"].drawn({})[0]
    assert [text.get_text() for name in ("forward", "backward") for text in axes[name].texts] == [
        *("H(P) 0.3251 + KL(P‖Q) 0.2263", "H(P, Q) 0.5514"),
        *("H(Q) 0.6730 + KL(Q‖P) 0.3112", "H(Q, P) 0.9843"),
    ]


def test_the_stacked_bar_meets_the_cross_entropy_everywhere(figures):
    infinite = 0
    for at in figures["klce_identity"].positions:
        p, q = at.values.values()
        # Logarithms by NumPy, so that the bars are not compared with what drew them.
        with np.errstate(divide="ignore", invalid="ignore"):
            one, other = (np.array([x, 1 - x]).round(12) for x in (p, q))
            h = -np.where(one > 0, one * np.log(one), 0).sum()
            cross = -np.where(one > 0, one * np.log(other), 0).sum()
        end = min(cross, 2.6)
        assert bars(at, "sum", "entropy", "kl", "cross") == pytest.approx([0, h, h, end, 0, end], abs=0.003)
        assert [at.top("classes", name) for name in "pq"] == pytest.approx([p, q], abs=0.003)
        infinite += np.isinf(cross)
        said = f"KL(P‖Q) {cross - h + 0:.4f}; end to end they are as long as H(P, Q), {cross + 0:.4f} nats."
        assert ("both infinite" if np.isinf(cross) else said) in at.sentence
    # q = 0 always, q = 1 unless p = 1, of six values of p.
    assert infinite == 6 + 5


def test_bars_of_the_moving_target_are_its_descent(figures):
    assert len(figures["klce_target"].positions) == 2 * 11
    for at in figures["klce_target"].positions:
        q, steps = drawing.FIXED[at.values["fixed"]], at.values["steps"]
        by_kl, by_cross = (drawing.descend_target(q, loss=x, steps=steps) for x in ("kl", "cross_entropy"))
        for artist, shares in (("fixed", q), ("kl", by_kl), ("cross", by_cross)):
            assert [at.top("", f"{artist}-{k}") for k in range(3)] == pytest.approx(shares, abs=0.003)


def slope(loss, logits, step=1e-5):
    """Gradient of a function of logits by differences."""
    moves = step * np.eye(len(logits))
    return np.array([(loss(logits + move) - loss(logits - move)) / (2 * step) for move in moves])


@pytest.mark.parametrize("fixed", list(drawing.FIXED))
@pytest.mark.parametrize("name", ["kl", "cross_entropy"])
def test_the_target_moves_along_the_slope_and_always_downhill(name, fixed):
    q, loss = drawing.FIXED[fixed], getattr(divergences, name)

    def loss_of(logits):
        return loss(np.exp(logits) / np.exp(logits).sum(), q)

    path = [drawing.descend_target(q, loss=name, steps=n) for n in range(30)]
    assert path[0] == pytest.approx(drawing.START)
    first = np.log(drawing.START) - drawing.RATE * slope(loss_of, np.log(drawing.START))
    assert path[1] == pytest.approx(np.exp(first) / np.exp(first).sum(), rel=1e-8, abs=0)
    assert (np.diff([loss(p, q) for p in path]) <= 1e-15).all()
    # KL pulls it onto q, cross-entropy onto the classes that share the top.
    end = drawing.descend_target(q, loss=name, steps=2000)
    off = np.abs(end - q) if name == "kl" else end[q < q.max()]
    assert off.max() < 0.001


def sizes(student):
    """Sizes of the gradient with T² for T from 1 to 16, by differences."""

    def loss(t):
        return lambda z: distillation_loss(z, drawing.TEACHER, temperature=t)

    return np.array([np.linalg.norm(slope(loss(t), drawing.STUDENTS[student])) for t in range(1, 17)])


def test_gradient_sizes_with_and_without_the_factor_and_softened_bars(figures):
    wanted = {student: sizes(student) for student in drawing.STUDENTS}
    assert len(figures["klce_distillation"].positions) == 6 * 2
    for at in figures["klce_distillation"].positions:
        t, size = at.values["temperature"], wanted[at.values["student"]]
        # A tenth of a pixel on these logarithmic axes is 0.4 %.
        for artist, power in (("with", 0), ("without", 2)):
            x, y = at.curve("gradient", artist).T
            assert x == pytest.approx(np.arange(1.0, 17), rel=0.01, abs=0)
            assert y == pytest.approx(size / np.arange(1.0, 17) ** power, rel=0.015, abs=0)
        assert f"{size[t - 1] / t**2:.4f} without T² and {size[t - 1]:.4f} with it" in at.sentence
        for who, z in (("teacher", drawing.TEACHER), ("student", drawing.STUDENTS[at.values["student"]])):
            share = np.exp(z[0] / t) / np.exp(z / t).sum()
            assert at.top("targets", f"{who}-first") == pytest.approx(share, abs=0.003)


def spent_and_earned(beta):
    """By hand: the best policy, its divergence from the reference, its mean reward, and the value β log Σ."""
    weights = drawing.REFERENCE * np.exp(drawing.REWARDS / beta)
    best = weights / weights.sum()
    spent = best @ np.log(best / drawing.REFERENCE)
    return best, spent, best @ drawing.REWARDS, beta * np.log(weights.sum())


def test_the_best_policy_is_the_tilted_reference_and_what_divergence_buys(figures):
    assert len(figures["klce_penalty"].positions) == 10
    trade = [spent_and_earned(beta)[1:3] for beta in np.geomspace(0.1, 40, 60)]
    for at in figures["klce_penalty"].positions:
        best, spent, reward, value = spent_and_earned(**at.values)
        for artist, shares in (("best", best), ("reference", drawing.REFERENCE)):
            assert [at.top("shares", f"{artist}-{k}") for k in range(5)] == pytest.approx(shares, abs=0.003)
        assert at.curve("trade", "trade") == pytest.approx(np.array(trade), abs=0.01)
        assert at.curve("trade", "here")[0] == pytest.approx([spent, reward], abs=0.01)
        assert f"mean reward is {reward:.3f} at a divergence of {spent:.3f} nats" in at.sentence
        assert f"is {value:.3f}." in at.sentence


@pytest.mark.parametrize("beta", [0.05, 0.7, 30.0])
def test_the_value_of_the_best_policy(beta):
    best, top = drawing.tilted(*GIVEN, beta), drawing.best_penalized(*GIVEN, beta)
    assert drawing.penalized(best, *GIVEN, beta) == pytest.approx(top, rel=1e-12, abs=0)
    for other in np.random.default_rng(1).dirichlet(np.ones(5), 200):
        expected = top - beta * divergences.kl(other, best)
        assert drawing.penalized(other, *GIVEN, beta) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_only_the_learned_target_parts_and_small_differences_lie_on_the_floor(figures):
    at = figures["klce_parting"].positions[0]
    names = ("hard-labels", "soft-labels", "target-that-moves-by-itself", "learned-target")
    *together, parting = (at.pixels(name)[0][:, 1] for name in names)
    floor = together[0][0]
    assert all((height == floor).all() for height in together)
    assert (parting < floor - 100).all()  # y grows downwards
    ax = Figure().add_subplot()
    drawing.draw_klce_parting(ax, distances={"hard labels": np.array([0.0, 1e-16, 0.05])})
    assert ax.lines[0].get_ydata().tolist() == [drawing.FLOOR, drawing.FLOOR, 0.05]
