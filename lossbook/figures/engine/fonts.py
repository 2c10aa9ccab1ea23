"""Cut the fonts that the site serves out of the ones that matplotlib ships.

    python -m lossbook.figures.engine.fonts

writes ``static/fonts/*.woff2`` with the letters and signs that figures use. Run it again when `CHARACTERS`
grows; it needs fontTools and brotli. The fonts' license stands beside them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

FOLDER = Path(__file__).with_name("static") / "fonts"

#: First and last code point of each block: Latin, Greek, punctuation, super- and subscripts, letterlike
#: signs, arrows, mathematical operators, a few shapes.
BLOCKS = [
    (0x20, 0x7E),
    (0xA0, 0xFF),
    (0x131, 0x131),
    (0x2C6, 0x2DA),
    (0x391, 0x3D6),
    (0x2010, 0x2026),
    (0x2030, 0x2033),
    (0x2070, 0x2099),
    (0x2102, 0x2131),
    (0x2190, 0x2195),
    (0x21D0, 0x21D4),
    (0x2200, 0x222B),
    (0x2248, 0x2265),
    (0x22A2, 0x22A5),
    (0x22C5, 0x22C6),
    (0x2308, 0x230B),
    (0x25A0, 0x25CF),
    (0x27E8, 0x27E9),
]
CHARACTERS = frozenset(code for first, last in BLOCKS for code in range(first, last + 1))
#: What is set in oblique or bold: letters, digits and Greek.
LETTERS = frozenset(code for code in CHARACTERS if code < 0x7F or 0x391 <= code <= 0x3D6)
FACES = {"DejaVuSans": CHARACTERS, "DejaVuSans-Oblique": LETTERS, "DejaVuSans-Bold": LETTERS}


def cut() -> None:
    """Write the subsets and a copy of the license."""
    import matplotlib
    from fontTools import subset

    source = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    FOLDER.mkdir(parents=True, exist_ok=True)
    for face, characters in FACES.items():
        options = subset.Options(flavor="woff2", layout_features=["kern"], hinting=False, notdef_outline=True)
        font = subset.load_font(source / f"{face}.ttf", options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=sorted(characters))
        cutter.subset(font)
        subset.save_font(font, FOLDER / f"{face}.woff2", options)
    shutil.copy(source / "LICENSE_DEJAVU", FOLDER / "LICENSE_DEJAVU.txt")


if __name__ == "__main__":
    cut()
