"""Every metric through `lossbook.distances.pairwise`, with the points and bounds of the function itself."""

import dataclasses

import numpy as np
import scipy.spatial.distance
import subjects_counts as counts
import subjects_distances as vectors

from lossbook import distances


def all_pairs(metric, *, kind=float, **parameters):
    """Return the metric of two vectors, and of hyperparameters as arrays, by way of tables of a row each."""

    def function(x, y, *arrays):
        given = parameters | dict(zip(["cov"], arrays, strict=False))
        x, y = (z if kind is float else z.astype(kind) for z in (x, y))
        return distances.pairwise(x[np.newaxis], y[np.newaxis], metric=metric, **given)

    return function


METRICS = [
    ("euclidean", "euclidean", {}),
    ("manhattan", "manhattan", {}),
    ("chebyshev", "chebyshev", {}),
    *((f"minkowski, p = {name}", "minkowski", {"p": p}) for name, p in vectors.P.items()),
    ("mahalanobis", "mahalanobis", {}),
    ("cosine_distance", "cosine_distance", {}),
    ("angular_distance", "angular_distance", {}),
    ("pearson_correlation", "pearson_correlation", {}),
    ("correlation_distance", "correlation_distance", {}),
    ("hamming", "hamming", {}),
    ("jaccard_index", "jaccard_index", {"kind": bool}),
    ("jaccard_distance", "jaccard_distance", {"kind": bool}),
]

# SciPy's function of tables adds one number after the other, where that of two vectors has NumPy's sum.
CDIST = {
    "euclidean": "euclidean",
    "manhattan": "cityblock",
    "chebyshev": "chebyshev",
    "cosine_distance": "cosine",
    "correlation_distance": "correlation",
}


def by_scipy(metric):
    """Return SciPy's metric of two vectors, by way of tables of a row each."""
    return lambda x, y: scipy.spatial.distance.cdist(x[np.newaxis], y[np.newaxis], metric)


SUBJECTS = [
    dataclasses.replace(
        subject,
        name=f"pairwise, {name}",
        function=all_pairs(metric, **settings),
        peers={"scipy": by_scipy(CDIST[name])} if name in CDIST else subject.peers,
    )
    for name, metric, settings in METRICS
    for subject in vectors.SUBJECTS + counts.SUBJECTS
    if subject.name == name
]
