"""The catalog: every claim of its rows is held to the code; names are found; tables render."""

import importlib
import inspect
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import scipy
import scipy.optimize
import scipy.spatial
import scipy.special
import scipy.stats
import sklearn.feature_selection
import sklearn.linear_model
import sklearn.metrics
import torch
from myst_parser.mdit_to_docutils.base import default_slugify

from lossbook import catalog, distances, divergences, images, regression
from tests.arguments import X, Y, call, good, parameters, settings

ROWS = list(catalog.CATALOG)
MODULES = list(dict.fromkeys(row.module for row in ROWS))


# ---- Rows and tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODULES)
def test_every_function_of_a_module_has_a_row_and_the_reverse(name):
    module = importlib.import_module(f"lossbook.{name}")
    functions = {name for name in module.__all__ if inspect.isfunction(getattr(module, name))}
    rows = [row for row in ROWS if row.module == name]
    assert {row.name for row in rows} == {f for f in functions if not f.endswith(("_grad", "_weight"))}
    for row in rows:
        assert catalog.get(row.name) is row
        assert row.function is getattr(module, row.name)
        assert row.hyperparameters.keys() <= inspect.signature(row.function).parameters.keys() | {"metric"}


def test_an_unknown_name_is_refused_with_close_matches():
    with pytest.raises(KeyError) as error:
        catalog.get("hubber")
    assert error.value.args == ("no quantity is called 'hubber'; did you mean 'huber'?",)
    with pytest.raises(KeyError) as error:
        catalog.get("xyz")
    names = ", ".join(row.name for row in ROWS)
    assert error.value.args == (f"no quantity is called 'xyz'; the catalog has {names}",)


def test_a_table_in_markdown_and_in_plain_text():
    table = catalog.table(["huber", "squared_error"], columns=["name", "convex", "factor", "chapter"])
    assert table._repr_markdown_() == (
        "| function | convex | loss / r² near 0 | chapter |\n"
        "| --- | --- | --- | --- |\n"
        "| `huber` | yes | `1 / 2` | 15 |\n"
        "| `squared_error` | yes | `1` | 13 |"
    )
    assert repr(
        catalog.table(["quantile", "tukey_biweight"], columns=["title", "hyperparameters", "convex"])
    ) == (
        "name                   hyperparameters  convex\n"
        "---------------------  ---------------  ------\n"
        "quantile loss          `tau`            yes\n"
        "Tukey's biweight loss  `c`              no"
    )
    assert catalog.Table(("a",), (("|r|",),))._repr_markdown_() == "| a |\n| --- |\n| \\|r\\| |"


def test_a_table_of_one_module_and_of_everything():
    names = [row.name for row in ROWS if row.module == "regression"]
    assert catalog.table(module="regression").rows == catalog.table(names).rows
    columns = ["name", "title", "module", "formula", "domain", "hyperparameters", "convex", "metric"]
    columns += ["elicits", "factor", "torch", "scipy", "scikit-learn", "chapter", "note"]
    columns += ["range", "invariances", "counterexample", "cost", "when", "wild"]
    lines = catalog.table(columns=columns)._repr_markdown_().splitlines()
    assert len(lines) == len(ROWS) + 2
    assert {line.replace(r"\|", "").count("|") for line in lines} == {22}
    # Inside a formula the escaped bar means a norm.
    assert not [row.name for row in ROWS if "|" in row.formula]


def test_what_a_table_cannot_show_is_refused():
    with pytest.raises(ValueError, match=r"^column must be one of 'name', 'title', .*; got 'speed'$"):
        catalog.table(columns=["speed"])
    with pytest.raises(ValueError, match=r"^module must be one of .*'regression'.*; got 'colors'$"):
        catalog.table(module="colors")
    with pytest.raises(KeyError, match="no quantity is called 'mse'"):
        catalog.table(["mse"])


# ---- The table to choose by --------------------------------------------------------------------------------

ROOT = Path(__file__).parents[1]
PROVED = [row for row in ROWS if row.proofs]


def anchors(page):
    """The anchors of a notebook's headings, as the site makes them (`myst_heading_anchors`)."""
    cells = json.loads((ROOT / f"{page}.ipynb").read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    found = [re.match(r"(?:\(.+\)=\s*\n)*#{1,4} +([^\n]*)", source) for source in sources]
    return {default_slugify(match[1].strip()) for match in found if match}


@pytest.mark.parametrize("row", PROVED, ids=lambda row: row.name)
def test_every_claim_leads_to_a_section_that_is_there(row):
    assert row.when
    for claim, target in row.proofs.items():
        page, _, anchor = target.partition("#")
        assert (ROOT / f"{page}.ipynb").exists(), target
        if claim == "chapter":
            assert re.fullmatch(rf"chapters/{row.chapter:02d}_\w+", target)
        else:
            assert anchor in anchors(page), target


def test_every_loss_that_elicits_something_can_be_chosen_with_all_its_claims():
    claims = {"when", "elicits", "wild", "convex", "factor", "torch"}
    for row in ROWS:
        if row.module in ("regression", "classification") and row.wild:
            told = {name for name in claims if getattr(row, name, row.elsewhere.get(name)) not in ("", None)}
            assert row.proofs.keys() == told | {"chapter"}, row.name
    assert {row.name for row in ROWS if row.wild} >= {row.name for row in ROWS if row.module == "regression"}


@pytest.mark.parametrize("row", [row for row in ROWS if row.wild], ids=lambda row: row.name)
def test_what_a_wild_target_can_do_is_in_the_gradient(row):
    for setting in settings(row):
        if row.module == "regression":
            pulls = np.abs([row.gradient(x, 0.0, **setting) for x in (1e3, 1e6)])
        elif row.name == "brier_score":
            pulls = [np.abs(row.gradient(np.array([p, 1 - p]), 1)).max() for p in (0.9, 1.0)]
        else:  # a forecast that is ever surer, and wrong
            label = 0.0 if row.name == "binary_cross_entropy" else 1
            logits = [x if row.name == "binary_cross_entropy" else np.array([x, 0.0]) for x in (20.0, 40.0)]
            pulls = [np.abs(row.gradient(x, label, **setting)).max() for x in logits]
        grows, fades = pulls[1] > 2 * pulls[0], pulls[1] <= 0.5 * pulls[0]
        wild = "pulls without bound" if grows else "lets go" if fades else "bounded pull"
        if row.name == "barron":
            where = "alpha < 1" if setting["alpha"] < 1 else "1" if setting["alpha"] == 1 else "above"
            short = {"pulls without bound": "unbounded", "bounded pull": "bounded"}
            assert f"{where}: {short.get(wild, wild)}" in row.wild.split("; ")
        elif setting.get("label_smoothing") != 1.0:
            assert wild == row.wild, setting


def test_a_decision_is_a_row_of_links_and_of_plain_words():
    table = catalog.decisions(["smooth_l1", "kl"], columns=["wild", "factor", "torch"], book="up")
    fold = "up/chapters/15_huber.ipynb#what-each-library-calls-by-this-name"
    assert f"| [`smooth_l1_loss`]({fold}) | [15](up/chapters/15_huber.ipynb) |" in table._repr_markdown_()
    assert repr(table) == (
        "loss                         a wild target  loss / r² near 0  torch             chapter\n"
        "---------------------------  -------------  ----------------  ----------------  -------\n"
        "smooth L1 loss               bounded pull   1 / (2 beta)      `smooth_l1_loss`  15\n"
        "Kullback–Leibler divergence  –              –                 `kl_div`          5"
    )
    with pytest.raises(KeyError, match="the catalog names no proof for 'domain' of 'huber'"):
        catalog.decisions(["huber"], columns=["domain"])
    with pytest.raises(ValueError, match="column must be one of"):
        catalog.decisions(["huber"], columns=["speed"])


# ---- Values and gradients, written twice -------------------------------------------------------------------

LOSSES = [row for row in ROWS if row.gradient]
OF_RESIDUALS = [row for row in ROWS if row.module == "regression"]
SETTINGS = [
    pytest.param(row, setting, id=f"{row.name}-{setting}") for row in LOSSES for setting in settings(row)
]
F = torch.nn.functional


def torch_barron(r, *, alpha, scale=1.0):
    """Return the loss in the general form and its limits, as in the paper."""
    z = (r / scale) ** 2
    if alpha == 2:
        return z / 2
    if alpha == 0:
        return torch.log(z / 2 + 1)
    if alpha == -math.inf:
        return 1 - torch.exp(-z / 2)
    bend = abs(alpha - 2)
    return bend / alpha * ((z / bend + 1) ** (alpha / 2) - 1)


def torch_gram_loss(features, target_features, *, normalization="chw"):
    """Return the mean squared difference of the Gram matrices."""
    c, h, w = features.shape[-3:]
    by = {"chw": c * h * w, "hw": h * w, None: 1}[normalization]
    a, b = (torch.einsum("...ihw,...jhw->...ij", f, f) / by for f in (features, target_features))
    return ((a - b) ** 2).mean((-2, -1))


def torch_total_variation(image, *, kind="isotropic", beta=1.0):
    """Return the sum over all pixels; no difference leaves the picture."""
    down = F.pad(image[..., 1:, :] - image[..., :-1, :], (0, 0, 0, 1))
    right = F.pad(image[..., :, 1:] - image[..., :, :-1], (0, 1))
    if kind == "isotropic":
        # 0 to the power ½ has no derivative: the last pixel, whose differences are both 0, is left out.
        squares = (down**2 + right**2).flatten(-2)[..., :-1]
        return (squares ** (beta / 2)).sum(-1)
    return (down.abs() ** beta + right.abs() ** beta).sum((-2, -1))


def torch_cosine_embedding(a, b, signs, *, margin=0.0):
    """Return 1 − cos for pairs that belong together, what is above the margin for others."""
    cosines = F.cosine_similarity(a, b, dim=-1)
    return torch.where(signs > 0, 1 - cosines, (cosines - margin).clamp(min=0))


def torch_info_nce(queries, keys, *, temperature=0.1):
    """Return the cross-entropy of all cosines, with the own key as the right class."""
    cosines = F.normalize(queries, dim=-1) @ F.normalize(keys, dim=-1).T
    return F.cross_entropy(cosines / temperature, torch.arange(len(queries)), reduction="none")


# The definitions, written down a second time in torch: autograd differentiates these.
TORCH = {
    "softmax_cross_entropy": lambda a, t, *, label_smoothing=0.0, class_weights=None: F.cross_entropy(
        a, t, reduction="none", label_smoothing=label_smoothing, weight=class_weights
    ),
    "binary_cross_entropy": lambda a, t: -t * F.logsigmoid(a) - (1 - t) * F.logsigmoid(-a),
    "focal_loss": lambda a, y, *, gamma=2.0: (
        -((1 - a.softmax(-1)[range(len(y)), y]) ** gamma) * a.log_softmax(-1)[range(len(y)), y]
    ),
    "distillation_loss": lambda z, v, *, temperature=1.0: (
        temperature**2
        * F.kl_div(
            (z / temperature).log_softmax(-1),
            (v / temperature).log_softmax(-1),
            log_target=True,
            reduction="none",
        ).sum(-1)
    ),
    "brier_score": lambda p, y: ((p - F.one_hot(y, p.shape[-1])) ** 2).sum(-1),
    "squared_error": lambda y, t: (y - t) ** 2,
    "absolute_error": lambda y, t: (y - t).abs(),
    "huber": lambda y, t, *, delta=1.0: torch.where(
        (y - t).abs() <= delta, (y - t) ** 2 / 2, delta * ((y - t).abs() - delta / 2)
    ),
    "smooth_l1": lambda y, t, *, beta=1.0: torch.where(
        (y - t).abs() <= beta, (y - t) ** 2 / (2 * beta), (y - t).abs() - beta / 2
    ),
    "pseudo_huber": lambda y, t, *, delta=1.0: delta**2 * (torch.sqrt(1 + ((y - t) / delta) ** 2) - 1),
    "log_cosh": lambda y, t: torch.log(torch.cosh(y - t)),
    "quantile": lambda y, t, *, tau=0.5: torch.where(y < t, tau * (t - y), (1 - tau) * (y - t)),
    "tukey_biweight": lambda y, t, *, c=4.685: c**2 / 6 * (1 - (1 - (((y - t) / c) ** 2).clamp(max=1)) ** 3),
    "barron": lambda y, t, **setting: torch_barron(y - t, **setting),
    "cosine_loss": lambda a, b: 1 - F.cosine_similarity(a, b, dim=-1),
    "cosine_embedding_loss": torch_cosine_embedding,
    "info_nce": torch_info_nce,
    "gram_loss": torch_gram_loss,
    "total_variation": torch_total_variation,
}


def data_of(row):
    """Return the positional arguments of a loss: residuals on both sides of every join for regression."""
    if row in OF_RESIDUALS:
        r = np.array(
            [-7.3, -4.1, -2.2, -1.37, -0.83, -0.41, -0.12, 0.07, 0.23, 0.61, 0.97, 1.61, 2.83, 4.4, 9.1]
        )
        return [r + 1, np.ones_like(r)]
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.signature(row.function).parameters.values()
    return [good(f"{row.module}.{row.name}")[p.name] for p in signature if p.kind is positional]


@pytest.mark.parametrize(("row", "setting"), SETTINGS)
def test_value_and_gradient_equal_torchs_autograd(row, setting):
    first, *others = data_of(row)
    tensors = [torch.tensor(first, requires_grad=True), *map(torch.tensor, others)]
    losses = TORCH[row.name](*tensors, **setting)
    losses.sum().backward()
    ours = row.function(first, *others, **setting)
    np.testing.assert_allclose(ours, losses.detach().numpy(), rtol=1e-10, atol=1e-14)
    gradient = row.gradient(first, *others, **setting)
    np.testing.assert_allclose(gradient, tensors[0].grad.numpy(), rtol=1e-9, atol=1e-12)


def test_every_loss_is_written_down_twice():
    assert {row.name for row in LOSSES} == TORCH.keys()


@pytest.mark.parametrize(("row", "setting"), [param for param in SETTINGS if param.values[0].weight])
def test_weight_times_residual_is_the_gradient(row, setting):
    prediction, target = data_of(row)
    weight = row.weight(prediction, target, **setting)
    gradient = row.gradient(prediction, target, **setting)
    np.testing.assert_allclose(weight * (prediction - target), gradient, rtol=1e-13)
    assert row.weight(0.0, 0.0, **setting) == 1
    assert (weight >= 0).all()
    assert (weight <= 1).all()


# ---- Convexity ---------------------------------------------------------------------------------------------

# Claims about the first argument with the others fixed; a random pair of points and their middle.
CONVEX = [row for row in ROWS if row.convex is not None and row.name not in ("ridge", "lasso", "denoise_tv")]


def chord_excess(row, setting, rng):
    """Return the largest loss at a middle minus the mean of both ends', over random pairs of points."""
    name = f"{row.module}.{row.name}"
    arguments = {**good(name), **setting}
    first = next(iter(arguments))
    worst = -math.inf
    for _ in range(150):
        ends = [point_like(name, first, arguments[first], rng) for _ in range(2)]
        left, right = (np.asarray(call(name, **{**arguments, first: end})) for end in ends)
        middle = np.asarray(call(name, **{**arguments, first: (ends[0] + ends[1]) / 2}))
        worst = max(worst, float((middle - (left + right) / 2).max()))
    return worst


def point_like(name, parameter, value, rng):
    """Return a random value for a parameter, in its domain."""
    role = parameters(name)[parameter]
    if role in ("distribution", "table"):
        return rng.dirichlet(
            np.full(value.size if role == "table" else value.shape[-1], 0.5),
            value.shape[:-1] if role == "distribution" else None,
        ).reshape(value.shape)
    if role == "booleans":
        return rng.random(value.shape) < 0.5
    return rng.normal(scale=rng.choice([0.3, 3.0]), size=value.shape)


@pytest.mark.parametrize("row", [row for row in CONVEX if row.convex], ids=lambda row: row.name)
def test_what_is_called_convex_lies_below_its_chords(row):
    for setting in settings(row):
        assert chord_excess(row, setting, np.random.default_rng(1)) <= 1e-10, setting


@pytest.mark.parametrize(
    "row",
    [row for row in CONVEX if not row.convex and "boolean" not in row.domain and row.name != "hamming"],
    ids=lambda row: row.name,
)
def test_what_is_not_called_convex_rises_above_a_chord(row):
    assert max(chord_excess(row, setting, np.random.default_rng(1)) for setting in settings(row)) > 1e-3


@pytest.mark.parametrize(
    ("alpha", "convex"), [(1, 1), (1.2, 1), (3, 1), (math.inf, 1), (0.9, 0), (0, 0), (-2, 0)]
)
def test_barron_is_convex_from_alpha_1_on(alpha, convex):
    r = np.linspace(-9, 9, 301) if alpha < math.inf else np.linspace(-3, 3, 301)
    losses = regression.barron(r, np.zeros(301), alpha=alpha)
    bend = np.diff(losses, 2) / np.diff(losses, 2).max()
    assert (bend.min() >= -1e-9) == bool(convex)


def test_convexity_with_limits_has_just_these():
    assert {row.name: (row.convex, row.convex_where) for row in ROWS if row.convex_where} == {
        "cross_entropy": (True, "in either alone; not in the pair"),
        "hellinger": (False, "its square"),
        "barron": (False, "for alpha ≥ 1"),
        "minkowski": (False, "for p ≥ 1"),
        "total_variation": (False, "for β ≥ 1"),
    }
    for name, key in (("minkowski", "p"), ("total_variation", "beta")):
        for value in (1.0, 1.01, 1.5, 4.0):
            assert chord_excess(catalog.get(name), {key: value}, np.random.default_rng(1)) <= 1e-10
    ends = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert distances.minkowski(ends.mean(0), 0 * ends[0], p=0.99) > 1  # both ends have 1
    step = np.array([[0.0, 1.0]])
    assert images.total_variation(step / 2, beta=0.99) > images.total_variation(step, beta=0.99) / 2
    p, q, first, second = np.random.default_rng(1).dirichlet(np.ones(3), (4, 200))
    ce, middle = divergences.cross_entropy, (first + second) / 2
    np.testing.assert_allclose(ce(middle, p), (ce(first, p) + ce(second, p)) / 2)
    assert (ce(p, middle) <= (ce(p, first) + ce(p, second)) / 2 + 1e-12).all()
    assert (ce((p + q) / 2, middle) - (ce(p, first) + ce(q, second)) / 2).max() > 0.1


# ---- Metrics -----------------------------------------------------------------------------------------------

METRICS = [row for row in ROWS if row.metric is not None and row.module in ("distances", "divergences")]
PAIRED = [
    row
    for row in METRICS
    if len(
        set(parameters(f"{row.module}.{row.name}").values())
        & {"vectors", "directions", "distribution", "logits", "booleans", "codes"}
    )
    == 1
]


def three_points(row, rng, n=3000):
    """Return three arrays of n random points each, in the domain of a distance."""
    role = next(iter(parameters(f"{row.module}.{row.name}").values()))
    if role == "distribution":
        return rng.dirichlet([0.4, 0.4, 0.4], (3, n))
    if role == "booleans":
        return rng.random((3, n, 3)) < 0.5
    if role == "codes":
        return rng.integers(0, 3, (3, n, 3)).astype(float)
    return rng.normal(size=(3, n, 3))


@pytest.mark.parametrize("row", PAIRED, ids=lambda row: row.name)
def test_what_is_called_a_metric_is_one_and_nothing_else(row):
    x, y, z = three_points(row, np.random.default_rng(1))
    fixed = {k: v for k, v in good(f"{row.module}.{row.name}").items() if k in ("cov", "support")}
    violations = []
    for setting in settings(row):

        def d(a, b, setting=setting):
            return np.asarray(row.function(a, b, **{**fixed, **setting}))

        triangle = d(x, z) - d(x, y) - d(y, z)
        violations.append(max(triangle.max(), abs(d(x, y) - d(y, x)).max(), abs(d(x, x)).max()))
    if row.metric:
        assert max(violations) <= 1e-7
        assert d(x, y)[(x != y).any(-1)].min() > 0
    else:
        assert max(violations) > 1e-3


# ---- What leaves a measure alone, and why some are no metrics ----------------------------------------------

MEASURES = [row for row in ROWS if row.invariances]


def counted(x, y):
    """Return the joint table of two columns of codes: the share of each pair of values."""
    table = np.zeros((len(np.unique(x)), len(np.unique(y))))
    np.add.at(table, tuple(np.unique(z, return_inverse=True)[1] for z in (x, y)), 1 / len(x))
    return table


def measured(row, x, y, cov):
    """Return a measure of two vectors, of two columns of codes, or of two sets given by zeros and ones."""
    if row.name in ("mutual_information", "variation_of_information"):
        return float(row.function(counted(x, y)))
    if row.name.startswith("jaccard"):
        return float(row.function(x != 0, y != 0))
    more = {"cov": cov} if row.name == "mahalanobis" else {"p": 3.0} if row.name == "minkowski" else {}
    return float(row.function(x, y, **more))


def two_things(row, rng):
    """Return two vectors of the kind that a measure takes, and a covariance."""
    d = 40 if "information" in row.name else 6
    root = rng.normal(size=(d, d))
    if row.name in ("hamming", "mutual_information", "variation_of_information"):
        x = rng.integers(1, 4, d)
        y = np.where(rng.random(d) < 0.5, x, rng.integers(1, 4, d))
    elif row.name.startswith("jaccard"):
        x, y = rng.permuted([[1, 1, 1, 0, 0, 0], [1, 1, 0, 1, 0, 0]], axis=1)
        x[0] = y[0] = 1
    else:
        x = rng.normal(size=d)
        y = 0.6 * x + rng.normal(size=d) + 1
    return x.astype(float), y.astype(float), root @ root.T + np.eye(d)


def recoded(x, rng):
    """Replace each value by another one, one-to-one and not in order."""
    values, places = np.unique(x, return_inverse=True)
    return rng.permutation(np.arange(len(values)) ** 2 + 0.5)[places]


def after(change, x, y, cov, rng):
    """Return both things and the covariance after a change, drawn at random, of the kind that is named."""
    d = len(x)
    if change == "own shifts":
        return x + rng.uniform(1, 3), y - rng.uniform(1, 3), cov
    if change == "own scales":
        return x * rng.uniform(2, 3), y * rng.uniform(4, 5), cov
    if change == "scale":
        factor = rng.uniform(2, 3)
        return factor * x, factor * y, factor**2 * cov
    if change == "shift":
        step = rng.normal(size=d) * 3
        return x + step, y + step, cov
    if change == "recoding":
        z = recoded(np.concatenate([x, y]), rng)
        return z[:d], z[d:], cov
    if change == "own recodings":
        return recoded(x, rng), recoded(y, rng), cov
    if change == "shared zeros":
        return np.append(x, np.zeros(3)), np.append(y, np.zeros(3)), cov
    matrix = {
        "units": lambda: np.diag(np.exp(rng.normal(size=d))),
        "rotation": lambda: np.linalg.qr(rng.normal(size=(d, d)))[0],
        "linear map": lambda: rng.normal(size=(d, d)),
        "order": lambda: np.eye(d)[rng.permutation(d)],
    }[change]()
    return matrix @ x, matrix @ y, matrix @ cov @ matrix.T


@pytest.mark.parametrize("change", catalog.CHANGES)
@pytest.mark.parametrize("row", MEASURES, ids=lambda row: row.name)
def test_the_changes_that_are_claimed_leave_a_measure_alone_and_no_others(row, change):
    rng = np.random.default_rng(9)
    moved = []
    for _ in range(15):
        x, y, cov = two_things(row, rng)
        before = measured(row, x, y, cov)
        x, y, cov = after(change, x, y, cov, rng)
        if row.name == "mahalanobis" and change == "shared zeros":
            with pytest.raises(ValueError, match=r"cov must have shape \(9, 9\)"):
                measured(row, x, y, cov)
            moved.append(math.inf)  # what is refused is not left alone
        else:
            moved.append(abs(measured(row, x, y, cov) - before))
    if change in row.invariances:
        assert max(moved) < 1e-9
    else:
        assert max(moved) > 0.02


def test_every_distance_and_dependence_says_the_same_facts():
    rows = [row for row in ROWS if row.module == "distances" and row.name != "pairwise"]
    assert rows == MEASURES
    for row in rows:
        assert set(row.invariances) <= set(catalog.CHANGES)
        assert [row.invariances.index(c) for c in catalog.CHANGES if c in row.invariances] == list(
            range(len(row.invariances))
        )
        assert row.range[0] in "[("
        assert row.cost
        assert row.when
        assert (row.metric is False) == (row.counterexample is not None), row.name


@pytest.mark.parametrize("row", [row for row in ROWS if row.counterexample], ids=lambda row: row.name)
def test_a_counterexample_breaks_the_axiom_that_it_names(row):
    points = row.counterexample["points"]
    parameters = row.counterexample.get("parameters", {})
    ((text,),) = catalog.table([row.name], columns=["counterexample"]).rows
    if row.counterexample["axiom"] == "zero":
        if len(points) == 2:
            assert points[0] == points[1]
        else:  # the joint table of a variable with itself has nothing off its diagonal
            assert np.count_nonzero(points[0]) == np.count_nonzero(np.diagonal(points[0])) == 2
        value = float(row.function(*points, **parameters))
        assert value > 0.1
        assert text == f"no: {value:.3g} between a thing and itself"
        return
    assert row.counterexample["axiom"] == "triangle"
    x, y, z = points
    direct, first, second = (float(row.function(a, b, **parameters)) for a, b in ((x, z), (x, y), (y, z)))
    assert direct > first + second + 0.1
    no = "for p ≥ 1; else no" if row.name == "minkowski" else "no"
    assert text.startswith(f"{no}: {direct:.3g} > {first:.3g} + {second:.3g}, from (")


@pytest.mark.parametrize("row", [row for row in MEASURES if row.metric], ids=lambda row: row.name)
def test_a_plain_yes_tells_apart_what_is_not_equal(row):
    ((text,),) = catalog.table([row.name], columns=["counterexample"]).rows
    if row.name == "variation_of_information":  # of a variable and a renaming of it
        apart, where = row.function([[0.0, 0.4], [0.6, 0.0]]), ", on groupings"
    else:
        x = np.array([True, False, True]) if "jaccard" in row.name else np.array([1.0, 2.0, -1.0])
        y = ~x if x.dtype == bool else 2 * x
        apart = row.function(x, y, **({"cov": np.eye(3)} if row.name == "mahalanobis" else {}))
        where = ", on directions" if row.name == "angular_distance" else ""
    assert (abs(apart) < 1e-9) == bool(where) == bool(row.metric_where)
    assert text == f"yes{where}"


def test_variation_of_information_is_a_metric_on_groupings():
    vi, rng = catalog.get("variation_of_information").function, np.random.default_rng(9)
    for _ in range(400):
        x, y, z = rng.integers(0, rng.integers(2, 5), (3, 9))
        xy, yz, xz = (float(vi(counted(a, b))) for a, b in ((x, y), (y, z), (x, z)))
        assert xz <= xy + yz + 1e-9
        assert xy == pytest.approx(float(vi(counted(y, x))), rel=0, abs=1e-9)
        same = len({*zip(x, y, strict=True)}) == len(set(x)) == len(set(y))  # each a name for the other
        assert (xy < 1e-9) == same
        assert vi(counted(x, x)) == pytest.approx(0, abs=1e-12)


#: What reaches the ends of a range: arguments for the least and for the greatest value, or None: none is.
LIMITS = {
    "euclidean": (([1.0, 2.0], [1.0, 2.0]), ([0.0, 0.0], [1e9, 0.0])),
    "manhattan": (([1.0, 2.0], [1.0, 2.0]), ([0.0, 0.0], [1e9, 0.0])),
    "chebyshev": (([1.0, 2.0], [1.0, 2.0]), ([0.0, 0.0], [1e9, 0.0])),
    "minkowski": (([1.0, 2.0], [1.0, 2.0]), ([0.0, 0.0], [1e9, 0.0])),
    "mahalanobis": (([1.0, 2.0], [1.0, 2.0]), ([0.0, 0.0], [1e9, 0.0])),
    "cosine_distance": (([1.0, 2.0], [2.0, 4.0]), ([1.0, 2.0], [-3.0, -6.0])),
    "angular_distance": (([1.0, 2.0], [2.0, 4.0]), ([1.0, 2.0], [-3.0, -6.0])),
    "pearson_correlation": (([1.0, 2.0, 4.0], [-1.0, -2.0, -4.0]), ([1.0, 2.0, 4.0], [3.0, 5.0, 9.0])),
    "correlation_distance": (([1.0, 2.0, 4.0], [3.0, 5.0, 9.0]), ([1.0, 2.0, 4.0], [-1.0, -2.0, -4.0])),
    "hamming": (([1, 2], [1, 2]), ([1, 2], [2, 1])),
    "jaccard_index": (({1}, {2}), ({1, 2}, {1, 2})),
    "jaccard_distance": (({1, 2}, {1, 2}), ({1}, {2})),
    "mutual_information": (([[0.1, 0.2, 0.2], [0.1, 0.2, 0.2]],), ([[0.5, 0.0, 0.0], [0.0, 0.3, 0.2]],)),
    "variation_of_information": (([[0.5, 0.0], [0.0, 0.5]],), (np.full((2, 3), 1 / 6),)),
}


@pytest.mark.parametrize("row", MEASURES, ids=lambda row: row.name)
def test_values_stay_in_the_range_and_reach_its_ends(row):
    if row.name == "mutual_information_knn":
        assert row.range == "(−∞, ∞)"
        rng = np.random.default_rng(9)
        few = [row.function(*rng.normal(size=(2, 50))) for _ in range(20)]
        assert min(few) < 0 < max(few)
        return
    names = {"∞": math.inf, "π": math.pi, "−1": -1.0, "log min(r, c)": math.log(2), "log(rc)": math.log(6)}
    low, high = (names[e] if e in names else float(e) for e in row.range[1:-1].split(", ", 1))
    more = {"cov": np.eye(2)} if row.name == "mahalanobis" else {"p": 3.0} if row.name == "minkowski" else {}
    least, most = (float(row.function(*arguments, **more)) for arguments in LIMITS[row.name])
    assert least == pytest.approx(low, abs=1e-9)
    if row.name == "mutual_information":
        assert most == pytest.approx(math.log(2), rel=1e-9, abs=0)
    elif high == math.inf:
        assert most == pytest.approx(1e9, rel=1e-9, abs=0)
    else:
        assert most == pytest.approx(high, rel=1e-9, abs=0)
    rng = np.random.default_rng(9)
    for _ in range(200):
        value = measured(row, *two_things(row, rng))
        top = math.log(9) if row.name == "variation_of_information" else math.log(3)
        assert low - 1e-12 <= value <= (top if "log" in row.range else high) + 1e-12


# ---- What a loss elicits, and how it starts ----------------------------------------------------------------

# A skewed sample of odd size, whose mean (1.68), median (1.03) and quantiles are all different.
SKEWED = np.random.default_rng(15).lognormal(sigma=1.0, size=301)


def elicited(function, sample, **setting):
    """Return the constant prediction with the smallest mean loss on the sample."""

    def cost(constant):
        return function(np.full(len(sample), constant), sample, **setting).mean()

    # From the best cell of a grid, so that the search is right for losses with several minima too.
    grid = np.linspace(sample.min(), sample.max(), 401)
    best = np.argmin([cost(constant) for constant in grid])
    bracket = grid[max(best - 1, 0)], grid[min(best + 1, 400)]
    return scipy.optimize.minimize_scalar(cost, bounds=bracket, method="bounded", options={"xatol": 1e-10}).x


@pytest.mark.parametrize("row", OF_RESIDUALS, ids=lambda row: row.name)
def test_what_the_catalog_says_is_elicited(row):
    mean, median = SKEWED.mean(), np.median(SKEWED)
    if row.elicits == "mean":
        assert elicited(row.function, SKEWED) == pytest.approx(mean, abs=1e-6)
    elif row.elicits == "median":
        assert elicited(row.function, SKEWED) == pytest.approx(median, abs=1e-6)
    elif row.elicits == "quantile":
        for tau in (0.1, 0.5, 0.77):
            # 301 · τ is not whole, so the sample's τ-quantile is one of its points: the ⌈301 τ⌉-th smallest.
            quantile = np.sort(SKEWED)[math.ceil(301 * tau) - 1]
            assert elicited(row.function, SKEWED, tau=tau) == pytest.approx(quantile, abs=1e-6)
    elif row.elicits == "a center of its own: near the median for wide data, near the mean for narrow":
        assert elicited(row.function, 1e4 * SKEWED) == pytest.approx(1e4 * median, abs=1e2)
        assert elicited(row.function, 1e-2 * SKEWED) == pytest.approx(1e-2 * mean, abs=1e-5)
    elif row.elicits.startswith("a center of its own"):
        sign = re.search("near the median for small (.), near the mean for large$", row.elicits)[1]
        name = {"δ": "delta", "β": "beta"}[sign]
        assert elicited(row.function, SKEWED, **{name: 1e-4}) == pytest.approx(median, abs=1e-2)
        assert elicited(row.function, SKEWED, **{name: 1e3}) == pytest.approx(mean, abs=1e-3)
    elif row.elicits == "center of the bulk":
        bulk = np.random.default_rng(15).normal(loc=3.0, size=200)
        contaminated = np.concatenate([bulk, np.full(60, 40.0)])
        assert elicited(row.function, contaminated) == pytest.approx(3.0, abs=0.2)
        assert contaminated.mean() > 10
    else:
        assert row.elicits == "depends on alpha"
        assert elicited(row.function, SKEWED, alpha=2) == pytest.approx(mean, abs=1e-6)
        assert abs(elicited(row.function, SKEWED, alpha=1) - mean) > 0.1


@pytest.mark.parametrize("name", ["huber", "smooth_l1", "pseudo_huber", "log_cosh"])
def test_what_is_elicited_need_not_lie_between_median_and_mean(name):
    assert "need not lie between median and mean" in catalog.get(name).note
    sample = np.array([-2.0, 0.0, 0.0, 1.0, 1.0])
    assert sample.mean() == np.median(sample) == 0
    assert elicited(catalog.get(name).function, sample) > 0.05


@pytest.mark.parametrize(("row", "setting"), [p for p in SETTINGS if p.values[0].module == "regression"])
def test_a_small_residual_costs_factor_times_its_square(row, setting):
    ratio = float(row.function(1e-6, 0.0, **setting)) / 1e-12
    if row.factor is None:
        assert ratio > 1e4  # linear in r, not quadratic
    else:
        assert ratio == pytest.approx(
            eval(row.factor, {}, {"scale": 1.0, "beta": 1.0, **setting}), rel=1e-9, abs=0
        )


# ---- The same elsewhere ------------------------------------------------------------------------------------

LIBRARIES = {"torch": torch, "scipy": scipy, "sklearn": sklearn}
CALLS = [(row, library, text) for row in ROWS for library, text in row.elsewhere.items()]
# What is not the same number but the same task, or takes other arguments: their modules' tests compare it.
OTHERWISE = {
    ("huber", "scikit-learn"),
    ("barron", "scipy"),
    ("softmax_jacobian", "torch"),
    ("softmax_vjp", "torch"),
    ("gaussian_kl", "torch"),
    ("mutual_information_knn", "scikit-learn"),
    ("ridge", "scikit-learn"),
    ("lasso", "scikit-learn"),
    ("robust_regression", "scikit-learn"),
    ("gradient_descent", "torch"),
    ("simulated_annealing", "scipy"),
}
# How their result is made of ours, where the catalog's row says that it is not the same.
MADE_OF_OURS = {
    "the mean": np.mean,
    "twice this": lambda ours: 2 * ours,
    "the root": np.sqrt,
    "half of it for two classes": lambda ours: ours / 2,
}


def values_for(row, library):
    """Return good arguments that the other library takes, too."""
    values = good(f"{row.module}.{row.name}")
    if library != "scipy":
        values = {key: value for key, value in values.items() if key != "base"}
    elif row.module in ("distances", "embeddings", "divergences") and row.name != "pairwise":
        values = {k: v[0] if np.ndim(v) == 2 and k != "cov" else v for k, v in values.items()}
    if library == "scikit-learn":
        if row.name == "softmax_cross_entropy":
            return {"logits": np.vstack([X, Y[:1]]), "target": np.array([1, 2, 0])}
        if row.name == "binary_cross_entropy":
            return {"logits": X[0], "target": np.array([1.0, 0.0, 1.0])}
        if row.name == "brier_score":
            return {"probs": np.array([[0.25, 0.75], [0.5, 0.5]]), "labels": np.array([1, 0])}
        if row.name == "jaccard_index":
            return {"a": values["a"][0], "b": values["b"][0]}
    return values


def theirs(row, library, text, values):
    """Evaluate a call of the catalog; names that it derives from the arguments are defined here."""
    scope = dict(LIBRARIES)
    if library == "torch":
        tensors = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in values.items()}
        scope |= tensors | {"log": torch.log, "log_softmax": lambda a: a.log_softmax(-1)}
        scope |= {"z": tensors.get("student_logits"), "v": tensors.get("teacher_logits"), "T": 2.0}
        scope |= {"ones": torch.ones(2), "n": 2}
        if row.name == "kl_from_logits":
            scope |= {"a": tensors["p_logits"], "b": tensors["q_logits"]}
        if row.name == "info_nce":
            scope["cosines"] = (
                F.normalize(tensors["queries"], dim=-1) @ F.normalize(tensors["keys"], dim=-1).T
            )
    else:
        scope |= values
        if row.name == "mahalanobis":
            scope["inverse"] = np.linalg.inv(values["cov"])
        if row.name == "mutual_information":
            scope["counts"] = 8 * values["joint"]
        if row.name == "softmax_cross_entropy":
            scope |= {"labels": values["target"], "probs": scipy.special.softmax(values["logits"], -1)}
        if row.name == "binary_cross_entropy":
            scope["probs"] = scipy.special.expit(values["logits"])
    result = eval(text.partition("; ")[0].partition(" classes")[0].rstrip(","), scope)
    return np.asarray(getattr(result, "statistic", result))


@pytest.mark.parametrize(
    ("row", "library", "text"),
    [pytest.param(*c, id=f"{c[0].name}-{c[1]}") for c in CALLS if (c[0].name, c[1]) not in OTHERWISE],
)
def test_what_is_said_to_be_the_same_elsewhere_is(row, library, text):
    values = values_for(row, library)
    came, ours = theirs(row, library, text, values), np.asarray(row.function(**values))
    if "summands" in text:
        came = came.sum(-1) * values.get("temperature", 1) ** 2
    for words, made in MADE_OF_OURS.items():
        if words in text and "else the mean" not in text:
            ours = made(ours)
    if came.shape == (2, 2) and ours.shape == (2,):
        came = np.diagonal(came)  # it gives all pairs of rows
    np.testing.assert_allclose(came, ours, rtol=1e-9, atol=1e-12)


def test_the_names_elsewhere_exist():
    for row, _, text in CALLS:
        package, *path = text.partition("(")[0].split(".")
        found = LIBRARIES[package]
        for part in path:
            found = getattr(found, part)
        assert callable(found), row.name
