"""From scores to probabilities: sigmoid, softmax and their relatives.

The softmax family takes logits, real numbers along one axis, and treats each vector along it on its own. A
logit of −∞ is a class with probability 0; +∞ and vectors of nothing but −∞ have no softmax and are refused.

All functions keep float32, turn integers into float64, give NaN for NaN, change no argument and raise no
floating-point warning.

>>> from lossbook import probability
>>> probability.softmax([0.0, 0.0, float("-inf")])
array([0.5, 0.5, 0. ])
"""

from lossbook.probability._jacobian import softmax_jacobian, softmax_vjp
from lossbook.probability._sigmoid import log_sigmoid, sigmoid
from lossbook.probability._softmax import log_softmax, logsumexp, softmax
from lossbook.probability._sparsemax import sparsemax

__all__ = [
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "sigmoid",
    "softmax",
    "softmax_jacobian",
    "softmax_vjp",
    "sparsemax",
]
