"""What the losses of this package share: labels, and sums over the other classes."""

import numpy as np

from lossbook._blocks import sum_classes
from lossbook._legacy_checks import as_array


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


# ---- Blocks of vectors, as `lossbook._blocks` hands them out: one vector a column -------------------------


def one_hot(labels, classes):
    """Return zeros of shape (classes, m) with a 1 at each label."""
    target = np.zeros((classes, labels.size))
    target[labels, np.arange(labels.size)] = 1
    return target


def of_label(scores, labels):
    """Return the score of each label."""
    return np.take_along_axis(scores, labels[None], 0)[0]


def minus_targets(shares, targets):
    """Return s Σt − t for shares s that sum to 1 and targets t, none of them negative. Overwrite both.

    For class j that is sⱼ Σ tᵢ − tⱼ Σ sᵢ over the other classes i ≠ j, which does not cancel where sⱼ and tⱼ
    are near 1. One class at most has a share above ½.
    """
    top = np.nonzero(shares > 0.5)
    top_share, top_target, vector = shares[top], targets[top], top[1]
    shares[top], targets[top] = 0, 0
    other_shares, other_targets = sum_classes(shares.copy()), sum_classes(targets.copy())
    of_top = top_share * other_targets[vector] - top_target * other_shares[vector]
    other_targets[vector] += top_target
    shares *= other_targets
    shares -= targets
    shares[top] = of_top
    return shares
