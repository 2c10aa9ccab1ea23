"""The stored figures of chapter 10 show what lossbook computes, at every slider position."""

import itertools

import numpy as np
import pytest
from reading import canvas_and_grid, curve_reader, drawn_points, stored_payloads

from lossbook import divergences
from lossbook.classification import distillation_loss
from lossbook.figures import kl_vs_cross_entropy as figures
from lossbook.figures.engine import style

CHAPTER = "10_kl_vs_cross_entropy.ipynb"
#: How the chapter shows each figure: layout, and one position to lay it out with.
FIGURES = {
    "klce-example": ({"axes": [["forward"], ["backward"]], "size": (6.4, 5.0)}, {}),
    "klce-identity": (
        {"axes": [["classes"], ["sum"]], "size": (6.4, 6.0)},
        {"p": 0.9, "q": 0.6},
    ),
    "klce-target": ({}, {"fixed": "one top class", "steps": 10}),
    "klce-distillation": (
        {"axes": [["targets"], ["gradient"]], "size": (6.4, 7.0)},
        {"temperature": 4, "student": "untrained"},
    ),
    "klce-penalty": ({"axes": [["shares"], ["trade"]], "size": (6.4, 6.6)}, {"beta": 1.0}),
}


@pytest.fixture(scope="module")
def stored():
    return stored_payloads(CHAPTER)


@pytest.fixture(scope="module")
def curve(stored):
    """A function that reads an artist of a stored figure back into data, shape (n, 2)."""
    return curve_reader(figures, stored, FIGURES)


def positions(payload):
    """The values of the sliders, a tuple for each position, numbers where they are numbers."""

    def value(text):
        try:
            return float(text.replace("−", "-"))
        except ValueError:
            return text

    return list(itertools.product(*([value(t) for t in p["texts"]] for p in payload["parameters"])))


def ends(points):
    """Where a horizontal bar begins and ends."""
    return points[:, 0].min(), points[:, 0].max()


def test_the_chapter_shows_every_figure_of_its_module(stored):
    drawn = {
        name.removeprefix("draw_").replace("_", "-") for name in dir(figures) if name.startswith("draw_")
    }
    assert set(stored) == drawn == {*FIGURES, "klce-parting"}


# ---- The identity ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["forward", "backward"])
def test_the_example_stacks_entropy_and_divergence_to_cross_entropy(curve, name):
    p, q = (figures.P, figures.Q) if name == "forward" else (figures.Q, figures.P)
    h = ends(curve("klce-example", name, f"{name}-entropy", 0))
    kl = ends(curve("klce-example", name, f"{name}-kl", 0))
    cross = ends(curve("klce-example", name, f"{name}-cross", 0))
    # A tenth of a pixel is 0.0003 nats.
    assert h == pytest.approx((0, divergences.entropy(p)), abs=0.001)
    assert kl == pytest.approx((h[1], divergences.cross_entropy(p, q)), abs=0.001)
    assert cross == pytest.approx((0, kl[1]), abs=0.001)


def test_the_example_writes_a_name_and_its_number_and_no_false_equation():
    canvas, _, _ = canvas_and_grid(figures.draw_klce_example, FIGURES["klce-example"][0])
    with style.applied():
        figure, _ = canvas.figure({})
    assert [text.get_text() for ax in figure.axes for text in ax.texts] == [
        "H(P) 0.3251 + KL(P‖Q) 0.2263",
        "H(P, Q) 0.5514",
        "H(Q) 0.6730 + KL(Q‖P) 0.3112",
        "H(Q, P) 0.9843",
    ]


def test_the_stacked_bar_meets_the_cross_entropy_everywhere(stored, curve):
    payload = stored["klce-identity"]
    grid = positions(payload)
    assert len(grid) == len(payload["readouts"]) == 6 * 11
    infinite = 0
    limit = 2.6
    for position, (p, q) in enumerate(grid):
        # Logarithms by NumPy, so that the bars are not compared with what drew them.
        with np.errstate(divide="ignore", invalid="ignore"):
            one, other = np.array([p, 1 - p]).round(12), np.array([q, 1 - q]).round(12)
            h = -np.where(one > 0, one * np.log(one), 0).sum()
            cross = -np.where(one > 0, one * np.log(other), 0).sum()
        blue, red, purple = (
            ends(curve("klce-identity", "sum", artist, position)) for artist in ("entropy", "kl", "cross")
        )
        slack = 0.003
        assert blue == pytest.approx((0, h), abs=slack)
        assert red == pytest.approx((h, min(cross, limit)), abs=slack)
        assert purple == pytest.approx((0, min(cross, limit)), abs=slack)
        if np.isinf(cross):
            infinite += 1
            assert "both infinite" in payload["readouts"][position]
        else:
            assert f"as H(P, Q), {cross + 0:.4f} nats." in payload["readouts"][position]
    # q = 0 always, q = 1 unless p = 1.
    assert infinite == 6 + 5


def test_the_bars_of_the_beliefs_are_the_sliders(stored, curve):
    for position, (p, q) in enumerate(positions(stored["klce-identity"])):
        for name, value in (("p", p), ("q", q)):
            assert curve("klce-identity", "classes", name, position)[:, 1].max() == pytest.approx(
                value, abs=0.002
            )


def test_readout_of_the_worked_example(stored):
    payload = stored["klce-identity"]
    at = positions(payload).index((0.9, 0.6))
    assert payload["readouts"][at] == (
        "H(P) is 0.3251 nats and KL(P‖Q) 0.2263; end to end they are as long as H(P, Q), 0.5514 nats."
    )


# ---- The moving target -------------------------------------------------------------------------------------


def test_a_target_moved_by_kl_goes_to_q_and_one_moved_by_cross_entropy_to_the_top(stored, curve):
    for position, (fixed, steps) in enumerate(positions(stored["klce-target"])):
        q = figures.FIXED[fixed]
        for gid, loss in (("kl", "kl"), ("cross", "cross_entropy")):
            expected = figures.descend_target(q, loss=loss, steps=int(steps))
            tops = [curve("klce-target", "", f"{gid}-{k}", position)[:, 1].max() for k in range(3)]
            assert tops == pytest.approx(expected, abs=0.003)
        tops = [curve("klce-target", "", f"fixed-{k}", position)[:, 1].max() for k in range(3)]
        assert tops == pytest.approx(q, abs=0.003)
    assert position == 2 * 11 - 1


@pytest.mark.parametrize("fixed", list(figures.FIXED))
def test_each_step_of_the_target_is_downhill(fixed):
    q = figures.FIXED[fixed]
    for name, loss in (("kl", divergences.kl), ("cross_entropy", divergences.cross_entropy)):
        path = [figures.descend_target(q, loss=name, steps=n) for n in range(30)]
        values = [loss(p, q) for p in path]
        assert (np.diff(values) <= 1e-15).all()
    assert path[0] == pytest.approx(figures.START)
    assert figures.descend_target(q, loss="kl", steps=200) == pytest.approx(q, abs=1e-9)


def test_the_first_step_of_the_target_follows_torch():
    torch = pytest.importorskip("torch")
    q = torch.tensor(figures.FIXED["one top class"])
    for name in ("kl", "cross_entropy"):
        logits = torch.tensor(np.log(figures.START), requires_grad=True)
        p = torch.softmax(logits, 0)
        loss = -(p * q.log()).sum() + ((p * p.log()).sum() if name == "kl" else 0)
        (slope,) = torch.autograd.grad(loss, logits)
        expected = torch.softmax(logits.detach() - figures.RATE * slope, 0).numpy()
        came = figures.descend_target(q.numpy(), loss=name, steps=1)
        assert came == pytest.approx(expected, rel=1e-12, abs=0)


# ---- Distillation ------------------------------------------------------------------------------------------


def test_gradient_sizes_with_and_without_the_factor(stored, curve):
    payload = stored["klce-distillation"]
    for position, (temperature, student) in enumerate(positions(payload)):
        z = figures.STUDENTS[student]
        grid, scaled = curve("klce-distillation", "gradient", "with", position, student=student).T
        plain = curve("klce-distillation", "gradient", "without", position, student=student)[:, 1]
        assert grid == pytest.approx(np.arange(1, 17), rel=0.005, abs=0)
        sizes = [np.linalg.norm(_slopes(z, t)) for t in range(1, 17)]
        # A tenth of a pixel on these logarithmic axes is 0.4 %.
        assert scaled == pytest.approx(sizes, rel=0.01, abs=0)
        assert plain == pytest.approx(sizes / np.arange(1.0, 17) ** 2, rel=0.01, abs=0)
        now = sizes[int(temperature) - 1]
        assert f"{now / temperature**2:.4f} without T² and {now:.4f} with it" in payload["readouts"][position]
    assert position == 6 * 2 - 1


@pytest.mark.parametrize(("student", "above"), [("untrained", 1.0206), ("wrong class on top", 1.0788)])
def test_with_the_factor_the_gradient_ends_a_little_above_its_limit(student, above):
    z = figures.STUDENTS[student]
    limit = np.linalg.norm(z - figures.TEACHER) / 5
    assert np.linalg.norm(_slopes(z, 16)) / limit == pytest.approx(above, rel=1e-4, abs=0)


def _slopes(z, temperature, step=1e-5):
    """The gradient of the loss with T², by differences."""
    moves = step * np.eye(len(z))
    both = [
        [distillation_loss(z + s * m, figures.TEACHER, temperature=temperature) for s in (1, -1)]
        for m in moves
    ]
    return np.array([(up - down) / (2 * step) for up, down in both])


def test_first_bars_of_teacher_and_student(stored, curve):
    for position, (temperature, student) in enumerate(positions(stored["klce-distillation"])):
        for who, logits in (("teacher", figures.TEACHER), ("student", figures.STUDENTS[student])):
            e = np.exp(logits / temperature)
            top = curve("klce-distillation", "targets", f"{who}-first", position)[:, 1].max()
            assert top == pytest.approx(e[0] / e.sum(), abs=0.003)


def test_the_logits_are_centered():
    for logits in (figures.TEACHER, *figures.STUDENTS.values()):
        assert logits.sum() == 0


# ---- The penalty -------------------------------------------------------------------------------------------


def test_the_best_policy_is_the_tilted_reference(stored, curve):
    payload = stored["klce-penalty"]
    for position, (beta,) in enumerate(positions(payload)):
        weights = figures.REFERENCE * np.exp(figures.REWARDS / beta)
        best = weights / weights.sum()
        for gid, shares in (("best", best), ("reference", figures.REFERENCE)):
            tops = [curve("klce-penalty", "shares", f"{gid}-{k}", position)[:, 1].max() for k in range(5)]
            assert tops == pytest.approx(shares, abs=0.003)
        assert f"is {beta * np.log(weights.sum()):.3f}." in payload["readouts"][position]
        assert f"mean reward is {best @ figures.REWARDS:.3f}" in payload["readouts"][position]
    assert position == 9


def test_the_trade_off_is_a_curve_that_no_policy_beats(curve):
    cost, reward = curve("klce-penalty", "trade", "trade", 0).T
    order = np.argsort(cost)
    rng = np.random.default_rng(0)
    policies = rng.dirichlet(np.full(5, 0.7), 2000)
    spent = divergences.kl(policies, np.tile(figures.REFERENCE, (2000, 1)))
    inside = (spent > cost.min()) & (spent < cost.max())
    bound = np.interp(spent[inside], cost[order], reward[order])
    # The drawn polygon lies at most 0.02 below the curve.
    assert (policies[inside] @ figures.REWARDS <= bound + 0.02).all()
    assert inside.sum() > 1000


@pytest.mark.parametrize("beta", [0.05, 0.7, 30.0])
def test_the_value_of_the_best_policy(beta):
    best = figures.tilted(figures.REFERENCE, figures.REWARDS, beta)
    top = figures.best_penalized(figures.REFERENCE, figures.REWARDS, beta)
    assert figures.penalized(best, figures.REFERENCE, figures.REWARDS, beta) == pytest.approx(
        top, rel=1e-12, abs=0
    )
    for other in np.random.default_rng(1).dirichlet(np.ones(5), 200):
        value = figures.penalized(other, figures.REFERENCE, figures.REWARDS, beta)
        assert value == pytest.approx(top - beta * divergences.kl(other, best), rel=1e-9, abs=1e-9)


# ---- The parting -------------------------------------------------------------------------------------------


def test_parting_draws_small_differences_at_the_floor():
    canvas, _, _ = canvas_and_grid(figures.draw_klce_parting, {})
    distances = {"hard labels": np.array([0.0, 1e-16]), "learned target": np.array([0.05, 0.5])}
    with style.applied():
        figure, _ = canvas.figure({"distances": distances})
    lines = {line.get_label(): line.get_ydata() for line in figure.axes[0].get_lines()}
    assert lines["hard labels"].tolist() == [figures.FLOOR] * 2
    assert lines["learned target"].tolist() == [0.05, 0.5]


def test_only_the_learned_target_parts(stored):
    payload = stored["klce-parting"]
    heights = {
        name: drawn_points(payload, name, 0)[:, 1]
        for name in ("hard-labels", "soft-labels", "target-that-moves-by-itself", "learned-target")
    }
    floor = heights["hard-labels"][0]
    for name in ("hard-labels", "soft-labels", "target-that-moves-by-itself"):
        assert (heights[name] == floor).all()
    assert (heights["learned-target"] < floor - 100).all()  # y grows downwards
