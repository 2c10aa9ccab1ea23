"""The palette: one to one, readable, and the page's own."""

import numpy as np

from lossbook.figures.engine import style


def luminance(color):
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_the_palette_is_one_to_one_and_readable():
    for mode in (0, 1):
        colors = [pair[mode] for pair in style.PALETTE.values()]
        assert len(set(colors)) == len(colors)
        paper = luminance(style.PALETTE["paper"][mode])
        for name, pair in style.PALETTE.items():
            if name not in ("paper", "grid"):
                lighter, darker = sorted([luminance(pair[mode]), paper], reverse=True)
                # WCAG 2.1: 4.5 for text, 3 for graphics. All colors may be used for text.
                assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (name, mode)


def test_each_color_has_its_own_name_and_variable():
    for name, (light, dark) in style.PALETTE.items():
        assert getattr(style, name.upper()) == light
        assert style.CSS_VARIABLE[light] == f"var(--lossbook-{name})"
        lines = style.css_variables().splitlines()
        assert f"--lossbook-{name}:{light};" in lines[0]
        assert f"--lossbook-{name}:{dark};" in lines[1]
    assert lines[0].startswith(":root{")
    assert lines[1].startswith('html[data-theme="dark"]{')
