"""Chapter 13's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np


def leave_one_out(design, target):
    q, _ = np.linalg.qr(design)
    hat = (q**2).sum(axis=1)
    return hat, (q @ (q.T @ target) - target) / (1 - hat)


def by_refits(design, target):
    """Fit as often as there are rows, for those who do not trust the identity."""
    left = np.empty(len(target))
    for i in range(len(target)):
        rest = np.arange(len(target)) != i
        left[i] = design[i] @ np.linalg.lstsq(design[rest], target[rest])[0] - target[i]
    return np.diag(design @ np.linalg.inv(design.T @ design) @ design.T), left


def by_qr(design, target):
    q, triangle = np.linalg.qr(design)
    return np.linalg.solve(triangle, q.T @ target)


def by_lstsq(design, target):
    return np.linalg.lstsq(design, target)[0]


def by_pseudo_inverse(design, target):
    return np.linalg.pinv(design) @ target


RIGHT = {"13.2": [leave_one_out, by_refits], "13.3": [by_qr, by_lstsq, by_pseudo_inverse]}


def changed(hat=lambda h, X: h, left=lambda r, h: r / (1 - h)):
    """Return an answer whose outputs are computed as given from the residuals and the true hat values."""

    def answer(design, target):
        true, _ = leave_one_out(design, target)
        residual = design @ by_lstsq(design, target) - target
        return hat(true, design), left(residual, true)

    return answer


def without_share(h, X):
    x = X[:, -1] - X[:, -1].mean()
    return x**2 / (x**2).sum()


LINE, ANY, SUM, LEFT = (
    "hat values of a line",
    "hat values of any design",
    "hat values add up to the number of columns",
    "left-out residuals",
)

WRONG_LEAVE_ONE_OUT = {
    "not left out": (
        changed(left=lambda r, h: r),
        (LEFT, "which is the residual of the fit to all: what would the fit to the other rows"),
    ),
    "multiplied": (changed(left=lambda r, h: r * (1 - h)), (LEFT, "what a product with 1 − h gives")),
    "studentized": (
        changed(left=lambda r, h: r / np.sqrt(1 - h)),
        (LEFT, "which is what a division by the root of 1 − h gives"),
    ),
    "sign": (changed(left=lambda r, h: -r / (1 - h)), (LEFT, "which is target minus prediction")),
    "no share of 1/n": (
        changed(hat=without_share),
        (LINE, "which is a distance from the mean without the share 1/n"),
        (ANY, "does your formula hold for every number of columns?"),
        (SUM, "your hat values add up to 1: how many numbers does the model have to choose?"),
    ),
    "for lines only": (
        changed(hat=lambda h, X: without_share(h, X) + 1 / len(X)),
        (ANY, "does your formula hold for every number of columns?"),
        (SUM, "your hat values add up to 2: how many numbers does the model have to choose?"),
    ),
    "no inverse": (
        changed(hat=lambda h, X: np.diag(X @ X.T)),
        (LINE, "which is what the diagonal of X times its transpose gives"),
        ((ANY, SUM), "your hat value"),
    ),
    "matrix": (
        changed(hat=lambda h, X: X @ np.linalg.pinv(X)),
        ((LINE, ANY, SUM), "your hat value has shape"),
    ),
}

VALUES, COLUMNS = "values of a line", "any number of columns"
FAR, PARALLEL = "inputs far from zero", "columns that are nearly parallel"


def normal_equations(design, target):
    return np.linalg.solve(design.T @ design, design.T @ target)


def in_float32(design, target):
    return by_qr(design.astype(np.float32), target.astype(np.float32))


WRONG_LEAST_SQUARES = {
    "normal equations": (
        lambda X, y: np.linalg.pinv(X.T @ X) @ X.T @ y,
        (FAR, "which has lost its digits: which product of matrices squares the condition number?"),
        (PARALLEL, "which has lost its digits: which product of matrices squares the condition number?"),
    ),
    "a ridge to be safe": (
        lambda X, y: np.linalg.solve(X.T @ X + 1e-3 * np.eye(X.shape[1]), X.T @ y),
        (VALUES, "at the best fit the residuals are at right angles to what?"),
        (COLUMNS, "does your function take any number of columns?"),
        ((FAR, PARALLEL), "which has lost its digits"),
    ),
    "predictions": (
        lambda X, y: X @ by_qr(X, y),
        ((VALUES, COLUMNS, FAR, PARALLEL), "your coefficients"),
    ),
    "sign": (
        lambda X, y: -by_qr(X, y),
        ((VALUES, COLUMNS), "which is of the opposite sign"),
        ((FAR, PARALLEL), "which has lost its digits"),
    ),
    "lines only": (
        lambda X, y: np.array(
            [
                y.mean() - np.cov(X[:, 1], y)[0, 1] / X[:, 1].var(ddof=1) * X[:, 1].mean(),
                np.cov(X[:, 1], y)[0, 1] / X[:, 1].var(ddof=1),
            ]
        ),
        (COLUMNS, "coefficients has shape (2,); required is (3,)"),
        (PARALLEL, "which has lost its digits"),
    ),
}

WRONG = {"13.2": WRONG_LEAVE_ONE_OUT, "13.3": WRONG_LEAST_SQUARES}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)


def test_the_normal_equations_do_not_pass(assert_fails):
    """On some machines their matrix is found singular, on others they return what rounding left over."""
    from lossbook.exercises import check

    report = check("13.3", normal_equations)
    assert [result.name for result in report.results if not result.passed] == [FAR, PARALLEL]
    assert not check("13.3", in_float32)
