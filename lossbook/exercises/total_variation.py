"""Exercises of the chapter on total variation: the loss with its gradient, and a step of the dual method."""

from functools import partial

import numpy as np

from lossbook import images
from lossbook.exercises.checker import Exercise, named, of_form, shown
from lossbook.exercises.properties import (
    case,
    each_case,
    gradient_matches_loss,
    has_values,
    leaves_arguments_alone,
)

_NOUN = "total_variation"

# ---- 11.2 --------------------------------------------------------------------------------------------------


def _drawn_pictures(epsilon):
    def draw(rng):
        for shape in ((3, 4), (4, 2), (1, 5), (4, 1)):
            yield case(rng.uniform(0, 1, shape).round(2), epsilon=epsilon)

    return draw


_CORNER = case([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0]], epsilon=0.0)
SHARP = [case([[0.0, 3.0], [4.0, 4.0]], epsilon=0.0), _CORNER, _drawn_pictures(0.0)]
ROUND = [case([[0.0, 0.3], [0.4, 0.4]], epsilon=0.5), _drawn_pictures(0.1)]
LEVEL = [case([[0.5, 0.5], [0.5, 0.5]], epsilon=0.0), case([[2.0, 2.0, 2.0]], epsilon=0.0)]


def _loss(image, epsilon, power=0.5, join=np.add):
    down, right = np.diff(image, axis=0, append=image[-1:]), np.diff(image, append=image[:, -1:])
    return (join(down**2, right**2) + epsilon**2) ** power


def _sum(image, epsilon):
    return _loss(image, epsilon).sum()


_loss_is = partial(
    has_values,
    "loss",
    _sum,
    mistakes={
        "the mean over the pixels": lambda u, epsilon: _loss(u, epsilon).mean(),
        "what the sum of squares gives": lambda u, epsilon: _loss(u, epsilon, power=1.0).sum(),
        "what the anisotropic form gives": lambda u, epsilon: images.total_variation(u, kind="anisotropic"),
        "what you get without the last row and column": lambda u, epsilon: _loss(u, epsilon)[:-1, :-1].sum(),
        "what you get with epsilon in the place of its square": lambda u, epsilon: _sum(u, epsilon**0.5),
    },
)


def no_pull_on_the_mean(ask, answer, image, epsilon):
    came = answer.numbers("gradient", image.shape).sum()
    if not abs(came) < 1e-9 * image.size:
        raise answer.not_yet(
            f"the numbers of your gradient add up to {shown(came)}: what does the loss do if all pixels rise "
            "together?"
        )


def still(ask, answer, image, epsilon):
    came = answer.numbers("gradient", image.shape)
    if not (came == 0).all():
        raise answer.not_yet(
            f"your gradient begins with {shown(came.ravel()[0])}: which subgradient is the simplest where "
            "neighbors are equal?"
        )


_TOTAL_VARIATION = {
    "values with epsilon 0": _loss_is(SHARP, "what does one pixel pay, and what is a border's difference?"),
    "values with a larger epsilon": _loss_is(ROUND, "where does epsilon stand, and for how many pixels?"),
    "the gradient is the derivative of your loss": gradient_matches_loss("loss", "gradient", ROUND),
    "the gradient adds up to 0": of_form(each_case(ROUND, no_pull_on_the_mean)),
    "a level picture stays as it is": of_form(each_case(LEVEL, still)),
    "inputs unchanged": leaves_arguments_alone(SHARP + ROUND),
}

# ---- 11.3 --------------------------------------------------------------------------------------------------


def _transposed(down, right):
    u = -down - right
    u[1:] += down[:-1]
    u[:, 1:] += right[:, :-1]
    return u


def ahead(image, down, right, weight, *, sign=1.0, scale=None):
    u = image - sign * weight * _transposed(down, right)
    step = 1 / (8 * weight) if scale is None else scale
    below, beside = np.diff(u, axis=0, append=u[-1:]), np.diff(u, append=u[:, -1:])
    return down + step * below, right + step * beside


def _after(which, cut="arrow", **options):
    def reference(image, down, right, weight):
        arrows = np.array(ahead(image, down, right, weight, **options))
        if cut == "arrow":
            arrows = arrows / np.maximum(1, np.hypot(*arrows))
        if cut == "numbers":
            arrows = arrows.clip(-1, 1)
        return arrows[which]

    return reference


def scene(rng, height, reach, weight, shape=(3, 4)):
    """Return a picture of some contrast with arrows up to some length, 0 across the last row and column."""
    image, angle = height * rng.uniform(0, 1, shape), rng.uniform(0, 2 * np.pi, shape)
    length = reach * rng.uniform(0, 1, shape)
    down, right = length * np.sin(angle), length * np.cos(angle)
    down[-1], right[:, -1] = 0, 0
    return case(image.round(2), down.round(2), right.round(2), weight=weight)


def short(rng):
    for weight in (0.3, 0.5):
        yield scene(rng, 0.3, 0.5, weight)


def long(rng):
    for weight in (0.02, 0.05):
        yield scene(rng, 1.0, 0.9, weight)


def _arrows_are(cases, hint):
    mistakes = {
        "what you get without the cut": {"cut": "none"},
        "what you get if each number is cut off for itself": {"cut": "numbers"},
        "what you get with the picture's arrows added instead of taken off": {"sign": -1.0},
        "what you get with a step of 1/8": {"scale": 0.125},
    }
    tests = [
        has_values(
            name,
            _after(which),
            cases,
            hint,
            mistakes={says: _after(which, **options) for says, options in mistakes.items()},
        )
        for which, name in enumerate(("down", "right"))
    ]

    def test(ask, rng):
        state = rng.bit_generator.state
        for one in tests:
            rng.bit_generator.state = state
            one(ask, rng)

    return test


def within(ask, answer, image, down, right, weight):
    longest = np.hypot(answer.numbers("down", image.shape), answer.numbers("right", image.shape)).max()
    if not longest <= 1 + 1e-9:
        raise answer.not_yet(f"your longest arrow has length {shown(longest)}: how long may an arrow be?")


_STEP = {
    "short arrows take a plain step": _arrows_are([short], "which picture do the arrows give, and where to?"),
    "long arrows are cut": _arrows_are([long], "what is cut, and does the arrow keep its direction?"),
    "no arrow is longer than 1": of_form(each_case([long, short], within)),
    "inputs unchanged": leaves_arguments_alone([short, long]),
}

EXERCISES = (
    Exercise("11.2", "Loss and gradient", _NOUN, ("image",), ("loss", "gradient"), named(_TOTAL_VARIATION)),
    Exercise(
        "11.3", "A step of the dual", _NOUN, ("image", "down", "right"), ("down", "right"), named(_STEP)
    ),
)
