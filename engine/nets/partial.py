"""Convolution over known pixels only, which shrinks the hole layer by layer.

Liu, Reda, Shih, Wang, Tao, Catanzaro: Image Inpainting for Irregular Holes Using Partial Convolutions, ECCV 2018, equations 1 and 2.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class PartialConv2d(nn.Conv2d):
    """A convolution that leaves the hole out of its sums, and a hole that closes where a window saw anything known.

    With M = 1 where known, and sum(1) the number of elements in a window (equation 1)::

        y = W (x * M) * sum(1) / sum(M) + b    where sum(M) > 0,    y = 0 elsewhere
        M' = 1                                 where sum(M) > 0,    M' = 0 elsewhere

    Zeros of the padding count as unknown, as in the authors' code, so sums are made up for at the picture's edge too. `known` is given
    with one channel, which then stands for all, or with one for each channel of the features (where features of the encoder meet
    those of the decoder, each with its own holes); then the sums go over the channels as well. It has no gradient.

    Its parameters are `weight` (channels out, channels in, k, k) and `bias` (channels out) or none, as those of `nn.Conv2d`.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, padding: int | None = None, dilation: int = 1, bias: bool = True
    ) -> None:
        padding = dilation * (kernel - 1) // 2 if padding is None else padding
        super().__init__(inputs, outputs, kernel, stride, padding, dilation, bias=bias)  # pyright: ignore[reportUnknownMemberType]

    def forward(self, features: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Features and where they are known, one layer on.

        Args:
            features: (B, channels in, H, W). What it holds where it is not known has no effect, as long as it is finite.
            known: (B, 1, H, W) or (B, channels in, H, W), 1 where known, else 0.

        Returns:
            Features (B, channels out, H', W'), and known (B, 1, H', W') or (B, channels out, H', W'), as it was given.

        Raises:
            ValueError: `known` has another shape.
        """
        if known.shape not in (features[:, :1].shape, features.shape):
            raise ValueError(f"known {tuple(known.shape)} for features {tuple(features.shape)}")
        makeup, reached = self._counted(known)
        out = functional.conv2d(features * known, self.weight, None, self.stride, self.padding, self.dilation)
        makeup, reached = makeup.to(out.dtype), reached.to(out.dtype)
        out = out * makeup
        if self.bias is not None:
            out = out + self.bias.to(out.dtype).view(1, -1, 1, 1) * reached
        return out, reached.expand_as(out) if known.shape[1] > 1 else reached

    @torch.no_grad()
    def _counted(self, known: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 1, H', W') each: sum(1) / sum(M), 0 where nothing is known; and where anything is. Counts beyond 256 need float32."""
        window = known.new_ones(1, 1, *self.weight.shape[2:], dtype=torch.promote_types(known.dtype, torch.float32))
        with torch.autocast(known.device.type, enabled=False):
            held = known.to(window.dtype).sum(1, keepdim=True)
            count = functional.conv2d(held, window, None, self.stride, self.padding, self.dilation)
        reached = (count > 0.5).to(count.dtype)  # counts are whole; how they are summed may leave a rest
        return window.numel() * known.shape[1] / count.clamp(min=1) * reached, reached
