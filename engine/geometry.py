"""Where things are: boxes of pixels, the windows through which a method sees a picture, and places in an origin.

Rows come before columns everywhere; x and y exist only where something is drawn on a screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels: rows `top` to `bottom` - 1, columns `left` to `right` - 1."""

    top: int
    left: int
    height: int
    width: int

    def __post_init__(self) -> None:
        if self.height < 1 or self.width < 1:
            raise ValueError(f"a box has at least one pixel, not {self.height} x {self.width}")

    @classmethod
    def whole(cls, size: tuple[int, ...]) -> Box:
        """The box of an array of that shape, its first two lengths."""
        return cls(0, 0, size[0], size[1])

    @classmethod
    def around(cls, inside: NDArray[Any]) -> Box | None:
        """The smallest box that holds every non-zero element of `inside` (H, W); None where there is none."""
        rows = np.flatnonzero(inside.any(axis=1))
        if not len(rows):
            return None
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        columns = np.flatnonzero(inside[top:bottom].any(axis=0))
        return cls(top, int(columns[0]), bottom - top, int(columns[-1]) + 1 - int(columns[0]))

    @property
    def bottom(self) -> int:
        """The first row below."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """The first column to the right."""
        return self.left + self.width

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.height, self.width

    @property
    def area(self) -> int:
        """Pixels."""
        return self.height * self.width

    @property
    def slices(self) -> tuple[slice, slice]:
        """What cuts this box out of an array: `pixels[box.slices]`."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def holds(self, row: float, column: float) -> bool:
        """Whether a pixel lies inside."""
        return self.top <= row < self.bottom and self.left <= column < self.right

    def grown(self, rows: int, columns: int) -> Box:
        """Larger by so many pixels on each side."""
        return Box(self.top - rows, self.left - columns, self.height + 2 * rows, self.width + 2 * columns)

    def moved(self, rows: int, columns: int) -> Box:
        """The same size elsewhere."""
        return Box(self.top + rows, self.left + columns, self.height, self.width)

    def common(self, other: Box) -> Box | None:
        """What both cover; None where they are apart."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        height, width = min(self.bottom, other.bottom) - top, min(self.right, other.right) - left
        return Box(top, left, height, width) if height > 0 and width > 0 else None

    def joined(self, other: Box) -> Box:
        """The smallest box around both."""
        top, left = min(self.top, other.top), min(self.left, other.left)
        return Box(top, left, max(self.bottom, other.bottom) - top, max(self.right, other.right) - left)

    def touches(self, other: Box) -> bool:
        """Whether they share a pixel or lie side by side."""
        return self.grown(1, 1).common(other) is not None


def merged(boxes: Iterable[Box]) -> list[Box]:
    """The boxes, those that touch joined into one, until none touch; in reading order of their corners."""
    apart: list[Box] = []
    for box in boxes:
        grown = box
        while hit := next((b for b in apart if b.touches(grown)), None):
            apart.remove(hit)
            grown = grown.joined(hit)
        apart.append(grown)
    return sorted(apart, key=lambda b: (b.top, b.left))


@dataclass(frozen=True, slots=True)
class Window:
    """A box of a picture and the size (height, width) in pixels at which it is seen: the only change of coordinates.

    Positions are those of pixel centres, so that an enlarged or reduced view lies where its picture lies.
    """

    box: Box
    size: tuple[int, int]

    @classmethod
    def plain(cls, box: Box) -> Window:
        """The box at its own size."""
        return cls(box, box.size)

    @property
    def scale(self) -> tuple[float, float]:
        """Picture pixels a window pixel, down and across."""
        return self.box.height / self.size[0], self.box.width / self.size[1]

    def to_picture(self, row: float, column: float) -> tuple[float, float]:
        """A position in the window, as one in the picture."""
        down, across = self.scale
        return (row + 0.5) * down - 0.5 + self.box.top, (column + 0.5) * across - 0.5 + self.box.left

    def to_window(self, row: float, column: float) -> tuple[float, float]:
        """A position in the picture, as one in the window."""
        down, across = self.scale
        return (row - self.box.top + 0.5) / down - 0.5, (column - self.box.left + 0.5) / across - 0.5

    def picture_pixel(self, row: int, column: int) -> tuple[int, int]:
        """The pixel of the picture in which the centre of a window pixel lies."""
        (height, width), (down, across) = self.box.size, self.size
        return self.box.top + (2 * row + 1) * height // (2 * down), self.box.left + (2 * column + 1) * width // (2 * across)

    def picture_box(self, inside: Box) -> Box:
        """All pixels of the picture that a box of the window touches."""
        (height, width), (down, across) = self.box.size, self.size
        top, left = inside.top * height // down, inside.left * width // across
        bottom, right = -(-inside.bottom * height // down), -(-inside.right * width // across)
        return Box(self.box.top + top, self.box.left + left, bottom - top, right - left)

    def rows_seen(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The window row in which the centre of each picture row falls; outside 0 to height - 1 where it is not seen."""
        return (2 * (rows - self.box.top) + 1) * self.size[0] // (2 * self.box.height)

    def columns_seen(self, columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """The window column in which the centre of each picture column falls."""
        return (2 * (columns - self.box.left) + 1) * self.size[1] // (2 * self.box.width)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: in which origin ("" is the picture itself), in which frame, in which box of it."""

    origin: str
    frame: int
    box: Box

    @classmethod
    def pixel(cls, row: int, column: int, origin: str = "", frame: int = 0) -> Place:
        """One pixel."""
        return cls(origin, frame, Box(row, column, 1, 1))
