"""Feature networks: forms, names, what each step computes, weights that are refused, VGG-19 offline."""

import itertools
import sys
import types
from importlib.resources import files

import numpy as np
import pytest
import torch
from torch.nn import functional

from lossbook import data
from lossbook.vision import features
from lossbook.vision.features import Extractor, load, to_pixels, to_tensor

X = torch.rand(2, 3, 32, 24, generator=torch.Generator().manual_seed(3))
TINY_SHAPES = {
    "relu1_1": (2, 32, 32, 24),
    "relu1_2": (2, 32, 32, 24),
    "relu2_1": (2, 64, 16, 12),
    "relu2_2": (2, 64, 16, 12),
    "relu3_1": (2, 96, 8, 6),
    "relu3_2": (2, 96, 8, 6),
    "relu4_1": (2, 96, 4, 3),
}
VGG19_CHANNELS = [3, *[64] * 2, *[128] * 2, *[256] * 4, *[512] * 8]


@pytest.fixture(scope="module")
def vgg19_state():
    """Return a state dict of torchvision's form: one row of random numbers, seen as every weight in turn."""
    row = 0.01 * torch.randn(512 * 512 * 9, generator=torch.Generator().manual_seed(19))
    places = [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34]
    state = {}
    for place, (before, after) in zip(places, itertools.pairwise(VGG19_CHANNELS), strict=True):
        state[f"features.{place}.weight"] = row[: after * before * 9].view(after, before, 3, 3)
        state[f"features.{place}.bias"] = row[:after]
    return state | {"classifier.0.weight": torch.zeros(1)}


@pytest.fixture(scope="module")
def vgg19_file(vgg19_state, tmp_path_factory):
    path = tmp_path_factory.mktemp("vgg19") / "vgg19.pth"
    torch.save(vgg19_state, path)
    return path


# ---- Forms and names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tiny", "random"])
def test_layers_have_the_names_and_shapes_of_the_papers(name):
    extractor = load(name)
    found = extractor(X)
    assert {layer: tuple(f.shape) for layer, f in found.items()} == TINY_SHAPES
    assert list(found) == list(TINY_SHAPES)
    assert all(f.min() >= 0 for f in found.values())
    assert extractor.name == name
    blocks = [
        [f"{kind}{b}_{i}" for i in (1, 2) for kind in ("conv", "relu")] + [f"pool{b}"] for b in (1, 2, 3)
    ]
    assert extractor.layers == (*itertools.chain(*blocks), "conv4_1", "relu4_1")


def test_layers_come_as_asked_and_those_of_one_another_agree():
    extractor = load("random")
    found = extractor(X, ["pool1", "conv1_1", "relu1_1"])
    assert list(found) == ["conv1_1", "relu1_1", "pool1"]
    assert torch.equal(found["relu1_1"], functional.relu(found["conv1_1"]))
    whole = extractor(X, extractor.layers)
    assert torch.equal(whole["pool1"], functional.avg_pool2d(whole["relu1_2"], 2))
    assert torch.equal(whole["relu3_1"], extractor(X)["relu3_1"])


def test_pooling_is_chosen():
    x = load("random", pooling="max")
    found = x(X, ["relu2_2", "pool2"])
    assert torch.equal(found["pool2"], functional.max_pool2d(found["relu2_2"], 2))
    assert (load("tiny").pooling, load("random").pooling, x.pooling) == ("average", "average", "max")


def test_features_keep_the_type_of_the_picture_and_have_a_gradient():
    extractor, x = load("tiny"), X[:, :, :16, :16].double().requires_grad_()
    f = extractor(x, ["relu3_1"])["relu3_1"]
    assert f.dtype == torch.float64
    torch.testing.assert_close(f.float(), extractor(x.float(), ["relu3_1"])["relu3_1"], rtol=1e-3, atol=1e-4)
    step = 1e-6 * torch.randn(x.shape, dtype=x.dtype, generator=torch.Generator().manual_seed(1))
    (slope,) = torch.autograd.grad((f**2).mean(), x)
    with torch.no_grad():
        ahead, behind = ((extractor(x + s, ["relu3_1"])["relu3_1"] ** 2).mean() for s in (step, -step))
    assert ((ahead - behind) / 2).item() == pytest.approx((slope * step).sum().item(), rel=1e-4, abs=0)
    assert not list(extractor.parameters())


def test_a_network_of_ones_is_computed_by_hand():
    """The form of VGG-19's first layers: take the mean off, divide, sum nine neighbors of three channels."""
    weights = {key: torch.zeros(shape) for key, shape in vgg19_shapes().items()}
    weights["conv1_1.weight"][0] = 1
    weights["conv1_1.bias"][:2] = torch.tensor([0.5, -1.0])
    weights["conv1_2.weight"][0, 0, 1, 1] = 1  # the second convolution hands the first channel on
    x = torch.tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1).repeat(1, 1, 4, 4)
    x[0, :, 1, 1] += torch.tensor([0.229, 2 * 0.224, 3 * 0.225])  # 1 + 2 + 3 deviations at one pixel
    wanted = torch.full((4, 4), 0.5)
    wanted[:3, :3] += 6
    for pooling, pooled in (("average", [[6.5, 3.5], [3.5, 2.0]]), ("max", [[6.5, 6.5], [6.5, 6.5]])):
        found = Extractor("vgg19", weights, pooling=pooling)(x, ["conv1_1", "relu1_1", "pool1"])
        torch.testing.assert_close(found["conv1_1"][0, 0], wanted, rtol=1e-5, atol=1e-5)
        assert found["conv1_1"][0, 1].unique().tolist() == [-1]
        assert found["relu1_1"][0, 1].unique().tolist() == [0]
        torch.testing.assert_close(found["pool1"][0, 0], torch.tensor(pooled), rtol=1e-5, atol=1e-5)


def vgg19_shapes():
    """Return the shape of each weight of VGG-19 by the name of its layer."""
    names = [f"conv{b}_{i + 1}" for b, count in enumerate((2, 2, 4, 4, 4), 1) for i in range(count)]
    ends = itertools.pairwise(VGG19_CHANNELS)
    shapes = {}
    for name, (before, after) in zip(names, ends, strict=True):
        shapes |= {f"{name}.weight": (after, before, 3, 3), f"{name}.bias": (after,)}
    return shapes


# ---- Tiny and random ---------------------------------------------------------------------------------------


def test_random_weights_follow_the_seed_and_have_a_mean_activation_of_1():
    one, again, other = load("random", seed=1), load("random", seed=1), load("random", seed=2)
    assert torch.equal(one(X)["relu4_1"], again(X)["relu4_1"])
    assert not torch.allclose(one(X)["relu4_1"], other(X)["relu4_1"], atol=0.1)
    pictures = [name for name in data.PICTURE_NAMES if name not in ("chelsea", "china")]
    x = torch.cat([to_tensor(data.picture(name, size=64).pixels) for name in pictures])
    for layer, f in one(x).items():
        assert f.mean().item() == pytest.approx(1, abs=1e-3), layer
    for f in one(x, [f"conv{layer}" for layer in ("1_1", "2_2", "4_1")]).values():
        np.testing.assert_allclose(f.mean((0, 2, 3)), 0, atol=1e-3)


def test_the_shipped_weights_are_small_halves_without_objects():
    stored = files("lossbook.vision").joinpath("tiny.npz")
    assert stored.stat().st_size < 600_000
    with np.load(stored, allow_pickle=False) as arrays:
        assert {array.dtype for array in arrays.values()} == {np.dtype(np.float16)}
        assert 280_000 < sum(array.size for array in arrays.values()) < 290_000
    x = torch.cat([to_tensor(data.picture(name, size=128).pixels) for name in data.PICTURE_NAMES])
    for layer, f in load("tiny")(x).items():
        assert 0.3 < f.mean() < 3, layer
        assert (f.amax((0, 2, 3)) == 0).float().mean() < 0.1, layer


def test_a_changed_file_is_refused(tmp_path, monkeypatch):
    content = bytearray(files("lossbook.vision").joinpath("tiny.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "tiny.npz").write_bytes(content)
    load("tiny")
    monkeypatch.setattr(features, "files", lambda package: tmp_path)
    with pytest.raises(ValueError, match=r"^tiny\.npz must have the SHA-256 [0-9a-f]{64}; got [0-9a-f]{64}$"):
        load("tiny")


# ---- VGG-19 ------------------------------------------------------------------------------------------------


def test_vgg19_reads_a_state_dict_and_computes_what_torchvisions_row_of_layers_does(vgg19_file, vgg19_state):
    extractor = load("vgg19", weights=vgg19_file)
    assert extractor.pooling == "max"
    assert [layer for layer in extractor.layers if layer.startswith("pool")] == [
        f"pool{b}" for b in range(1, 6)
    ]
    assert {key.removesuffix("_weight").removesuffix("_bias") for key, _ in extractor.named_buffers()} - {
        "mean",
        "std",
    } == {name.partition(".")[0] for name in vgg19_shapes()}
    # A row of convolutions and ReLUs, with pooling after 2, 2 and 4 of them.
    mean, std = (torch.tensor(v).reshape(3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    x, numbers = (X[:1, :, :, :24] - mean) / std, iter(range(37))
    for count in (2, 2, 4):
        for _ in range(count):
            at, _ = next(numbers), next(numbers)
            weight, bias = (vgg19_state[f"features.{at}.{part}"] for part in ("weight", "bias"))
            x = functional.relu(functional.conv2d(x, weight, bias, padding=1))
        next(numbers)
        x = functional.max_pool2d(x, 2)
    torch.testing.assert_close(extractor(X[:1], ["pool3"])["pool3"], x)
    averaged = load("vgg19", weights=vgg19_file, pooling="average")(X[:1], ["relu1_2", "pool1"])
    torch.testing.assert_close(averaged["pool1"], functional.avg_pool2d(averaged["relu1_2"], 2))


def test_vgg19_says_that_torchvision_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(ImportError) as error:
        load("vgg19")
    assert str(error.value) == (
        "'vgg19' needs torchvision, which is not installed: `pip install torchvision`, or give `weights`, "
        "a file with the state dict of torchvision.models.vgg19"
    )


def test_vgg19_says_that_its_weights_are_missing_and_finds_them_where_torchvision_puts_them(
    monkeypatch, tmp_path, vgg19_file
):
    url = "https://example.org/models/vgg19-dcbb9e9d.pth"
    weights = types.SimpleNamespace(IMAGENET1K_V1=types.SimpleNamespace(url=url))
    models = types.SimpleNamespace(VGG19_Weights=weights)
    monkeypatch.setitem(sys.modules, "torchvision", types.SimpleNamespace(models=models))
    monkeypatch.setitem(sys.modules, "torchvision.models", models)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    path = tmp_path / "checkpoints" / "vgg19-dcbb9e9d.pth"
    with pytest.raises(FileNotFoundError) as error:
        load("vgg19")
    assert str(error.value) == (
        f"the weights of 'vgg19' are not there: {path}. To download them once, 548 MB: "
        "python -c \"import torchvision; torchvision.models.vgg19(weights='IMAGENET1K_V1')\""
    )
    path.parent.mkdir()
    path.symlink_to(vgg19_file)
    assert load("vgg19").name == "vgg19"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"features.28.bias": None},
            r"the weights conv5_1\.bias of 'vgg19' must have shape \(512,\); got none",
        ),
        (
            {"features.0.weight": torch.zeros(64, 1, 3, 3)},
            r"the weights conv1_1\.weight of 'vgg19' must have shape \(64, 3, 3, 3\); got \(64, 1, 3, 3\)",
        ),
    ],
)
def test_weights_of_another_network_are_refused(vgg19_state, tmp_path, change, said):
    state = {key: value for key, value in (vgg19_state | change).items() if value is not None}
    torch.save(state, tmp_path / "other.pth")
    with pytest.raises(ValueError, match=f"^{said}$"):
        load("vgg19", weights=tmp_path / "other.pth")


# ---- Pictures, and what is refused -------------------------------------------------------------------------


def test_pictures_become_tensors_and_come_back():
    pixels = data.picture("coffee", size=16).pixels
    x = to_tensor(pixels)
    assert (tuple(x.shape), x.dtype) == ((1, 3, 16, 16), torch.float32)
    assert x[0, 2, 3, 4].item() == pytest.approx(pixels[3, 4, 2], rel=1e-6, abs=0)
    np.testing.assert_array_equal(to_pixels(to_tensor(pixels, torch.float64)), pixels)
    assert to_pixels(torch.tensor([-1.0, 0.5, 2.0]).reshape(1, 3, 1, 1)).tolist() == [[[0, 0.5, 1]]]


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: load("vgg16"), ValueError, "name must be one of 'tiny', 'random', 'vgg19'; got 'vgg16'"),
        (
            lambda: load("tiny", pooling="mean"),
            ValueError,
            "pooling must be one of 'average', 'max'; got 'mean'",
        ),
        (lambda: load("random", seed=0.5), TypeError, "seed must be an integer; got 0.5"),
        (
            lambda: load("tiny", weights="a.pth"),
            ValueError,
            "weights must be None for this network; got 'a.pth'",
        ),
        (
            lambda: load("random")(X[0]),
            ValueError,
            "x must have shape (N, 3, H, W), none of them 0; got (3, 32, 24)",
        ),
        (lambda: load("random")(X[:, :2]), ValueError, "x must have shape (N, 3, H, W); got (2, 2, 32, 24)"),
        (lambda: load("random")(X.numpy()), TypeError, "x must be a tensor of floats; got a ndarray"),
        (lambda: load("random")(X, "relu1_1"), TypeError, "layers must be a list of names; got 'relu1_1'"),
        (lambda: load("random")(X, []), TypeError, "layers must be a list of names; got []"),
        (
            lambda: load("random")(X[:, :, :15]),
            ValueError,
            "x must have at least 16 rows and columns for these layers; got (2, 3, 15, 24)",
        ),
        (
            lambda: to_tensor(np.zeros((3, 4, 4))),
            ValueError,
            "pixels must have shape (H, W, 3); got (3, 4, 4)",
        ),
        (
            lambda: to_tensor([[[np.nan, 0, 0]]]),
            ValueError,
            "pixels must be finite; got nan at index (0, 0, 0)",
        ),
        (lambda: to_pixels(X), ValueError, "tensor must have shape (1, 3, H, W); got (2, 3, 32, 24)"),
    ],
)
def test_what_is_refused_is_said(call, error, said):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == said


def test_an_unknown_layer_is_refused_with_the_list():
    with pytest.raises(ValueError, match=r"^layers must be one of 'conv1_1', 'relu1_1', .*; got 'relu5_1'$"):
        load("random")(X, ["relu1_1", "relu5_1"])
