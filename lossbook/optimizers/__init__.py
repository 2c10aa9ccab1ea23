"""Solvers that keep a trace of what they did: descent, annealing, and robust linear regression.

>>> import numpy as np
>>> from lossbook import optimizers
>>> trace = optimizers.gradient_descent(lambda x: 2 * x, [1.0], learning_rate=0.25, steps=3)
>>> trace.points[:, 0]
array([1.   , 0.5  , 0.25 , 0.125])
"""

from lossbook.optimizers._annealing import simulated_annealing
from lossbook.optimizers._descent import backtracking, gradient_descent
from lossbook.optimizers._robust import RobustFit, robust_regression
from lossbook.optimizers._trace import Trace

__all__ = [
    "RobustFit",
    "Trace",
    "backtracking",
    "gradient_descent",
    "robust_regression",
    "simulated_annealing",
]
