"""Make the frames of chapter 3: textures by layer and network, and a style transfer on its way.

    python tools/style_frames.py [textures | styles | starts]

writes `gram_textures.webp`, `gram_styles.webp` and `gram_starts.webp` in `lossbook/data/frames`, each a sheet
of pictures side by side, and prints their SHA-256, which stand in `lossbook/figures/gram_matrix.py`. It takes
some minutes of one core. Another processor gives other pictures of the same kind: the files are shipped, not
rebuilt. The last sheet is stored without loss, because the chapter measures its pictures.
"""

import hashlib
import io
import sys
from pathlib import Path

import numpy as np
import torch

from lossbook import data
from lossbook.figures.gram_matrix import DEPTHS, EVALUATIONS, NETWORKS, SIDE, STARTS, TEXTURE_SIDE, WEIGHTS
from lossbook.vision import features, stylize, synthesize_texture

FOLDER = Path(__file__).parents[1] / "lossbook/data/frames"


def textures():
    """Return textures made from noise by Gram matrices up to each depth, row by row for each network."""
    brick = data.picture("brick", size=TEXTURE_SIDE).pixels
    rows = []
    for name in NETWORKS:
        network = features.load(name)
        for layers in DEPTHS.values():
            made = synthesize_texture(brick, extractor=network, layers=layers, evaluations=150, seed=1)
            print(name, layers[-1], made, flush=True)
            rows.append(made.pixels)
    return rows


def _transfer(**options):
    """Make the pagoda in the style of stained tissue, and say how far it came."""
    content, style = (data.picture(name, size=SIDE).pixels for name in ("china", "ihc"))
    ask = {"extractor": features.load("tiny"), "evaluations": EVALUATIONS[-1], "tv_weight": 0.02}
    made = stylize(content, style, **ask, **options)
    print(options, {name: round(float(v[-1]), 4) for name, v in made.history.items()}, flush=True)
    return made


def styles():
    """Return the transfer for each weight after each number of evaluations."""
    return [
        frame for weight in WEIGHTS for frame in _transfer(style_weight=weight, keep=EVALUATIONS[1:]).frames
    ]


def starts():
    """Return the transfer with the largest weight from both starts, with a content term and without it."""
    return [
        _transfer(style_weight=WEIGHTS[-1], content_weight=bound, start=start).pixels
        for start, bound in STARTS
    ]


def write(name, rows, **options):
    """Store pictures side by side as WebP, and print the checksum."""
    from PIL import Image

    sheet = np.hstack([np.round(255 * row).astype(np.uint8) for row in rows])
    stream = io.BytesIO()
    Image.fromarray(sheet).save(stream, "WEBP", method=6, **options)
    FOLDER.joinpath(name).write_bytes(stream.getvalue())
    print(name, len(stream.getvalue()), hashlib.sha256(stream.getvalue()).hexdigest())


SHEETS = {
    "textures": (textures, {"quality": 92}),
    "styles": (styles, {"quality": 92}),
    "starts": (starts, {"lossless": True}),
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    for part in sys.argv[1:] or SHEETS:
        make, way = SHEETS[part]
        write(f"gram_{part}.webp", make(), **way)
