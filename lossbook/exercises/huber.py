"""Exercises of the chapter on Huber's loss: the loss itself, a smooth quantile loss, and smooth L1."""

from functools import partial

from lossbook import regression
from lossbook.exercises.checker import Exercise, named, of_form, shown
from lossbook.exercises.properties import (
    all_of,
    case,
    each_case,
    gradient_matches_loss,
    has_no_step,
    has_values,
    leaves_arguments_alone,
    never_negative,
    works_on_arrays,
)


def residuals_of(*residuals, target=0.0, **parameters):
    """Return a case for each residual."""
    # Rounded, so that a report shows the very numbers that were sent.
    return [case(round(residual + target, 6), target, **parameters) for residual in residuals]


def around(low, high, name="delta", **parameters):
    """Return a function that draws cases, with |residual| from `low` to `high` times the join."""

    def draw(rng):
        for sign in (1, -1) * 3:
            join = parameters.get(name) or round(rng.uniform(0.2, 3.0), 1)
            residual = sign * round(join * rng.uniform(low, high), 3)
            yield from residuals_of(
                residual, target=round(rng.uniform(-5, 5), 1), **parameters | {name: join}
            )

    return draw


def mixed(**parameters):
    """Return cases on all sides, for arrays, of which some are whole numbers."""
    return residuals_of(1, -4, 0.5, 0, target=2, **parameters) + residuals_of(
        3, -0.25, -1, target=-3, **parameters
    )


# ---- 15.2 --------------------------------------------------------------------------------------------------

INSIDE = [*residuals_of(1.0, -0.5, delta=2.0), *residuals_of(0.0, target=3.0, delta=2.0), around(0.1, 0.9)]


def _at_join(rng):
    join = round(rng.uniform(0.2, 9), 2)
    return residuals_of(join, -join, delta=join)


_JOINS = [
    *residuals_of(1.0, -1.0, delta=1.0),
    *residuals_of(0.5, -0.5, delta=0.5),
    *residuals_of(2.5, -2.5, delta=2.5),
    _at_join,
]
BEYOND = [*residuals_of(3.0, -3.0, 1e4, delta=1.0), around(1.2, 8.0)]

_loss_is_hubers = partial(
    has_values,
    "loss",
    regression.huber,
    mistakes={
        "what half the squared error gives": lambda p, t, delta: (p - t) ** 2 / 2,
        "what the whole squared error gives": lambda p, t, delta: (p - t) ** 2,
        "what the piece for large residuals gives": lambda p, t, delta: delta * (abs(p - t) - delta / 2),
        "what a straight line from the origin gives": lambda p, t, delta: delta * abs(p - t),
        "what a line that starts from 0 at the join gives": lambda p, t, delta: delta * (abs(p - t) - delta),
    },
)
_weight_is_hubers = partial(
    has_values,
    "weight",
    regression.huber_weight,
    mistakes={
        "what you get with the residual's sign left in": lambda p, t, delta: delta / (p - t),
        "what you get with delta left out": lambda p, t, delta: 1 / abs(p - t),
    },
)


def _points_away(ask, answer, prediction, target, delta):
    came, side = answer.number("gradient"), "high" if prediction > target else "low"
    if prediction != target and not came * (prediction - target) > 0:
        says = f"the prediction is too {side}, so does the loss rise or fall if the prediction rises?"
        raise answer.not_yet(f"your gradient is {shown(came)}: {says}")


_HUBER = {
    "values inside delta": _loss_is_hubers(
        INSIDE, "which piece holds for small residuals, and with which factor?"
    ),
    "value at the join": all_of(
        _loss_is_hubers(_JOINS, "at the join both pieces give the same."),
        has_no_step("loss", _JOINS, "the two pieces should meet there."),
    ),
    "values beyond delta": _loss_is_hubers(BEYOND, "what should happen beyond delta?"),
    "sign of the gradient on both sides": each_case(
        residuals_of(0.5, -0.5, delta=1.0) + INSIDE + BEYOND, _points_away
    ),
    "the gradient is the derivative of your loss": gradient_matches_loss("loss", "gradient", BEYOND + INSIDE),
    "weights at 0 and beyond": _weight_is_hubers(
        residuals_of(0.0, delta=1.0) + INSIDE + residuals_of(4.0, delta=2.0) + BEYOND,
        "the weight times the residual should be the gradient, and at a residual of 0 the weight is the "
        "limit.",
    ),
    "arrays of any shape": works_on_arrays(mixed(delta=1.5)),
    "inputs unchanged": leaves_arguments_alone(INSIDE + BEYOND),
}

# ---- 15.3 --------------------------------------------------------------------------------------------------


def _sharp_drawn(rng):
    for sign in (1, -1) * 2:
        residual, tau = sign * round(rng.uniform(0.5, 9), 1), round(rng.uniform(0.1, 0.9), 2)
        yield from residuals_of(residual, tau=tau, delta=1e-8)


_BOTH = residuals_of(-2.0, 2.0, -0.25, 0.25, -0.5, 0.5, tau=0.9, delta=0.5)
_BOTH += [around(0.1, 6.0, tau=0.2), around(0.1, 6.0, tau=0.75)]
_ZERO = residuals_of(0.0, tau=0.9, delta=0.5) + residuals_of(0.0, target=-2.5, tau=0.1, delta=0.5)
_HALF = [*residuals_of(1.0, -6.0, tau=0.5, delta=3.0), around(0.1, 6.0, tau=0.5)]
_SHARP = residuals_of(-2.0, 2.0, -0.5, 7.0, tau=0.9, delta=1e-8) + residuals_of(
    -2.0, 7.0, tau=0.25, delta=1e-8
)
_SHARP += [_sharp_drawn]


def _rounded(prediction, target, tau, delta):
    side = tau if prediction < target else 1 - tau
    return side * regression.huber(prediction, target, delta=delta) / delta


def _half_of_smooth_l1(prediction, target, tau, delta):
    return regression.smooth_l1(prediction, target, beta=delta) / 2


def _sharp(prediction, target, tau, delta):
    return regression.quantile(prediction, target, tau=tau)


_loss_is = partial(
    has_values,
    "loss",
    mistakes={
        "what you get with the weights of the two sides exchanged": lambda p, t, tau, delta: _rounded(
            p, t, 1 - tau, delta
        ),
        "what you get without the division by delta": lambda p, t, tau, delta: (
            delta * _rounded(p, t, tau, delta)
        ),
    },
)

_QUANTILE_HUBER = {
    "values on both sides": _loss_is(
        _rounded, _BOTH, "which side does tau weigh, and what does the division by delta do?"
    ),
    "zero at zero": of_form(_loss_is(_rounded, _ZERO, "a prediction that is right costs nothing.")),
    "tau = 1/2 is half of smooth L1": _loss_is(
        _half_of_smooth_l1, _HALF, "at tau = 1/2 both sides weigh the same."
    ),
    "delta to 0 is the quantile loss": _loss_is(
        _sharp,
        _SHARP,
        "for a tiny delta the kink is nearly sharp, and each unit of error should cost tau or 1 − tau.",
    ),
    "never negative": never_negative("loss", _BOTH),
    "arrays of any shape": works_on_arrays(mixed(tau=0.8, delta=1.5)),
    "inputs unchanged": leaves_arguments_alone(_BOTH),
}

# ---- 15.4 --------------------------------------------------------------------------------------------------

_NEAR = residuals_of(0.5, -0.25, beta=1.0) + residuals_of(0.0, target=3.0, beta=1.0)
_NEAR += [around(0.1, 0.9, "beta", beta=1.0)]
_FAR = [*residuals_of(3.0, -3.0, 1e4, beta=1.0), around(1.2, 8.0, "beta", beta=1.0)]
SMOOTH_L1_DRAWN = [around(0.1, 0.9, "beta"), around(1.2, 8.0, "beta")]
_OTHER = [*residuals_of(1.0, beta=3.0), *residuals_of(6.0, beta=2.0), *SMOOTH_L1_DRAWN]
_MEETING = (
    residuals_of(1.0, -1.0, beta=1.0) + residuals_of(0.5, -0.5, beta=0.5) + residuals_of(2.5, -2.5, beta=2.5)
)

_loss_is_smooth_l1 = partial(
    has_values,
    "loss",
    regression.smooth_l1,
    mistakes={
        "what Huber's loss itself gives": lambda p, t, beta: regression.huber(p, t, delta=beta),
        "what half the squared error gives": lambda p, t, beta: (p - t) ** 2 / 2,
        "what the absolute error gives": lambda p, t, beta: abs(p - t),
    },
)

_SMOOTH_L1 = {
    "values inside beta = 1": _loss_is_smooth_l1(_NEAR, "for beta = 1 it is Huber's loss with delta = 1."),
    "value at the join": all_of(
        _loss_is_smooth_l1(_MEETING[:2], "at the join both pieces give the same."),
        has_no_step("loss", _MEETING, "the two pieces should meet there."),
    ),
    "values beyond beta = 1": _loss_is_smooth_l1(_FAR, "what should happen beyond beta?"),
    "for every beta it is Huber's loss, rescaled": _loss_is_smooth_l1(
        _OTHER, "which delta should Huber's loss get, and which slope does smooth L1 have far out?"
    ),
    "a large beta leaves a shallow parabola": _loss_is_smooth_l1(
        [*residuals_of(2.0, -3.0, 100.0, beta=1e4), around(2e-4, 2e-3, "beta", beta=1e4)],
        "how flat does the parabola get as beta grows?",
    ),
    "arrays of any shape": works_on_arrays(mixed(beta=1.5)),
    "inputs unchanged": leaves_arguments_alone(_NEAR + _OTHER),
}

POINTS = ("prediction", "target")

# The rounded quantile may be made of regression.huber, and an answer is graded where there is no lossbook.
_HUBERS_LOSS = """
from types import SimpleNamespace


def _huber(prediction, target, *, delta):
    size = abs(np.asarray(prediction, dtype=float) - np.asarray(target, dtype=float))
    return np.where(size <= delta, size**2 / 2, delta * (size - delta / 2))


regression = SimpleNamespace(huber=_huber)
"""

EXERCISES = (
    Exercise(
        "15.2", "Loss, gradient and weight", "huber", POINTS, ("loss", "gradient", "weight"), named(_HUBER)
    ),
    Exercise(
        "15.3",
        "A quantile with a rounded corner",
        "huber",
        POINTS,
        ("loss",),
        named(_QUANTILE_HUBER),
        given=_HUBERS_LOSS,
    ),
    Exercise("15.4", "Smooth L1", "huber", POINTS, ("loss",), named(_SMOOTH_L1), builds_on=("15.2",)),
)
