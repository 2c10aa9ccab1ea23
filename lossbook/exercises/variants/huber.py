"""Variants of the exercises on Huber's loss: other roundings of the quantile, smooth L1 with other slopes."""

from functools import partial

import numpy as np

from lossbook import regression
from lossbook.exercises import huber
from lossbook.exercises.checker import Exercise, named
from lossbook.exercises.huber import around, mixed, residuals_of
from lossbook.exercises.properties import (
    has_no_step,
    has_values,
    leaves_arguments_alone,
    never_negative,
    works_on_arrays,
)
from lossbook.exercises.variants import Variant

# ---- 15.3 --------------------------------------------------------------------------------------------------

_CORNER = residuals_of(0.25, -0.25, 0.5, -0.5, 0.0, tau=0.9, delta=1.0)
_CORNER += [around(0.1, 0.9, tau=0.2), around(0.1, 0.9, tau=0.75)]
_ARMS = [*residuals_of(2.0, -2.0, tau=0.9, delta=0.5), around(1.2, 6.0, tau=0.2), around(1.2, 6.0, tau=0.75)]
_SHARP = [*residuals_of(-2.0, 2.0, 7.0, tau=0.9, delta=1e-4), around(1e3, 5e4, tau=0.25, delta=1e-4)]
_SAME = [*residuals_of(1.0, -6.0, tau=0.5, delta=3.0), around(0.1, 6.0, tau=0.5)]


def _rounding(title, prompt, solution, loss):
    """Return the variant of 15.3 that asks for this loss of prediction, target, tau and delta."""
    loss_is = partial(
        has_values,
        "loss",
        loss,
        mistakes={
            "what you get with the two sides exchanged": lambda p, t, tau, delta: loss(p, t, 1 - tau, delta),
            "what Huber's loss for the rounding gives": lambda p, t, tau, delta: (
                np.where(p > t, 1 - tau, tau) * regression.smooth_l1(p, t, beta=delta)
            ),
            "the quantile loss with its corner": lambda p, t, tau, delta: regression.quantile(p, t, tau=tau),
        },
    )
    properties = {
        "values near the corner": loss_is(_CORNER, "which side does tau weigh, and what rounds the corner?"),
        "values far out": loss_is(_ARMS, "what is left of the rounding far out, and on which side?"),
        "tau = 1/2 treats both sides alike": loss_is(_SAME, "at tau = 1/2 both sides weigh the same."),
        "a small delta": loss_is(
            _SHARP, "the quantile loss is near, so does anything on the way overflow or cancel?"
        ),
        "never negative": never_negative("loss", _CORNER),
        "arrays of any shape": works_on_arrays(mixed(tau=0.8, delta=1.5)),
        "inputs unchanged": leaves_arguments_alone(_CORNER + _ARMS),
    }
    return Variant(
        Exercise("15.3", title, "huber", huber.POINTS, ("loss",), named(properties)),
        f"""\
Let $r$ be the residual, prediction minus target. The quantile loss charges $\\tau|r|$ for a prediction
that is too low ($r < 0$) and $(1-\\tau)|r|$ for one that is too high, with $0 < \\tau < 1$. It has a
corner at zero. {prompt}

Write a function that returns the rounded loss in the inputs' shape, for arrays of any shape and ordinary
numbers τ and δ, and leaves the arrays as they are. As $\\delta \\to 0$ it must tend to the quantile
loss.""",
        "def my_quantile_huber(prediction, target, tau, delta):\n    raise NotImplementedError",
        f"""\
def my_quantile_huber(prediction, target, tau, delta):
    r = np.asarray(prediction, dtype=float) - np.asarray(target, dtype=float)
{solution}""",
    )


def _with_hyperbola(rng):
    return _rounding(
        "A quantile rounded by a hyperbola",
        r"""Round it: put $\sqrt{r^2 + \delta^2} - \delta$ in the place of $|r|$, with
$\delta > 0$, and keep the two factors.""",
        "    return np.where(r > 0, 1 - tau, tau) * r**2 / (np.hypot(r, delta) + delta)",
        lambda p, t, tau, delta: (
            np.where(p > t, 1 - tau, tau) * regression.pseudo_huber(p, t, delta=delta) / delta
        ),
    )


def _with_softplus(rng):
    return _rounding(
        "A quantile rounded by softplus",
        r"""The loss is also $\max(r, 0) - \tau r$. Round it: put
$\delta \log\bigl(1 + e^{r/\delta}\bigr)$ in the place of the maximum, with $\delta > 0$. Take care
that nothing overflows when $r$ is thousands of times δ.""",
        "    return delta * np.logaddexp(0, r / delta) - tau * r",
        lambda p, t, tau, delta: (
            regression.quantile(p, t, tau=tau) + delta * np.log1p(np.exp(-abs(p - t) / delta))
        ),
    )


def _with_parabola(rng):
    def loss(p, t, tau, delta):
        lifted = np.maximum(delta - abs(p - t), 0) ** 2 / (4 * delta)
        return regression.quantile(p, t, tau=tau) + lifted

    return _rounding(
        "A quantile averaged over a window",
        r"""The loss is also $\max(r, 0) - \tau r$. Round it: put the maximum's average over a
window in its place, that of $\max(s, 0)$ for $s$ from $r - \delta$ to $r + \delta$, with $\delta > 0$. For
$|r| \le \delta$ that is a parabola in $r$, which you first have to find; beyond, it is the maximum
itself.""",
        """\
    # From r − δ to r + δ the integral of max(s, 0) is (r + δ)²/2 where the window holds zero.
    inside = (r + delta) ** 2 / (4 * delta)
    return np.where(np.abs(r) <= delta, inside, np.maximum(r, 0)) - tau * r""",
        loss,
    )


# ---- 15.4 --------------------------------------------------------------------------------------------------


def _smooth_l1_with_slope(rng):
    """15.4 with another slope far out: s H_β(r)/β."""
    slope = float(rng.choice([0.5, 1.5, 2.0, 2.5, 3.0]))

    def loss(prediction, target, beta):
        return slope * regression.smooth_l1(prediction, target, beta=beta)

    near = [*residuals_of(0.5, -0.25, 0.0, beta=1.0), around(0.1, 0.9, "beta", beta=1.0)]
    far = [*residuals_of(3.0, -3.0, 1e4, beta=1.0), around(1.2, 8.0, "beta", beta=1.0)]
    other = residuals_of(1.0, 7.0, -2.0, beta=3.0) + huber.SMOOTH_L1_DRAWN
    joins = residuals_of(1.0, -1.0, beta=1.0) + residuals_of(2.5, -2.5, beta=2.5)
    mistakes = {"what smooth L1 with slope 1 gives": lambda p, t, beta: loss(p, t, beta) / slope}

    def values(inputs, hint):
        return has_values("loss", loss, inputs, hint, mistakes=mistakes)

    properties = {
        "values inside beta = 1": values(near, "which slope must the parabola reach at the join?"),
        "no step at the join": has_no_step("loss", joins, "the two pieces should meet there."),
        "values beyond beta = 1": values(far, "how much does one more unit of error cost far out?"),
        "for every beta": values(other, "does the slope far out depend on beta? Should it?"),
        "arrays of any shape": works_on_arrays(residuals_of(1.0, -4.0, 0.5, 0.0, beta=1.5)),
        "inputs unchanged": leaves_arguments_alone(near + other),
    }
    return Variant(
        Exercise("15.4", "Smooth L1 with another slope", "huber", huber.POINTS, ("loss",), named(properties)),
        f"""\
torch's `SmoothL1Loss(beta=…)` is Huber's loss in another scaling, with the slope 1 far out. Write the one
whose slope far out is {slope:g}, for every `beta`: a parabola for $|r| \\le$ `beta`, straight beyond, with no
step and no corner. Here $r$ is the residual, prediction minus target, and `beta` an ordinary positive number;
the loss has the inputs' shape, whatever it is, and the inputs stay as they are.""",
        "def my_smooth_l1(prediction, target, beta):\n    raise NotImplementedError",
        f"""\
def my_smooth_l1(prediction, target, beta):
    size = np.abs(np.asarray(prediction, dtype=float) - target)
    return {slope:g} * np.where(size <= beta, size**2 / (2 * beta), size - beta / 2)""",
    )


VARIANTS = {
    "15.3": (_with_hyperbola, _with_softplus, _with_parabola),
    "15.4": (_smooth_l1_with_slope,),
}
