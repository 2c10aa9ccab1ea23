"""Rows for `lossbook.images`: pictures and feature maps."""

import math

import numpy as np
from arguments import array, changed, equal_shapes, integer, not_negative, option, positive
from kinds import Case, Gives, Refused, Row, Spoils, first

from lossbook import images

INF = math.inf
RNG = np.random.default_rng(3)
FEATURES, TARGET = RNG.normal(size=(2, 3, 4, 5)), RNG.normal(size=(2, 3, 4, 5))
PICTURES, OTHERS = RNG.uniform(size=(2, 12, 13)), RNG.uniform(size=(2, 12, 13))
PAIR = ("x", "y")
TOGETHER = "tried with both arrays together"


def feature_map(good, spoilt, *, partner=False):
    """Return feature maps (..., C, H, W)."""

    def refused(value):
        return value, Refused(
            ValueError, "must have shape (..., C, H, W), none of them 0", str(np.shape(value))
        )

    argument = array(
        good,
        nan=spoilt,
        plus=spoilt,
        minus=spoilt,
        axes=[refused(1.0), refused(good[0, 0]), refused(good[0, 0, 0])],
        empty=[refused(np.zeros((3, 4, 0))), refused(np.zeros((0, 4, 5))), refused(np.zeros((0, 3, 4, 5)))],
    )
    if not partner:
        return argument

    def unequal(value):
        required = "must agree in all but H and W"
        return value, Refused(ValueError, required, str(value.shape), ("features", "target_features"))

    return argument.but(
        unequal_shape=[unequal(good[:, 1:]), unequal(np.concatenate([good, good])), unequal(good[0])],
        broadcastable_shape=[unequal(good[:1]), unequal(good[:, :1]), unequal(good[np.newaxis])],
    )


NORMALIZATION = option("hw", "chw", "hw", none=True)
# What is not finite in the first channel spoils the products with it: a row and a column of the first matrix.
SPOILT = np.zeros((2, 3, 3), bool)
SPOILT[0, 0, :] = SPOILT[0, :, 0] = True
GRAM = Row(
    images.gram_matrix,
    {"features": feature_map(FEATURES, Spoils(SPOILT)), "normalization": NORMALIZATION},
)


def gram_row(function):
    """Return the row of the Gram loss or its gradient."""
    return Row(
        function,
        {
            "features": feature_map(FEATURES, Spoils((0,)), partner=True),
            "target_features": feature_map(TARGET, Spoils((0,)), partner=True),
            "normalization": NORMALIZATION,
        },
    )


def picture(good, nan, infinite):
    """Return pictures (..., H, W)."""

    def refused(value):
        return value, Refused(ValueError, "must have shape (..., H, W), none of them 0", str(np.shape(value)))

    return array(
        good,
        nan=nan,
        plus=infinite,
        minus=infinite,
        axes=[refused(1.0), refused(good[0, 0]), (good[0], Gives(lambda result: result[0]))],
        empty=[refused(np.zeros((4, 0))), refused(np.zeros((0, 4))), refused(np.zeros((0, 4, 4)))],
    )


KIND = option("anisotropic", "isotropic", "anisotropic")


def pair_row(function, at_infinity):
    """Return the row of a likeness of two pictures."""

    def refused(shape):
        case = dict.fromkeys(PAIR, np.ones(shape))
        return Case(case, Refused(ValueError, "must have shape (..., H, W), none of them 0", str(shape)), "x")

    small = Refused(ValueError, "at least 11 rows and columns", "shape (10, 40)", PAIR)
    x, y = (
        array(
            good,
            partner=equal_shapes(*PAIR),
            nan=first(math.nan),
            plus=first(at_infinity),
            minus=first(at_infinity),
            axes=TOGETHER,
            empty=TOGETHER,
        )
        for good in (PICTURES, OTHERS)
    )
    case = Case(dict.fromkeys(PAIR, np.ones((10, 40))), small, "x")
    return Row(
        function,
        {"x": x, "y": y, "data_range": positive(2.0)},
        joint={
            "wrong number of axes": [refused(()), refused((12,))],
            "empty": [refused((12, 0)), refused((0, 12, 12)), *([case] if function is images.ssim else [])],
        },
    )


def not_finite(came):
    """Return the outcome of a picture that is not finite."""
    return Refused(ValueError, "must be finite", f"{came} at index (0, 0, 0)")


NOISY = PICTURES[:, :4, :5]

ROWS = [
    GRAM,
    gram_row(images.gram_loss),
    gram_row(images.gram_loss_grad),
    Row(
        images.total_variation,
        {"image": picture(PICTURES, first(math.nan), first(INF)), "kind": KIND, "beta": positive(1.5)},
    ),
    Row(
        images.total_variation_grad,
        {
            "image": picture(PICTURES, Spoils((0,)), Spoils((0,))),
            "kind": KIND,
            "beta": positive(1.5),
            "epsilon": not_negative(0.25),
        },
    ),
    Row(
        images.denoise_tv,
        {
            "image": picture(NOISY, not_finite("nan"), not_finite("inf")).but(
                minus_inf=[(changed(NOISY, (0, 0, 0), -INF), not_finite("-inf"))],
                wrong_number_of_axes=[
                    (NOISY[0, 0], Refused(ValueError, "must have shape (..., H, W)", "(5,)")),
                    (1.0, Refused(ValueError, "must have shape (..., H, W)", "()")),
                ],
            ),
            "weight": positive(0.25),
            "tolerance": positive(1e-3),
            "max_iterations": integer(50),
        },
        numbers=lambda result: result[0],
    ),
    pair_row(images.psnr, -INF),
    pair_row(images.ssim, math.nan),
]
