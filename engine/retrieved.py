"""From which patches of the photograph the patches of a hole were made: ranks, scores, attention, and the stages in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.evidence import Evidence, HolePixels, Layer
from engine.geometry import Box
from engine.picture import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Retrieved(NamedTuple):
    """One of the patches that a cell of the hole was made from."""

    rank: int
    """From 0, the best."""
    box: Box
    """In the picture; every pixel of it is known."""
    score: float
    """Its share in the cell, or how well it fits: 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class RetrievedPatches(Evidence):
    """The cells of a grid over a hole, and for each the patches that it was made from, by rank (Xu et al., IEEE TIP 2021, figure 7).

    Boxes are rows of top, left, height and width, int32, in the window. A patch of the memory may be chosen by many cells.
    """

    pixels: HolePixels
    cells: NDArray[np.int32]
    """(m, 4): together they hold every pixel of the hole; those at its rim reach beyond it."""
    memory: NDArray[np.int32]
    """(p, 4): patches of known pixels."""
    chosen: NDArray[np.int32]
    """(m, ranks): numbers of the memory's patches, the best rank first; -1 where a rank has none."""
    scores: NDArray[np.float32]
    """(m, ranks): of the chosen, 0 to 1."""
    attention: NDArray[np.float16]
    """(m, p): how much each patch of the memory counts for a cell; 0 to 1, together at most 1."""
    ranks: NDArray[np.int8]
    """(n,): the rank that prevails in each of the hole's pixels, from 0; -1 where none does."""
    stages: tuple[str, ...]
    """What the fill looked like on the way, in order: "coarse", "retrieved", "synthesised"."""
    values: NDArray[np.uint8]
    """(stages, n, channels): the hole's pixels at each stage, in levels of 255."""
    meaning: str = "share of the cell's pixels"
    """What a score stands for."""
    name: str = "Retrieved patches"
    stage: str = "patches"

    def __post_init__(self) -> None:
        for array in (self.cells, self.memory, self.chosen, self.scores, self.attention, self.ranks, self.values):
            frozen(array)

    def layers(self) -> tuple[Layer, ...]:
        """Which rank prevails."""
        count = self.chosen.shape[1]
        return (Layer("rank", "labels", "", (0.0, float(count)), ("no patch", *(f"rank {one + 1}" for one in range(count)))),)

    def layer(self, name: str, at: Box, step: int = 1) -> NDArray[np.float32]:
        """See `Evidence.layer`; 1 is the best rank, 0 where no patch prevails."""
        if name != "rank":
            raise KeyError(name)
        return self.pixels.spread(self.ranks + np.int8(1), at, step)

    # Cells

    def cell_at(self, row: int, column: int) -> int | None:
        """The cell of a pixel of the picture; None outside the hole. Where cells overlap, the last, which is the one that was laid there."""
        if self.pixels.find(row, column) is None:
            return None
        window = self.pixels.window
        r, c = int(window.rows_seen(np.array([row]))[0]), int(window.columns_seen(np.array([column]))[0])
        top, left, height, width = self.cells.T
        inside = np.flatnonzero((top <= r) & (r < top + height) & (left <= c) & (c < left + width))
        return int(inside[-1]) if inside.size else None

    def cell(self, number: int) -> Box:
        """Where a cell lies in the picture."""
        return self._box(self.cells[number])

    def retrievals(self, number: int) -> list[Retrieved]:
        """What a cell was made from, the best rank first."""
        row = zip(self.chosen[number].tolist(), self.scores[number].tolist(), strict=True)
        return [Retrieved(rank, self._box(self.memory[patch]), score) for rank, (patch, score) in enumerate(row) if patch >= 0]

    def attended(self, number: int) -> list[tuple[Box, float]]:
        """The patches of the memory that count for a cell, in the picture, with how much; the most first."""
        shares = self.attention[number].astype(np.float32)
        order = np.argsort(-shares, kind="stable")
        return [(self._box(self.memory[patch]), float(shares[patch])) for patch in order[: np.count_nonzero(shares)]]

    def seen(self, stage: str, at: Box) -> NDArray[np.float32]:
        """(h, w, channels): the hole's pixels in a box of the picture at a stage, in levels of 255; NaN outside the hole.

        Raises KeyError for a stage that `stages` does not list.
        """
        if stage not in self.stages:
            raise KeyError(stage)
        return self.pixels.spread(self.values[self.stages.index(stage)], at, 1)

    def _box(self, row: NDArray[np.int32]) -> Box:
        top, left, height, width = (int(one) for one in row)
        return self.pixels.window.picture_box(Box(top, left, height, width))
