"""Pictures and feature maps: Gram matrices, total variation, denoising, and measures of similarity.

A picture is an array (..., H, W), a feature map (..., C, H, W); what stands before is kept, one result each.

>>> from lossbook import images
>>> images.total_variation([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
np.float64(2.0)
"""

from lossbook.images._denoising import DenoisingRecord, denoise_tv
from lossbook.images._gram import gram_loss, gram_loss_grad, gram_matrix
from lossbook.images._similarity import psnr, ssim
from lossbook.images._variation import total_variation, total_variation_grad

__all__ = [
    "DenoisingRecord",
    "denoise_tv",
    "gram_loss",
    "gram_loss_grad",
    "gram_matrix",
    "psnr",
    "ssim",
    "total_variation",
    "total_variation_grad",
]
