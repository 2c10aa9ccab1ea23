"""Chapter 3's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np


def flat(features):
    return features.reshape(*features.shape[:-2], -1)


def gram(features):
    f = flat(features)
    return f @ f.swapaxes(-1, -2) / (f.shape[-1] * f.shape[-2])


def by_einsum(features):
    _, c, h, w = features.shape
    return np.einsum("nchw,ndhw->ncd", features, features) / (c * h * w)


def loss_and_gradient(features, target):
    f, s = flat(features), flat(target)
    g, wanted = (x @ x.T / x.size for x in (f, s))
    gradient = 4 / (len(f) ** 2 * f.size) * (g - wanted) @ f
    return ((g - wanted) ** 2).mean(), gradient.reshape(features.shape)


def by_loop(features, target):
    """Add up the two places where a channel stands in G."""
    f = flat(features)
    difference = gram(features[None])[0] - gram(target[None])[0]
    upstream = 2 * difference / difference.size
    gradient = np.zeros_like(f)
    for c in range(len(f)):
        for d in range(len(f)):
            gradient[c] += upstream[c, d] * f[d] / f.size
            gradient[d] += upstream[c, d] * f[c] / f.size
    return (difference**2).mean(), gradient.reshape(features.shape)


RIGHT = {"3.2": [gram, by_einsum], "3.3": [loss_and_gradient, by_loop]}

ONE, MANY, SYMMETRIC, MEMORY = "values of one map", "values of several maps", "symmetric", "memory"


def broadcast(features):
    f = flat(features)
    return (f[:, :, None] * f[:, None]).sum(axis=-1) / f[0].size


def lopsided(features):
    return np.tril(gram(features)) + 2 * np.triu(gram(features), 1)


WRONG_GRAM = {
    "not divided": (
        lambda x: gram(x) * x[0].size,
        ((ONE, MANY), "which is what you get without the divisor"),
    ),
    "by positions": (
        lambda x: gram(x) * x.shape[1],
        ((ONE, MANY), "which is what you get with the positions alone as divisor"),
    ),
    "by channels": (
        lambda x: gram(x) * x[0, 0].size,
        ((ONE, MANY), "which is what you get with the channels alone as divisor"),
    ),
    "positions by positions": (
        lambda x: flat(x).swapaxes(1, 2) @ flat(x),
        ((ONE, MANY, SYMMETRIC), "required is"),
        (MEMORY, "which product need not be stored before it is summed?"),
    ),
    "all maps in one": (
        lambda x: np.broadcast_to(gram(x).mean(axis=0), gram(x).shape),
        (MANY, "each map of the batch has a Gram matrix of its own"),
    ),
    "half of it twice": (
        lopsided,
        (ONE, "which two axes are summed over"),
        (MANY, "each map of the batch"),
        (SYMMETRIC, "your gram is not symmetric: which product of channels"),
    ),
    "all products first": (
        broadcast,
        (MEMORY, "takes more than eight times the memory of its input: which product need not be stored"),
    ),
}

LOSS, SLOPE = "value of the loss", "value of the gradient"
DERIVATIVE, SIZE = "the gradient is the derivative of your loss", "a target of another size"
ZERO, NEVER = "zero where the matrices are equal", "never negative"


def changed(loss=1, gradient=1):
    def answer(features, target):
        parts = loss_and_gradient(features, target)
        return loss * parts[0], gradient * parts[1]

    return answer


def one_divisor(features, target):
    f, s = flat(features), flat(target)
    g, wanted = (x @ x.T / f.size for x in (f, s))
    gradient = 4 / (len(f) ** 2 * f.size) * (g - wanted) @ f
    return ((g - wanted) ** 2).mean(), gradient.reshape(features.shape)


def summed(features, target):
    c = len(features)
    return tuple(c * c * part for part in loss_and_gradient(features, target))


def without_target(features, target):
    loss, _ = loss_and_gradient(features, target)
    return loss, loss_and_gradient(features, 0 * target)[1]


WRONG_LOSS = {
    "half the gradient": (
        changed(gradient=0.5),
        (SLOPE, "which is half of the derivative: F stands in G twice"),
        (DERIVATIVE, "but there your own loss changes by"),
    ),
    "a quarter of the gradient": (
        changed(gradient=0.25),
        (SLOPE, "which is a quarter of the derivative"),
        (DERIVATIVE, "but there your own loss changes by"),
    ),
    "sign": (
        changed(gradient=-1),
        (SLOPE, "which is of the wrong sign"),
        (DERIVATIVE, "but there your own loss changes by"),
    ),
    "half the loss": (
        changed(loss=0.5),
        ((LOSS, SIZE), "which is half of what is wanted"),
        (DERIVATIVE, "but there your own loss changes by"),
    ),
    "a sum": (
        summed,
        ((LOSS, SLOPE, SIZE), "which is what you get without the mean over the C² entries"),
    ),
    "loss of the wrong sign": (
        changed(loss=-1),
        ((LOSS, SIZE), "which is of the wrong sign"),
        (DERIVATIVE, "but there your own loss changes by"),
        (NEVER, "what would it mean to be paid for an error?"),
    ),
    "one Z for both": (one_divisor, (SIZE, "each Gram matrix has the Z of its own map")),
    "gradient without the target": (
        without_target,
        (SLOPE, "F stands in G twice"),
        (DERIVATIVE, "but there your own loss changes by"),
        (ZERO, "nothing is left to change there"),
    ),
}

WRONG = {"3.2": WRONG_GRAM, "3.3": WRONG_LOSS}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
