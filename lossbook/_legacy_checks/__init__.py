"""The one place where arguments are checked and errors are worded.

Each message says what was required and what came. The checks never repair data: they convert what is
exact (lists to arrays, integers to float64) and refuse the rest.
"""

from lossbook._legacy_checks._arrays import (
    as_array,
    as_real_array,
    axis_index,
    check_equal_shapes,
    check_finite,
    residual,
    vector_pair,
)
from lossbook._legacy_checks._distributions import as_logits, as_probabilities, cholesky_factor, probability_pair
from lossbook._legacy_checks._numbers import check_option, fraction, positive_integer, positive_number, real_number

__all__ = [
    "as_array",
    "as_logits",
    "as_probabilities",
    "as_real_array",
    "axis_index",
    "check_equal_shapes",
    "check_finite",
    "check_option",
    "cholesky_factor",
    "fraction",
    "positive_integer",
    "positive_number",
    "probability_pair",
    "real_number",
    "residual",
    "vector_pair",
]
