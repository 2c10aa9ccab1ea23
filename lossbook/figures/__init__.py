"""Figures: the engine's public names, and one module of pure ``draw_*`` functions for each chapter.

A chapter's cell is ``explore(draw_huber_losses, delta=Slider(0.1, 3.0, 0.1, label="δ"), caption=…, alt=…)``;
the drawing itself lives in the module with the chapter's name, such as `lossbook.figures.huber`.
"""

from lossbook.figures.engine.display import explore, show
from lossbook.figures.engine.parameters import Check, Choice, Layers, Slider
from lossbook.figures.engine.wipe import wipe

__all__ = ["Check", "Choice", "Layers", "Slider", "explore", "show", "wipe"]
