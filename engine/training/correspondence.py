"""Losses of descriptors: a place of one view has to be found in the other.

InfoNCE both ways (van den Oord et al. 2018), as dual-softmax descriptors are trained (Tyszkiewicz et al. 2020; Potje et al. 2024): a place has
to be more like itself than like all other cells, and most of all than like those that resemble it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from engine.nets.landmark import read_at

if TYPE_CHECKING:
    from torch import Tensor

FAR = -1e4
"""Likeness of what is no rival."""


def found(
    queries: Tensor, truths: Tensor, cells: Tensor, places: Tensor, valid: Tensor, scale: Tensor, stride: int
) -> tuple[Tensor, Tensor]:
    """The loss of finding each place of one view in the other, and the probability of the right cell.

    The rivals are every other cell of every second row and column, whose phase is drawn anew each time, and the other places. Cells and
    places within 1.25 cells and a pixel of the right one are no rivals.

    Args:
        queries: (B, n, C) descriptors of the places in one view.
        truths: (B, n, C) descriptors of the same places in the other.
        cells: (B, C, h, w) the other view's map.
        places: (B, n, 2) rows and columns of the places in the other view, in pixels.
        valid: (B, n) which of them count.
        scale: () the inverse temperature.
        stride: pixels a cell.

    Returns:
        The mean loss (), and (B, n) the probability of the right cell, without gradient.
    """
    some, at = _lattice(cells, stride)
    others = torch.cat([some, truths], 1)
    where = torch.cat([at.expand(len(places), -1, -1), places], 1)
    near = torch.cdist(places, where) < 1.25 * stride + 1
    missing = torch.cat([valid.new_zeros(len(valid), at.shape[0]), ~valid], 1)[:, None]
    scaled = queries * scale
    right = (scaled * truths).sum(-1, keepdim=True)
    rivals = (scaled @ others.transpose(1, 2)).masked_fill(near | missing, FAR)
    loss = torch.logsumexp(torch.cat([right, rivals], 2), 2) - right[..., 0]
    return _mean(loss, valid), torch.exp(-loss.detach())


def placed(fine: Tensor, points: Tensor, other: Tensor, truths: Tensor, valid: Tensor, scale: Tensor) -> Tensor:
    """The loss of placing a match exactly: a fine descriptor against those within four pixels of its true place, cell by cell.

    Args:
        fine: (B, C, H/2, W/2) of one view; `points` (B, n, 2) are places in it.
        points: rows and columns in pixels.
        other: the other view's map, and `truths` the same places in it.
        truths: rows and columns in pixels.
        valid: (B, n) which count.
        scale: () the inverse temperature.
    """
    steps = torch.arange(-2, 3, device=points.device, dtype=points.dtype) * 2
    around = torch.cartesian_prod(steps, steps)
    count, batch = len(around), len(points)
    places = (truths[:, :, None] + around).flatten(1, 2)
    near = read_at(other, places, 2).unflatten(1, (points.shape[1], count))
    likeness = (near * read_at(fine, points, 2)[:, :, None]).sum(-1) * scale
    right = torch.full((batch, points.shape[1]), count // 2, device=points.device)
    return _mean(functional.cross_entropy(likeness.flatten(0, 1), right.flatten(), reduction="none").view(batch, -1), valid)


def trusted(reliability: Tensor, points: Tensor, probability: Tensor, valid: Tensor) -> Tensor:
    """The loss of foretelling which places are found: cross-entropy of the logits (B, 1, h, w) at points against their probability (B, n)."""
    height, width = reliability.shape[-2:]
    grid = ((points + 0.5) / (points.new_tensor([height, width]) * 4) * 2 - 1).flip(-1)
    logits = functional.grid_sample(reliability, grid[:, :, None], align_corners=False, padding_mode="border")[:, 0, :, 0]
    return _mean(functional.binary_cross_entropy_with_logits(logits, probability, reduction="none"), valid)


def taught(pupil: Tensor, teacher: Tensor, known: Tensor) -> Tensor:
    """How far the pupil's unit vectors (B, C, h, w) are from the teacher's, where they are known (B, h, w): one less the cosine."""
    return _mean(1 - (pupil * teacher).sum(1), known)


def _lattice(cells: Tensor, stride: int) -> tuple[Tensor, Tensor]:
    """Every second cell both ways from a random phase: (B, m, C), and their centres (m, 2) in pixels."""
    row, column = (int(one) for one in torch.randint(0, 2, (2,)))
    some = cells[:, :, row::2, column::2]
    rows, columns = (torch.arange(size, device=cells.device) * 2 for size in some.shape[-2:])
    at = torch.cartesian_prod(rows + row, columns + column)
    return some.flatten(2).transpose(1, 2), (at + 0.5) * stride - 0.5


def _mean(loss: Tensor, valid: Tensor) -> Tensor:
    return (loss * valid).sum() / valid.sum().clamp(min=1)
