"""Formulas as a line of readable text, for what has no room for MathML: the excerpts of the search.

``H_δ(r) = ½ r²`` is made from the MathML of a page, whose structure says what belongs to a fraction or power.
"""

import html
import re
import unicodedata
from functools import cache
from xml.etree import ElementTree

MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)

#: Signs that stand between spaces, and where a plus or minus is one of a number and has none behind it.
SPACED = set("=≠≈≡≤≥<>≪≫≲≳∼≃∝∈∉⊂⊆→←↦⇒⇔⟹⟺↔+−±∓·×⋅∘⊙⊗⊕∪∩∖∧∨∥⟂⊥∣:≔")
OF_NUMBER = re.compile(r"(^|[(\[{⟨,;=≠≈≡≤≥<>∼∈→↦⇒⟹⟺·×⋅+−] ?)([+−±∓]) ")
AROUND_SIGN = re.compile(f" ([{re.escape(''.join(SPACED))}]) ")
#: Signs that are not seen, and those after which a line may break.
INVISIBLE, LOOSE = set("\u2062\u2063\u2064\ufe00\ufe01"), set(",;")
#: Marks, which no formula holds, of the end of a function's name and of the end of an index.
APPLIED, ENDED = "\u2061", "\u2062"

ABOVE = {"ˆ": "\u0302", "^": "\u0302", "¯": "\u0304", "‾": "\u0304", "˜": "\u0303", "~": "\u0303"}
ABOVE |= {"˙": "\u0307", "→": "\u20d7", "ˉ": "\u0304", "―": "\u0304"}
RAISED = str.maketrans("0123456789+−()nT⊤", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿᵀᵀ")
#: What needs no brackets: a number, a letter with index and power, a differential, brackets.
SINGLE = re.compile(r"[\d.]+|[d∂]?[^\W\d_][\u0300-\u036f]?(_\w+)?[′²³]*|\([^()]*\)")
FRACTIONS = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾"}


def with_readable_formulas(page):
    """Return HTML with each ``<math>`` replaced by its text."""
    return MATH.sub(lambda found: html.escape(readable(found[0])), page)


@cache
def readable(math):
    """Return the text of one ``<math>`` element, given as markup.

    Examples
    --------
    >>> readable("<math><msup><mi>r</mi><mn>2</mn></msup><mo>≤</mo><mn>1</mn></math>")
    'r² ≤ 1'
    """
    # XML knows five named characters; the others become what they name.
    xml = re.sub(r"&(?!(?:amp|lt|gt|quot|apos|#\w+);)\w+;", lambda name: html.unescape(name[0]), math)
    text = _text(ElementTree.fromstring(xml))
    text = re.sub(rf"[{APPLIED}\s]*{APPLIED}\s*(?=[(\[{{‖|_^])|{ENDED}(?!\w)", "", text)
    text = re.sub(rf"[{APPLIED}{ENDED}\s]+", " ", text).strip()
    text = OF_NUMBER.sub(r"\1\2", re.sub(", ?;", ";", text))
    text = re.sub(r"([(\[{⟨]) | (?=[)\]}⟩,;.])", r"\1", text)
    return unicodedata.normalize("NFC", text)


def _text(element):
    parts = list(element)
    match element.tag, len(parts):
        case (("mi" | "mn" | "mtext" | "ms"), _):
            text = (element.text or "").replace("\xa0", " ")
            return f" {text}{APPLIED}" if element.tag == "mi" and re.fullmatch(r"\w{2,}", text) else text
        case "mo", _:
            return _sign(element)
        case "mspace", _:
            return " " if float(re.sub("[^0-9.-]", "", element.get("width", "")) or 0) > 0 else ""
        case "mfrac", 2:
            over, under = (_grouped(_text(part)) for part in parts)
            return FRACTIONS.get(f"{over}/{under}", f"{over}/{under}") + " "
        case "msqrt", _:
            return "√" + _grouped(_row(parts))
        case "mroot", 2:
            return _raised(_text(parts[1])) + "√" + _grouped(_text(parts[0]))
        case "msup", 2:
            return _text(parts[0]) + _raised(_text(parts[1]))
        case (("msub" | "munder"), 2):
            return _text(parts[0]) + _lowered(_text(parts[1]))
        case (("msubsup" | "munderover"), 3):
            return _text(parts[0]) + _lowered(_text(parts[1])).rstrip(ENDED) + _raised(_text(parts[2]))
        case "mover", 2:
            base, above = _text(parts[0]), _text(parts[1]).strip()
            return base + ABOVE[above] if above in ABOVE and len(base) == 1 else base
        case "mtable", _:
            return "; ".join(" ".join(_text(cell) for cell in row) for row in parts)
        case _:
            return _row(parts)


def _row(parts):
    return "".join(map(_text, parts))


def _sign(element):
    sign = (element.text or "").strip()
    if sign in INVISIBLE:
        return ""
    if sign in LOOSE:
        return sign if element.get("rspace") == "0" else sign + " "  # a comma in a number
    return f" {sign} " if sign in SPACED else sign


def _grouped(text):
    text = text.strip(APPLIED + ENDED + " ")
    return text if SINGLE.fullmatch(text) else f"({text})"


def _raised(text):
    text = _dense(text).replace("∗", "*")
    if set(text) <= set("′″*†"):
        return text
    raised = text.translate(RAISED)
    every = all(sign.translate(RAISED) != sign for sign in text)
    return (raised if every else f"^{text}" if len(text) == 1 else f"^({text})") + ENDED


def _lowered(text):
    return "_" + _grouped(_dense(text)) + ENDED if text.strip() else ""


def _dense(text):
    """Return a text of small letters: its signs have no room around them."""
    return AROUND_SIGN.sub(r"\1", text).strip(APPLIED + ENDED + " ")
