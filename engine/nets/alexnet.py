"""AlexNet's convolutions, through which papers measure LPIPS.

Krizhevsky, One weird trick for parallelizing convolutional neural networks, 2014 (the widths that torchvision trained).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from torch import nn

from engine.nets.tapped import Tapped

Plan: TypeAlias = Sequence[tuple[int, int, int, int]]

TORCHVISION: Plan = ((64, 11, 4, 2), (192, 5, 1, 2), (384, 3, 1, 1), (256, 3, 1, 1), (256, 3, 1, 1))
"""Of each convolution: channels, size of its kernel, stride, padding."""

POOLED = (1, 2, 5)
"""After which convolutions the 3 x 3 maximum with stride 2 follows."""


class AlexNet(Tapped):
    """5 convolutions, each followed by a ReLU, 2.5 million parameters: weights "alexnet".

    Taps are `conv1` (before the ReLU), `relu1` (after it) ... and `pool1`, `pool2` and `pool5`. Pictures are at least 63 pixels high and wide
    for `pool5`, 31 for the rest.

    Args:
        plan: of each convolution the channels, the size of its kernel, the stride and the padding.
    """

    def __init__(self, plan: Plan = TORCHVISION) -> None:
        layers: dict[str, nn.Module] = {}
        before = 3
        for number, (channels, size, stride, padding) in enumerate(plan, 1):
            layers[f"conv{number}"] = nn.Conv2d(before, channels, size, stride, padding)
            layers[f"relu{number}"] = nn.ReLU()
            if number in POOLED:
                layers[f"pool{number}"] = nn.MaxPool2d(3, 2)
            before = channels
        super().__init__(layers)
