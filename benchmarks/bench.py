"""What ``make bench`` runs: functions of lossbook against their best-known peers, in one process.

The races stand in ``races.md``. Both sides of each get the same numbers and must agree before they are timed.
They run in turn, again and again, on one thread; printed is the median of the ratios of processor time, which
other work on the machine disturbs little. Ratios carry over to other machines, times do not. Name functions
to run these alone.
"""

import statistics
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import statsmodels.api as sm
import torch

# The expressions of the table name them.
from scipy import spatial, special, stats  # noqa: F401
from skimage import metrics, restoration  # noqa: F401
from sklearn import feature_selection, linear_model  # noqa: F401
from sklearn import metrics as scores  # noqa: F401
from torch.nn import functional

import lossbook  # noqa: F401

#: Shapes by the name of a size.
SIZES = {
    "numbers": [(1_000_000,)],
    "rows": [(100_000, 10), (1000, 1000)],
    "square": [(1000, 1000)],
    "table": [(100_000, 10)],
    "few": [(1000, 10)],
    "line": [(10_000,)],
}
#: A ratio above this needs a reason.
LIMIT = 3

#: What goes in: an array from a generator and a shape.
KINDS = {
    "normal": lambda rng, shape: rng.normal(scale=3.0, size=shape),
    "uniform": lambda rng, shape: rng.random(shape),
    "sorted": lambda rng, shape: np.sort(rng.normal(size=shape)),
    "share": lambda rng, shape: rng.dirichlet(np.ones(shape[-1]), shape[:-1] or None),
    "labels": lambda rng, shape: rng.integers(0, shape[-1], shape[0]),
    "signs": lambda rng, shape: rng.choice([-1.0, 1.0], shape[0]),
    "booleans": lambda rng, shape: rng.random(shape) < 0.3,
    "counts": lambda rng, shape: rng.integers(0, 9, shape),
    "covariance": lambda rng, shape: np.cov(rng.normal(size=(shape[-1], 3 * shape[-1]))),
    "mean": lambda rng, shape: rng.normal(size=shape[-1]),
    "response": lambda rng, shape: rng.standard_t(2, shape[0]),
    "maps": lambda rng, shape: rng.normal(size=(shape[0] // 16, shape[1] // 8, shape[1] // 8)),
    "picture": lambda rng, shape: np.indices(shape).sum(0) // 20 % 2 + rng.normal(size=shape),
}


# ---- Peers that are more than a name -----------------------------------------------------------------------


def gradient(loss, first, *others, **parameters):
    """Return the derivative by torch, which takes a pass forward too."""
    first = first.detach().requires_grad_()
    loss(first, *others, **parameters).sum().backward()
    return first.grad


def cosine(x, y):
    return functional.cosine_similarity(x, y, dim=-1)


def cosine_loss(x, y):
    return 1 - cosine(x, y)


def focal(logits, labels):
    log_p = torch.log_softmax(logits, -1).gather(-1, labels[:, None])[:, 0]
    return -((1 - log_p.exp()) ** 2) * log_p


def kl_of_logits(q, p):
    log_q, log_p = torch.log_softmax(q, -1), torch.log_softmax(p, -1)
    return functional.kl_div(log_q, log_p, reduction="none", log_target=True).sum(-1)


def normal(mean, cov):
    return torch.distributions.MultivariateNormal(mean, cov)


def contrast(queries, keys):
    cosines = functional.normalize(queries) @ functional.normalize(keys).T
    return functional.cross_entropy(cosines / 0.1, torch.arange(len(keys)), reduction="none")


def gram(f):
    return torch.einsum("chw,dhw->cd", f, f) / f.numel()


def gram_loss(f, s):
    return (gram(f) - gram(s)).square().mean()


def variation(u, epsilon):
    v, h = torch.diff(u, dim=-2, append=u[-1:]), torch.diff(u, dim=-1, append=u[:, -1:])
    return (v * v + h * h + epsilon**2).sqrt().sum()


def descent(start):
    theta, path = start.clone(), [start]
    optimizer = torch.optim.SGD([theta], lr=0.1, momentum=0.9)
    for _ in range(20):
        theta.grad = 2 * theta
        optimizer.step()
        path.append(theta.clone())
    return torch.stack(path)


def robust(x, y):
    model = sm.RLM(y, sm.add_constant(x), M=sm.robust.norms.HuberT(1.345))
    return model.fit(conv="coefs", tol=1e-9, maxiter=1000).params


def fit(model, x, y):
    found = model.fit(x, y)
    return np.append(found.intercept_, found.coef_)


def strength(x, y):
    """Return a twentieth of the lasso's strength that removes all slopes."""
    return 0.05 * abs((x - x.mean(0)).T @ (y - y.mean())).max()


# ---- The races ---------------------------------------------------------------------------------------------


class Race(NamedTuple):
    """A row of the table: both sides are expressions in x, y, z and w, the arrays that `inputs` names."""

    ours: str
    peer: str
    theirs: str
    inputs: str
    size: str
    agreement: str
    reason: str

    @property
    def name(self):
        """The name of our function."""
        return self.ours.split("(")[0].split(".")[1]

    def sides(self, shape):
        """Return our call and the peer's, on the same numbers; torch gets tensors that share their memory."""
        rng = np.random.default_rng(0)
        ours = [KINDS[kind](rng, shape) for kind in self.inputs.split()]
        theirs = [torch.from_numpy(a) for a in ours] if self.peer == "torch" else ours
        for side, arrays in ((f"lossbook.{self.ours}", ours), (self.theirs, theirs)):
            yield eval(f"lambda: {side}", globals() | dict(zip("xyzw", arrays, strict=False)))

    def check(self, shape):
        """Raise AssertionError unless both sides agree."""
        ours, theirs = (np.asarray(side()) for side in self.sides(shape))
        rtol = float(self.agreement or 1e-6)
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=rtol * abs(ours).max(), err_msg=self.ours)

    def ratio(self, shape):
        """Return the median of our processor time over the peer's: three rounds or more, half a second."""
        self.check(shape)
        ours, theirs = self.sides(shape)
        ratios, end = [], time.process_time() + 0.5
        while len(ratios) < 3 or time.process_time() < end:
            start = time.process_time()
            ours()
            middle = time.process_time()
            theirs()
            ratios.append((middle - start) / (time.process_time() - middle))
        return statistics.median(ratios)


def races():
    """Return the rows of the table."""
    lines = Path(__file__).with_name("races.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in lines if "|" in line]
    return [Race(*row) for row in cells[2:]]


def main(names):
    """Run the races whose function is named, all if none is, and print the table."""
    torch.set_num_threads(1)
    chosen = [race for race in races() if not names or race.name in names]
    ratios, unexplained = [], 0
    for race, shape in [(each, shape) for each in chosen for shape in SIZES[each.size]]:
        ratios.append(race.ratio(shape))
        unexplained += ratios[-1] > LIMIT and not race.reason
        cells = f"{race.ours[:50]:50} {race.peer:12} {'×'.join(map(str, shape)):10} {ratios[-1]:6.2f}"
        print(f"{cells}  {race.reason}".rstrip(), flush=True)
    if not ratios:
        print(f"no race for {' '.join(names)}", file=sys.stderr)
        return 2
    print(f"\n{len(ratios)} rows, geometric mean {statistics.geometric_mean(ratios):.2f}")
    print(f"over {LIMIT} without a reason: {unexplained}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
