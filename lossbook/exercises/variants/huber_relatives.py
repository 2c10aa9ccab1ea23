"""Variants of exercise 15.2 on Huber's loss: relatives of it, each with gradient and weight."""

from functools import partial

import numpy as np

from lossbook import regression
from lossbook.exercises import huber
from lossbook.exercises.checker import Exercise, named, of_form
from lossbook.exercises.huber import around, mixed, residuals_of
from lossbook.exercises.properties import (
    gradient_matches_loss,
    has_values,
    leaves_arguments_alone,
    works_on_arrays,
)
from lossbook.exercises.variants import Variant

_RESIDUAL = "Let $r$ be the residual, prediction minus target, and $\\delta > 0$ a threshold in its unit.\n"
_THREE = """

Write a function that returns three arrays of the inputs' shape: this loss, its derivative in the
prediction, and the weight by which the residual has to be multiplied to give the derivative; where the
residual is 0, the weight is the limit. It takes arrays of any shape and an ordinary number δ, and leaves
its arguments as they are."""

_NEAR, _FAR = huber.INSIDE, [*residuals_of(3.0, -3.0, delta=1.0), around(1.2, 8.0)]
_VERY_FAR = [*residuals_of(1e4, -1e4, delta=1.0), around(2e3, 5e3)]


def _relative(title, prompt, solution, loss, gradient, *, near=_NEAR, mistakes=None, flat=False):
    """Return the variant that asks for this loss; both functions take prediction, target and delta.

    If it is `flat` far out, at a height that δ does not change, to know that alone earns nothing.
    """
    known = {"what Huber's loss gives": regression.huber, **(mistakes or {})}
    loss_is = partial(has_values, "loss", loss, mistakes={k: _by_name(f) for k, f in known.items()})
    everywhere = [*near, *_FAR]
    properties = {
        "values near 0": loss_is(near, "what does the definition say for a small residual?"),
        "values far out": loss_is(_FAR, "what does the definition come to that far out?"),
        "residuals of thousands": loss_is(_VERY_FAR, "does anything on the way grow out of bounds?"),
        "values of the gradient": _gradient_is(gradient, everywhere),
        "the gradient is the derivative of your loss": gradient_matches_loss("loss", "gradient", everywhere),
        "weights at 0 and far out": _weight_is(gradient, everywhere),
        "arrays of any shape": works_on_arrays(mixed(delta=1.5)),
        "inputs unchanged": leaves_arguments_alone(_NEAR + _FAR),
    }
    for name in ("values far out", "residuals of thousands"):
        properties[name] = of_form(properties[name]) if flat else properties[name]
    outputs = ("loss", "gradient", "weight")
    return Variant(
        Exercise("15.2", title, "huber", huber.POINTS, outputs, named(properties)),
        _RESIDUAL + prompt + _THREE,
        "def my_huber(prediction, target, delta):\n    raise NotImplementedError",
        f"""\
def my_huber(prediction, target, delta):
    r = np.asarray(prediction, dtype=float) - np.asarray(target, dtype=float)
{solution}""",
    )


def _gradient_is(gradient, cases):
    mistakes = {
        "what the derivative of Huber's loss is": _by_name(regression.huber_grad),
        "the derivative in the target": lambda p, t, delta: -gradient(p, t, delta),
    }
    hint = "how much does the loss change when the prediction rises a little?"
    return has_values("gradient", gradient, cases, hint, mistakes=mistakes)


def _weight_is(gradient, cases):
    def weight(prediction, target, delta):
        r = prediction - target
        return np.where(r == 0, 1e6 * gradient(1e-6, 0.0, delta), gradient(r, 0.0, delta) / r)

    mistakes = {
        "what Huber's loss would give": _by_name(regression.huber_weight),
        "what you get with the residual's sign left in": lambda p, t, delta: (
            np.where(p < t, -1, 1) * weight(p, t, delta)
        ),
        "the derivative itself": lambda p, t, delta: np.where(p == t, np.nan, gradient(p, t, delta)),
    }
    hint = "the weight times the residual should be the gradient; at 0, what does their quotient tend to?"
    return has_values("weight", weight, cases, hint, mistakes=mistakes)


def _by_name(function):
    """Return a function of the package with delta as its third argument."""
    return lambda prediction, target, delta: function(prediction, target, delta=delta)


#: The scalings in which the relatives go about: the power of δ, what it stands for, and how code divides.
_SCALINGS = (
    (2, "In this scaling its second derivative at 0 is 1, as that of half the squared error.", ""),
    (1, "In this scaling its slope far out tends to 1, as that of the absolute error.", " / delta"),
)


def _pseudo_huber(rng):
    power, says, over = _SCALINGS[rng.integers(2)]
    factor = r"\delta^2" if power == 2 else r"\delta"
    return _relative(
        "Pseudo-Huber, with gradient and weight",
        rf"""A relative of Huber's loss that is smooth to every order is

$$
{factor}\,\Bigl(\sqrt{{1 + (r/\delta)^2}} - 1\Bigr).
$$

{says}""",
        f"""\
    root = np.sqrt(1 + (r / delta) ** 2)
    # δ² (root − 1), without the difference of two numbers near 1.
    loss = r**2 / (1 + root){over}
    weight = 1 / root{over}
    return loss, r * weight, weight""",
        lambda p, t, delta: delta ** (power - 2) * regression.pseudo_huber(p, t, delta=delta),
        lambda p, t, delta: delta ** (power - 2) * regression.pseudo_huber_grad(p, t, delta=delta),
        mistakes={
            "what you get without the − 1": lambda p, t, delta: (
                delta**power * np.sqrt(1 + ((p - t) / delta) ** 2)
            ),
            "what you get with another power of δ": lambda p, t, delta: (
                delta ** (1 - power) * regression.pseudo_huber(p, t, delta=delta)
            ),
        },
    )


def _log_cosh(rng):
    power, says, over = _SCALINGS[rng.integers(2)]
    factor = r"\delta^2" if power == 2 else r"\delta"
    return _relative(
        "Log-cosh, with gradient and weight",
        rf"""A relative of Huber's loss that is smooth to every order is

$$
{factor}\,\log \cosh \frac{{r}}{{\delta}},
\qquad \cosh x = \tfrac12\bigl(e^x + e^{{-x}}\bigr).
$$

{says}
Residuals may be thousands of times δ.""",
        f"""\
    x = r / delta
    size = np.abs(x)
    # log cosh without cosh, which overflows from 711 on.
    loss = delta**2 * (size + np.log1p(np.exp(-2 * size)) - np.log(2)){over}
    weight = np.where(x == 0, 1, np.tanh(x) / np.where(x == 0, 1, x)){over}
    return loss, r * weight, weight""",
        lambda p, t, delta: delta**power * regression.log_cosh(p / delta, t / delta),
        lambda p, t, delta: delta ** (power - 1) * np.tanh((p - t) / delta),
        mistakes={
            "what you get with another power of δ": lambda p, t, delta: (
                delta ** (3 - power) * regression.log_cosh(p / delta, t / delta)
            ),
            "what you get without the division by δ inside": lambda p, t, delta: (
                delta**power * regression.log_cosh(p, t)
            ),
        },
    )


def _tukey(rng):
    unit = bool(rng.integers(2))
    front, top = (r"", "1") if unit else (r"\tfrac16\delta^2\,", r"\tfrac16\delta^2")
    open_, close = ("", "") if unit else (r"\Bigl(", r"\Bigr)")
    says = (
        "In this scaling the most that a target can cost is 1."
        if unit
        else "In this scaling its second derivative at 0 is 1, as that of half the squared error."
    )

    def share(delta):
        return 6 / delta**2 if unit else 1.0

    return _relative(
        "Tukey's biweight, with gradient and weight",
        rf"""Tukey's biweight lets go of what lies far out:

$$
{front}{open_}1 - \bigl(1 - (r/\delta)^2\bigr)^3{close} \quad \text{{if }} |r| \le \delta,
\qquad {top} \quad \text{{if }} |r| > \delta.
$$

{says}""",
        f"""\
    left = np.maximum(1 - (r / delta) ** 2, 0)
    most = {"1.0" if unit else "delta**2 / 6"}
    weight = 6 * most / delta**2 * left**2
    return most * (1 - left**3), r * weight, weight""",
        lambda p, t, delta: share(delta) * regression.tukey_biweight(p, t, c=delta),
        lambda p, t, delta: share(delta) * regression.tukey_biweight_grad(p, t, c=delta),
        mistakes={
            "what the piece for small residuals gives": lambda p, t, delta: (
                share(delta) * delta**2 / 6 * (1 - (1 - ((p - t) / delta) ** 2) ** 3)
            ),
            "what you get with another factor in front": lambda p, t, delta: (
                6 / delta**2 / share(delta) * regression.tukey_biweight(p, t, c=delta)
            ),
        },
        flat=unit,
    )


def _cauchy(rng):
    whole = bool(rng.integers(2))
    factor, front, like = (2.0, r"\delta^2", "") if whole else (1.0, r"\tfrac12\delta^2", "half ")

    def loss(p, t, delta):
        return factor / 2 * delta**2 * np.log(1 + ((p - t) / delta) ** 2)

    return _relative(
        "Cauchy's loss, with gradient and weight",
        rf"""The loss that belongs to noise with Cauchy's density grows far out like a logarithm:

$$
{front}\,\log\bigl(1 + (r/\delta)^2\bigr).
$$

In this scaling it is near 0 like {like}the squared error.""",
        f"""\
    square = (r / delta) ** 2
    weight = {factor:g} / (1 + square)
    return {"" if whole else "0.5 * "}delta**2 * np.log1p(square), r * weight, weight""",
        loss,
        lambda p, t, delta: factor * (p - t) / (1 + ((p - t) / delta) ** 2),
        mistakes={
            "what you get with the other factor in front": lambda p, t, delta: (
                (0.5 if whole else 2.0) * loss(p, t, delta)
            ),
            "what you get without the division by δ": lambda p, t, delta: (
                factor / 2 * delta**2 * np.log(1 + (p - t) ** 2)
            ),
        },
    )


def _two_thresholds(rng):
    """Exercise 15.1, in code; the sides draw which one has the larger threshold."""
    times, side = int(rng.choice([2, 3, 4])), int(rng.choice([-1, 1]))
    wide, narrow = ("too high", "too low") if side > 0 else ("too low", "too high")

    def on_each_side(function):
        return lambda p, t, delta: np.where(
            (p - t) * side > 0, function(p, t, delta=times * delta), function(p, t, delta=delta)
        )

    between = [
        # Exchanged thresholds show on the narrow side, where Huber's own loss is right.
        *residuals_of(-1.5 * side, 1.5 * side, delta=1.0),
        *residuals_of(side * (times - 0.5), target=-1.0, delta=1.0),
    ]
    return _relative(
        "Two thresholds, with gradient and weight",
        rf"""A loss is half the residual's square as long as a prediction is
{narrow} by at most $\delta$, or {wide} by at most ${times}\delta$. Beyond, it goes on in a straight line
on each side, with no jump and no corner.""",
        f"""\
    size, edge = np.abs(r), np.where(r {">" if side > 0 else "<"} 0, {times} * delta, delta)
    weight = edge / np.maximum(size, edge)
    return np.where(size <= edge, r**2 / 2, edge * (size - edge / 2)), r * weight, weight""",
        on_each_side(regression.huber),
        on_each_side(regression.huber_grad),
        near=[*between, *_NEAR],
        mistakes={
            "what you get with the two thresholds exchanged": lambda p, t, delta: on_each_side(
                regression.huber
            )(t, p, delta)
        },
    )


VARIANTS = {"15.2": (_pseudo_huber, _log_cosh, _tukey, _cauchy, _two_thresholds)}
