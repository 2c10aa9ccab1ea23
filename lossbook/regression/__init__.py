"""Losses of a prediction against a target, elementwise, with their gradients and weights.

Every loss here is a function of the residual r = prediction − target. It takes two arrays of equal shape and
returns one loss for each pair: nothing is summed or averaged. ``<loss>_grad`` is its derivative with respect
to the prediction, ``<loss>_weight`` its weight in iteratively reweighted least squares.

All of them keep float32, turn integers into float64, give NaN for NaN and the limit for an infinite residual,
change no argument, and raise no floating-point warning: where the true value is too large for the type, the
result is infinite.

>>> from lossbook import regression
>>> regression.huber([0.5, 3.0], [0.0, 0.0], delta=1.0)
array([0.125, 2.5  ])
"""

from lossbook.regression._basic import (
    absolute_error,
    absolute_error_grad,
    quantile,
    quantile_grad,
    squared_error,
    squared_error_grad,
)
from lossbook.regression._huber import huber, huber_grad, huber_weight, smooth_l1, smooth_l1_grad
from lossbook.regression._redescending import (
    barron,
    barron_grad,
    tukey_biweight,
    tukey_biweight_grad,
    tukey_biweight_weight,
)
from lossbook.regression._smooth import (
    log_cosh,
    log_cosh_grad,
    pseudo_huber,
    pseudo_huber_grad,
    pseudo_huber_weight,
)

__all__ = [
    "absolute_error",
    "absolute_error_grad",
    "barron",
    "barron_grad",
    "huber",
    "huber_grad",
    "huber_weight",
    "log_cosh",
    "log_cosh_grad",
    "pseudo_huber",
    "pseudo_huber_grad",
    "pseudo_huber_weight",
    "quantile",
    "quantile_grad",
    "smooth_l1",
    "smooth_l1_grad",
    "squared_error",
    "squared_error_grad",
    "tukey_biweight",
    "tukey_biweight_grad",
    "tukey_biweight_weight",
]
