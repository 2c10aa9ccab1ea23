"""Exercises of the chapter on cosine similarity: a cosine that does not break, and InfoNCE."""

from functools import partial

import numpy as np

from lossbook import embeddings
from lossbook.exercises.checker import Exercise, named, of_form
from lossbook.exercises.properties import (
    case,
    each_case,
    has_values,
    leaves_arguments_alone,
    never_negative,
    works_on_arrays,
)

_NOUN = "cosine_similarity"

# ---- 12.2 --------------------------------------------------------------------------------------------------


def drawn_pairs(rng):
    """Return pairs of vectors, rounded, so that a report shows the very numbers that were sent."""
    return [case(*rng.normal(0, 2, (2, 4)).round(1)) for _ in range(5)]


def _extreme(rng):
    """Return vectors of which one or both have elements whose squares no float can hold."""
    for powers in ((200, 0), (-200, -200), (200, -200)):
        rows = rng.uniform(1, 9, (2, 3)) * rng.choice([-1, 1], (2, 3))
        yield case(
            *([float(f"{x:.1f}e{power}") for x in row] for row, power in zip(rows, powers, strict=True))
        )


PAIRS = [case((3.0, 4.0), (4.0, 3.0)), case((1.0, 0.0, 2.0), (-1.0, 5.0, 0.0)), drawn_pairs]
ZERO = [case((0.0, 0.0), (1.0, 2.0)), case((1.0, 2.0), (0.0, 0.0)), case((0.0, 0.0), (0.0, 0.0))]
EXTREME = [
    case((3e200, 4e200), (4.0, 3.0)),
    case((3e-200, 4e-200), (4e-200, 3e-200)),
    case((1e200, 0.0), (1e-200, 1e-200)),
    _extreme,
]


def _cosine(a, b):
    size = np.abs(a).max(), np.abs(b).max()
    return embeddings.cosine_similarity(a / size[0], b / size[1]) if all(size) else 0.0


def parallel(rng):
    """Return vectors and multiples of them; rounding leads plain quotients beyond 1 for some."""
    return [case(v, factor * v) for v in rng.normal(size=(40, 3)) for factor in (1.0, -3.7)]


def within_one(ask, answer, a, b):
    came = answer.number("cosine")
    if not abs(came) <= 1:
        raise answer.not_yet(f"your cosine is {came!r}, beyond 1 in size: which angle has that cosine?")


_cosine_is = partial(
    has_values,
    "cosine",
    _cosine,
    mistakes={
        "the dot product": lambda a, b: a @ b,
        "one minus the cosine": lambda a, b: 1 - _cosine(a, b),
        "what you get without the second length": lambda a, b: a @ b / np.sqrt(a @ a),
        "what you get without the roots of the two sums": lambda a, b: a @ b / (a @ a) / (b @ b),
    },
)

_STABLE_COSINE = {
    "values": _cosine_is(PAIRS, "which two lengths divide the dot product?"),
    "zero vectors": of_form(
        _cosine_is(ZERO, "a vector without direction is to have the cosine 0 with all others.")
    ),
    "huge and tiny elements": _cosine_is(
        EXTREME, "what happens to the squares, and which number may you divide a vector by first?"
    ),
    "within −1 and 1": of_form(each_case([parallel], within_one)),
    "batches of any shape": works_on_arrays([case((0, 1, -1, 2), (2, 0, -2, 1)), drawn_pairs]),
    "inputs unchanged": leaves_arguments_alone(PAIRS),
}

# ---- 12.3 --------------------------------------------------------------------------------------------------


def _drawn_crowds(temperature):
    def draw(rng):
        for n in (2, 4, 5):
            yield case(*rng.normal(0, 2, (2, n, 3)).round(1), temperature=temperature)

    return draw


def _far_in_length(rng):
    """Return queries and keys, short and long ones."""
    lengths = [[20.0], [0.1], [1.0]]
    yield case(*(rng.permutation(lengths) * rng.normal(0, 2, (2, 3, 3))).round(2), temperature=0.5)


def _cold(rng):
    for n in (2, 3):
        yield case(*rng.normal(0, 2, (2, n, 3)).round(1), temperature=round(rng.uniform(0.0005, 0.002), 4))


_TWO = case([[1.0, 0.0], [0.0, 2.0]], [[1.0, 1.0], [0.0, 1.0]], temperature=1.0)
CROWDS = [_TWO, _drawn_crowds(1.0)]
WARM = [_drawn_crowds(0.3), _drawn_crowds(2.5)]
LONG = [case([[30.0, 0.0], [0.0, 0.2]], [[5.0, 5.0], [0.0, 7.0]], temperature=0.5), _far_in_length]
COLD = [
    case([[1.0, 0.0], [0.0, 2.0]], [[1.0, 1.0], [0.0, 1.0]], temperature=0.001),
    case([[1.0, 0.0], [0.0, 2.0]], [[-1.0, 0.0], [1.0, 3.0]], temperature=0.001),
    _cold,
]


def _crowd_loss(queries, keys, temperature):
    return embeddings.info_nce(queries, keys, temperature=temperature)


def _by_columns(queries, keys, temperature):
    return _crowd_loss(keys, queries, temperature)


def _by_dots(queries, keys, temperature):
    logits = queries @ keys.T / temperature
    return np.log(np.exp(logits).sum(axis=1)) - np.diag(logits)


def _without_positive(queries, keys, temperature):
    return np.log(np.expm1(_crowd_loss(queries, keys, temperature)))


_crowd_loss_is = partial(
    has_values,
    "loss",
    _crowd_loss,
    mistakes={
        "what each key pays that looks for its query": _by_columns,
        "what dot products give in the place of cosines": _by_dots,
        "what you get without the positive in the sum": _without_positive,
        "the mean over the batch": lambda q, k, temperature: np.full(
            len(q), _crowd_loss(q, k, temperature).mean()
        ),
        "of the wrong sign": lambda q, k, temperature: -_crowd_loss(q, k, temperature),
        "what multiplying by the temperature gives": lambda q, k, temperature: _crowd_loss(
            q, k, 1 / temperature
        ),
    },
)

_INFO_NCE = {
    "values at temperature 1": _crowd_loss_is(
        CROWDS, "whose softmax is it, over which keys, and which entry is the right one?"
    ),
    "other temperatures": _crowd_loss_is(WARM, "what does the temperature do to the logits?"),
    "lengths do not count": _crowd_loss_is(LONG, "what is a cosine when vectors are long or short?"),
    "a temperature of a thousandth": _crowd_loss_is(
        COLD, "which exponential overflows, and which number may you take away from a row of logits?"
    ),
    "never negative": never_negative("loss", [case([[1.0, 2.0]], [[3.0, 1.0]], temperature=0.5)]),
    "inputs unchanged": leaves_arguments_alone(CROWDS),
}

EXERCISES = (
    Exercise("12.2", "A cosine that does not break", _NOUN, ("a", "b"), ("cosine",), named(_STABLE_COSINE)),
    Exercise("12.3", "InfoNCE in five lines", _NOUN, ("queries", "keys"), ("loss",), named(_INFO_NCE)),
)
