"""Features in part the picture's own and in part the other's, brought to their place: what the paper matches below its coarsest level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from engine.matching.paper.search import Field, Maps
    from engine.nets.tapped import Tapped
    from engine.ops.bands import Pausing

SHARES = {"adam": 0.5, "warp": 0.25}
"""How much of a common feature is the other picture's: the paper's half where it is made of the coarser level. Exact features of the level itself
would by half hold each place where it is, since the four products of two halves are greatest there or lie around it evenly."""
TAPS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
"""Levels 1 to 5; level 0 is the standardised picture."""
_RATE, _BETAS, _LATEST, _STEADY, _MOST = 0.05, (0.5, 0.999), 6, 1e-3, 300


@torch.inference_mode()
def pyramid(network: Tapped, picture: NDArray[np.float32]) -> list[Maps]:
    """Levels 0 to 5 of a picture (h, w, 3) in [0, 1], sides multiples of 16."""
    image = ((_tensor(picture) - network.mean) / network.deviation).float()
    seen: dict[str, Tensor] = network(image, TAPS, standardise=False)
    return [_array(values) for values in (image, *seen.values())]


def moved(values: NDArray[np.float32], field: Field, side: int) -> Pausing[NDArray[np.float32]]:
    """(h, w, c): values (H, W, c) where a field (h, w, 2) says, the mean of the overlapping patches that it brings."""
    (height, width), half = field.shape[:2], side // 2
    most = np.array(values.shape[:2]) - 1
    total, count = np.zeros((height, width, values.shape[2]), np.float32), np.zeros((height, width, 1), np.float32)
    for down in range(-half, half + 1):
        for across in range(-half, half + 1):
            to = slice(max(0, -down), height - max(0, down)), slice(max(0, -across), width - max(0, across))
            centre = slice(max(0, down), height - max(0, -down)), slice(max(0, across), width - max(0, -across))
            at = np.clip(field[centre] - (down, across), 0, most)
            total[to] += values[at[..., 0], at[..., 1]]
            count[to] += 1
            yield
    return total / count


def mixed(own: Maps, other: Maps, share: float) -> Maps:
    """The other's in that share."""
    out: Maps = own * np.float32(1 - share)
    out += other * np.float32(share)
    return out


def deconvolved(network: Tapped, level: int, wanted: Maps, size: tuple[int, int]) -> Pausing[Maps]:
    """Features of the level below, of that size, from which the network makes those wanted of a level; found by Adam, starting from nothing."""
    layers = _between(network, level)
    goal = _tensor(wanted)
    channels = next(layer.in_channels for layer in layers if isinstance(layer, nn.Conv2d))
    below = torch.zeros(1, channels, *size, requires_grad=True)
    adam = torch.optim.Adam([below], _RATE, _BETAS)
    losses: list[float] = []
    while len(losses) < _MOST and not _steady(losses):
        values: Any = below
        for layer in layers:
            values = layer(values)
        loss = functional.mse_loss(values, goal)
        (below.grad,) = torch.autograd.grad(loss, [below])
        adam.step()  # pyright: ignore[reportUnknownMemberType]
        losses.append(float(loss.detach()))
        yield
    return _array(below.detach())


def _between(network: Tapped, level: int) -> Sequence[nn.Module]:
    """The layers that make a level of the one below."""
    first = 0 if level == 1 else network.names.index(TAPS[level - 2]) + 1
    return list(network.features)[first : network.names.index(TAPS[level - 1]) + 1]


def _steady(losses: list[float]) -> bool:
    return len(losses) > _LATEST and float(np.abs(np.diff(losses[-_LATEST:])).mean()) < _STEADY


def _tensor(values: NDArray[np.float32]) -> Tensor:
    return torch.tensor(values).permute(2, 0, 1)[None].contiguous()


def _array(values: Tensor) -> Maps:
    return np.ascontiguousarray(values[0].permute(1, 2, 0).numpy())
