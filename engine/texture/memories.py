"""The texture memory: a hole's canvases, each with the known pixel that every one of its pixels came from.

*Aligned*: patch matching fills the hole several times, each time with patches that fit where they lie. *Windows*: as in the paper, the hole's cells
are filled by whole windows of the frame, which the network retrieves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from engine.exemplar import PatchSettings, Solution, solved
from engine.nets.windows import memory, retrieved
from engine.ops.bands import told
from engine.ops.steady import one_thread
from engine.texture.network import computing, network

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from engine.job import Step
    from engine.method import Cutout
    from engine.ops.bands import Pausing, Workers
    from engine.texture.frame import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What was retrieved for the cells of a hole, in pixels of the cutout."""

    side: int
    cells: NDArray[np.int32]
    """(m, 2): upper left pixels."""
    windows: NDArray[np.int32]
    """(p, 2): of the memory."""
    shares: NDArray[np.float32]
    """(m, p): S of equation 3, their sum is 1."""
    chosen: NDArray[np.int32]
    """(m, ranks)."""


@dataclass(frozen=True, slots=True, eq=False)
class Canvases:
    """A hole's fills by rank, the best first."""

    fills: tuple[Solution, ...]
    side: int
    """Of the patches that were copied, in pixels."""
    cells: Cells | None = None
    """Of windows; None where patches were laid freely."""


def aligned(cutout: Cutout, settings: PatchSettings, seeds: list[int], workers: Workers) -> Generator[Step, None, Canvases]:
    """A canvas a seed, from patch matching; those whose patches fit best first."""
    fills, side = yield from solved(replace(cutout, device=torch.device("cpu")), settings, seeds, workers)
    return Canvases(tuple(sorted(fills, key=lambda one: float(np.mean(one.distances, dtype=np.float64)))), side)


def windows(cutout: Cutout, frame: Frame, coarse: NDArray[np.float32], ranks: int, workers: Workers) -> Generator[Step, None, Canvases]:
    """Canvases of windows of the frame, of the cutout's own pixels.

    Args:
        cutout: to be filled.
        frame: the cutout as the networks see it; it has sources.
        coarse: (h, w, 3) of the frame, known pixels as they are.
        ranks: how many.
        workers: who copies.
    """
    device = cutout.device
    hole, allowed = (torch.as_tensor(mask, device=device).float() for mask in (frame.hole, frame.sources))
    pictures = [torch.as_tensor(np.ascontiguousarray(one.transpose(2, 0, 1)), device=device) for one in (coarse, frame.image)]
    of = memory(hole, allowed)
    with one_thread(), computing(device):
        laid = retrieved(network(device).retrieval, pictures[0], pictures[1], hole, of, ranks)
    places = [(one * frame.times).cpu().numpy().astype(np.int32) for one in (of.cells, of.windows)]
    cells = Cells(
        of.side * frame.times,
        places[0],
        places[1],
        laid.scores.float().softmax(1).cpu().numpy(),
        laid.chosen.cpu().numpy().astype(np.int32),
    )
    fills: list[Solution] = []
    for rank in range(ranks):
        fills.append((yield from told(_copied(cutout, cells, rank, workers), (rank + 1) / ranks, "retrieving")))  # noqa: PERF401
    return Canvases(tuple(fills), 1, cells)


def _copied(cutout: Cutout, cells: Cells, rank: int, workers: Workers) -> Pausing[Solution]:
    """The canvas of a rank: each pixel of the hole from the same place of its cell's window."""
    rows, columns = np.nonzero(cutout.hole)
    cell = _cell_of(rows, columns, cells)
    to = cells.windows[cells.chosen[cell, rank]] - cells.cells[cell]
    solution = Solution.empty(len(rows), cutout.pixels.shape[2])
    solution.rows[:], solution.columns[:] = rows + to[:, 0], columns + to[:, 1]
    solution.up[:], solution.left[:], solution.distances[:] = 0, 0, 0
    solution.weights[:] = cells.shares[cell, cells.chosen[cell, rank]]
    copied = cutout.pixels[solution.rows, solution.columns].astype(np.float32)
    solution.values[:] = copied / np.float32(np.iinfo(cutout.pixels.dtype).max)
    yield from workers.pause()
    return solution


def _cell_of(rows: NDArray[np.intp], columns: NDArray[np.intp], cells: Cells) -> NDArray[np.intp]:
    """(n,): the last cell that holds each pixel, which is the one that was laid there."""
    found = np.zeros(len(rows), np.intp)
    for number, (top, left) in enumerate(cells.cells):
        inside = (rows >= top) & (rows < top + cells.side) & (columns >= left) & (columns < left + cells.side)
        found[inside] = number
    return found
