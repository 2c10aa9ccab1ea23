"""Penalized least squares: ridge regression, solved at once, and the lasso, by coordinate descent."""

import math

import numpy as np

from lossbook._legacy_checks import positive_integer, positive_number
from lossbook._samples import paired_sample
from lossbook.objectives._costs import not_negative


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
    slopes = _solve_normal_equations(centered, y - height, strength) if strength > 0 else None
    if slopes is None:
        slopes = _solve_by_singular_values(centered, y - height, strength)
    return np.concatenate([[height - middle @ slopes], slopes])


def _solve_by_singular_values(x, y, strength):
    """Return the slopes for columns and a response of mean 0: V diag(s/(s² + λ)) Uᵀy."""
    units = np.ones(x.shape[1])
    if strength == 0:
        # Without a penalty, neither the rank nor the slopes may depend on the units of x.
        sizes = np.max(np.abs(x), axis=0)
        units = np.where(sizes > 0, sizes, 1)
        rank = np.linalg.matrix_rank(x / units) if units.size else 0
        if rank < x.shape[1]:
            raise ValueError(
                f"strength must be positive where x and the intercept have linearly dependent columns; got 0 "
                f"and rank {rank + 1} of {x.shape[1] + 1} columns"
            )
    u, s, vt = np.linalg.svd(x / units, full_matrices=False)
    # A direction in which x does not vary has s = 0 and no slope; without a penalty there is none.
    return vt.T @ (s / (s * s + strength) * (u.T @ y)) / units


def _solve_normal_equations(x, y, strength):
    """Return b with (XᵀX + λI) b = Xᵀy, or None if that costs digits. Ten times as fast as singular values.

    The squares in XᵀX cost digits. What they cost shows in the correction by the residuals, which come from X
    itself; where it is small, it brings the digits back.
    """
    from scipy.linalg import cho_factor, cho_solve

    if not 0 < x.shape[1] <= len(x):
        return None
    gram = x.T @ x
    gram[np.diag_indices_from(gram)] += strength
    sizes = np.sqrt(np.diagonal(gram))
    try:
        factor = cho_factor(gram)
    except np.linalg.LinAlgError:
        return None
    slopes = cho_solve(factor, x.T @ y)
    correction = cho_solve(factor, x.T @ (y - x @ slopes) - strength * slopes)
    if np.max(abs(correction) * sizes) > 1e-8 * np.max(abs(slopes) * sizes):
        return None
    # A second correction would be smaller by 1e-8 again: below rounding.
    return slopes + correction


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
        Stop once no slope, if it alone were changed for the better, would move the fit by more than this, in
        units of the length of centered y.
    max_iterations : int, default 100000
        The most sweeps to make over the columns that are tried together.

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
    Convex; with dependent columns the minimizer need not be unique. Only columns that pull by more than λ
    join the descent, and once all signs stand still their slopes are solved for at once. Mind the factor: ½
    stands before the sum of squares, and none before the penalty. ``sklearn.linear_model.Lasso(alpha=strength
    / n)`` is the same. From λ = max |Xᵀy| on (of centered x and y) all slopes are 0.

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
    response = y - height
    lengths = np.sqrt(np.einsum("ij,ij->j", centered, centered))
    limit = tolerance * np.linalg.norm(response)
    slopes, working = np.zeros(x.shape[1]), np.array([], int)
    while True:
        # The lasso's condition: no column that is left out pulls by more than λ.
        pull = centered.T @ (response - centered[:, working] @ slopes[working])
        excess = abs(pull) - strength - limit * lengths
        excess[working] = -np.inf
        if not (excess > 0).any():
            return np.concatenate([[height - middle @ slopes], slopes])
        # As a rule few columns matter: those that pull the most join first, and only these are multiplied.
        most = np.argsort(-excess)[: 10 + len(working)]
        working = np.concatenate([working, most[excess[most] > 0]])
        chosen = centered[:, working]
        slopes[working] = _descend(
            chosen.T @ chosen,
            chosen.T @ response,
            strength,
            slopes[working],
            limit,
            tolerance,
            max_iterations,
        )


def _descend(gram, target, strength, slopes, limit, tolerance, max_iterations):
    """Minimize ½ bᵀGb − cᵀb + λ Σ|b_j| by coordinate descent, from some slopes on."""
    lengths = np.sqrt(np.diagonal(gram))
    rows, diagonal, targets = list(gram), np.diagonal(gram).tolist(), target.tolist()
    signs = None
    for _ in range(max_iterations):
        before = slopes.copy()
        for j, (row, square, aim) in enumerate(zip(rows, diagonal, targets, strict=True)):
            # What is left for column j, without the part that it has already, soft-thresholded.
            pull = aim - float(row @ slopes) + square * float(slopes[j])
            slopes[j] = math.copysign(max(abs(pull) - strength, 0.0), pull) / square
        largest = np.max(abs(slopes - before) * lengths)
        if largest <= limit:
            return slopes
        if np.array_equal(np.sign(slopes), signs):
            exact = _solve_for_signs(gram, target, strength, signs)
            if (abs(_slack(gram, target, strength, exact, signs)) <= limit * lengths).all():
                return exact
        signs = np.sign(slopes)
    raise RuntimeError(
        f"lasso must reach tolerance={tolerance:g} within max_iterations={max_iterations}; the last sweep "
        f"still changed the fit by {largest:.3g} where {limit:.3g} is allowed"
    )


def _solve_for_signs(gram, target, strength, signs):
    """Return the minimizer if its slopes have these signs: there the penalty is linear, λ signᵀb."""
    here = np.flatnonzero(signs)
    exact = np.zeros(len(signs))
    try:
        exact[here] = np.linalg.solve(gram[np.ix_(here, here)], target[here] - strength * signs[here])
    except np.linalg.LinAlgError:
        exact[here] = np.nan
    return exact


def _slack(gram, target, strength, slopes, signs):
    """Return by how much each column breaks the lasso's condition; infinite for a slope of a wrong sign."""
    pull = target - gram @ slopes
    slack = np.where(signs == 0, np.maximum(abs(pull) - strength, 0), pull - strength * signs)
    slack[np.sign(slopes) != signs] = np.inf
    return slack


def _centered(x, y):
    """Return x minus its columns' means, the means, and the mean of y: this takes the intercept out."""
    middle = x.mean(axis=0)
    centered = x - middle
    # The means were rounded: a second pass brings the columns' means to 0.
    rest = centered.mean(axis=0)
    centered -= rest
    return centered, middle + rest, y.mean()
