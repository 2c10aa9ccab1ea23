"""Distances and dependences of two points, vectors, sequences, sets or samples, and all pairs of them.

Each function compares ``x`` with ``y`` of equal shape along one axis and returns one number a pair. It keeps
float32, turns integers into float64, gives NaN for NaN, changes no argument, and raises no floating-point
warning. `pairwise` compares all rows of one table with all rows of another.

>>> from lossbook import distances
>>> distances.euclidean([0.0, 0.0], [3.0, 4.0])
np.float64(5.0)
>>> distances.pairwise([[0.0], [1.0]], [[3.0]], metric="manhattan")
array([[3.],
       [2.]])
"""

from lossbook.distances._directions import (
    angular_distance,
    correlation_distance,
    cosine_distance,
    pearson_correlation,
)
from lossbook.distances._information import (
    mutual_information,
    mutual_information_knn,
    variation_of_information,
)
from lossbook.distances._pairwise import pairwise
from lossbook.distances._points import chebyshev, euclidean, mahalanobis, manhattan, minkowski
from lossbook.distances._sets import hamming, jaccard_distance, jaccard_index

__all__ = [
    "angular_distance",
    "chebyshev",
    "correlation_distance",
    "cosine_distance",
    "euclidean",
    "hamming",
    "jaccard_distance",
    "jaccard_index",
    "mahalanobis",
    "manhattan",
    "minkowski",
    "mutual_information",
    "mutual_information_knn",
    "pairwise",
    "pearson_correlation",
    "variation_of_information",
]
