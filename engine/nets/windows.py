"""The texture memory as T-MAD has it: square windows of the known picture, retrieved for the cells of a hole and laid into them.

Xu et al., IEEE TIP 2021, section III-B. Pictures here are single: (3, H, W) RGB in [0, 1].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.nn import functional

from engine.nets.tmad import PATCH, RANKS, Retrieval, sampled, weighted

if TYPE_CHECKING:
    from torch import Tensor

MOST = 100
"""Windows that a memory holds; of more, so many are drawn."""


class Memory(NamedTuple):
    """Cells of a hole and windows to fill them from, all squares of one side, each by the row and column of its upper left pixel."""

    side: int
    cells: Tensor
    """(m, 2): together they hold every pixel of the hole."""
    windows: Tensor
    """(p, 2): all of whose pixels are allowed."""


class Laid(NamedTuple):
    """What was retrieved, in place."""

    canvases: Tensor
    """(ranks, 3, H, W): the picture, each cell's part of the hole from its retrieved window."""
    scores: Tensor
    """(m, p): of equation 3, before the softmax."""
    chosen: Tensor
    """(m, ranks): numbers of windows, the best first; the last is repeated where there are fewer."""


def memory(hole: Tensor, allowed: Tensor, order: torch.Generator | None = None, side: int = PATCH, most: int = MOST) -> Memory:
    """The cells of a hole and the memory of a picture.

    Windows lie half a side apart; where none is wholly allowed, closer, and at last smaller. One pixel that is allowed is enough.

    Args:
        hole: (H, W), not 0 in the hole; not empty.
        allowed: (H, W), not 0 where texture may be taken from; not empty.
        order: by what windows are drawn where there are more than `most`; None: evenly spread ones are kept.
        side: of the squares, at most.
        most: windows.
    """
    side = min(side, *hole.shape)
    while True:
        for stride in _strides(side):
            found = _whole(allowed, side, stride)
            if len(found):
                return Memory(side, _cells(hole, side), _some(found, most, order))
        side //= 2


def retrieved(
    retrieval: Retrieval, coarse: Tensor, known: Tensor, hole: Tensor, of: Memory, ranks: int = RANKS, *, sums: bool = False
) -> Laid:
    """Lay the best windows of a memory into the cells of a hole.

    Args:
        retrieval: what says how well they fit; the canvases carry its gradient.
        coarse: (3, H, W): what the coarse network sees in the hole.
        known: (3, H, W): the picture; the hole is not looked at.
        hole: (H, W), 1 in the hole, else 0.
        of: the memory.
        ranks: N_c.
        sums: weighted sums instead of windows.
    """
    patches = _cut(known, of.windows, of.side)
    scores = retrieval(_cut(coarse, of.cells, of.side), patches)
    few = min(ranks, len(patches))
    best = (weighted if sums else sampled)(scores, patches, few)
    order = [min(rank, few - 1) for rank in range(ranks)]
    canvases, chosen = torch.where(hole > 0, _laid(best, of, hole), known), scores.topk(few, 1).indices
    # stacked, since a list of numbers would be copied to a graphics card in each pass
    return Laid(torch.stack([canvases[rank] for rank in order]), scores, torch.stack([chosen[:, rank] for rank in order], 1))


def _strides(side: int) -> list[int]:
    """Half a side, a quarter, ... one pixel."""
    strides = [max(1, side // 2)]
    while strides[-1] > 1:
        strides.append(strides[-1] // 2)
    return strides


def _whole(allowed: Tensor, side: int, stride: int) -> Tensor:
    """(p, 2): squares on a grid, all of whose pixels are allowed."""
    missing = (allowed == 0).float()[None, None]
    return stride * torch.nonzero(functional.max_pool2d(missing, side, stride)[0, 0] == 0)


def _some(found: Tensor, most: int, order: torch.Generator | None) -> Tensor:
    if len(found) <= most:
        return found
    numbers = (
        torch.linspace(0, len(found) - 1, most).round().long() if order is None else torch.randperm(len(found), generator=order)[:most]
    )
    return found[numbers.sort().values.to(found.device)]


def _cells(hole: Tensor, side: int) -> Tensor:
    """(m, 2): a grid over the hole from its upper left corner; what would reach beyond the picture is moved back into it."""
    rows, columns = torch.nonzero(hole.any(1))[:, 0], torch.nonzero(hole.any(0))[:, 0]
    tops, lefts = (
        torch.arange(int(along[0]), int(along[-1]) + 1, side).clamp(max=length - side)
        for along, length in ((rows, hole.shape[0]), (columns, hole.shape[1]))
    )
    cells = torch.cartesian_prod(tops, lefts).view(-1, 2).to(hole.device)
    return cells[_cut(hole[None], cells, side).flatten(1).any(1)]


def _cut(picture: Tensor, places: Tensor, side: int) -> Tensor:
    """(n, C, side, side) of a picture (C, H, W)."""
    along = torch.arange(side, device=picture.device)
    rows, columns = (places[:, axis, None] + along for axis in (0, 1))
    return picture[:, rows[:, :, None], columns[:, None, :]].transpose(0, 1)


def _laid(patches: Tensor, of: Memory, hole: Tensor) -> Tensor:
    """(ranks, 3, H, W): patches (ranks, m, 3, side, side) at their cells; where two meet the later counts; outside of all, any."""
    height, width = hole.shape
    along = torch.arange(of.side, device=hole.device)
    rows, columns = (of.cells[:, axis, None] + along for axis in (0, 1))
    places = (rows[:, :, None] * width + columns[:, None, :]).flatten()
    numbers = torch.zeros(height * width, dtype=torch.long, device=hole.device)
    numbers.scatter_reduce_(0, places, torch.arange(len(places), device=hole.device), "amax")
    return patches.transpose(1, 2).flatten(2)[:, :, numbers].view(-1, 3, height, width)
