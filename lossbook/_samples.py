"""The one check of a regression's data: predictors and a response, paired."""

import numpy as np

from lossbook._checks import as_real_array, check_finite


def paired_sample(x, y):
    """Return predictors of shape (n, d) and a response of shape (n,), both float64 and finite.

    Raises
    ------
    TypeError
        If either holds anything but real numbers.
    ValueError
        If x is not of shape (n,) or (n, d), y not of shape (n,) with n > 0, or a number is not finite.
    """
    # Sums and products run in memory's order: in one order they round alike, however the columns lie.
    x = as_real_array(x, name="x").astype(np.float64, order="C")
    y = as_real_array(y, name="y").astype(np.float64)
    if x.ndim not in (1, 2):
        raise ValueError(f"x must have shape (n,) or (n, d); got {x.shape}")
    if y.shape != x.shape[:1] or not len(y):
        raise ValueError(
            f"y must have shape (n,) for x of shape (n, ...), n > 0; got {y.shape} and {x.shape}"
        )
    check_finite(x, name="x")
    check_finite(y, name="y")
    return (x if x.ndim == 2 else x[:, np.newaxis]), y
