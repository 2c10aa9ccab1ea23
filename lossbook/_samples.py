"""The one check of a regression's data: predictors and a response, paired."""

import numpy as np

from lossbook._legacy_checks import as_real_array, check_finite

# Beyond these sizes squares and their sums, or slopes, would overflow or vanish.
LARGEST, SMALLEST = 1e150, 1e-150


def paired_sample(x, y):
    """Return predictors of shape (n, d) and a response of shape (n,), both float64 and finite.

    They are the arguments themselves where these are float64 already: not to be written to.

    Raises
    ------
    TypeError
        If either holds anything but real numbers.
    ValueError
        If x is not of shape (n,) or (n, d), y not of shape (n,) with n > 0, a number is not finite or above
        1e150 in size, or a column of x holds nothing but zeros and numbers below 1e-150 in size.
    """
    # Sums and products run in memory's order: in one order they round alike, however the columns lie.
    x = as_real_array(x, name="x").astype(np.float64, order="C", copy=False)
    y = as_real_array(y, name="y").astype(np.float64, order="C", copy=False)
    if x.ndim not in (1, 2):
        raise ValueError(f"x must have shape (n,) or (n, d); got {x.shape}")
    if y.shape != x.shape[:1] or not len(y):
        raise ValueError(
            f"y must have shape (n,) for x of shape (n, ...), n > 0; got {y.shape} and {x.shape}"
        )
    for array, name in ((x, "x"), (y, "y")):
        check_finite(array, name=name)
        largest = max(np.max(array, initial=0), -np.min(array, initial=0))
        if largest > LARGEST:
            raise ValueError(f"{name} must be at most {LARGEST:g} in size, to be squared; got {largest:g}")
    x = x if x.ndim == 2 else x[:, np.newaxis]
    # Only where the first number is small can all of the column be.
    for column in np.flatnonzero(np.abs(x[0]) < SMALLEST):
        size = np.max(np.abs(x[:, column]))
        if 0 < size < SMALLEST:
            raise ValueError(
                f"x must have columns of zeros or of at least {SMALLEST:g} in size; got {size:g} in "
                f"column {column}"
            )
    return x, y
