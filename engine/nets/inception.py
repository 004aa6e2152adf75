"""Inception-v3 as the Frechet inception distance means it: the network of the TensorFlow graph of 2015-12-05 up to its last average.

Szegedy et al., Rethinking the Inception Architecture for Computer Vision, CVPR 2016. It differs from torchvision's in its weights and in its
poolings: averages leave out what lies beyond the edge, and the last block takes a maximum where the paper has an average.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

Convolution: TypeAlias = tuple[str, int, tuple[int, int]]
"""Name, channels, rows and columns of the kernel."""
Branch: TypeAlias = Sequence[Sequence[Convolution]]
"""Stages one after the other; the convolutions of one stage lie side by side."""

SIDE = 299
"""Height and width that pictures are brought to."""
FEATURES = 2048


class Inception(nn.Module):
    """2048 numbers a picture. 21.8 million parameters, named as in torchvision: weights "inception", without their classifier `fc`."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = _Unit(3, 32, (3, 3), 2, padded=False)
        self.Conv2d_2a_3x3 = _Unit(32, 32, (3, 3), padded=False)
        self.Conv2d_2b_3x3 = _Unit(32, 64, (3, 3))
        self.Conv2d_3b_1x1 = _Unit(64, 80, (1, 1))
        self.Conv2d_4a_3x3 = _Unit(80, 192, (3, 3), padded=False)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = (
            _Mixed(before, _five(), "average", out) for before, out in ((192, 32), (256, 64), (288, 64))
        )
        self.Mixed_6a = _Mixed(288, _reduce_five(), "halved")
        self.Mixed_6b, self.Mixed_6c, self.Mixed_6d, self.Mixed_6e = (
            _Mixed(768, _six(inner), "average", 192) for inner in (128, 160, 160, 192)
        )
        self.Mixed_7a = _Mixed(768, _reduce_six(), "halved")
        self.Mixed_7b = _Mixed(1280, _seven(), "average", 192)
        self.Mixed_7c = _Mixed(2048, _seven(), "maximum", 192)

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) RGB in [0, 1] -> (B, 2048): brought to 299 x 299 bilinearly whatever their shape, as `pytorch-fid` does."""
        x = functional.interpolate(pictures, (SIDE, SIDE), mode="bilinear", align_corners=False) * 2 - 1
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(functional.max_pool2d(x, 3, 2)))
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(functional.max_pool2d(x, 3, 2))))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))))
        return self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x))).mean((2, 3))


class _Unit(nn.Module):
    """A convolution without bias, batch normalisation, ReLU."""

    def __init__(self, before: int, out: int, kernel: tuple[int, int], stride: int = 1, *, padded: bool = True) -> None:
        super().__init__()
        padding = (kernel[0] // 2, kernel[1] // 2) if padded else 0
        self.conv = nn.Conv2d(before, out, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(out, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.bn(self.conv(x)))


class _Mixed(nn.Module):
    """Branches of convolutions and one of a 3 x 3 pooling, side by side.

    Args:
        before: channels that come in.
        branches: the convolutions; where the pooling halves, so does the last of each.
        pooling: "average", "maximum", or "halved" for a maximum with stride 2.
        out: channels that a convolution makes of what was pooled; 0: it goes on as it is.
    """

    def __init__(self, before: int, branches: Sequence[Branch], pooling: str, out: int = 0) -> None:
        super().__init__()
        self.pooling = pooling
        self.names = [[[name for name, *_ in stage] for stage in branch] for branch in branches]
        for branch in branches:
            channels = before
            for stage in branch:
                halving = pooling == "halved" and stage is branch[-1]
                for name, width, kernel in stage:
                    self.add_module(name, _Unit(channels, width, kernel, 2 if halving else 1, padded=not halving))
                channels = sum(width for _, width, _ in stage)
        if out:
            self.branch_pool = _Unit(before, out, (1, 1))

    def forward(self, x: Tensor) -> Tensor:
        parts: list[Tensor] = []
        for branch in self.names:
            part = x
            for stage in branch:
                part = torch.cat([self.get_submodule(name)(part) for name in stage], 1)
            parts.append(part)
        return torch.cat([*parts, self._pooled(x)], 1)

    def _pooled(self, x: Tensor) -> Tensor:
        if self.pooling == "halved":
            return functional.max_pool2d(x, 3, 2)
        if self.pooling == "maximum":
            return self.branch_pool(functional.max_pool2d(x, 3, 1, 1))
        return self.branch_pool(functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False))


def _chain(name: str, *stages: tuple[int, tuple[int, int]]) -> Branch:
    """A branch of one convolution after the other, numbered from 1."""
    return [[(f"{name}_{number}", out, kernel)] for number, (out, kernel) in enumerate(stages, 1)]


def _five() -> Sequence[Branch]:
    return (
        [[("branch1x1", 64, (1, 1))]],
        _chain("branch5x5", (48, (1, 1)), (64, (5, 5))),
        _chain("branch3x3dbl", (64, (1, 1)), (96, (3, 3)), (96, (3, 3))),
    )


def _reduce_five() -> Sequence[Branch]:
    return [[("branch3x3", 384, (3, 3))]], _chain("branch3x3dbl", (64, (1, 1)), (96, (3, 3)), (96, (3, 3)))


def _six(inner: int) -> Sequence[Branch]:
    down, across = (7, 1), (1, 7)
    return (
        [[("branch1x1", 192, (1, 1))]],
        _chain("branch7x7", (inner, (1, 1)), (inner, across), (192, down)),
        _chain("branch7x7dbl", (inner, (1, 1)), (inner, down), (inner, across), (inner, down), (192, across)),
    )


def _reduce_six() -> Sequence[Branch]:
    return (
        _chain("branch3x3", (192, (1, 1)), (320, (3, 3))),
        _chain("branch7x7x3", (192, (1, 1)), (192, (1, 7)), (192, (7, 1)), (192, (3, 3))),
    )


def _seven() -> Sequence[Branch]:
    return (
        [[("branch1x1", 320, (1, 1))]],
        [*_chain("branch3x3", (384, (1, 1))), _fork("branch3x3_2")],
        [*_chain("branch3x3dbl", (448, (1, 1)), (384, (3, 3))), _fork("branch3x3dbl_3")],
    )


def _fork(name: str) -> Sequence[Convolution]:
    return [(f"{name}a", 384, (1, 3)), (f"{name}b", 384, (3, 1))]
