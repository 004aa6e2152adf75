"""The tip of a brush: a round stamp of a diameter and a hardness."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Tip:
    """A round tip: covers wholly up to `hardness` of its radius, from there less and less, nothing from its rim on.

    A tip of hardness 1 covers each pixel wholly or not at all, so that a hard mask has no half-covered seam.
    """

    diameter: float
    """Pixels of the picture."""
    hardness: float = 1.0
    """0 to 1."""

    @property
    def side(self) -> int:
        """Pixels across the square that holds the tip."""
        return max(1, round(self.diameter))

    @property
    def half_radius(self) -> float:
        """How far from the centre half of a pixel is covered."""
        return self.diameter / 2 * (1 + self.hardness) / 2

    @property
    def spacing(self) -> float:
        """How far apart stamps may lie along a line, so that its edge is nowhere a quarter of a pixel off."""
        return math.sqrt(self.side)

    def pressed(self, pressure: float) -> Tip:
        """The tip under a pen pressed less than fully: smaller, in whole pixels, never nothing."""
        return self if pressure >= 1 else Tip(max(1.0, float(round(self.diameter * pressure))), self.hardness)

    def at(self, row: float, column: float) -> Box:
        """Where the stamp lies around a position of the picture, in whole pixels."""
        return Box(math.floor(row - self.side / 2 + 0.5), math.floor(column - self.side / 2 + 0.5), self.side, self.side)

    def coverage(self) -> NDArray[np.uint8]:
        """The stamp itself, (side, side), 255 where it covers wholly; read-only."""
        return _stamp(self.side, round(self.hardness, 2))


@lru_cache(maxsize=64)
def _stamp(side: int, hardness: float) -> NDArray[np.uint8]:
    """A quarter of the disc, drawn once, mirrored into the other three."""
    radius = side / 2
    from_centre = np.arange(side // 2, side, dtype=np.float32) + np.float32(0.5 - radius)
    distance = np.hypot(from_centre[:, None], from_centre[None, :])
    quarter = _fall(distance, radius * hardness, radius)
    half = np.concatenate([quarter[side % 2 :][::-1], quarter])
    stamp = np.concatenate([half[:, side % 2 :][:, ::-1], half], axis=1)
    stamp.setflags(write=False)
    return stamp


def _fall(distance: NDArray[np.float32], full: float, none: float) -> NDArray[np.uint8]:
    """255 up to `full`, 0 from `none` on, with no kink at either end and half of it half-way between."""
    if none - full < 0.5:
        return (distance <= none).astype(np.uint8) * np.uint8(255)
    along = np.clip((distance - full) / (none - full), 0, 1)
    return np.rint(255 * (1 - along * along * (3 - 2 * along))).astype(np.uint8)
