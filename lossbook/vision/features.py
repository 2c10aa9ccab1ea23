r"""Feature networks: what a convolutional network sees in a picture, layer by layer.

`load` gives an `Extractor` by name: "tiny" is the book's own small network, trained without labels (its
card is ``README.md`` in this folder), "random" has the same form with random weights, "vgg19" is the
network of Simonyan and Zisserman, for whoever has its weights. Layers have the names of the papers:
``relu3_2`` is the second ReLU of the third block, ``conv3_2`` what enters it, ``pool3`` what leaves the
block.

Raises
------
TypeError
    If an argument is of the wrong kind.
ValueError
    If a name is unknown, a picture has the wrong shape or is too small, or weights are not those of the
    network.
ImportError, FileNotFoundError
    If torchvision or the weights of "vgg19" are missing; the message says how to get them. Nothing is
    downloaded, and no other network takes the place of one that is missing.

Examples
--------
>>> from lossbook import data
>>> extractor = load("random", seed=1)
>>> x = to_tensor(data.picture("coffee", size=64).pixels)
>>> for name, features in extractor(x, ["relu1_1", "relu4_1"]).items():
...     print(name, tuple(features.shape))
relu1_1 (1, 32, 64, 64)
relu4_1 (1, 96, 8, 8)
"""

import hashlib
import importlib
import io
import itertools
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from lossbook import _checks as check
from lossbook import data

__all__ = ["NAMES", "Extractor", "load", "to_pixels", "to_tensor"]

NAMES = ("tiny", "random", "vgg19")

# Of each network: channels of the convolutions by block, mean and deviation of its pixels, padding, pooling.
FORMS = {
    "tiny": (((32, 32), (64, 64), (96, 96), (96,)), (0.45,) * 3, (0.25,) * 3, "reflect", "average"),
    "vgg19": (
        ((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4, (512,) * 4),
        (0.485, 0.456, 0.406),
        (0.229, 0.224, 0.225),
        "constant",
        "max",
    ),
}
FORMS["random"] = FORMS["tiny"]

TINY_SHA256 = "a3dc45d9c11371e0641d872652952623ae261b3d905dbe03d00832bc023a395f"

# The pictures that the scale of random weights is set by; those that the book tests with are not among them.
CALIBRATION = tuple(name for name in data.PICTURE_NAMES if name not in ("chelsea", "china"))


class Extractor(torch.nn.Module):
    """A network of 3 × 3 convolutions, ReLUs and pooling, whose layers can be looked at.

    Parameters
    ----------
    name : str
        One of `NAMES`: says the form.
    weights : mapping of str to Tensor
        ``conv1_1.weight`` of shape (C, 3, 3, 3), ``conv1_1.bias`` of shape (C,), and so on.
    pooling : {None, "average", "max"}
        How a block halves height and width; None is what the network was trained with.

    Attributes
    ----------
    name, pooling : str
        As given.
    layers : tuple of str
        The names of all layers in their order.
    """

    def __init__(self, name, weights, *, pooling=None):
        super().__init__()
        blocks, mean, std, self.padding, trained = FORMS[check.option(name, NAMES, "name")]
        self.name = name
        self.pooling = trained if pooling is None else check.option(pooling, ("average", "max"), "pooling")
        self.layers = tuple(_layers(blocks))
        for key, shape in _shapes(blocks).items():
            came = tuple(weights[key].shape) if key in weights else "none"
            check.require(came == shape, f"the weights {key} of {name!r}", f"have shape {shape}", came)
            self.register_buffer(key.replace(".", "_"), torch.as_tensor(weights[key]))
        self.register_buffer("mean", torch.tensor(mean).reshape(3, 1, 1))
        self.register_buffer("std", torch.tensor(std).reshape(3, 1, 1))

    def forward(self, x, layers=None):
        """Return what some layers hold for pictures.

        Parameters
        ----------
        x : Tensor, shape (N, 3, H, W)
            Pictures, red, green and blue from 0 to 1; mean and deviation are taken off in here.
        layers : sequence of str, optional
            Names out of `layers`; by default all ReLU layers.

        Returns
        -------
        dict of str to Tensor, shape (N, C, H', W')
            The features by layer, in the order of the network, in the type of the pictures.
        """
        wanted = self._wanted(x, layers)
        x, found = (x - self.mean.to(x)) / self.std.to(x), {}
        for layer in self.layers[: 1 + max(map(self.layers.index, wanted))]:
            x = self._step(layer, x)
            if layer in wanted:
                found[layer] = x
        return found

    def _step(self, layer, x):
        """Return what a layer makes of what the one before holds."""
        if layer.startswith("relu"):
            return functional.relu(x)
        if layer.startswith("pool"):
            return (functional.avg_pool2d if self.pooling == "average" else functional.max_pool2d)(x, 2)
        weight, bias = (getattr(self, f"{layer}_{part}").to(x) for part in ("weight", "bias"))
        return functional.conv2d(functional.pad(x, (1, 1, 1, 1), self.padding), weight, bias)

    def _wanted(self, x, layers):
        """Check pictures and names of layers; return the names."""
        check.tensors(4, "(N, 3, H, W)", x=x)
        check.require(x.ndim == 4 and x.shape[1] == 3, "x", "have shape (N, 3, H, W)", tuple(x.shape))
        if layers is None:
            layers = [layer for layer in self.layers if layer.startswith("relu")]
        several = isinstance(layers, (list, tuple)) and len(layers) > 0
        check.require(several, "layers", "be a list of names", check.show(layers), TypeError)
        for layer in layers:
            check.option(layer, self.layers, "layers")
        # Two rows and columns are left in the last block.
        least = 2 ** max(int(layer[4]) for layer in layers)
        requirement = f"have at least {least} rows and columns for these layers"
        check.require(min(x.shape[2:]) >= least, "x", requirement, tuple(x.shape))
        return layers

    def extra_repr(self):
        """Say which network it is."""
        return f"{self.name!r}, pooling={self.pooling!r}"


def load(name, *, seed=0, pooling=None, weights=None):
    """Load a feature network.

    Parameters
    ----------
    name : {"tiny", "random", "vgg19"}
        Which network.
    seed : int, default 0
        From which the weights of "random" are drawn. Its biases take the mean off each channel, and one
        number a layer makes the mean activation 1, as measured on the book's pictures.
    pooling : {None, "average", "max"}
        How a block halves height and width: by default as the network was trained, which is by maxima for
        "vgg19" and by averages for the others. Gatys and others take averages for VGG-19 too.
    weights : path, optional
        For "vgg19": a file with the state dict of ``torchvision.models.vgg19``. By default the file that
        torchvision has downloaded.

    Returns
    -------
    Extractor
        ``extractor(x, layers)`` is a dict of features. Its weights are float32 and fixed.

    References
    ----------
    Simonyan and Zisserman (2015), arXiv 1409.1556

    He, Wang and Hopcroft (2016), arXiv 1606.04801

    Examples
    --------
    >>> load("tiny")
    Extractor('tiny', pooling='average')
    >>> load("tiny").layers[:6]
    ('conv1_1', 'relu1_1', 'conv1_2', 'relu1_2', 'pool1', 'conv2_1')
    """
    check.option(name, NAMES, "name")
    check.require(
        weights is None or name == "vgg19", "weights", "be None for this network", check.show(weights)
    )
    if name == "tiny":
        return Extractor(name, _tiny(), pooling=pooling)
    if name == "random":
        return Extractor(name, _random(seed, pooling), pooling=pooling)
    return Extractor(name, _vgg19(_downloaded() if weights is None else Path(weights)), pooling=pooling)


def to_tensor(pixels, dtype=torch.float32):
    """Return a picture (H, W, 3) as a tensor (1, 3, H, W), which is what networks take.

    Parameters
    ----------
    pixels : array_like, shape (H, W, 3)
        Red, green and blue, finite; from 0 to 1 as a rule.
    dtype : torch.dtype, default torch.float32
        The type of the tensor.

    Returns
    -------
    Tensor, shape (1, 3, H, W)
        The same numbers, which the tensor does not share with the array.

    Examples
    --------
    >>> to_tensor([[[0.0, 0.5, 1.0]]]).shape
    torch.Size([1, 3, 1, 1])
    """
    pixels = check.color_picture(pixels, "pixels")
    return torch.tensor(np.moveaxis(pixels, 2, 0)[np.newaxis], dtype=dtype)


def to_pixels(tensor):
    """Return a tensor (1, 3, H, W) as a picture (H, W, 3) in float64, cut off below 0 and above 1.

    Parameters
    ----------
    tensor : Tensor, shape (1, 3, H, W)
        One picture, of any float type and on any device; its gradient is not followed.

    Returns
    -------
    ndarray, shape (H, W, 3)
        Red, green and blue from 0 to 1.

    Examples
    --------
    >>> to_pixels(torch.tensor([-0.1, 0.5, 1.2]).reshape(1, 3, 1, 1))
    array([[[0. , 0.5, 1. ]]])
    """
    check.tensors(4, "(1, 3, H, W)", tensor=tensor)
    check.require(tensor.shape[:2] == (1, 3), "tensor", "have shape (1, 3, H, W)", tuple(tensor.shape))
    return tensor[0].detach().cpu().double().clamp(0, 1).movedim(0, 2).numpy()


# ---- Forms -------------------------------------------------------------------------------------------------


def _layers(blocks):
    """Yield the names of all layers; the last block ends without pooling where it has one convolution."""
    for b, widths in enumerate(blocks, 1):
        for i, _ in enumerate(widths, 1):
            yield from (f"conv{b}_{i}", f"relu{b}_{i}")
        if len(widths) > 1:
            yield f"pool{b}"


def _shapes(blocks):
    """Return the shapes of all weights by name."""
    layers = [layer for layer in _layers(blocks) if layer.startswith("conv")]
    ends = itertools.pairwise((3, *itertools.chain(*blocks)))
    shapes = {}
    for layer, (before, after) in zip(layers, ends, strict=True):
        shapes |= {f"{layer}.weight": (after, before, 3, 3), f"{layer}.bias": (after,)}
    return shapes


# ---- Weights -----------------------------------------------------------------------------------------------


def _tiny():
    """Return the weights that the book ships, if the file is the one that was trained."""
    content = files(__package__).joinpath("tiny.npz").read_bytes()
    came = hashlib.sha256(content).hexdigest()
    check.require(came == TINY_SHA256, "tiny.npz", f"have the SHA-256 {TINY_SHA256}", came)
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        return {key: torch.from_numpy(stored[key]).float() for key in stored.files}


def _random(seed, pooling):
    """Return random weights, scaled layer by layer on some pictures."""
    check.require(check.is_number(seed, int), "seed", "be an integer", check.show(seed), TypeError)
    generator = torch.Generator().manual_seed(seed)
    shapes = _shapes(FORMS["random"][0])
    weights = {key: torch.zeros(shape) for key, shape in shapes.items()}
    for key, shape in shapes.items():
        if key.endswith("weight"):
            weights[key] = torch.randn(shape, generator=generator) * (2 / (9 * shape[1])) ** 0.5
    x = torch.cat([to_tensor(data.picture(name, size=64).pixels) for name in CALIBRATION])
    network = Extractor("random", weights, pooling=pooling)
    x = (x - network.mean) / network.std
    for layer in network.layers:
        x = network._step(layer, x)
        if layer.startswith("conv"):
            x -= (mean := x.mean((0, 2, 3), keepdim=True))
            scale = functional.relu(x).mean()
            x /= scale
            weights[f"{layer}.weight"] /= scale
            weights[f"{layer}.bias"] = -mean.flatten() / scale
    return weights


def _downloaded():
    """Return where torchvision has put the weights of VGG-19."""
    try:
        models = importlib.import_module("torchvision.models")
    except ImportError:
        raise ImportError(
            "'vgg19' needs torchvision, which is not installed: `pip install torchvision`, or give "
            "`weights`, a file with the state dict of torchvision.models.vgg19"
        ) from None
    name = models.VGG19_Weights.IMAGENET1K_V1.url.rpartition("/")[2]
    return Path(torch.hub.get_dir(), "checkpoints", name)


def _vgg19(path):
    """Return the weights in a file of torchvision's, with the names that they have here."""
    if not path.is_file():
        raise FileNotFoundError(
            f"the weights of 'vgg19' are not there: {path}. To download them once, 548 MB: python -c "
            "\"import torchvision; torchvision.models.vgg19(weights='IMAGENET1K_V1')\""
        )
    state = torch.load(path, map_location="cpu", weights_only=True)
    check.require(
        isinstance(state, dict), str(path), "hold a state dict", f"a {type(state).__name__}", TypeError
    )
    # torchvision numbers convolutions, ReLUs and pooling in one row.
    numbered = {f"features.{place}": layer for place, layer in enumerate(_layers(FORMS["vgg19"][0]))}
    found = (key.rpartition(".") for key in state)
    return {f"{numbered[at]}.{part}": state[f"{at}.{part}"] for at, _, part in found if at in numbered}
