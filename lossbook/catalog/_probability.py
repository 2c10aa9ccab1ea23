"""The catalog's rows for `lossbook.probability`."""

from lossbook.catalog._quantity import Quantity

LOGITS = "logits real, below +∞ and not all −∞ along the axis"
TEMPERATURES = (1.0, 0.5, 4.0)

ROWS = (
    Quantity(
        name="sigmoid",
        title="logistic sigmoid",
        module="probability",
        formula=r"\frac{1}{1 + e^{-x}}",
        domain="real",
        chapter=1,
        convex=False,
        elsewhere={"torch": "torch.sigmoid(x)", "scipy": "scipy.special.expit(x)"},
    ),
    Quantity(
        name="log_sigmoid",
        title="log-sigmoid",
        module="probability",
        formula=r"-\log\left(1 + e^{-x}\right)",
        domain="real",
        chapter=1,
        convex=False,
        elsewhere={"torch": "torch.nn.functional.logsigmoid(x)", "scipy": "scipy.special.log_expit(x)"},
        note="concave",
    ),
    Quantity(
        name="softmax",
        title="softmax",
        module="probability",
        formula=r"\frac{e^{a_i/T}}{\sum_j e^{a_j/T}}",
        domain=LOGITS,
        hyperparameters={"temperature": TEMPERATURES},
        chapter=1,
        elsewhere={
            "torch": "torch.softmax(logits / temperature, dim=axis); NaN for +∞ and for −∞ alone",
            "scipy": "scipy.special.softmax(logits / temperature, axis=axis); NaN for +∞ and for −∞ alone",
        },
    ),
    Quantity(
        name="log_softmax",
        title="log-softmax",
        module="probability",
        formula=r"a_i/T - \log \sum_j e^{a_j/T}",
        domain=LOGITS,
        hyperparameters={"temperature": TEMPERATURES},
        chapter=1,
        convex=False,
        elsewhere={
            "torch": "torch.log_softmax(logits / temperature, dim=axis); 0 where this is above −1e-17",
            "scipy": "scipy.special.log_softmax(logits / temperature, axis=axis)",
        },
        note="each entry is concave",
    ),
    Quantity(
        name="logsumexp",
        title="log-sum-exp",
        module="probability",
        formula=r"\log \sum_j e^{a_j}",
        domain=LOGITS,
        chapter=1,
        convex=True,
        elsewhere={
            "torch": "torch.logsumexp(logits, dim=axis); takes +∞ and −∞ alone too",
            "scipy": "scipy.special.logsumexp(logits, axis=axis); takes +∞ and −∞ alone too",
        },
    ),
    Quantity(
        name="softmax_jacobian",
        title="Jacobian of softmax",
        module="probability",
        formula=r"\operatorname{diag}(s) - s s^\mathsf{T}",
        domain=LOGITS,
        chapter=1,
        elsewhere={
            "torch": "torch.autograd.functional.jacobian(function, logits) of the function softmax",
        },
    ),
    Quantity(
        name="softmax_vjp",
        title="vector–Jacobian product of softmax",
        module="probability",
        formula=r"s \odot (v - \langle s, v \rangle)",
        domain="logits as for softmax, a vector of equal shape",
        chapter=1,
        elsewhere={
            "torch": "torch.autograd.grad(torch.softmax(logits, -1), logits, vector)",
        },
    ),
    Quantity(
        name="sparsemax",
        title="sparsemax",
        module="probability",
        formula=r"\operatorname*{argmin}_{p \in \Delta} \lVert p - a \rVert^2",
        domain=LOGITS,
        chapter=1,
    ),
)
