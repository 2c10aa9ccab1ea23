"""What an answer's process sends is taken apart piece by piece, and nothing but numbers gets through."""

import json

import numpy as np
import pytest

from lossbook.course import wire

GOOD = {
    "outputs": [["an array", [[2], [1.5, 2]]]],
    "arrays": [[[1], [3]]],
    "error": "",
    "unwritten": False,
    "printed": False,
    "peak": None,
}


def received(**changed):
    return wire.reply(wire.decoded(json.dumps(GOOD | changed)), [np.array([3.0])])


def test_a_reply_is_read():
    reply = received()
    assert reply.outputs[0].values.tolist() == [1.5, 2.0]
    assert reply.arrays[0].tobytes() == np.array([3.0]).tobytes()


@pytest.mark.parametrize(
    "changed",
    [
        {"outputs": [["an array", [[2], ["1.5", "2"]]]]},
        {"outputs": [["an array", [[2], [1.5, True]]]]},
        {"outputs": [["an array", [[2], [1.5]]]]},
        {"outputs": [["an array", [[-2], [1.5, 2]]]]},
        {"outputs": [[1, None]]},
        {"outputs": 3},
        {"arrays": []},
        {"error": None},
        {"printed": 1},
        {"peak": "0"},
    ],
)
def test_what_is_no_reply_is_refused(changed):
    with pytest.raises(wire.Malformed):
        received(**changed)


def test_texts_are_short_and_printable():
    assert received(error="a\n\x1b[2J" + 500 * "x").error == ("a  [2J" + 500 * "x")[: wire.MAX_TEXT]
