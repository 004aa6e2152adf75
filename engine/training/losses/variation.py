"""Total variation: how much neighbouring pixels differ, of all pictures or in and around their holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor


def total_variation(pictures: Tensor) -> Tensor:
    """Mean |x(i + 1, j) - x(i, j)| + mean |x(i, j + 1) - x(i, j)|, each over all neighbours there are (Rudin, Osher, Fatemi 1992; by axes).

    Args:
        pictures: (B, C, H, W), H and W at least 2.
    """
    down, right = _differences(pictures)
    return down.abs().mean() + right.abs().mean()


def hole_variation(pictures: Tensor, hole: Tensor) -> Tensor:
    """The same where both neighbours lie in the hole or one pixel around it, corners too, added up and divided by all elements B C H W.

    Liu et al.: Image Inpainting for Irregular Holes Using Partial Convolutions, ECCV 2018, where it has weight 0.1.

    Args:
        pictures: (B, C, H, W), composites: filled in the hole, known around it.
        hole: (B, 1, H, W), 1 in the hole, else 0.
    """
    region = functional.max_pool2d(hole, 3, stride=1, padding=1)
    down, right = _differences(pictures)
    both_down, both_right = region[:, :, 1:] * region[:, :, :-1], region[:, :, :, 1:] * region[:, :, :, :-1]
    return ((down.abs() * both_down).sum() + (right.abs() * both_right).sum()) / pictures.numel()


def _differences(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """(B, C, H - 1, W) and (B, C, H, W - 1)."""
    return pictures[:, :, 1:] - pictures[:, :, :-1], pictures[:, :, :, 1:] - pictures[:, :, :, :-1]
