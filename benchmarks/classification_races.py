"""Races of the losses of a classifier with ten classes, forward and backward."""

import numpy as np
import torch
from harness import Race
from sklearn.metrics import log_loss
from torch.nn import functional

from lossbook import classification

CLASSES = 10


def logits_and_labels(rng, size):
    """Rows of ten logits, and a label each."""
    examples = size // CLASSES
    return rng.normal(scale=5.0, size=(examples, CLASSES)), rng.integers(0, CLASSES, examples)


def logits_and_targets(rng, size):
    """Rows of ten logits, and ten probabilities each."""
    examples = size // CLASSES
    return rng.normal(scale=5.0, size=(examples, CLASSES)), rng.dirichlet(np.ones(CLASSES), examples)


def probabilities_and_labels(rng, size):
    """Rows of ten probabilities, and a label each."""
    examples = size // CLASSES
    return rng.dirichlet(np.ones(CLASSES), examples), rng.integers(0, CLASSES, examples)


def binary(rng, size):
    """Log-odds and probabilities of yes."""
    return rng.normal(scale=5.0, size=size), rng.random(size)


def two_logits(rng, size):
    """Rows of ten logits of a student and of a teacher."""
    student, teacher = rng.normal(scale=5.0, size=(2, size // CLASSES, CLASSES))
    return student, teacher


def tensors(first, second):
    """The same as torch tensors that share the memory; the first asks for its gradient."""
    return torch.from_numpy(first).requires_grad_(), torch.from_numpy(second)


def forward(loss):
    """A loss of torch, without building a graph."""

    def call(first, second):
        with torch.no_grad():
            return loss(first, second)

    return call


def backward(loss):
    """A loss of torch and its gradient in the first argument."""

    def call(first, second):
        first.grad = None
        loss(first, second).sum().backward()
        return first.grad

    return call


def both(name, **parameters):
    """Our loss and our gradient, one after the other."""
    loss, gradient = getattr(classification, name), getattr(classification, f"{name}_grad")

    def call(first, second):
        return loss(first, second, **parameters), gradient(first, second, **parameters)

    return call


def ours(name, **parameters):
    """Our loss with its parameters filled in."""
    return lambda first, second: getattr(classification, name)(first, second, **parameters)


def cross_entropy(logits, target):
    """Torch's cross-entropy, one loss an example."""
    return functional.cross_entropy(logits, target, reduction="none")


def binary_cross_entropy(logits, target):
    """Torch's binary cross-entropy, one loss a number."""
    return functional.binary_cross_entropy_with_logits(logits, target, reduction="none")


def focal(logits, labels):
    """The focal loss with torch's operations."""
    log_p = torch.log_softmax(logits, -1).gather(-1, labels[:, None])[:, 0]
    return -((1 - log_p.exp()) ** 2) * log_p


def distillation(student, teacher):
    """The distillation loss with torch's operations."""
    log_p, log_q = (torch.log_softmax(x / 4, -1) for x in (teacher, student))
    return 16 * functional.kl_div(log_q, log_p, reduction="none", log_target=True).sum(-1)


def brier(probabilities, labels):
    """The Brier score with torch's operations."""
    return ((probabilities - functional.one_hot(labels, CLASSES)) ** 2).sum(-1)


def mean_log_loss(probabilities, labels):
    """Scikit-learn's log loss: it averages, and takes probabilities."""
    return log_loss(labels, probabilities, labels=range(CLASSES))


WHY = {
    "softmax_cross_entropy": "off by 2 ulp at most, torch by all digits where the label is nearly certain",
    "binary_cross_entropy": "one pass in torch, a dozen in NumPy, 80 kB each",
    "focal_loss": "off by 7 ulp at most, torch by all digits where the label is nearly certain",
    "distillation_loss": "off by 3 ulp at most, torch by all digits where both softmaxes are nearly equal",
    "brier_score": "a third of the time goes into checking that these are probabilities",
}
GRADIENT = "; loss and gradient are two calls, and each takes the exponentials anew"

TORCH = [
    ("softmax_cross_entropy", {}, "torch cross_entropy", cross_entropy, logits_and_labels),
    ("softmax_cross_entropy", {}, "torch, probabilities", cross_entropy, logits_and_targets),
    ("binary_cross_entropy", {}, "torch, with_logits", binary_cross_entropy, binary),
    ("focal_loss", {}, "torch, by hand", focal, logits_and_labels),
    ("distillation_loss", {"temperature": 4}, "torch kl_div", distillation, two_logits),
    ("brier_score", {}, "torch, by hand", brier, probabilities_and_labels),
]

RACES = []
for name, parameters, peer, theirs, inputs in TORCH:
    RACES += [
        Race(name, peer, inputs, ours(name, **parameters), forward(theirs), tensors, why=WHY[name]),
        Race(
            f"{name} + grad",
            peer,
            inputs,
            both(name, **parameters),
            backward(theirs),
            tensors,
            why=WHY[name] + (GRADIENT if name != "brier_score" else "; loss and gradient are two calls"),
        ),
    ]
RACES.append(
    Race(
        "softmax_cross_entropy",
        "sklearn log_loss of softmax",
        logits_and_labels,
        ours("softmax_cross_entropy"),
        mean_log_loss,
        lambda logits, labels: (torch.softmax(torch.from_numpy(logits), -1).numpy(), labels),
    )
)
