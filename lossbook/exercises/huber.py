"""Exercises of the chapter on Huber's loss: the loss itself, a smooth quantile loss, and smooth L1."""

import numpy as np

from lossbook import regression
from lossbook.exercises._exercise import Exercise, NotYet, Property, shown
from lossbook.exercises._properties import (
    all_of,
    ask_one,
    gradient_matches_loss,
    has_no_step,
    leaves_arguments_alone,
    matches,
    never_negative,
    works_on_arrays,
)

_RANDOM_CASES = 6

# ---- Cases: (prediction, target) and the parameters --------------------------------------------------------


def _case(residual, target=0.0, **parameters):
    # Rounded, so that a report shows the very numbers that were sent.
    return (round(residual + target, 6), target), parameters


def _drawn(rng, low, high, name="delta", at=None, **parameters):
    """Return cases whose |residual| is `low` to `high` times the join, on both sides, with random targets."""
    cases = []
    for index in range(_RANDOM_CASES):
        join = at or round(rng.uniform(0.2, 3.0), 1)
        residual = round(join * rng.uniform(low, high), 3) * (-1) ** index
        cases.append(_case(residual, round(rng.uniform(-5, 5), 1), **{name: join}, **parameters))
    return cases


def _inside(name="delta", at=None):
    join = at or 2.0
    return lambda rng: [
        _case(0.5 * join, **{name: join}),
        _case(-0.25 * join, **{name: join}),
        _case(0.0, 3.0, **{name: join}),
        *_drawn(rng, 0.1, 0.9, name, at),
    ]


def _joins(name="delta", at=None):
    joins = [at] if at else [1.0, 0.5, 2.5]
    return lambda rng: [_case(sign * join, **{name: join}) for join in joins for sign in (1, -1)]


def _beyond(name="delta", at=None):
    join = at or 1.0
    return lambda rng: [
        _case(3.0 * join, **{name: join}),
        _case(-3.0 * join, **{name: join}),
        _case(1e4 * join, **{name: join}),
        *_drawn(rng, 1.2, 8.0, name, at),
    ]


def _both_sides(rng):
    return [*_inside()(rng), *_beyond()(rng)]


def _for_arrays(**parameters):
    """Return a function that gives cases with one set of parameters; they take every branch."""
    residuals = (1.0, -4.0, 0.5, 0.0, 3.0, -0.25, -1.0)
    return lambda rng: [_case(r, float(rng.integers(-3, 4)), **parameters) for r in residuals]


# ---- 15.2 --------------------------------------------------------------------------------------------------


def _gradient_points_away(ask, rng):
    for case in [_case(0.5, delta=1.0), _case(-0.5, delta=1.0), *_both_sides(rng)]:
        (prediction, target), _ = case
        answer = ask_one(ask, case)
        came = answer.number("gradient")
        if not came * (prediction - target) > 0 and prediction != target:
            side = "high" if prediction > target else "low"
            raise NotYet(
                f"{answer.question} your gradient is {shown(came)}: the prediction is too {side}, so does "
                "the loss rise or fall if the prediction rises?"
            )


def _half_square(prediction, target, delta):
    return 0.5 * (prediction - target) ** 2


def _full_square(prediction, target, delta):
    return (prediction - target) ** 2


def _line(prediction, target, delta):
    return delta * (abs(prediction - target) - 0.5 * delta)


def _steep_line(prediction, target, delta):
    return delta * abs(prediction - target)


def _low_line(prediction, target, delta):
    return delta * (abs(prediction - target) - delta)


def _signed_weight(prediction, target, delta):
    return delta / (prediction - target) if prediction != target else np.nan


def _inverse_weight(prediction, target, delta):
    return 1 / abs(prediction - target) if prediction != target else np.nan


HUBER = Exercise(
    number="15.2",
    title="Loss, gradient and weight",
    chapter="huber",
    arrays=("prediction", "target"),
    outputs=("loss", "gradient", "weight"),
    properties=(
        Property(
            "values inside delta",
            matches(
                "loss",
                regression.huber,
                _inside(),
                hint="which piece holds for small residuals, and with which factor?",
                mistakes=(
                    (_full_square, "what the whole squared error gives"),
                    (_line, "what the piece for large residuals gives"),
                ),
            ),
        ),
        Property(
            "value at the join",
            all_of(
                matches("loss", regression.huber, _joins(), hint="at the join both pieces give the same."),
                has_no_step("loss", _joins(), hint="the two pieces should meet there."),
            ),
        ),
        Property(
            "values beyond delta",
            matches(
                "loss",
                regression.huber,
                _beyond(),
                hint="what should happen beyond delta?",
                mistakes=(
                    (_half_square, "what half the squared error gives"),
                    (_full_square, "what the whole squared error gives"),
                    (_steep_line, "what a straight line from the origin gives"),
                    (_low_line, "what a line that starts from 0 at the join gives"),
                ),
            ),
        ),
        Property("sign of the gradient on both sides", _gradient_points_away),
        Property(
            "the gradient is the derivative of your loss",
            gradient_matches_loss("loss", "gradient", lambda rng: [*_beyond()(rng), *_inside()(rng)]),
        ),
        Property(
            "weights at 0 and beyond",
            matches(
                "weight",
                regression.huber_weight,
                lambda rng: [_case(0.0, delta=1.0), *_inside()(rng), _case(4.0, delta=2.0), *_beyond()(rng)],
                hint="the weight times the residual should be the gradient, and at a residual of 0 the "
                "weight is the limit.",
                mistakes=(
                    (_signed_weight, "what you get with the residual's sign left in"),
                    (_inverse_weight, "what you get with delta left out"),
                ),
            ),
        ),
        Property("arrays of any shape", works_on_arrays(_for_arrays(delta=1.5))),
        Property("inputs unchanged", leaves_arguments_alone(_both_sides)),
    ),
)

# ---- 15.3 --------------------------------------------------------------------------------------------------


def _quantile_huber(prediction, target, tau, delta):
    side = tau if prediction < target else 1 - tau
    return side * regression.huber(prediction, target, delta=delta) / delta


def _swapped(prediction, target, tau, delta):
    return _quantile_huber(prediction, target, 1 - tau, delta)


def _undivided(prediction, target, tau, delta):
    return delta * _quantile_huber(prediction, target, tau, delta)


def _quantile_cases(rng):
    fixed = [_case(r, tau=0.9, delta=0.5) for r in (-2.0, 2.0, -0.25, 0.25, -0.5, 0.5)]
    return [*fixed, *_drawn(rng, 0.1, 6.0, tau=0.2), *_drawn(rng, 0.1, 6.0, tau=0.75)]


def _zero_cases(rng):
    return [_case(0.0, target, tau=tau, delta=0.5) for target in (0.0, -2.5) for tau in (0.1, 0.5, 0.9)]


def _half_cases(rng):
    return [*(_case(r, tau=0.5, delta=2.0) for r in (1.0, -6.0)), *_drawn(rng, 0.1, 6.0, tau=0.5)]


def _sharp_cases(rng):
    # Away from 0 the smoothed loss is within ½ delta of the sharp one.
    return [_case(r, tau=tau, delta=1e-6) for tau in (0.9, 0.25) for r in (-2.0, 2.0, -0.5, 7.0)]


QUANTILE_HUBER = Exercise(
    number="15.3",
    title="A quantile with a rounded corner",
    chapter="huber",
    arrays=("prediction", "target"),
    outputs=("loss",),
    properties=(
        Property(
            "values on both sides",
            matches(
                "loss",
                _quantile_huber,
                _quantile_cases,
                hint="which side does tau weigh, and what does the division by delta do?",
                mistakes=(
                    (_swapped, "what you get with the weights of the two sides exchanged"),
                    (_undivided, "what you get without the division by delta"),
                ),
            ),
        ),
        Property(
            "zero at zero",
            matches("loss", _quantile_huber, _zero_cases, hint="a prediction that is right costs nothing."),
        ),
        Property(
            "tau = 1/2 is half of smooth L1",
            matches(
                "loss",
                lambda prediction, target, tau, delta: (
                    regression.smooth_l1(prediction, target, beta=delta) / 2
                ),
                _half_cases,
                hint="at tau = 1/2 both sides weigh the same.",
            ),
        ),
        Property(
            "delta to 0 is the quantile loss",
            matches(
                "loss",
                lambda prediction, target, tau, delta: regression.quantile(prediction, target, tau=tau),
                _sharp_cases,
                hint="for a tiny delta the kink is nearly sharp, and each unit of error should cost tau or "
                "1 − tau.",
                mistakes=((_swapped, "what you get with the weights of the two sides exchanged"),),
                tolerance=lambda tau, delta: delta,
            ),
        ),
        Property("never negative", never_negative("loss", _quantile_cases)),
        Property("arrays of any shape", works_on_arrays(_for_arrays(tau=0.8, delta=1.5))),
        Property("inputs unchanged", leaves_arguments_alone(_quantile_cases)),
    ),
)

# ---- 15.4 --------------------------------------------------------------------------------------------------


def _large_beta_cases(rng):
    return [_case(r, beta=1e4) for r in (2.0, -3.0, 100.0)]


SMOOTH_L1 = Exercise(
    number="15.4",
    title="Smooth L1",
    chapter="huber",
    arrays=("prediction", "target"),
    outputs=("loss",),
    properties=(
        Property(
            "values inside beta = 1",
            matches(
                "loss",
                regression.smooth_l1,
                _inside("beta", 1.0),
                hint="for beta = 1 it is Huber's loss with delta = 1.",
            ),
        ),
        Property(
            "value at the join",
            all_of(
                matches(
                    "loss",
                    regression.smooth_l1,
                    _joins("beta", 1.0),
                    hint="at the join both pieces give the same.",
                ),
                has_no_step("loss", _joins("beta"), hint="the two pieces should meet there."),
            ),
        ),
        Property(
            "values beyond beta = 1",
            matches(
                "loss",
                regression.smooth_l1,
                _beyond("beta", 1.0),
                hint="what should happen beyond beta?",
                mistakes=(
                    (lambda p, t, beta: 0.5 * (p - t) ** 2, "what half the squared error gives"),
                    (lambda p, t, beta: abs(p - t), "what the absolute error gives"),
                ),
            ),
        ),
        Property(
            "for every beta it is Huber's loss, rescaled",
            matches(
                "loss",
                regression.smooth_l1,
                lambda rng: [
                    _case(1.0, beta=3.0),
                    _case(6.0, beta=2.0),
                    *_drawn(rng, 0.1, 0.9, "beta"),
                    *_drawn(rng, 1.2, 8.0, "beta"),
                ],
                hint="which delta should Huber's loss get, and which slope does smooth L1 have far out?",
                mistakes=(
                    (lambda p, t, beta: regression.huber(p, t, delta=beta), "what Huber's loss itself gives"),
                ),
            ),
        ),
        Property(
            "a large beta leaves a shallow parabola",
            matches(
                "loss",
                regression.smooth_l1,
                _large_beta_cases,
                hint="how flat does the parabola get as beta grows?",
                mistakes=(
                    (
                        lambda p, t, beta: 0.5 * (p - t) ** 2,
                        "what half the squared error gives, whatever beta is",
                    ),
                ),
            ),
        ),
        Property("arrays of any shape", works_on_arrays(_for_arrays(beta=1.5))),
        Property("inputs unchanged", leaves_arguments_alone(_inside("beta"))),
    ),
)

EXERCISES = (HUBER, QUANTILE_HUBER, SMOOTH_L1)
