"""Cut the fonts that the site is served with out of whole ones.

    python tools/fonts.py

writes two sets, each with its license: ``lossbook/figures/engine/static/fonts``, the letters and signs of
figures, out of the fonts that matplotlib ships; and ``lossbook/site/static/fonts``, those of formulas, out of
Latin Modern Math (Debian: ``fonts-lmodern``). Run it again when one of the lists of characters below grows;
it needs matplotlib, fontTools and brotli.
"""

import shutil
from pathlib import Path

import matplotlib
from fontTools import subset

PACKAGE = Path(__file__).parents[1] / "lossbook"
LATIN_MODERN = Path("/usr/share/texmf")


def characters(blocks):
    """Return all code points of some blocks, each written as its first and last one."""
    ends = [[int(end, 16) for end in block.split("-")] for block in blocks.split()]
    return {code for end in ends for code in range(end[0], end[-1] + 1)}


#: Latin, Greek, punctuation, super- and subscripts, letterlike signs, arrows, operators, a few shapes.
FIGURES = characters("""
    20-7E A0-FF 131 177 2C6-2DA 391-3D6 1D40 2010-2026 2030-2033 2070-2099 2102-2131 2190-2195 21D0-21D4
    2200-222B 2248-2265 22A2-22A5 22C5-22C6 2308-230B 25A0-25CF 27E8-27E9
""")
#: What figures set in oblique or bold: letters, digits and Greek.
LETTERS = {code for code in FIGURES if code < 0x7F or 0x391 <= code <= 0x3D6}

#: Formulas: Latin and capital Greek; then italic letters, calligraphic, blackboard bold and Greek italic, all
#: characters of their own, and bold 0 and 1. A bold or a lower-case alphabet more costs 2 to 4 kB.
FORMULAS = characters("""
    20-21 23 25-2F 30-3F 41-5D 61-7D A0 391-3A9 1D434-1D467 210E 1D49C-1D4B5 210B 2110 2112 211B 212C
    2130 2131 2133 1D538-1D550 2102 2115 2119 211A 211D 2124 1D7D9 1D6FC-1D716 1D719 1D7CE-1D7CF 2113
    2061-2064
""")
#: Accents, signs, operators. A root's sign is written in no formula: the browser draws it.
FORMULAS |= {ord(sign) for sign in "∗’√¬¯°±·×ˆ˙˜\u0302\u0332–—‖…′←↑→↓↔↦⇒⇔⟶⟹⟺∀∂∃∅∇∈∉∏∑−∓∘∙∝∞∣∥∧∨∩∪∫"}
FORMULAS |= {ord(sign) for sign in "∼≃≅≈≔≠≡≤≥≪≫≺≻≼≽⊂⊃⊆⊇⊕⊗⊙⊤⊥⋂⋃⋄⋅⋆⋮⋯⋱⟂⌈⌉⌊⌋⟨⟩⏞⏟"}
#: What grows with what it holds; the font could stretch 100 signs more.
STRETCHY = "()[]{}|‖⟨⟩√∑∏∫⋂⋃←→\u0302\u0332⏞⏟"

#: The prime as TeX draws it in a superscript (the font's own is smaller), and signs that are heard, not seen.
REDRAWN = {0x2032: "minute.st", **dict.fromkeys(range(0x2061, 0x2065), "space")}

#: Where scripts stand (thousandths of an em): browsers use these numbers also where TeX has closer ones.
SCRIPTS = {"SubscriptShiftDown": 180, "SubscriptBaselineDropMin": -20, "SuperscriptBaselineDropMax": 390}


def cut(source, codes, target, prepare=lambda font: None, **settings):
    """Write `source` with these characters alone as WOFF2."""
    options = subset.Options(flavor="woff2", hinting=False, notdef_outline=True, **settings)
    font = subset.load_font(source, options)
    prepare(font)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(codes))
    cutter.subset(font)
    subset.save_font(font, target, options)


def tune(font):
    """Fit Latin Modern Math to browsers, and rename it, as its license asks of whoever changes it."""
    for table in font["cmap"].tables:
        table.cmap.update({code: name for code, name in REDRAWN.items() if code in table.cmap})
    math = font["MATH"].table
    for name, value in SCRIPTS.items():
        getattr(math.MathConstants, name).Value = value
    math.MathGlyphInfo.MathKernInfo = None  # no browser reads it
    kept = {font.getBestCmap()[ord(sign)] for sign in STRETCHY}
    for way in ("Vert", "Horiz"):
        signs = getattr(math.MathVariants, f"{way}GlyphCoverage")
        forms = getattr(math.MathVariants, f"{way}GlyphConstruction")
        forms[:] = [form for sign, form in zip(signs.glyphs, forms, strict=True) if sign in kept]
        signs.glyphs = [sign for sign in signs.glyphs if sign in kept]
        setattr(math.MathVariants, f"{way}GlyphCount", len(forms))
    for name in font["name"].names:
        if name.nameID in (1, 3, 4, 6, 16):
            name.string = "LossBookMath"
    font["CFF "].cff.fontNames = ["LossBookMath"]


def cut_figure_fonts(target):
    """Write the fonts of figures."""
    source = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    faces = {"DejaVuSans": FIGURES, "DejaVuSans-Oblique": LETTERS, "DejaVuSans-Bold": LETTERS}
    for face, codes in faces.items():
        cut(source / f"{face}.ttf", codes, target / f"{face}.woff2", layout_features=["kern"])
    shutil.copy(source / "LICENSE_DEJAVU", target / "LICENSE_DEJAVU.txt")


def cut_math_font(target):
    """Write the font of formulas."""
    source = LATIN_MODERN / "fonts/opentype/public/lm-math/latinmodern-math.otf"
    settings = {
        "drop_tables": ["FFTM", "GDEF", "GPOS", "GSUB"],
        "name_IDs": [0, 1, 2, 13],
        "desubroutinize": True,
    }
    cut(source, FORMULAS, target / "LossBookMath.woff2", tune, **settings)
    shutil.copy(LATIN_MODERN / "doc/fonts/lm-math/GUST-FONT-LICENSE.txt", target / "LICENSE_LATIN_MODERN.txt")


cut_figure_fonts(PACKAGE / "figures/engine/static/fonts")
cut_math_font(PACKAGE / "site/static/fonts")
