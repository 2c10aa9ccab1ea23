"""Pictures inside a figure: what `imshow` draws.

In an ordinary figure they stay in the SVG, as PNG without loss. A measured figure has many and large ones,
which need not be the same to the last digit: each distinct one is stored once, as WebP at its own resolution,
and the positions only say which of them is shown. Small ones, such as tables of colored cells, lose nothing:
lossy WebP halves the resolution of colors. On the site each is a file, which the browser fetches when the
figure comes near. Pictures are named after their pixels.
"""

import base64
import hashlib
import io
import re

import numpy as np

from lossbook.figures.engine.tree import NUMBER, Node, tenths

#: An address that is not one yet: a picture's name follows. Only a page knows where its files are.
TOKEN = "lossbook-picture:"
#: The most that the pictures of one figure may weigh, in kB.
BUDGET = 250
QUALITY = 85
#: A picture with at most so many pixels a side is stored without loss: each is seen as a cell of its own.
SMALL = 40
#: Ends the gid of an image that the browser is to interpolate.
_SMOOTH = "~smooth"


def shrink(frame):
    """Make the pictures of a position smaller without loss, in place."""
    for node in frame.body.walk():
        if node.tag == "image":
            node.attributes["href"] = _smaller(_decoded(node.attributes["href"]))


def keep_resolution(figure):
    """Have matplotlib write what `imshow` drew pixel by pixel, and note where the author interpolates."""
    from matplotlib.image import AxesImage

    for image in figure.findobj(lambda artist: type(artist) is AxesImage):
        if image.get_interpolation() not in ("none", "nearest"):
            image.set_gid(f"{image.get_gid() or 'lossbook:'}{_SMOOTH}")
        image.set_interpolation("none")


def take(frame, store):
    """Move the pictures of a position into `store`, name to WebP; what asks for them stays in the tree."""
    for node in frame.body.walk():
        if node.tag == "image":
            pixels = np.asarray(_decoded(node.attributes["href"]))
            left, top, width, height = _box(node.attributes)
            pixels = pixels[:: -1 if height < 0 else 1, :: -1 if width < 0 else 1]
            place = min(left, left + width), min(top, top + height), abs(width), abs(height)
            name, _, smooth = node.attributes.get("data-artist", "").partition(_SMOOTH[0])
            kept = {"opacity": node.attributes.get("opacity"), "data-artist": name}
            look = "" if smooth else "image-rendering:pixelated"
            shown = lazy(named(pixels, store), place, look)
            node.tag, node.children = shown.tag, shown.children
            node.attributes = shown.attributes | {key: value for key, value in kept.items() if value}


def lazy(name, place, look=""):
    """The element that shows a picture at a place in the SVG: left, top, width, height.

    SVG's own would be fetched at once. A class keeps the theme from dimming it in dark mode.
    """
    attributes = dict(zip(("x", "y", "width", "height"), map(tenths, place), strict=True))
    address = {"class": "dark-light", "src": TOKEN + name, "alt": "", "loading": "lazy"}
    picture = Node("img", address | ({"style": look} if look else {}))
    return Node("foreignObject", attributes, "", [picture])


def named(pixels, store):
    """Store a picture, unless it is there, and return its name: ``uint8``, shape (height, width, 3 or 4)."""
    if pixels.shape[2] == 4 and pixels[..., 3].min() == 255:
        pixels = pixels[..., :3]
    pixels = np.ascontiguousarray(pixels)
    name = hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()[:16]
    if name not in store:
        store[name] = _webp(pixels)
    return name


def stored(store):
    """The part ``pictures`` of a payload, or nothing where there are none.

    What weighs more than the budget is a ValueError.
    """
    weight = sum(map(len, store.values())) / 1000
    if weight > BUDGET:
        came = f"{len(store)} different pictures of {weight:.0f} kB together"
        raise ValueError(f"the pictures of a figure may weigh {BUDGET} kB; got {came}")
    encoded = {name: base64.b64encode(webp).decode() for name, webp in store.items()}
    return {"pictures": encoded} if encoded else {}


def with_fewer_colors(png):
    """Return a PNG with 256 colors, chosen for it, where that is smaller: of photographs, it is a third."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    few = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return min(png, _saved(few, "PNG", optimize=True), key=len)


def weight(pictures):
    """What the part ``pictures`` of a payload weighs as files, in kB."""
    return sum(len(base64.b64decode(encoded)) for encoded in pictures.values()) / 1000


def _box(attributes):
    """Left, top, width and height of a picture; the last two are negative where it is mirrored."""
    x, y, width, height = (float(attributes.get(key, 0)) for key in ("x", "y", "width", "height"))
    transform = attributes.get("transform", "")
    if not transform.startswith("matrix"):
        return x, -y, width, -height  # matplotlib resampled it: it stands on its head, below zero
    a, b, c, d, e, f = map(float, NUMBER.findall(transform))
    if (b, c) != (0, 0):
        raise ValueError(f"a measured figure's pictures must stand upright; got {transform}")
    return e, f, a * width, d * height


def _decoded(address):
    from PIL import Image

    encoded = re.sub(r"\s+", "", address.partition(",")[2])
    return Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA")


def _smaller(picture):
    """A picture's data address: a palette where 256 colors do, no idle opacity."""
    from PIL import Image

    if picture.getextrema()[3] == (255, 255):
        pixels = np.asarray(picture.convert("RGB"))
        colors, numbers = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True)
        picture = Image.fromarray(pixels)
        if len(colors) <= 256:
            numbers = numbers.reshape(pixels.shape[:2]).astype(np.uint8)
            picture = Image.fromarray(numbers).convert("P")
            picture.putpalette(colors.tobytes())
    png = _saved(picture, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _webp(pixels):
    """A picture as WebP: what the eye misses is kept, or all where that, or the picture, is small."""
    from PIL import Image

    picture = Image.fromarray(pixels)
    ways = [{"lossless": True}]
    if max(pixels.shape[:2]) > SMALL:
        ways.append({"quality": QUALITY})
    return min((_saved(picture, "WEBP", **way) for way in ways), key=len)


def _saved(picture, kind, **options):
    stream = io.BytesIO()
    picture.save(stream, format=kind, **options)
    return stream.getvalue()
