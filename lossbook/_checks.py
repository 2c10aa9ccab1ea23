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


def require(holds, name, requirement, came, error=ValueError):
    """Raise an error that says what was required and what came, unless that holds."""
    if not holds:
        raise error(f"{name} must {requirement}; got {came}")


def require_each(holds, array, name, requirement):
    """Raise ValueError with the first element of an array for which it does not hold."""
    if not holds.all():
        raise ValueError(f"{name} must {requirement}; got {array[~holds].flat[0]:g}")


def require_vectors(holds, name, requirement, came):
    """Raise ValueError unless it holds for every vector; where there are several, say for which not."""
    if not holds.all():
        place = f" at index {first(~holds)}" if holds.ndim else ""
        raise ValueError(f"{name} must {requirement}; got {came}{place}")


def first(mask):
    """Return the index of the first True."""
    return tuple(int(i) for i in np.argwhere(mask)[0])


def show(value):
    """Return a short description of a refused value: its repr, or its type if that would be long."""
    text = repr(value)
    return text if len(text) <= 40 else f"a {type(value).__name__}"


# ---- Arrays ------------------------------------------------------------------------------------------------


def keep_float16(module):
    """Let the public functions of a module, given by its names, compute float16 arguments in float32."""
    for name in module["__all__"]:
        if isinstance(module[name], types.FunctionType):
            module[name] = rounding_float16(module[name])


def rounding_float16(function):
    """Return a function whose float32 result for float16 arguments is rounded to float16 at the end."""

    @functools.wraps(function)
    def rounding(*arguments, **named):
        result = function(*arguments, **named)
        given = [getattr(value, "dtype", None) for value in (*arguments, *named.values())]
        if np.float16 in given and np.float32 not in given and getattr(result, "dtype", None) == np.float32:
            with np.errstate(over="ignore"):
                return result.astype(np.float16)
        return result

    return rounding


def as_array(value, name, requirement):
    """Return `value` as an array of anything; nothing masked, no ragged lists."""
    # Only who has loaded this module has a masked array; NumPy would bring to light what is behind the mask.
    masked = "numpy.ma" in sys.modules and np.ma.is_masked(value)
    require(not masked, name, f"be {requirement}", "a masked array: leave out what is masked", TypeError)
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
    require_equal_shapes(**found)
    dtype = np.result_type(*found.values())
    return [array.astype(dtype, copy=False) for array in found.values()]


def require_equal_shapes(**arrays):
    """Raise ValueError unless all have the shape of the first."""
    (first_name, wanted), *others = arrays.items()
    for name, array in others:
        came = f"{wanted.shape} and {array.shape}"
        require(array.shape == wanted.shape, f"{first_name} and {name}", "have equal shapes", came)


def residual(prediction, target):
    """Return prediction − target: infinite where it overflows, NaN for inf − inf."""
    prediction, target = real_arrays(prediction=prediction, target=target)
    with np.errstate(over="ignore", invalid="ignore"):
        return prediction - target


def residual_and_width(prediction, target, **width):
    """Return prediction − target, and the one width that is named, positive and finite in its type."""
    r, ((name, value),) = residual(prediction, target), width.items()
    return r, positive(value, name, r.dtype)


def vectors(axis=-1, **arrays):
    """Return arrays of equal shape and type, the vectors along the last axis."""
    return along_last_axis(axis, **dict(zip(arrays, real_arrays(**arrays), strict=True)))


def along_last_axis(axis, **arrays):
    """Return arrays of equal shape, of which `axis` becomes the last."""
    require_equal_shapes(**arrays)
    name, array = next(iter(arrays.items()))
    n = array.ndim
    require(n > 0, name, "have at least one axis", "shape ()")
    requirement = f"be an integer from {-n} to {n - 1} for {name} of shape {array.shape}"
    require(is_number(axis, numbers.Integral), "axis", requirement, show(axis), TypeError)
    require(-n <= axis < n, "axis", requirement, axis)
    return [np.moveaxis(array, axis, -1) for array in arrays.values()]


def finite(array, name):
    """Return the array if every element is finite; the message names the first that is not."""
    if not np.isfinite(array).all():
        index = first(~np.isfinite(array))
        raise ValueError(f"{name} must be finite; got {array[index]} at index {index}")
    return array


# ---- What arrays hold --------------------------------------------------------------------------------------


def logits(axis=-1, **arrays):
    """Return logits of equal shape and type, classes last: at least one, none +∞ and not all −∞."""
    found = vectors(axis, **arrays)
    for (name, given), array in zip(arrays.items(), found, strict=True):
        requirement = f"have at least one entry along axis {axis % array.ndim}"
        require(array.shape[-1] > 0, name, requirement, f"shape {np.shape(given)}")
        top = array.max(-1)
        require(not (top == np.inf).any(), name, "be below inf", "inf")
        only = (top == -np.inf).any()
        require(not only, name, "have an entry above -inf in each vector", "one with -inf only")
    return found


def probabilities(axis=-1, **arrays):
    """Return probability vectors of equal shape and type, classes last.

    Each is at least 0 and sums to 1: within 1e-6, within 1e-4 for float32, within 1e-2 for float16.
    """
    found = vectors(axis, **arrays)
    for (name, given), array in zip(arrays.items(), found, strict=True):
        # NaN fails this and every comparison.
        require_each(array >= 0, array, name, "hold probabilities, at least 0")
        tolerance = {2: 1e-2, 4: 1e-4}.get(np.asarray(given).dtype.itemsize, 1e-6)
        with np.errstate(over="ignore"):
            total = array.sum(-1, dtype=np.float64)
        off = ~(abs(total - 1) <= tolerance)
        if off.any():
            raise ValueError(f"{name} must sum to 1 along its axis; got a sum of {total[off][0]:.9g}")
    return found


def labels(value, scores, name="labels"):
    """Return class labels: integers from 0 to K − 1, one for each vector of K `scores`."""
    array, (*shape, classes) = as_array(value, name, "integers"), scores.shape
    requirement = f"have shape {tuple(shape)}, one label for each vector of classes"
    require(array.shape == tuple(shape), name, requirement, f"shape {array.shape}")
    integers = array.dtype.kind in "iu" or not array.size
    require(integers, name, "be integers", f"dtype {array.dtype}", TypeError)
    wrong = (array < 0) | (array >= classes)
    if wrong.any():
        index = first(wrong)
        raise ValueError(f"{name} must be from 0 to {classes - 1}; got {array[index]} at index {index}")
    return array.astype(np.intp)


def targets(value, logits):
    """Return labels, one for each vector of logits, or probability vectors of the shape of the logits."""
    array, shape = as_array(value, "target", "an array of labels or probabilities"), logits.shape
    if array.shape == shape[:-1]:
        return labels(array, logits, "target")
    requirement = f"have shape {shape[:-1]} (labels) or {shape} (probabilities)"
    require(real_array(array, "target").shape == shape, "target", requirement, array.shape)
    return probabilities(target=value)[0]


def class_weights(value, classes):
    """Return one weight for each class: finite, at least 0."""
    weights = real_array(value, "class_weights")
    require(weights.shape == (classes,), "class_weights", f"have shape {(classes,)}", weights.shape)
    require_each((weights >= 0) & (weights < math.inf), weights, "class_weights", "be finite and at least 0")
    return weights


def answers(logits, target):
    """Return logits and targets of equal shape from 0 to 1; integers leave the type of the logits."""
    a, t = real_arrays(logits=logits, target=target)
    require_each((t >= 0) & (t <= 1), t, "target", "be from 0 to 1")
    if np.asarray(target).dtype.kind in "iu":
        a = real_array(logits, "logits")
    return a, t.astype(a.dtype, copy=False)


def mixture(ps, weights):
    """Return n > 0 probability vectors, the rows of a table, and their n weights: by default all 1/n."""
    (ps,) = probabilities(ps=ps)
    require(ps.ndim == 2 and len(ps) > 0, "ps", "have shape (n, K) with n at least 1", ps.shape)
    if weights is None:
        return ps, np.ones(len(ps), ps.dtype) / len(ps)
    (weights,) = probabilities(weights=weights)
    require(weights.shape == ps.shape[:1], "weights", f"have shape {ps.shape[:1]}", weights.shape)
    return ps, weights


def places(support, classes):
    """Return the places of the classes on the line, finite and increasing."""
    x = real_array(support, "support")
    require(x.shape == (classes,), "support", f"have shape {(classes,)}, one place a class", x.shape)
    falls = finite(x, "support")[1:] <= x[:-1]
    if falls.any():
        at = int(falls.argmax())
        raise ValueError(f"support must be increasing; got {x[at]:g} before {x[at + 1]:g} at index {at}")
    return x


def covariance_root(cov, dimension, name="cov"):
    """Return the lower triangular L, float64, with L Lᵀ = cov, for a symmetric positive definite matrix.

    Symmetric: cov[i, j] and cov[j, i] differ by at most 1e-10 (1e-4 for types shorter than float64) of the
    root of cov[i, i] cov[j, j]. Definite: with the diagonal scaled to 1, the least eigenvalue is above d·eps
    times the largest, and stands out from rounding; of that a Cholesky factor is no proof.
    """
    cov, shape = real_array(cov, name), (dimension, dimension)
    require(cov.shape == shape, name, f"have shape {shape}", cov.shape)
    eps, tolerance = np.finfo(cov.dtype).eps, 1e-10 if cov.dtype.itemsize >= 8 else 1e-4
    cov = finite(cov, name).astype(np.float64)
    size = np.sqrt(abs(np.diagonal(cov)))
    asymmetric = abs(cov - cov.T) > tolerance * np.outer(size, size)
    if asymmetric.any():
        i, j = first(asymmetric)
        came = f"{cov[i, j]:g} at ({i}, {j}) and {cov[j, i]:g} at ({j}, {i})"
        raise ValueError(f"{name} must be symmetric; got {came}")
    if (np.diagonal(cov) > 0).all():
        eigenvalues = np.linalg.eigvalsh(cov / size / size[:, np.newaxis])
        if eigenvalues[0] > dimension * eps * eigenvalues[-1]:
            return np.linalg.cholesky(cov)
    least = np.linalg.eigvalsh(cov)[0]
    raise ValueError(f"{name} must be positive definite; got a matrix with least eigenvalue {least:.3g}")


def gaussians(mean_p, cov_p, mean_q, cov_q):
    """Return mean and lower triangular root of the covariance of two Gaussians, float64, and a result's type.

    A number becomes a vector of one element, a variance a matrix.
    """
    mean_p, mean_q = real_arrays(mean_p=mean_p, mean_q=mean_q)
    shape, d = mean_p.shape, mean_p.size
    is_point = len(shape) <= 1 and d > 0
    require(is_point, "mean_p", "be a number or a vector of shape (d,)", f"shape {shape}")
    mean_p, mean_q = finite(mean_p, "mean_p"), finite(mean_q, "mean_q")
    covs = {"cov_p": real_array(cov_p, "cov_p"), "cov_q": real_array(cov_q, "cov_q")}
    dtype = np.result_type(mean_p, *covs.values())
    for name, cov in covs.items():
        if shape == ():
            require(cov.shape == (), name, "be a number, as the mean is", f"shape {cov.shape}")
            require_each((cov > 0) & (cov < math.inf), cov, name, "be a positive finite variance")
            cov = cov.reshape(1, 1)
        covs[name] = covariance_root(cov, d, name)
    mean_p, mean_q = (np.atleast_1d(mean).astype(np.float64) for mean in (mean_p, mean_q))
    return mean_p, covs["cov_p"], mean_q, covs["cov_q"], dtype


def directions(axis=-1, **arrays):
    """Return vectors along the last axis, of equal shape and type, none of them zero."""
    found = vectors(axis, **arrays)
    for name, array in zip(arrays, found, strict=True):
        require_vectors(array.any(-1), name, "have no zero vector, which has no direction", "one")
    return found


def varying(axis=-1, **arrays):
    """Return vectors along the last axis, of equal shape and type, none of them constant."""
    found = vectors(axis, **arrays)
    for name, array in zip(arrays, found, strict=True):
        n = array.shape[-1]
        require(n >= 2, name, "have at least two elements along the axis", n)
        varies = (array != array[..., :1]).any(-1)
        require_vectors(varies, name, "vary along the axis", "a constant vector")
    return found


def table_of_directions(least=1, **arrays):
    """Return vectors of shape (n, d), n at least 1 or 2, of equal shape and type, none of them zero."""
    shape = real_arrays(**arrays)[0].shape
    is_table = len(shape) == 2 and shape[0] >= least
    require(is_table, " and ".join(arrays), f"have shape (n, d) with n > {least - 1}", shape)
    return directions(**arrays)


def signs(value, pairs):
    """Return the signs of pairs of vectors, all 1 or −1, in the type of the vectors."""
    found, shape = real_array(value, "signs"), pairs.shape[:-1]
    require(found.shape == shape, "signs", f"have shape {shape}, one for each pair", found.shape)
    require_each(abs(found) == 1, found, "signs", "be 1 or -1")
    return found.astype(pairs.dtype)


# ---- Sequences, sets, tables -------------------------------------------------------------------------------


def sequences(x, y, axis):
    """Return codes of one kind, their places last, and the type of shares of them.

    Codes are numbers, booleans or strings. Integers stay what they are: in float64 2⁵³ and 2⁵³ + 1 are equal.
    """
    arrays, kinds = {}, []
    for name, value in (("x", x), ("y", y)):
        array = as_array(value, name, "an array of real numbers")
        kinds.append({"b": "booleans", "U": "strings"}.get(array.dtype.kind, "numbers"))
        arrays[name] = array if array.dtype.kind in "bUiu" else real_array(array, name)
    came = " and ".join(kinds)
    require(kinds[0] == kinds[1], "x and y", "hold the same kind of things", came, TypeError)
    x, y = along_last_axis(axis, **arrays)
    came = f"shape {arrays['x'].shape}"
    require(x.shape[-1] > 0, "x", "have at least one place along the axis", came)
    dtype = np.result_type(x, y)
    return x, y, dtype if dtype.kind == "f" else np.dtype(np.float64)


def sets(a, b, axis):
    """Return booleans of equal shape that say which things, along the last axis, are in each set."""
    are_sets = [isinstance(value, (set, frozenset)) for value in (a, b)]
    if all(are_sets):
        things = a | b
        return (np.array([thing in value for thing in things], bool) for value in (a, b))
    came = f"{type(a).__name__} and {type(b).__name__}"
    require(not any(are_sets), "a and b", "both be sets or both arrays of booleans", came, TypeError)
    found = {name: as_array(value, name, "an array of booleans") for name, value in (("a", a), ("b", b))}
    for name, array in found.items():
        came = f"dtype {array.dtype}"
        require(array.dtype == np.bool_, name, "be an array of booleans or a set", came, TypeError)
    return along_last_axis(axis, **found)


def rows_and_columns(x, y):
    """Return two tables of anything with equally many columns."""
    x, y = as_array(x, "x", "an array of real numbers"), as_array(y, "y", "an array of real numbers")
    for array, name in ((x, "x"), (y, "y")):
        require(array.ndim == 2, name, "have shape (rows, columns)", f"shape {array.shape}")
    came = f"shapes {x.shape} and {y.shape}"
    require(x.shape[1] == y.shape[1], "x and y", "have equally many columns", came)
    return x, y


def joint_probabilities(joint):
    """Return a table of probabilities that sum to 1, without rows and columns of zeros: they add nothing."""
    p = real_array(joint, "joint")
    require(p.ndim == 2, "joint", "be a table of shape (r, c)", f"shape {p.shape}")
    # One sum over the table and not one a row is what sets this apart from probability vectors.
    probabilities(joint=np.asarray(joint).ravel())
    return p[p.any(1)][:, p.any(0)]


def paired_observations(x, y, k):
    """Return as many observations of each of two variables, finite float64 of shape (n, d), and k below n."""
    found = []
    for name, value in (("x", x), ("y", y)):
        array = moderate(value, name, 1e300, "for its distances")
        array = array[:, np.newaxis] if array.ndim == 1 else array
        is_table = array.ndim == 2 and array.shape[1] > 0
        require(is_table, name, "have shape (n,) or (n, d) with d > 0", np.shape(value))
        found.append(array)
    n, others = map(len, found)
    require(n == others, "x and y", "have equally many observations", f"{n} and {others}")
    k = positive_integer(k, "k")
    require(k < n, "k", f"be below the number of observations, {n}", k)
    return *found, k


def sample(x, y):
    """Return predictors of shape (n, d) and a response of shape (n,), both float64, finite, n > 0."""
    x, y = moderate(x, "x", 1e150, "to be squared"), moderate(y, "y", 1e150, "to be squared")
    require(x.ndim in (1, 2), "x", "have shape (n,) or (n, d)", x.shape)
    fits, came = y.shape == x.shape[:1] and len(y) > 0, f"{y.shape} and {x.shape}"
    require(fits, "y", "have shape (n,) for x of shape (n, ...), n > 0", came)
    return x if x.ndim == 2 else x[:, np.newaxis], y


def moderate(value, name, most, purpose):
    """Return finite numbers in float64, none larger than `most`."""
    array = finite(real_array(value, name).astype(np.float64), name)
    largest = abs(array).max(initial=0)
    require(largest <= most, name, f"be at most {most:g} in size, {purpose}", f"{largest:g}")
    return array


def weighted(losses, weights):
    """Return losses and their weights, of equal shape and type: finite, not negative, not all 0."""
    losses, weights = real_arrays(losses=losses, weights=weights)
    require_each((weights >= 0) & (weights < math.inf), weights, "weights", "be finite and not negative")
    require(weights.any(), "weights", "not all be 0", "only zeros")
    return losses, weights


def pictures(window=1, **arrays):
    """Return pictures (..., H, W) of equal shape and type: no axis empty, none shorter than a window's."""
    found, names = real_arrays(**arrays), " and ".join(arrays)
    shape = found[0].shape
    require(len(shape) >= 2 and 0 not in shape, names, "have shape (..., H, W), none of them 0", shape)
    requirement = f"have at least {window} rows and columns, the window's"
    require(min(shape[-2:]) >= window, names, requirement, f"shape {shape}")
    return found


def color_picture(value, name):
    """Return a picture (H, W, 3): finite, neither side 0."""
    array = finite(real_array(value, name), name)
    is_picture = array.ndim == 3 and array.shape[2] == 3 and array.size > 0
    require(is_picture, name, "have shape (H, W, 3)", array.shape)
    return array


def feature_maps(**arrays):
    """Return feature maps (..., C, H, W) as matrices (..., C, HW) of one type; H and W may differ."""
    found = [real_array(value, name) for name, value in arrays.items()]
    for name, array in zip(arrays, found, strict=True):
        is_map = array.ndim >= 3 and 0 not in array.shape
        require(is_map, name, "have shape (..., C, H, W), none of them 0", array.shape)
    alike = all(array.shape[:-2] == found[0].shape[:-2] for array in found)
    came = "shapes " + " and ".join(str(array.shape) for array in found)
    require(alike, " and ".join(arrays), "agree in all but H and W", came)
    dtype = np.result_type(*found)
    return [array.reshape(*array.shape[:-2], -1).astype(dtype, copy=False) for array in found]


def tensors(least, form, alike=0, **given):
    """Check PyTorch's tensors of floats, of a form with `least` axes or more, none of them empty.

    `alike` says which axes must agree, as the end of a slice: none for 0, all but the last two for −2.
    """
    for name, value in given.items():
        floats = hasattr(value, "is_floating_point") and value.is_floating_point()
        came = f"one of {value.dtype}" if hasattr(value, "is_floating_point") else f"a {type(value).__name__}"
        require(floats, name, "be a tensor of floats", came, TypeError)
        shape = tuple(value.shape)
        require(len(shape) >= least and 0 not in shape, name, f"have shape {form}, none of them 0", shape)
    shapes = [tuple(value.shape) for value in given.values()]
    agree = all(shape[:alike] == shapes[0][:alike] and len(shape) == len(shapes[0]) for shape in shapes)
    requirement = "agree in all but H and W" if alike < 0 else "have equal shapes"
    came = "shapes " + " and ".join(map(str, shapes))
    require(agree or not alike, " and ".join(given), requirement, came)


# ---- Functions, and where they begin -----------------------------------------------------------------------


def starting_point(start):
    """Return the start as a finite float64 array of its own."""
    return finite(real_array(start, "start").astype(np.float64), "start")


def ask(function, point, name, shape=()):
    """Call the reader's function; return its numbers as float64 after checking their shape.

    A point that is not finite it never sees: there the numbers are NaN.
    """
    if not np.isfinite(point).all():
        return np.full(shape, np.nan)
    # A copy: the path must not change if the function works in place.
    result = real_array(function(point.copy()), f"the result of {name}").astype(np.float64)
    require(result.shape == shape, name, f"return an array of shape {shape}", result.shape)
    return result


def ask_first(function, point, name, shape=()):
    """Call what must be a function at the start, where its numbers must be finite."""
    require(callable(function), name, "be a function", type(function).__name__, TypeError)
    result = ask(function, point, name, shape)
    require_each(np.isfinite(result), result, name, "be finite at start")
    return result


# ---- Hyperparameters ---------------------------------------------------------------------------------------


def is_number(value, kind):
    """Say whether a value is a number of a kind, and stands for one."""
    return isinstance(value, kind) and not isinstance(value, NOT_NUMBERS)


def number(value, name, requirement="a real number", low=-math.inf, high=math.inf, *, closed=False):
    """Return a Python float strictly between `low` and `high`, or with `closed` from `low` to `high`.

    A Python float never widens a float32 array. `requirement` words the range for the message.
    """
    require(is_number(value, numbers.Real), name, f"be {requirement}", show(value), TypeError)
    try:
        found = float(value)
    except OverflowError:
        raise ValueError(f"{name} must be {requirement}; got an integer too large for float64") from None
    # NaN fails both comparisons.
    within = low <= found <= high if closed else low < found < high
    require(within, name, f"be {requirement}", f"{found:g}")
    return found


def positive(value, name, dtype=np.float64):
    """Return a positive finite number as a float; it must neither vanish nor overflow in `dtype`."""
    found, dtype = number(value, name, "a positive finite number", 0), np.dtype(dtype)
    with np.errstate(over="ignore", under="ignore"):
        if not 0 < dtype.type(found) < math.inf:
            raise ValueError(f"{name} must be a positive finite number in {dtype}; got {found:g}")
    return found


def log_of_base(base):
    """Return the logarithm of a base above 1, for None that of e: what turns nats into the base's unit."""
    return 1.0 if base is None else math.log(number(base, "base", "None or a finite number above 1", 1))


def not_negative(value, name, dtype=np.float64):
    """Return a finite number of at least 0 as a float, and no larger than the largest of `dtype`."""
    found = number(value, name, "a finite number, 0 or more", 0, sys.float_info.max, closed=True)
    return min(found, float(np.finfo(dtype).max))


def fraction(value, name):
    """Return a number strictly between 0 and 1."""
    return number(value, name, "a number strictly between 0 and 1", 0, 1)


def positive_integer(value, name):
    """Return an integer of at least 1."""
    requirement = "be a positive integer"
    require(is_number(value, numbers.Integral), name, requirement, show(value), TypeError)
    require(value >= 1, name, requirement, value)
    require(value <= sys.maxsize, name, requirement, "one too large to count to")
    return int(value)


def hyperparameters(found, wanted, name):
    """Raise TypeError unless the keywords `found` are those that `name` wants."""
    came, required = (", ".join(sorted(names)) or "none" for names in (found, wanted))
    if came != required:
        raise TypeError(f"the parameters of {name} must be: {required}; got: {came}")


def option(value, options, name):
    """Return `value` if it is one of the strings `options`."""
    known = isinstance(value, str) and value in options
    require(known, name, f"be one of {', '.join(map(repr, options))}", show(value))
    return value
