"""The catalog's rows for `lossbook.classification`."""

from lossbook.catalog._quantity import Quantity

LABELS = "logits below +∞ and not all −∞, labels from 0 to K − 1"

ROWS = (
    Quantity(
        name="softmax_cross_entropy",
        title="softmax cross-entropy",
        module="classification",
        formula=r"-\sum_c w_c \, y'_c \log \operatorname{softmax}_c(a)",
        domain="logits below +∞ and not all −∞; labels, or probabilities of the targets",
        hyperparameters={"label_smoothing": (0.0, 0.1, 1.0), "class_weights": (None,)},
        chapter=2,
        convex=True,
        elicits="distribution",
        elsewhere={
            "torch": (
                "torch.nn.functional.cross_entropy(logits, target, weight=class_weights, "
                "label_smoothing=label_smoothing, reduction='none'); else the mean, weighted"
            ),
            "scikit-learn": "sklearn.metrics.log_loss(labels, probs); of probabilities, the mean",
        },
        note="class weights and label smoothing change what is elicited",
    ),
    Quantity(
        name="binary_cross_entropy",
        title="binary cross-entropy",
        module="classification",
        formula=r"-t \log \sigma(a) - (1 - t) \log \sigma(-a)",
        domain="logits real, targets from 0 to 1, of equal shape",
        chapter=2,
        convex=True,
        elicits="mean",
        elsewhere={
            "torch": (
                "torch.nn.functional.binary_cross_entropy_with_logits(logits, target, reduction='none'); "
                "else the mean"
            ),
            "scikit-learn": "sklearn.metrics.log_loss(target, probs); of probabilities, the mean",
        },
        note="elicits the logit of the mean",
    ),
    Quantity(
        name="focal_loss",
        title="focal loss",
        module="classification",
        formula=r"(1 - p_y)^\gamma (-\log p_y)",
        domain=LABELS,
        hyperparameters={"gamma": (2.0, 0.0, 0.5, 5.0)},
        chapter=2,
        convex=False,
        elicits="most probable class",
        note="convex for γ = 0 only, where it elicits the distribution",
    ),
    Quantity(
        name="distillation_loss",
        title="distillation loss",
        module="classification",
        formula=r"T^2 D(\operatorname{softmax}(v/T) \Vert \operatorname{softmax}(z/T))",
        domain="logits of student z and teacher v, of equal shape",
        hyperparameters={"temperature": (1.0, 0.5, 4.0)},
        chapter=10,
        convex=True,
        elsewhere={
            "torch": (
                "torch.nn.functional.kl_div(log_softmax(z / T), log_softmax(v / T), log_target=True, "
                "reduction='none'); summands, without T**2"
            )
        },
        note="convex in the student's logits",
    ),
    Quantity(
        name="brier_score",
        title="Brier score",
        module="classification",
        formula=r"\sum_c (p_c - [c = y])^2",
        domain="probability vectors, labels from 0 to K − 1",
        chapter=14,
        convex=True,
        elicits="distribution",
        elsewhere={
            "scikit-learn": (
                "sklearn.metrics.brier_score_loss(labels, probs); the mean, and half of it for two classes"
            )
        },
    ),
    Quantity(
        name="expected_calibration_error",
        title="expected calibration error",
        module="classification",
        formula=r"\sum_b \frac{n_b}{n} \lvert \text{accuracy}_b - \text{confidence}_b \rvert",
        domain="probability vectors, labels from 0 to K − 1",
        hyperparameters={"bins": (15, 1, 10)},
        chapter=1,
    ),
)
