"""The package's front door: what it offers, what it imports, how its functions are called and documented."""

import inspect
import re
import subprocess
import sys

import pytest

from lossbook import vision

SIGNATURES = {
    "gram_matrix": "(features, *, normalization='chw')",
    "gram_loss": "(features, target_features, *, normalization='chw')",
    "total_variation": "(image, *, kind='isotropic', beta=1.0, epsilon=0.0)",
    "perceptual_loss": "(x, y, extractor, *, layers=None)",
    "to_tensor": "(pixels, dtype=torch.float32)",
    "to_pixels": "(tensor)",
    "synthesize_texture": (
        "(texture, *, extractor, layers=None, size=None, tv_weight=0.0, evaluations=200, seed=0, keep=())"
    ),
    "stylize": (
        "(content, style, *, extractor, content_weight=1.0, style_weight=1.0, tv_weight=0.0, "
        "content_layers=None, style_layers=None, start='content', evaluations=200, seed=0, keep=())"
    ),
    "invert": "(target, layer, *, extractor, tv_weight=0.0, evaluations=200, seed=0, keep=())",
}


def test_importing_the_package_does_not_import_torch_and_a_name_of_it_does():
    loaded = "print('torch' in sys.modules)"
    code = f"import sys; from lossbook import vision; {loaded}; vision.gram_matrix; {loaded}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_what_it_offers():
    assert set(vision.__all__) == {"features", "losses", "synthesis", *SIGNATURES} == set(dir(vision))
    with pytest.raises(AttributeError, match=r"^module 'lossbook\.vision' has no attribute 'style'$"):
        _ = vision.style


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_function_is_called_and_documented_as_promised(name):
    function = getattr(vision, name)
    assert str(inspect.signature(function)) == SIGNATURES[name]
    home = sys.modules[function.__module__]
    assert name in home.__all__
    text = inspect.getdoc(function)
    assert ">>> " in text
    assert re.search(r"^Examples\n-{8}$", text, re.MULTILINE)
    if not name.startswith("to_"):
        assert re.search(r"^Returns\n-{7}$", text, re.MULTILINE)
        for parameter in inspect.signature(function).parameters:
            assert re.search(rf"^(\w+, )*{parameter}(, \w+)* :", text, re.MULTILINE), parameter


@pytest.mark.parametrize("name", ["features", "losses", "synthesis"])
def test_a_module_says_its_errors_once(name):
    text = inspect.getdoc(getattr(vision, name))
    assert re.search(r"^TypeError$", text, re.MULTILINE)
    assert re.search(r"^ValueError$", text, re.MULTILINE)
