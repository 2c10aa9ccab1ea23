"""Chapter 11's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np

from lossbook import images


def differences(u):
    return np.diff(u, axis=0, append=u[-1:]), np.diff(u, append=u[:, -1:])


def spread(down, right):
    u = -down - right
    u[1:] += down[:-1]
    u[:, 1:] += right[:, :-1]
    return u


def variation(image, epsilon):
    down, right = differences(image)
    length = np.sqrt(down**2 + right**2 + epsilon**2)
    safe = np.where(length == 0, 1, length)
    return length.sum(), spread(down / safe, right / safe)


def by_library(image, epsilon):
    return variation(image, epsilon)[0], images.total_variation_grad(image, epsilon=epsilon)


def step(image, down, right, weight, cut=True, sign=1, size=None):
    below, beside = differences(image - sign * weight * spread(down, right))
    size = 1 / (8 * weight) if size is None else size
    down, right = down + size * below, right + size * beside
    length = np.maximum(1, np.hypot(down, right)) if cut else 1
    return down / length, right / length


def by_angle(image, down, right, weight):
    down, right = step(image, down, right, weight, cut=False)
    angle, length = np.arctan2(down, right), np.minimum(1, np.hypot(down, right))
    return length * np.sin(angle), length * np.cos(angle)


RIGHT = {"11.2": [variation, by_library], "11.3": [step, by_angle]}

SHARP, ROUND = "values with epsilon 0", "values with a larger epsilon"
SLOPE, SUM, LEVEL = (
    "the gradient is the derivative of your loss",
    "the gradient adds up to 0",
    "a level picture stays as it is",
)


def changed(loss=None, gradient=None):
    """Return an answer of which one output is replaced."""

    def answer(image, epsilon):
        right = variation(image, epsilon)
        return (loss or (lambda u, e: right[0]))(image, epsilon), (gradient or (lambda u, e: right[1]))(
            image, epsilon
        )

    return answer


def cropped(image, epsilon):
    down, right = (d[:-1, :-1] for d in differences(image))
    return np.sqrt(down**2 + right**2 + epsilon**2).sum()


def wrapped(image, epsilon):
    down, right = np.roll(image, -1, 0) - image, np.roll(image, -1, 1) - image
    return np.sqrt(down**2 + right**2 + epsilon**2).sum()


def divided(image, epsilon):
    down, right = differences(image)
    with np.errstate(all="ignore"):
        length = np.sqrt(down**2 + right**2 + epsilon**2)
        return spread(down / length, right / length)


WRONG_VARIATION = {
    "mean": (
        changed(loss=lambda u, e: variation(u, e)[0] / u.size),
        ((SHARP, ROUND), "which is the mean over the pixels"),
        (SLOPE, "the two should agree"),
    ),
    "anisotropic": (
        changed(loss=lambda u, e: images.total_variation(u, kind="anisotropic")),
        ((SHARP, ROUND), "which is what the anisotropic form gives"),
        (SLOPE, "the two should agree"),
    ),
    "cropped": (
        changed(loss=cropped),
        (SHARP, "your loss is 5, which is what you get without the last row and column"),
        (ROUND, "which is what you get without the last row and column"),
        (SLOPE, "the two should agree"),
    ),
    "wrapped around": (
        changed(loss=wrapped),
        ((SHARP, ROUND), "which is too large"),
        (SLOPE, "the two should agree"),
    ),
    "sign": (changed(gradient=lambda u, e: -variation(u, e)[1]), (SLOPE, "the two should agree")),
    "gradient not transposed": (
        changed(gradient=lambda u, e: sum(d / (np.hypot(*differences(u)) + e) for d in differences(u))),
        (SLOPE, "the two should agree"),
        (SUM, "what does the loss do if all pixels rise together?"),
        (LEVEL, "which subgradient is the simplest where"),
    ),
    "0 / 0": (changed(gradient=divided), (LEVEL, "which subgradient is the simplest where neighbors")),
}

SHORT, LONG, WITHIN = "short arrows take a plain step", "long arrows are cut", "no arrow is longer than 1"


def numbers_cut(image, down, right, weight):
    return [p.clip(-1, 1) for p in step(image, down, right, weight, cut=False)]


WRONG_STEP = {
    "no cut": (
        lambda u, d, r, weight: step(u, d, r, weight, cut=False),
        (LONG, "which is what you get without the cut"),
        (WITHIN, "how long may an arrow be?"),
    ),
    "numbers cut": (
        numbers_cut,
        (LONG, "which is what you get if each number is cut off for itself"),
        (WITHIN, "how long may an arrow be?"),
    ),
    "sign": (
        lambda u, d, r, weight: step(u, d, r, weight, sign=-1),
        ((SHORT, LONG), "added instead of taken off"),
    ),
    "step of an eighth": (
        lambda u, d, r, weight: step(u, d, r, weight, size=0.125),
        ((SHORT, LONG), "which is what you get with a step of 1/8"),
    ),
}

WRONG = {"11.2": WRONG_VARIATION, "11.3": WRONG_STEP}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
