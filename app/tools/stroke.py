"""A stroke: stamps of a tip along the way of the pointer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.tools.mark import Mark, apply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.sheet import Sheet
    from app.tools.tip import Tip
    from engine.geometry import Box


@dataclass(frozen=True, slots=True)
class Point:
    """A position of the picture, pixel corners at whole numbers, and how hard the pen is pressed there, 0 to 1."""

    row: float
    column: float
    pressure: float = 1.0


class Stroke:
    """What one gesture leaves on a sheet.

    Each step returns the boxes that it wrote, short ones along a slanted line, so that whoever shows them has little to do.
    """

    def __init__(self, sheet: Sheet, tip: Tip, mark: Mark) -> None:
        self._sheet, self._tip, self._mark = sheet, tip, mark
        self.last: Point | None = None

    def to(self, point: Point) -> list[Box]:
        """Draw from the last point to this one; a single stamp where there was none."""
        start, self.last = self.last or point, point
        written = (self._stamp(at) for at in _between(start, point, self._tip.spacing))
        return list(_gathered((box for box in written if box), max(256, self._tip.side)))

    def straight(self, start: Point, end: Point) -> list[Box]:
        """Draw a line between two points."""
        self.last = start
        return self.to(end)

    def _stamp(self, at: Point) -> Box | None:
        tip = self._tip.pressed(at.pressure)
        return apply(self._mark, self._sheet, tip.at(at.row, at.column), tip.coverage())


def _between(start: Point, end: Point, spacing: float) -> Iterator[Point]:
    """Points after `start` up to and with `end`, evenly, no further apart than the spacing; `start` itself where both are one."""
    down, across, harder = end.row - start.row, end.column - start.column, end.pressure - start.pressure
    # A thinner end of the line needs stamps as dense as its own tip asks for.
    dense = 0.9 * spacing * math.sqrt(max(0.01, min(start.pressure, end.pressure, 1.0)))
    # A little less than a pixel, as rounding must not skip one.
    count = max(1, math.ceil(math.hypot(down, across) / max(0.9, dense)))
    for i in range(1, count + 1):
        share = i / count
        yield Point(start.row + share * down, start.column + share * across, start.pressure + share * harder)


def _gathered(boxes: Iterator[Box], longest: int) -> Iterator[Box]:
    """Neighbours along the way joined while the joint box stays about so long or is hardly larger than one of them."""
    joint: Box | None = None
    for box in boxes:
        wider = box if joint is None else joint.joined(box)
        if joint is not None and max(wider.size) > 2 * longest:
            yield joint
            wider = box
        joint = wider
    if joint is not None:
        yield joint
