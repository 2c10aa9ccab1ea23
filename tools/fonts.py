"""Cut the fonts that the figures of the site are served with out of the ones that matplotlib ships.

    python tools/fonts.py

writes ``lossbook/figures/engine/static/fonts/*.woff2`` with the letters and signs that figures use. Run it
again when `BLOCKS` grows; it needs matplotlib, fontTools and brotli.
"""

import shutil
from pathlib import Path

import matplotlib
from fontTools import subset

FOLDER = Path(__file__).parents[1] / "lossbook/figures/engine/static/fonts"

#: First and last code point of each block: Latin, Greek, punctuation, super- and subscripts, letterlike
#: signs, arrows, mathematical operators, a few shapes.
BLOCKS = """
    20-7E A0-FF 131-131 2C6-2DA 391-3D6 2010-2026 2030-2033 2070-2099 2102-2131 2190-2195 21D0-21D4 2200-222B
    2248-2265 22A2-22A5 22C5-22C6 2308-230B 25A0-25CF 27E8-27E9
"""
CHARACTERS = {
    code
    for first, last in (block.split("-") for block in BLOCKS.split())
    for code in range(int(first, 16), int(last, 16) + 1)
}
#: What is set in oblique or bold: letters, digits and Greek.
LETTERS = {code for code in CHARACTERS if code < 0x7F or 0x391 <= code <= 0x3D6}

source = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
for face, characters in [
    ("DejaVuSans", CHARACTERS),
    ("DejaVuSans-Oblique", LETTERS),
    ("DejaVuSans-Bold", LETTERS),
]:
    options = subset.Options(flavor="woff2", layout_features=["kern"], hinting=False, notdef_outline=True)
    font = subset.load_font(source / f"{face}.ttf", options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(characters))
    cutter.subset(font)
    subset.save_font(font, FOLDER / f"{face}.woff2", options)
shutil.copy(source / "LICENSE_DEJAVU", FOLDER / "LICENSE_DEJAVU.txt")
