"""How far one distribution is from another: entropies, divergences and metrics of probability vectors.

Most take two arrays `p, q` of equal shape whose vectors along one axis are probabilities: not negative,
without NaN, summing to 1 within 1e-6 (1e-4 for float32). Nothing is normalized and nothing is clipped; 0 ·
log 0 is 0.

All functions keep float32, turn integers into float64, change no argument and raise no floating-point
warning.

>>> from lossbook import divergences
>>> p, q = [1.0, 0.0], [0.5, 0.5]
>>> float(divergences.kl(p, q, base=2)), float(divergences.kl(q, p))
(1.0, inf)
"""

from lossbook.divergences._entropy import cross_entropy, entropy, kl, kl_from_logits
from lossbook.divergences._gaussian import gaussian_kl
from lossbook.divergences._jensen_shannon import js, js_distance, js_general
from lossbook.divergences._metrics import hellinger, total_variation_distance, wasserstein_1d

__all__ = [
    "cross_entropy",
    "entropy",
    "gaussian_kl",
    "hellinger",
    "js",
    "js_distance",
    "js_general",
    "kl",
    "kl_from_logits",
    "total_variation_distance",
    "wasserstein_1d",
]
