"""The functions of `lossbook.embeddings`, with their definitions in many digits."""

import mpmath
import subjects_distances as of
import torch
import ulp
from mpmath import mpf

from lossbook import embeddings

N, D, T = 3, 4, 0.1


def torchs(a, b):
    return torch.nn.functional.cosine_similarity(torch.tensor(a), torch.tensor(b), dim=-1).numpy()


def batches(rng, count):
    """Return batches of queries and keys, each of any length: any, aligned, collapsed."""

    def batch(kind):
        q, k = rng.standard_normal((2, N, D))
        small = 10.0 ** rng.uniform(-12, -1)
        q, k = [(q, k), (q, q + small * k), (q[:1] + small * q, q[:1] + small * k)][kind]
        return q * 10.0 ** rng.uniform(-37, 37, (N, 1)), k * 10.0 ** rng.uniform(-37, 37, (N, 1))

    return [batch(i % 3) for i in range(count)]


def rows(x):
    return [x[D * i : D * i + D] for i in range(N)]


def info_nce(q, k):
    cosines = [[of.cosine(x, y) for y in rows(k)] for x in rows(q)]
    return [
        mpmath.log(mpmath.fsum(mpmath.exp((c - row[i]) / mpf(T)) for c in row))
        for i, row in enumerate(cosines)
    ]


def info_nce_condition(q, k):
    """Return the error that an ulp in each cosine makes, over the loss."""
    found = []
    for i, x in enumerate(rows(q)):
        cosines = [of.cosine(x, y) for y in rows(k)]
        weights = [mpmath.exp(c / mpf(T)) for c in cosines]
        others = 1 - weights[i] / mpmath.fsum(weights)
        found.append(2 * others / mpf(T) / info_nce(q, k)[i])
    return found


def uniformity(a):
    units = [of.unit(x) for x in rows(a)]
    potentials = [
        mpmath.exp(-2 * of.norm(of.differences(u, v)) ** 2)
        for i, u in enumerate(units)
        for j, v in enumerate(units)
        if i != j
    ]
    return mpmath.log(mpmath.fsum(potentials) / len(potentials))


def uniformity_condition(a):
    pulls = [of.pulls(x, y) for i, x in enumerate(rows(a)) for y in rows(a)[:i]]
    return of.quadratic(8 * max(pulls) / abs(uniformity(a)))


SUBJECTS = [
    ulp.Subject(
        "cosine_similarity",
        embeddings.cosine_similarity,
        of.pairs,
        lambda a, b: [of.cosine(a, b)],
        of.summing,
        condition=lambda a, b: of.over(of.pulls(a, b), of.cosine(a, b)),
        peers={"torch": torchs},
        dtypes=of.FLOATS,
    ),
    ulp.Subject(
        "cosine_loss",
        embeddings.cosine_loss,
        of.pairs,
        lambda a, b: [of.norm(of.differences(of.unit(a), of.unit(b))) ** 2 / 2],
        of.summing,
        condition=lambda a, b: of.quadratic(of.over(of.pulls(a, b), 1 - of.cosine(a, b))),
        peers={"torch": lambda a, b: 1 - torchs(a, b)},
    ),
    ulp.Subject(
        "info_nce",
        lambda q, k: embeddings.info_nce(q, k, temperature=T),
        batches,
        info_nce,
        of.summing,
        condition=info_nce_condition,
    ),
    ulp.Subject(
        "alignment",
        embeddings.alignment,
        batches,
        lambda a, b: [
            mpmath.fsum(
                of.norm(of.differences(of.unit(x), of.unit(y))) ** 2
                for x, y in zip(rows(a), rows(b), strict=True)
            )
            / N
        ],
        of.summing,
        condition=lambda a, b: max(
            of.quadratic(of.over(of.pulls(x, y), 1 - of.cosine(x, y)))
            for x, y in zip(rows(a), rows(b), strict=True)
        ),
    ),
    ulp.Subject(
        "uniformity",
        embeddings.uniformity,
        lambda rng, count: [(a,) for _, a in batches(rng, count)],
        lambda a: [uniformity(a)],
        of.summing,
        condition=uniformity_condition,
    ),
]
