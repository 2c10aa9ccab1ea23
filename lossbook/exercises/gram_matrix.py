"""Exercises of the chapter on Gram matrices: a batch without loops, and the gradient of their loss."""

from functools import partial

import numpy as np

from lossbook import images
from lossbook.exercises.checker import Exercise, NotYet, named, of_form
from lossbook.exercises.properties import (
    case,
    each_case,
    gradient_matches_loss,
    has_values,
    leaves_arguments_alone,
    never_negative,
)

_NOUN = "gram_matrix"

# ---- 3.2 ---------------------------------------------------------------------------------------------------


def _drawn_batches(rng):
    """Return batches, rounded, so that a report shows the very numbers that were sent."""
    for shape in ((2, 3, 1, 2), (3, 2, 2, 2), (1, 4, 1, 3)):
        yield case(rng.normal(0, 2, shape).round(1))


def _one_map(rng):
    for shape in ((1, 2, 1, 3), (1, 3, 2, 2)):
        yield case(rng.normal(0, 2, shape).round(1))


ONE = [case([[[[2.0, -1.0, 0.0]], [[1.0, 1.0, 4.0]]]]), case([[[[1.0, 2.0]], [[0.0, 3.0]]]]), _one_map]
SEVERAL = [
    case([[[[1.0, 2.0, 0.0]], [[0.0, 3.0, 1.0]]], [[[-1.0, 1.0, 2.0]], [[2.0, 5.0, 0.0]]]]),
    _drawn_batches,
]


def _flat(features):
    return features.reshape(*features.shape[:2], -1)


def _gram_by(divisor):
    def gram(features):
        f = _flat(features)
        return f @ f.swapaxes(1, 2) / divisor(*f.shape[1:])

    return gram


_gram_is = partial(
    has_values,
    "gram",
    images.gram_matrix,
    mistakes={
        "what you get without the divisor": _gram_by(lambda c, p: 1),
        "what you get with the positions alone as divisor": _gram_by(lambda c, p: p),
        "what you get with the channels alone as divisor": _gram_by(lambda c, p: c),
    },
)


def is_symmetric(ask, answer, features):
    """Raise NotYet if a map's matrix is not equal to its transpose."""
    came = answer.numbers("gram", (len(features), *features.shape[1:2] * 2))
    if not np.allclose(came, came.swapaxes(1, 2), rtol=1e-9, atol=1e-12):
        raise answer.not_yet("your gram is not symmetric: which product of channels is entry (c, d)?")


def is_frugal(ask, rng):
    """Raise NotYet if a call takes more than eight times the memory of its input."""
    features = rng.normal(size=(2, 32, 40, 40))
    answer = ask(features)
    answer.numbers("gram")
    if answer.reply.peak > 8 * features.nbytes:
        raise NotYet(
            "for a batch of 2 maps of shape (32, 40, 40) your function takes more than eight times the "
            "memory of its input: which product need not be stored before it is summed?"
        )


_BATCH = {
    "values of one map": _gram_is(ONE, "which two axes are summed over, and what is Z?"),
    "values of several maps": _gram_is(SEVERAL, "each map of the batch has a Gram matrix of its own."),
    "symmetric": of_form(each_case(SEVERAL, is_symmetric)),
    "memory": of_form(is_frugal),
    "inputs unchanged": leaves_arguments_alone(SEVERAL),
}

# ---- 3.3 ---------------------------------------------------------------------------------------------------


def _drawn_pairs(rng):
    for shape in ((2, 1, 3), (3, 2, 2)):
        yield case(*rng.normal(0, 1, (2, *shape)).round(1))


def _other_size(rng):
    for here, there in (((2, 1, 3), (2, 2, 1)), ((2, 1, 1), (2, 2, 2))):
        yield case(rng.normal(0, 1, here).round(1), rng.normal(0, 1, there).round(1))


PAIRS = [
    case([[[1.0, 2.0, 0.0]], [[0.0, 3.0, 1.0]]], [[[2.0, 0.0, 1.0]], [[1.0, 2.0, 0.0]]]),
    case([[[2.0, 1.0, 0.0]]], [[[1.0, 1.0, 1.0]]]),
    _drawn_pairs,
]
OTHER_SIZE = [
    case([[[1.0, 2.0]], [[0.0, 3.0]]], [[[2.0, 0.0, 1.0]], [[1.0, 1.0, 3.0]]]),
    case([[[1.0, -1.0, 2.0]], [[0.0, 3.0, 1.0]]], [[[2.0]], [[1.0]]]),
    _other_size,
]
SAME = [case(*[[[[1.0, 2.0]], [[0.5, 3.0]]]] * 2)]


def _scaled_loss(factor):
    return lambda f, s: factor(*f.shape) * images.gram_loss(f, s)


def _scaled_gradient(factor):
    return lambda f, s: factor(*f.shape) * images.gram_loss_grad(f, s)


_loss_is = partial(
    has_values,
    "loss",
    images.gram_loss,
    mistakes={
        "what you get without the mean over the C² entries": _scaled_loss(lambda c, h, w: c * c),
        "half of what is wanted": _scaled_loss(lambda c, h, w: 0.5),
    },
)
_gradient_is = partial(
    has_values,
    "gradient",
    images.gram_loss_grad,
    mistakes={
        "half of the derivative": _scaled_gradient(lambda c, h, w: 0.5),
        "a quarter of the derivative": _scaled_gradient(lambda c, h, w: 0.25),
        "what you get without Z": _scaled_gradient(lambda c, h, w: c * h * w),
        "what you get without the mean over the C² entries": _scaled_gradient(lambda c, h, w: c * c),
        "of the wrong sign": _scaled_gradient(lambda c, h, w: -1),
    },
)

_GRADIENT = {
    "value of the loss": _loss_is(PAIRS, "how many entries does the mean run over, and what is Z?"),
    "value of the gradient": _gradient_is(PAIRS, "F stands in G twice, and G is symmetric."),
    "the gradient is the derivative of your loss": gradient_matches_loss("loss", "gradient", PAIRS),
    "a target of another size": _loss_is(OTHER_SIZE, "each Gram matrix has the Z of its own map."),
    "zero where the matrices are equal": of_form(_gradient_is(SAME, "nothing is left to change there.")),
    "never negative": never_negative("loss", PAIRS),
    "inputs unchanged": leaves_arguments_alone(PAIRS),
}

EXERCISES = (
    Exercise(
        "3.2", "Gram matrices of a batch", _NOUN, ("features",), ("gram",), named(_BATCH), measured=True
    ),
    Exercise(
        "3.3",
        "Gram loss and gradient",
        _NOUN,
        ("features", "target_features"),
        ("loss", "gradient"),
        named(_GRADIENT),
    ),
)
