"""The catalog's rows for `lossbook.divergences`."""

from lossbook.catalog._quantity import Quantity

PAIRS = "probability vectors p and q, of equal shape"
BASES = (None, 2, 10.0)

ROWS = (
    Quantity(
        name="entropy",
        title="entropy",
        module="divergences",
        formula=r"-\sum_i p_i \log p_i",
        domain="probability vector p",
        hyperparameters={"base": BASES},
        chapter=2,
        convex=False,
        elsewhere={"scipy": "scipy.stats.entropy(p, base=base, axis=axis); divides p by its sum"},
        note="concave",
    ),
    Quantity(
        name="cross_entropy",
        title="cross-entropy",
        module="divergences",
        formula=r"-\sum_i p_i \log q_i",
        domain=PAIRS,
        hyperparameters={"base": BASES},
        chapter=2,
        convex=True,
        metric=False,
        elicits="distribution",
        elsewhere={
            "torch": (
                "torch.nn.functional.cross_entropy(log(q), p, reduction='none'), classes along axis 1; "
                "else the mean"
            )
        },
        note="linear in p, convex in q; elicits p as q",
    ),
    Quantity(
        name="kl",
        title="Kullback–Leibler divergence",
        module="divergences",
        formula=r"\sum_i \left(p_i \log \frac{p_i}{q_i} - p_i + q_i\right)",
        domain=PAIRS,
        hyperparameters={"base": BASES},
        chapter=5,
        convex=True,
        metric=False,
        elicits="distribution",
        elsewhere={
            "torch": (
                "torch.nn.functional.kl_div(log(q), p, reduction='none'); summands without −p + q; "
                "else the mean over all numbers"
            ),
            "scipy": "scipy.stats.entropy(p, q, base=base, axis=axis); divides p and q by their sums",
        },
        note="convex in p and q jointly; elicits p as q",
    ),
    Quantity(
        name="kl_from_logits",
        title="Kullback–Leibler divergence of two softmaxes",
        module="divergences",
        formula=r"D(\operatorname{softmax}(a) \Vert \operatorname{softmax}(b))",
        domain="logits a and b, of equal shape",
        chapter=5,
        convex=False,
        metric=False,
        elsewhere={
            "torch": (
                "torch.nn.functional.kl_div(log_softmax(b), log_softmax(a), log_target=True, "
                "reduction='none'); summands"
            )
        },
        note="convex in q_logits",
    ),
    Quantity(
        name="js",
        title="Jensen–Shannon divergence",
        module="divergences",
        formula=r"\tfrac12 D(p \Vert m) + \tfrac12 D(q \Vert m), \quad m = \tfrac12(p + q)",
        domain=PAIRS,
        hyperparameters={"base": BASES},
        chapter=6,
        convex=True,
        metric=False,
        elsewhere={"scipy": "scipy.spatial.distance.jensenshannon(p, q, base=base); the root"},
        note="convex in p and q jointly; its root is a metric",
    ),
    Quantity(
        name="js_distance",
        title="Jensen–Shannon distance",
        module="divergences",
        formula=r"\sqrt{\operatorname{JS}(p, q)}",
        domain=PAIRS,
        hyperparameters={"base": BASES},
        chapter=6,
        metric=True,
        elsewhere={
            "scipy": "scipy.spatial.distance.jensenshannon(p, q, base=base); divides p and q by their sums"
        },
    ),
    Quantity(
        name="js_general",
        title="Jensen–Shannon divergence of several distributions",
        module="divergences",
        formula=r"\sum_i w_i D(p_i \Vert m), \quad m = \sum_i w_i p_i",
        domain="n probability vectors, n weights that sum to 1",
        hyperparameters={"base": BASES},
        chapter=6,
        convex=True,
    ),
    Quantity(
        name="total_variation_distance",
        title="total variation distance",
        module="divergences",
        formula=r"\tfrac12 \sum_i \lvert p_i - q_i \rvert",
        domain=PAIRS,
        chapter=5,
        convex=True,
        metric=True,
        elsewhere={"scipy": "scipy.spatial.distance.cityblock(p, q); twice this"},
    ),
    Quantity(
        name="hellinger",
        title="Hellinger distance",
        module="divergences",
        formula=r"\sqrt{\tfrac12 \sum_i (\sqrt{p_i} - \sqrt{q_i})^2}",
        domain=PAIRS,
        chapter=6,
        metric=True,
    ),
    Quantity(
        name="wasserstein_1d",
        title="Wasserstein-1 distance on the line",
        module="divergences",
        formula=r"\sum_k \lvert F_p(x_k) - F_q(x_k) \rvert (x_{k+1} - x_k)",
        domain="probability vectors p and q, of equal shape, on increasing places x",
        chapter=6,
        convex=True,
        metric=True,
        elsewhere={
            "scipy": "scipy.stats.wasserstein_distance(support, support, p, q); divides p and q by their sums"
        },
    ),
    Quantity(
        name="gaussian_kl",
        title="Kullback–Leibler divergence of two Gaussians",
        module="divergences",
        formula=(
            r"\tfrac12 \left(\operatorname{tr}(\Sigma_q^{-1} \Sigma_p) - d - \log\frac{\det \Sigma_p}{\det "
            r"\Sigma_q} + (\mu_q - \mu_p)^\mathsf{T} \Sigma_q^{-1} (\mu_q - \mu_p)\right)"
        ),
        domain="means and variances, or mean vectors and covariance matrices",
        chapter=5,
        convex=True,
        metric=False,
        elsewhere={
            "torch": "torch.distributions.kl_divergence(p, q) of two MultivariateNormal, or of two Normal"
        },
        note="convex in either mean",
    ),
)
