"""What the losses of this package share: labels, and sums over the other classes."""

import numpy as np

from lossbook._checks import as_array


def as_labels(value, *, name, scores):
    """Return class labels as an array of integers.

    Parameters
    ----------
    value : array_like
        Integers from 0 to K − 1.
    name : str
        The argument's name, for the message.
    scores : ndarray
        The logits or probabilities that they belong to, of shape (..., K).

    Returns
    -------
    ndarray
        The labels, of shape (...).

    Raises
    ------
    TypeError
        If they are not integers; booleans are none.
    ValueError
        If nested lists are ragged, the shape is another, or a label is out of range.
    """
    labels = as_array(value, name=name, requirement="integers")
    if labels.shape != scores.shape[:-1]:
        raise ValueError(
            f"{name} must have shape {scores.shape[:-1]}, one label for each vector of classes; "
            f"got shape {labels.shape}"
        )
    if labels.dtype.kind not in "iu" and labels.size:
        raise TypeError(f"{name} must be integers; got dtype {labels.dtype}")
    classes = scores.shape[-1]
    wrong = (labels < 0) | (labels >= classes)
    if wrong.any():
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{name} must be from 0 to {classes - 1}; got {labels[index]} at index {index}")
    return labels.astype(np.intp)


def one_hot(labels, scores):
    """Return zeros of the shape of `scores` with a 1 at each label."""
    target = np.zeros_like(scores)
    np.put_along_axis(target, labels[..., None], 1, -1)
    return target


def of_label(scores, labels):
    """Return the score of each label."""
    return np.take_along_axis(scores, labels[..., None], -1)[..., 0]


def others(shares):
    """Return for each class the sum of all other classes' shares, none of them negative.

    Total minus share cancels for one class at most, the largest: there the others are added up.
    """
    first = shares.argmax(-1)[..., None]
    result = shares.sum(-1, keepdims=True) - shares
    rest = shares.copy()
    np.put_along_axis(rest, first, 0, -1)
    np.put_along_axis(result, first, rest.sum(-1, keepdims=True), -1)
    return result
