r"""Pictures found by optimizing pixels: textures, style transfer, the inversion of features.

A picture is an array (H, W, 3) from 0 to 1, as `lossbook.data.picture` gives it. All three functions
minimize their objective by L-BFGS (strong Wolfe, 20 pairs), in float32, and stop when it has been evaluated
so many times. Pixels may leave [0, 1] on the way, at the price of a further term, ten times the mean square
of the excess; what is returned is cut off there.

Each layer's term is divided by one number, its size at the target, so that terms are shares: 0 where the
target is met, 1 for features that are 0 everywhere, whatever the network.

Raises
------
TypeError
    If an argument is of the wrong kind.
ValueError
    If a picture has the wrong shape or is not finite, or an option or a hyperparameter is out of range.
"""

import contextlib
from dataclasses import dataclass

import numpy as np
import torch

from lossbook import _checks as check
from lossbook.vision.features import to_pixels, to_tensor
from lossbook.vision.losses import gram_loss, gram_matrix, total_variation

__all__ = ["Synthesis", "invert", "stylize", "synthesize_texture"]

# Layers by default, and their weights where they are not equal: for VGG-19 those of Gatys and others.
TEXTURE_LAYERS = {
    "tiny": ("relu1_1", "pool1", "pool2", "pool3", "relu4_1"),
    "vgg19": ("relu1_1", "pool1", "pool2", "pool3", "pool4"),
}
STYLE_LAYERS = {
    "tiny": {"relu1_1": 2.0, "relu2_1": 0.5, "relu3_1": 0.25, "relu4_1": 0.25},
    "vgg19": ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
}
CONTENT_LAYERS = {"tiny": ("relu2_2",), "vgg19": ("relu4_2",)}


@dataclass(frozen=True, eq=False, repr=False)
class Synthesis:
    """A picture that was found, and how the objective came down.

    Attributes
    ----------
    pixels : ndarray, shape (H, W, 3)
        The picture with the least objective among those that were evaluated, from 0 to 1.
    history : mapping of str to ndarray, shape (evaluations,)
        For each evaluation "objective", and each of its terms before its weight, by name.
    frames : ndarray, shape (k, H, W, 3)
        The best picture after each number of evaluations that was asked for by `keep`.
    """

    pixels: np.ndarray
    history: dict
    frames: np.ndarray

    def __repr__(self):
        """Say the size, and where the objective began and ended, in one line."""
        h, w, _ = self.pixels.shape
        o = self.history["objective"]
        fall = f"objective from {o[0]:.3g} to {o.min():.3g} in {len(o)} evaluations"
        return f"<Synthesis of {h} × {w} pixels: {fall}>"


def synthesize_texture(
    texture, *, extractor, layers=None, size=None, tv_weight=0.0, evaluations=200, seed=0, keep=()
):
    r"""Texture synthesis: from noise, a picture with the Gram matrices of a texture.

    .. math:: \min_x \sum_l w_l \frac{\lVert G_l(x) - G_l(t) \rVert^2}{\lVert G_l(t) \rVert^2} +
        w_\mathrm{tv} \frac{\mathrm{TV}(x)}{HW}

    Parameters
    ----------
    texture : array_like, shape (H, W, 3)
        The picture t whose texture is wanted.
    extractor : Extractor
        A network of `features.load`.
    layers : sequence of str, or mapping of str to float, optional
        Layers whose Gram matrices shall agree, with weights that are equal and sum to 1 unless given.
    size : int, optional
        Height and width of the result; by default those of the texture.
    tv_weight : float, default 0.0
        Weight of the total variation a pixel.
    evaluations : int, default 200
        How many times objective and gradient are evaluated.
    seed : int, default 0
        Of the noise: independent Gaussian pixels with each channel's mean and deviation in the texture.
    keep : sequence of int
        Numbers of evaluations after which a picture is kept in `frames`.

    Returns
    -------
    Synthesis
        The picture; its history has "objective", "style", "tv" and "range".

    References
    ----------
    Gatys, Ecker and Bethge (2015), arXiv 1505.07376

    Examples
    --------
    >>> from lossbook import data
    >>> from lossbook.vision import features
    >>> gravel = data.picture("gravel", size=32).pixels
    >>> made = synthesize_texture(gravel, extractor=features.load("tiny"), evaluations=10)
    >>> made.pixels.shape, made.history["style"][-1] < 0.5 * made.history["style"][0]
    ((32, 32, 3), np.True_)
    """
    t = _picture(texture, "texture")
    layers = _by_layer(layers, "layers", TEXTURE_LAYERS, extractor)
    shape = t.shape[2:] if size is None else (check.positive_integer(size, "size"),) * 2
    terms = {"style": _style(t, extractor, layers), "tv": _variation}
    weights = {"style": 1.0, "tv": tv_weight}
    return _minimize(terms, weights, extractor, layers, _noise(t, shape, seed), evaluations, keep)


def stylize(
    content,
    style,
    *,
    extractor,
    content_weight=1.0,
    style_weight=1.0,
    tv_weight=0.0,
    content_layers=None,
    style_layers=None,
    start="content",
    evaluations=200,
    seed=0,
    keep=(),
):
    r"""Style transfer: a picture with the features of one picture and the Gram matrices of another.

    .. math:: \min_x w_c \sum_l v_l \frac{\lVert F_l(x) - F_l(c) \rVert^2}{\lVert F_l(c) \rVert^2} +
        w_s \sum_l w_l \frac{\lVert G_l(x) - G_l(s) \rVert^2}{\lVert G_l(s) \rVert^2} +
        w_\mathrm{tv} \frac{\mathrm{TV}(x)}{HW}

    Parameters
    ----------
    content, style : array_like, shape (H, W, 3)
        The picture c that shall be recognized and the picture s whose style it takes; their sizes may differ.
    extractor : Extractor
        A network of `features.load`.
    content_weight, style_weight, tv_weight : float
        Weights of the three terms, 0 or more.
    content_layers, style_layers : sequence of str, or mapping of str to float, optional
        Layers of either term, with weights that are equal and sum to 1 unless given.
    start : {"content", "noise"}, default "content"
        Where x begins: as the content, or as noise with the content's colors.
    evaluations : int, default 200
        How many times objective and gradient are evaluated.
    seed : int, default 0
        Of the noise.
    keep : sequence of int
        Numbers of evaluations after which a picture is kept in `frames`.

    Returns
    -------
    Synthesis
        The picture, of the content's size; its history has "objective", "content", "style", "tv" and "range".

    References
    ----------
    Gatys, Ecker and Bethge (2016), doi 10.1109/CVPR.2016.265

    Examples
    --------
    >>> from lossbook import data
    >>> from lossbook.vision import features
    >>> china, coffee = (data.picture(name, size=32).pixels for name in ("china", "coffee"))
    >>> made = stylize(china, coffee, extractor=features.load("tiny"), style_weight=3.0, evaluations=10)
    >>> made.history["content"][0], made.history["style"][-1] < made.history["style"][0]
    (np.float64(0.0), np.True_)
    """
    c, s = _picture(content, "content"), _picture(style, "style")
    content_layers = _by_layer(content_layers, "content_layers", CONTENT_LAYERS, extractor)
    style_layers = _by_layer(style_layers, "style_layers", STYLE_LAYERS, extractor)
    check.option(start, ("content", "noise"), "start")
    x = c if start == "content" else _noise(c, c.shape[2:], seed)
    terms = {
        "content": _content(c, extractor, content_layers),
        "style": _style(s, extractor, style_layers),
        "tv": _variation,
    }
    weights = {"content": content_weight, "style": style_weight, "tv": tv_weight}
    return _minimize(terms, weights, extractor, content_layers | style_layers, x, evaluations, keep)


def invert(target, layer, *, extractor, tv_weight=0.0, evaluations=200, seed=0, keep=()):
    r"""Feature inversion: from noise, a picture with the features of another at one layer.

    .. math:: \min_x \frac{\lVert F_l(x) - F_l(t) \rVert^2}{\lVert F_l(t) \rVert^2} +
        w_\mathrm{tv} \frac{\mathrm{TV}(x)}{HW}

    Parameters
    ----------
    target : array_like, shape (H, W, 3)
        The picture t whose features are wanted.
    layer : str
        The layer l.
    extractor : Extractor
        A network of `features.load`.
    tv_weight : float, default 0.0
        Weight of the total variation a pixel, which says what to prefer where the features leave it open.
    evaluations : int, default 200
        How many times objective and gradient are evaluated.
    seed : int, default 0
        Of the noise: independent Gaussian pixels around gray, of deviation 0.1.
    keep : sequence of int
        Numbers of evaluations after which a picture is kept in `frames`.

    Returns
    -------
    Synthesis
        The picture; its history has "objective", "content", "tv" and "range".

    References
    ----------
    Mahendran and Vedaldi (2015), arXiv 1412.0035

    Examples
    --------
    >>> from lossbook import data
    >>> from lossbook.vision import features
    >>> coffee = data.picture("coffee", size=32).pixels
    >>> made = invert(coffee, "relu2_1", extractor=features.load("tiny"), evaluations=10)
    >>> made.history["content"][-1] < made.history["content"][0]
    np.True_
    """
    t = _picture(target, "target")
    check.option(layer, extractor.layers, "layer")
    start = 0.5 + 0.1 * torch.randn(t.shape, generator=_generator(seed))
    terms = {"content": _content(t, extractor, {layer: 1.0}), "tv": _variation}
    return _minimize(
        terms, {"content": 1.0, "tv": tv_weight}, extractor, {layer: 1.0}, start, evaluations, keep
    )


# ---- Arguments ---------------------------------------------------------------------------------------------


def _picture(pixels, name):
    """Return a picture (H, W, 3) as a tensor (1, 3, H, W)."""
    return to_tensor(check.color_picture(pixels, name))


def _by_layer(layers, name, known, extractor):
    """Return the weight of each layer: those given, or equal ones that sum to 1."""
    if layers is None:
        layers = known.get(extractor.name, known["tiny"])
    if not isinstance(layers, dict):
        several = isinstance(layers, (list, tuple)) and len(layers) > 0
        check.require(several, name, "be names of layers", check.show(layers), TypeError)
        layers = dict.fromkeys(layers, 1 / len(layers))
    for layer in layers:
        check.option(layer, extractor.layers, name)
    return {layer: check.not_negative(weight, name) for layer, weight in layers.items()}


def _generator(seed):
    """Return a generator of random numbers."""
    check.require(check.is_number(seed, int), "seed", "be an integer", check.show(seed), TypeError)
    return torch.Generator().manual_seed(seed)


def _noise(target, shape, seed):
    """Return independent Gaussian pixels, each channel with the mean and the deviation of the target."""
    noise = torch.randn((1, 3, *shape), generator=_generator(seed))
    return target.mean((2, 3), keepdim=True) + noise * target.std((2, 3), keepdim=True)


# ---- Terms: each a function of a picture and of its features, by layer -------------------------------------


def _content(target, extractor, weights):
    """Return the relative squared error of features, weighted by layer."""
    wanted = extractor(target, list(weights))

    def term(x, found):
        return sum(
            w * ((found[k] - wanted[k]) ** 2).sum() / (wanted[k] ** 2).sum() for k, w in weights.items()
        )

    return term


def _style(target, extractor, weights):
    """Return the relative squared error of Gram matrices, weighted by layer."""
    wanted = extractor(target, list(weights))
    sizes = {k: (gram_matrix(f) ** 2).mean() for k, f in wanted.items()}

    def term(x, found):
        return sum(w * gram_loss(found[k], wanted[k]).sum() / sizes[k] for k, w in weights.items())

    return term


def _variation(x, found):
    """Return the total variation a pixel, summed over colors, smoothed over 1/255."""
    return total_variation(x, epsilon=1 / 255).sum() / (x.shape[2] * x.shape[3])


def _excess(x, found):
    """Return the mean square of what lies below 0 or above 1."""
    return ((x - x.clamp(0, 1)) ** 2).mean()


def _minimize(terms, weights, extractor, layers, x, evaluations, keep):
    """Return the picture with the least weighted sum of terms among so many, from x on."""
    evaluations = check.positive_integer(evaluations, "evaluations")
    weights = {name: check.not_negative(weight, f"{name}_weight") for name, weight in weights.items()}
    for k in (keep := tuple(keep)):
        requirement = f"be at most {evaluations}, the number of evaluations"
        check.require(check.positive_integer(k, "keep") <= evaluations, "keep", requirement, k)
    terms, weights = terms | {"range": _excess}, weights | {"range": 10.0}
    history, frames = {name: [] for name in ("objective", *terms)}, {}
    x = x.clone().requires_grad_()
    least, picture = float("inf"), x.detach()

    def closure():
        nonlocal least, picture
        count = len(history["objective"])
        if count == evaluations:
            raise _Spent
        found = extractor(x, list(layers))
        values = {name: term(x, found) for name, term in terms.items()}
        objective = sum(weights[name] * value for name, value in values.items())
        (x.grad,) = torch.autograd.grad(objective, x)
        for name, value in {"objective": objective, **values}.items():
            history[name].append(value.item())
        if objective < least:
            least, picture = objective.item(), x.detach().clone()
        if count + 1 in keep:
            frames[count + 1] = to_pixels(picture)
        return objective

    # The tolerances never end it: a line search that finds nothing better starts anew, and the count goes on.
    optimizer = torch.optim.LBFGS(
        [x],
        max_iter=evaluations,
        tolerance_grad=0.0,
        tolerance_change=0.0,
        history_size=20,
        line_search_fn="strong_wolfe",
    )
    with contextlib.suppress(_Spent):
        while True:
            optimizer.step(closure)
    kept = np.array([frames[k] for k in sorted(frames)]).reshape(-1, *to_pixels(picture).shape)
    return Synthesis(to_pixels(picture), {name: np.array(row) for name, row in history.items()}, kept)


class _Spent(Exception):
    """All evaluations are made."""
