"""The drawings of resources/icons in the colours of the theme: sharp at any ratio, tinted for each state."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.view import theme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QAction

SIZE = 20
"""Of the drawings, in device-independent pixels."""


@cache
def drawing(name: str) -> str:
    """The SVG of an icon, drawn with `currentColor`."""
    return (files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def image(name: str, colour: str, size: int = SIZE, ratio: float = 1.0) -> QImage:
    """An icon in one colour; its device pixel ratio is set. Shared: do not paint on it."""
    across = round(size * ratio)
    drawn = QImage(across, across, QImage.Format.Format_ARGB32_Premultiplied)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(drawing(name).replace("currentColor", colour).encode())).render(painter, QRectF(0, 0, across, across))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def draw(painter: QPainter, name: str, colour: str, centre: QPointF, size: int = SIZE) -> None:
    """Draw an icon around a point, moved to whole pixels of the device, so that its lines are sharp."""
    ratio = painter.device().devicePixelRatio()
    left, top = (round((at - size / 2) * ratio) / ratio for at in (centre.x(), centre.y()))
    painter.drawImage(QRectF(left, top, size, size), image(name, colour, size, ratio))


def icon(name: str) -> QIcon:
    """The icon in the current theme, for what Qt draws itself: second text, brighter when on or under the pointer."""
    worn, made = theme.current(), QIcon()
    tints = (
        (QIcon.Mode.Normal, QIcon.State.Off, worn.second),
        (QIcon.Mode.Active, QIcon.State.Off, worn.text),
        (QIcon.Mode.Normal, QIcon.State.On, worn.text),
        (QIcon.Mode.Disabled, QIcon.State.Off, worn.off),
        (QIcon.Mode.Disabled, QIcon.State.On, worn.off),
    )
    for ratio in sorted({1.0, 2.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}):
        for mode, state, colour in tints:
            made.addPixmap(QPixmap.fromImage(image(name, colour, SIZE, ratio)), mode, state)
    return made


def tint(actions: Iterable[QAction]) -> None:
    """Give each action the icon that its property "drawing" names, in the current theme; again after each change of theme."""
    for action in actions:
        if name := action.property("drawing"):
            action.setIcon(icon(str(name)))


def extent(size: int = SIZE) -> QSize:
    """A square of that size."""
    return QSize(size, size)
