r"""Losses of a prediction against a target, elementwise, with their gradients and weights.

Every loss here is a function of the residual r = prediction − target. It takes two arrays of equal shape and
returns one of that shape, a loss for each pair: nothing is summed or averaged. ``<loss>_grad`` is its
derivative with respect to the prediction, ``<loss>_weight`` its weight in iteratively reweighted least
squares, ℓ'(r)/r where the loss is ½r² near 0.

All functions keep float16, float32 and float64, turn integers into float64 and change no argument. NaN gives
NaN, an infinite residual the limit; what is too large for the type is infinite.

Raises
------
TypeError
    If an argument is not real.
ValueError
    If shapes differ or nested lists are ragged; if `delta`, `beta`, `c` or `scale` is not positive and finite
    in the residuals' type, `tau` not strictly between 0 and 1, or `alpha` NaN.

Examples
--------
>>> from lossbook import regression
>>> regression.huber([0.5, 3.0], [0.0, 0.0], delta=1.0)
array([0.125, 2.5  ])
"""

import math

import numpy as np

from lossbook import _checks as check

__all__ = [
    "absolute_error",
    "absolute_error_grad",
    "barron",
    "barron_grad",
    "huber",
    "huber_grad",
    "huber_weight",
    "log_cosh",
    "log_cosh_grad",
    "pseudo_huber",
    "pseudo_huber_grad",
    "pseudo_huber_weight",
    "quantile",
    "quantile_grad",
    "smooth_l1",
    "smooth_l1_grad",
    "squared_error",
    "squared_error_grad",
    "tukey_biweight",
    "tukey_biweight_grad",
    "tukey_biweight_weight",
]


# ---- Mean, median, quantile --------------------------------------------------------------------------------


def squared_error(prediction, target):
    r"""Squared error: the residual times itself.

    .. math:: \ell(r) = r^2

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target; r = prediction − target.

    Returns
    -------
    ndarray or scalar
        One loss a pair, in [0, ∞], in the squared unit of the target.

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), doi 10.1007/978-0-387-84858-7

    Examples
    --------
    >>> squared_error([1.0, 2.0, 5.0], [1.0, 4.0, 2.0])
    array([0., 4., 9.])
    """
    with np.errstate(over="ignore"):
        return check.residual(prediction, target) ** 2


def squared_error_grad(prediction, target):
    r"""Derivative of the squared error with respect to the prediction: twice the residual.

    .. math:: \ell'(r) = 2r

    Examples
    --------
    >>> squared_error_grad([1.0, 2.0, 5.0], [1.0, 4.0, 2.0])
    array([ 0., -4.,  6.])
    """
    with np.errstate(over="ignore"):
        return 2 * check.residual(prediction, target)


def absolute_error(prediction, target):
    r"""Absolute error: the size of the residual.

    .. math:: \ell(r) = \lvert r \rvert

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target; r = prediction − target.

    Returns
    -------
    ndarray or scalar
        One loss a pair, in [0, ∞], in the unit of the target.

    References
    ----------
    Koenker and Bassett (1978), doi 10.2307/1913643

    Examples
    --------
    >>> absolute_error([1.0, 2.0, 5.0], [1.0, 4.0, 2.0])
    array([0., 2., 3.])
    """
    return abs(check.residual(prediction, target))


def absolute_error_grad(prediction, target):
    r"""Derivative of the absolute error with respect to the prediction: the residual's sign, 0 at the corner.

    .. math:: \ell'(r) = \operatorname{sign} r, \qquad \ell'(0) := 0

    Examples
    --------
    >>> absolute_error_grad([1.0, 2.0, 5.0], [1.0, 4.0, 2.0])
    array([ 0., -1.,  1.])
    """
    return np.sign(check.residual(prediction, target))


def quantile(prediction, target, *, tau=0.5):
    r"""Quantile loss (pinball loss): a tilted absolute error.

    .. math:: \ell_\tau(r) = \max(-\tau r, (1 - \tau) r)

    A prediction that is too low costs τ a unit, one that is too high 1 − τ.

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target; r = prediction − target.
    tau : float, default 0.5
        The quantile's level, strictly between 0 and 1.

    Returns
    -------
    ndarray or scalar
        One loss a pair, in [0, ∞], in the unit of the target.

    References
    ----------
    Koenker and Bassett (1978), doi 10.2307/1913643

    Examples
    --------
    >>> quantile([1.0, 3.0], [2.0, 2.0], tau=0.75)
    array([0.75, 0.25])
    """
    r, tau = check.residual(prediction, target), check.fraction(tau, "tau")
    return np.maximum(-tau * r, (1 - tau) * r)


def quantile_grad(prediction, target, *, tau=0.5):
    r"""Derivative of the quantile loss with respect to the prediction, 0 at the corner.

    .. math:: \ell_\tau'(r) = \begin{cases} -\tau & r < 0 \\ 0 & r = 0 \\ 1 - \tau & r > 0 \end{cases}

    Examples
    --------
    >>> quantile_grad([1.0, 2.0, 3.0], [2.0, 2.0, 2.0], tau=0.75)
    array([-0.75,  0.  ,  0.25])
    """
    r, tau = check.residual(prediction, target), check.fraction(tau, "tau")
    return np.clip(np.sign(r), -tau, 1 - tau)


# ---- Huber and its relatives -------------------------------------------------------------------------------


def huber(prediction, target, *, delta=1.0):
    r"""Huber loss: half the squared error near 0, linear beyond δ.

    .. math:: \ell_\delta(r) = \begin{cases} \tfrac12 r^2 & \lvert r \rvert \le \delta \\
        \delta \left(\lvert r \rvert - \tfrac12 \delta\right) & \lvert r \rvert > \delta \end{cases}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target; r = prediction − target.
    delta : float, default 1.0
        Where the parabola turns into a line, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One loss a pair, in [0, ∞], in the squared unit of the target.

    References
    ----------
    Huber (1964), doi 10.1214/aoms/1177703732

    Examples
    --------
    >>> huber([0.5, 1.0, 3.0], [0.0, 0.0, 0.0], delta=1.0)
    array([0.125, 0.5  , 2.5  ])
    """
    r, delta = check.residual_and_width(prediction, target, delta=delta)
    # Both pieces are c (r − ½c) with c the residual clipped to ±δ, and nothing large is squared.
    c = np.clip(r, -delta, delta)
    with np.errstate(over="ignore"):
        return c * (r - c / 2)


def huber_grad(prediction, target, *, delta=1.0):
    r"""Derivative of the Huber loss with respect to the prediction: the residual, clipped.

    .. math:: \psi_\delta(r) = \max(-\delta, \min(r, \delta))

    Examples
    --------
    >>> huber_grad([-3.0, 0.5, 3.0], [0.0, 0.0, 0.0], delta=1.0)
    array([-1. ,  0.5,  1. ])
    """
    r, delta = check.residual_and_width(prediction, target, delta=delta)
    return np.clip(r, -delta, delta)


def huber_weight(prediction, target, *, delta=1.0):
    r"""Weight of a point in iteratively reweighted least squares with the Huber loss: ψ(r)/r.

    .. math:: w_\delta(r) = \begin{cases} 1 & \lvert r \rvert \le \delta \\
        \delta / \lvert r \rvert & \lvert r \rvert > \delta \end{cases}

    Examples
    --------
    >>> huber_weight([0.5, 1.0, 4.0], [0.0, 0.0, 0.0], delta=1.0)
    array([1.  , 1.  , 0.25])
    """
    r, delta = check.residual_and_width(prediction, target, delta=delta)
    return delta / np.maximum(abs(r), delta)


def smooth_l1(prediction, target, *, beta=1.0):
    r"""Smooth L1 loss: the Huber loss divided by its threshold, so that its slope far out is 1.

    .. math:: \ell_\beta(r) = \begin{cases} \frac{r^2}{2 \beta} & \lvert r \rvert \le \beta \\
        \lvert r \rvert - \tfrac12 \beta & \lvert r \rvert > \beta \end{cases}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target; r = prediction − target.
    beta : float, default 1.0
        Where the parabola turns into a line, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One loss a pair, in [0, ∞], in the unit of the target.

    References
    ----------
    Girshick (2015), arXiv 1504.08083

    Examples
    --------
    >>> smooth_l1([0.5, 1.0, 3.0], [0.0, 0.0, 0.0], beta=0.5)
    array([0.25, 0.75, 2.75])
    """
    r, beta = check.residual_and_width(prediction, target, beta=beta)
    # As in huber, and divided before it is multiplied.
    c = np.clip(r, -beta, beta)
    return c / beta * (r - c / 2)


def smooth_l1_grad(prediction, target, *, beta=1.0):
    r"""Derivative of the smooth L1 loss with respect to the prediction.

    .. math:: \ell_\beta'(r) = \max(-1, \min(r/\beta, 1))

    Examples
    --------
    >>> smooth_l1_grad([-3.0, 0.25, 3.0], [0.0, 0.0, 0.0], beta=0.5)
    array([-1. ,  0.5,  1. ])
    """
    r, beta = check.residual_and_width(prediction, target, beta=beta)
    return np.clip(r, -beta, beta) / beta


def pseudo_huber(prediction, target, *, delta=1.0):
    r"""Pseudo-Huber loss: a smooth curve from the parabola ½r² to lines of slope ±δ.

    .. math:: \ell_\delta(r) = \delta^2 \left(\sqrt{1 + (r/\delta)^2} - 1\right)
        = \frac{r^2}{1 + \sqrt{1 + (r/\delta)^2}}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target; r = prediction − target.
    delta : float, default 1.0
        The slope far out, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One loss a pair, in [0, ∞], in the squared unit of the target.

    References
    ----------
    Barron (2019), arXiv 1701.03077

    Examples
    --------
    >>> pseudo_huber([0.0, 0.75, 1e-12], [0.0, 0.0, 0.0], delta=1.0)
    array([0.0e+00, 2.5e-01, 5.0e-25])
    """
    r, delta = check.residual_and_width(prediction, target, delta=delta)
    size, share, root = _share_and_root(r, delta)
    # The second form, in which nothing cancels, is δr²/(δ + h) with h = √(δ² + r²).
    with np.errstate(over="ignore"):
        return size * (np.minimum(size, delta) / (share + root))


def pseudo_huber_grad(prediction, target, *, delta=1.0):
    r"""Derivative of the pseudo-Huber loss with respect to the prediction.

    .. math:: \ell_\delta'(r) = \frac{r}{\sqrt{1 + (r/\delta)^2}}

    Examples
    --------
    >>> pseudo_huber_grad([-0.75, 0.0, 0.75], [0.0, 0.0, 0.0], delta=1.0)
    array([-0.6,  0. ,  0.6])
    """
    r, delta = check.residual_and_width(prediction, target, delta=delta)
    # δr/h with h = √(δ² + r²): the smaller of δ and |r|, with the sign of r, over h/max(δ, |r|).
    return np.clip(r, -delta, delta) / _share_and_root(r, delta)[2]


def pseudo_huber_weight(prediction, target, *, delta=1.0):
    r"""Weight of a point in iteratively reweighted least squares with the pseudo-Huber loss: ψ(r)/r.

    .. math:: w_\delta(r) = \frac{1}{\sqrt{1 + (r/\delta)^2}}

    Examples
    --------
    >>> pseudo_huber_weight([0.0, 0.75, 1e300], [0.0, 0.0, 0.0], delta=1.0)
    array([1.e+000, 8.e-001, 1.e-300])
    """
    r, delta = check.residual_and_width(prediction, target, delta=delta)
    _, share, root = _share_and_root(r, delta)
    return share / root


def log_cosh(prediction, target):
    r"""Log-cosh loss: the logarithm of the hyperbolic cosine of the residual.

    .. math:: \ell(r) = \log \cosh r, \qquad r = \text{prediction} - \text{target}

    Near 0 it is ½r², far out |r| − log 2.

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, divided by a scale first: the loss has a built-in width of 1.

    Returns
    -------
    ndarray or scalar
        One loss a pair, in [0, ∞].

    Examples
    --------
    >>> log_cosh([0.0, 1e-9, 1e6], [0.0, 0.0, 0.0])
    array([0.00000000e+00, 5.00000000e-19, 9.99999307e+05])
    """
    a = abs(check.residual(prediction, target))
    # cosh a = 1 + 2 sinh²(a/2), whose logarithm does not cancel near 0; beyond 50 it grows as a does.
    near = np.minimum(a, 50)
    return np.log1p(2 * np.sinh(near / 2) ** 2) + (a - near)


def log_cosh_grad(prediction, target):
    r"""Derivative of the log-cosh loss with respect to the prediction.

    .. math:: \ell'(r) = \tanh r

    Examples
    --------
    >>> log_cosh_grad([0.0, 1e-9, 1e6], [0.0, 0.0, 0.0])
    array([0.e+00, 1.e-09, 1.e+00])
    """
    return np.tanh(check.residual(prediction, target))


# ---- Losses that can stop caring about a far point ---------------------------------------------------------


def tukey_biweight(prediction, target, *, c=4.685):
    r"""Tukey's biweight (bisquare) loss: like ½r² near 0, constant beyond c.

    .. math:: \rho_c(r) = \frac{c^2}{6} \begin{cases} 1 - \left(1 - (r/c)^2\right)^3
        & \lvert r \rvert \le c \\ 1 & \lvert r \rvert > c \end{cases}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target; r = prediction − target.
    c : float, default 4.685
        Where the loss becomes constant, positive, in the unit of the target. The default is meant for
        residuals divided by their scale: it gives 95 % efficiency at normal errors.

    Returns
    -------
    ndarray or scalar
        One loss a pair, in [0, c²/6], in the squared unit of the target.

    References
    ----------
    Beaton and Tukey (1974), doi 10.1080/00401706.1974.10489171

    Examples
    --------
    >>> tukey_biweight([0.0, 1.0, 2.0, 50.0], [0.0, 0.0, 0.0, 0.0], c=2.0)
    array([0.        , 0.38541667, 0.66666667, 0.66666667])
    """
    r, c = check.residual_and_width(prediction, target, c=c)
    r = np.clip(r, -c, c)
    v = (r / c) ** 2
    # c²(1 − (1 − v)³) = c²v (3 − 3v + v²) with c²v = r²: nothing cancels where v is small.
    with np.errstate(over="ignore"):
        return r * (r * (3 - 3 * v + v * v) / 6)


def tukey_biweight_grad(prediction, target, *, c=4.685):
    r"""Derivative of Tukey's biweight loss with respect to the prediction: a far point pulls no more.

    .. math:: \psi_c(r) = \begin{cases} r \left(1 - (r/c)^2\right)^2 & \lvert r \rvert \le c \\
        0 & \lvert r \rvert > c \end{cases}

    Examples
    --------
    >>> tukey_biweight_grad([-1.0, 1.0, 2.0, 50.0], [0.0, 0.0, 0.0, 0.0], c=2.0)
    array([-0.5625,  0.5625,  0.    ,  0.    ])
    """
    r, c = check.residual_and_width(prediction, target, c=c)
    return np.clip(r, -c, c) * _biweight(r, c)


def tukey_biweight_weight(prediction, target, *, c=4.685):
    r"""Weight of a point in iteratively reweighted least squares with Tukey's biweight: ψ(r)/r.

    .. math:: w_c(r) = \begin{cases} \left(1 - (r/c)^2\right)^2 & \lvert r \rvert \le c \\
        0 & \lvert r \rvert > c \end{cases}

    Examples
    --------
    >>> tukey_biweight_weight([0.0, 1.0, 2.0, 50.0], [0.0, 0.0, 0.0, 0.0], c=2.0)
    array([1.    , 0.5625, 0.    , 0.    ])
    """
    return _biweight(*check.residual_and_width(prediction, target, c=c))


def barron(prediction, target, *, alpha, scale=1.0):
    r"""Barron's general loss: one family whose shape α runs from squared error to flat.

    .. math::

        \rho(x) = \begin{cases} \tfrac12 x^2 & \alpha = 2 \\ \log\left(\tfrac12 x^2 + 1\right) & \alpha = 0 \\
            1 - \exp\left(-\tfrac12 x^2\right) & \alpha = -\infty \\ \frac{\lvert \alpha - 2 \rvert}{\alpha}
            \left(\left(\frac{x^2}{\lvert \alpha - 2 \rvert} + 1\right)^{\alpha/2} - 1\right) & \text{else}
        \end{cases} \qquad x = \frac{r}{\text{scale}}

    At α = +∞ its limit is exp(½x²) − 1. A residual whose x² overflows counts as infinite.

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target; r = prediction − target.
    alpha : float
        The shape, any number or ±∞: 2 squared error, 1 pseudo-Huber, 0 Cauchy, −2 Geman–McClure, −∞ Welsch.
    scale : float, default 1.0
        The width of the quadratic bowl, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One loss a pair, of the same shape, without unit, in [0, ∞] for α ≥ 0 and [0, (2 − α)/(−α)] for α < 0.

    References
    ----------
    Barron (2019), arXiv 1701.03077

    Examples
    --------
    >>> barron([0.0, 1.0, 10.0], [0.0, 0.0, 0.0], alpha=0)
    array([0.        , 0.40546511, 3.93182563])
    >>> barron([0.0, 1.0, 10.0], [0.0, 0.0, 0.0], alpha=float("-inf"))
    array([0.        , 0.39346934, 1.        ])
    """
    x, alpha, _ = _ratio(prediction, target, alpha, scale)
    bend = abs(alpha - 2)
    with np.errstate(over="ignore"):
        square = x * x
        if alpha == 2:
            return square / 2
        if abs(alpha) < 1e-20:  # the limit to the last digit, while |α − 2|/α may overflow
            return np.log1p(square / 2)
        if math.isinf(alpha):  # 1 − exp(−½x²) at −∞, exp(½x²) − 1 at +∞
            return abs(np.expm1(math.copysign(0.5, alpha) * square))
        # The power is exp(½α log(1 + x²/|α − 2|)), and near 0 neither logarithm nor difference cancels.
        return bend / alpha * np.expm1(alpha / 2 * np.log1p(square / bend))


def barron_grad(prediction, target, *, alpha, scale=1.0):
    r"""Derivative of Barron's general loss with respect to the prediction.

    .. math:: \rho'(r) = \frac{x}{\text{scale}}
        \left(\frac{x^2}{\lvert \alpha - 2 \rvert} + 1\right)^{\alpha/2 - 1}, \qquad x = r / \text{scale}

    with the limits x/scale at α = 2 and x exp(±½x²)/scale at α = ±∞. For an infinite residual it is infinite
    for α > 1, ±1/scale for α = 1, and 0 for α < 1.

    Examples
    --------
    >>> barron_grad([-1.0, 0.0, 2.0], [0.0, 0.0, 0.0], alpha=0)
    array([-0.66666667,  0.        ,  0.66666667])
    """
    x, alpha, scale = _ratio(prediction, target, alpha, scale)
    bend = abs(alpha - 2)
    with np.errstate(over="ignore", invalid="ignore"):
        if alpha == 2:
            return x / scale
        if math.isinf(alpha):
            exponent = math.copysign(0.5, alpha) * x * x
        else:
            exponent = (alpha / 2 - 1) * np.log1p(x * x / bend)
        # Where the square overflows, the product would be ∞ · 0.
        limit = math.inf if alpha > 1 else 1 if alpha == 1 else 0
        return np.where(np.isinf(exponent), np.copysign(limit, x), x * np.exp(exponent)) / scale


def _share_and_root(r, delta):
    """Return |r|, and δ and h = √(δ² + r²) in units of the larger of δ and |r|, where nothing overflows."""
    size = abs(r)
    larger = np.maximum(size, delta)
    return size, delta / larger, np.sqrt(1 + (np.minimum(size, delta) / larger) ** 2)


def _biweight(r, c):
    """Return (1 − (a/c)²)² for a = |r|, at most c: as (c − a)/c · (1 + a/c), squared, exact near c."""
    a = np.minimum(abs(r), c)
    return ((c - a) / c * (1 + a / c)) ** 2


def _ratio(prediction, target, alpha, scale):
    """Return x = r/scale, the shape as it is in the type of x (where it may be infinite), and the scale."""
    alpha = check.number(alpha, "alpha", closed=True)
    r, scale = check.residual_and_width(prediction, target, scale=scale)
    with np.errstate(over="ignore"):
        return r / scale, float(r.dtype.type(alpha)), scale


check.keep_float16(globals())
