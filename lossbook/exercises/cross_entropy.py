"""Exercises of the chapter on cross-entropy: the binary loss from logits, focal loss, a weighted mean."""

import numpy as np

from lossbook import classification
from lossbook.exercises._exercise import Exercise, NotYet, Property, shown
from lossbook.exercises._properties import (
    all_of,
    ask_one,
    close,
    gradient_matches_loss,
    leaves_arguments_alone,
    matches,
    never_negative,
    works_on_arrays,
)

_RANDOM_CASES = 6
_FAR = 1e4

# ---- 2.2: cases are (logit, target) ------------------------------------------------------------------------


def _label_cases(rng):
    fixed = [((logit, label), {}) for logit in (2.0, -3.0, 0.0, 0.5) for label in (1.0, 0.0)]
    drawn = [((round(rng.uniform(-9, 9), 2), float(index % 2)), {}) for index in range(_RANDOM_CASES)]
    return [*fixed, *drawn]


def _soft_cases(rng):
    fixed = [((2.0, 0.25), {}), ((-1.0, 0.9), {}), ((0.0, 0.5), {})]
    drawn = [
        ((round(rng.uniform(-9, 9), 2), round(rng.uniform(0.05, 0.95), 2)), {}) for _ in range(_RANDOM_CASES)
    ]
    return [*fixed, *drawn]


def _far_cases(rng):
    return [((sign * size, t), {}) for size in (800.0, _FAR) for sign in (1, -1) for t in (1.0, 0.0, 0.5)]


def _binary_cases(rng):
    return [*_label_cases(rng), *_soft_cases(rng)]


def _whole_cases(rng):
    return [((a, t), {}) for a, t in ((2.0, 1.0), (-3.0, 1.0), (4.0, 0.0), (-1.0, 0.0), (0.5, 0.25))]


def _keeps_digits(ask, rng):
    for logit, target in ((25.0, 1.0), (-40.0, 0.0), (60.0, 1.0)):
        answer = ask_one(ask, ((logit, target), {}))
        came = answer.number("loss")
        required = float(classification.binary_cross_entropy(logit, target))
        if not abs(came - required) <= 1e-9 * required:
            raise NotYet(
                f"{answer.question} your loss is {shown(came)}, which has lost its digits: what is 1 plus a "
                "tiny number in floating point, and which function of NumPy avoids that sum?"
            )


BINARY = Exercise(
    number="2.2",
    title="Binary cross-entropy from logits",
    chapter="cross_entropy",
    arrays=("logits", "target"),
    outputs=("loss",),
    properties=(
        Property(
            "values for targets 0 and 1",
            matches(
                "loss",
                classification.binary_cross_entropy,
                _label_cases,
                hint="which probability does the right answer get, and what is minus its logarithm?",
                mistakes=(
                    (
                        lambda a, t: classification.binary_cross_entropy(-a, t),
                        "what the opposite logit gives",
                    ),
                    (lambda a, t: -classification.binary_cross_entropy(a, t), "its negative"),
                    (
                        lambda a, t: classification.binary_cross_entropy(a, t) / np.log(2),
                        "what the logarithm in base 2 gives",
                    ),
                ),
            ),
        ),
        Property(
            "values for targets in between",
            matches(
                "loss",
                classification.binary_cross_entropy,
                _soft_cases,
                hint="both answers count, each with its share in the target.",
                mistakes=(
                    (
                        lambda a, t: t * classification.binary_cross_entropy(a, 1.0),
                        "what the first of the two summands gives",
                    ),
                    (
                        lambda a, t: classification.binary_cross_entropy(a, float(t > 0.5)),
                        "what the target rounded to 0 or 1 gives",
                    ),
                ),
            ),
        ),
        Property(
            "logits of ±10 000",
            matches(
                "loss",
                classification.binary_cross_entropy,
                _far_cases,
                hint="which numbers go into exp, and which into log?",
            ),
        ),
        Property("small losses keep their digits", _keeps_digits),
        Property("never negative", never_negative("loss", _binary_cases)),
        Property("arrays of any shape", works_on_arrays(_whole_cases)),
        Property("inputs unchanged", leaves_arguments_alone(_binary_cases)),
    ),
)

# ---- 2.3: cases are one logit, that of the right answer ----------------------------------------------------


def _focal(logit, gamma):
    return classification.focal_loss(np.array([logit, 0.0]), 0, gamma=gamma)


def _focal_slope(logit, gamma):
    return classification.focal_loss_grad(np.array([logit, 0.0]), 0, gamma=gamma)[0]


def _focal_cases(gammas):
    def cases(rng):
        fixed = [((logit,), {"gamma": gamma}) for gamma in gammas for logit in (1.0, -2.0, 0.0)]
        drawn = [((round(rng.uniform(-6, 6), 2),), {"gamma": gamma}) for gamma in gammas for _ in range(3)]
        return [*fixed, *drawn]

    return cases


def _focal_far(rng):
    return [((sign * size,), {"gamma": 2.0}) for size in (800.0, _FAR) for sign in (1, -1)]


FOCAL = Exercise(
    number="2.3",
    title="Focal loss and its gradient",
    chapter="cross_entropy",
    arrays=("logit",),
    outputs=("loss", "gradient"),
    properties=(
        Property(
            "gamma = 0 is cross-entropy",
            matches(
                "loss",
                _focal,
                _focal_cases([0.0]),
                hint="the factor is then 1, and what remains is minus the logarithm of the probability.",
            ),
        ),
        Property(
            "values for gamma above 0",
            matches(
                "loss",
                _focal,
                _focal_cases([2.0, 0.5, 3.0]),
                hint="which examples should the factor turn down, the right ones or the wrong ones?",
                mistakes=(
                    (
                        lambda a, gamma: _focal(a, 0.0) * np.exp(-gamma * _focal(a, 0.0)),
                        "what you get with the probability itself in the factor",
                    ),
                    (lambda a, gamma: _focal(a, 0.0), "what cross-entropy gives"),
                ),
            ),
        ),
        Property(
            "the gradient is the derivative of your loss",
            gradient_matches_loss("loss", "gradient", _focal_cases([2.0, 0.5, 0.0])),
        ),
        Property(
            "loss at logits of ±10 000",
            matches("loss", _focal, _focal_far, hint="which numbers go into exp, and which into log?"),
        ),
        Property(
            "gradient at logits of ±10 000",
            matches(
                "gradient",
                _focal_slope,
                _focal_far,
                hint="for a hopelessly wrong answer it is that of cross-entropy, for a surely right one 0.",
            ),
        ),
        Property(
            "arrays of any shape",
            works_on_arrays(lambda rng: [((a,), {"gamma": 2.0}) for a in (1.0, -4.0, 0.5, 0.0, 3.0)]),
        ),
        Property("inputs unchanged", leaves_arguments_alone(_focal_cases([2.0]))),
    ),
)

# ---- 2.4: cases are (logits, labels, weights), whole arrays ------------------------------------------------


def _weighted_mean(logits, labels, weights):
    losses = classification.softmax_cross_entropy(logits, labels, class_weights=weights)
    return losses.sum() / weights[labels].sum()


def _over_examples(logits, labels, weights):
    return classification.softmax_cross_entropy(logits, labels, class_weights=weights).mean()


def _over_all_weights(logits, labels, weights):
    return classification.softmax_cross_entropy(logits, labels, class_weights=weights).sum() / weights.sum()


def _unweighted(logits, labels, weights):
    return classification.softmax_cross_entropy(logits, labels).mean()


def _summed(logits, labels, weights):
    return classification.softmax_cross_entropy(logits, labels, class_weights=weights).sum()


def _batches(weights):
    """Return a function that gives batches: the first small, the others drawn; weights have three entries."""
    weights = np.array(weights)

    def cases(rng):
        first = np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]), np.array([0, 2]), weights
        drawn = [
            (rng.normal(scale=3, size=(n, 3)).round(2), rng.integers(0, 3, size=n), weights)
            for n in (5, 9, 1)
        ]
        return [first, *drawn]

    return cases


def _weighted_cases(rng):
    return [(batch, {}) for batch in _batches([1.0, 3.0, 0.5])(rng)]


def _far_batches(rng):
    weights = np.array([1.0, 3.0, 0.5])
    logits = np.array([[_FAR, 0.0, -_FAR], [0.0, _FAR, _FAR - 1.0]])
    return [(logits, np.array(labels), weights) for labels in ([0, 1], [2, 1])]


def _mean_of(ask, case):
    """Return the answer to a batch, and its one number."""
    answer = ask(*case)
    values = answer.numbers("mean")
    if values.size != 1:
        raise NotYet(
            f"{answer.question} your mean has shape {values.shape}; required is one number for all examples."
        )
    return answer, float(values.reshape(()))


def _mean_matches(cases, hint):
    mistakes = (
        (_over_examples, "what you get by dividing by the number of examples"),
        (_over_all_weights, "what you get by dividing by the sum of all entries of weights"),
        (_unweighted, "what you get without the weights"),
        (_summed, "a sum and no mean"),
    )

    def test(ask, rng):
        for case in cases(rng):
            answer, came = _mean_of(ask, case)
            if not close(came, _weighted_mean(*case)):
                if not np.isfinite(came):
                    verdict = "not finite"
                else:
                    said = [says for mistake, says in mistakes if close(came, mistake(*case))]
                    verdict = said[0] if said else "another number than torch's"
                raise NotYet(f"{answer.question} your mean is {shown(came)}, which is {verdict}: {hint}")

    return test


def _factor_cancels(ask, rng):
    for logits, labels, weights in _batches([1.0, 3.0, 0.5])(rng):
        answer, came = _mean_of(ask, (logits, labels, weights))
        _, scaled = _mean_of(ask, (logits, labels, 10 * weights))
        if not close(scaled, came):
            raise NotYet(
                f"{answer.question} your mean is {shown(came)}, and with ten times these weights it is "
                f"{shown(scaled)}: does a mean change if everyone's weight is multiplied by ten?"
            )


def _is_one_number(ask, rng):
    for batch, _ in _weighted_cases(rng):
        _mean_of(ask, batch)


WEIGHTED = Exercise(
    number="2.4",
    title="A weighted mean that agrees with torch",
    chapter="cross_entropy",
    arrays=("logits", "labels", "weights"),
    outputs=("mean",),
    properties=(
        Property(
            "equal weights: the plain mean",
            _mean_matches(_batches([1.0, 1.0, 1.0]), "with equal weights it is the mean of the losses."),
        ),
        Property(
            "unequal weights: torch's mean",
            _mean_matches(
                _batches([1.0, 3.0, 0.5]), "how much does each example weigh, and how much do all?"
            ),
        ),
        Property(
            "a class of weight 0",
            _mean_matches(
                lambda rng: _batches([2.0, 0.0, 0.5])(rng)[:1], "its examples count for nothing at all."
            ),
        ),
        Property("a common factor of the weights cancels", _factor_cancels),
        Property(
            "logits of ±10 000",
            _mean_matches(_far_batches, "subtract something from each row that does not change its softmax."),
        ),
        Property(
            # An answer that is no mean earns nothing by leaving its arguments alone.
            "inputs unchanged",
            all_of(_is_one_number, leaves_arguments_alone(_weighted_cases)),
        ),
    ),
)

EXERCISES = (BINARY, FOCAL, WEIGHTED)
