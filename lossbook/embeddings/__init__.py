"""Losses of embeddings: by the cosine of two vectors, and contrastive ones over many.

An embedding is a vector along the last axis; its direction is what counts. Nothing is averaged over the
pairs, except where a quantity is a mean by definition. ``<loss>_grad`` is the derivative with respect to the
first argument. A zero vector has no direction and is refused; NaN gives NaN.

>>> from lossbook import embeddings
>>> embeddings.cosine_loss([[1.0, 0.0], [1.0, 0.0]], [[2.0, 0.0], [0.0, 3.0]])
array([0., 1.])
"""

from lossbook.embeddings._contrastive import alignment, info_nce, info_nce_grad, uniformity
from lossbook.embeddings._cosine import (
    cosine_embedding_loss,
    cosine_embedding_loss_grad,
    cosine_loss,
    cosine_loss_grad,
    cosine_similarity,
)

__all__ = [
    "alignment",
    "cosine_embedding_loss",
    "cosine_embedding_loss_grad",
    "cosine_loss",
    "cosine_loss_grad",
    "cosine_similarity",
    "info_nce",
    "info_nce_grad",
    "uniformity",
]
