"""Variants of exercise 2.4 on cross-entropy: means with smoothed labels, and over classes."""

from dataclasses import replace
from functools import partial

import numpy as np

from lossbook.classification import softmax_cross_entropy
from lossbook.exercises import cross_entropy
from lossbook.exercises.checker import named, of_form
from lossbook.exercises.properties import case, each_case, has_values, leaves_arguments_alone
from lossbook.exercises.variants import Variant

[_WEIGHTED_MEAN] = [exercise for exercise in cross_entropy.EXERCISES if exercise.number == "2.4"]
_STUB = "def my_weighted_mean(logits, labels, weights):\n    raise NotImplementedError"


def _variant(title, properties, prompt, solution):
    exercise = replace(_WEIGHTED_MEAN, title=title, properties=named(properties))
    return Variant(exercise, prompt, _STUB, solution)


def _mean_properties(reference, mistakes, *, equal, unequal, more):
    """Return the properties of a weighted mean; `more` is the name of one more, its cases and hint."""
    (name, inputs, hint), mean_is = more, partial(has_values, "mean", reference, mistakes=mistakes)
    cases = cross_entropy.batches(*cross_entropy.UNEQUAL)
    return {
        "equal weights": mean_is(cross_entropy.batches(1.0, 1.0, 1.0), equal),
        "unequal weights": mean_is(cases, unequal),
        name: mean_is(inputs, hint),
        "a common factor of the weights cancels": of_form(each_case(cases, cross_entropy.factor_cancels)),
        "logits of ±10 000": mean_is(
            cross_entropy.FAR_BATCHES, "subtract something from each row that does not change its softmax."
        ),
        "inputs unchanged": leaves_arguments_alone(cases),
    }


def _smoothed_labels(rng):
    """2.4 with label smoothing, as torch weighs it."""
    share = float(rng.choice([0.1, 0.2, 0.3]))

    def sums(logits, labels, weights, epsilon=share):
        return softmax_cross_entropy(logits, labels, class_weights=weights, label_smoothing=epsilon).sum()

    def mean(logits, labels, weights, epsilon=share):
        return sums(logits, labels, weights, epsilon) / weights[labels].sum()

    mistakes = {
        "what you get without smoothing": lambda z, y, w: mean(z, y, w, 0.0),
        "what you get if the label gets nothing of the share that is spread": lambda z, y, w: mean(
            z, y, w, 1.5 * share
        ),
        "what you get if the label's weight counts for all classes": lambda z, y, w: (
            w[y] @ softmax_cross_entropy(z, y, label_smoothing=share) / w[y].sum()
        ),
        "what you get by dividing by the number of examples": lambda z, y, w: sums(z, y, w) / len(y),
    }
    properties = _mean_properties(
        mean,
        mistakes,
        equal="which share of the target does the label keep, and which does each other class get?",
        unequal="which weight has each class's term, and what is all of it divided by?",
        more=(
            "a class of weight 0",
            cross_entropy.WITHOUT_WEIGHT,
            "it has no terms above, and its labels no weight below.",
        ),
    )
    return _variant(
        "A weighted mean with smoothed labels",
        properties,
        f"""\
Given logits of shape $(n, K)$, labels (integers, shape $(n,)$) and class weights $w$ of shape $(K,)$,
smooth each label: the share $\\varepsilon = {share:g}$ is spread evenly over all $K$ classes, so the target
$t$ of an example is $1 - \\varepsilon + \\varepsilon/K$ at its label $y$ and $\\varepsilon/K$ elsewhere. With
$s$ the softmax of its logits, return one number,

$$
\\sum_i \\sum_c w_c\\, t_{{ic}}\\,(-\\log s_{{ic}}) \\Big/ \\sum_i w_{{y_i}} ,
$$

also right at logits of ±10 000: every class has its own weight above, and below stand the weights of the
labels alone. So it is in torch's `cross_entropy` with `weight=weights` and `label_smoothing={share:g}`.""",
        f"""\
def my_weighted_mean(logits, labels, weights):
    epsilon = {share:g}
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_s = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    target = np.full(log_s.shape, epsilon / log_s.shape[1])
    target[np.arange(len(labels)), labels] += 1 - epsilon
    return -(weights * target * log_s).sum() / weights[labels].sum()""",
    )


def _two_classes(rng):
    """Return batches of which one class has no examples, and of the others one has two."""
    for _ in range(3):
        one, other, _ = rng.permutation(3)
        yield case(
            rng.normal(scale=3, size=(3, 3)).round(2), np.array([one, other, one]), cross_entropy.UNEQUAL
        )


def _mean_over_classes(rng):
    """2.4 where classes are averaged, however many examples each has."""

    def mean(logits, labels, weights, over_present=True):
        losses = softmax_cross_entropy(logits, labels)
        present = np.unique(labels)
        means = np.array([losses[labels == c].mean() for c in present])
        return (weights[present] * means).sum() / (weights[present] if over_present else weights).sum()

    mistakes = {
        "what you get if each example counts with its weight": lambda z, y, w: (
            w[y] @ softmax_cross_entropy(z, y) / w[y].sum()
        ),
        "what you get if classes without examples count below": lambda z, y, w: mean(z, y, w, False),
        "what you get without the weights": lambda z, y, w: mean(z, y, np.ones(len(w))),
    }
    absent = [
        case([[1, 0, 0], [0, 2, 0], [0, 0, 1]], np.array([0, 0, 1]), cross_entropy.UNEQUAL),
        _two_classes,
    ]
    properties = _mean_properties(
        mean,
        mistakes,
        equal="what is averaged first, and what second?",
        unequal="how much does each class weigh, and does it matter how many examples it has?",
        more=("classes without examples", absent, "they have no mean, and count nowhere."),
    )
    return _variant(
        "A weighted mean over classes",
        properties,
        """\
Given logits of shape $(n, K)$, labels (integers, shape $(n,)$) and class weights $w$ of shape $(K,)$, let
every class count with its weight, *however many examples it has*. With $s$ the softmax of an example's logits
and $y$ its label, its loss is $-\\log s_y$. Let $L_c$ be the plain mean of the losses of the examples with
the label $c$. Return one number, $\\sum_c w_c L_c \\big/ \\sum_c w_c$, with both sums over the classes that
occur among the labels; be right also at logits of ±10 000.""",
        """\
def my_weighted_mean(logits, labels, weights):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_s = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    losses = -log_s[np.arange(len(labels)), labels]
    present = np.unique(labels)
    means = np.array([losses[labels == c].mean() for c in present])
    return (weights[present] * means).sum() / weights[present].sum()""",
    )


VARIANTS = {"2.4": (_smoothed_labels, _mean_over_classes)}
