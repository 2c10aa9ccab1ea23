"""Good arguments for every public function, found by the names of its parameters, and the role each plays."""

import inspect
import warnings

import numpy as np

from lossbook import catalog

RNG = np.random.default_rng(1)
X, Y = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]]), np.array([[0.5, 1.0, 2.0], [-4.0, 0.125, 1.5]])
P, Q = (
    np.array([[0.5, 0.25, 0.25], [0.125, 0.375, 0.5]]),
    np.array([[0.25, 0.25, 0.5], [0.75, 0.125, 0.125]]),
)
COVARIANCE = np.array([[2.0, 0.5, 0.0], [0.5, 1.0, 0.25], [0.0, 0.25, 3.0]])
IN_A, IN_B = np.array([[True, False, True], [False, True, True]]), np.array([[True] * 3, [False, True, True]])
PICTURES, OTHERS = RNG.uniform(size=(2, 12, 13)), RNG.uniform(size=(2, 12, 13))
FEATURES, TARGETS = RNG.normal(size=(2, 3, 4, 5)), RNG.normal(size=(2, 3, 4, 5))
SAMPLE, RESPONSE = RNG.normal(size=(8, 2)), RNG.normal(size=8)

# A parameter's role and a good value; a key may name the module or the function before the parameter.
ARGUMENTS = {
    "axis": ("axis", -1),
    "base": ("base", 2),
    "temperature": ("positive", 2.0),
    # Logits and what they are compared with
    "logits": ("logits", X),
    "vector": ("real", Y),
    "p_logits": ("logits", X),
    "q_logits": ("logits", Y),
    "student_logits": ("logits", X),
    "teacher_logits": ("logits", Y),
    "labels": ("labels", np.array([1, 2])),
    "classification.target": ("labels or shares", np.array([1, 2])),
    "label_smoothing": ("from 0 to 1", 0.25),
    "class_weights": ("class weights", np.array([1.0, 2.0, 0.5])),
    "gamma": ("gamma", 1.5),
    "bins": ("integer", 5),
    "binary_cross_entropy.logits": ("real", X),
    "binary_cross_entropy.target": ("shares", P),
    "binary_cross_entropy_grad.logits": ("real", X),
    "binary_cross_entropy_grad.target": ("shares", P),
    "probs": ("distribution", P),
    # Distributions
    "p": ("distribution", P),
    "q": ("distribution", Q),
    "ps": ("distribution", P),
    "js_general.weights": ("distribution", np.array([0.25, 0.75])),
    "support": ("support", np.array([0.0, 1.0, 3.0])),
    "mean_p": ("mean", X[0]),
    "mean_q": ("mean", Y[0]),
    "cov_p": ("covariance", COVARIANCE),
    "cov_q": ("covariance", np.eye(3)),
    "joint": ("table", np.array([[0.125, 0.25, 0.0], [0.25, 0.25, 0.125]])),
    # Predictions
    "prediction": ("real", X),
    "target": ("real", Y),
    "delta": ("positive", 1.5),
    "beta": ("positive", 1.5),
    "c": ("positive", 2.5),
    "scale": ("positive", 0.5),
    "tau": ("fraction", 0.25),
    "alpha": ("any number", 1.5),
    # Points
    "x": ("vectors", X),
    "y": ("vectors", Y),
    "cov": ("covariance", COVARIANCE),
    "distances.p": ("exponent", 3.0),
    "jaccard_index.a": ("booleans", IN_A),
    "jaccard_index.b": ("booleans", IN_B),
    "jaccard_distance.a": ("booleans", IN_A),
    "jaccard_distance.b": ("booleans", IN_B),
    "hamming.x": ("codes", X),
    "hamming.y": ("codes", Y),
    "k": ("integer", 3),
    "mutual_information_knn.x": ("sample", SAMPLE),
    "mutual_information_knn.y": ("sample", RESPONSE),
    "pairwise.x": ("rows", X),
    "pairwise.y": ("rows", Y),
    "metric": ("option", "euclidean"),
    "a": ("directions", X),
    "b": ("directions", Y),
    "signs": ("signs", np.array([1.0, -1.0])),
    "margin": ("margin", -0.5),
    "queries": ("directions", X),
    "keys": ("directions", Y),
    # Pictures
    "features": ("features", FEATURES),
    "target_features": ("features", TARGETS),
    "normalization": ("option", "hw"),
    "image": ("picture", PICTURES),
    "denoise_tv.image": ("finite picture", PICTURES[:, :4, :5]),
    "kind": ("option", "anisotropic"),
    "epsilon": ("not negative", 0.25),
    "weight": ("positive", 0.25),
    "tolerance": ("positive", 1e-6),
    "max_iterations": ("integer", 1000),
    "images.x": ("pictures", PICTURES),
    "images.y": ("pictures", OTHERS),
    "data_range": ("positive", 2.0),
    # Objectives
    "losses": ("losses", abs(X)),
    "mean_loss.weights": ("weights", abs(Y)),
    "theta": ("real", Y),
    "penalty": ("option", "l2"),
    "strength": ("not negative", 0.5),
    "threshold": ("not negative", 0.25),
    "probability.x": ("real", X),
    "soft_threshold.x": ("real", X),
    "objectives.x": ("predictors", SAMPLE),
    "objectives.y": ("response", RESPONSE),
    # Optimizers
    "gradient": ("function", lambda x: 2 * x),
    "f": ("function", lambda x: x @ x),
    "start": ("start", np.array([3.0, -1.0])),
    "learning_rate": ("positive", 0.125),
    "momentum": ("momentum", 0.5),
    "steps": ("integer", 5),
    "simulated_annealing.temperature": ("schedule", 0.5),
    "width": ("positive", 0.5),
    "rng": ("generator", np.random.default_rng(1)),
    "first_step": ("positive", 0.75),
    "shrink": ("fraction", 0.5),
    "decrease": ("fraction", 0.25),
    "optimizers.x": ("predictors", SAMPLE),
    "optimizers.y": ("response", RESPONSE),
    "loss": ("option", "huber"),
    "robust_regression.delta": ("optional positive", 1.5),
    "robust_regression.scale": ("scale", 1.5),
    "robust_regression.start": ("coefficients", np.array([0.5, 1.0, -1.0])),
}

FUNCTIONS = {
    f"{row.module}.{function.__name__}": function
    for row in catalog.CATALOG
    for function in (row.function, row.gradient, row.weight)
    if function is not None
}


def argument(name, parameter):
    """Return role and good value of a parameter of the function ``module.name``."""
    module, function = name.split(".")
    keys = (f"{function}.{parameter}", f"{module}.{parameter}", parameter)
    return next(ARGUMENTS[key] for key in keys if key in ARGUMENTS)


def parameters(name):
    """Return parameter to role for the function ``module.name``."""
    signature = inspect.signature(FUNCTIONS[name]).parameters.values()
    return {p.name: argument(name, p.name)[0] for p in signature if p.kind is not p.VAR_KEYWORD}


def good(name):
    """Return the good arguments of the function ``module.name``, fresh."""
    values = {parameter: argument(name, parameter)[1] for parameter in parameters(name)}
    if "rng" in values:
        values["rng"] = np.random.default_rng(1)
    return {key: v.copy() if isinstance(v, np.ndarray) else v for key, v in values.items()}


def call(name, **arguments):
    """Call ``module.name`` with every warning an error, and return the numbers of its result."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = FUNCTIONS[name](**arguments)
    if name == "images.denoise_tv":
        return result[0]
    if name.startswith("optimizers."):
        return result.coefficients if name.endswith("robust_regression") else result.points
    return result


def settings(row):
    """Return the hyperparameters that the catalog tells to try: one dict for each value of each."""
    names = set(inspect.signature(row.function).parameters)
    tried = [{name: value} for name, values in row.hyperparameters.items() for value in values]
    defaults = {
        p.name: argument(f"{row.module}.{row.name}", p.name)[1]
        for p in inspect.signature(row.function).parameters.values()
        if p.kind is p.KEYWORD_ONLY and p.default is p.empty
    }
    assert set(row.hyperparameters) <= names | {"metric"}
    return [defaults | setting for setting in tried] or [defaults]
