"""What is told of a fill from the texture memory: each pixel's sources, how sure it is, and what each cell of the hole was retrieved from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.evidence import ConfidenceMap, HolePixels, NearestNeighborField
from engine.job import Fill
from engine.method import encoded
from engine.nets.tmad import PATCH
from engine.ops.bands import pieces
from engine.retrieved import RetrievedPatches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.method import Cutout
    from engine.ops.bands import Pausing, Workers
    from engine.texture.frame import Frame
    from engine.texture.memories import Canvases, Cells

STAGES = ("coarse", "retrieved", "synthesised")
MOST = 200_000
"""Pixels of the hole at most that are asked where they came from, to find what their cell came from."""


NEAR = 8
"""Pixels whose offsets differ by less than a cell's side through this came in one piece."""


def accounted(
    cutout: Cutout,
    canvases: Canvases,
    finals: list[NDArray[np.float32]],
    coarse: NDArray[np.float32],
    shares: NDArray[np.float32],
    frame: Frame,
    workers: Workers,
) -> Pausing[Fill]:
    """The Fill with its evidence.

    Args:
        cutout: what was filled.
        canvases: of what.
        finals: (n, channels) each: the texture head's values, and what was asked; one where both are the same.
        coarse: (n, channels).
        shares: (n, ranks): of each canvas in each pixel.
        frame: as the networks saw the cutout.
        workers: who does it.
    """
    values, fills = finals[-1], canvases.fills
    pixels = HolePixels.of(cutout.window, cutout.hole)
    count, ranks = len(values), len(fills)
    order = np.empty((ranks, count), np.int8)
    field: dict[str, NDArray[Any]] = {
        name: np.empty((ranks, count), getattr(fills[0], name).dtype) for name in ("rows", "columns", "up", "left", "distances")
    }
    weights, sure, copied = np.empty((ranks, count), np.float16), np.empty(count, np.float16), np.empty(count, np.bool_)

    def work(run: tuple[int, int]) -> None:
        mine = slice(*run)
        order[:, mine] = np.argsort(-shares[mine], axis=1, kind="stable").T
        weights[:, mine] = np.take_along_axis(shares[mine].T, order[:, mine].astype(np.intp), 0)
        for name, into in field.items():
            each = np.stack([getattr(fill, name)[mine] for fill in fills])
            into[:, mine] = np.take_along_axis(each, order[:, mine].astype(np.intp), 0)
        distance = (weights[:, mine].astype(np.float32) * field["distances"][:, mine]).sum(0)
        sure[mine] = np.exp(-distance / 16)
        new = encoded(values[mine], cutout.pixels.dtype)
        copied[mine] = (new == cutout.pixels[field["rows"][0, mine], field["columns"][0, mine]]).all(axis=1)

    yield from workers.each(work, pieces(count))
    nearest = NearestNeighborField(
        pixels, field["rows"], field["columns"], field["up"], field["left"], weights, field["distances"], canvases.side, copied
    )
    confidence = ConfidenceMap(pixels, sure, "e^(-distance / 16 levels)")
    yield from workers.pause()
    stages = np.stack([encoded(one, np.dtype(np.uint8)).view(np.uint8) for one in (coarse, fills[0].values, finals[0])])
    yield from workers.pause()
    if canvases.cells is not None:
        told = _of_windows(pixels, canvases.cells, order[0], stages)
    else:
        told = _of_cells(cutout, pixels, canvases, shares, order[0], stages, PATCH * frame.times)
    return Fill(values, (told, nearest, confidence))


def _of_windows(pixels: HolePixels, cells: Cells, ranks: NDArray[np.int8], stages: NDArray[np.uint8]) -> RetrievedPatches:
    """As the network retrieved them."""
    scores = np.take_along_axis(cells.shares, cells.chosen.astype(np.intp), 1)
    return RetrievedPatches(
        pixels,
        _squares(cells.cells, cells.side),
        _squares(cells.windows, cells.side),
        cells.chosen,
        scores,
        cells.shares.astype(np.float16),
        ranks,
        STAGES,
        stages,
        meaning="attention of the retrieval",
    )


def _squares(places: NDArray[np.int32], side: int) -> NDArray[np.int32]:
    return np.concatenate([places, np.full_like(places, side)], 1)


def _of_cells(
    cutout: Cutout,
    pixels: HolePixels,
    canvases: Canvases,
    shares: NDArray[np.float32],
    ranks: NDArray[np.int8],
    stages: NDArray[np.uint8],
    side: int,
) -> RetrievedPatches:
    """Of patches that were laid freely: for each cell and rank the piece that most of its pixels came from."""
    step, near = 1 + len(pixels) // MOST, max(1, side // NEAR)
    rows, columns = (one[::step].astype(np.int64) for one in (pixels.rows, pixels.columns))
    top, left = int(rows.min()), int(columns.min())
    across = (int(columns.max()) - left) // side + 1
    numbers, cell = np.unique((rows - top) // side * across + (columns - left) // side, return_inverse=True)
    cells = np.stack([top + numbers // across * side, left + numbers % across * side], 1).astype(np.int32)
    memory: dict[tuple[int, ...], int] = {}
    chosen = np.full((len(cells), len(canvases.fills)), -1, np.int32)
    scores, counted = np.zeros(chosen.shape, np.float32), np.zeros(chosen.shape, np.float32)
    for rank, fill in enumerate(canvases.fills):
        down, over = fill.rows[::step] - rows, fill.columns[::step] - columns
        for number, mine in enumerate(_grouped(cell, len(cells))):
            piece = _commonest(down[mine] // near, over[mine] // near)
            source = _box(fill.rows[::step][mine][piece], fill.columns[::step][mine][piece], cutout.sources)
            chosen[number, rank] = memory.setdefault(source, len(memory))
            scores[number, rank] = piece.mean()
            counted[number, rank] = (shares[::step, rank][mine] * piece).mean()
    attention = np.zeros((len(cells), len(memory)), np.float32)
    for rank in range(chosen.shape[1]):
        np.add.at(attention, (np.arange(len(cells)), chosen[:, rank]), counted[:, rank])
    boxes = np.array(list(memory), np.int32).reshape(-1, 4)
    return RetrievedPatches(
        pixels, _squares(cells, side), boxes, chosen, scores, np.minimum(attention, 1).astype(np.float16), ranks, STAGES, stages
    )


def _grouped(cell: NDArray[np.intp], count: int) -> list[NDArray[np.intp]]:
    """The pixels of each cell."""
    order = np.argsort(cell, kind="stable")
    return np.split(order, np.searchsorted(cell[order], np.arange(1, count)))


def _commonest(down: NDArray[np.int64], over: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of some pixels share the (rounded) offset that most of them have; of equals the smallest."""
    keys = (down << 32) + over
    found, counts = np.unique(keys, return_counts=True)
    return keys == found[counts.argmax()]


def _box(rows: NDArray[np.int32], columns: NDArray[np.int32], sources: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """A box of sources as large as the box around some of them, or as far as it can be grown within that from their middle."""
    top, left = int(rows.min()), int(columns.min())
    known = sources[top : int(rows.max()) + 1, left : int(columns.max()) + 1]
    if known.all():
        return top, left, *known.shape
    sums = np.pad(np.cumsum(np.cumsum(~known, axis=0, dtype=np.int32), axis=1, dtype=np.int32), ((1, 0), (1, 0)))
    middle = np.argsort(rows, kind="stable")[len(rows) // 2]
    at = np.array([rows[middle] - top, columns[middle] - left, rows[middle] - top + 1, columns[middle] - left + 1])
    least, most, step = np.zeros(4, np.int64), np.array([*known.shape, *known.shape]), max(known.shape)
    while step:
        for side, way in enumerate((-step, -step, step, step)):
            wider = at.copy()
            wider[side] = np.clip(wider[side] + way, least[side], most[side])
            up, near, down, far = wider
            if sums[down, far] - sums[up, far] - sums[down, near] + sums[up, near] == 0:
                at = wider
        step //= 2
    return top + int(at[0]), left + int(at[1]), int(at[2] - at[0]), int(at[3] - at[1])
