"""Rows for `lossbook.embeddings`: pairs of vectors, and tables of them."""

import math

import numpy as np
from arguments import array, axis, changed, equal_shapes, must_have_shape, number, positive
from kinds import Argument, Case, Gives, Refused, Row, Spoils, constant, first

from lossbook import embeddings

INF = math.inf
A = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])
B = np.array([[0.5, 1.0, 2.0], [-4.0, 0.125, 1.5]])
TOGETHER = "tried with both arrays together"
NO_AXIS = Refused(ValueError, "must have at least one axis", "shape ()")
NO_DIRECTION = Refused(ValueError, "must have no zero vector", "one at index (0,)")


def vectors(good, names, spoilt):
    """Return vectors, none of them zero, with a partner of equal shape."""
    return array(
        good, partner=names, nan=spoilt, plus=spoilt, minus=spoilt, axes=TOGETHER, empty=TOGETHER
    ).but(zero_vector=[(changed(good, 0, 0), NO_DIRECTION), (changed(good, 0, -0.0), NO_DIRECTION)])


def pair_row(function, **others):
    """Return the row of a function of pairs of vectors."""
    names = ("a", "b")
    grad = function.__name__.endswith("_grad")
    none = {"signs": np.ones(0)} if "signs" in others else {}
    one = {"signs": 1} if "signs" in others else {}
    two = dict.fromkeys(names, 1.0)
    own_axis = {} if "signs" in others else {"axis": axis(-1, ndim=2, of="a")}
    return Row(
        function,
        {name: vectors(good, names, first(math.nan)) for name, good in (("a", A), ("b", B))}
        | others
        | own_axis,
        joint={
            "wrong number of axes": [
                Case(two, NO_AXIS, "a"),
                Case({"a": A[0], "b": B[0], **one}, Gives(lambda good: good[0])),
            ],
            "empty": [
                Case(
                    {**dict.fromkeys(names, np.zeros((0, 3))), **none},
                    constant(np.zeros((0, 3) if grad else (0,))),
                ),
                Case(dict.fromkeys(names, np.zeros((2, 0))), NO_DIRECTION, "a"),
            ],
        },
    )


def signs():
    """Return the argument of signs, one for each of two pairs."""
    required = must_have_shape((2,))

    def refused(came):
        return Refused(ValueError, "must be 1 or -1", came)

    good = np.array([1.0, -1.0])
    return array(
        good,
        partner=required,
        nan=refused("nan"),
        plus=refused("inf"),
        minus=refused("-inf"),
        axes=[(1.0, required(()))],
        empty=[([], required((0,)))],
    ).but(label_out_of_range=[([0, 1], refused("0")), ([1, 2], refused("2")), ([0.5, 1], refused("0.5"))])


MARGIN = number(-0.5, "must be a number from -1 to 1", refused=(-1.5, 1.5, INF, -INF))


def table_row(function, names, spoilt, **others):
    """Return the row of a function of two tables of vectors."""
    required = "must have shape (n, d) with n > 0"
    unequal = equal_shapes(*names)

    def no_table(shape):
        return Case(dict.fromkeys(names, np.ones(shape)), Refused(ValueError, required, str(shape)), names[0])

    a, b = (
        array(
            good, partner=unequal, nan=spoilt, plus=spoilt, minus=spoilt, axes=TOGETHER, empty=TOGETHER
        ).but(zero_vector=[(changed(good, 0, 0), NO_DIRECTION)])
        for good in (A, B)
    )
    return Row(
        function,
        {names[0]: a, names[1]: b, **others},
        joint={
            "wrong number of axes": [
                Case(dict.fromkeys(names, 1.0), NO_AXIS, names[0]),
                no_table((3,)),
                no_table((1, 2, 3)),
            ],
            "empty": [no_table((0, 3)), Case(dict.fromkeys(names, np.ones((2, 0))), NO_DIRECTION, names[0])],
        },
    )


def no_sample(value):
    """Return a table that has no two rows, and what comes of it."""
    return value, Refused(ValueError, "must have shape (n, d) with n > 1", str(np.shape(value)))


ALL = Spoils(())
UNIFORMITY = Row(
    embeddings.uniformity,
    {
        "a": array(
            A,
            nan=ALL,
            plus=ALL,
            minus=ALL,
            axes=[no_sample(1.0), no_sample(A[0]), no_sample(A[np.newaxis])],
            empty=[no_sample(np.zeros((0, 3))), no_sample(A[:1]), (np.ones((2, 0)), NO_DIRECTION)],
        ).but(zero_vector=[(changed(A, 0, 0), NO_DIRECTION)])
    },
)


def contrast_row(function):
    """Return the row of InfoNCE or its gradient: a bad query spoils its own loss, a bad key that of all."""
    names = ("queries", "keys")
    row = table_row(function, names, Spoils((0,)), temperature=positive(0.5))
    spoilt = {
        kind: [(value, ALL)]
        for kind in ("nan", "inf", "-inf")
        for value, _ in row.arguments["keys"].cells[kind]
    }
    keys = Argument(B, {**row.arguments["keys"].cells, **spoilt})
    return Row(function, {**row.arguments, "keys": keys}, row.joint)


ROWS = [
    pair_row(embeddings.cosine_similarity),
    pair_row(embeddings.cosine_loss),
    pair_row(embeddings.cosine_loss_grad),
    pair_row(embeddings.cosine_embedding_loss, signs=signs(), margin=MARGIN),
    pair_row(embeddings.cosine_embedding_loss_grad, signs=signs(), margin=MARGIN),
    contrast_row(embeddings.info_nce),
    contrast_row(embeddings.info_nce_grad),
    table_row(embeddings.alignment, ("a", "b"), ALL),
    UNIFORMITY,
]
