"""The one place where arguments are checked and errors are worded.

Each message says what was required and what came. The checks never repair data: they convert what is exact
(lists to arrays, integers to float64) and refuse the rest, with TypeError for the wrong kind of thing and
ValueError for a wrong value or shape.
"""

import functools
import math
import numbers
import sys
import types

import numpy as np

# What counts as an integer for Python or NumPy, but stands for something else.
NOT_NUMBERS = (bool, np.bool_, np.timedelta64)


def keep_float16(module):
    """Let public functions compute float16 arguments in float32, and round the result once, at the end.

    `module` holds the names of a module, whose functions are all defined.
    """
    for name in module["__all__"]:
        if isinstance(module[name], types.FunctionType):
            module[name] = rounding_float16(module[name])


def rounding_float16(function):
    """Return a function whose float32 result for float16 arguments is rounded to float16."""

    @functools.wraps(function)
    def rounding(*arguments, **named):
        result = function(*arguments, **named)
        given = [getattr(value, "dtype", None) for value in (*arguments, *named.values())]
        if np.float16 in given and np.float32 not in given and getattr(result, "dtype", None) == np.float32:
            with np.errstate(over="ignore"):
                return result.astype(np.float16)
        return result

    return rounding


# ---- Arrays ------------------------------------------------------------------------------------------------


def as_array(value, name, requirement):
    """Return `value` as an array of anything; nothing masked, no ragged lists."""
    # Only who has loaded this module has a masked array; NumPy would bring to light what is behind the mask.
    masked = sys.modules.get("numpy.ma")
    if masked is not None and masked.is_masked(value):
        raise TypeError(f"{name} must be {requirement}; got a masked array: leave out what is masked")
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be {requirement}; got nested lists of unequal lengths") from None


def real_array(value, name):
    """Return `value` as an array of floats: integers become float64, float16 float32, other floats stay."""
    array = as_array(value, name, "an array of real numbers")
    if array.dtype.kind in "iu":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"{name} must be an array of real numbers; got dtype {array.dtype}")
    if array.dtype == np.float16:
        return array.astype(np.float32)
    # Arrays from files may have the other byte order, which no result shall have.
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def real_arrays(**arrays):
    """Return arrays of floats, all of one type, after checking that their shapes are equal."""
    found = {name: real_array(value, name) for name, value in arrays.items()}
    check_equal_shapes(**found)
    dtype = np.result_type(*found.values())
    return [array.astype(dtype, copy=False) for array in found.values()]


def check_equal_shapes(**arrays):
    """Raise ValueError unless all have the shape of the first."""
    (first, wanted), *others = arrays.items()
    for name, array in others:
        if array.shape != wanted.shape:
            raise ValueError(
                f"{first} and {name} must have equal shapes; got {wanted.shape} and {array.shape}"
            )


def residual(prediction, target):
    """Return prediction − target: infinite where it overflows, NaN for inf − inf."""
    prediction, target = real_arrays(prediction=prediction, target=target)
    with np.errstate(over="ignore", invalid="ignore"):
        return prediction - target


def axis_index(axis, array, name):
    """Return `axis` as an index from 0 on into the shape of `array`."""
    if array.ndim == 0:
        raise ValueError(f"{name} must have at least one axis; got shape ()")
    requirement = f"an integer from {-array.ndim} to {array.ndim - 1} for {name} of shape {array.shape}"
    if isinstance(axis, NOT_NUMBERS) or not isinstance(axis, numbers.Integral):
        raise TypeError(f"axis must be {requirement}; got {show(axis)}")
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(f"axis must be {requirement}; got {axis}")
    return int(axis) % array.ndim


def vectors(axis=-1, **arrays):
    """Return arrays of equal shape and type, the vectors along the last axis."""
    found = real_arrays(**arrays)
    axis = axis_index(axis, found[0], next(iter(arrays)))
    return [np.moveaxis(array, axis, -1) for array in found]


def check_finite(array, name):
    """Raise ValueError unless every element is finite; the message names the first that is not."""
    finite = np.isfinite(array)
    if not finite.all():
        index = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(f"{name} must be finite; got {array[index]} at index {index}")


# ---- What arrays hold --------------------------------------------------------------------------------------


def logits(axis=-1, **arrays):
    """Return logits of equal shape and type, classes last: at least one, none +∞ and not all −∞."""
    found = vectors(axis, **arrays)
    for (name, given), array in zip(arrays.items(), found, strict=True):
        if array.shape[-1] == 0:
            shape = np.shape(given)
            raise ValueError(
                f"{name} must have at least one entry along axis {axis % len(shape)}; got shape {shape}"
            )
        top = array.max(-1)
        if (top == np.inf).any():
            raise ValueError(f"{name} must be below inf; got inf")
        if (top == -np.inf).any():
            raise ValueError(f"{name} must have an entry above -inf in each vector; got one with -inf only")
    return found


def probabilities(axis=-1, **arrays):
    """Return probability vectors of equal shape and type, classes last.

    Each is at least 0 and sums to 1: within 1e-6, within 1e-4 for float32, within 1e-2 for float16.
    """
    found = vectors(axis, **arrays)
    for (name, given), array in zip(arrays.items(), found, strict=True):
        # One comparison finds negative numbers and NaN.
        if not (array.min(initial=0) >= 0):
            raise ValueError(f"{name} must hold probabilities, at least 0; got {array[~(array >= 0)][0]:g}")
        tolerance = {2: 1e-2, 4: 1e-4}.get(np.asarray(given).dtype.itemsize, 1e-6)
        with np.errstate(over="ignore"):
            total = array.sum(-1, dtype=np.float64)
        off = ~(abs(total - 1) <= tolerance)
        if off.any():
            raise ValueError(f"{name} must sum to 1 along its axis; got a sum of {total[off][0]:.9g}")
    return found


def labels(value, scores, name="labels"):
    """Return class labels: integers from 0 to K − 1, one for each vector of K `scores`."""
    array = as_array(value, name, "integers")
    if array.shape != scores.shape[:-1]:
        raise ValueError(
            f"{name} must have shape {scores.shape[:-1]}, one label for each vector of classes; "
            f"got shape {array.shape}"
        )
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"{name} must be integers; got dtype {array.dtype}")
    classes = scores.shape[-1]
    wrong = (array < 0) | (array >= classes)
    if wrong.any():
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{name} must be from 0 to {classes - 1}; got {array[index]} at index {index}")
    return array.astype(np.intp)


def covariance_root(cov, dimension, name="cov"):
    """Return the lower triangular L, float64, with L Lᵀ = cov, for a symmetric positive definite matrix.

    cov[i, j] and cov[j, i] may differ by rounding: 1e-10 (1e-4 for types shorter than float64) of the root of
    cov[i, i] cov[j, j]. Definite is a matrix whose least eigenvalue, once its diagonal is scaled to 1, stands
    out from rounding: above d·eps times the largest. Of that alone a Cholesky factor is no proof.
    """
    cov = real_array(cov, name)
    if cov.shape != (dimension, dimension):
        raise ValueError(f"{name} must have shape {(dimension, dimension)}; got {cov.shape}")
    check_finite(cov, name)
    eps, tolerance = np.finfo(cov.dtype).eps, 1e-10 if cov.dtype.itemsize >= 8 else 1e-4
    cov = cov.astype(np.float64)
    size = np.sqrt(abs(np.diagonal(cov)))
    asymmetric = abs(cov - cov.T) > tolerance * np.outer(size, size)
    if asymmetric.any():
        i, j = (int(k) for k in np.argwhere(asymmetric)[0])
        raise ValueError(
            f"{name} must be symmetric; got {cov[i, j]:g} at ({i}, {j}) and {cov[j, i]:g} at ({j}, {i})"
        )
    if (np.diagonal(cov) > 0).all():
        scaled = cov / size / size[:, np.newaxis]
        eigenvalues = np.linalg.eigvalsh(scaled)
        if eigenvalues[0] > dimension * eps * eigenvalues[-1]:
            return np.linalg.cholesky(cov)
    least = np.linalg.eigvalsh(cov)[0]
    raise ValueError(f"{name} must be positive definite; got a matrix with least eigenvalue {least:.3g}")


def mixture(ps, weights):
    """Return n > 0 probability vectors, the rows of a table, and their n weights: by default all 1/n."""
    (ps,) = probabilities(ps=ps)
    if ps.ndim != 2 or len(ps) == 0:
        raise ValueError(f"ps must have shape (n, K) with n at least 1; got {ps.shape}")
    if weights is None:
        return ps, np.ones(len(ps), ps.dtype) / len(ps)
    (weights,) = probabilities(weights=weights)
    if weights.shape != ps.shape[:1]:
        raise ValueError(f"weights must have shape {ps.shape[:1]}; got {weights.shape}")
    return ps, weights


def places(support, classes):
    """Return the places of the classes on the line, finite and increasing."""
    x = real_array(support, "support")
    if x.shape != (classes,):
        raise ValueError(f"support must have shape {(classes,)}, one place a class; got {x.shape}")
    check_finite(x, "support")
    falls = x[1:] <= x[:-1]
    if falls.any():
        at = int(falls.argmax())
        raise ValueError(f"support must be increasing; got {x[at]:g} before {x[at + 1]:g} at index {at}")
    return x


def gaussians(mean_p, cov_p, mean_q, cov_q):
    """Return mean and lower triangular root of the covariance of two Gaussians, float64, and a result's type.

    A number becomes a vector of one element, a variance a matrix.
    """
    means = real_arrays(mean_p=mean_p, mean_q=mean_q)
    dimension, shape = means[0].size, means[0].shape
    if means[0].ndim > 1 or dimension == 0:
        raise ValueError(f"mean_p must be a number or a vector of shape (d,); got shape {shape}")
    check_finite(means[0], "mean_p")
    check_finite(means[1], "mean_q")
    covs = {"cov_p": real_array(cov_p, "cov_p"), "cov_q": real_array(cov_q, "cov_q")}
    dtype = np.result_type(*means, *covs.values())
    for name, cov in covs.items():
        if shape == () and cov.shape != ():
            raise ValueError(f"{name} must be a number, as the mean is; got shape {cov.shape}")
        if shape == () and not 0 < cov < math.inf:
            raise ValueError(f"{name} must be a positive finite variance; got {cov:g}")
        covs[name] = covariance_root(cov if shape else cov.reshape(1, 1), dimension, name)
    mean_p, mean_q = (np.atleast_1d(mean).astype(np.float64) for mean in means)
    return mean_p, covs["cov_p"], mean_q, covs["cov_q"], dtype


def targets(value, logits):
    """Return labels, one for each vector of logits, or probability vectors of the shape of the logits."""
    array = as_array(value, "target", "an array of labels or probabilities")
    if array.shape == logits.shape[:-1]:
        return labels(array, logits, "target")
    array = real_array(array, "target")
    if array.shape != logits.shape:
        raise ValueError(
            f"target must have shape {logits.shape[:-1]} (labels) or {logits.shape} (probabilities); "
            f"got {array.shape}"
        )
    return probabilities(target=value)[0]


def class_weights(value, classes):
    """Return one weight for each class: finite, at least 0."""
    weights = real_array(value, "class_weights")
    if weights.shape != (classes,):
        raise ValueError(f"class_weights must have shape {(classes,)}; got {weights.shape}")
    wrong = ~((weights >= 0) & (weights < math.inf))
    if wrong.any():
        raise ValueError(f"class_weights must be finite and at least 0; got {weights[wrong][0]:g}")
    return weights


def answers(logits, target):
    """Return logits and targets of equal shape from 0 to 1; integers leave the type of the logits."""
    a, t = real_arrays(logits=logits, target=target)
    # NaN fails both comparisons.
    wrong = ~((t >= 0) & (t <= 1))
    if wrong.any():
        raise ValueError(f"target must be from 0 to 1; got {t[wrong].flat[0]:g}")
    if np.asarray(target).dtype.kind in "iu":
        a = real_array(logits, "logits")
    return a, t.astype(a.dtype, copy=False)


def directions(axis=-1, **arrays):
    """Return vectors along the last axis, of equal shape and type, none of them zero."""
    found = vectors(axis, **arrays)
    for name, array in zip(arrays, found, strict=True):
        if (zero := ~array.any(-1)).any():
            raise ValueError(
                f"{name} must have no zero vector, which has no direction; got one{first_index(zero)}"
            )
    return found


def varying(axis=-1, **arrays):
    """Return vectors along the last axis, of equal shape and type, none of them constant."""
    found = vectors(axis, **arrays)
    for name, array in zip(arrays, found, strict=True):
        if array.shape[-1] < 2:
            raise ValueError(f"{name} must have at least two elements along the axis; got {array.shape[-1]}")
        if (constant := (array == array[..., :1]).all(-1)).any():
            raise ValueError(f"{name} must vary along the axis; got a constant vector{first_index(constant)}")
    return found


def first_index(mask):
    """Return words that say where the first True is; none for a single one."""
    index = tuple(int(i) for i in np.argwhere(mask)[0])
    return f" at index {index}" if index else ""


def table_of_directions(least=1, **arrays):
    """Return vectors of shape (n, d), n at least 1 or 2, of equal shape and type, none of them zero."""
    found = real_arrays(**arrays)
    if found[0].ndim != 2 or len(found[0]) < least:
        raise ValueError(
            f"{' and '.join(arrays)} must have shape (n, d) with n > {least - 1}; got {found[0].shape}"
        )
    return directions(**arrays)


def signs(value, pairs):
    """Return the signs of pairs of vectors, all 1 or −1, in the type of the vectors."""
    found = real_array(value, "signs")
    if found.shape != pairs.shape[:-1]:
        raise ValueError(f"signs must have shape {pairs.shape[:-1]}, one for each pair; got {found.shape}")
    wrong = abs(found) != 1
    if wrong.any():
        raise ValueError(f"signs must be 1 or -1; got {found[wrong].flat[0]:g}")
    return found.astype(pairs.dtype)


# ---- Sequences, sets, tables -------------------------------------------------------------------------------


def sequences(x, y, axis):
    """Return codes of one kind, their places last, and the type of shares of them.

    Codes are numbers, booleans or strings. Integers stay what they are: in float64 2⁵³ and 2⁵³ + 1 are equal.
    """
    arrays, kinds = [], []
    for value, name in ((x, "x"), (y, "y")):
        array = as_array(value, name, "an array of real numbers")
        kinds.append({"b": "booleans", "U": "strings"}.get(array.dtype.kind, "numbers"))
        exact = kinds[-1] != "numbers" or array.dtype.kind in "iu"
        arrays.append(array if exact else real_array(array, name))
    if kinds[0] != kinds[1]:
        raise TypeError(f"x and y must hold the same kind of things; got {kinds[0]} and {kinds[1]}")
    check_equal_shapes(x=arrays[0], y=arrays[1])
    axis = axis_index(axis, arrays[0], "x")
    if arrays[0].shape[axis] == 0:
        raise ValueError(f"x must have at least one place along the axis; got shape {arrays[0].shape}")
    dtype = np.result_type(*arrays)
    dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)
    return *(np.moveaxis(array, axis, -1) for array in arrays), dtype


def booleans(value, name):
    """Return `value` as an array of booleans; raise TypeError if it holds anything else."""
    try:
        array = as_array(value, name, "an array of booleans")
    except ValueError as error:
        raise TypeError(str(error)) from None
    if array.dtype != np.bool_:
        raise TypeError(f"{name} must be an array of booleans or a set; got dtype {array.dtype}")
    return array


def sets(a, b, axis):
    """Return booleans of equal shape that say which things, along the last axis, are in each set."""
    are_sets = [isinstance(value, (set, frozenset)) for value in (a, b)]
    if all(are_sets):
        things = a | b
        return (np.array([thing in value for thing in things], bool) for value in (a, b))
    if any(are_sets):
        came = f"{type(a).__name__} and {type(b).__name__}"
        raise TypeError(f"a and b must both be sets or both arrays of booleans; got {came}")
    a, b = booleans(a, "a"), booleans(b, "b")
    check_equal_shapes(a=a, b=b)
    axis = axis_index(axis, a, "a")
    return np.moveaxis(a, axis, -1), np.moveaxis(b, axis, -1)


def rows_and_columns(x, y):
    """Return two tables of anything with equally many columns."""
    x, y = as_array(x, "x", "an array of real numbers"), as_array(y, "y", "an array of real numbers")
    for array, name in ((x, "x"), (y, "y")):
        if array.ndim != 2:
            raise ValueError(f"{name} must have shape (rows, columns); got shape {array.shape}")
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"x and y must have equally many columns; got shapes {x.shape} and {y.shape}")
    return x, y


def joint_probabilities(joint):
    """Return a table of probabilities that sum to 1, without rows and columns of zeros: they add nothing."""
    p = real_array(joint, "joint")
    if p.ndim != 2:
        raise ValueError(f"joint must be a table of shape (r, c); got shape {p.shape}")
    # One sum over the table and not one a row is what sets this apart from probability vectors.
    probabilities(joint=np.asarray(joint).ravel())
    return p[p.any(1)][:, p.any(0)]


def paired_observations(x, y, k):
    """Return as many observations of each of two variables, finite float64 of shape (n, d), and k below n."""
    found = []
    for value, name in ((x, "x"), (y, "y")):
        array = real_array(value, name).astype(np.float64)
        array = array[:, np.newaxis] if array.ndim == 1 else array
        if array.ndim != 2 or array.shape[1] == 0:
            raise ValueError(f"{name} must have shape (n,) or (n, d) with d > 0; got {np.shape(value)}")
        check_finite(array, name)
        largest = abs(array).max(initial=0)
        if largest > 1e300:
            raise ValueError(f"{name} must be at most 1e+300 in size, for its distances; got {largest:g}")
        found.append(array)
    n, others = map(len, found)
    if n != others:
        raise ValueError(f"x and y must have equally many observations; got {n} and {others}")
    k = positive_integer(k, "k")
    if k >= n:
        raise ValueError(f"k must be below the number of observations, {n}; got {k}")
    return *found, k


def weighted(losses, weights):
    """Return losses and their weights, of equal shape and type: finite, not negative, not all 0."""
    losses, weights = real_arrays(losses=losses, weights=weights)
    least, largest = weights.min(), weights.max()
    if not (least >= 0 and largest < np.inf):
        wrong = weights[~((weights >= 0) & (weights < np.inf))]
        raise ValueError(f"weights must be finite and not negative; got {wrong[0]:g}")
    if largest == 0:
        raise ValueError("weights must not all be 0; got only zeros")
    return losses, weights


def sample(x, y):
    """Return predictors of shape (n, d) and a response of shape (n,), both float64, finite, n > 0."""
    x, y = real_array(x, "x").astype(np.float64), real_array(y, "y").astype(np.float64)
    if x.ndim not in (1, 2):
        raise ValueError(f"x must have shape (n,) or (n, d); got {x.shape}")
    if y.shape != x.shape[:1] or not len(y):
        raise ValueError(
            f"y must have shape (n,) for x of shape (n, ...), n > 0; got {y.shape} and {x.shape}"
        )
    for array, name in ((x, "x"), (y, "y")):
        check_finite(array, name)
        largest = abs(array).max(initial=0)
        if largest > 1e150:
            raise ValueError(f"{name} must be at most 1e+150 in size, to be squared; got {largest:g}")
    return x if x.ndim == 2 else x[:, np.newaxis], y


def pictures(window=1, **arrays):
    """Return pictures (..., H, W) of equal shape and type: no axis empty, none shorter than a window's."""
    found = real_arrays(**arrays)
    names, shape = " and ".join(arrays), found[0].shape
    if len(shape) < 2 or 0 in shape:
        raise ValueError(f"{names} must have shape (..., H, W), none of them 0; got {shape}")
    if min(shape[-2:]) < window:
        raise ValueError(
            f"{names} must have at least {window} rows and columns, the window's; got shape {shape}"
        )
    return found


def feature_maps(**arrays):
    """Return feature maps (..., C, H, W) as matrices (..., C, HW) of one type; H and W may differ."""
    found = [real_array(value, name) for name, value in arrays.items()]
    for name, array in zip(arrays, found, strict=True):
        if array.ndim < 3 or 0 in array.shape:
            raise ValueError(f"{name} must have shape (..., C, H, W), none of them 0; got {array.shape}")
    if len({array.shape[:-2] for array in found}) > 1:
        shapes = " and ".join(str(array.shape) for array in found)
        raise ValueError(f"{' and '.join(arrays)} must agree in all but H and W; got shapes {shapes}")
    dtype = np.result_type(*found)
    return [array.reshape(*array.shape[:-2], -1).astype(dtype, copy=False) for array in found]


# ---- Functions, and where they begin -----------------------------------------------------------------------


def starting_point(start):
    """Return the start as a finite float64 array of its own."""
    point = real_array(start, "start").astype(np.float64)
    check_finite(point, "start")
    return point


def ask(function, point, name, shape=()):
    """Call the reader's function; return its numbers as float64 after checking their shape.

    A point that is not finite it never sees: there the numbers are NaN.
    """
    if not np.isfinite(point).all():
        return np.full(shape, np.nan)
    # A copy: the path must not change if the function works in place.
    result = real_array(function(point.copy()), f"the result of {name}").astype(np.float64)
    if result.shape != shape:
        raise ValueError(f"{name} must return an array of shape {shape}; got {result.shape}")
    return result


def ask_first(function, point, name, shape=()):
    """Call what must be a function at the start, where its numbers must be finite."""
    if not callable(function):
        raise TypeError(f"{name} must be a function; got {type(function).__name__}")
    result = ask(function, point, name, shape)
    finite = np.isfinite(result)
    if not finite.all():
        raise ValueError(f"{name} must be finite at start; got {result[~finite].flat[0]}")
    return result


# ---- Hyperparameters ---------------------------------------------------------------------------------------


def number(value, name, requirement="a real number", low=-math.inf, high=math.inf, *, closed=False):
    """Return a Python float strictly between `low` and `high`, or with `closed` from `low` to `high`.

    A Python float never widens a float32 array. `requirement` words the range for the message.
    """
    if isinstance(value, NOT_NUMBERS) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be {requirement}; got {show(value)}")
    try:
        found = float(value)
    except OverflowError:
        raise ValueError(f"{name} must be {requirement}; got an integer too large for float64") from None
    # NaN fails both comparisons.
    if not (low <= found <= high if closed else low < found < high):
        raise ValueError(f"{name} must be {requirement}; got {found:g}")
    return found


def positive(value, name, dtype=np.float64):
    """Return a positive finite number as a float; it must neither vanish nor overflow in `dtype`."""
    found = number(value, name, "a positive finite number", 0)
    with np.errstate(over="ignore", under="ignore"):
        if not 0 < np.dtype(dtype).type(found) < math.inf:
            raise ValueError(f"{name} must be a positive finite number in {np.dtype(dtype)}; got {found:g}")
    return found


def exponent(value, name):
    """Return a positive number, infinity included."""
    return number(value, name, "a positive number", math.ulp(0), closed=True)


def log_of_base(base):
    """Return the logarithm of a base above 1, for None that of e: what turns nats into the base's unit."""
    return 1.0 if base is None else math.log(number(base, "base", "None or a finite number above 1", 1))


def not_negative(value, name, dtype=np.float64):
    """Return a finite number of at least 0 as a float, and no larger than the largest of `dtype`."""
    largest = float(np.finfo(np.float64).max)
    found = number(value, name, "a finite number, 0 or more", 0, largest, closed=True)
    return min(found, float(np.finfo(dtype).max))


def fraction(value, name):
    """Return a number strictly between 0 and 1."""
    return number(value, name, "a number strictly between 0 and 1", 0, 1)


def positive_integer(value, name):
    """Return an integer of at least 1."""
    if isinstance(value, NOT_NUMBERS) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be a positive integer; got {show(value)}")
    if value < 1:
        raise ValueError(f"{name} must be a positive integer; got {value}")
    if value > sys.maxsize:
        raise ValueError(f"{name} must be a positive integer; got one too large to count to")
    return int(value)


def hyperparameters(found, wanted, name):
    """Raise TypeError unless the keywords `found` are those that `name` wants."""
    if set(found) != set(wanted):
        came, required = (", ".join(sorted(names)) or "none" for names in (found, wanted))
        raise TypeError(f"the parameters of {name} must be: {required}; got: {came}")


def option(value, options, name):
    """Return `value` if it is one of the strings `options`."""
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, options))}; got {show(value)}")
    return value


def show(value):
    """Return a short description of a refused value: its repr, or its type if that would be long."""
    text = repr(value)
    return text if len(text) <= 40 else f"a {type(value).__name__}"
