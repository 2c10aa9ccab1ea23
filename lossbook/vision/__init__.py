"""Pictures in PyTorch: a feature network, losses on its features, and pictures that minimize them.

`features` loads a network, `losses` has what is compared, `synthesis` the optimizer that changes pixels until
the loss is small. Importing this package does not import PyTorch; the first name that you ask for does.

>>> from lossbook import vision
>>> sorted(vision.__all__)
['features', 'gram_loss', 'gram_matrix', 'invert', 'losses', 'perceptual_loss', 'stylize', 'synthesis',
'synthesize_texture', 'to_pixels', 'to_tensor', 'total_variation']
"""

import importlib

_HOMES = {
    "gram_loss": "losses",
    "gram_matrix": "losses",
    "perceptual_loss": "losses",
    "total_variation": "losses",
    "invert": "synthesis",
    "stylize": "synthesis",
    "synthesize_texture": "synthesis",
    "to_pixels": "features",
    "to_tensor": "features",
}

__all__ = ["features", "losses", "synthesis", *_HOMES]  # noqa: PLE0604


def __getattr__(name):
    """Import a module of the package, or a function from its module, when it is first asked for."""
    if name in __all__:
        module = importlib.import_module(f"{__name__}.{_HOMES.get(name, name)}")
        return getattr(module, name) if name in _HOMES else module
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    """List the public names, loaded or not."""
    return __all__
