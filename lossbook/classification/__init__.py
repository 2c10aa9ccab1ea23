"""Losses of a classifier: logits or probabilities against labels, or against target probabilities.

The classes lie along the last axis. Each function returns one loss an example (one a number for the binary
cross-entropy): nothing is summed or averaged over the examples. ``<loss>_grad`` is the derivative of each
loss with respect to its own logits or probabilities.

All functions keep float32, turn integers into float64, give NaN for NaN among logits, change no argument and
raise no floating-point warning.

>>> from lossbook import classification
>>> classification.softmax_cross_entropy([[0.0, 0.0], [100.0, 0.0]], [0, 1])
array([  0.69314718, 100.        ])
"""

from lossbook.classification._binary import binary_cross_entropy, binary_cross_entropy_grad
from lossbook.classification._cross_entropy import softmax_cross_entropy, softmax_cross_entropy_grad
from lossbook.classification._distillation import distillation_loss, distillation_loss_grad
from lossbook.classification._focal import focal_loss, focal_loss_grad
from lossbook.classification._scores import brier_score, brier_score_grad, expected_calibration_error

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_grad",
    "brier_score",
    "brier_score_grad",
    "distillation_loss",
    "distillation_loss_grad",
    "expected_calibration_error",
    "focal_loss",
    "focal_loss_grad",
    "softmax_cross_entropy",
    "softmax_cross_entropy_grad",
]
