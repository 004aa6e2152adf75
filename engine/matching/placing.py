"""Matches placed more finely: the other end of each goes where the maps around both ends are most alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from engine.matching.steady import one_thread
from engine.nets.landmark import read_at

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

REACH = 4
"""Pixels by which an end may move, down and across."""
_BLOCK = 512
"""Matches at a time."""


@torch.inference_mode()
def placed(one: Tensor, other: Tensor, stride: int, pairs: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 4): the pairs with their second places moved by up to `REACH` pixels a side, to fractions of a pixel.

    The nine cells of `one` around a first place are laid over `other` at every whole pixel within reach; a parabola through the best and its
    neighbours says the rest. The maps are no more exact than a keypoint whose place is right already, so a move by m pixels is made by
    m^2 / (m^2 + 1) of it: a large one nearly whole, a small one hardly.

    Args:
        one: map (C, rows, columns) of the first photograph.
        other: map of the second.
        stride: pixels a cell of both.
        pairs: (n, 4): row and column in the first, row and column in the second.
    """
    out = np.array(pairs, np.float32)
    with one_thread():
        for start in range(0, len(pairs), _BLOCK):
            block = out[start : start + _BLOCK]
            move = _best(_likeness(one, other, stride, torch.tensor(block))).numpy()
            square = (move**2).sum(1, keepdims=True)
            block[:, 2:] += move * square / (square + 1)
    return out


def _likeness(one: Tensor, other: Tensor, stride: int, pairs: Tensor) -> Tensor:
    """(n, k, k): how alike the surroundings of both places are when the second moves by -REACH to REACH pixels."""
    side = 2 * REACH + 1
    cells = _around(one, stride, pairs[:, :2], torch.arange(-1, 2) * stride)
    field = _around(other, stride, pairs[:, 2:], torch.arange(-REACH - stride, REACH + stride + 1))
    alike = torch.zeros(len(pairs), side, side)
    for down in range(3):
        for across in range(3):
            rows, columns = slice(stride * down, stride * down + side), slice(stride * across, stride * across + side)
            alike += (field[:, rows, columns] * cells[:, down, across, None, None]).sum(3)
    return alike


def _around(described: Tensor, stride: int, places: Tensor, steps: Tensor) -> Tensor:
    """(n, k, k, C): what is read at each place (n, 2) moved by every two of k steps."""
    moved = places[:, None] + torch.cartesian_prod(steps, steps)
    return read_at(described[None], moved.reshape(1, -1, 2), stride)[0].reshape(len(places), len(steps), len(steps), -1)


def _best(alike: Tensor) -> Tensor:
    """(n, 2): the move for which each (n, k, k) is highest, between the whole ones."""
    every, side = torch.arange(len(alike)), alike.shape[1]
    best = alike.reshape(len(alike), -1).argmax(1)
    row, column = (best // side).clamp(1, side - 2), (best % side).clamp(1, side - 2)
    at = alike[every, row, column]
    down = _between(alike[every, row - 1, column], at, alike[every, row + 1, column])
    across = _between(alike[every, row, column - 1], at, alike[every, row, column + 1])
    return torch.stack([row + down, column + across], 1) - REACH


def _between(before: Tensor, at: Tensor, after: Tensor) -> Tensor:
    curve = (before - 2 * at + after).clamp(max=-1e-9)
    return (0.5 * (before - after) / curve).clamp(-0.5, 0.5)
