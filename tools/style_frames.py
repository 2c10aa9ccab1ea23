"""Make the frames of chapter 3: textures by layer and network, and a style transfer on its way.

    python tools/style_frames.py [textures | styles]

writes `gram_textures.webp` and `gram_styles.webp` in `lossbook/data/frames`, each a sheet of pictures side by
side, and prints their SHA-256, which stand in `lossbook/figures/gram_matrix.py`. It takes some minutes of one
core. Another processor gives other pictures of the same kind: the files are shipped, not rebuilt.
"""

import hashlib
import io
import sys
from pathlib import Path

import numpy as np
import torch

from lossbook import data
from lossbook.figures.gram_matrix import DEPTHS, EVALUATIONS, NETWORKS, SIDE, TEXTURE_SIDE, WEIGHTS
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


def styles():
    """Return the pagoda in the style of stained tissue, for each weight after each number of evaluations.

    The last two have no content term: one starts as the pagoda, the other as noise.
    """
    content, style = (data.picture(name, size=SIDE).pixels for name in ("china", "ihc"))
    ask = {"extractor": features.load("tiny"), "evaluations": EVALUATIONS[-1], "tv_weight": 0.02}
    rows = []
    for weight in WEIGHTS:
        made = stylize(content, style, style_weight=weight, keep=EVALUATIONS[1:], **ask)
        print(weight, {name: round(float(v[-1]), 4) for name, v in made.history.items()}, flush=True)
        rows += list(made.frames)
    for start in ("content", "noise"):
        made = stylize(content, style, content_weight=0.0, style_weight=100.0, start=start, **ask)
        print(start, {name: round(float(v[-1]), 4) for name, v in made.history.items()}, flush=True)
        rows.append(made.pixels)
    return rows


def write(name, rows):
    """Store pictures side by side as WebP, and print the checksum."""
    from PIL import Image

    sheet = np.hstack([np.round(255 * row).astype(np.uint8) for row in rows])
    stream = io.BytesIO()
    Image.fromarray(sheet).save(stream, "WEBP", quality=92, method=6)
    FOLDER.joinpath(name).write_bytes(stream.getvalue())
    print(name, len(stream.getvalue()), hashlib.sha256(stream.getvalue()).hexdigest())


if __name__ == "__main__":
    torch.set_num_threads(1)
    for part in sys.argv[1:] or ["textures", "styles"]:
        write(f"gram_{part}.webp", {"textures": textures, "styles": styles}[part]())
