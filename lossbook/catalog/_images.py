"""The catalog's rows for `lossbook.images`."""

from lossbook.catalog._quantity import Quantity

PICTURES = "x and y real, of equal shape (..., H, W)"
NORMALIZATIONS = ("chw", "hw", None)

ROWS = (
    Quantity(
        name="gram_matrix",
        title="Gram matrix",
        module="images",
        formula=r"\frac1Z \sum_{h,w} F_{chw} F_{dhw}",
        domain="feature maps real, of shape (..., C, H, W)",
        hyperparameters={"normalization": NORMALIZATIONS},
        chapter=3,
    ),
    Quantity(
        name="gram_loss",
        title="Gram (style) loss",
        module="images",
        formula=r"\frac{1}{C^2} \sum_{c,d} (G_{cd}(F) - G_{cd}(S))^2",
        domain="feature maps real, of shapes that agree in all but H and W",
        hyperparameters={"normalization": NORMALIZATIONS},
        chapter=3,
        convex=False,
    ),
    Quantity(
        name="total_variation",
        title="total variation",
        module="images",
        formula=r"\sum_{i,j} \left((\Delta_v u)_{ij}^2 + (\Delta_h u)_{ij}^2\right)^{\beta/2}",
        domain="pictures real, of shape (..., H, W)",
        hyperparameters={"kind": ("isotropic", "anisotropic"), "beta": (1.0, 2.0, 1.5)},
        chapter=11,
        convex=False,
        note="convex for β ≥ 1",
    ),
    Quantity(
        name="denoise_tv",
        title="denoising by total variation",
        module="images",
        formula=r"\min_u \tfrac12 \lVert u - f \rVert^2 + \lambda\, \mathrm{TV}(u)",
        domain="pictures real and finite, of shape (..., H, W)",
        hyperparameters={"weight": (0.1, 1.0)},
        chapter=11,
        convex=True,
    ),
    Quantity(
        name="psnr",
        title="peak signal-to-noise ratio",
        module="images",
        formula=r"20 \log_{10} \frac{R}{\sqrt{\frac{1}{HW} \sum_{i,j} (x_{ij} - y_{ij})^2}}",
        domain=PICTURES,
        hyperparameters={"data_range": (1.0, 255.0)},
        chapter=4,
        convex=False,
        metric=False,
        note="a similarity",
    ),
    Quantity(
        name="ssim",
        title="structural similarity",
        module="images",
        formula=(
            r"\frac{(2 \mu_x \mu_y + C_1)(2 \sigma_{xy} + C_2)}"
            r"{(\mu_x^2 + \mu_y^2 + C_1)(\sigma_x^2 + \sigma_y^2 + C_2)}"
        ),
        domain="x and y real, of equal shape (..., H, W), H and W at least 11",
        hyperparameters={"data_range": (1.0, 255.0)},
        chapter=4,
        convex=False,
        metric=False,
        note="a similarity",
    ),
)
