"""A critic that says of each patch of a picture, or of a clip, how real it looks.

Yu, Lin, Yang, Shen, Lu, Huang: Free-Form Image Inpainting with Gated Convolution, ICCV 2019 (SN-PatchGAN); Chang, Liu, Lee, Hsu: Free-form
Video Inpainting with 3D Gated Convolution and Temporal PatchGAN, ICCV 2019; Miyato et al.: Spectral Normalization for Generative
Adversarial Networks, ICLR 2018.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from torch import Tensor, nn
from torch.nn.utils import parametrizations

from engine.nets.gated import CONVOLUTIONS, Sides, each

if TYPE_CHECKING:
    from collections.abc import Sequence

SN_PATCH_GAN = (64, 128, 256, 256, 256, 256)
"""Channels of the critics of Yu et al. and, over time, of Chang et al."""


class PatchDiscriminator(nn.Module):
    """Convolutions with leaky ReLUs between them; every element of what comes out is a score of its own. The defaults are SN-PatchGAN's.

    T-PatchGAN is `PatchDiscriminator(5, kernel=(3, 5, 5), stride=(1, 2, 2), axes=3, linear=True)`; pix2pix's of 70 pixels with spectral
    normalisation `PatchDiscriminator(3, (64, 128, 256, 512, 1), kernel=4, unstrided=2, linear=True)`.

    Args:
        inputs: Channels in: the picture's and those of what it is judged by (its mask, a sketch).
        widths: Channels out of each convolution.
        kernel: Side of each kernel.
        stride: Step of each convolution but the last `unstrided`, whose step is 1.
        unstrided: How many of the last convolutions keep the size.
        axes: 2 for pictures, 3 for clips.
        slope: of the leaky ReLU below 0.
        linear: Whether the last convolution has no leaky ReLU behind it.
        spectral: Whether weights are divided by their largest singular value, found by one power iteration each time in training.
    """

    def __init__(
        self,
        inputs: int,
        widths: Sequence[int] = SN_PATCH_GAN,
        *,
        kernel: Sides = 5,
        stride: Sides = 2,
        unstrided: int = 0,
        axes: Literal[2, 3] = 2,
        slope: float = 0.2,
        linear: bool = False,
        spectral: bool = True,
    ) -> None:
        super().__init__()
        kernels = each(kernel, axes)
        layers: list[nn.Module] = []
        for number, (before, after) in enumerate(zip((inputs, *widths), widths, strict=False)):
            step = each(stride if number < len(widths) - unstrided else 1, axes)
            layer = CONVOLUTIONS[axes](before, after, kernels, step, tuple((side - 1) // 2 for side in kernels))
            layers += [parametrizations.spectral_norm(layer) if spectral else layer, nn.LeakyReLU(slope)]
        self.layers = nn.Sequential(*(layers[:-1] if linear else layers))

    def forward(self, x: Tensor) -> Tensor:
        """Scores (B, last width, H', W') of pictures (B, inputs, H, W), or (B, last width, T', H', W') of clips; higher is more real."""
        return self.layers(x)
