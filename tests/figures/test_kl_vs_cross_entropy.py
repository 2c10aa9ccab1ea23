"""The stored figures of chapter 10 show what lossbook computes, at every slider position."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from lossbook import divergences
from lossbook.classification import distillation_loss
from lossbook.figures import kl_vs_cross_entropy as drawing
from tests.figures.reading import StoredFigure, stored_figures, stored_payloads

CHAPTER = "10_kl_vs_cross_entropy.ipynb"
#: How the chapter shows each figure that draws by itself.
SHOWN = {
    "klce-example": {"axes": [["forward"], ["backward"]], "size": (6.4, 5.0)},
    "klce-identity": {"axes": [["classes"], ["sum"]], "size": (6.4, 6.0)},
    "klce-target": {},
    "klce-distillation": {"axes": [["targets"], ["gradient"]], "size": (6.4, 7.0)},
    "klce-penalty": {"axes": [["shares"], ["trade"]], "size": (6.4, 6.6)},
}


@pytest.fixture(scope="module")
def figures():
    return stored_figures(drawing, CHAPTER, SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_both_ends_of_each_slider_are_drawn_and_say_what_is_stored(figures, name):
    figures[name].check_ends()


def ends(at, axes, artist):
    """Where a horizontal bar begins and ends."""
    x = at.curve(axes, artist)[:, 0]
    return x.min(), x.max()


# ---- The identity ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "p", "q", "written"),
    [
        ("forward", drawing.P, drawing.Q, ["H(P) 0.3251 + KL(P‖Q) 0.2263", "H(P, Q) 0.5514"]),
        ("backward", drawing.Q, drawing.P, ["H(Q) 0.6730 + KL(Q‖P) 0.3112", "H(Q, P) 0.9843"]),
    ],
)
def test_the_example_stacks_entropy_and_divergence_to_cross_entropy(figures, name, p, q, written):
    (at,) = figures["klce-example"].positions
    h, kl, cross = (ends(at, name, f"{name}-{part}") for part in ("entropy", "kl", "cross"))
    # A tenth of a pixel is 0.0003 nats.
    assert h == pytest.approx((0, divergences.entropy(p)), abs=0.001)
    assert kl == pytest.approx((h[1], divergences.cross_entropy(p, q)), abs=0.001)
    assert cross == pytest.approx((0, kl[1]), abs=0.001)
    # A name and its number, and no false equation.
    ax = figures["klce-example"].drawn({})[0][name]
    assert [text.get_text() for text in ax.texts] == written


def test_the_stacked_bar_meets_the_cross_entropy_everywhere(figures):
    positions, limit, infinite = figures["klce-identity"].positions, 2.6, 0
    assert len(positions) == 6 * 11
    for at in positions:
        # Logarithms by NumPy, so that the bars are not compared with what drew them.
        with np.errstate(divide="ignore", invalid="ignore"):
            one, other = (np.array([x, 1 - x]).round(12) for x in (at["p"], at["q"]))
            h = -np.where(one > 0, one * np.log(one), 0).sum()
            cross = -np.where(one > 0, one * np.log(other), 0).sum()
        end = min(cross, limit)
        assert ends(at, "sum", "entropy") == pytest.approx((0, h), abs=0.003)
        assert ends(at, "sum", "kl") == pytest.approx((h, end), abs=0.003)
        assert ends(at, "sum", "cross") == pytest.approx((0, end), abs=0.003)
        for name in "pq":
            assert at.top("classes", name) == pytest.approx(at[name], abs=0.003)
        infinite += np.isinf(cross)
        said = "both infinite" if np.isinf(cross) else f"as H(P, Q), {cross + 0:.4f} nats."
        assert said in at.sentence
    # q = 0 always, q = 1 unless p = 1.
    assert infinite == 6 + 5


def test_readout_of_the_worked_example(figures):
    (said,) = [at.sentence for at in figures["klce-identity"].positions if (at["p"], at["q"]) == (0.9, 0.6)]
    assert said == (
        "H(P) is 0.3251 nats and KL(P‖Q) 0.2263; end to end they are as long as H(P, Q), 0.5514 nats."
    )


# ---- The moving target -------------------------------------------------------------------------------------


def test_a_target_moved_by_kl_goes_to_q_and_one_moved_by_cross_entropy_to_the_top(figures):
    assert len(figures["klce-target"].positions) == 2 * 11
    for at in figures["klce-target"].positions:
        q = drawing.FIXED[at["fixed"]]
        wanted = {
            "fixed": q,
            "kl": drawing.descend_target(q, loss="kl", steps=at["steps"]),
            "cross": drawing.descend_target(q, loss="cross_entropy", steps=at["steps"]),
        }
        for artist, shares in wanted.items():
            assert [at.top("", f"{artist}-{k}") for k in range(3)] == pytest.approx(shares, abs=0.003)


@pytest.mark.parametrize("fixed", list(drawing.FIXED))
def test_each_step_of_the_target_is_downhill(fixed):
    q = drawing.FIXED[fixed]
    for name, loss in (("kl", divergences.kl), ("cross_entropy", divergences.cross_entropy)):
        path = [drawing.descend_target(q, loss=name, steps=n) for n in range(30)]
        assert (np.diff([loss(p, q) for p in path]) <= 1e-15).all()
    assert path[0] == pytest.approx(drawing.START)
    assert drawing.descend_target(q, loss="kl", steps=200) == pytest.approx(q, abs=1e-9)


@pytest.mark.parametrize("name", ["kl", "cross_entropy"])
def test_the_first_step_of_the_target_follows_the_slope_by_differences(name):
    q = drawing.FIXED["one top class"]

    def loss(logits):
        p = np.exp(logits) / np.exp(logits).sum()
        return -p @ np.log(q) + (p @ np.log(p) if name == "kl" else 0)

    logits = np.log(drawing.START)
    moves = 1e-5 * np.eye(3)
    slope = np.array([(loss(logits + m) - loss(logits - m)) / 2e-5 for m in moves])
    wanted = np.exp(logits - drawing.RATE * slope)
    came = drawing.descend_target(q, loss=name, steps=1)
    assert came == pytest.approx(wanted / wanted.sum(), rel=1e-8, abs=0)


# ---- Distillation ------------------------------------------------------------------------------------------


def sizes(student):
    """Sizes of the gradient with T² for T from 1 to 16, by differences."""
    z = drawing.STUDENTS[student]
    moves = 1e-5 * np.eye(len(z))

    def slope(move, t):
        up, down = (distillation_loss(z + s * move, drawing.TEACHER, temperature=t) for s in (1, -1))
        return (up - down) / 2e-5

    return np.array([np.linalg.norm([slope(move, t) for move in moves]) for t in range(1, 17)])


def test_gradient_sizes_with_and_without_the_factor(figures):
    wanted = {student: sizes(student) for student in drawing.STUDENTS}
    temperatures = np.arange(1.0, 17)
    assert len(figures["klce-distillation"].positions) == 6 * 2
    for at in figures["klce-distillation"].positions:
        size, t = wanted[at["student"]], at["temperature"]
        # A tenth of a pixel on these logarithmic axes is 0.4 %.
        for artist, expected in (("with", size), ("without", size / temperatures**2)):
            x, y = at.curve("gradient", artist).T
            assert x == pytest.approx(temperatures, rel=0.01, abs=0)
            assert y == pytest.approx(expected, rel=0.015, abs=0)
        now = size[t - 1]
        assert f"{now / t**2:.4f} without T² and {now:.4f} with it" in at.sentence
        for who, logits in (("teacher", drawing.TEACHER), ("student", drawing.STUDENTS[at["student"]])):
            e = np.exp(logits / t)
            assert at.top("targets", f"{who}-first") == pytest.approx(e[0] / e.sum(), abs=0.003)


@pytest.mark.parametrize(("student", "above"), [("untrained", 1.0206), ("wrong class on top", 1.0788)])
def test_with_the_factor_the_gradient_ends_a_little_above_its_limit(student, above):
    limit = np.linalg.norm(drawing.STUDENTS[student] - drawing.TEACHER) / 5
    assert sizes(student)[-1] / limit == pytest.approx(above, rel=1e-4, abs=0)


def test_the_logits_are_centered():
    assert {logits.sum() for logits in (drawing.TEACHER, *drawing.STUDENTS.values())} == {0}


# ---- The penalty -------------------------------------------------------------------------------------------


def test_the_best_policy_is_the_tilted_reference(figures):
    assert len(figures["klce-penalty"].positions) == 10
    for at in figures["klce-penalty"].positions:
        weights = drawing.REFERENCE * np.exp(drawing.REWARDS / at["beta"])
        best = weights / weights.sum()
        for gid, shares in (("best", best), ("reference", drawing.REFERENCE)):
            assert [at.top("shares", f"{gid}-{k}") for k in range(5)] == pytest.approx(shares, abs=0.003)
        reward = best @ drawing.REWARDS
        here = best @ np.log(best / drawing.REFERENCE), reward
        assert at.curve("trade", "here")[0] == pytest.approx(here, abs=0.01)
        assert f"is {at['beta'] * np.log(weights.sum()):.3f}." in at.sentence
        assert f"mean reward is {reward:.3f}" in at.sentence


def test_the_trade_off_is_a_curve_that_no_policy_beats(figures):
    cost, reward = figures["klce-penalty"].positions[0].curve("trade", "trade").T
    order = np.argsort(cost)
    policies = np.random.default_rng(0).dirichlet(np.full(5, 0.7), 2000)
    spent = divergences.kl(policies, np.tile(drawing.REFERENCE, (2000, 1)))
    inside = (spent > cost.min()) & (spent < cost.max())
    bound = np.interp(spent[inside], cost[order], reward[order])
    # The drawn polygon lies at most 0.02 below the curve.
    assert (policies[inside] @ drawing.REWARDS <= bound + 0.02).all()
    assert inside.sum() > 1000


@pytest.mark.parametrize("beta", [0.05, 0.7, 30.0])
def test_the_value_of_the_best_policy(beta):
    given = (drawing.REFERENCE, drawing.REWARDS, beta)
    best, top = drawing.tilted(*given), drawing.best_penalized(*given)
    assert drawing.penalized(best, *given) == pytest.approx(top, rel=1e-12, abs=0)
    for other in np.random.default_rng(1).dirichlet(np.ones(5), 200):
        expected = top - beta * divergences.kl(other, best)
        assert drawing.penalized(other, *given) == pytest.approx(expected, rel=1e-9, abs=1e-9)


# ---- The parting -------------------------------------------------------------------------------------------


def test_parting_draws_small_differences_at_the_floor():
    ax = Figure().add_subplot()
    distances = {"hard labels": np.array([0.0, 1e-16]), "learned target": np.array([0.05, 0.5])}
    drawing.draw_klce_parting(ax, distances=distances)
    assert {line.get_label(): line.get_ydata().tolist() for line in ax.lines} == {
        "hard labels": [drawing.FLOOR] * 2,
        "learned target": [0.05, 0.5],
    }


def test_only_the_learned_target_parts():
    figure = StoredFigure(stored_payloads(CHAPTER)["klce-parting"], None)
    names = ("hard-labels", "soft-labels", "target-that-moves-by-itself", "learned-target")
    *together, parting = (figure.positions[0].pixels(name)[0][:, 1] for name in names)
    floor = together[0][0]
    assert all((height == floor).all() for height in together)
    assert (parting < floor - 100).all()  # y grows downwards
