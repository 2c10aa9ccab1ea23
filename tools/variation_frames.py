"""Make the pictures of chapter 11: a style transfer without and with total variation, from two starts.

    python tools/variation_frames.py

writes `variation_styles.webp` in `lossbook/data/frames`, the pictures side by side, stored without loss, and
prints its SHA-256, which stands in `lossbook/figures/total_variation.py`. It takes two minutes of one core.
Another processor gives other pictures of the same kind: the file is shipped, not rebuilt.
"""

import hashlib
import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from lossbook import data
from lossbook.figures.total_variation import STYLE_ARMS, STYLE_OPTIONS, STYLE_SIDE
from lossbook.vision import features, stylize

PLACE = Path(__file__).parents[1] / "lossbook/data/frames/variation_styles.webp"


def main():
    """Make the pictures, store them, and print what became of the terms."""
    torch.set_num_threads(1)
    content, style = (data.picture(name, size=STYLE_SIDE).pixels for name in ("china", "flower"))
    made = []
    for start, weight in STYLE_ARMS:
        ask = {"extractor": features.load("tiny"), "start": start, "tv_weight": weight}
        found = stylize(content, style, **ask, **STYLE_OPTIONS)
        print(start, weight, {name: round(float(v[-1]), 4) for name, v in found.history.items()}, flush=True)
        made.append(np.round(255 * found.pixels).astype(np.uint8))
    stream = io.BytesIO()
    Image.fromarray(np.hstack(made)).save(stream, "WEBP", lossless=True, method=6)
    PLACE.write_bytes(stream.getvalue())
    print(PLACE.name, len(stream.getvalue()), hashlib.sha256(stream.getvalue()).hexdigest())


if __name__ == "__main__":
    main()
