"""Races of distances: of all pairs of rows, of rows one by one, of tables of probabilities and of samples."""

import functools

import numpy as np
import scipy.spatial.distance
import scipy.stats
import sklearn.metrics
import torch
from harness import Race
from scipy.spatial.distance import cdist
from sklearn.feature_selection import mutual_info_regression

from lossbook import distances

#: Rows of x, rows of y, coordinates: 100 and 10 000 numbers in each table, then 2000 × 2000 pairs.
PAIRS = {"small": (10, 10, 10), "medium": (100, 100, 100), "large": (2000, 2000, 20)}
# Why rows stay behind. A call on two rows of three takes 10 to 40 µs, for checks and NumPy's own.
CALLS = "10 to 40 µs of checks and NumPy calls, whatever the size"
SAFE = "looks first whether squares could overflow or underflow"
MENDS = "1 - cos cancels: looks for near directions and takes the chord there"
TILE = "a tile of 0.5 MB in float32, beside tables of one byte a number"
WHY = {
    "cosine_distance": MENDS,
    "correlation_distance": MENDS,
    "hamming": "turns the tables into float64 tile by tile, not at once",
}
#: Rows and coordinates.
ROWS = {"small": (10, 10), "medium": (1000, 10), "large": (1_000_000, 10)}


def tables(rng, size):
    """Two tables of points."""
    n, m, d = size
    return rng.normal(size=(n, d)), rng.normal(size=(m, d))


def codes(rng, size):
    """Two tables of whole numbers from 0 to 4."""
    n, m, d = size
    return rng.integers(0, 5, (n, d)), rng.integers(0, 5, (m, d))


def sets(rng, size):
    """Two tables of booleans."""
    n, m, d = size
    return rng.random((n, d)) < 0.3, rng.random((m, d)) < 0.3


def with_covariance(function):
    """The same inputs and a covariance matrix of the coordinates."""

    def inputs(rng, size):
        x, y = function(rng, size)
        a = rng.normal(size=(size[-1], size[-1]))
        return x, y, a @ a.T + np.eye(size[-1])

    return inputs


def inverted(x, y, cov):
    """SciPy takes the inverse of the covariance."""
    return x, y, np.linalg.inv(cov)


def pairwise(metric, **parameters):
    """Our distances of all pairs."""
    return functools.partial(distances.pairwise, metric=metric, **parameters)


def of_cdist(metric, **parameters):
    """SciPy's."""
    return functools.partial(cdist, metric=metric, **parameters)


def of_sklearn(metric, **parameters):
    """Scikit-learn's."""
    return functools.partial(sklearn.metrics.pairwise_distances, metric=metric, **parameters)


# Ours, its hyperparameters, SciPy's name and scikit-learn's, the inputs, and whether ours calls SciPy's.
PAIRWISE = [
    ("euclidean", {}, "euclidean", "euclidean", tables, True),
    ("manhattan", {}, "cityblock", "manhattan", tables, True),
    ("chebyshev", {}, "chebyshev", "chebyshev", tables, True),
    ("minkowski", {"p": 3}, "minkowski", "minkowski", tables, False),
    ("cosine_distance", {}, "cosine", "cosine", tables, False),
    ("correlation_distance", {}, "correlation", "correlation", tables, False),
    ("hamming", {}, "hamming", "hamming", codes, True),
    ("jaccard_distance", {}, "jaccard", "jaccard", sets, False),
]

RACES = []
for metric, parameters, scipys, sklearns, inputs, calls in PAIRWISE:
    name, ours = f"pairwise {metric}", pairwise(metric, **parameters)
    RACES += [
        Race(
            name,
            f"scipy cdist {scipys}",
            inputs,
            ours,
            of_cdist(scipys, **parameters),
            sizes=PAIRS,
            why=WHY.get(metric, SAFE),
            why_memory=TILE,
            calls_peer=calls,
        ),
        Race(
            name,
            f"sklearn {sklearns}",
            inputs,
            ours,
            of_sklearn(sklearns, **parameters),
            sizes=PAIRS,
            why="its Gram matrix loses near points" if metric == "euclidean" else WHY.get(metric, SAFE),
            why_memory=TILE,
        ),
    ]
RACES += [
    Race(
        "pairwise mahalanobis",
        "scipy cdist mahalanobis",
        with_covariance(tables),
        lambda x, y, cov: distances.pairwise(x, y, metric="mahalanobis", cov=cov),
        lambda x, y, inverse: cdist(x, y, "mahalanobis", VI=inverse),
        inverted,
        sizes=PAIRS,
    ),
    Race(
        "pairwise angular_distance",
        "arccos of 1 - cdist cosine",
        tables,
        pairwise("angular_distance"),
        lambda x, y: np.arccos(1 - cdist(x, y, "cosine")),
        sizes=PAIRS,
        why="arccos loses half of the digits: looks for near and opposite directions",
    ),
    Race(
        "pairwise pearson_correlation",
        "1 - cdist correlation",
        tables,
        pairwise("pearson_correlation"),
        lambda x, y: 1 - cdist(x, y, "correlation"),
        sizes=PAIRS,
        why=CALLS,
    ),
]


# ---- Rows one by one -----------------------------------------------------------------------------------


def rows(rng, size):
    """Two tables whose rows are compared one by one."""
    return rng.normal(size=size), rng.normal(size=size)


def whole_rows(rng, size):
    """The same with whole numbers from 0 to 4."""
    return rng.integers(0, 5, size), rng.integers(0, 5, size)


def set_rows(rng, size):
    """The same with booleans."""
    return rng.random(size) < 0.3, rng.random(size) < 0.3


def in_a_loop(function, *parameters):
    """A function of SciPy for two vectors, called for each pair of rows."""

    def call(x, y, *more):
        return np.array([function(u, v, *parameters, *more) for u, v in zip(x, y, strict=True)])

    return call


def tensors(x, y):
    """The same as torch tensors that share the memory."""
    return torch.from_numpy(x), torch.from_numpy(y)


def torch_norm(p):
    """Torch's distance of rows, without the 1e-6 that it adds to each difference."""
    return functools.partial(torch.nn.functional.pairwise_distance, p=p, eps=0.0)


def mahalanobis(x, y, cov):
    """Our Mahalanobis distance of rows."""
    return distances.mahalanobis(x, y, cov=cov)


UP_TO_MEDIUM = {name: ROWS[name] for name in ("small", "medium")}
WHOLE_TABLE = "a table of this size is worked on whole, a large one by blocks"
BY_ROWS = [
    ("euclidean", {}, scipy.spatial.distance.euclidean, rows),
    ("manhattan", {}, scipy.spatial.distance.cityblock, rows),
    ("chebyshev", {}, scipy.spatial.distance.chebyshev, rows),
    ("minkowski", {"p": 3}, scipy.spatial.distance.minkowski, rows),
    ("cosine_distance", {}, scipy.spatial.distance.cosine, rows),
    ("correlation_distance", {}, scipy.spatial.distance.correlation, rows),
    ("hamming", {}, scipy.spatial.distance.hamming, whole_rows),
    ("jaccard_distance", {}, scipy.spatial.distance.jaccard, set_rows),
]
for name, parameters, theirs, inputs in BY_ROWS:
    RACES.append(
        Race(
            name,
            f"scipy {theirs.__name__} in a loop",
            inputs,
            functools.partial(getattr(distances, name), **parameters),
            in_a_loop(theirs, *parameters.values()),
            sizes=UP_TO_MEDIUM,
            why_memory="places are single bytes; counts and quotients take eight",
        )
    )
for name, parameters, p in (
    ("euclidean", {}, 2),
    ("manhattan", {}, 1),
    ("chebyshev", {}, np.inf),
    ("minkowski", {"p": 3}, 3),
):
    ours = functools.partial(getattr(distances, name), **parameters)
    RACES.append(
        Race(name, "torch pairwise_distance", rows, ours, torch_norm(p), tensors, sizes=ROWS, why=CALLS)
    )
RACES += [
    Race(
        "euclidean",
        "numpy.linalg.norm(x - y)",
        rows,
        distances.euclidean,
        lambda x, y: np.linalg.norm(x - y, axis=-1),
        sizes=ROWS,
        why={"medium": CALLS, "large": "looks whether a square overflowed or underflowed"},
    ),
    Race(
        "mahalanobis",
        "scipy mahalanobis in a loop",
        with_covariance(rows),
        mahalanobis,
        in_a_loop(scipy.spatial.distance.mahalanobis),
        lambda x, y, cov: (x, y, [np.linalg.inv(cov)] * len(x)),
        sizes=UP_TO_MEDIUM,
    ),
    Race(
        "mahalanobis",
        "numpy.einsum with the inverse",
        with_covariance(rows),
        mahalanobis,
        lambda x, y, inverse: np.sqrt(np.einsum("ni,ij,nj->n", x - y, inverse, x - y, optimize=True)),
        inverted,
        sizes=ROWS,
        why={"medium": CALLS, "large": "solves with Cholesky's factor: the inverse loses digits"},
    ),
    Race(
        "cosine_distance",
        "1 - torch cosine_similarity",
        rows,
        distances.cosine_distance,
        lambda x, y: 1 - torch.nn.functional.cosine_similarity(x, y, dim=-1),
        tensors,
        sizes=ROWS,
        why={"medium": CALLS, "large": "two norms of differences in place of a cosine that cancels"},
    ),
    Race(
        "angular_distance",
        "arccos of torch cosine_similarity",
        rows,
        distances.angular_distance,
        lambda x, y: torch.arccos(torch.nn.functional.cosine_similarity(x, y, dim=-1)),
        tensors,
        sizes=ROWS,
        why={"medium": CALLS, "large": "two norms of differences in place of a cosine that cancels"},
    ),
    Race(
        "pearson_correlation",
        "scipy.stats.pearsonr",
        rows,
        distances.pearson_correlation,
        lambda x, y: scipy.stats.pearsonr(x, y, axis=-1).statistic,
        sizes=ROWS,
    ),
    Race(
        "hamming",
        "numpy.mean(x != y)",
        whole_rows,
        distances.hamming,
        lambda x, y: np.mean(x != y, axis=-1),
        sizes=ROWS,
        why=CALLS,
    ),
]


# ---- Tables of probabilities, and samples --------------------------------------------------------------

TABLES = {"small": (10, 10), "medium": (100, 100), "large": (2500, 4000)}
SAMPLES = {"small": 100, "medium": 10_000, "large": 100_000}


def joint(rng, size):
    """A table of probabilities, multiples of the first."""
    counts = rng.integers(1, 1000, size)
    counts[0, 0] = 1
    return (counts / counts.sum(),)


def counts(p):
    """Scikit-learn takes the counts behind them."""
    return (np.rint(p / p[0, 0]).astype(np.int64),)


def from_entropies(p):
    """The variation of information as a difference of entropies."""
    entropy = scipy.stats.entropy
    return 2 * entropy(p.ravel()) - entropy(p.sum(axis=0)) - entropy(p.sum(axis=1))


def sample(rng, size):
    """A sample of two correlated variables."""
    x = rng.normal(size=size)
    return x, 0.8 * x + 0.6 * rng.normal(size=size)


RACES += [
    Race(
        "mutual_information",
        "sklearn mutual_info_score",
        joint,
        distances.mutual_information,
        lambda p: sklearn.metrics.mutual_info_score(None, None, contingency=p),
        counts,
        sizes=TABLES,
        why="keeps digits of nearly independent tables, where the other's terms cancel",
        why_memory=WHOLE_TABLE,
    ),
    Race(
        "variation_of_information",
        "entropies of scipy.stats",
        joint,
        distances.variation_of_information,
        from_entropies,
        sizes=TABLES,
        why="the entropies cancel; each cell gets the sum of all others",
        why_memory=WHOLE_TABLE,
    ),
    Race(
        "mutual_information_knn",
        "sklearn mutual_info_regression",
        sample,
        distances.mutual_information_knn,
        functools.partial(mutual_info_regression, random_state=0),
        lambda x, y: (x[:, np.newaxis], y),
        sizes=SAMPLES,
        why_memory="for each point the distances to its neighbors and the counts of nearer ones",
    ),
]
