"""`landmark`: dense descriptors for photographs of one place in other light, season and camera.

A small convolutional pyramid down to 1/32 and up again, of the size class of XFeat (Potje et al., CVPR 2024) and EdgePoint2 (2025), with
descriptors at three resolutions: 1/8 says *what* stands there, 1/4 tells one thing from another, 1/2 says exactly *where*.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

MULTIPLE = 32
"""Height and width have to be multiples of this: the coarsest map is at 1/32."""

WIDTHS = (16, 32, 64, 96, 96)
"""Channels at 1/2, 1/4, 1/8, 1/16 and 1/32, at width 1."""


class Described(NamedTuple):
    """What a batch of B pictures (H, W) looks like. The centre of cell i of stride s lies at pixel (i + 0.5) s - 0.5."""

    half: Tensor
    """(B, 24, H/2, W/2): for placing a match exactly, within a few pixels. Vectors of any length: `read_at` makes those it reads unit vectors."""
    quarter: Tensor
    """(B, 64, H/4, W/4): the descriptor to match by; unit vectors."""
    eighth: Tensor
    """(B, 128, H/8, W/8): the coarse descriptor, which bears most change of light and season; unit vectors."""
    reliability: Tensor
    """(B, 1, H/4, W/4): the logit of how likely a match of this cell is right."""


class Landmark(nn.Module):
    """(B, 3, H, W) RGB in [0, 1], H and W multiples of 32 -> `Described`. Each picture is brought to zero mean and unit spread a channel.

    Args:
        width: channels against those of `WIDTHS`; 1 has 0.98 million parameters.
    """

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        c2, c4, c8, c16, c32 = (max(8, round(c * width / 8) * 8) for c in WIDTHS)
        self.stem = _convolution(3, c2, 2)
        self.to4 = nn.Sequential(_convolution(c2, c4, 2), _Residual(c4))
        self.to8 = nn.Sequential(_convolution(c4, c8, 2), _Residual(c8), _Residual(c8))
        self.to16 = nn.Sequential(_convolution(c8, c16, 2), _Residual(c16), _Residual(c16))
        self.to32 = nn.Sequential(_convolution(c16, c32, 2), _Residual(c32))
        self.from16, self.from32 = nn.Conv2d(c16, c8, 1), nn.Conv2d(c32, c8, 1)
        self.fuse = _Residual(c8)
        self.from4 = nn.Conv2d(c4, c8, 1)
        self.join = _convolution(c8, c8)
        self.eighth = nn.Sequential(_convolution(c8, 2 * c8, size=1), nn.Conv2d(2 * c8, 128, 1))
        self.quarter = nn.Conv2d(c8, 64, 1)
        self.half_of_join, self.half_of_stem = nn.Conv2d(c8, 24, 1), nn.Conv2d(c2, 24, 1)
        self.trust = nn.Conv2d(c8, 1, 1)

    def forward(self, pictures: Tensor) -> Described:
        """Describe a batch."""
        x2 = self.stem(standardised(pictures))
        x4 = self.to4(x2)
        x8 = self.to8(x4)
        x16 = self.to16(x8)
        x8 = self.fuse(x8 + _as_large(self.from16(x16), x8) + _as_large(self.from32(self.to32(x16)), x8))
        x4 = self.join(_as_large(x8, x4) + self.from4(x4))
        half = _as_large(self.half_of_join(x4), x2) + self.half_of_stem(x2)
        return Described(half.float(), _unit(self.quarter(x4)), _unit(self.eighth(x8)), self.trust(x4).float())


class _Residual(nn.Module):
    """x + two 3x3 convolutions of it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _convolution(channels, channels)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.second(self.first(x)))


def _convolution(channels: int, out: int, stride: int = 1, size: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, out, size, stride, size // 2, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True))


def _as_large(x: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(x, like.shape[-2:], mode="bilinear", align_corners=False)


def _unit(x: Tensor) -> Tensor:
    return functional.normalize(x.float(), dim=1)


def standardised(pictures: Tensor) -> Tensor:
    """(B, C, H, W) with zero mean and unit spread a picture and channel, so that exposure and white balance are gone before the first layer."""
    spread, mean = torch.std_mean(pictures, (2, 3), keepdim=True)
    return (pictures - mean) / (spread + 0.02)


def padded(pictures: Tensor) -> Tensor:
    """(B, C, H, W) continued at the right and the bottom to multiples of 32."""
    height, width = pictures.shape[-2:]
    return functional.pad(pictures, (0, -width % MULTIPLE, 0, -height % MULTIPLE), mode="replicate")


def read_at(described: Tensor, points: Tensor, stride: float) -> Tensor:
    """(B, n, C): unit vectors at points (B, n, 2) of rows and columns in pixels, between the cells of a map (B, C, h, w) of this stride."""
    height, width = described.shape[-2:]
    size = points.new_tensor([height, width]) * stride
    grid = ((points + 0.5) / size * 2 - 1).flip(-1)
    read = functional.grid_sample(described, grid[:, :, None], mode="bilinear", padding_mode="border", align_corners=False)
    return functional.normalize(read[..., 0].transpose(1, 2), dim=2)
