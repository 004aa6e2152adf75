"""Upsampling by kernels that are made of the content around each place.

Wang, Chen, Xu, Liu, Loy, Lin: CARAFE: Content-Aware ReAssembly of FEatures, ICCV 2019, with its defaults.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

_AT_ONCE = 2**23
"""Numbers of neighbours laid side by side at once."""


class Carafe(nn.Module):
    """Features `factor` times as large, each a mean of `kernel` x `kernel` neighbours with weights of its own.

    A place (i', j') of the output looks at the neighbours of (i, j) = (floor(i' / factor), floor(j' / factor)), r = floor(kernel / 2)::

        W = softmax(pixel shuffle(encode(compress(x))))             (kernel * kernel weights a place of the output, their sum is 1)
        y(i', j') = sum over n, m in -r..r of W(i', j')(n, m) * x(i + n, j + m)

    Nothing lies beyond the edge, so weights that reach there are lost, as in the authors' code.

    Args:
        channels: Of the features, in and out.
        factor: How many times larger.
        kernel: Side of the neighbourhood that is reassembled; odd.
        compressed: Channels of which the weights are predicted.
        encoder: Side of the kernel that predicts them; odd.
    """

    def __init__(self, channels: int, factor: int = 2, kernel: int = 5, compressed: int = 64, encoder: int = 3) -> None:
        super().__init__()
        self.factor, self.kernel = factor, kernel
        self.compress = nn.Conv2d(channels, compressed, 1)
        self.encode = nn.Conv2d(compressed, factor**2 * kernel**2, encoder, padding=encoder // 2)
        nn.init.xavier_uniform_(self.compress.weight)
        nn.init.normal_(self.encode.weight, std=0.001)  # it begins with nearly even means

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, factor H, factor W) of x (B, channels, H, W)."""
        return reassembled(x, self.weights(x), self.factor)

    def weights(self, x: Tensor) -> Tensor:
        """(B, kernel * kernel, factor H, factor W): what each place of the output takes from each neighbour, row by row; their sum is 1."""
        return functional.pixel_shuffle(self.encode(self.compress(x)), self.factor).softmax(1)


def reassembled(x: Tensor, weights: Tensor, factor: int) -> Tensor:
    """(B, C, factor H, factor W) of x (B, C, H, W) by weights (B, k * k, factor H, factor W).

    Each place's neighbours are laid side by side and multiplied by the weights of the factor * factor places that it becomes: eight times as
    quick on a processor as adding neighbour by neighbour. They are k * k times the size of x, and kept for the gradient; where there is none,
    rows are reassembled a few at a time.
    """
    height, width = x.shape[2:]
    side = round(weights.shape[1] ** 0.5)
    padded = functional.pad(x, [side // 2] * 4)
    rows = height if torch.is_grad_enabled() else max(1, _AT_ONCE // (side**2 * len(x) * x.shape[1] * width))
    parts = [
        _rows(padded[:, :, top : top + rows + side - 1], weights[:, :, factor * top : factor * (top + rows)], factor)
        for top in range(0, height, rows)
    ]
    return parts[0] if len(parts) == 1 else torch.cat(parts, 2)


def _rows(padded: Tensor, weights: Tensor, factor: int) -> Tensor:
    """Some rows of it, of as many of x and k - 1 more."""
    side = round(weights.shape[1] ** 0.5)
    batch, channels, height, width = padded.shape[0], padded.shape[1], padded.shape[2] - side + 1, padded.shape[3] - side + 1
    neighbours = padded.permute(0, 2, 3, 1).unfold(1, side, 1).unfold(2, side, 1)
    neighbours = neighbours.permute(0, 1, 2, 4, 5, 3).reshape(-1, side**2, channels)
    shares = weights.to(padded.dtype).view(batch, side**2, height, factor, width, factor).permute(0, 2, 4, 3, 5, 1)
    out = torch.bmm(shares.reshape(-1, factor**2, side**2), neighbours).view(batch, height, width, factor, factor, channels)
    return out.permute(0, 1, 3, 2, 4, 5).reshape(batch, factor * height, factor * width, channels).permute(0, 3, 1, 2)
