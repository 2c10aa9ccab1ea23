"""Races of the cosine, and of embedding losses forward and backward."""

import functools

import sklearn.metrics
import torch
from harness import Race
from torch.nn import functional

from lossbook import embeddings

#: Vectors and their elements: 100, 10 000 and 10 million numbers.
VECTORS = {"small": (10, 10), "medium": (100, 100), "large": (100_000, 100)}
#: Vectors of which all pairs count.
BATCHES = {"small": (10, 10), "medium": (100, 100), "large": (2000, 100)}
# Why rows stay behind. A call on two vectors of three takes 25 to 50 µs, for checks and NumPy's own.
CALLS = "25 to 50 µs of checks and NumPy calls, whatever the size"
TWICE = {"medium": CALLS, "large": "loss and gradient are two calls, each from the start"}
ACCURATE = "checks sizes and divides each vector by its length first: no overflow, no underflow"
TILES = "a tile holds all pairs of 100 vectors, 80 kB, like the input"
MARGIN, TEMPERATURE = 0.2, 0.1


def vectors(rng, size):
    """Two tables of vectors."""
    return rng.normal(size=size), rng.normal(size=size)


def signed_vectors(rng, size):
    """The same with a sign for each pair."""
    return *vectors(rng, size), rng.choice([-1.0, 1.0], size[0])


def one_table(rng, size):
    """One table of vectors."""
    return (rng.normal(size=size),)


def tensors(a, *others):
    """The same as torch tensors that share the memory; the first asks for its gradient."""
    return torch.from_numpy(a).requires_grad_(), *map(torch.from_numpy, others)


def forward(loss):
    """Torch's loss, without building a graph."""

    def call(*arguments):
        with torch.no_grad():
            return loss(*arguments)

    return call


def backward(loss):
    """Torch's loss and the gradient of its sum in the first argument."""

    def call(a, *others):
        a.grad = None
        loss(a, *others).sum().backward()
        return a.grad

    return call


def cosine_loss(a, b):
    """One minus torch's cosine."""
    return 1 - functional.cosine_similarity(a, b, dim=-1)


def cosine_embedding_loss(a, b, signs):
    """Torch's."""
    return functional.cosine_embedding_loss(a, b, signs, margin=MARGIN, reduction="none")


def info_nce(queries, keys):
    """The cross-entropy of normalized products."""
    cosines = functional.normalize(queries) @ functional.normalize(keys).T
    return functional.cross_entropy(cosines / TEMPERATURE, torch.arange(len(queries)), reduction="none")


def alignment(a, b):
    """As Wang and Isola write it in torch."""
    return (functional.normalize(a) - functional.normalize(b)).norm(p=2, dim=1).pow(2).mean()


def uniformity(a):
    """As Wang and Isola write it in torch."""
    return torch.pdist(functional.normalize(a), p=2).pow(2).mul(-2).exp().mean().log()


LOSSES = [
    ("cosine_loss", {}, "cosine_similarity", cosine_loss, vectors, VECTORS),
    (
        "cosine_embedding_loss",
        {"margin": MARGIN},
        "cosine_embedding_loss",
        cosine_embedding_loss,
        signed_vectors,
        VECTORS,
    ),
    ("info_nce", {"temperature": TEMPERATURE}, "cross_entropy of products", info_nce, vectors, BATCHES),
]


def both(name, parameters):
    """Our loss and our gradient, one after the other."""
    loss, gradient = getattr(embeddings, name), getattr(embeddings, f"{name}_grad")

    def call(*arguments):
        return loss(*arguments, **parameters), gradient(*arguments, **parameters)

    return call


RACES = [
    Race(
        "cosine_similarity",
        "torch cosine_similarity",
        vectors,
        embeddings.cosine_similarity,
        forward(functools.partial(functional.cosine_similarity, dim=-1)),
        tensors,
        VECTORS,
        why=CALLS,
    ),
    Race(
        "cosine_similarity",
        "1 - sklearn paired_cosine_distances",
        vectors,
        embeddings.cosine_similarity,
        lambda a, b: 1 - sklearn.metrics.pairwise.paired_cosine_distances(a, b),
        sizes=VECTORS,
        why=ACCURATE,
    ),
]
for name, parameters, peer, theirs, inputs, sizes in LOSSES:
    ours = functools.partial(getattr(embeddings, name), **parameters)
    RACES += [
        Race(name, f"torch {peer}", inputs, ours, forward(theirs), tensors, sizes, why=CALLS),
        Race(
            f"{name} + grad",
            "torch forward + backward",
            inputs,
            both(name, parameters),
            backward(theirs),
            tensors,
            sizes,
            why=TWICE,
            why_memory=TILES,
        ),
    ]
RACES += [
    Race(
        "alignment",
        "torch norm",
        vectors,
        embeddings.alignment,
        forward(alignment),
        tensors,
        VECTORS,
        why={"medium": CALLS, "large": ACCURATE},
    ),
    Race(
        "uniformity",
        "torch pdist",
        one_table,
        embeddings.uniformity,
        forward(uniformity),
        tensors,
        BATCHES,
        why_memory=TILES,
    ),
]
