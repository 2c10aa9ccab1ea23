"""What holds for every function: types, axes, layout in memory, NaN, numbers of any size."""

import contextlib

import numpy as np
import pytest

from tests.arguments import FUNCTIONS, call, good, parameters

# Solvers and estimates from samples work in float64 throughout.
IN_FLOAT64 = {"objectives.ridge", "objectives.lasso", "distances.mutual_information_knn"}
IN_FLOAT64 |= {name for name in FUNCTIONS if name.startswith("optimizers.")}
NUMERIC = [name for name in FUNCTIONS if not name.startswith("distances.jaccard")]


def arrays(name):
    """Return the good arguments that are arrays of floats."""
    return {k: v for k, v in good(name).items() if isinstance(v, np.ndarray) and v.dtype.kind == "f"}


# ---- All functions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NUMERIC)
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_a_floating_point_type_is_kept(name, dtype):
    short = {key: value.astype(dtype) for key, value in arrays(name).items()}
    result, expected = call(name, **{**good(name), **short}), call(name, **good(name))
    assert result.dtype == (np.float64 if name in IN_FLOAT64 or not short else dtype)
    assert np.shape(result) == np.shape(expected)
    tolerance = {np.float16: 2e-2, np.float32: 1e-4}[dtype]
    np.testing.assert_allclose(result, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", NUMERIC)
def test_lists_and_whole_numbers_become_float64(name):
    lists = {key: value.tolist() for key, value in arrays(name).items()}
    result = call(name, **{**good(name), **lists})
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, call(name, **good(name)))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_arguments_are_left_alone_and_the_result_is_no_view_of_them(name):
    arguments, before = good(name), good(name)
    result = call(name, **arguments)
    if isinstance(result, np.ndarray) and result.flags.writeable:
        result[...] = 0
    for key, value in before.items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(arguments[key], value)


LAYOUTS = {
    "fortran": np.asfortranarray,
    "strided": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "read-only": lambda a: np.frombuffer(a.tobytes(), a.dtype).reshape(a.shape),
    "other byte order": lambda a: a.astype(a.dtype.newbyteorder()),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layout_in_memory_does_not_matter(name, layout):
    changed = {k: LAYOUTS[layout](v) if isinstance(v, np.ndarray) else v for k, v in good(name).items()}
    result = call(name, **changed)
    np.testing.assert_allclose(result, call(name, **good(name)), rtol=1e-12)
    assert np.asarray(result).dtype.isnative


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if "axis" in parameters(name)])
def test_an_axis_is_the_last_one_moved(name):
    three = {
        k: np.stack([v, v[::-1]]) for k, v in good(name).items() if isinstance(v, np.ndarray) and k != "cov"
    }
    last = call(name, **{**good(name), **three})
    for axis in (0, 1, -2):
        moved = {key: np.moveaxis(value, -1, axis) for key, value in three.items()}
        result = call(name, **{**good(name), **moved, "axis": axis})
        same_shape = last.shape == next(iter(three.values())).shape
        np.testing.assert_allclose(np.moveaxis(result, axis, -1) if same_shape else result, last, rtol=1e-14)


TAKE_NAN = {"real", "logits", "vectors", "directions", "features", "picture", "pictures"}
MEASURED = {*TAKE_NAN, "finite picture", "codes", "rows", "losses"}

# Of these the first row of an argument makes the first row of the result, and no other.
BY_ROW = [
    name
    for name in FUNCTIONS
    if np.ndim(call(name, **good(name))) and call(name, **good(name)).shape[0] == 2
    if not name.startswith(("objectives.", "optimizers."))
    and name not in ("distances.pairwise", "images.denoise_tv")
]


@pytest.mark.parametrize("name", BY_ROW)
def test_each_row_stands_alone_and_nan_stays_in_its_row(name):
    whole = call(name, **good(name))
    shared = ("cov", "class_weights", "support", "keys")
    rows = {k: v for k, v in good(name).items() if isinstance(v, np.ndarray) and k not in shared}
    if "keys" not in parameters(name):
        alone = call(name, **{**good(name), **{key: value[0] for key, value in rows.items()}})
        np.testing.assert_allclose(alone, whole[0], rtol=1e-13)
    takes_nan = {k for k, role in parameters(name).items() if role in TAKE_NAN}
    for key in takes_nan & rows.keys():
        spoilt = rows[key].copy()
        spoilt[0].flat[0] = np.nan
        result = call(name, **{**good(name), key: spoilt})
        assert np.isnan(result[0]).any()
        np.testing.assert_allclose(result[1], whole[1], rtol=1e-13)


@pytest.mark.parametrize("size", [0.0, 1e-200, 1e-100, 1e100])
@pytest.mark.parametrize("name", [n for n in FUNCTIONS if MEASURED & set(parameters(n).values())])
def test_numbers_of_any_size_raise_no_warning_and_make_no_nan(name, size):
    measured = [key for key, role in parameters(name).items() if role in MEASURED]
    for keys in (measured, *([key] for key in measured)):
        arguments = good(name)
        for key in keys:
            arguments[key] = size * (arguments[key] / abs(arguments[key]).max())
        # A zero vector has no direction, a constant sample no correlation: these are refused.
        with contextlib.suppress(ValueError):
            assert not np.isnan(call(name, **arguments)).any(), keys
