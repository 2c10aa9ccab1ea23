"""Races of the losses of predictions against targets, forward and backward."""

import functools

import numpy as np
import scipy.special
import sklearn.metrics
import torch
from harness import Race
from statsmodels.robust import norms
from torch.nn import functional

from lossbook import regression


def residuals(rng, size):
    """Predictions and targets whose residuals lie on both sides of the joins."""
    return rng.normal(scale=3.0, size=size), rng.normal(scale=3.0, size=size)


def tensors(prediction, target):
    """The same as torch tensors that share the memory; the prediction asks for its gradient."""
    return torch.from_numpy(prediction).requires_grad_(), torch.from_numpy(target)


def forward(loss, **parameters):
    """Torch's unreduced loss, without building a graph."""

    def call(prediction, target):
        with torch.no_grad():
            return loss(prediction, target, reduction="none", **parameters)

    return call


def backward(loss, **parameters):
    """Torch's loss and its gradient in the prediction."""

    def call(prediction, target):
        prediction.grad = None
        loss(prediction, target, reduction="sum", **parameters).backward()
        return prediction.grad

    return call


def both(name, **parameters):
    """Our loss and our gradient, one after the other."""
    loss, gradient = getattr(regression, name), getattr(regression, f"{name}_grad")

    def call(prediction, target):
        return loss(prediction, target, **parameters), gradient(prediction, target, **parameters)

    return call


TORCH = {
    "squared_error": (functional.mse_loss, {}, {}),
    "absolute_error": (functional.l1_loss, {}, {}),
    "huber": (functional.huber_loss, {"delta": 1.5}, {"delta": 1.5}),
    "smooth_l1": (functional.smooth_l1_loss, {"beta": 1.5}, {"beta": 1.5}),
}

ONE_PASS = (
    "one pass in torch, of 5 µs; here the residual, its clipping and the formula are passes of their own"
)

RACES = []
for name, (peer, ours, theirs) in TORCH.items():
    loss = functools.partial(getattr(regression, name), **ours)
    RACES.append(
        Race(name, f"torch {peer.__name__}", residuals, loss, forward(peer, **theirs), tensors, why=ONE_PASS)
    )
    RACES.append(
        Race(
            f"{name} + grad",
            "torch forward + backward",
            residuals,
            both(name, **ours),
            backward(peer, **theirs),
            tensors,
            why=ONE_PASS,
        )
    )


def difference(prediction, target):
    """SciPy's functions take the residual."""
    return (prediction - target,)


def one_and_half(function):
    """A SciPy loss with its threshold filled in."""
    return lambda r: function(1.5, r)


RACES += [
    Race(
        name,
        f"scipy.special.{name}",
        residuals,
        functools.partial(getattr(regression, name), delta=1.5),
        one_and_half(getattr(scipy.special, name)),
        difference,
        why="ours subtracts the target first; the peer is given the difference",
    )
    for name in ("huber", "pseudo_huber")
]
RACES += [
    Race(
        "log_cosh",
        "np.log(np.cosh(r))",
        residuals,
        regression.log_cosh,
        lambda r: np.log(np.cosh(r)),
        difference,
        why="the peer is infinite beyond 710 and 0 below 1e-8; what keeps ours exact takes six more passes",
    ),
    *(
        Race(
            name,
            f"statsmodels TukeyBiweight.{theirs}",
            residuals,
            getattr(regression, name),
            getattr(norms.TukeyBiweight(4.685), theirs),
            difference,
            why="r/c in two parts: the peer's square of 1 − (r/c)² loses its digits near c",
        )
        for name, theirs in [
            ("tukey_biweight", "rho"),
            ("tukey_biweight_grad", "psi"),
            ("tukey_biweight_weight", "weights"),
        ]
    ),
]


def mean_of(loss, **parameters):
    """Our loss, averaged as scikit-learn averages."""
    return lambda prediction, target: loss(prediction, target, **parameters).mean()


def scikit_learns(loss, **parameters):
    """Scikit-learn's mean loss, which takes the target first."""
    return lambda prediction, target: loss(target, prediction, **parameters)


RACES += [
    Race(
        f"{name}, mean",
        f"sklearn {peer}",
        residuals,
        mean_of(getattr(regression, name), **ours),
        theirs,
        why="the same passes over the numbers: ahead on one processor, behind on another",
    )
    for name, ours, peer, theirs in [
        ("squared_error", {}, "mean_squared_error", scikit_learns(sklearn.metrics.mean_squared_error)),
        ("absolute_error", {}, "mean_absolute_error", scikit_learns(sklearn.metrics.mean_absolute_error)),
        (
            "quantile",
            {"tau": 0.9},
            "mean_pinball_loss",
            scikit_learns(sklearn.metrics.mean_pinball_loss, alpha=0.9),
        ),
    ]
]
