"""Chapter 6's exercises: right answers pass, typical wrong ones fail what they should, with a reason."""

import numpy as np
from scipy import special


def js(p, q):
    d = np.divide(p - q, p + q, out=np.zeros(p.shape), where=p + q > 0)
    return (special.xlog1py(p, d) + special.xlog1py(q, -d)).sum(axis=-1) / 2


def js_by_loops(p, q):
    """Go through the rows one by one, as people do who do not trust axes."""
    rows = [js(*pair) for pair in zip(*(x.reshape(-1, x.shape[-1]) for x in (p, q)), strict=True)]
    return np.array(rows).reshape(p.shape[:-1])


def w1(p, q, places):
    return (abs(np.cumsum(p - q, axis=-1))[..., :-1] * np.diff(places, axis=-1)).sum(axis=-1)


RIGHT = {"6.2": [js, js_by_loops], "6.3": [w1]}


def kl(p, q):
    return special.rel_entr(p, q).sum(axis=-1)


def plain(p, q):
    m = (p + q) / 2
    return (kl(p, m) + kl(q, m)) / 2


def without_care(p, q):
    m = (p + q) / 2
    return (p * np.log(p / m) + q * np.log(q / m)).sum(axis=-1) / 2


def leaves_out_what_one_lacks(p, q):
    shared = (p > 0) & (q > 0)
    return np.where(shared, p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q)), 0).sum(axis=-1) / 2


POSITIVE, ZEROS = "values where nothing is zero", "classes that one of them lacks, or both"
DISJOINT, EQUAL = "without a class in common", "zero for equals"
NEAR, BATCHES, INPUTS = "digits where p and q nearly coincide", "batches of any shape", "inputs unchanged"

WRONG_JS = {
    "plain logarithms": (
        plain,
        (NEAR, "of which number near 1 do you take the logarithm, and what has its rounding cost?"),
    ),
    "without care for zeros": (
        without_care,
        (ZEROS, "For p [1, 0] and q [0.5, 0.5] your divergence is nan, which is not a number: what should"),
        (DISJOINT, "your divergence is nan, which is not a number: how much does a draw tell"),
        (EQUAL, "your divergence is nan"),
        (NEAR, "of which number near 1"),
    ),
    "only classes in common": (
        leaves_out_what_one_lacks,
        (ZEROS, "your divergence is 0.0424748, which is too small: what should a class"),
        (DISJOINT, "your divergence is 0, which is too small: how much does a draw tell about a coin"),
        (NEAR, "of which number near 1"),
    ),
    "root": (
        lambda p, q: np.sqrt(js(p, q)),
        ((POSITIVE, ZEROS, DISJOINT, NEAR), "which is the root of what is asked for: "),
    ),
    "bits": (
        lambda p, q: js(p, q) / np.log(2),
        ((POSITIVE, ZEROS, DISJOINT, NEAR), "which is what comes out in bits: "),
    ),
    "half lost": (
        lambda p, q: 2 * js(p, q),
        ((POSITIVE, ZEROS, DISJOINT, NEAR), "which is what you get without the factor ½: "),
    ),
    "no average": (
        lambda p, q: (kl(p, q) + kl(q, p)) / 2,
        (POSITIVE, "which is the mean of the two KL between p and q: from where to where do the two KL lead"),
        ((ZEROS, DISJOINT), "your divergence is inf, which is not finite: "),
        (NEAR, "of which number near 1"),
    ),
    "never quite zero": (
        lambda p, q: js(p, q) + 1e-6,
        ((POSITIVE, ZEROS, DISJOINT, NEAR), "which is too large: "),
        (EQUAL, "your divergence is 1e-06, which is too large: what does a draw tell when both would"),
    ),
    "summed": (lambda p, q: js(p, q).sum(), (BATCHES, "your divergence is a number;")),
}

ONE_WAY, BOTH_WAYS = "all the earth goes one way", "earth goes both ways"
HOME, UNITS = "nothing to carry, no work", "work has the unit of the places"

WRONG_W1 = {
    "gaps taken for 1": (
        lambda p, q, places: abs(np.cumsum(p - q, axis=-1)).sum(axis=-1),
        (ONE_WAY, "your work is 2, which is what you get with every gap taken for 1: how much earth"),
        (BOTH_WAYS, "which is what you get with every gap taken for 1: is earth that goes left"),
        (UNITS, "your work is 2, and with places ten times as far apart it is 2: which unit does work have?"),
    ),
    "means": (
        lambda p, q, places: abs(((p - q) * places).sum(axis=-1)),
        (BOTH_WAYS, "which is the distance of the two means: is earth that goes left carried for free"),
    ),
    "sign left in": (
        lambda p, q, places: ((q - p) * places).sum(axis=-1),
        (ONE_WAY, "your work is -2.5, which is what you get with the sign left in: how much earth"),
        (BOTH_WAYS, "is earth that goes left carried for free, or does it pay for what goes right?"),
    ),
    "total variation": (
        lambda p, q, places: abs(p - q).sum(axis=-1) / 2,
        ((ONE_WAY, BOTH_WAYS), "which is the total variation distance: "),
        (UNITS, "your work is 1, and with places ten times as far apart it is 1"),
    ),
    "pays for staying": (
        lambda p, q, places: w1(p, q, places) + 0.1 * np.ptp(places, axis=-1),
        ((ONE_WAY, BOTH_WAYS), "which is too large: "),
        (HOME, "your work is 0.4, which is too large: what has to be carried here?"),
    ),
    "over the batch": (
        lambda p, q, places: np.full(p.shape[:-1], w1(p, q, places).mean()),
        (BATCHES, "but as vector [0] of arrays of shape (7, 3) it is"),
    ),
}

WRONG = {"6.2": WRONG_JS, "6.3": WRONG_W1}


def test_answers_fail_what_they_should_and_are_told_why(number, answer, faults, assert_fails):
    assert_fails(number, answer, faults)


def test_each_property_is_failed_by_some_answer(assert_each_property_is_failed):
    assert_each_property_is_failed(RIGHT, WRONG)
