"""The catalog's rows for `lossbook.embeddings`."""

from lossbook.catalog._quantity import Quantity

PAIRS = "a and b real, of equal shape, no vector zero"

ROWS = (
    Quantity(
        name="cosine_similarity",
        title="cosine similarity",
        module="embeddings",
        formula=r"\frac{a \cdot b}{\lVert a \rVert \lVert b \rVert}",
        domain=PAIRS,
        chapter=12,
        convex=False,
        metric=False,
        elsewhere={
            "torch": "torch.nn.functional.cosine_similarity(a, b, dim=axis); 0 for a zero vector",
            "scikit-learn": "sklearn.metrics.pairwise.cosine_similarity(a, b); of all pairs of rows",
        },
        note="a similarity",
    ),
    Quantity(
        name="cosine_loss",
        title="cosine loss",
        module="embeddings",
        formula=r"1 - \cos(a, b)",
        domain=PAIRS,
        chapter=12,
        convex=False,
        metric=False,
        elicits="direction of the mean unit vector",
        elsewhere={
            "torch": (
                "torch.nn.functional.cosine_embedding_loss(a, b, ones, reduction='none'); else the mean"
            ),
            "scipy": "scipy.spatial.distance.cosine(a, b)",
        },
    ),
    Quantity(
        name="cosine_embedding_loss",
        title="cosine embedding loss",
        module="embeddings",
        formula=(r"1 - \cos(a, b) \text{ if } s = 1, \text{ else } \max(0, \cos(a, b) - m)"),
        domain=PAIRS + "; a sign 1 or −1 a pair",
        hyperparameters={"margin": (0.0, -0.5, 0.5)},
        chapter=12,
        convex=False,
        metric=False,
        elsewhere={
            "torch": (
                "torch.nn.functional.cosine_embedding_loss(a, b, signs, margin=margin, reduction='none'); "
                "else the mean"
            ),
        },
    ),
    Quantity(
        name="info_nce",
        title="InfoNCE loss",
        module="embeddings",
        formula=r"-\log \frac{\exp(\cos(q_i, k_i)/T)}{\sum_j \exp(\cos(q_i, k_j)/T)}",
        domain="queries and keys real, of equal shape (n, d), no vector zero",
        hyperparameters={"temperature": (0.1, 1.0, 0.01)},
        chapter=12,
        convex=False,
        elsewhere={
            "torch": (
                "torch.nn.functional.cross_entropy(cosines / temperature, torch.arange(n), "
                "reduction='none'); takes the cosines"
            ),
        },
    ),
    Quantity(
        name="alignment",
        title="alignment",
        module="embeddings",
        formula=r"\frac1n \sum_i \lVert \hat a_i - \hat b_i \rVert^2",
        domain=PAIRS,
        chapter=12,
        convex=False,
        note="a mean over all pairs",
    ),
    Quantity(
        name="uniformity",
        title="uniformity",
        module="embeddings",
        formula=(
            r"\log \frac{1}{n(n-1)} \sum_{i \ne j} \exp\left(-2 \lVert \hat a_i - \hat a_j \rVert^2\right)"
        ),
        domain="two vectors or more, real, none zero",
        chapter=12,
        convex=False,
        note="of a whole sample",
    ),
)
