"""A small picture at the edge of the canvas: what lies out of view, where the way to it leaves the view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from app.view.theme import BADGE
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage

SIDE = 72.0
"""In device-independent pixels."""

EDGE = 8.0
"""From it to the edge of the canvas."""

APART = 26.0
"""Between two of them, so that a number has room."""


def around(patch: Box) -> Box:
    """What is shown in it: the patch and what lies near, as wide as it is high."""
    side = 2 * max(patch.size)
    return Box(patch.top - (side - patch.height) // 2, patch.left - (side - patch.width) // 2, side, side)


def place(middle: QPointF, canvas: QRectF, taken: Sequence[QRectF] = ()) -> QRectF:
    """Where it stands: there, or where the canvas ends on the way; beside others that stand there already."""
    room = EDGE + SIDE / 2
    inside = canvas.adjusted(room, room, -room, -room)
    wanted = QPointF(min(max(middle.x(), inside.left()), inside.right()), min(max(middle.y(), inside.top()), inside.bottom()))
    kept = [one.adjusted(-APART, -APART, APART, APART) for one in taken]
    free = (one for one in (_square(wanted), *map(_square, _rim(inside, wanted))) if not any(one.intersects(other) for other in kept))
    return next(free, _square(wanted))


def paint(painter: QPainter, at: QRectF, wanted: Box, image: QImage, shown: Box) -> None:
    """The small picture, its pixels as squares.

    Args:
        painter: in pixels of the canvas.
        at: where it stands.
        wanted: the box that it stands for.
        image: what is there of it.
        shown: the box of the image; nothing lies beyond the edge of a photograph.
    """
    scale = at.width() / wanted.width
    x, y = at.left() + (shown.left - wanted.left) * scale, at.top() + (shown.top - wanted.top) * scale
    painter.fillRect(at, QColor(BADGE))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
    painter.drawImage(QRectF(x, y, shown.width * scale, shown.height * scale), image)


def _square(middle: QPointF) -> QRectF:
    return QRectF(round(middle.x() - SIDE / 2), round(middle.y() - SIDE / 2), SIDE, SIDE)


def _rim(inside: QRectF, near: QPointF) -> list[QPointF]:
    """Places along the edge, the nearest first."""
    across, down = (
        range(int(first), int(last) + 1, int(EDGE)) for first, last in ((inside.left(), inside.right()), (inside.top(), inside.bottom()))
    )
    places = [QPointF(x, y) for x in across for y in (inside.top(), inside.bottom())]
    places += [QPointF(x, y) for y in down for x in (inside.left(), inside.right())]
    return sorted(places, key=lambda one: (one - near).manhattanLength())
