"""Small pictures of fills side by side: the photograph with its hole, ours, the peer's, the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from trials import Case

    Pixels = NDArray[np.uint8]

MARGIN, MOST_HEIGHT, GAP = 24, 240, 4
HOLE_COLOUR = (255, 0, 255)


class Strips:
    """Gathers the fills of each case, and writes a strip once the last method's is there."""

    def __init__(self, folder: Path, methods: list[str]) -> None:
        self.folder, self.methods = folder, methods
        self._fills: dict[str, Pixels] = {}

    @staticmethod
    def file(folder: Path, photograph: str) -> Path:
        """Where the strip of a photograph lies."""
        return folder / f"{photograph.replace('/', '-')}.png"

    def add(self, case: Case, method: str, filled: Pixels) -> None:
        """Take one fill."""
        if method not in self.methods:
            return
        self._fills[method] = filled
        if len(self._fills) == len(self.methods):
            self.folder.mkdir(parents=True, exist_ok=True)
            fills = [self._fills[one] for one in self.methods]
            cv2.imwrite(str(self.file(self.folder, case.photograph)), strip(case, fills)[..., ::-1])
            self._fills = {}


def strip(case: Case, fills: list[Pixels]) -> Pixels:
    """One row of pictures around the hole, RGB, at most 240 pixels high."""
    rows, columns = np.nonzero(case.mask)
    top, left = (max(0, int(where.min()) - MARGIN) for where in (rows, columns))
    region = np.s_[top : int(rows.max()) + MARGIN, left : int(columns.max()) + MARGIN]
    holed = case.truth.copy()
    holed[case.mask > 0] = HOLE_COLOUR
    tiles = [_small(picture[region]) for picture in (holed, *fills, case.truth)]
    spaced = [np.pad(tile, ((0, 0), (0, GAP), (0, 0)), constant_values=255) for tile in tiles]
    return np.hstack(spaced)


def _small(picture: Pixels) -> Pixels:
    """Reduced where it is too high."""
    scale = min(1.0, MOST_HEIGHT / picture.shape[0])
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
