"""The Kullback–Leibler divergence between two Gaussians, in closed form."""

import numpy as np

from lossbook._legacy_checks import (
    as_real_array,
    check_equal_shapes,
    check_finite,
    cholesky_factor,
)


@np.errstate(all="ignore")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    r"""Kullback–Leibler divergence between two Gaussians, D(p‖q).

    .. math:: D(p \Vert q) = \tfrac12 \left(
        \operatorname{tr}(\Sigma_q^{-1} \Sigma_p) - d - \log\frac{\det \Sigma_p}{\det \Sigma_q}
        + (\mu_q - \mu_p)^\mathsf{T} \Sigma_q^{-1} (\mu_q - \mu_p) \right)

    Parameters
    ----------
    mean_p, mean_q : array_like
        The means: two finite numbers, or two vectors of shape (d,), d ≥ 1.
    cov_p, cov_q : array_like
        For numbers, the variances (not the standard deviations), positive and finite. For vectors, the
        covariance matrices of shape (d, d), symmetric and positive definite.

    Returns
    -------
    scalar
        The divergence in nats, in [0, ∞].

    Raises
    ------
    TypeError
        If an argument holds anything but real numbers.
    ValueError
        If the shapes do not belong together, a number is NaN or infinite, a variance is not positive, or a
        matrix is not symmetric and positive definite.

    Notes
    -----
    Convex in the mean of either; 0 only for equal Gaussians; not symmetric, except where the covariances are
    equal. It does not change when both are carried along by one invertible affine map. In torch:
    ``torch.distributions.kl_divergence(p, q)`` of two ``MultivariateNormal`` or of two ``Normal``, which
    takes standard deviations.

    References
    ----------
    Kullback and Leibler (1951), doi 10.1214/aoms/1177729694

    Examples
    --------
    >>> float(gaussian_kl(0.0, 1.0, 2.0, 1.0))
    2.0
    >>> float(gaussian_kl([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]], [0.0, 2.0], [[1.0, 0.0], [0.0, 4.0]]))
    0.8181471805599453
    """
    mean_p, mean_q = as_real_array(mean_p, name="mean_p"), as_real_array(mean_q, name="mean_q")
    check_equal_shapes(mean_p, mean_q, names=("mean_p", "mean_q"))
    if mean_p.ndim > 1 or mean_p.size == 0:
        raise ValueError(f"mean_p must be a number or a vector of shape (d,); got shape {mean_p.shape}")
    check_finite(mean_p, name="mean_p")
    check_finite(mean_q, name="mean_q")
    cov_p, cov_q = as_real_array(cov_p, name="cov_p"), as_real_array(cov_q, name="cov_q")
    root_p, root_q = (_root(cov, name, mean_p) for cov, name in [(cov_p, "cov_p"), (cov_q, "cov_q")])
    dtype = np.result_type(mean_p, mean_q, cov_p, cov_q)
    # Seen in q's own units, q is a standard Gaussian and p has the standard deviations s: the singular
    # values.
    s = np.linalg.svd(np.linalg.solve(root_q, root_p), compute_uv=False)
    shift = np.linalg.solve(root_q, np.atleast_1d(mean_q - mean_p).astype(np.float64))
    return (0.5 * (_excess_of_square(s).sum() + (shift * shift).sum())).astype(dtype)[()]


def _root(cov, name, mean):
    """Return the Cholesky factor of a checked covariance matrix; of a variance, its root as a 1×1 matrix."""
    if mean.ndim == 1:
        return cholesky_factor(cov, name=name, dimension=mean.size)
    if cov.shape != ():
        raise ValueError(f"{name} must be a number, as the mean is; got shape {cov.shape}")
    if not 0 < cov < np.inf:
        raise ValueError(f"{name} must be a positive finite variance; got {cov:g}")
    return np.sqrt(cov.astype(np.float64)).reshape(1, 1)


def _excess_of_square(s):
    """Return s² − 1 − log s² for s > 0, not negative."""
    x = (s - 1) * (s + 1)
    # The series ½x² − x³/3 + x⁴/4 − … of x − log(1 + x) does not cancel where x is small.
    series = np.full_like(x, 1 / 10)
    for k in range(9, 1, -1):
        series = series * -x + 1 / k
    return np.where(abs(x) < 0.01, x * x * series, x - 2 * np.log(s))
