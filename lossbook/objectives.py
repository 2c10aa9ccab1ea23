r"""Objectives: from the losses of examples to a cost, a penalty and their sum; ridge regression and lasso.

Costs and penalties keep float16, float32 and float64 and turn integers into float64; ridge regression and the
lasso compute in float64. No argument is changed. NaN in a cost or a penalty gives NaN; a sum that is too
large for the type is infinite.

Raises
------
TypeError
    If an argument is not real.
ValueError
    If shapes differ that must be equal, nested lists are ragged or there is nothing to average; if weights
    are negative, not finite or all 0; if `strength` or `threshold` is negative or not finite, or `penalty`
    unknown. For ridge regression and the lasso also if a number is not finite or above 1e150 in size, a
    hyperparameter is not positive, or `strength` is 0 where the columns of x and the intercept are linearly
    dependent.
RuntimeError
    If the lasso's sweeps end before they reach `tolerance`.

Examples
--------
>>> from lossbook import objectives
>>> objectives.objective([1.0, 3.0], [2.0, -1.0], penalty="l2", strength=0.1)
np.float64(2.5)
"""

import numpy as np

from lossbook import _checks as check

__all__ = ["l1_penalty", "l2_penalty", "lasso", "mean_loss", "objective", "ridge", "soft_threshold"]


# ---- Costs and penalties -----------------------------------------------------------------------------------


def mean_loss(losses, weights=None):
    r"""Cost of a data set: the mean of the examples' losses, weighted or not.

    .. math:: J = \frac{\sum_i w_i \ell_i}{\sum_i w_i}

    Parameters
    ----------
    losses : array_like
        One loss an example, of any shape.
    weights : array_like, optional
        One weight an example, of the same shape: not negative, not all 0, finite. By default all are equal.
        An example of weight 0 does not count, whatever its loss.

    Returns
    -------
    scalar
        The cost, in the losses' unit.

    References
    ----------
    Goodfellow, Bengio and Courville (2016), ISBN 978-0-262-03561-3

    Examples
    --------
    >>> mean_loss([1.0, 2.0, 6.0])
    np.float64(3.0)
    >>> mean_loss([1.0, 2.0, 6.0], weights=[2, 1, 1])
    np.float64(2.5)
    """
    losses = check.real_array(losses, "losses")
    if not losses.size:
        raise ValueError(f"losses must hold at least one loss; got shape {losses.shape}")
    if weights is not None:
        losses, weights = check.weighted(losses, weights)
        if weights.min() == 0:
            # An example of weight 0 does not count: 0 · ∞ and 0 · NaN are 0.
            losses = np.where(weights > 0, losses, 0)
        weights = weights / weights.max()  # so that their sum does not overflow
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.average(losses, weights=weights)
        # Where the sum overflows, the mean may not.
        return mean if np.isfinite(mean) else losses.size * np.average(losses / losses.size, weights=weights)


def l1_penalty(theta):
    r"""L1 penalty: the sum of the parameters' sizes.

    .. math:: R(\theta) = \sum_j \lvert \theta_j \rvert

    Parameters
    ----------
    theta : array_like
        Parameters of any shape, without the intercept, which is not penalized.

    Returns
    -------
    scalar
        In [0, ∞]; 0 for no parameters.

    References
    ----------
    Tibshirani (1996), doi 10.1111/j.2517-6161.1996.tb02080.x

    Examples
    --------
    >>> l1_penalty([3.0, -4.0])
    np.float64(7.0)
    """
    theta = check.real_array(theta, "theta")
    with np.errstate(over="ignore"):
        return abs(theta).sum()


def l2_penalty(theta):
    r"""L2 penalty: the sum of the squared parameters.

    .. math:: R(\theta) = \sum_j \theta_j^2

    Parameters
    ----------
    theta : array_like
        Parameters of any shape, without the intercept, which is not penalized.

    Returns
    -------
    scalar
        In [0, ∞]; 0 for no parameters.

    References
    ----------
    Hoerl and Kennard (1970), doi 10.1080/00401706.1970.10488634

    Examples
    --------
    >>> l2_penalty([3.0, -4.0])
    np.float64(25.0)
    """
    theta = check.real_array(theta, "theta")
    with np.errstate(over="ignore"):
        return np.vdot(theta, theta)


_PENALTIES = {"l1": l1_penalty, "l2": l2_penalty}


def objective(losses, theta, *, penalty, strength):
    r"""Objective: the mean loss plus a penalty on the parameters.

    .. math:: J(\theta) + \lambda R(\theta)

    Parameters
    ----------
    losses : array_like
        One loss an example, of any shape.
    theta : array_like
        The parameters that are penalized, of any shape.
    penalty : {"l1", "l2"}
        R: `l1_penalty` or `l2_penalty`.
    strength : float
        λ, finite and not negative. With 0 a penalty that overflows counts for nothing.

    Returns
    -------
    scalar
        The objective, in the losses' unit.

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), doi 10.1007/978-0-387-84858-7

    Examples
    --------
    >>> objective([1.0, 3.0], [2.0, -1.0], penalty="l1", strength=0.1)
    np.float64(2.3)
    """
    penalty = _PENALTIES[check.option(penalty, tuple(_PENALTIES), "penalty")]
    losses, theta = check.real_array(losses, "losses"), check.real_array(theta, "theta")
    strength = check.not_negative(strength, "strength", theta.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        # Without strength not even a penalty that overflows is added: 0 · ∞ would be NaN.
        size = penalty(theta if strength > 0 else 0 * theta)
        return mean_loss(losses) + strength * size


def soft_threshold(x, threshold):
    r"""Soft-thresholding: bring each number nearer to 0 by the threshold, and to 0 if it is no larger.

    .. math:: S_t(x) = \operatorname{sign}(x) \max(\lvert x \rvert - t, 0)

    It is the minimizer over z of ½(x − z)² + t|z|, and so the lasso of orthonormal columns.

    Parameters
    ----------
    x : array_like
        Real numbers of any shape.
    threshold : float
        t, finite and not negative, in the unit of `x`.

    Returns
    -------
    ndarray or scalar
        Of the shape of `x`, in its unit.

    References
    ----------
    Tibshirani (1996), doi 10.1111/j.2517-6161.1996.tb02080.x

    Examples
    --------
    >>> soft_threshold([-3.0, 0.5, 2.0], 1.0)
    array([-2.,  0.,  1.])
    """
    x = check.real_array(x, "x")
    t = check.not_negative(threshold, "threshold", x.dtype)
    # What is taken off is x itself where it is no larger than t.
    return x - np.clip(x, -t, t)


# ---- Penalized least squares -------------------------------------------------------------------------------


def ridge(x, y, *, strength):
    r"""Ridge regression: least squares with an L2 penalty on the slopes, solved at once.

    .. math:: \min_{b_0, b} \sum_{i=1}^n \left(b_0 + x_i^\top b - y_i\right)^2 + \lambda \sum_j b_j^2

    Parameters
    ----------
    x : array_like, shape (n,) or (n, d)
        The predictors; an intercept, which is not penalized, is added.
    y : array_like, shape (n,)
        The response.
    strength : float
        λ, finite and not negative.

    Returns
    -------
    ndarray, shape (1 + d,)
        The intercept first, then one slope for each column of x; float64.

    References
    ----------
    Hoerl and Kennard (1970), doi 10.1080/00401706.1970.10488634

    Examples
    --------
    >>> ridge([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], strength=2.0).round(12)
    array([1. , 0.5])
    """
    strength = check.not_negative(strength, "strength")
    x, y, middle, height = _centered(x, y)
    # Least squares with d more equations, √λ b_j = 0; columns of like size, so that no unit decides the rank.
    a = np.vstack([x, np.sqrt(strength) * np.eye(x.shape[1])])
    sizes = np.where(a.any(0), abs(a).max(0), 1)
    scaled, _, rank, _ = np.linalg.lstsq(a / sizes, np.append(y, np.zeros(x.shape[1])))
    if strength == 0 and rank < len(sizes):
        raise ValueError(
            "strength must be positive where x and the intercept have linearly dependent columns; "
            f"got 0 and rank {rank + 1} of {len(sizes) + 1} columns"
        )
    with np.errstate(over="ignore"):
        return np.append(height - middle / sizes @ scaled, scaled / sizes)


def lasso(x, y, *, strength, tolerance=1e-12, max_iterations=100_000):
    r"""Lasso: least squares with an L1 penalty on the slopes, by coordinate descent.

    .. math::

        \min_{b_0, b} \tfrac12 \sum_{i=1}^n \left(b_0 + x_i^\top b - y_i\right)^2
        + \lambda \sum_j \lvert b_j \rvert

    Parameters
    ----------
    x : array_like, shape (n,) or (n, d)
        The predictors; an intercept, which is not penalized, is added.
    y : array_like, shape (n,)
        The response.
    strength : float
        λ, finite and not negative; 0 is least squares. From max |Xᵀy| on (x and y centered) no slope is left.
    tolerance : float, default 1e-12
        Stop once no slope, if it alone were changed for the better, would move the fit by more than this, in
        units of the length of centered y.
    max_iterations : int, default 100000
        The most sweeps to make over the columns.

    Returns
    -------
    ndarray, shape (1 + d,)
        The intercept first, then one slope for each column of x; float64. Slopes that the penalty removes are
        exactly 0.

    References
    ----------
    Tibshirani (1996), doi 10.1111/j.2517-6161.1996.tb02080.x

    Examples
    --------
    >>> lasso([[-1.0, 1.0], [0.0, -2.0], [1.0, 1.0]], [-3.0, 0.0, 3.0], strength=2.0)
    array([0., 2., 0.])
    """
    strength = check.not_negative(strength, "strength")
    tolerance = check.positive(tolerance, "tolerance")
    max_iterations = check.positive_integer(max_iterations, "max_iterations")
    if strength == 0:
        return ridge(x, y, strength=0)
    x, y, middle, height = _centered(x, y)
    gram, target, slopes = x.T @ x, x.T @ y, np.zeros(x.shape[1])
    squares, limit = np.diagonal(gram), tolerance * np.linalg.norm(y)
    for _ in range(max_iterations):
        moved, pull = 0.0, target - gram @ slopes
        # A slope of 0 stays as long as its column pulls by no more than λ.
        for j in np.flatnonzero((squares > 0) & ((slopes != 0) | (abs(pull) > strength))):
            # The best slope for column j alone: its pull without its own part, soft-thresholded.
            alone = pull[j] + squares[j] * slopes[j]
            step = (alone - min(max(alone, -strength), strength)) / squares[j] - slopes[j]
            slopes[j] += step
            pull -= step * gram[j]
            moved = max(moved, abs(step) * squares[j] ** 0.5)
        if moved <= limit:
            return np.append(height - middle @ slopes, slopes)
    raise RuntimeError(
        f"lasso must reach tolerance={tolerance:g} within max_iterations={max_iterations}; the last sweep "
        f"still changed the fit by {moved:.3g} where {limit:.3g} is allowed"
    )


def _centered(x, y):
    """Return x and y minus their means, and the means: this takes the intercept out of a fit."""
    x, y = check.sample(x, y)
    # First minus a row of their own, so that an offset costs no digits and constant columns become 0.
    x_rest, y_rest = x - x[0], y - y[0]
    x_mean, y_mean = x_rest.mean(0), y_rest.mean()
    return x_rest - x_mean, y_rest - y_mean, x[0] + x_mean, y[0] + y_mean


check.keep_float16(globals())
