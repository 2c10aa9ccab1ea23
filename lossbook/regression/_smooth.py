"""Smooth relatives of Huber's loss: pseudo-Huber and log-cosh."""

import numpy as np

from lossbook._blocks import map_numbers, overwrite
from lossbook._legacy_checks import positive_number, residual

# Each function below switches NumPy's floating-point warnings off: overflow to infinity is the right answer.


@np.errstate(all="ignore")
def pseudo_huber(prediction, target, *, delta=1.0):
    r"""Pseudo-Huber loss: a smooth curve from the parabola ½r² to lines of slope ±δ.

    .. math::

        \ell_\delta(r) = \delta^2 \left(\sqrt{1 + (r/\delta)^2} - 1\right)
        = \frac{r^2}{1 + \sqrt{1 + (r/\delta)^2}}, \qquad r = \text{prediction} - \text{target}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    delta : float, default 1.0
        The slope far out, positive, in the unit of the target.

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
    Strictly convex, differentiable as often as you like. What minimizes its expected value goes from the
    median (δ → 0) to the mean (δ → ∞), though not always between them. For small r it is ½r². Far out it is
    δ|r| − δ², below Huber's δ|r| − ½δ². ``scipy.special.pseudo_huber(delta, r)`` is the same function;
    torch and scikit-learn do not offer it. ``barron(alpha=1, scale=delta)`` is this divided by δ².

    References
    ----------
    Barron (2019), arXiv 1701.03077

    Examples
    --------
    >>> pseudo_huber([0.0, 0.75, 1e-12], [0.0, 0.0, 0.0], delta=1.0)
    array([0.0e+00, 2.5e-01, 5.0e-25])
    """
    r = residual(prediction, target)
    delta = positive_number(delta, name="delta", dtype=r.dtype)

    def loss(r):
        size = abs(r)
        share, root = _share_and_root(size, delta)
        # The second form of the formula does not cancel; far out it is δ|r| / (δ/|r| + √(1 + (δ/r)²)).
        share += root
        return size * (np.minimum(size, delta) / share)

    return overwrite(loss, r)


@np.errstate(all="ignore")
def pseudo_huber_grad(prediction, target, *, delta=1.0):
    r"""Derivative of the pseudo-Huber loss with respect to the prediction.

    .. math:: \ell_\delta'(r) = \frac{r}{\sqrt{1 + (r/\delta)^2}} = \frac{\pm\delta}{\sqrt{1 + (\delta/r)^2}}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    delta : float, default 1.0
        The slope far out, positive, in the unit of the target.

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
    >>> pseudo_huber_grad([-0.75, 0.0, 0.75], [0.0, 0.0, 0.0], delta=1.0)
    array([-0.6,  0. ,  0.6])
    """
    r = residual(prediction, target)
    delta = positive_number(delta, name="delta", dtype=r.dtype)
    # The first form where |r| ≤ δ, the second beyond.
    return overwrite(lambda r: np.clip(r, -delta, delta) / _share_and_root(abs(r), delta)[1], r)


@np.errstate(all="ignore")
def pseudo_huber_weight(prediction, target, *, delta=1.0):
    r"""Weight of a point in iteratively reweighted least squares with the pseudo-Huber loss: ψ(r)/r.

    .. math:: w_\delta(r) = \frac{1}{\sqrt{1 + (r/\delta)^2}}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    delta : float, default 1.0
        The slope far out, positive, in the unit of the target.

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
    >>> pseudo_huber_weight([0.0, 0.75, 1e300], [0.0, 0.0, 0.0], delta=1.0)
    array([1.e+000, 8.e-001, 1.e-300])
    """
    r = residual(prediction, target)
    delta = positive_number(delta, name="delta", dtype=r.dtype)

    def weight(r):
        share, root = _share_and_root(abs(r), delta)
        return share / root

    return overwrite(weight, r)


def _share_and_root(size, delta):
    """Return min(1, δ/|r|), and √(1 + s²) for s = |r|/δ or δ/|r|, whichever is at most 1."""
    share = np.minimum(1, delta / size)
    ratio = np.where(share < 1, share, size / delta)
    ratio *= ratio
    ratio += 1
    return share, np.sqrt(ratio, out=ratio)


@np.errstate(all="ignore")
def log_cosh(prediction, target):
    r"""Log-cosh loss: the logarithm of the hyperbolic cosine of the residual.

    .. math:: \ell(r) = \log \cosh r, \qquad r = \text{prediction} - \text{target}

    Near 0 it is ½r², far out |r| − log 2.

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape. The loss has a built-in width of 1, so divide by a scale first if
        theirs is another.

    Returns
    -------
    ndarray or scalar
        One loss a pair, of the same shape, in [0, ∞].

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ.

    Notes
    -----
    Strictly convex, differentiable as often as you like. What minimizes its expected value is near the mean
    for data much narrower than 1 and near the median for data much wider. For small r it is ½r². torch,
    scipy and scikit-learn do not offer it; optax does, as ``log_cosh``.

    Examples
    --------
    >>> log_cosh([0.0, 1e-9, 1e6], [0.0, 0.0, 0.0])
    array([0.00000000e+00, 5.00000000e-19, 9.99999307e+05])
    """

    def loss(r):
        a = abs(r)
        # Beyond 50, e⁻²ᵃ is below the last digit of any type and cosh a = ½eᵃ: the logarithm grows as a does.
        near = np.minimum(a, 50)
        # cosh a = 1 + 2 sinh²(a/2), and its logarithm does not cancel near 0.
        return np.log1p(2 * np.sinh(near / 2) ** 2) + (a - near)

    r = residual(prediction, target)
    return map_numbers(loss, r, dtype=r.dtype)


@np.errstate(all="ignore")
def log_cosh_grad(prediction, target):
    r"""Derivative of the log-cosh loss with respect to the prediction.

    .. math:: \ell'(r) = \tanh r

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in units of the loss's width.

    Returns
    -------
    ndarray or scalar
        One derivative a pair, of the same shape, in [−1, 1].

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> log_cosh_grad([0.0, 1e-9, 1e6], [0.0, 0.0, 0.0])
    array([0.e+00, 1.e-09, 1.e+00])
    """
    return np.tanh(residual(prediction, target))
