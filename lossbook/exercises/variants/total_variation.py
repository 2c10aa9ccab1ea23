"""Variants of the exercises on total variation: other spacings and powers, other steps of the dual."""

from dataclasses import replace
from functools import partial

import numpy as np

from lossbook.exercises import total_variation as chapter
from lossbook.exercises.checker import named, of_form, shown
from lossbook.exercises.properties import (
    each_case,
    gradient_matches_loss,
    has_values,
    leaves_arguments_alone,
)
from lossbook.exercises.variants import Variant

_LOSS_AND_GRADIENT, _STEP = chapter.EXERCISES

# ---- 11.2 --------------------------------------------------------------------------------------------------

_LOSS_STUB = "def my_total_variation(image, epsilon):\n    raise NotImplementedError"


def _differences(image):
    return np.diff(image, axis=0, append=image[-1:]), np.diff(image, append=image[:, -1:])


def _right_first(image):
    return _differences(image)[::-1]


def _spread(down, right):
    """Take what each arrow points from its own pixel and give it to the neighbor: the transposed Δ."""
    u = -down - right
    u[1:] += down[:-1]
    u[:, 1:] += right[:, :-1]
    return u


def _paid(image, epsilon, *, apart=1.0, power=1.0, differences=_differences):
    """Return what each pixel pays, with rows that lie `apart` and a `power` of the length."""
    down, right = differences(image)
    return ((down / apart) ** 2 + right**2 + epsilon**2) ** (power / 2)


def _gradient(image, epsilon, *, apart=1.0, power=1.0):
    down, right = _differences(image)
    length = np.sqrt((down / apart) ** 2 + right**2 + epsilon**2)
    share = np.where(length == 0, 0, power * np.where(length == 0, 1, length) ** (power - 2))
    return _spread(share * down / apart**2, share * right)


def _added_up(title, wrong, hint, **options):
    """Return the exercise for a sum over pixels; `wrong` leads from what to say to other options."""
    paid = partial(_paid, **options)

    def loss(image, epsilon):
        return paid(image, epsilon).sum()

    mistakes = {
        says: (lambda u, epsilon, other=other: _paid(u, epsilon, **other).sum())
        for says, other in wrong.items()
    }
    mistakes |= {
        "the mean over the pixels": lambda u, epsilon: paid(u, epsilon).mean(),
        "what you get without the last row and column": lambda u, epsilon: paid(u, epsilon)[:-1, :-1].sum(),
        "what you get with epsilon in the place of its square": lambda u, epsilon: loss(u, epsilon**0.5),
    }
    values = partial(has_values, "loss", loss, mistakes=mistakes)
    properties = {
        "values with epsilon 0": values(chapter.SHARP, hint),
        "values with a larger epsilon": values(
            chapter.ROUND, "where does epsilon stand, and for how many pixels?"
        ),
        "the gradient is the derivative of your loss": gradient_matches_loss(
            "loss", "gradient", chapter.ROUND
        ),
        "gradients with epsilon 0": has_values(
            "gradient",
            partial(_gradient, **options),
            chapter.SHARP,
            "which two pixels does a difference pull, and how hard?",
            mistakes={"of the wrong sign": lambda u, epsilon: -_gradient(u, epsilon, **options)},
        ),
        "the gradient adds up to 0": of_form(each_case(chapter.ROUND, chapter.no_pull_on_the_mean)),
        "a level picture stays as it is": of_form(each_case(chapter.LEVEL, chapter.still)),
        "inputs unchanged": leaves_arguments_alone(chapter.SHARP + chapter.ROUND),
    }
    return replace(_LOSS_AND_GRADIENT, title=title, properties=named(properties))


def _with_spacing(rng):
    """11.2 on a grid whose rows lie farther apart than its columns, or less far."""
    apart = float(rng.choice([0.5, 2.0, 2.5, 3.0, 4.0]))
    exercise = _added_up(
        "Loss and gradient on an oblong grid",
        {
            "what you get if rows and columns are equally far apart": {},
            "what you get by multiplying with the distance": {"apart": 1 / apart},
            "what you get if the columns lie so far apart": {"apart": apart, "differences": _right_first},
            "what you get by dividing the square of the difference by the distance alone": {
                "apart": apart**0.5
            },
            "what the sum of squares gives": {"apart": apart, "power": 2.0},
        },
        "how steep is a step from one row to the next, and how steep one from column to column?",
        apart=apart,
    )
    return Variant(
        exercise,
        f"""\
In a picture of slices the rows may lie at another distance than the columns: here columns are 1 mm
apart and rows {apart:g} mm. So let each pixel pay by its slopes per millimeter: with $v_{{ij}}$ the
difference to the pixel below, divided by {apart:g}, and $w_{{ij}}$ that to the pixel on the right (0 in the
last row and the last column), the loss is
$\\sum_{{ij}}\\sqrt{{v_{{ij}}^2 + w_{{ij}}^2 + \\varepsilon^2}}$. Write a function that returns it for a
picture of shape $(H, W)$, and its gradient, of the picture's shape. Use NumPy alone, and no loops over
pixels. With ε = 0 a pixel whose differences are 0 adds nothing to the gradient.""",
        _LOSS_STUB,
        f"""\
def my_total_variation(image, epsilon):
    down = np.diff(image, axis=0, append=image[-1:]) / {apart:g}
    right = np.diff(image, append=image[:, -1:])
    length = np.sqrt(down**2 + right**2 + epsilon**2)
    safe = np.where(length == 0, 1, length)
    down, right = down / safe / {apart:g}, right / safe
    gradient = -down - right
    gradient[1:] += down[:-1]
    gradient[:, 1:] += right[:, :-1]
    return length.sum(), gradient""",
    )


def _with_power(rng):
    """11.2 with another power of the length: TV_β."""
    power = float(rng.choice([0.5, 0.75, 1.25, 1.5]))
    side, cheap = ("below", "steep") if power < 1 else ("above", "wide")
    exercise = _added_up(
        "Loss and gradient for another exponent",
        {
            "what total variation itself gives, with exponent 1": {},
            "what the sum of squares gives": {"power": 2.0},
            "what you get with the exponent twice as large": {"power": 2 * power},
        },
        "to which power do the squares go, and what is a border's difference?",
        power=power,
    )
    return Variant(
        exercise,
        f"""\
With an exponent β {side} 1, {cheap} edges are the cheapest. With $d_{{ij}}$ the two differences of a
pixel, to its neighbors below and on the right (0 in the last row and the last column), and β = {power:g},
write a function that returns
$\\sum_{{ij}}\\bigl(\\lVert d_{{ij}}\\rVert^2 + \\varepsilon^2\\bigr)^{{\\beta/2}}$ for a picture of shape
$(H, W)$, and its gradient, of the picture's shape. Use NumPy alone, and no loops over pixels. With ε = 0
a pixel whose differences are 0 adds nothing to the gradient.""",
        _LOSS_STUB,
        f"""\
def my_total_variation(image, epsilon):
    d = np.array([np.diff(image, axis=0, append=image[-1:]),
                  np.diff(image, append=image[:, -1:])])
    square = (d**2).sum(axis=0) + epsilon**2
    share = {power:g} * np.where(square == 0, 1, square) ** ({power:g} / 2 - 1)
    down, right = share * d
    gradient = -down - right
    gradient[1:] += down[:-1]
    gradient[:, 1:] += right[:, :-1]
    return (square ** ({power:g} / 2)).sum(), gradient""",
    )


# ---- 11.3 --------------------------------------------------------------------------------------------------

_STEP_STUB = "def my_step(image, down, right, weight):\n    raise NotImplementedError"
_WAYS = """
Δ takes the differences to the neighbors below and on the right, 0 in the last row and the last column.
$\\Delta^\\top$ is the way back: what an arrow points down is taken from its own pixel and added to the one
below, and likewise on the right. The arrays have the picture's shape; `down` is 0 in the last row,
`right` in the last column. Return the two new arrays of arrows. Use NumPy alone."""
_AHEAD = """\
def my_step(image, down, right, weight):
    u = image + weight * (down + right)  # f − λ Δᵀp, in three lines
    u[1:] -= weight * down[:-1]
    u[:, 1:] -= weight * right[:, :-1]
"""


def _lines(rng):
    for shape in ((1, 5), (4, 1)):
        yield chapter.scene(rng, 1.0, 0.9, 0.2, shape)


def _step_exercise(title, step, wrong, hints, within):
    """Return the exercise for ``step(image, down, right, weight)``, which returns both arrays.

    `wrong` leads from what to say of a mistake to a function like `step`. The hints are for short arrows and
    long ones, and `within` is a test of how long arrows may be.
    """

    def arrows_are(cases, hint):
        tests = [
            has_values(
                name,
                lambda *arrays, weight, which=which: step(*arrays, weight)[which],
                cases,
                hint,
                mistakes={
                    says: lambda *arrays, weight, which=which, other=other: other(*arrays, weight)[which]
                    for says, other in wrong.items()
                },
            )
            for which, name in enumerate(("down", "right"))
        ]

        def test(ask, rng):
            state = rng.bit_generator.state
            for one in tests:
                rng.bit_generator.state = state
                one(ask, rng)

        return test

    properties = {
        "small steps": arrows_are([chapter.short], hints[0]),
        "large steps": arrows_are([chapter.long], hints[1]),
        "a single row or column": arrows_are([_lines], "what is the difference where there is no neighbor?"),
        "arrows stay within their bound": of_form(each_case([chapter.long, chapter.short], within)),
        "inputs unchanged": leaves_arguments_alone([chapter.short, chapter.long]),
    }
    return replace(_STEP, title=title, properties=named(properties))


def _ahead(parts, *arrays, **options):
    """Return the arrows after the step and before they are cut, of size 1/(parts · λ)."""
    weight = arrays[-1]
    return np.array(chapter.ahead(*arrays, scale=1 / (parts * weight), **options))


def _chambolles(rng):
    """11.3 with the step of Chambolle's paper of 2004."""
    parts = int(rng.choice([5, 10, 12, 16]))

    def shrunk(*arrays, parts=parts, **options):
        ahead = _ahead(parts, *arrays, **options)
        return ahead / (1 + np.hypot(*(ahead - np.array(arrays[1:3]))))

    def by_length(*arrays):
        ahead = _ahead(parts, *arrays)
        return ahead / (1 + np.hypot(*ahead))

    def cut(*arrays):
        ahead = _ahead(parts, *arrays)
        return ahead / np.maximum(1, np.hypot(*ahead))

    wrong = {
        "what you get without the division": partial(_ahead, parts),
        "what the chapter's cut gives": cut,
        "what you get by dividing by 1 and the new arrow's length": by_length,
        "what you get with a step of 1/(8λ)": partial(shrunk, parts=8),
        "what you get with the picture's arrows added instead of taken off": partial(shrunk, sign=-1.0),
    }
    exercise = _step_exercise(
        "Chambolle's own step",
        shrunk,
        wrong,
        ("which picture do the arrows give, and by what is the new arrow divided?",) * 2,
        chapter.within,
    )
    return Variant(
        exercise,
        f"""\
The loop of `scratch_denoise` cuts arrows that have become too long. Chambolle's own step of 2004
shortens each by how far it moved: with the arrows $p$, the picture $f$ and the weight λ, let
$u = f - \\lambda\\Delta^\\top p$ and $q = p + \\frac{{1}}{{{parts}\\lambda}}\\Delta u$. The new arrow of each
pixel is $q/(1 + \\lVert q - p\\rVert)$. Write this step for the arguments `image` ($f$), `down` and
`right` ($p$), and `weight` (λ).
{_WAYS}""",
        _STEP_STUB,
        f"""\
{_AHEAD}    ahead_down = np.diff(u, axis=0, append=u[-1:]) / ({parts} * weight)
    ahead_right = np.diff(u, append=u[:, -1:]) / ({parts} * weight)
    shorter = 1 + np.hypot(ahead_down, ahead_right)
    return (down + ahead_down) / shorter, (right + ahead_right) / shorter""",
    )


def _anisotropic(rng):
    """11.3 for the anisotropic form: each number of an arrow has a bound of its own."""
    parts = int(rng.choice([10, 12, 16, 20]))

    def clipped(*arrays, parts=parts, **options):
        return _ahead(parts, *arrays, **options).clip(-1, 1)

    def cut(*arrays):
        ahead = _ahead(parts, *arrays)
        return ahead / np.maximum(1, np.hypot(*ahead))

    wrong = {
        "what you get without the cut": partial(_ahead, parts),
        "what you get if arrows are cut by their length": cut,
        "what you get with a step of 1/(8λ)": partial(clipped, parts=8),
        "what you get with the picture's arrows added instead of taken off": partial(clipped, sign=-1.0),
    }

    def within(ask, answer, image, down, right, weight):
        longest = max(abs(answer.numbers(name, image.shape)).max() for name in ("down", "right"))
        if not longest <= 1 + 1e-9:
            raise answer.not_yet(f"your largest number is {shown(longest)} in size: how large may it be?")

    exercise = _step_exercise(
        "A step of the dual, anisotropic",
        clipped,
        wrong,
        (
            "which picture do the arrows give, and where to?",
            "what is cut, and how far may an arrow then reach?",
        ),
        within,
    )
    return Variant(
        exercise,
        f"""\
For the *anisotropic* total variation $\\sum_{{ij}} |\\Delta_v u| + |\\Delta_h u|$ each number of an arrow
has the bound 1 for itself: $|p_v| \\le 1$ and $|p_h| \\le 1$. Write one step of its dual method, a more
cautious one than that of `scratch_denoise`: with the arrows $p$, the picture $f$ and the weight λ, let
$u = f - \\lambda\\Delta^\\top p$ and $q = p + \\frac{{1}}{{{parts}\\lambda}}\\Delta u$, and cut $q$ back to
the bounds. The arguments are `image` ($f$), `down` and `right` ($p_v$ and $p_h$), and `weight` (λ).
{_WAYS}""",
        _STEP_STUB,
        f"""\
{_AHEAD}    down = down + np.diff(u, axis=0, append=u[-1:]) / ({parts} * weight)
    right = right + np.diff(u, append=u[:, -1:]) / ({parts} * weight)
    return np.clip(down, -1, 1), np.clip(right, -1, 1)""",
    )


VARIANTS = {"11.2": (_with_spacing, _with_power), "11.3": (_chambolles, _anisotropic)}
