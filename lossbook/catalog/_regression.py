"""The catalog's rows for `lossbook.regression`."""

from lossbook.catalog._quantity import Quantity

PAIRS = "prediction and target real, of equal shape"

ROWS = (
    Quantity(
        name="squared_error",
        title="squared error",
        module="regression",
        formula=r"r^2",
        domain=PAIRS,
        convex=True,
        elicits="mean",
        factor="1",
        chapter=13,
        elsewhere={
            "torch": "torch.nn.functional.mse_loss(prediction, target, reduction='none'); else the mean",
            "scikit-learn": "sklearn.metrics.mean_squared_error(target, prediction); the mean",
        },
    ),
    Quantity(
        name="absolute_error",
        title="absolute error",
        module="regression",
        formula=r"\lvert r \rvert",
        domain=PAIRS,
        convex=True,
        elicits="median",
        factor=None,
        chapter=15,
        elsewhere={
            "torch": "torch.nn.functional.l1_loss(prediction, target, reduction='none'); else the mean",
            "scikit-learn": "sklearn.metrics.mean_absolute_error(target, prediction); the mean",
        },
    ),
    Quantity(
        name="huber",
        title="Huber loss",
        module="regression",
        formula=(
            r"\tfrac12 r^2 \text{ if } \lvert r \rvert \le \delta, "
            r"\text{ else } \delta(\lvert r \rvert - \tfrac12 \delta)"
        ),
        domain=PAIRS,
        hyperparameters={"delta": (1.0, 0.3, 2.5)},
        convex=True,
        elicits="median (small delta) to mean (large delta)",
        factor="1 / 2",
        chapter=15,
        elsewhere={
            "torch": (
                "torch.nn.functional.huber_loss(prediction, target, delta=delta, reduction='none'); "
                "else the mean"
            ),
            "scipy": "scipy.special.huber(delta, prediction - target)",
            "scikit-learn": (
                "sklearn.linear_model.HuberRegressor(epsilon=delta, alpha=0); twice the loss of the scaled "
                "residual, the scale estimated along"
            ),
        },
        note="the elicited value need not lie between median and mean",
    ),
    Quantity(
        name="smooth_l1",
        title="smooth L1 loss",
        module="regression",
        formula=(
            r"\frac{r^2}{2\beta} \text{ if } \lvert r \rvert \le \beta, "
            r"\text{ else } \lvert r \rvert - \tfrac12 \beta"
        ),
        domain=PAIRS,
        hyperparameters={"beta": (1.0, 0.3, 2.5)},
        convex=True,
        elicits="median (small beta) to mean (large beta)",
        factor="1 / (2 * beta)",
        chapter=15,
        elsewhere={
            "torch": (
                "torch.nn.functional.smooth_l1_loss(prediction, target, beta=beta, reduction='none'); "
                "else the mean; takes beta = 0 too"
            ),
        },
        note="the elicited value need not lie between median and mean",
    ),
    Quantity(
        name="pseudo_huber",
        title="pseudo-Huber loss",
        module="regression",
        formula=r"\delta^2\left(\sqrt{1 + (r/\delta)^2} - 1\right)",
        domain=PAIRS,
        hyperparameters={"delta": (1.0, 0.3, 2.5)},
        convex=True,
        elicits="median (small delta) to mean (large delta)",
        factor="1 / 2",
        chapter=15,
        elsewhere={"scipy": "scipy.special.pseudo_huber(delta, prediction - target)"},
        note="the elicited value need not lie between median and mean",
    ),
    Quantity(
        name="log_cosh",
        title="log-cosh loss",
        module="regression",
        formula=r"\log \cosh r",
        domain=PAIRS,
        convex=True,
        elicits="median (wide data) to mean (narrow data)",
        factor="1 / 2",
        chapter=15,
        elsewhere={},
        note="the elicited value need not lie between median and mean",
    ),
    Quantity(
        name="quantile",
        title="quantile loss",
        module="regression",
        formula=r"\max(-\tau r, (1 - \tau) r)",
        domain=PAIRS,
        hyperparameters={"tau": (0.5, 0.1, 0.8)},
        convex=True,
        elicits="quantile",
        factor=None,
        chapter=15,
        elsewhere={
            "scikit-learn": "sklearn.metrics.mean_pinball_loss(target, prediction, alpha=tau); the mean",
        },
        note="elicits the τ-quantile",
    ),
    Quantity(
        name="tukey_biweight",
        title="Tukey's biweight loss",
        module="regression",
        formula=(
            r"\tfrac{c^2}{6}\left(1 - (1 - (r/c)^2)^3\right) \text{ if } \lvert r \rvert \le c, "
            r"\text{ else } \tfrac{c^2}{6}"
        ),
        domain=PAIRS,
        hyperparameters={"c": (4.685, 1.0, 10.0)},
        convex=False,
        elicits="center of the bulk",
        factor="1 / 2",
        chapter=15,
        elsewhere={},
        note="bends down from |r| = c/√5 on",
    ),
    Quantity(
        name="barron",
        title="Barron's general loss",
        module="regression",
        formula=(
            r"\frac{\lvert \alpha - 2 \rvert}{\alpha}\left(\left("
            r"\frac{(r/\text{scale})^2}{\lvert \alpha - 2 \rvert} + 1\right)^{\alpha/2} - 1\right)"
        ),
        domain=PAIRS,
        hyperparameters={
            "alpha": (1.0, 2.0, 0.0, -2.0, float("-inf"), 0.5, 1.5, 3.0),
            "scale": (1.0, 0.5),
        },
        convex=False,
        elicits="depends on alpha",
        factor="1 / (2 * scale**2)",
        chapter=15,
        elsewhere={
            "scipy": (
                "scipy.optimize.least_squares(loss='soft_l1', f_scale=scale) costs scale**2 times this "
                "for alpha = 1; loss='cauchy', f_scale=sqrt(2) * scale for alpha = 0"
            ),
        },
        note="convex for α ≥ 1; elicits the mean at α = 2",
    ),
)
