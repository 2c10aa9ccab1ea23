"""Objectives: from the losses of examples to a cost, a penalty and their sum; ridge regression and lasso.

>>> from lossbook import objectives
>>> objectives.objective([1.0, 3.0], [2.0, -1.0], penalty="l2", strength=0.1)
np.float64(2.5)
"""

from lossbook.objectives._costs import l1_penalty, l2_penalty, mean_loss, objective, soft_threshold
from lossbook.objectives._linear import lasso, ridge

__all__ = ["l1_penalty", "l2_penalty", "lasso", "mean_loss", "objective", "ridge", "soft_threshold"]
