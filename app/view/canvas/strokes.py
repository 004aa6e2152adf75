"""Lines on the picture: each is double, light over black, so that it is seen on any ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from app.view.theme import BLACK, CASING, WHITE

if TYPE_CHECKING:
    from collections.abc import Iterator

WHITE_LINE = 1.2, 3.0
"""Widths of a white line and of the black under it, in device-independent pixels."""

COLOUR_LINE = 2.0, 4.4
"""The same of a coloured one."""

HEAD = 10.0
"""Length of an arrow's head."""

ARM = 3.5
"""From the middle of the cross to its ends."""

DASH = 5.0
"""Of a dashed line, and as much between dashes, in device-independent pixels."""

SIGHT, SIGHT_ARMS = 12.0, (4.0, 20.0)
"""Radius of the ring of a ring-cross, and from its middle to where its arms begin and end."""


def black() -> QColor:
    """What lies under every line."""
    colour = QColor(BLACK)
    colour.setAlphaF(CASING)
    return colour


def pens(colour: str = WHITE) -> Iterator[QPen]:
    """The pen below and the pen above; lines are drawn with one, then again with the other."""
    core, cased = WHITE_LINE if colour == WHITE else COLOUR_LINE
    for tone, width in ((black(), cased), (QColor(colour), core)):
        yield QPen(tone, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)


def by_place(share: float) -> QColor:
    """A colour for what lies at that share of a photograph's width: red at the left, over green, to violet at the right."""
    return QColor.fromHsvF(min(max(share, 0.0), 1.0) * 0.83, 0.75, 1.0)


def line(painter: QPainter, points: list[QPointF], *, closed: bool = False) -> None:
    """A line through points."""
    for pen in pens():
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        if closed:
            painter.drawPolygon(QPolygonF(points))
        else:
            painter.drawPolyline(QPolygonF(points))


def square(painter: QPainter, rect: QRectF, colour: str) -> None:
    """A rectangle, in a coloured line's widths."""
    for tone, width in ((black(), COLOUR_LINE[1]), (QColor(colour), COLOUR_LINE[0])):
        painter.setPen(QPen(tone, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(rect)


def arrow(painter: QPainter, start: QPointF, end: QPointF, colour: str) -> None:
    """An arrow with its head at the end."""
    way = end - start
    length = (way.x() ** 2 + way.y() ** 2) ** 0.5
    if length < HEAD:
        return
    along = way / length
    across = QPointF(-along.y(), along.x()) * HEAD * 0.45
    neck = end - along * HEAD
    head = QPainterPath(end)
    head.lineTo(neck + across)
    head.lineTo(neck - across)
    head.closeSubpath()
    for pen in pens(colour):
        painter.setPen(pen)
        painter.drawLine(start, neck)
        painter.setPen(QPen(pen.color(), pen.widthF() - COLOUR_LINE[0]) if pen.widthF() > COLOUR_LINE[0] else Qt.PenStyle.NoPen)
        painter.fillPath(head, pen.color()) if pen.widthF() == COLOUR_LINE[0] else painter.drawPath(head)


def rim(square: QRectF, towards: QPointF) -> QPointF:
    """Where the way from the middle of a `square` leaves its line."""
    way = towards - square.center()
    half = square.width() / 2 + COLOUR_LINE[1] / 2, square.height() / 2 + COLOUR_LINE[1] / 2
    return square.center() + way / max(abs(way.x()) / half[0], abs(way.y()) / half[1], 1e-9)


def cross(painter: QPainter, centre: QPointF, *, minus: bool = False) -> None:
    """The pointer: a small cross, or a minus where it takes away."""
    across, down = QPointF(ARM, 0), QPointF(0, ARM)
    for pen in pens():
        pen.setCapStyle(Qt.PenCapStyle.SquareCap)
        painter.setPen(pen)
        painter.drawLine(centre - across, centre + across)
        if not minus:
            painter.drawLine(centre - down, centre + down)


def ring(painter: QPainter, centre: QPointF, radius: float, colour: str = WHITE, *, dashed: bool = False) -> None:
    """A circle; dashed, its black stays whole."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in pens(colour):
        painter.setPen(_dashed(pen) if dashed and pen.color() == QColor(colour) else pen)
        painter.drawEllipse(centre, radius, radius)


def dot(painter: QPainter, centre: QPointF, radius: float, colour: str | QColor) -> None:
    """A disc with a black rim."""
    painter.setPen(QPen(black(), 1.2))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(centre, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def dashes(painter: QPainter, points: QPolygonF, *, closed: bool) -> None:
    """A dashed line through points: white dashes on a black line."""
    for pen in pens():
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(_dashed(pen) if pen.color() == QColor(WHITE) else pen)
        draw = painter.drawPolygon if closed else painter.drawPolyline
        draw(points)


def _dashed(pen: QPen) -> QPen:
    pen.setDashPattern([DASH / pen.widthF()] * 2)
    return pen


def sight(painter: QPainter, centre: QPointF) -> None:
    """A ring-cross, open in the middle: the place that another view points at."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    begin, end = SIGHT_ARMS
    for pen in pens():
        painter.setPen(pen)
        painter.drawEllipse(centre, SIGHT, SIGHT)
        for way in (QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)):
            painter.drawLine(centre + way * begin, centre + way * end)
