"""The public names that chapters, exercises and readers' code rely on: where they are, and what they take."""

import doctest
import importlib
import inspect
import re

import numpy as np
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

# Public names that are no quantities of the catalog, and why.
NO_QUANTITIES = {
    "images.DenoisingRecord": "says how a denoising ended",
    "optimizers.RobustFit": "holds the result of a robust regression",
    "optimizers.Trace": "holds the path of an optimizer",
}


def listed():
    """Return (module, name, signature) for each function above."""
    found = []
    for module, text in SIGNATURES.items():
        # One definition a function, so that Python's own parser reads arguments and defaults.
        for call in re.findall(r"(\w+)(\((?:[^()])*\))", text):
            name, arguments = call
            found.append((module, name, arguments))
    return found


FUNCTIONS = listed()


def public(module):
    """Return the public names of a module that are of its own making."""
    return importlib.import_module(f"lossbook.{module}").__all__


def test_the_list_is_read_whole():
    assert len(FUNCTIONS) == sum(text.count("(") for text in SIGNATURES.values())
    assert len(FUNCTIONS) > 90
    assert set(SIGNATURES) == {row.module for row in catalog.CATALOG}


@pytest.mark.parametrize("module", SIGNATURES)
def test_a_module_has_the_names_listed_and_no_others(module):
    names = [name for of, name, _ in FUNCTIONS if of == module]
    others = [name.split(".")[1] for name in NO_QUANTITIES if name.startswith(f"{module}.")]
    assert sorted(public(module)) == sorted(names + others)
    loaded = importlib.import_module(f"lossbook.{module}")
    # What the module says is public is all that is not private in it.
    assert sorted(n for n, v in vars(loaded).items() if n[0] != "_" and not inspect.ismodule(v)) == sorted(
        public(module)
    )


def shape_of(parameters):
    """Return names, kinds and defaults of parameters."""
    return [(p.name, p.kind, p.default) for p in parameters.values()]


@pytest.mark.parametrize(("module", "name", "arguments"), FUNCTIONS, ids=lambda value: value.split("(")[0])
def test_names_kinds_and_defaults_of_arguments(module, name, arguments):
    function = getattr(importlib.import_module(f"lossbook.{module}"), name)
    scope = {}
    exec(f"def {name}{arguments}: pass", scope)
    assert shape_of(inspect.signature(function).parameters) == shape_of(
        inspect.signature(scope[name]).parameters
    )


SECTIONS = ("Parameters", "Returns", "Raises", "Notes", "Examples")


@pytest.mark.parametrize(("module", "name"), [f[:2] for f in FUNCTIONS])
def test_the_docstring_has_its_sections_in_order_and_its_examples_run(module, name):
    loaded = importlib.import_module(f"lossbook.{module}")
    function = getattr(loaded, name)
    text = inspect.getdoc(function)
    # A gradient's notes are those of its function.
    wanted = [s for s in SECTIONS if s != "Notes" or not name.endswith(("_grad", "_weight"))]
    places = [text.find(f"\n{section}\n{'-' * len(section)}\n") for section in wanted]
    assert -1 not in places, wanted[places.index(-1)]
    assert places == sorted(places)
    for parameter in inspect.signature(function).parameters:
        assert re.search(rf"^(\w+, )*\**{parameter}(, \w+)*( :|$)", text, re.MULTILINE), parameter
    raised = text[text.index("\nRaises\n") :]
    assert re.search(r"^(TypeError|ValueError)$", raised, re.MULTILINE)
    scope = dict(vars(inspect.getmodule(function)))
    test = doctest.DocTestParser().get_doctest(text, scope, name, None, 0)
    assert any(example.want for example in test.examples)
    failed = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE, verbose=False)
    runner.run(test, out=failed.append)
    assert not failed, "".join(failed)


@pytest.mark.parametrize(("module", "name"), [f[:2] for f in FUNCTIONS])
def test_each_name_is_a_quantity_of_the_catalog_or_belongs_to_one(module, name):
    quantity, _, part = name.rpartition("_")
    row = catalog.get(quantity if part in ("grad", "weight") else name)
    assert row.module == module
    function = getattr(importlib.import_module(f"lossbook.{module}"), name)
    assert {"grad": row.gradient, "weight": row.weight}.get(part, row.function) is function


@pytest.mark.parametrize("name", NO_QUANTITIES)
def test_what_is_no_quantity_is_a_documented_record(name):
    module, record = name.split(".")
    kind = getattr(importlib.import_module(f"lossbook.{module}"), record)
    assert inspect.isclass(kind)
    text = inspect.getdoc(kind)
    assert "\nAttributes\n----------\n" in text
    for field in kind.__dataclass_fields__:
        assert re.search(rf"^{field} : ", text, re.MULTILINE), field
    assert record not in {row.name for row in catalog.CATALOG}


def test_a_loss_has_a_gradient():
    losses = {
        *("softmax_cross_entropy", "binary_cross_entropy", "focal_loss", "distillation_loss", "brier_score"),
        *("squared_error", "absolute_error", "huber", "smooth_l1", "pseudo_huber", "log_cosh", "quantile"),
        *("tukey_biweight", "barron", "cosine_loss", "cosine_embedding_loss", "info_nce", "gram_loss"),
        "total_variation",
    }
    assert {row.name for row in catalog.CATALOG if row.gradient} == losses


def test_robust_regression_has_the_usual_threshold_by_default():
    from lossbook.optimizers import robust_regression

    rng = np.random.default_rng(1)
    x, y = rng.normal(size=30), rng.standard_t(2, size=30)
    given = robust_regression(x, y, loss="huber", delta=1.345, scale="mad")
    np.testing.assert_array_equal(robust_regression(x, y).coefficients, given.coefficients)
