"""Variants of exercise 14.4 on the mean squared error: other points to shrink towards, and a limit."""

from functools import partial

import numpy as np

from lossbook.exercises.checker import Exercise, named, of_form
from lossbook.exercises.mse import CLOSE, wide
from lossbook.exercises.properties import case, has_values, leaves_arguments_alone
from lossbook.exercises.variants import Variant

_PLAIN = [case([1.0, 3.0, 5.0, 9.0, 12.0, 11.0], variance=2.0), *[wide(1.0)] * 3]
_NOISY = [case([1.0, 3.0, 5.0, 9.0, 12.0, 11.0], variance=7.0), *[wide(0.25), wide(2.0)] * 2]


def _shrinking(title, prompt, solution, reference, properties, mistakes):
    """Return a variant of 14.4; its properties are names to cases and hint, or to a test."""
    known = {**mistakes, "what the numbers themselves are": lambda x, variance: x}
    estimates_are = partial(has_values, "estimates", reference, mistakes=known)
    tests = {name: estimates_are(cases, hint) for name, (cases, hint) in properties.items()}
    for name in {"few numbers", "equal numbers", "numbers on a line"} & tests.keys():
        tests[name] = of_form(tests[name])  # there the numbers stay as they are
    tests["inputs unchanged"] = leaves_arguments_alone(_PLAIN + _NOISY)
    return Variant(
        Exercise("14.4", title, "mse", ("x",), ("estimates",), named(tests)),
        f"""\
You measure $d$ things once each, and get a vector $x$ of $d$ numbers with independent normal noise of the
known variance $\\sigma^2$, `variance` in code.
{prompt}

Write a function that returns the $d$ estimates, and leaves $x$ as it is.""",
        "def my_shrink(x, variance):\n    raise NotImplementedError",
        f"def my_shrink(x, variance):\n{solution}",
    )


def _towards(center_of, lost, least=0.0, few=None):
    """Return the rule that keeps a share of each distance from a center, unless there are too few numbers."""

    def estimates(x, variance):
        center = center_of(x)
        spread = np.sum((x - center) ** 2)
        if len(x) <= (lost if few is None else few) or spread < 1e-20:
            return x.copy()
        return center + max(1 - (len(x) - lost) * variance / spread, least) * (x - center)

    return estimates


def _towards_a_number(rng):
    center = float(rng.choice([1.0, 2.0, 10.0, 20.0]))

    def there(x):
        return np.full(len(x), center)

    def near(rng, low, high, size=5):
        away = rng.uniform(low, high, size) * rng.choice([-1, 1], size)
        return (center + away).round(1)

    def far(rng):
        return [case(near(rng, 1, 4, size=3), variance=v) for v in (0.5, 1.0)]

    def closer(rng):
        return [case(near(rng, 0.1, 0.5), variance=v) for v in (1.0, 4.0)]

    def equal(rng):
        for size in (4, 6):
            yield case([center + round(rng.uniform(2, 5), 1)] * size, variance=1.0)

    close = [case(center + np.array([0.5, -0.3, 0.2, 0.4, -0.1]), variance=v) for v in (1.0, 4.0)] + [closer]
    return _shrinking(
        "Shrink towards a guess",
        f"""\
You guessed beforehand that all are near {center:g}. James and Stein keep of each number's distance
from the guess the share $1 - (d - 2)\\,\\sigma^2 / S$, where $S$ is the sum of the squared distances from the
guess. The share kept is never negative, and with fewer than three numbers, or if all are {center:g},
nothing changes.""",
        f"""\
    spread = np.sum((x - {center:g}) ** 2)
    if len(x) < 3 or spread == 0:
        return x.copy()
    return {center:g} + max(1 - (len(x) - 2) * variance / spread, 0) * (x - {center:g})""",
        _towards(there, 2),
        {
            "noise of variance 1": (
                [case(center + np.array([4.0, -3.0, 2.0, 1.0]), variance=1.0), *_PLAIN],
                "which share of each distance is kept, and from where is it measured?",
            ),
            "other noise": (_NOISY, "what does a larger variance do to the share?"),
            "three numbers": (
                [case(center + np.array([3.0, -2.0, 1.0]), variance=1.0), far],
                "from how many numbers on does the rule gain?",
            ),
            "never past the guess": (close, "what should happen when the share would be negative?"),
            "equal numbers elsewhere": (
                [case([4.5, 4.5, 4.5, 4.5], variance=1.0), equal],
                "are numbers that agree with each other also near the guess?",
            ),
            "few numbers": (
                [case([1.0, 4.0], variance=1.0), case([7.0], variance=2.0)],
                "for how many numbers does the rule promise anything?",
            ),
            "equal numbers": (
                [case([center] * 5, variance=1.0)],
                "what do you divide by when all are at the guess?",
            ),
        },
        {
            "what shrinking towards the mean gives": _towards(np.mean, 3),
            "what d − 3 in the place of d − 2 gives": _towards(there, 3, few=2),
            "what a share below 0 gives": _towards(there, 2, least=-np.inf),
            "what a variance of 1 gives": lambda x, variance: _towards(there, 2)(x, 1.0),
        },
    )


def _bent(variance):
    """Return a function that draws numbers along a trend, far enough from it for some distance to be kept."""

    def draw(rng):
        size = int(rng.integers(8, 11))
        x = np.linspace(0, rng.uniform(3, 9), size) + rng.normal(0, 3, size) + 4 * (np.arange(size) == 2)
        yield case(x.round(1), variance=variance)

    return draw


def _nearly_straight(rng):
    """Draw numbers so near to a line, beside the noise, that no distance from it is kept."""
    for size in (7, 9):
        x = np.linspace(0, rng.uniform(3, 9), size) + rng.uniform(-1, 1, size)
        yield case(x.round(1), variance=round(rng.uniform(6, 9), 1))


def _towards_a_trend(rng):
    degree = int(rng.integers(1, 3))
    curve, numbers = [("straight line", "two"), ("parabola", "three")][degree - 1]
    lost = degree + 3

    def trend(x, degree=degree):
        place = np.arange(len(x))
        return np.polynomial.Polynomial.fit(place, x, degree)(place)

    waves = np.array([1.0, 6.0, 4.0, 9.0, 5.0, 12.0, 8.0])
    return _shrinking(
        "Shrink towards a trend",
        f"""\
The numbers belong to years in a row, and you expect a trend. Fit the {curve} of least squares to the
numbers against their places 0, 1, …, $d - 1$, and keep of each number's distance from it the share
$1 - (d - {lost})\\,\\sigma^2 / S$, where $S$ is the sum of the squared distances: $d - 2$, less one
for each of the {numbers} coefficients that are estimated. The share kept is never negative, and with fewer
than {lost + 1} numbers, or if all are on the {curve} to rounding ($S < 10^{{-20}}$), nothing changes.""",
        f"""\
    if len(x) < {lost + 1}:
        return x.copy()
    powers = np.linspace(-1, 1, len(x))[:, None] ** np.arange({degree + 1})
    trend = powers @ np.linalg.lstsq(powers, x, rcond=None)[0]
    spread = np.sum((x - trend) ** 2)
    if spread < 1e-20:
        return x.copy()
    return trend + max(1 - (len(x) - {lost}) * variance / spread, 0) * (x - trend)""",
        _towards(trend, lost),
        {
            "noise of variance 1": (
                [case(waves, variance=1.0), *[_bent(1.0)] * 3],
                "which share of each distance from the trend is kept?",
            ),
            "other noise": (
                [case(waves, variance=5.0), *[_bent(0.25), _bent(2.0)] * 2],
                "what does a larger variance do to the share?",
            ),
            "never past the trend": (
                [
                    case([1.0, 2.5, 3.0, 4.5, 5.0, 6.5], variance=9.0),
                    case(waves / 8, variance=4.0),
                    _nearly_straight,
                ],
                "what should happen when the share would be negative?",
            ),
            "few numbers": (
                [case(waves[:size], variance=1.0) for size in (4, lost)],
                "for how many numbers does the rule promise anything?",
            ),
            "numbers on a line": (
                [case([2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0], variance=1.0), case([2.5] * 7, variance=1.0)],
                "what do you divide by when there is no distance?",
            ),
        },
        {
            "what shrinking towards the mean gives": _towards(np.mean, 3),
            "what you get if no coefficient counts": _towards(trend, 2, few=lost),
            "what you get if one coefficient too few counts": _towards(trend, lost - 1, few=lost),
            "what a share below 0 gives": _towards(trend, lost, least=-np.inf),
            "what the trend itself is": lambda x, variance: trend(x),
        },
    )


def _crowd(variance):
    """Return a function that draws a crowd and one number far from it."""

    def draw(rng):
        size = int(rng.integers(10, 14))
        x = rng.normal(3, 1, size) + rng.uniform(5, 9) * (np.arange(size) == 4)
        yield case(x.round(1), variance=variance)

    return draw


def _limited(rng):
    limit = float(rng.choice([0.2, 0.3, 0.4]))
    mean_rule = _towards(np.mean, 3)

    def limited(x, variance, unit=np.sqrt):
        most = limit * unit(variance)
        return x + np.clip(mean_rule(x, variance) - x, -most, most)

    def near_the_mean(x, variance):
        most = limit * np.sqrt(variance)
        return x.mean() + np.clip(mean_rule(x, variance) - x.mean(), -most, most)

    crowd = np.array([1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 2.2, 1.4, 3.1, 2.7, 9.0])
    return _shrinking(
        "Shrink, but nobody far",
        f"""\
James and Stein keep of each number's distance from the mean of all the share
$1 - (d - 3)\\,\\sigma^2 / S$, where $S$ is the sum of the squared distances from the mean; the share kept is
never negative. In total that gains, but a number far from the others may lose. So move no number by more than
{limit:g} standard deviations of the noise: one that the rule would move further moves by just that much.
With fewer than four numbers, or if all are equal, nothing changes.""",
        f"""\
    center = x.mean()
    spread = np.sum((x - center) ** 2)
    if len(x) < 4 or spread == 0:
        return x.copy()
    move = min((len(x) - 3) * variance / spread, 1) * (center - x)
    most = {limit:g} * np.sqrt(variance)
    return x + np.clip(move, -most, most)""",
        limited,
        {
            "noise of variance 1": (
                [case(crowd, variance=1.0), *[_crowd(1.0)] * 3],
                "how far would the rule move each number, and how far may it go?",
            ),
            "other noise": (
                [case(crowd, variance=4.0), *[_crowd(0.5), _crowd(4.0)] * 2],
                "how large is a standard deviation of this noise?",
            ),
            "never past the mean": (CLOSE, "what should happen when the share would be negative?"),
            "few numbers": (
                [case([1.0, 4.0], variance=1.0), case([1.0, 4.0, 7.0], variance=2.0)],
                "for how many numbers does the rule promise anything?",
            ),
            "equal numbers": (
                [case([2.5] * 5, variance=1.0)],
                "what do you divide by when there is no spread?",
            ),
        },
        {
            "what you get without the limit": mean_rule,
            "what a limit in units of the variance gives": partial(limited, unit=float),
            "what you get if all stay that near to the mean": near_the_mean,
        },
    )


VARIANTS = {"14.4": (_towards_a_number, _towards_a_trend, _limited)}
