"""VGG's convolutions, which perceptual and style losses, LPIPS and many a score look through.

Simonyan and Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015. The classifier behind them is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from engine.nets.tapped import Tapped

if TYPE_CHECKING:
    from collections.abc import Sequence


class Vgg(Tapped):
    """Blocks of 3 x 3 convolutions, each followed by a ReLU, with a 2 x 2 maximum after each block.

    Taps are `conv1_1` (before the ReLU), `relu1_1` (after it), `conv1_2` ... and `pool1` after a block.

    Args:
        blocks: how many convolutions, and of how many channels, each block has.
    """

    def __init__(self, blocks: Sequence[tuple[int, int]]) -> None:
        layers: dict[str, nn.Module] = {}
        before = 3
        for block, (convolutions, channels) in enumerate(blocks, 1):
            for number in range(1, convolutions + 1):
                layers[f"conv{block}_{number}"] = nn.Conv2d(before, channels, 3, padding=1)
                layers[f"relu{block}_{number}"] = nn.ReLU()
                before = channels
            layers[f"pool{block}"] = nn.MaxPool2d(2)
        super().__init__(layers)


class Vgg16(Vgg):
    """13 convolutions, 14.7 million parameters: weights "vgg16"."""

    def __init__(self) -> None:
        super().__init__(((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)))


class Vgg19(Vgg):
    """16 convolutions, 20 million parameters: weights "vgg19"."""

    def __init__(self) -> None:
        super().__init__(((2, 64), (2, 128), (4, 256), (4, 512), (4, 512)))
