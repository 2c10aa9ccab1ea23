"""The catalog's rows for `lossbook.objectives`."""

from lossbook.catalog._quantity import Quantity

STRENGTHS = (1.0, 0.1, 10.0)
SAMPLE = "x real of shape (n,) or (n, d), y real of shape (n,)"

ROWS = (
    Quantity(
        name="mean_loss",
        title="mean loss",
        module="objectives",
        formula=r"\frac{\sum_i w_i \ell_i}{\sum_i w_i}",
        domain="losses real; weights of equal shape, not negative",
        chapter=8,
        convex=True,
        note="linear in the losses",
    ),
    Quantity(
        name="l1_penalty",
        title="L1 penalty",
        module="objectives",
        formula=r"\sum_j \lvert \theta_j \rvert",
        domain="parameters real",
        chapter=8,
        convex=True,
    ),
    Quantity(
        name="l2_penalty",
        title="L2 penalty",
        module="objectives",
        formula=r"\sum_j \theta_j^2",
        domain="parameters real",
        chapter=8,
        convex=True,
        note="no factor ½",
    ),
    Quantity(
        name="objective",
        title="penalized objective",
        module="objectives",
        formula=r"\frac1n \sum_i \ell_i + \lambda R(\theta)",
        domain="losses and parameters real",
        hyperparameters={"penalty": ("l2", "l1"), "strength": STRENGTHS},
        chapter=8,
        convex=True,
        note="where the losses are convex in the parameters",
    ),
    Quantity(
        name="ridge",
        title="ridge regression",
        module="objectives",
        formula=r"\min_{b_0, b} \sum_i (b_0 + x_i^\top b - y_i)^2 + \lambda \sum_j b_j^2",
        domain=SAMPLE,
        hyperparameters={"strength": STRENGTHS},
        chapter=8,
        convex=True,
        elsewhere={"scikit-learn": "sklearn.linear_model.Ridge(alpha=strength)"},
    ),
    Quantity(
        name="lasso",
        title="lasso",
        module="objectives",
        formula=(
            r"\min_{b_0, b} \tfrac12 \sum_i (b_0 + x_i^\top b - y_i)^2 + \lambda \sum_j \lvert b_j \rvert"
        ),
        domain=SAMPLE,
        hyperparameters={"strength": STRENGTHS},
        chapter=8,
        convex=True,
        elsewhere={"scikit-learn": "sklearn.linear_model.Lasso(alpha=strength / n)"},
    ),
    Quantity(
        name="soft_threshold",
        title="soft-thresholding",
        module="objectives",
        formula=r"\operatorname{sign}(x) \max(\lvert x \rvert - t, 0)",
        domain="real",
        hyperparameters={"threshold": (1.0, 0.0, 3.0)},
        chapter=8,
        convex=False,
        elsewhere={"torch": "torch.nn.functional.softshrink(x, threshold)"},
    ),
)
