"""Variants of the exercises on perceptual loss."""

from dataclasses import replace
from functools import partial

import numpy as np

from lossbook.exercises import perceptual_loss
from lossbook.exercises.checker import named, of_form
from lossbook.exercises.properties import case, has_values, leaves_arguments_alone, never_negative
from lossbook.exercises.variants import Variant

_CHAPTERS = {exercise.number: exercise for exercise in perceptual_loss.EXERCISES}
_STUBS = {
    "4.2": "def my_feature_loss(x1, y1, x2, y2, weight):\n    raise NotImplementedError",
    "4.3": "def my_lpips_layer(x, y, weights):\n    raise NotImplementedError",
}


def _variant(number, title, properties, prompt, solution):
    exercise = replace(_CHAPTERS[number], title=title, properties=named(properties))
    return Variant(exercise, prompt, _STUBS[number], solution)


# ---- 4.2 ---------------------------------------------------------------------------------------------------


def _added(term):
    """Return the loss that adds a term of each layer, the second one's times the weight."""
    return lambda x1, y1, x2, y2, weight: term(x1, y1) + weight * term(x2, y2)


def _layer_properties(term, mistakes, cases, weights, *, one, shapes):
    """Return the properties of a loss of two layers; `mistakes` are other terms of a layer."""
    mistakes = {says: _added(other) for says, other in mistakes.items()} | {
        "what you get with the weight on the first layer": lambda x1, y1, x2, y2, weight: (
            weight * term(x1, y1) + term(x2, y2)
        ),
        "what you get without the weight": lambda x1, y1, x2, y2, weight: term(x1, y1) + term(x2, y2),
    }
    loss_is = partial(has_values, "loss", _added(term), mistakes=mistakes)
    drawn = perceptual_loss.drawn_layers
    return {
        "one layer at a time": loss_is(cases, one),
        "the weight": loss_is(weights, "which layer's term does the weight multiply?"),
        "layers of different shapes": loss_is([drawn], shapes),
        "equal features": of_form(loss_is(perceptual_loss.EQUAL, "features that are equal cost nothing.")),
        "never negative": never_negative("loss", [*cases, drawn]),
        "inputs unchanged": leaves_arguments_alone([*cases, *weights, drawn]),
    }


def _another_power(rng):
    """4.2 with the mean of |x − y|^k in the place of squares."""
    power = int(rng.choice([1, 3, 4]))

    def term(x, y, k=power):
        return (abs(x - y) ** k).mean()

    mistakes = {
        "what squares give": partial(term, k=2),
        "what sums give in the place of means": lambda x, y: x.size * term(x, y),
        "what you get without making the differences positive": lambda x, y: ((x - y) ** power).mean(),
        "what the root of each mean gives": lambda x, y: term(x, y) ** (1 / power),
    }
    cases = [*perceptual_loss.HAND, case([[[1.0, 0.0]]], [[[3.0, 1.0]]], [[[0.0]]], [[[2.0]]], weight=1.0)]
    properties = _layer_properties(
        term,
        mistakes,
        cases,
        perceptual_loss.WEIGHTS,
        one="which power, of what, and what does each layer divide its sum by?",
        shapes="each layer has its own C, H and W, and its mean is over these.",
    )
    what = (
        "absolute value"
        if power == 1
        else f"{power}{'rd' if power == 3 else 'th'} power of the absolute value"
    )
    formula = "|x - y|" if power == 1 else f"|x - y|^{power}"
    return _variant(
        "4.2",
        f"Two layers, with the power {power}",
        properties,
        f"""\
Write a feature loss of two layers with another power than 2: a layer's term is the mean of ${formula}$,
the {what} of the difference, over all its features.
`x1` and `y1` are the first layer's features of both pictures, of shape $(C_1, H_1, W_1)$; `x2` and `y2`
the second's, of another shape. Add the second layer's term times `weight` to the first's, and
return one number.""",
        f"""\
def my_feature_loss(x1, y1, x2, y2, weight):
    power = {power}
    return (abs(x1 - y1) ** power).mean() + weight * (abs(x2 - y2) ** power).mean()""",
    )


def _relative_to_the_target(rng):
    """4.2 with squares relative to the target's: what is measured is free of each layer's unit."""
    rooted = bool(rng.integers(2))

    def term(x, y, divisor=None, root=rooted):
        share = ((x - y) ** 2).sum() / ((y**2).sum() if divisor is None else divisor(x, y))
        return np.sqrt(share) if root else share

    mistakes = {
        "what you get with means of squared differences": lambda x, y: term(x, y, lambda x, y: x.size, False),
        "what you get relative to the prediction's squares": lambda x, y: term(
            x, y, lambda x, y: (x**2).sum()
        ),
        "what you get without the root" if rooted else "what you get with a root": partial(
            term, root=not rooted
        ),
        "what you get by dividing element by element": lambda x, y: (((x - y) / y) ** 2).mean(),
    }
    weights = [
        case([[[3.0]]], [[[2.0]]], [[[1.0, 0.0]]], [[[5.0, 0.0]]], weight=weight)
        for weight in (0.25, 10.0, 0.0)
    ]
    weights += perceptual_loss.WEIGHTS[-1:]
    properties = _layer_properties(
        term,
        mistakes,
        perceptual_loss.HAND,
        weights,
        one="what is a layer's sum of squared differences divided by?",
        shapes="each layer has a sum of its own above, and one of its own below.",
    )
    share = "\\lVert x - y\\rVert^2 / \\lVert y\\rVert^2"
    formula = f"\\sqrt{{{share}}}" if rooted else share
    return _variant(
        "4.2",
        "Two layers, relative to the target",
        properties,
        f"""\
Features of different layers differ in size. So let a layer's term be *relative*:
${formula}$, with $\\lVert z\\rVert^2$ the sum of the squares of all features in $z$.
`x1` and `y1` are the first layer's features of the prediction and of the target, of shape
$(C_1, H_1, W_1)$; `x2` and `y2` the second's, of another shape. No layer of the target is 0 everywhere. Add
the second layer's term times `weight` to the first's, and return one number.""",
        f"""\
def my_feature_loss(x1, y1, x2, y2, weight):
    def term(x, y):
        return {"np.sqrt" if rooted else ""}(((x - y) ** 2).sum() / (y**2).sum())

    return term(x1, y1) + weight * term(x2, y2)""",
    )


# ---- 4.3 ---------------------------------------------------------------------------------------------------


def _unit(z, lengths):
    length = lengths(z)
    return z / np.where(length == 0, 1, length)


def _euclidean(z):
    return np.sqrt((z**2).sum(axis=0))


def _each(weights):
    return weights[:, None, None]


def _term_properties(term, mistakes, *, place, channels, many):
    """Return the properties of one layer's term."""
    term_is = partial(has_values, "term", term, mistakes=mistakes)
    chapter = perceptual_loss
    return {
        "one place": term_is(chapter.PLACE, place),
        "weights of the channels": term_is(chapter.CHANNELS, channels),
        "many places": term_is([chapter.drawn_places], many),
        "lengths do not count": term_is([chapter.scaled], "the length of a feature vector should cancel."),
        "places where all features are 0": term_is(
            chapter.EMPTY, "what is the scaled vector where there is no length?"
        ),
        "never negative": never_negative("term", [*chapter.PLACE, chapter.drawn_places]),
        "inputs unchanged": leaves_arguments_alone([*chapter.PLACE, *chapter.EMPTY, chapter.drawn_places]),
    }


#: What a vector's length is, in words, to its function and source.
_LENGTHS = {
    "the sum of the absolute values of its features": (
        lambda z: abs(z).sum(axis=0),
        "np.abs(z).sum(axis=0)",
    ),
    "the largest absolute value among its features": (
        lambda z: abs(z).max(axis=0),
        "np.abs(z).max(axis=0)",
    ),
}


def _by_another_length(rng):
    """4.3 with features that are scaled by another norm."""
    words = str(rng.choice(list(_LENGTHS)))
    lengths, source = _LENGTHS[words]

    def off(x, y, weights, of=lengths):
        return _each(weights) * (_unit(x, of) - _unit(y, of))

    def term(x, y, weights, of=lengths):
        return (off(x, y, weights, of) ** 2).sum(axis=0).mean()

    mistakes = {
        "what Euclidean lengths give": partial(term, of=_euclidean),
        "what you get without scaling": partial(term, of=lambda z: np.ones(z.shape[1:])),
        "what you get if the mean is over channels, too": lambda x, y, w: (off(x, y, w) ** 2).mean(),
        "what you get if the sum is over places, too": lambda x, y, w: (off(x, y, w) ** 2).sum(),
        "what you get with the weights left out": lambda x, y, w: term(x, y, np.ones_like(w)),
        "what you get with the weights outside the square": lambda x, y, w: term(x, y, np.sqrt(w)),
    }
    properties = _term_properties(
        term,
        mistakes,
        place="what is each vector of features divided by?",
        channels="do the weights go in before the square or after it?",
        many="over which axes is the sum, and over which the mean?",
    )
    return _variant(
        "4.3",
        "One layer, scaled by another length",
        properties,
        f"""\
Like LPIPS, with another length: at each place of a layer stands a vector of $C$ features. Scale it to
length 1, where *length* means {words}.
Let $u_{{hw}}$ be the scaled vector of `x` at place $(h, w)$, and $v_{{hw}}$ that of `y`. With one weight
$w_c$ a channel, write

$$
\\frac{{1}}{{HW}} \\sum_{{h, w}} \\sum_c \\bigl(w_c\\,(u_{{chw}} - v_{{chw}})\\bigr)^2 .
$$

`x` and `y` have shape $(C, H, W)$, `weights` has shape $(C,)$; return one number. Where all features of a
picture are 0, which a ReLU can do, take the scaled vector as 0.""",
        f"""\
def my_lpips_layer(x, y, weights):
    def unit(z):
        length = {source}
        return z / np.where(length == 0, 1, length)

    off = np.asarray(weights)[:, None, None] * (unit(x) - unit(y))
    return (off**2).sum(axis=0).mean()""",
    )


def _mean_distance(rng):
    """4.3 with distances in the place of their squares, the weights before or after the square."""
    outside = bool(rng.integers(2))

    def squares(x, y, weights, outside=outside, of=_euclidean):
        return (_each(weights if outside else weights**2) * (_unit(x, of) - _unit(y, of)) ** 2).sum(axis=0)

    def term(x, y, weights, **options):
        return np.sqrt(squares(x, y, weights, **options)).mean()

    where = "inside" if outside else "outside"
    mistakes = {
        "what you get without the root": lambda x, y, w: squares(x, y, w).mean(),
        "what you get without the root, and with the weights inside the square": lambda x, y, w: squares(
            x, y, w, outside=False
        ).mean(),
        "what you get with one root at the end": lambda x, y, w: np.sqrt(squares(x, y, w).mean()),
        f"what you get with the weights {where} the square": partial(term, outside=not outside),
        "what you get with the weights left out": lambda x, y, w: term(x, y, np.ones_like(w)),
        "what you get without the unit vectors": partial(term, of=lambda z: np.ones(z.shape[1:])),
    }
    properties = _term_properties(
        term,
        mistakes,
        place="is it a distance or its square?",
        channels="do the weights go in before the square or after it?",
        many="of what is the mean over places taken?",
    )
    formula = "\\sum_c w_c\\,(u_{chw} - v_{chw})^2" if outside else "\\sum_c w_c^2\\,(u_{chw} - v_{chw})^2"
    source = "weights * (unit(x) - unit(y)) ** 2" if outside else "(weights * (unit(x) - unit(y))) ** 2"
    return _variant(
        "4.3",
        "One layer of distances",
        properties,
        f"""\
Like LPIPS, with distances: at each place of a layer stands a vector of $C$ features. Let $u_{{hw}}$ be that
of `x` at place $(h, w)$, divided by its (Euclidean) length, and $v_{{hw}}$ the same for `y`. With the weights
$w_c$ of the channels, write the mean *distance*, not squared,

$$
\\frac{{1}}{{HW}} \\sum_{{h, w}} \\sqrt{{{formula}}} .
$$

`x` and `y` have shape $(C, H, W)$, `weights` has shape $(C,)$ and no entry below 0; return one number. Where
all features of a picture are 0, which a ReLU can do, take the unit vector as 0.""",
        f"""\
def my_lpips_layer(x, y, weights):
    def unit(z):
        length = np.sqrt((z**2).sum(axis=0))
        return z / np.where(length == 0, 1, length)

    weights = np.asarray(weights)[:, None, None]
    return np.sqrt(({source}).sum(axis=0)).mean()""",
    )


VARIANTS = {
    "4.2": (_another_power, _relative_to_the_target),
    "4.3": (_by_another_length, _mean_distance),
}
