"""Chapter 9's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np

from lossbook.course import grade


def pairwise(x, y):
    middle = y.mean(axis=0)
    x, y = x - middle, y - middle
    return np.sqrt(np.maximum((x**2).sum(1)[:, None] - 2 * x @ y.T + (y**2).sum(1), 0))


def row_by_row(x, y):
    """Loop over the rows of one table: slow, but frugal and exact."""
    return np.array([np.sqrt(((row - y) ** 2).sum(1)) for row in x])


def flat_mahalanobis(step, cov):
    variances, axes = np.linalg.eigh(cov)
    along = axes.T @ step
    flat = variances < 1e-9 * variances.max()
    if np.linalg.norm(along[flat]) > 1e-6 * np.linalg.norm(step):
        return np.inf
    return np.sqrt((along[~flat] ** 2 / variances[~flat]).sum())


def by_pseudo_inverse(step, cov):
    inverse = np.linalg.pinv(cov, rcond=1e-9, hermitian=True)
    lost = step - cov @ inverse @ step
    return np.inf if np.linalg.norm(lost) > 1e-6 * np.linalg.norm(step) else np.sqrt(step @ inverse @ step)


RIGHT = {"9.2": [pairwise, row_by_row], "9.3": [flat_mahalanobis, by_pseudo_inverse]}

HAND, ANY, SELF, FAR, MEMORY = (
    "distances by hand",
    "any two tables",
    "a point and itself",
    "clouds far from 0",
    "memory",
)


def expanded(x, y, factor=2.0, floor=0.0):
    square = (x**2).sum(1)[:, None] - factor * x @ y.T + (y**2).sum(1)
    return np.sqrt(np.maximum(square, floor))


WRONG_PAIRWISE = {
    "broadcasting": (
        lambda x, y: np.sqrt(((x[:, None] - y) ** 2).sum(-1)),
        (MEMORY, "rows and 80 columns your function holds "),
    ),
    "not shifted": (expanded, (FAR, "does a shift matter?")),
    "NaN at 0": (
        lambda x, y: expanded(x - y.mean(0), y - y.mean(0), floor=-np.inf),
        (SELF, "which is not a number: what does the root give if rounding leaves a little less than 0?"),
    ),
    "no root": (
        lambda x, y: pairwise(x, y) ** 2,
        ((HAND, ANY, FAR), "which is what the squared distances are: "),
        (SELF, "is "),
    ),
    "no factor 2": (
        lambda x, y: expanded(x, y, factor=1.0),
        ((HAND, ANY), "which is what you get without the factor 2 of the product: "),
        ((SELF, FAR), "is "),
    ),
    "Manhattan": (
        lambda x, y: np.array([abs(row - y).sum(1) for row in x]),
        ((HAND, ANY, FAR, SELF), "which is what the Manhattan distances are: "),
    ),
    "turned": (
        lambda x, y: pairwise(y, x),
        ((HAND, ANY, FAR), "has shape"),
        (SELF, "is "),
    ),
}

AXES, TILTED, WITHIN, OUT, UNITS, NO = (
    "a cloud along the axes",
    "a tilted cloud",
    "a flat cloud, and a step within",
    "a step out of the plane",
    "other units",
    "no step",
)

WRONG_MAHALANOBIS = {
    "pseudo-inverse alone": (
        lambda step, cov: np.sqrt(step @ np.linalg.pinv(cov, rcond=1e-9, hermitian=True) @ step),
        ((OUT, UNITS), "which is what the pseudo-inverse gives: "),
    ),
    "inverse": (
        lambda step, cov: np.sqrt(step @ np.linalg.inv(cov) @ step),
        ((WITHIN, OUT, UNITS, NO), ""),
    ),
    "no root": (
        lambda step, cov: flat_mahalanobis(step, cov) ** 2,
        ((AXES, TILTED, WITHIN, UNITS), "which is the square of the distance: "),
    ),
    "covariance, not its inverse": (
        lambda step, cov: np.sqrt(step @ cov @ step),
        (
            (AXES, TILTED, WITHIN, OUT, UNITS),
            "which is what the covariance gives in the place of its inverse: ",
        ),
    ),
    "an absolute idea of flat": (
        lambda step, cov: flat_mahalanobis(step, cov + 1e-9 * np.eye(len(step))),
        ((OUT, UNITS), ""),
    ),
    "Euclidean": (
        lambda step, cov: np.linalg.norm(step),
        ((AXES, TILTED, WITHIN, OUT, UNITS), "which is the Euclidean length: "),
    ),
    "only the diagonal": (
        lambda step, cov: np.sqrt((step**2 / np.diag(cov)).sum()),
        (TILTED, "your distance is 1.41421, which is the Euclidean length: "),
        ((WITHIN, OUT, UNITS), "which is too"),
    ),
    "always infinite where flat": (
        lambda step, cov: np.inf if np.linalg.matrix_rank(cov) < len(cov) else flat_mahalanobis(step, cov),
        ((WITHIN, UNITS, NO), "is inf, which is not finite: "),
    ),
}

WRONG = {"9.2": WRONG_PAIRWISE, "9.3": WRONG_MAHALANOBIS}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)


def test_memory_is_that_of_the_answers_own_process():
    """Measured in the grader's, all answers would be frugal."""
    source = "def broadcast(x, y):\n    return np.sqrt(((x[:, None] - y) ** 2).sum(-1))"
    report = grade("9.2", "broadcast", source, seed=3).report
    assert [result.name for result in report.results if not result.passed] == [MEMORY]
