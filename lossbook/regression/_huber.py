"""Huber's loss and smooth L1: a parabola near 0 that turns into straight lines."""

import numpy as np

from lossbook._blocks import overwrite
from lossbook._legacy_checks import positive_number, residual

# Each function below switches NumPy's floating-point warnings off: overflow to infinity is the right answer.


@np.errstate(all="ignore")
def huber(prediction, target, *, delta=1.0):
    r"""Huber loss: half the squared error near 0, linear beyond δ.

    .. math::

        \ell_\delta(r) = \begin{cases}
            \tfrac12 r^2 & \lvert r \rvert \le \delta \\
            \delta \left(\lvert r \rvert - \tfrac12 \delta\right) & \lvert r \rvert > \delta
        \end{cases}
        \qquad r = \text{prediction} - \text{target}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    delta : float, default 1.0
        Where the parabola turns into a line, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One loss a pair, of the same shape, in [0, ∞], in the squared unit of the target.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, or `delta` is not positive and finite.

    Notes
    -----
    Convex, once but not twice differentiable. What minimizes its expected value goes from the median
    (δ → 0) to the mean (δ → ∞), though not always between them; for a symmetric distribution it is the
    center. Mind the factor: near 0 it is ½r², not r².

    ``torch.nn.functional.huber_loss(..., delta=delta, reduction="none")`` is the same, and so is
    ``scipy.special.huber(delta, r)``. torch's ``smooth_l1_loss`` is this divided by δ.
    ``sklearn.linear_model.HuberRegressor`` fits twice this loss of the residual divided by a scale that it
    estimates along, with ``epsilon`` for δ.

    References
    ----------
    Huber (1964), doi 10.1214/aoms/1177703732

    Examples
    --------
    >>> huber([0.5, 1.0, 3.0], [0.0, 0.0, 0.0], delta=1.0)
    array([0.125, 0.5  , 2.5  ])
    """
    r = residual(prediction, target)
    delta = positive_number(delta, name="delta", dtype=r.dtype)

    def loss(r):
        # Both pieces at once: with r clipped to c = ±δ they are c (r − ½c). Nothing large is ever squared.
        c = np.clip(r, -delta, delta)
        return c * (r - 0.5 * c)

    return overwrite(loss, r)


@np.errstate(all="ignore")
def huber_grad(prediction, target, *, delta=1.0):
    r"""Derivative of the Huber loss with respect to the prediction: the residual, clipped.

    .. math:: \psi_\delta(r) = \max(-\delta, \min(r, \delta))

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    delta : float, default 1.0
        Where the parabola turns into a line, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One derivative a pair, of the same shape, in [−δ, δ], in the unit of the target.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, or `delta` is not positive and finite.

    Examples
    --------
    >>> huber_grad([-3.0, 0.5, 3.0], [0.0, 0.0, 0.0], delta=1.0)
    array([-1. ,  0.5,  1. ])
    """
    r = residual(prediction, target)
    delta = positive_number(delta, name="delta", dtype=r.dtype)
    return np.clip(r, -delta, delta)


@np.errstate(all="ignore")
def huber_weight(prediction, target, *, delta=1.0):
    r"""Weight of a point in iteratively reweighted least squares with the Huber loss: ψ(r)/r.

    .. math::

        w_\delta(r) = \begin{cases}
            1 & \lvert r \rvert \le \delta \\ \delta / \lvert r \rvert & \lvert r \rvert > \delta
        \end{cases}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    delta : float, default 1.0
        Where the parabola turns into a line, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One weight a pair, of the same shape, in [0, 1], without unit.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, or `delta` is not positive and finite.

    References
    ----------
    Holland and Welsch (1977), doi 10.1080/03610927708827533

    Examples
    --------
    >>> huber_weight([0.5, 1.0, 4.0], [0.0, 0.0, 0.0], delta=1.0)
    array([1.  , 1.  , 0.25])
    """
    r = residual(prediction, target)
    delta = positive_number(delta, name="delta", dtype=r.dtype)
    return overwrite(lambda r: np.where(abs(r) <= delta, 1.0, delta / abs(r)), r)


@np.errstate(all="ignore")
def smooth_l1(prediction, target, *, beta=1.0):
    r"""Smooth L1 loss: the Huber loss divided by its threshold, so that its slope far out is 1.

    .. math::

        \ell_\beta(r) = \begin{cases}
            \frac{r^2}{2 \beta} & \lvert r \rvert \le \beta \\
            \lvert r \rvert - \tfrac12 \beta & \lvert r \rvert > \beta
        \end{cases}
        \qquad r = \text{prediction} - \text{target}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    beta : float, default 1.0
        Where the parabola turns into a line, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One loss a pair, of the same shape, in [0, ∞], in the unit of the target.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, or `beta` is not positive and finite.

    Notes
    -----
    Convex, once but not twice differentiable. Elicits what ``huber(delta=beta)`` elicits. As β → 0 it
    becomes the absolute error. ``torch.nn.functional.smooth_l1_loss(..., beta=beta, reduction="none")`` is
    the same; torch also takes β = 0 for the absolute error, which is an error here. At β = 1 it equals the
    Huber loss with δ = 1.

    References
    ----------
    Girshick (2015), arXiv 1504.08083

    Examples
    --------
    >>> smooth_l1([0.5, 1.0, 3.0], [0.0, 0.0, 0.0], beta=0.5)
    array([0.25, 0.75, 2.75])
    """
    r = residual(prediction, target)
    beta = positive_number(beta, name="beta", dtype=r.dtype)

    def loss(r):
        # As in huber; divided first, so that nothing overflows on the way to a representable result.
        c = np.clip(r, -beta, beta)
        return c / beta * (r - 0.5 * c)

    return overwrite(loss, r)


@np.errstate(all="ignore")
def smooth_l1_grad(prediction, target, *, beta=1.0):
    r"""Derivative of the smooth L1 loss with respect to the prediction.

    .. math:: \ell_\beta'(r) = \max(-1, \min(r/\beta, 1))

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    beta : float, default 1.0
        Where the parabola turns into a line, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One derivative a pair, of the same shape, in [−1, 1], without unit.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, or `beta` is not positive and finite.

    Examples
    --------
    >>> smooth_l1_grad([-3.0, 0.25, 3.0], [0.0, 0.0, 0.0], beta=0.5)
    array([-1. ,  0.5,  1. ])
    """
    r = residual(prediction, target)
    beta = positive_number(beta, name="beta", dtype=r.dtype)
    return overwrite(lambda r: np.clip(r / beta, -1, 1), r)
