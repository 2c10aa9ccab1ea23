"""Penalized least squares: ridge regression, solved at once, and the lasso, by coordinate descent."""

import numpy as np

from lossbook._checks import positive_integer, positive_number
from lossbook._samples import paired_sample
from lossbook.objectives._costs import not_negative, soft_threshold


@np.errstate(all="ignore")
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

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If shapes do not fit together, a number is not finite or above 1e150 in size, a column of x is below
        1e-150 in size but not 0, `strength` is negative, or it is 0 and the columns of x and the intercept
        are linearly dependent.

    Notes
    -----
    Convex. After centering, the slopes are V diag(s/(s² + λ)) Uᵀy for X = U diag(s) Vᵀ: directions of small s
    shrink most. ``sklearn.linear_model.Ridge(alpha=strength)`` is the same. For the mean of squared errors in
    place of their sum, divide λ by n.

    References
    ----------
    Hoerl and Kennard (1970), doi 10.1080/00401706.1970.10488634

    Examples
    --------
    >>> ridge([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], strength=2.0).round(12)
    array([1. , 0.5])
    """
    strength = not_negative(strength, name="strength")
    x, y = paired_sample(x, y)
    centered, middle, height = _centered(x, y)
    units = np.ones(x.shape[1])
    if strength == 0:
        # Without a penalty, neither the rank nor the slopes may depend on the units of x.
        sizes = np.max(np.abs(centered), axis=0)
        units = np.where(sizes > 0, sizes, 1)
        rank = np.linalg.matrix_rank(centered / units) if units.size else 0
        if rank < x.shape[1]:
            raise ValueError(
                f"strength must be positive where x and the intercept have linearly dependent columns; got 0 "
                f"and rank {rank + 1} of {x.shape[1] + 1} columns"
            )
    u, s, vt = np.linalg.svd(centered / units, full_matrices=False)
    # A direction in which x does not vary has s = 0 and no slope.
    shrunk = np.where(s > 0, s / np.where(s > 0, s * s + strength, 1), 0)
    slopes = vt.T @ (shrunk * (u.T @ (y - height))) / units
    return np.concatenate([[height - middle @ slopes], slopes])


@np.errstate(all="ignore")
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
        λ, finite and not negative.
    tolerance : float, default 1e-12
        Stop once no step of a sweep changes the fit by more than this, in units of the length of centered y.
    max_iterations : int, default 100000
        The most sweeps over the columns to make.

    Returns
    -------
    ndarray, shape (1 + d,)
        The intercept first, then one slope for each column of x; float64. Slopes that the penalty removes are
        exactly 0.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If shapes do not fit together, a number is not finite or above 1e150 in size, a column of x is below
        1e-150 in size but not 0, or a hyperparameter is out of range; with `strength` 0 also if the columns
        of x and the intercept are linearly dependent.
    RuntimeError
        If `max_iterations` sweeps did not reach `tolerance`.

    Notes
    -----
    Convex; with dependent columns the minimizer need not be unique. Mind the factor: ½ stands before the sum
    of squares, and none before the penalty. ``sklearn.linear_model.Lasso(alpha=strength / n)`` is the same.
    From λ = max |Xᵀy| on (of centered x and y) all slopes are 0.

    References
    ----------
    Tibshirani (1996), doi 10.1111/j.2517-6161.1996.tb02080.x

    Examples
    --------
    >>> lasso([[-1.0, 1.0], [0.0, -2.0], [1.0, 1.0]], [-3.0, 0.0, 3.0], strength=2.0)
    array([0., 2., 0.])
    """
    strength = not_negative(strength, name="strength")
    tolerance = positive_number(tolerance, name="tolerance")
    max_iterations = positive_integer(max_iterations, name="max_iterations")
    if strength == 0:
        return ridge(x, y, strength=0)
    x, y = paired_sample(x, y)
    centered, middle, height = _centered(x, y)
    gram, target = centered.T @ centered, centered.T @ (y - height)
    lengths = np.sqrt(np.diagonal(gram))
    slopes = np.zeros(x.shape[1])
    columns = np.flatnonzero(lengths)
    limit = tolerance * np.linalg.norm(y - height)
    for _ in range(max_iterations):
        largest = 0.0
        for j in columns:
            # What is left for column j, without the part that it has already.
            pull = target[j] - gram[j] @ slopes + gram[j, j] * slopes[j]
            slope = soft_threshold(pull, strength) / gram[j, j]
            largest = max(largest, abs(slope - slopes[j]) * lengths[j])
            slopes[j] = slope
        if largest <= limit:
            return np.concatenate([[height - middle @ slopes], slopes])
    raise RuntimeError(
        f"lasso must reach tolerance={tolerance:g} within max_iterations={max_iterations}; the last sweep "
        f"still changed the fit by {largest:.3g} where {limit:.3g} is allowed"
    )


def _centered(x, y):
    """Return x minus its columns' means, the means, and the mean of y: this takes the intercept out."""
    middle = x.mean(axis=0)
    centered = x - middle
    # The means were rounded: a second pass brings the columns' means to 0.
    rest = centered.mean(axis=0)
    return centered - rest, middle + rest, y.mean()
