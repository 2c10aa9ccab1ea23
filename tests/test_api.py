"""The public names that chapters and exercises rely on: where they are, what they take, how they read."""

import ast
import importlib
import inspect
import re
import textwrap

import pytest

from lossbook import catalog

# Module, then each of its functions with its arguments. Names are kept; what is new is added here.
SIGNATURES = {
    "probability": """
        sigmoid(x)
        log_sigmoid(x)
        softmax(logits, *, temperature=1.0, axis=-1)
        log_softmax(logits, *, temperature=1.0, axis=-1)
        logsumexp(logits, *, axis=-1)
        softmax_jacobian(logits)
        softmax_vjp(logits, vector)
        sparsemax(logits, *, axis=-1)
    """,
    "divergences": """
        entropy(p, *, base=None, axis=-1)
        cross_entropy(p, q, *, base=None, axis=-1)
        kl(p, q, *, base=None, axis=-1)
        js(p, q, *, base=None, axis=-1)
        js_distance(p, q, *, base=None, axis=-1)
        js_general(ps, weights=None, *, base=None)
        total_variation_distance(p, q, *, axis=-1)
        hellinger(p, q, *, axis=-1)
        wasserstein_1d(p, q, *, support)
        gaussian_kl(mean_p, cov_p, mean_q, cov_q)
        kl_from_logits(p_logits, q_logits, *, axis=-1)
    """,
    "classification": """
        softmax_cross_entropy(logits, target, *, label_smoothing=0.0, class_weights=None)
        softmax_cross_entropy_grad(logits, target, *, label_smoothing=0.0, class_weights=None)
        binary_cross_entropy(logits, target)
        binary_cross_entropy_grad(logits, target)
        focal_loss(logits, labels, *, gamma=2.0)
        focal_loss_grad(logits, labels, *, gamma=2.0)
        distillation_loss(student_logits, teacher_logits, *, temperature=1.0)
        distillation_loss_grad(student_logits, teacher_logits, *, temperature=1.0)
        brier_score(probs, labels)
        brier_score_grad(probs, labels)
        expected_calibration_error(probs, labels, *, bins=15)
    """,
    "regression": """
        squared_error(prediction, target)
        squared_error_grad(prediction, target)
        absolute_error(prediction, target)
        absolute_error_grad(prediction, target)
        huber(prediction, target, *, delta=1.0)
        huber_grad(prediction, target, *, delta=1.0)
        huber_weight(prediction, target, *, delta=1.0)
        smooth_l1(prediction, target, *, beta=1.0)
        smooth_l1_grad(prediction, target, *, beta=1.0)
        pseudo_huber(prediction, target, *, delta=1.0)
        pseudo_huber_grad(prediction, target, *, delta=1.0)
        pseudo_huber_weight(prediction, target, *, delta=1.0)
        log_cosh(prediction, target)
        log_cosh_grad(prediction, target)
        quantile(prediction, target, *, tau=0.5)
        quantile_grad(prediction, target, *, tau=0.5)
        tukey_biweight(prediction, target, *, c=4.685)
        tukey_biweight_grad(prediction, target, *, c=4.685)
        tukey_biweight_weight(prediction, target, *, c=4.685)
        barron(prediction, target, *, alpha, scale=1.0)
        barron_grad(prediction, target, *, alpha, scale=1.0)
    """,
    "distances": """
        euclidean(x, y, *, axis=-1)
        manhattan(x, y, *, axis=-1)
        chebyshev(x, y, *, axis=-1)
        minkowski(x, y, *, p, axis=-1)
        mahalanobis(x, y, *, cov, axis=-1)
        cosine_distance(x, y, *, axis=-1)
        angular_distance(x, y, *, axis=-1)
        pearson_correlation(x, y, *, axis=-1)
        correlation_distance(x, y, *, axis=-1)
        hamming(x, y, *, axis=-1)
        jaccard_index(a, b, *, axis=-1)
        jaccard_distance(a, b, *, axis=-1)
        mutual_information(joint, *, base=None)
        variation_of_information(joint, *, base=None)
        mutual_information_knn(x, y, *, k=3)
        pairwise(x, y=None, *, metric, **parameters)
    """,
    "embeddings": """
        cosine_similarity(a, b, *, axis=-1)
        cosine_loss(a, b, *, axis=-1)
        cosine_loss_grad(a, b, *, axis=-1)
        cosine_embedding_loss(a, b, signs, *, margin=0.0)
        cosine_embedding_loss_grad(a, b, signs, *, margin=0.0)
        info_nce(queries, keys, *, temperature=0.1)
        info_nce_grad(queries, keys, *, temperature=0.1)
        alignment(a, b)
        uniformity(a)
    """,
    "images": """
        gram_matrix(features, *, normalization="chw")
        gram_loss(features, target_features, *, normalization="chw")
        gram_loss_grad(features, target_features, *, normalization="chw")
        total_variation(image, *, kind="isotropic", beta=1.0)
        total_variation_grad(image, *, kind="isotropic", beta=1.0, epsilon=0.0)
        denoise_tv(image, *, weight, tolerance=1e-4, max_iterations=1000)
        psnr(x, y, *, data_range)
        ssim(x, y, *, data_range)
    """,
    "objectives": """
        mean_loss(losses, weights=None)
        l1_penalty(theta)
        l2_penalty(theta)
        objective(losses, theta, *, penalty, strength)
        ridge(x, y, *, strength)
        lasso(x, y, *, strength, tolerance=1e-12, max_iterations=100000)
        soft_threshold(x, threshold)
    """,
    "optimizers": """
        gradient_descent(gradient, start, *, learning_rate, steps, momentum=0.0, f=None)
        simulated_annealing(f, start, *, rng, steps, temperature, width=1.0)
        backtracking(f, gradient, start, *, steps, first_step=1.0, shrink=0.5, decrease=1e-4)
        robust_regression(
            x, y, *, loss="huber", delta=None, scale="mad", start=None, tolerance=1e-10, max_iterations=1000
        )
    """,
}

# Public names that are no functions, and why.
RECORDS = {
    "images.DenoisingRecord": "says how a denoising ended",
    "optimizers.RobustFit": "holds the result of a robust regression",
    "optimizers.Trace": "holds the path of an optimizer",
}


FUNCTIONS = [
    (module, name, arguments)
    for module, text in SIGNATURES.items()
    for name, arguments in re.findall(r"(\w+)(\((?:[^()])*\))", text)
]
each_function = pytest.mark.parametrize(("module", "name"), [f[:2] for f in FUNCTIONS])


def function_of(module, name):
    """Return a function, as it was written: without what rounds float16."""
    return inspect.unwrap(getattr(importlib.import_module(f"lossbook.{module}"), name))


@pytest.mark.parametrize("module", SIGNATURES)
def test_a_module_has_the_names_listed_and_no_others(module):
    names = [name for of, name, _ in FUNCTIONS if of == module]
    others = [name.split(".")[1] for name in RECORDS if name.startswith(f"{module}.")]
    loaded = importlib.import_module(f"lossbook.{module}")
    assert sorted(loaded.__all__) == sorted(names + others)
    public = {n for n, v in vars(loaded).items() if n[0] != "_" and not inspect.ismodule(v)}
    assert public == set(loaded.__all__)


def test_the_list_is_read_whole():
    assert len(FUNCTIONS) == sum(text.count("(") for text in SIGNATURES.values()) > 90
    assert set(SIGNATURES) == {row.module for row in catalog.CATALOG}


@pytest.mark.parametrize(("module", "name", "arguments"), FUNCTIONS, ids=lambda value: value.split("(")[0])
def test_names_kinds_and_defaults_of_arguments(module, name, arguments):
    scope = {}
    exec(f"def {name}{arguments}: pass", scope)
    wanted, found = (inspect.signature(f).parameters for f in (scope[name], function_of(module, name)))
    assert [(p.name, p.kind, p.default) for p in found.values()] == [
        (p.name, p.kind, p.default) for p in wanted.values()
    ]


# ---- How they read -----------------------------------------------------------------------------------------


@each_function
def test_a_docstring_has_its_sections_in_order(module, name):
    function = function_of(module, name)
    text = inspect.getdoc(function)
    sections = re.findall(r"^([A-Z]\w+)\n-{3,}$", text, re.MULTILINE)
    of_another = name.endswith(("_grad", "_weight"))
    wanted = ["Examples"] if of_another else ["Parameters", "Returns", "Examples"]
    order = ["Parameters", "Returns", "References", "Examples"]
    assert sections == [s for s in order if s in sections]
    assert set(wanted) <= set(sections)
    assert ">>> " in text
    if not of_another:
        for parameter in inspect.signature(function).parameters:
            assert re.search(rf"^(\w+, )*\**{parameter}(, \w+)*( :|$)", text, re.MULTILINE), parameter


@pytest.mark.parametrize("module", SIGNATURES)
def test_a_module_says_its_errors_once(module):
    text = inspect.getdoc(importlib.import_module(f"lossbook.{module}"))
    assert re.search(r"^TypeError$", text, re.MULTILINE)
    assert re.search(r"^ValueError$", text, re.MULTILINE)


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_documents_its_fields(name):
    module, record = name.split(".")
    kind = getattr(importlib.import_module(f"lossbook.{module}"), record)
    text = inspect.getdoc(kind)
    for field in kind.__dataclass_fields__:
        assert re.search(rf"^(\w+, )*{field}(, \w+)* : ", text, re.MULTILINE), field


# Solvers need more lines than a formula: a loop, and when it ends. All pairs have twelve metrics.
LONGER = {
    "distances.pairwise": 35,
    "images.denoise_tv": 36,
    "objectives.lasso": 24,
    "objectives.ridge": 16,
    "optimizers.backtracking": 27,
    "optimizers.gradient_descent": 17,
    "optimizers.robust_regression": 69,
}


def lines_of(function, seen):
    """Return the lines of code of a function and of the private helpers of lossbook that it calls.

    Docstrings, comments and blank lines do not count, nor do the checks of arguments.
    """
    if function in seen:
        return 0
    seen.add(function)
    source = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(source).body[0]
    first = definition.body[ast.get_docstring(definition) is not None]
    code = source.splitlines()[first.lineno - 1 :]
    count = 1 + sum(bool(line.strip()) and line.strip()[0] != "#" and "check." not in line for line in code)
    for node in ast.walk(definition):
        helper = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
        found = inspect.unwrap(function.__globals__.get(helper, len))
        if helper.startswith("_") and inspect.isfunction(found):
            count += lines_of(found, seen)
    return count


@each_function
def test_a_function_is_its_formula(module, name):
    assert lines_of(function_of(module, name), set()) <= LONGER.get(f"{module}.{name}", 15)
