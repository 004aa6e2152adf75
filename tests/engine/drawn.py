"""Weights that anyone can draw again, for a network whose own are not at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor, nn


def drawn(network: nn.Module) -> dict[str, Tensor]:
    """A state by which the numbers neither grow nor die in many layers: waves of another length for each tensor."""
    state = {}
    for place, (name, tensor) in enumerate(sorted(network.state_dict().items())):
        wave = torch.sin(torch.arange(tensor.numel(), dtype=torch.float64) * (1 + place * 0.37) + place).reshape(tensor.shape)
        if not tensor.is_floating_point():
            continue
        if tensor.ndim == 4:
            state[name] = wave * (4 / tensor[0].numel()) ** 0.5
        elif name.endswith(("running_var", "bn.weight")):
            state[name] = 1 + wave / 4
        else:
            state[name] = wave / 4
    return {name: tensor.float() for name, tensor in state.items()}
