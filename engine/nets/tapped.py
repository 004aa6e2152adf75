"""A chain of layers that can be listened to anywhere, for losses and scores that compare what a classifier sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import torch
from torch import Tensor, nn

Taps: TypeAlias = Sequence[str]

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's photographs, RGB in [0, 1]. LPIPS's own constants for [-1, 1] are the same numbers."""


class Tapped(nn.Module):
    """Layers in a row, each with a name. Its tensors have torchvision's names: `features.0.weight`, `features.0.bias` ...

    Args:
        layers: the layers by their names, in order.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, layers: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.names = tuple(layers)
        """What can be tapped, in the order in which it is computed."""
        self.features = nn.Sequential(*layers.values())
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(3, 1, 1), persistent=False)

    def forward(self, x: Tensor, taps: Taps, *, standardise: bool = True) -> dict[str, Tensor]:
        """What the wanted layers give; nothing beyond the last of them is computed.

        Args:
            x: (B, 3, H, W) RGB in [0, 1]; H and W large enough that the last tap is not empty (16 for a VGG's fifth block).
            taps: names of layers; `conv...` is before the ReLU, `relu...` after it.
            standardise: bring x to ImageNet's mean and deviation first; False where that was done already.

        Returns:
            By name, in the order of the layers: (B, channels, rows, columns).

        Raises:
            ValueError: for a tap that is no layer, or none at all.
        """
        wanted = set(taps)
        if not wanted or not wanted.issubset(self.names):
            raise ValueError(f"taps {sorted(wanted)} of a network that has {', '.join(self.names)}")
        out: dict[str, Tensor] = {}
        x = (x - self.mean) / self.deviation if standardise else x
        for name, layer in zip(self.names, self.features, strict=True):
            x = layer(x)
            if name in wanted:
                out[name] = x
            if len(out) == len(wanted):
                break
        return out
