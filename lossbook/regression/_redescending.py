"""Losses that can stop caring about a far point: Tukey's biweight and Barron's family."""

import math

import numpy as np

from lossbook._blocks import map_numbers, overwrite
from lossbook._legacy_checks import positive_number, real_number, residual

# Each function below switches NumPy's floating-point warnings off: overflow to infinity is the right answer.


@np.errstate(all="ignore")
def tukey_biweight(prediction, target, *, c=4.685):
    r"""Tukey's biweight (bisquare) loss: like ½r² near 0, constant beyond c.

    .. math::

        \rho_c(r) = \begin{cases}
            \frac{c^2}{6} \left(1 - \left(1 - (r/c)^2\right)^3\right) & \lvert r \rvert \le c \\
            \frac{c^2}{6} & \lvert r \rvert > c
        \end{cases}
        \qquad r = \text{prediction} - \text{target}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    c : float, default 4.685
        Where the loss becomes constant, positive, in the unit of the target. The default is meant for
        residuals divided by their scale: it gives 95 % efficiency at normal errors.

    Returns
    -------
    ndarray or scalar
        One loss a pair, of the same shape, in [0, c²/6], in the squared unit of the target.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, or `c` is not positive and finite.

    Notes
    -----
    Not convex: it bends down from |r| = c/√5 on. What it elicits lies near the center of the bulk of the
    data and is in general neither mean nor median. For small r it is ½r², not r². torch, scipy and
    scikit-learn do not offer it; ``statsmodels.robust.norms.TukeyBiweight(c).rho`` is the same.

    References
    ----------
    Beaton and Tukey (1974), doi 10.1080/00401706.1974.10489171

    Examples
    --------
    >>> tukey_biweight([0.0, 1.0, 2.0, 50.0], [0.0, 0.0, 0.0, 0.0], c=2.0)
    array([0.        , 0.38541667, 0.66666667, 0.66666667])
    """
    r = residual(prediction, target)
    c = positive_number(c, name="c", dtype=r.dtype)

    def loss(r):
        r = np.clip(r, -c, c)
        v = (r / c) ** 2
        # 1 − (1 − v)³ = v (3 − 3v + v²) = v (¾ + (3/2 − v)²), in which nothing cancels; and c² v = r², which
        # may overflow where a sixth of it does not.
        return r * (r * (0.75 + (1.5 - v) ** 2) / 6)

    return overwrite(loss, r)


@np.errstate(all="ignore")
def tukey_biweight_grad(prediction, target, *, c=4.685):
    r"""Derivative of Tukey's biweight loss with respect to the prediction.

    .. math::

        \psi_c(r) = \begin{cases}
            r \left(1 - (r/c)^2\right)^2 & \lvert r \rvert \le c \\ 0 & \lvert r \rvert > c
        \end{cases}

    It rises, turns at c/√5 and comes back to 0: a far point pulls no more.

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    c : float, default 4.685
        Where the loss becomes constant, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One derivative a pair, of the same shape, in the unit of the target; at most 16c/(25√5) in size.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, or `c` is not positive and finite.

    Examples
    --------
    >>> tukey_biweight_grad([-1.0, 1.0, 2.0, 50.0], [0.0, 0.0, 0.0, 0.0], c=2.0)
    array([-0.5625,  0.5625,  0.    ,  0.    ])
    """
    r = residual(prediction, target)
    c = positive_number(c, name="c", dtype=r.dtype)
    return map_numbers(lambda r: _biweight(r, c) * np.clip(r, -c, c), r, dtype=r.dtype)


@np.errstate(all="ignore")
def tukey_biweight_weight(prediction, target, *, c=4.685):
    r"""Weight of a point in iteratively reweighted least squares with Tukey's biweight: ψ(r)/r.

    .. math::

        w_c(r) = \begin{cases}
            \left(1 - (r/c)^2\right)^2 & \lvert r \rvert \le c \\ 0 & \lvert r \rvert > c
        \end{cases}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    c : float, default 4.685
        Where the weight becomes 0, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One weight a pair, of the same shape, in [0, 1], without unit.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, or `c` is not positive and finite.

    References
    ----------
    Holland and Welsch (1977), doi 10.1080/03610927708827533

    Examples
    --------
    >>> tukey_biweight_weight([0.0, 1.0, 2.0, 50.0], [0.0, 0.0, 0.0, 0.0], c=2.0)
    array([1.    , 0.5625, 0.    , 0.    ])
    """
    r = residual(prediction, target)
    c = positive_number(c, name="c", dtype=r.dtype)
    return map_numbers(lambda r: _biweight(r, c), r, dtype=r.dtype)


def _biweight(r, c):
    """Return (1 − (r/c)²)² for |r| ≤ c and 0 beyond."""
    # Each rounding of x = |r|/c would count up to four times. So x is taken in two parts, head + rest, and
    # 1 − x² = (1 − head²) − rest (2 head + rest). The head has half of the digits, and its square is exact;
    # so is the remainder of the division, |r| − head c, with c in two parts as well.
    digits = np.finfo(r.dtype).nmant
    unit = 2.0 ** max(math.frexp(c)[1] - 1, -1022)
    scaled_c = c / unit
    c_head = math.floor(scaled_c * 2**25) / 2**25
    rest = np.minimum(abs(r), c)
    rest *= 1 / unit
    head = rest * (1 / scaled_c)
    head += 2.0 ** (digits - digits // 2)  # rounds to multiples of 2⁻²⁶ in float64
    head -= 2.0 ** (digits - digits // 2)
    rest -= head * c_head
    rest -= head * (scaled_c - c_head)
    rest /= scaled_c
    bracket = 1 - head * head
    head *= 2
    head += rest
    head *= rest
    bracket -= head
    return bracket * bracket


@np.errstate(all="ignore")
def barron(prediction, target, *, alpha, scale=1.0):
    r"""Barron's general loss: one family whose shape α runs from squared error to flat.

    .. math::

        \rho(x) = \begin{cases}
            \tfrac12 x^2 & \alpha = 2 \\
            \log\left(\tfrac12 x^2 + 1\right) & \alpha = 0 \\
            1 - \exp\left(-\tfrac12 x^2\right) & \alpha = -\infty \\
            \frac{\lvert \alpha - 2 \rvert}{\alpha}
            \left(\left(\frac{x^2}{\lvert \alpha - 2 \rvert} + 1\right)^{\alpha/2} - 1\right) & \text{else}
        \end{cases}
        \qquad x = \frac{\text{prediction} - \text{target}}{\text{scale}}

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    alpha : float
        The shape, any number or ±∞: 2 squared error, 1 pseudo-Huber, 0 Cauchy, −2 Geman–McClure, −∞ Welsch.
    scale : float, default 1.0
        The width of the quadratic bowl, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One loss a pair, of the same shape, without unit, in [0, ∞] for α ≥ 0 and [0, (2 − α)/(−α)] for α < 0.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, `alpha` is NaN, or `scale` is not positive and finite.

    Notes
    -----
    Convex for α ≥ 1 only. At α = 2 its expected value is smallest at the mean; for other α what it elicits
    depends on the distribution. For small r it is ½(r/scale)². At α = 1 it is
    ``pseudo_huber(delta=scale)/scale²``. Huber, log-cosh and Tukey's biweight are not members. torch and
    scikit-learn do not offer it; in ``scipy.optimize.least_squares`` one residual costs scale²·ρ with
    ``loss="soft_l1", f_scale=scale`` for α = 1, and with ``loss="cauchy", f_scale=sqrt(2) * scale`` for
    α = 0. At α = +∞ the limit is exp(½x²) − 1. A ratio x that overflows counts as infinite.

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
    alpha = real_number(alpha, name="alpha")
    r = residual(prediction, target)
    scale = positive_number(scale, name="scale", dtype=r.dtype)
    bend = abs(alpha - 2)

    def loss(r):
        x = r / scale
        if alpha == 2:
            return 0.5 * x * x
        q = _log_bowl(x, bend)
        if alpha == 0:
            return 0.5 * q
        slope = math.copysign(1, alpha) if math.isinf(alpha) else alpha / bend
        # (x²/|α − 2| + 1)^(α/2) = exp(t) with t = ½ α/|α − 2| q; for tiny t the series of exp(t) − 1 takes
        # over.
        t = 0.5 * slope * q
        rho = np.where(abs(t) < 1e-8, 0.5 * q * (1 + 0.5 * t), np.expm1(t) / slope)
        if alpha < 0 or math.isinf(alpha):
            return rho
        # The rounding of a large t would be multiplied by it; that of a power's base is not.
        return np.where((t > 1.5) & (x * x > bend), _far_loss(x, alpha, bend), rho)

    return map_numbers(loss, r, dtype=r.dtype)


def _far_loss(x, alpha, bend):
    """Return |α − 2|/α (hᵅ − 1) with h = √(x²/|α − 2| + 1), for x and α that are not small."""
    width = math.sqrt(bend)
    length = np.hypot(width, x)
    if alpha <= 1:
        return bend * ((length / width) ** alpha - 1) / alpha
    # No factor overflows where the loss does not.
    if bend > 1:
        root = width * (length / width) ** (alpha / 2)
        return root * (root / alpha) - bend / alpha
    return length * (length ** (alpha - 1) * width ** (2 - alpha) / alpha) - bend / alpha


@np.errstate(all="ignore")
def barron_grad(prediction, target, *, alpha, scale=1.0):
    r"""Derivative of Barron's general loss with respect to the prediction.

    .. math::

        \frac{\partial \rho}{\partial\, \text{prediction}} = \frac{x}{\text{scale}}
        \left(\frac{x^2}{\lvert \alpha - 2 \rvert} + 1\right)^{\alpha/2 - 1},
        \qquad x = \frac{\text{prediction} - \text{target}}{\text{scale}}

    with the limits x/scale at α = 2 and x exp(∓½x²)/scale at α = ∓∞.

    Parameters
    ----------
    prediction, target : array_like
        Real numbers of equal shape, in the unit of the target.
    alpha : float
        The shape, any number or ±∞.
    scale : float, default 1.0
        The width of the quadratic bowl, positive, in the unit of the target.

    Returns
    -------
    ndarray or scalar
        One derivative a pair, of the same shape, in one over the unit of the target. For an infinite
        residual: infinite for α > 1, ±1/scale for α = 1, 0 for α < 1.

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes differ, `alpha` is NaN, or `scale` is not positive and finite.

    Examples
    --------
    >>> barron_grad([-1.0, 0.0, 2.0], [0.0, 0.0, 0.0], alpha=0)
    array([-0.66666667,  0.        ,  0.66666667])
    """
    alpha = real_number(alpha, name="alpha")
    r = residual(prediction, target)
    scale = positive_number(scale, name="scale", dtype=r.dtype)
    bend = abs(alpha - 2)

    def slope(r):
        # Divided at once, so that x, where it is subnormal, costs no digits.
        square = scale * scale
        line = r / square if np.finfo(np.float64).tiny < square < math.inf else r / scale / scale
        if alpha == 2:
            return line
        # The power is exp(±½q), which far out would lose digits. Its root underflows later than it does.
        x = r / scale
        q = _log_bowl(x, bend)
        root = np.exp(math.copysign(0.25, alpha - 2) * q)
        near = np.where(root == 0, 0, line * root * root)
        if math.isinf(alpha):
            return near
        return np.where((q > 3) & (x * x > bend), _far_slope(x, alpha, bend, scale), near)

    return map_numbers(slope, r, dtype=r.dtype)


def _far_slope(x, alpha, bend, scale):
    """Return x hᵅ⁻²/scale with h = √(x²/|α − 2| + 1), for x that are not small."""
    width = math.sqrt(bend)
    length = np.hypot(width, x)
    share = np.where(np.isinf(length), np.sign(x), x / length)
    # α − 2 would be rounded for α < 1, and so would α − 1 for α < ½. A power may overflow or underflow where
    # its product with the other factors does not: then its root is taken, and multiplied twice.
    if alpha < 0.5:
        root = (length / width) ** (alpha / 2)
        # Once divided by the scale it is about 1 over the residual, and each factor leads on to the slope.
        return np.where(np.isinf(length), 0, share / length / scale * root * bend * root)
    if alpha <= 1:
        return width * share * (length / width) ** (alpha - 1) / scale
    if bend > 1:
        root = (length / width) ** (alpha / 2 - 1)
        return x * root / scale * root
    # The ratio might overflow.
    root = length ** ((alpha - 1) / 2)
    return share * (root * width ** (2 - alpha) / scale * root)


def _log_bowl(x, bend):
    """Return bend · log(1 + x²/bend), accurate at every size of x; its limit x² where bend is infinite."""
    square = x * x
    if math.isinf(bend):
        return square
    ratio = square / bend
    q = np.where(np.isinf(ratio), 2 * bend * np.log(abs(x) / math.sqrt(bend)), bend * np.log1p(ratio))
    return np.where(ratio < 1e-16, square, q)
