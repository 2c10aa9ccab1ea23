"""Exercises of the chapter on cross-entropy: the binary loss from logits, focal loss, a weighted mean."""

from functools import partial

import numpy as np

from lossbook import classification
from lossbook.classification import binary_cross_entropy, softmax_cross_entropy
from lossbook.exercises.checker import Exercise, named, of_form, shown
from lossbook.exercises.properties import (
    case,
    consistent,
    each_case,
    gradient_matches_loss,
    has_values,
    leaves_arguments_alone,
    never_negative,
    works_on_arrays,
)

# ---- 2.2 ---------------------------------------------------------------------------------------------------


def _drawn(*targets):
    """Return a function that draws a logit for each target, rounded as a report shows it."""
    return lambda rng: [case(round(rng.uniform(-9, 9), 2), target) for target in targets]


def _far(rng):
    for sign in (1, -1):
        for target in (1, 0, round(rng.uniform(0.1, 0.9), 2)):
            yield case(sign * round(rng.uniform(800, 2e4)), target)


def _small(rng):
    for sign, target in ((1, 1), (-1, 0)) * 2:
        yield case(sign * round(rng.uniform(20, 60), 1), target)


HARD = [case(logit, target) for logit in (2.0, -3.0, 0.0, 0.5) for target in (1, 0)]
HARD += [_drawn(1, 0, 1, 0, 1, 0)]
SOFT = [case(2.0, 0.25), case(-1.0, 0.9), case(0.0, 0.5), _drawn(0.07, 0.13, 0.38, 0.61, 0.78, 0.94)]
FAR = [case(sign * size, t) for size in (800, 1e4) for sign in (1, -1) for t in (1, 0, 0.5)]
FAR += [_far]
SMALL = [case(25, 1), case(-40, 0), case(60, 1), _small]
MIXED = [case(2, 1), case(-3, 1), case(4, 0), case(-1, 0), case(0.5, 0.25)]

_binary_loss_is = partial(
    has_values,
    "loss",
    binary_cross_entropy,
    mistakes={
        "what the first of the two summands gives": lambda a, t: t * binary_cross_entropy(a, 1.0),
        "what the opposite logit gives": lambda a, t: binary_cross_entropy(-a, t),
        "its negative": lambda a, t: -binary_cross_entropy(a, t),
        "what the logarithm in base 2 gives": lambda a, t: binary_cross_entropy(a, t) / np.log(2),
        "what the target rounded to 0 or 1 gives": lambda a, t: binary_cross_entropy(a, float(t > 0.5)),
    },
)

_BINARY = {
    "values for targets 0 and 1": _binary_loss_is(
        HARD, "which probability does the right answer get, and what is minus its logarithm?"
    ),
    "values for targets in between": _binary_loss_is(
        SOFT, "both answers count, each with its share in the target."
    ),
    "logits of ±10 000": _binary_loss_is(
        FAR,
        "which numbers go into exp, and which into log?",
    ),
    "small losses keep their digits": _binary_loss_is(
        SMALL,
        "what is 1 plus a tiny number in floating point, and which function of NumPy avoids that sum?",
        relative=1e-9,
        absolute=0,
    ),
    "never negative": never_negative("loss", HARD + SOFT),
    "arrays of any shape": works_on_arrays(MIXED),
    "inputs unchanged": leaves_arguments_alone(HARD + SOFT),
}

# ---- 2.3: the logit is that of the right answer ------------------------------------------------------------


def _focal(logit, gamma):
    return classification.focal_loss(np.array([logit, 0.0]), 0, gamma=gamma)


def _focal_slope(logit, gamma):
    return classification.focal_loss_grad(np.array([logit, 0.0]), 0, gamma=gamma)[0]


def focal_cases(*gammas):
    """Return logits for each gamma, and a function that draws more."""

    def draw(rng):
        return [case(round(rng.uniform(-6, 6), 2), gamma=gamma) for gamma in gammas * 3]

    return [case(logit, gamma=gamma) for gamma in gammas for logit in (1, -2, 0)] + [draw]


def far_logits(gamma):
    """Return logits far out on both sides, and a function that draws more."""

    def draw(rng):
        return [case(sign * round(rng.uniform(800, 2e4)), gamma=gamma) for sign in (1, -1)]

    return [case(sign * size, gamma=gamma) for size in (800, 1e4) for sign in (1, -1)] + [draw]


def _sure(rng):
    return [case(round(rng.uniform(28, 45), 1), gamma=gamma) for gamma in (1.0, 0.5)]


SURE = [case(30, gamma=1.0), case(40, gamma=0.5), _sure]
_LEFT = "how many digits are left of 1 minus a number next to 1?"

_focal_loss_is = partial(
    has_values,
    "loss",
    _focal,
    mistakes={
        "what you get with the probability itself in the factor": lambda a, gamma: (
            _focal(a, 0.0) * np.exp(-gamma * _focal(a, 0.0))
        ),
        "what cross-entropy gives": lambda a, gamma: _focal(a, 0.0),
    },
)

_FOCAL = {
    "gamma = 0 is cross-entropy": _focal_loss_is(
        focal_cases(0.0),
        "the factor is then 1, and what remains is minus the logarithm of the probability.",
    ),
    "values for gamma above 0": _focal_loss_is(
        focal_cases(2.0, 0.5, 3.0),
        "which examples should the factor turn down, the right ones or the wrong ones?",
    ),
    "the gradient is the derivative of your loss": gradient_matches_loss(
        "loss", "gradient", focal_cases(2.0, 0.5, 0.0)
    ),
    "loss at logits of ±10 000": _focal_loss_is(
        far_logits(2.0), "which numbers go into exp, and which into log?"
    ),
    "gradient at logits of ±10 000": has_values(
        "gradient",
        _focal_slope,
        far_logits(2.0),
        "for a hopelessly wrong answer it is that of cross-entropy, for a surely right one 0.",
    ),
    "tiny losses keep their digits": has_values("loss", _focal, SURE, _LEFT, relative=1e-9, absolute=0),
    "tiny gradients keep their digits": has_values(
        "gradient", _focal_slope, SURE, _LEFT, relative=1e-9, absolute=0
    ),
    "arrays of any shape": works_on_arrays([case(a, gamma=2.0) for a in (1, -4, 0.5, 0, 3)]),
    "inputs unchanged": leaves_arguments_alone(focal_cases(2.0)),
}

# ---- 2.4 ---------------------------------------------------------------------------------------------------


def _weighted(logits, labels, weights):
    return softmax_cross_entropy(logits, labels, class_weights=weights)


def _weighted_mean(logits, labels, weights):
    return _weighted(logits, labels, weights).sum() / weights[labels].sum()


def batches(*weights):
    """Return a small batch of three classes, and a function that draws batches."""

    def draw(rng):
        for n in (5, 9, 1):
            yield case(rng.normal(scale=3, size=(n, 3)).round(2), rng.integers(0, 3, size=n), weights)

    return [case([[1, 0, 0], [0, 2, 0]], np.array([0, 2]), weights), draw]


_mean_is = partial(
    has_values,
    "mean",
    _weighted_mean,
    mistakes={
        "what you get by dividing by the number of examples": lambda z, y, w: _weighted(z, y, w).mean(),
        "what you get by dividing by the sum of all entries of weights": lambda z, y, w: (
            _weighted(z, y, w).sum() / w.sum()
        ),
        "what you get without the weights": lambda z, y, w: softmax_cross_entropy(z, y).mean(),
        "a sum and no mean": lambda z, y, w: _weighted(z, y, w).sum(),
    },
)


def factor_cancels(ask, answer, logits, labels, weights):
    """Raise NotYet if ten times the weights change the mean."""
    came, scaled = answer.number("mean"), ask(logits, labels, 10 * weights).number("mean")
    if not consistent(scaled, came):
        raise answer.not_yet(
            f"your mean is {shown(came)}, and with ten times these weights it is {shown(scaled)}: does a mean"
            " change if everyone's weight is multiplied by ten?"
        )


UNEQUAL = (1.0, 3.0, 0.5)


def _far_batches(rng):
    for n in (2, 3):
        logits = rng.uniform(-2e4, 2e4, (n, 3)).round()
        logits[0, 1] = logits[0, 0] - round(rng.uniform(-3, 3), 1)
        yield case(logits, rng.integers(0, 3, size=n), UNEQUAL)


def _without_weight(rng):
    """Return batches of which a class, that of the second example, has the weight 0."""
    for _ in range(3):
        without, labels = rng.integers(3), rng.integers(0, 3, size=4)
        labels[:2] = (without + 1) % 3, without
        weights = np.where(np.arange(3) == without, 0, rng.uniform(0.5, 3, 3).round(1))
        yield case(rng.normal(scale=3, size=(4, 3)).round(2), labels, weights)


WITHOUT_WEIGHT = [case([[1, 0, 0], [0, 2, 0]], np.array([0, 1]), (3.0, 0.0, 0.5)), _without_weight]
_FAR_BATCH = [[1e4, 0, -1e4], [0, 1e4, 1e4 - 1]]
FAR_BATCHES = [case(_FAR_BATCH, np.array(labels), UNEQUAL) for labels in ([0, 1], [2, 1])]
FAR_BATCHES += [_far_batches]

_WEIGHTED = {
    "equal weights: the plain mean": _mean_is(
        batches(1.0, 1.0, 1.0), "with equal weights it is the mean of the losses."
    ),
    "unequal weights: torch's mean": _mean_is(
        batches(*UNEQUAL), "how much does each example weigh, and how much do all?"
    ),
    "a class of weight 0": _mean_is(WITHOUT_WEIGHT, "its examples count for nothing at all."),
    "a common factor of the weights cancels": of_form(each_case(batches(*UNEQUAL), factor_cancels)),
    "logits of ±10 000": _mean_is(
        FAR_BATCHES,
        "subtract something from each row that does not change its softmax.",
    ),
    "inputs unchanged": leaves_arguments_alone(batches(*UNEQUAL)),
}

_NOUN = "cross_entropy"
_PAIR, _BATCH = ("logits", "target"), ("logits", "labels", "weights")

EXERCISES = (
    Exercise("2.2", "Binary cross-entropy from logits", _NOUN, _PAIR, ("loss",), named(_BINARY)),
    Exercise("2.3", "Focal loss and its gradient", _NOUN, ("logit",), ("loss", "gradient"), named(_FOCAL)),
    Exercise("2.4", "A weighted mean that agrees with torch", _NOUN, _BATCH, ("mean",), named(_WEIGHTED)),
)
