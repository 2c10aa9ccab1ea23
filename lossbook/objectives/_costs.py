"""From the losses of examples to a cost, a penalty, and the objective that is their sum."""

import math

import numpy as np

from lossbook._legacy_checks import as_real_array, check_equal_shapes, check_option, real_number

# Products that are summed at a time.
_TOGETHER = 8192

# Each function below switches NumPy's floating-point warnings off: overflow to infinity is the right answer.


@np.errstate(all="ignore")
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

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If there are no losses, the shapes differ, or the weights are negative, not finite or all 0.

    Notes
    -----
    Linear in the losses, so convex. The loss belongs to an example, the cost to the data. It equals
    ``torch.nn.functional.mse_loss`` and its like with ``reduction="mean"``, and ``numpy.average``.

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
    losses = as_real_array(losses, name="losses")
    if not losses.size:
        raise ValueError(f"losses must hold at least one loss; got shape {losses.shape}")
    if weights is None:
        # A sum runs in memory's order: in this one it rounds alike, however the losses lie.
        losses = losses.ravel()
        mean = np.mean(losses)
        if np.isfinite(mean):
            return mean
        # The sum may overflow where the mean does not.
        return _between(np.sum(losses / losses.dtype.type(losses.size)), losses)
    weights = as_real_array(weights, name="weights")
    check_equal_shapes(losses, weights, names=("losses", "weights"))
    largest = weights.max()
    if not (weights.min() >= 0 and largest < np.inf):
        wrong = weights[~((weights >= 0) & (weights < np.inf))]
        raise ValueError(f"weights must be finite and not negative; got {wrong.flat[0]:g}")
    if largest == 0:
        raise ValueError("weights must not all be 0; got only zeros")
    losses, weights = losses.ravel(), weights.ravel()
    # Some at a time, so that no array of products goes to memory and back.
    parts = [slice(start, start + _TOGETHER) for start in range(0, losses.size, _TOGETHER)]
    products = np.sum([np.sum(weights[part] * losses[part]) for part in parts])
    total, limits = np.sum(weights), np.finfo(products.dtype)
    # Sums of subnormal weights are exact, products of them may not be.
    if limits.tiny / limits.eps <= abs(products) < np.inf and total < np.inf:
        return products / total
    # A product or a sum overflows or vanishes, or a loss of weight 0 is no number.
    losses, weights = losses[weights > 0], weights[weights > 0] / largest
    # A weight that vanishes beside the largest counts for an infinite loss.
    terms = np.where(np.isinf(losses), losses, weights / weights.sum() * losses)
    return _between(np.sum(terms), losses)


def _between(mean, losses):
    """Return a mean, kept between the least and the largest loss: rounding may lead beyond, to infinity."""
    return np.clip(mean, losses.min(), losses.max())


@np.errstate(all="ignore")
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

    Raises
    ------
    TypeError
        If `theta` holds anything but real numbers.
    ValueError
        If nested lists are ragged.

    Notes
    -----
    Convex, not differentiable at 0. The negative logarithm of a Laplace prior, up to a constant.

    References
    ----------
    Tibshirani (1996), doi 10.1111/j.2517-6161.1996.tb02080.x

    Examples
    --------
    >>> l1_penalty([3.0, -4.0])
    np.float64(7.0)
    """
    return np.sum(abs(as_real_array(theta, name="theta").ravel()))


@np.errstate(all="ignore")
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

    Raises
    ------
    TypeError
        If `theta` holds anything but real numbers.
    ValueError
        If nested lists are ragged.

    Notes
    -----
    Convex, and strictly so. No factor ½: many texts and torch's ``weight_decay`` mean ½Σθ². The negative
    logarithm of a normal prior, up to factor and constant.

    References
    ----------
    Hoerl and Kennard (1970), doi 10.1080/00401706.1970.10488634

    Examples
    --------
    >>> l2_penalty([3.0, -4.0])
    np.float64(25.0)
    """
    theta = as_real_array(theta, name="theta").ravel()
    return np.sum(theta * theta)


_PENALTIES = {"l1": l1_penalty, "l2": l2_penalty}


@np.errstate(all="ignore")
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
        λ, finite and not negative.

    Returns
    -------
    scalar
        The objective, in the losses' unit.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If there are no losses, `penalty` is unknown, or `strength` is negative or not finite.

    Notes
    -----
    Convex in θ where the losses are. The strength stands here alone, and not in the penalty too. With a mean
    of squared errors it is 1/n of what `ridge` takes.

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), doi 10.1007/978-0-387-84858-7

    Examples
    --------
    >>> objective([1.0, 3.0], [2.0, -1.0], penalty="l1", strength=0.1)
    np.float64(2.3)
    """
    check_option(penalty, tuple(_PENALTIES), name="penalty")
    return mean_loss(losses) + not_negative(strength, name="strength") * _PENALTIES[penalty](theta)


@np.errstate(all="ignore")
def soft_threshold(x, threshold):
    r"""Soft-thresholding: bring each number nearer to 0 by the threshold, and to 0 if it is no larger.

    .. math:: S_t(x) = \operatorname{sign}(x) \max(\lvert x \rvert - t, 0)

    Parameters
    ----------
    x : array_like
        Real numbers of any shape.
    threshold : float
        t, finite and not negative, in the unit of `x`.

    Returns
    -------
    ndarray or scalar
        Of the shape of `x`.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If `threshold` is negative or not finite.

    Notes
    -----
    Not convex; it is the minimizer over z of ½(x − z)² + t|z|, and so the lasso of orthonormal columns.
    ``torch.nn.functional.softshrink(x, threshold)`` is the same.

    References
    ----------
    Tibshirani (1996), doi 10.1111/j.2517-6161.1996.tb02080.x

    Examples
    --------
    >>> soft_threshold([-3.0, 0.5, 2.0], 1.0)
    array([-2.,  0.,  1.])
    """
    x = as_real_array(x, name="x")
    threshold = min(not_negative(threshold, name="threshold"), float(np.finfo(x.dtype).max))
    # What is taken off is x itself where it is no larger than t.
    taken = np.asarray(np.clip(x, -threshold, threshold))
    return np.subtract(x, taken, out=taken)[()]


def not_negative(value, *, name):
    """Return a finite float that is not negative."""
    requirement = "a finite number, 0 or more"
    number = real_number(value, name=name, requirement=requirement)
    if not 0 <= number < math.inf:
        raise ValueError(f"{name} must be {requirement}; got {number:g}")
    return number
