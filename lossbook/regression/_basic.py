"""Squared error, absolute error and the quantile loss: what elicits the mean, the median and a quantile."""

import numpy as np

from lossbook._blocks import overwrite
from lossbook._legacy_checks import fraction, residual

# Each function below switches NumPy's floating-point warnings off: overflow to infinity is the right answer.


@np.errstate(all="ignore")
def squared_error(prediction, target):
    r"""Squared error: the residual times itself.

    .. math:: \ell(r) = r^2, \qquad r = \text{prediction} - \text{target}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One loss a pair, of the same shape, in [0, ∞], in the squared unit of the target.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ.

    Notes
    -----
    Convex, and strictly so. Its expected value is smallest at the mean. There is no factor ½ and no average
    over the pairs: ``torch.nn.functional.mse_loss(..., reduction="none")`` is the same, while torch's
    default and ``sklearn.metrics.mean_squared_error`` average, and optax offers the half as ``l2_loss``.

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), doi 10.1007/978-0-387-84858-7

    Examples
    --------
    >>> squared_error([1.0, 2.0, 5.0], [1.0, 4.0, 2.0])
    array([0., 4., 9.])
    """
    r = residual(prediction, target)
    return r * r


@np.errstate(all="ignore")
def squared_error_grad(prediction, target):
    r"""Derivative of the squared error with respect to the prediction: twice the residual.

    .. math:: \ell'(r) = 2r

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One derivative a pair, of the same shape, in [−∞, ∞], in the unit of the target.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> squared_error_grad([1.0, 2.0, 5.0], [1.0, 4.0, 2.0])
    array([ 0., -4.,  6.])
    """
    return 2 * residual(prediction, target)


@np.errstate(all="ignore")
def absolute_error(prediction, target):
    r"""Absolute error: the size of the residual.

    .. math:: \ell(r) = \lvert r \rvert, \qquad r = \text{prediction} - \text{target}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One loss a pair, of the same shape, in [0, ∞], in the unit of the target.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ.

    Notes
    -----
    Convex, not strictly. Its expected value is smallest at the median. The same as
    ``torch.nn.functional.l1_loss(..., reduction="none")``; torch's default and
    ``sklearn.metrics.mean_absolute_error`` average.

    References
    ----------
    Koenker and Bassett (1978), doi 10.2307/1913643

    Examples
    --------
    >>> absolute_error([1.0, 2.0, 5.0], [1.0, 4.0, 2.0])
    array([0., 2., 3.])
    """
    return abs(residual(prediction, target))


@np.errstate(all="ignore")
def absolute_error_grad(prediction, target):
    r"""Derivative of the absolute error with respect to the prediction: the sign of the residual.

    .. math:: \ell'(r) = \operatorname{sign} r, \qquad \ell'(0) := 0

    At 0 the loss has a corner; of the subgradients [−1, 1] this is the middle one.

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One derivative a pair, of the same shape: −1, 0 or 1, without unit.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> absolute_error_grad([1.0, 2.0, 5.0], [1.0, 4.0, 2.0])
    array([ 0., -1.,  1.])
    """
    return np.sign(residual(prediction, target))


@np.errstate(all="ignore")
def quantile(prediction, target, *, tau=0.5):
    r"""Quantile loss (pinball loss): a tilted absolute error.

    .. math:: \ell_\tau(r) = \max(-\tau r, (1 - \tau) r), \qquad r = \text{prediction} - \text{target}

    A prediction that is too low costs τ a unit, one that is too high 1 − τ.

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    tau : float, default 0.5
        The quantile's level, strictly between 0 and 1.

    Returns
    -------
    ndarray or scalar
        One loss a pair, of the same shape, in [0, ∞], in the unit of the target.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, or `tau` is not strictly between 0 and 1.

    Notes
    -----
    Convex, not strictly. Its expected value is smallest at the τ-quantile. At τ = ½ it is half the absolute
    error. The same as ``sklearn.metrics.mean_pinball_loss(target, prediction, alpha=tau)`` before the
    average; torch has none.

    References
    ----------
    Koenker and Bassett (1978), doi 10.2307/1913643

    Examples
    --------
    >>> quantile([1.0, 3.0], [2.0, 2.0], tau=0.75)
    array([0.75, 0.25])
    """
    tau = fraction(tau, name="tau")
    r = residual(prediction, target)
    return overwrite(lambda r: np.maximum(-tau * r, (1 - tau) * r), r)


@np.errstate(all="ignore")
def quantile_grad(prediction, target, *, tau=0.5):
    r"""Derivative of the quantile loss with respect to the prediction.

    .. math:: \ell_\tau'(r) = \begin{cases} -\tau & r < 0 \\ 0 & r = 0 \\ 1 - \tau & r > 0 \end{cases}

    At 0 the loss has a corner; of the subgradients [−τ, 1 − τ] this is the one that leaves a perfect
    prediction alone.

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    tau : float, default 0.5
        The quantile's level, strictly between 0 and 1.

    Returns
    -------
    ndarray or scalar
        One derivative a pair, of the same shape: −τ, 0 or 1 − τ, without unit.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, or `tau` is not strictly between 0 and 1.

    Examples
    --------
    >>> quantile_grad([1.0, 2.0, 3.0], [2.0, 2.0, 2.0], tau=0.75)
    array([-0.75,  0.  ,  0.25])
    """
    tau = fraction(tau, name="tau")
    r = residual(prediction, target)
    # What is neither above nor below 0 stays: 0 at the corner, and NaN.
    return overwrite(lambda r: np.where(r < 0, -tau, np.where(r > 0, 1 - tau, r)), r)
