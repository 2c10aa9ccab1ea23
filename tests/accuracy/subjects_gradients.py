"""Gradients of losses of vectors, and losses of pairs with signs, with their definitions in many digits."""

import mpmath
import numpy as np
import subjects_classification as classes
import subjects_distances as of
import subjects_embeddings as batch
import torch
import ulp
from mpmath import mpf

from lossbook import classification, embeddings

MARGIN = 0.25
GAMMA = mpf(classes.GAMMA)


def focal_grad(a):
    """Return the derivative of the focal loss with label 0 by each logit."""
    p, logs = classes.softmax_and_logs(a)
    missed = mpmath.fsum(p[1:])
    if not missed:
        return [mpf(0)] * len(a)
    if not p[0]:
        return [mpf(-1), *p[1:]]
    common = missed**GAMMA * (1 + GAMMA * p[0] * -logs[0] / missed)
    return [-common * missed, *(common * share for share in p[1:])]


def cosine_grad(a, b):
    """Return the derivative of 1 − cos(a, b) by each number of a."""
    u, v, c = of.unit(a), of.unit(b), of.cosine(a, b)
    return [(c * p - q) / of.norm(a) for p, q in zip(u, v, strict=True)]


def cosine_grad_condition(a, b):
    """Return the size of the two terms over their difference."""
    u, v = of.unit(a), of.unit(b)
    c = mpmath.fsum(abs(p * q) for p, q in zip(u, v, strict=True))
    return [
        of.over((c * abs(p) + abs(q)) / of.norm(a), g)
        for p, q, g in zip(u, v, cosine_grad(a, b), strict=True)
    ]


def signed(rng, count):
    """Return pairs of vectors, with a sign each."""
    return [(a, b, np.array(rng.choice([-1.0, 1.0]))) for a, b in of.pairs(rng, count)]


def embedding_loss(a, b, sign):
    if sign[0] > 0:
        return [of.norm(of.differences(of.unit(a), of.unit(b))) ** 2 / 2]
    return [max(of.cosine(a, b) - mpf(MARGIN), mpf(0))]


def embedding_loss_condition(a, b, sign):
    value = embedding_loss(a, b, sign)[0]
    if sign[0] > 0:
        return of.quadratic(of.over(of.pulls(a, b), 1 - of.cosine(a, b)))
    u, v = of.unit(a), of.unit(b)
    size = mpmath.fsum(abs(p * q) for p, q in zip(u, v, strict=True)) + mpf(MARGIN)
    return of.over(size, value) if value else mpf(1)


def embedding_grad(a, b, sign):
    if sign[0] > 0:
        return cosine_grad(a, b)
    beyond = of.cosine(a, b) > MARGIN
    return [-g if beyond else mpf(0) for g in cosine_grad(a, b)]


def embedding_grad_condition(a, b, sign):
    costs = sign[0] > 0 or of.cosine(a, b) > MARGIN
    return cosine_grad_condition(a, b) if costs else [mpf(1)] * len(a)


def torch_embedding(a, b, sign):
    a, b, sign = (torch.tensor(np.atleast_2d(x)) for x in (a, b, sign))
    return torch.nn.functional.cosine_embedding_loss(a, b, sign[0], margin=MARGIN, reduction="none").numpy()


def info_nce_terms(q, k):
    """Return the terms of each number of the gradient: a pull by each key, and what keeps it orthogonal."""
    found = []
    for i, x in enumerate(batch.rows(q)):
        u, vs = of.unit(x), [of.unit(y) for y in batch.rows(k)]
        cosines = [of.dot(u, v) for v in vs]
        weights = [mpmath.exp((c - max(cosines)) / mpf(batch.T)) for c in cosines]
        pulls = [w / mpmath.fsum(weights) - (i == j) for j, w in enumerate(weights)]
        unit = mpf(batch.T) * of.norm(x)
        found += [
            [
                part / unit
                for pull, v, c in zip(pulls, vs, cosines, strict=True)
                for part in (pull * v[d], -pull * c * u[d])
            ]
            for d in range(batch.D)
        ]
    return found


def info_nce_grad(q, k):
    return [mpmath.fsum(terms) for terms in info_nce_terms(q, k)]


def info_nce_grad_condition(q, k):
    """Return the size of the terms over their sum; an ulp in a cosine is one over T in each share."""
    return [
        of.over((1 + 2 / mpf(batch.T)) * mpmath.fsum(map(abs, terms)), mpmath.fsum(terms))
        for terms in info_nce_terms(q, k)
    ]


SUBJECTS = [
    ulp.Subject(
        f"focal_loss_grad, gamma = {classes.GAMMA}",
        lambda a: classification.focal_loss_grad(a, 0, gamma=classes.GAMMA),
        classes.logits,
        focal_grad,
        # The power multiplies the error of 1 − p.
        lambda a: classes.summing(a) * (1 + classes.GAMMA),
        dtypes=of.FLOATS,
    ),
    ulp.Subject(
        "brier_score_grad",
        lambda p: classification.brier_score_grad(p, 0),
        classes.probabilities,
        lambda p: [2 * (x - (i == 0)) for i, x in enumerate(p)],
        lambda *_: 1.0,
        dtypes=of.FLOATS,
    ),
    ulp.Subject(
        "cosine_loss_grad",
        embeddings.cosine_loss_grad,
        of.pairs,
        cosine_grad,
        of.summing,
        condition=cosine_grad_condition,
        dtypes=of.FLOATS,
    ),
    ulp.Subject(
        f"cosine_embedding_loss, margin = {MARGIN}",
        lambda a, b, sign: embeddings.cosine_embedding_loss(a, b, sign, margin=MARGIN),
        signed,
        embedding_loss,
        of.summing,
        condition=embedding_loss_condition,
        peers={"torch": torch_embedding},
    ),
    ulp.Subject(
        f"cosine_embedding_loss_grad, margin = {MARGIN}",
        lambda a, b, sign: embeddings.cosine_embedding_loss_grad(a, b, sign, margin=MARGIN),
        signed,
        embedding_grad,
        of.summing,
        condition=embedding_grad_condition,
        dtypes=of.FLOATS,
    ),
    ulp.Subject(
        "info_nce_grad",
        lambda q, k: embeddings.info_nce_grad(q, k, temperature=batch.T),
        batch.batches,
        info_nce_grad,
        of.summing,
        condition=info_nce_grad_condition,
        dtypes=of.FLOATS,
    ),
]
