"""A running average of a network's weights, which is better than the weights of any one step (Polyak, Juditsky 1992)."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import nn

KEEP = 0.998
"""How much of the average stays at a step, once the run is under way."""


def averaged(network: nn.Module) -> nn.Module:
    """A copy to hold the average, which is never trained itself."""
    return copy.deepcopy(network).requires_grad_(requires_grad=False)


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, step: int) -> None:
    """Move the average towards the network. The first steps, which are far off, are soon forgotten."""
    keep = min(KEEP, 1 - 10 / (10 + step))
    for mean, value in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(value, 1 - keep)
        else:
            mean.copy_(value)
