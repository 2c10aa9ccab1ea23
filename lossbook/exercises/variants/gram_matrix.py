"""Variants of the exercises on Gram matrices."""

from dataclasses import replace
from functools import partial

import numpy as np

from lossbook.exercises import gram_matrix
from lossbook.exercises.checker import named, of_form
from lossbook.exercises.properties import (
    case,
    drawn,
    each_case,
    gradient_matches_loss,
    has_values,
    leaves_arguments_alone,
    never_negative,
)
from lossbook.exercises.variants import Variant

_CHAPTERS = {exercise.number: exercise for exercise in gram_matrix.EXERCISES}
_BATCH_STUB = '''\
def my_batched_gram(features):
    """Return the matrices, shape (N, C, C), of maps of shape (N, C, H, W)."""
    raise NotImplementedError'''
_LOSS_STUB = '''\
def my_gram_loss(features, target_features):
    """Return the loss, a number, and its gradient, shape (C, H, W)."""
    raise NotImplementedError'''


def _variant(number, title, properties, prompt, stub, solution):
    exercise = replace(_CHAPTERS[number], title=title, properties=named(properties))
    return Variant(exercise, prompt, stub, solution)


# ---- 3.2 ---------------------------------------------------------------------------------------------------

#: Name of a divisor to its TeX, its source, and the number for C channels at P positions.
_DIVISORS = {
    "HW": ("HW", "p", lambda c, p: p),
    "HW − 1": ("HW - 1", "(p - 1)", lambda c, p: p - 1),
    "C HW": ("C\\,HW", "(c * p)", lambda c, p: c * p),
}


def _centered(rows, axis=-1):
    return rows - rows.mean(axis=axis, keepdims=True)


def _covariances(rng):
    """3.2 with each channel's mean taken away, and one of the divisors in use."""
    divisor = str(rng.choice(list(_DIVISORS)))
    tex, source, size = _DIVISORS[divisor]

    def matrices(features, center=_centered, size=size):
        rows = features.reshape(*features.shape[:2], -1)
        rows = center(rows)
        return rows @ rows.swapaxes(1, 2) / size(*rows.shape[1:])

    mistakes = {
        "what you get without taking the means away": lambda f: matrices(f, lambda rows: rows),
        "what you get with each position's mean taken away": lambda f: matrices(
            f, partial(_centered, axis=1)
        ),
    } | {
        f"what you get by dividing by {name}": partial(matrices, size=of)
        for name, (_, _, of) in _DIVISORS.items()
        if name != divisor
    }
    values = partial(has_values, "gram", matrices, mistakes=mistakes)

    def far(rng):
        return [case(1e6 + maps) for (maps,), _ in drawn(gram_matrix.SEVERAL, rng)]

    properties = {
        "values of one map": values(
            gram_matrix.ONE, "which mean belongs to a channel, and what is divided by?"
        ),
        "values of several maps": values(
            gram_matrix.SEVERAL, "each channel of each map of the batch has a mean of its own."
        ),
        "channels far from 0": values([far], "what should be subtracted before numbers are multiplied?"),
        "symmetric": of_form(each_case(gram_matrix.SEVERAL, gram_matrix.is_symmetric)),
        "memory": of_form(gram_matrix.is_frugal),
        "inputs unchanged": leaves_arguments_alone(gram_matrix.SEVERAL),
    }
    return _variant(
        "3.2",
        "Covariances of a batch",
        properties,
        f"""\
A Gram matrix also tells how bright the channels are. Covariances do not: with $\\mu_c$ the mean of channel
$c$ over the $HW$ positions $p$ of its map,

$$
G_{{cd}} = \\frac{{1}}{{{tex}}} \\sum_p (F_{{cp}} - \\mu_c)(F_{{dp}} - \\mu_d) .
$$

Write these matrices for a batch of feature maps of shape (N, C, H, W), $HW \\ge 2$, as an array of shape
(N, C, C), right to six digits also where channels lie a million away from 0. No loop, and do not store all
$C^2HW$ products: it is judged on its memory, too, of which it may take eight times that of its input.""",
        _BATCH_STUB,
        f"""\
def my_batched_gram(features):
    rows = features.reshape(*features.shape[:2], -1)
    rows = rows - rows.mean(axis=2, keepdims=True)
    c, p = rows.shape[1:]
    return rows @ rows.swapaxes(1, 2) / {source}""",
    )


#: Direction to the axis along which the second channel is read further on.
_AXES = {"to the right": 3, "below": 2}


def _of_neighbors(rng):
    """3.2 where the second channel is read some positions further on, so that G is not symmetric."""
    where, step = str(rng.choice(list(_AXES))), int(rng.choice([1, 2]))
    axis = _AXES[where]

    def matrices(features, whole=False):
        size = features.shape[axis] - step
        here, there = (features.take(range(k, k + size), axis=axis) for k in (0, step))
        divisor = features[0].size if whole else here[0].size
        return np.einsum("nchw,ndhw->ncd", here, there) / divisor

    def around(features):
        moved = np.roll(features, -step, axis=axis)
        return np.einsum("nchw,ndhw->ncd", features, moved) / features[0].size

    mistakes = {
        "what you get with the two channels exchanged": lambda f: matrices(f).swapaxes(1, 2),
        "what you get by dividing by C HW": partial(matrices, whole=True),
        "what you get if a map goes on at its other edge": around,
        "the Gram matrix itself": lambda f: np.einsum("nchw,ndhw->ncd", f, f) / f[0].size,
    }
    values = partial(has_values, "gram", matrices, mistakes=mistakes)

    def maps(*rows):
        """Return a map of one row a channel, or of one column."""
        array = np.array(rows, dtype=float)[None, :, None]
        return case(array if axis == 3 else array.swapaxes(2, 3))

    first, later = np.eye(4)[0], np.eye(4)[step]

    def one_map(rng):
        return [maps(*rng.integers(-5, 6, (2, size))) for size in (3, 4)]

    def one_pattern(rng):
        """Return a pattern that another follows, each with a height of its own."""
        high, low = rng.integers(1, 9, 2)
        yield maps(low * later, high * first)

    several = [
        lambda rng: [case(rng.normal(0, 2, s).round(1)) for s in ((2, 2, 3, 3), (3, 2, 3, 4), (1, 4, 4, 3))]
    ]
    properties = {
        "values of one map": values(
            [maps([2, -1, 0], [1, 1, 4]), maps([1, 2, 0, 3], [0, 3, 1, -1]), one_map],
            "which positions have such a neighbor, and how many are they?",
        ),
        "the order of the channels": values(
            [maps(first, later), maps(later, first), one_pattern],
            "which of the two channels is read further on?",
        ),
        "values of several maps": values(several, "each map of the batch has a matrix of its own."),
        "memory": of_form(gram_matrix.is_frugal),
        "inputs unchanged": leaves_arguments_alone(several),
    }
    height, width = ("H", f"(W - {step})") if axis == 3 else (f"(H - {step})", "W")
    second = f"h,\\,w + {step}" if axis == 3 else f"h + {step},\\,w"
    places = f"{step} position{'s' if step > 1 else ''}"
    cuts = [f"[..., :-{step}]", f"[..., {step}:]"] if axis == 3 else [f"[:, :, :-{step}]", f"[:, :, {step}:]"]
    return _variant(
        "3.2",
        "Gram matrices of neighbors, for a batch",
        properties,
        f"""\
A Gram matrix tells which patterns meet in one place, and nothing of how they follow one another. So let the
second channel be read {places} {where}:

$$
G_{{cd}} = \\frac{{1}}{{C\\,{height}\\,{width}}} \\sum_{{h, w}} F_{{c,\\,h,\\,w}}\\; F_{{d,\\,{second}}} ,
$$

with the sum over all positions $(h, w)$ that have this neighbor within the map. The matrix is not symmetric.
Write these matrices for a batch of feature maps of shape (N, C, H, W), as an array of shape (N, C, C). Rows
are counted downward and columns to the right. No loop, and do not store all $C^2HW$ products: it is judged on
its memory, too, of which it may take eight times that of its input.""",
        _BATCH_STUB,
        f"""\
def my_batched_gram(features):
    here, there = features{cuts[0]}, features{cuts[1]}
    here, there = (x.reshape(*x.shape[:2], -1) for x in (here, there))
    return here @ there.swapaxes(1, 2) / (here.shape[1] * here.shape[2])""",
    )


# ---- 3.3 ---------------------------------------------------------------------------------------------------


def _rows(features):
    return features.reshape(len(features), -1)


def _loss_properties(loss, slope, losses, slopes, *, mean, derivative, size):
    """Return the properties of a loss and its gradient; `losses` and `slopes` are typical mistakes."""
    loss_is = partial(has_values, "loss", loss, mistakes=losses)
    slope_is = partial(has_values, "gradient", slope, mistakes=slopes)
    return {
        "value of the loss": loss_is(gram_matrix.PAIRS, mean),
        "value of the gradient": slope_is(gram_matrix.PAIRS, derivative),
        "the gradient is the derivative of your loss": gradient_matches_loss(
            "loss", "gradient", gram_matrix.PAIRS
        ),
        "a target of another size": loss_is(gram_matrix.OTHER_SIZE, size),
        "zero where the matrices are equal": of_form(
            slope_is(gram_matrix.SAME, "nothing is left to change there.")
        ),
        "never negative": never_negative("loss", gram_matrix.PAIRS),
        "inputs unchanged": leaves_arguments_alone(gram_matrix.PAIRS),
    }


def _another_power(rng):
    """3.3 with the mean of |difference|^k in the place of squares."""
    power = float(rng.choice([1.5, 3.0, 4.0]))

    def difference(features, target):
        f, s = _rows(features), _rows(target)
        return f @ f.T / f.size - s @ s.T / s.size

    def loss(features, target, k=power):
        return (abs(difference(features, target)) ** k).mean()

    def slope(features, target, k=power, factor=2.0, sign=np.sign):
        d, f = difference(features, target), _rows(features)
        return (factor * k / d.size / f.size * (sign(d) * abs(d) ** (k - 1)) @ f).reshape(features.shape)

    losses = {
        "what squares give": partial(loss, k=2.0),
        "what you get without the mean over the C² entries": lambda f, s: len(f) ** 2 * loss(f, s),
        "what you get without making the differences positive": lambda f, s: (
            difference(f, s) ** power
        ).mean(),
    }
    slopes = {
        "what squares give": partial(slope, k=2.0),
        "half of the derivative": partial(slope, factor=1.0),
        "what you get without the sign of the difference": partial(slope, sign=np.ones_like),
        "what you get without the mean over the C² entries": lambda f, s: len(f) ** 2 * slope(f, s),
        "of the wrong sign": partial(slope, factor=-2.0),
    }
    properties = _loss_properties(
        loss,
        slope,
        losses,
        slopes,
        mean="which power, of what, and how many entries does the mean run over?",
        derivative="what is the derivative of a power of a size, and how often does F stand in G?",
        size="each Gram matrix has the Z of its own map.",
    )
    return _variant(
        "3.3",
        f"Gram loss with the power {power:g}, and its gradient",
        properties,
        f"""\
Squares make much of a few large differences; another power weighs them otherwise. Write the loss

$$
\\frac{{1}}{{C^2}} \\sum_{{c, d}} \\bigl|G_{{cd}}(F) - G_{{cd}}(S)\\bigr|^{{{power:g}}},
\\qquad G_{{cd}}(F) = \\frac{{1}}{{C\\,HW}} \\sum_p F_{{cp}} F_{{dp}} ,
$$

of a feature map $F$ of shape (C, H, W) and a target $S$ that may have another size, with sums over the
positions $p$ of each map and its own $HW$. Return the loss, and its gradient with respect to $F$.""",
        _LOSS_STUB,
        f"""\
def my_gram_loss(features, target_features):
    power = {power:g}
    f, s = (x.reshape(len(x), -1) for x in (features, target_features))
    D = f @ f.T / f.size - s @ s.T / s.size
    slope = power * np.sign(D) * np.abs(D) ** (power - 1) / D.size
    gradient = 2 / f.size * slope @ f
    return np.mean(np.abs(D) ** power), gradient.reshape(features.shape)""",
    )


def _of_covariances(rng):
    """3.3 with the channels' means taken away, and Z either of two."""
    divisor = str(rng.choice(["HW", "C HW"]))
    tex, source, size = _DIVISORS[divisor]

    def parts(features, target, center=_centered, size=size):
        f, s = center(_rows(features)), center(_rows(target))
        return f @ f.T / size(*f.shape) - s @ s.T / size(*s.shape), f

    def loss(features, target, **options):
        return (parts(features, target, **options)[0] ** 2).mean()

    def slope(features, target, factor=4.0, **options):
        d, f = parts(features, target, **options)
        return (factor / d.size / size(*f.shape) * d @ f).reshape(features.shape)

    def uncentered(rows):
        return rows

    without = "what you get without taking the means away"
    sums = "what you get without the mean over the C² entries"
    losses = {without: partial(loss, center=uncentered), sums: lambda f, s: len(f) ** 2 * loss(f, s)}
    slopes = {
        without: partial(slope, center=uncentered),
        sums: lambda f, s: len(f) ** 2 * slope(f, s),
        "half of the derivative": partial(slope, factor=2.0),
        "of the wrong sign": partial(slope, factor=-4.0),
    }
    properties = _loss_properties(
        loss,
        slope,
        losses,
        slopes,
        mean="what is subtracted first, how many entries does the mean run over, and what is divided by?",
        derivative="F stands in each matrix twice; and what does its mean do to the derivative?",
        size="each matrix has the means and the positions of its own map.",
    )
    return _variant(
        "3.3",
        "Covariance loss and gradient",
        properties,
        f"""\
Compare the covariances of two feature maps. With $\\mu_c$ the mean of channel $c$ over the $HW$ positions
$p$ of its map, write the loss

$$
\\frac{{1}}{{C^2}} \\sum_{{c, d}} \\bigl(G_{{cd}}(F) - G_{{cd}}(S)\\bigr)^2,
\\qquad G_{{cd}}(F) = \\frac{{1}}{{{tex}}} \\sum_p (F_{{cp}} - \\mu_c)(F_{{dp}} - \\mu_d) ,
$$

of a feature map $F$ of shape (C, H, W) and a target $S$ that may have another size, each with its own means
and its own $HW$. Return the loss, and its gradient with respect to $F$.""",
        _LOSS_STUB,
        f"""\
def my_gram_loss(features, target_features):
    def covariances(features):
        rows = features.reshape(len(features), -1)
        rows = rows - rows.mean(axis=1, keepdims=True)
        c, p = rows.shape
        return rows, {source}, rows @ rows.T / {source}

    f, Z, G = covariances(features)
    D = G - covariances(target_features)[2]
    gradient = 4 / (D.size * Z) * D @ f
    return np.mean(D**2), gradient.reshape(features.shape)""",
    )


VARIANTS = {
    "3.2": (_covariances, _of_neighbors),
    "3.3": (_another_power, _of_covariances),
}
