"""Cut the book's pictures out of those that scikit-image and scikit-learn ship.

    python tools/pictures.py

writes ``lossbook/data/pictures``: one square of each photograph, averaged over areas down to 256 pixels and
stored without loss. It needs scikit-image, scikit-learn and Pillow; readers of the book need none of the
first two.
"""

from importlib.util import find_spec
from pathlib import Path

from PIL import Image

TARGET = Path(__file__).parents[1] / "lossbook/data/pictures"
SIDE = 256

#: Package, file, then left edge, upper edge and side of the square, in pixels of the file.
SQUARES = {
    "astronaut": ("skimage/data/astronaut.png", 40, 0, 400),
    "brick": ("skimage/data/brick.png", 64, 128, 384),
    "camera": ("skimage/data/camera.png", 0, 30, 410),
    "chelsea": ("skimage/data/chelsea.png", 60, 0, 300),
    "china": ("sklearn/datasets/images/china.jpg", 10, 0, 427),
    "coffee": ("skimage/data/coffee.png", 105, 0, 400),
    "flower": ("sklearn/datasets/images/flower.jpg", 110, 0, 427),
    "grass": ("skimage/data/grass.png", 0, 0, 300),
    "gravel": ("skimage/data/gravel.png", 0, 0, 256),
    "hubble": ("skimage/data/hubble_deep_field.jpg", 64, 0, 872),
    "ihc": ("skimage/data/ihc.png", 0, 0, 380),
    "retina": ("skimage/data/retina.jpg", 0, 0, 1411),
    "rocket": ("skimage/data/rocket.jpg", 106, 0, 427),
}


def cut(file, left, top, side):
    """Return the square of a file of a package, as a picture of 256 × 256 pixels."""
    package, _, path = file.partition("/")
    with Image.open(Path(find_spec(package).origin).parent / path) as picture:
        box = (left, top, left + side, top + side)
        return picture.resize((SIDE, SIDE), Image.Resampling.BOX, box)


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    for name, square in SQUARES.items():
        cut(*square).save(TARGET / f"{name}.webp", lossless=True, quality=100, method=6)
