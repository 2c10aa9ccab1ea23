"""Gradients and weights of the regression losses, against differences, torch's autograd and each other."""

import itertools
import math

import numpy as np
import pytest
import torch

from lossbook import catalog

ROWS = [row for row in catalog.CATALOG if row.module == "regression"]
SETTINGS = [
    pytest.param(row, dict(zip(row.hyperparameters, values, strict=True)), id=f"{row.name}-{values}")
    for row in ROWS
    for values in itertools.product(*row.hyperparameters.values())
]
# Residuals that are no join of any loss, for differences must not straddle one.
RESIDUALS = np.array(
    [-7.3, -4.1, -2.2, -1.37, -0.83, -0.41, -0.12, 0.07, 0.23, 0.61, 0.97, 1.61, 2.83, 4.4, 9.1]
)


@pytest.mark.parametrize(("row", "hyperparameters"), SETTINGS)
def test_gradient_equals_fourth_order_differences(row, hyperparameters):
    h, target = 1e-3, np.zeros_like(RESIDUALS)
    at = {k: row.function(RESIDUALS + k * h, target, **hyperparameters) for k in (-2, -1, 1, 2)}
    difference = (at[-2] - 8 * at[-1] + 8 * at[1] - at[2]) / (12 * h)
    gradient = row.gradient(RESIDUALS, target, **hyperparameters)
    np.testing.assert_allclose(gradient, difference, rtol=1e-8, atol=1e-9)


def _torch_barron(r, *, alpha, scale):
    z = (r / scale) ** 2
    if alpha == 2:
        return z / 2
    if alpha == 0:
        return torch.log(z / 2 + 1)
    if alpha == -math.inf:
        return 1 - torch.exp(-z / 2)
    bend = abs(alpha - 2)
    return bend / alpha * ((z / bend + 1) ** (alpha / 2) - 1)


# The definitions, written down a second time in torch: autograd differentiates these.
TORCH = {
    "squared_error": lambda r: r**2,
    "absolute_error": lambda r: r.abs(),
    "huber": lambda r, *, delta: torch.where(r.abs() <= delta, r**2 / 2, delta * (r.abs() - delta / 2)),
    "smooth_l1": lambda r, *, beta: torch.where(r.abs() <= beta, r**2 / (2 * beta), r.abs() - beta / 2),
    "pseudo_huber": lambda r, *, delta: delta**2 * (torch.sqrt(1 + (r / delta) ** 2) - 1),
    "log_cosh": lambda r: torch.log(torch.cosh(r)),
    "quantile": lambda r, *, tau: torch.where(r < 0, -tau * r, (1 - tau) * r),
    "tukey_biweight": lambda r, *, c: c**2 / 6 * (1 - (1 - ((r / c) ** 2).clamp(max=1)) ** 3),
    "barron": _torch_barron,
}


@pytest.mark.parametrize(("row", "hyperparameters"), SETTINGS)
def test_value_and_gradient_equal_torchs_autograd(row, hyperparameters):
    prediction = torch.tensor(RESIDUALS + 1, requires_grad=True)
    target = torch.ones_like(prediction)
    losses = TORCH[row.name](prediction - target, **hyperparameters)
    losses.sum().backward()
    pair = prediction.detach().numpy(), target.numpy()
    np.testing.assert_allclose(row.function(*pair, **hyperparameters), losses.detach().numpy(), rtol=1e-11)
    np.testing.assert_allclose(row.gradient(*pair, **hyperparameters), prediction.grad.numpy(), rtol=1e-11)


@pytest.mark.parametrize(("row", "hyperparameters"), [param for param in SETTINGS if param.values[0].weight])
def test_weight_times_residual_is_the_gradient(row, hyperparameters):
    target = np.zeros_like(RESIDUALS)
    weight = row.weight(RESIDUALS, target, **hyperparameters)
    np.testing.assert_allclose(
        weight * RESIDUALS, row.gradient(RESIDUALS, target, **hyperparameters), rtol=1e-14
    )
    assert row.weight(0.0, 0.0, **hyperparameters) == 1
    assert (weight >= 0).all()
    assert (weight <= 1).all()


@pytest.mark.parametrize(("row", "hyperparameters"), SETTINGS)
def test_the_gradient_at_0_is_0(row, hyperparameters):
    assert row.gradient(0.0, 0.0, **hyperparameters) == 0
