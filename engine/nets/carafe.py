"""Upsampling by kernels that are made of the content around each place.

Wang, Chen, Xu, Liu, Loy, Lin: CARAFE: Content-Aware ReAssembly of FEatures, ICCV 2019, with its defaults.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


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

    One neighbour after the other is added, and what is kept for the gradient are views of x: nothing of k * k times its size is ever made.
    """
    batch, channels, height, width = x.shape
    side = round(weights.shape[1] ** 0.5)
    padded = functional.pad(x, [side // 2] * 4)
    shares = weights.to(x.dtype).view(batch, -1, 1, height, factor, width, factor)
    out = x.new_zeros(batch, channels, height, factor, width, factor)
    for neighbour in range(side**2):
        down, right = divmod(neighbour, side)
        out = out + padded[:, :, down : down + height, None, right : right + width, None] * shares[:, neighbour]
    return out.view(batch, channels, factor * height, factor * width)
