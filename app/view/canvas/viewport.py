"""Where the picture lies in the canvas: the only place where rows and columns become x and y."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF

from engine.geometry import Box

NOTCH = 2**0.25
"""What a notch of the wheel zooms by, 1.19: four of them double, exactly."""

LARGEST = 64.0
"""Device pixels that a pixel of the picture has at most."""

MARGIN = 24
"""Left free on each side at Fit."""

KEPT = 64
"""Of the picture, this much stays in the canvas however far it is moved, and it is never drawn smaller."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """Which part of a picture a canvas shows, and how large: pure maths, each move is a new Viewport.

    A place in the picture is a row and a column counted from its top left corner, so that the pixel (2, 3) reaches from 2.0, 3.0 to
    3.0, 4.0. x, y, width and height are in device-independent pixels of the canvas.
    """

    size: tuple[int, int]
    """Height and width of the picture."""
    width: float
    height: float
    scale: float = 1.0
    """Device-independent pixels that a pixel of the picture has."""
    left: float = 0.0
    """Where the picture's left edge lies, not rounded: what zooming and panning add up to."""
    top: float = 0.0
    ratio: float = 1.0
    """Device pixels that a device-independent one has."""
    fitted: bool = False
    """Whether the zoom says Fit."""

    @property
    def zoom(self) -> float:
        """Device pixels that a pixel of the picture has: 1.0 is 100 %."""
        return self.scale * self.ratio

    @property
    def x(self) -> float:
        """Where the picture's left edge is drawn: on a whole device pixel, so that at 100 % pixels are pixels."""
        return round(self.left * self.ratio) / self.ratio

    @property
    def y(self) -> float:
        """Where the picture's top edge is drawn."""
        return round(self.top * self.ratio) / self.ratio

    def to_widget(self, row: float, column: float) -> tuple[float, float]:
        """Where in the canvas a place of the picture lies."""
        return self.x + column * self.scale, self.y + row * self.scale

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """Row and column of a place in the canvas; outside the picture they are negative or beyond its size."""
        return (y - self.y) / self.scale, (x - self.x) / self.scale

    def rect(self, box: Box) -> QRectF:
        """Where a box of the picture is drawn."""
        x, y = self.to_widget(box.top, box.left)
        return QRectF(x, y, box.width * self.scale, box.height * self.scale)

    @property
    def frame(self) -> QRectF:
        """Where the whole picture is drawn."""
        return self.rect(Box.whole(self.size))

    def box(self, rect: QRectF) -> Box | None:
        """All pixels that a part of the canvas shows, wholly or partly; None where it shows none."""
        top, left = self.to_picture(rect.left(), rect.top())
        bottom, right = self.to_picture(rect.right(), rect.bottom())
        rows = max(math.floor(top), 0), min(math.ceil(bottom), self.size[0])
        columns = max(math.floor(left), 0), min(math.ceil(right), self.size[1])
        if rows[0] >= rows[1] or columns[0] >= columns[1]:
            return None
        return Box(rows[0], columns[0], rows[1] - rows[0], columns[1] - columns[0])

    @property
    def visible(self) -> Box | None:
        """All pixels that the canvas shows."""
        return self.box(QRectF(0, 0, self.width, self.height))

    # What it can be moved to

    def fit(self) -> Viewport:
        """The whole picture in the middle, with a margin on each side."""
        height, width = self.size
        room = max(self.width - 2 * MARGIN, 1.0), max(self.height - 2 * MARGIN, 1.0)
        scale = min(room[0] / width, room[1] / height, LARGEST / self.ratio)
        left, top = (self.width - width * scale) / 2, (self.height - height * scale) / 2
        return replace(self, scale=scale, left=left, top=top, fitted=True)

    @property
    def smallest(self) -> float:
        """The least zoom: that of Fit where the picture is small, else its longer side is as long as what has to stay in view."""
        return min(self.fit().zoom, 1.0, KEPT * self.ratio / max(self.size))

    def zoomed_to(self, zoom: float, x: float, y: float) -> Viewport:
        """At another zoom, with what lies at x, y staying there."""
        zoom = min(max(zoom, self.smallest), LARGEST)
        zoom = 1.0 if abs(zoom - 1) < 1e-3 else zoom
        by = zoom / self.zoom
        left, top = x - (x - self.left) * by, y - (y - self.top) * by
        return replace(self, scale=zoom / self.ratio, left=left, top=top, fitted=False).kept()

    def zoomed(self, by: float, x: float, y: float) -> Viewport:
        """So many times larger, with what lies at x, y staying there."""
        return self.zoomed_to(self.zoom * by, x, y)

    def stepped(self, steps: int) -> Viewport:
        """At the next larger (1) or smaller (-1) round zoom, seen from the middle of the canvas."""
        zooms = [2.0**power * half for power in range(-10, 7) for half in (1.0, 1.5)]
        beyond = [zoom for zoom in zooms if (zoom > self.zoom * 1.001 if steps > 0 else zoom < self.zoom / 1.001)]
        zoom = (beyond[0] if steps > 0 else beyond[-1]) if beyond else self.zoom
        return self.zoomed_to(zoom, self.width / 2, self.height / 2)

    def panned(self, x: float, y: float) -> Viewport:
        """The picture moved by so much, as far as it may go."""
        moved = replace(self, left=self.left + x, top=self.top + y).kept()
        return replace(moved, fitted=self.fitted and (moved.left, moved.top) == (self.left, self.top))

    def kept(self) -> Viewport:
        """Moved back as far as is needed to leave enough of the picture in view."""
        height, width = self.size[0] * self.scale, self.size[1] * self.scale
        across, down = max(min(KEPT, width, self.width), 1.0), max(min(KEPT, height, self.height), 1.0)
        left = min(max(self.left, across - width), self.width - across)
        top = min(max(self.top, down - height), self.height - down)
        return replace(self, left=left, top=top)

    def resized(self, width: float, height: float, x: float = 0.0, y: float = 0.0) -> Viewport:
        """In a canvas of another size, the picture moved by x, y and otherwise staying where it is."""
        return replace(self, width=width, height=height, left=self.left + x, top=self.top + y)
