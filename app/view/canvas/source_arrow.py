"""Where one filled pixel was copied from: both patches and an arrow, from view to view where the source is another photograph's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QImage, QPainter

from app.view.canvas import inset, strokes
from app.view.canvas.colours import Colours
from app.view.canvas.drawn import Outlined, device
from app.view.canvas.side import HALVES
from app.view.style import small
from app.view.theme import BADGE, RANKS, WHITE

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.companion import Companion
    from app.inspection import Inspection
    from app.references import References
    from app.toolbox import Toolbox
    from app.view.canvas.aim import Aim
    from app.view.canvas.side import Half, Side
    from app.view.canvas.viewport import Viewport
    from engine.geometry import Box

LEAST_SQUARE = 24.0
"""Device-independent pixels across the square around a patch, however small the patch is seen."""

BESIDE = 72.0
"""From a pixel to the middle of the small picture of a source in another photograph, across and down."""

NAME = 220.0
"""Width at which the name of another photograph is cut."""

DIM = 0.35
"""What is left of a pair that is not looked at any more."""

LINE = 48
"""Device-independent pixels around patches that what is drawn of them reaches."""


class Looked(QObject):
    """The pair of patches that is looked at, as both views draw it."""

    changed = Signal()
    moved = Signal()
    """One of the views shows another place, so that an arrow from one to the other leads elsewhere."""

    def __init__(self, inspection: Inspection, toolbox: Toolbox, references: References, side: Side, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inspection, self._toolbox, self._references, self._side = inspection, toolbox, references, side
        for signal in (inspection.changed, toolbox.changed, side.changed):
            signal.connect(self.changed)
        side.moved.connect(self._moved)

    @Slot()
    def _moved(self) -> None:
        if self.across and self.pair is not None:
            self.moved.emit()

    @property
    def pair(self) -> tuple[Box, Box] | None:
        """The patch that is looked at, and its source."""
        seen, target, source = self._inspection, self._inspection.target, self._inspection.source
        if target is None or source is None or not (self._toolbox.tool == "inspect" or seen.pinned):
            return None
        return target, source.patch

    @property
    def origin(self) -> str:
        """The photograph that the source lies in; empty: this one."""
        source = self._inspection.source
        return source.place.origin if source else ""

    @property
    def companion(self) -> Companion | None:
        """The reference that it lies in, if that is still one."""
        return self._references.named(self.origin) if self.origin else None

    @property
    def across(self) -> bool:
        """Whether the source is seen in the view beside."""
        return self._side.shown and self.companion is not None and self.companion is self._side.companion

    @property
    def told_by_cells(self) -> bool:
        """Whether the patches of a whole cell are marked in place of the pair."""
        return self._inspection.retrieved is not None

    @property
    def opacity(self) -> float:
        """Less for a pair that is not looked at any more."""
        return DIM if self._inspection.dimmed else 1.0

    def patches(self, half: Half) -> tuple[QRectF, QRectF]:
        """Both patches as they lie, in x and y of one of the views, where the source is seen beside."""
        assert self.pair is not None
        target, source = (_square(self._side.view(of), box) for of, box in zip(HALVES, self.pair, strict=True))
        moves = [self._side.at(of, (0.0, 0.0), half) - self._side.at(of, (0.0, 0.0), of) for of in HALVES]
        return target.translated(moves[0]), source.translated(moves[1])


class SourceBeside(QObject):
    """Draws the source in the view beside the photograph, and what of the arrow lies there."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, looked: Looked, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looked = looked
        self._state: object = None
        looked.changed.connect(self._changed)
        looked.moved.connect(self._moved)

    @Slot()
    def _changed(self) -> None:
        state = (self._looked.pair, self._looked.opacity) if self._looked.across else None
        if state != self._state:
            self._state = state
            self.stale.emit(None, 0)

    @Slot()
    def _moved(self) -> None:
        self.stale.emit(None, 0)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw it; what part of the view is painted anew does not matter."""
        del viewport, clip, ratio
        if self._looked.across and self._looked.pair is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setOpacity(self._looked.opacity)
            _paint_pair(painter, *self._looked.patches("there"))


class SourceArrow(QObject):
    """Draws the patch that is looked at and the one that it is the copy of, and an arrow from there."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(
        self,
        inspection: Inspection,
        looked: Looked,
        aim: Aim,
        excerpt: Callable[[Box], tuple[QImage, Box] | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._inspection, self._looked, self._aim, self._excerpt = inspection, looked, aim, excerpt
        self._state: object = None
        self._drawn: list[Box] = []
        self._far = False
        self._piece: Outlined | None = None
        looked.changed.connect(self._changed)
        looked.moved.connect(self._moved)
        aim.changed.connect(self._changed)

    @Slot()
    def _moved(self) -> None:
        self.stale.emit(None, 0)

    @Slot()
    def _changed(self) -> None:
        pair = self._looked.pair
        excluded = self._inspection.would_exclude if self._aim.excludes and pair else None
        looked, inspection = self._looked, self._inspection
        state = pair, looked.origin, looked.across, looked.told_by_cells, inspection.dimmed, excluded and id(excluded[1])
        if state == self._state:
            return
        self._state = state
        self._piece = Outlined(excluded[0], excluded[1].astype(np.uint8) * np.uint8(255)) if excluded else None
        far, self._far = self._far, bool(pair and self._looked.origin)
        before, self._drawn = self._drawn, [pair[0] if self._far else pair[0].joined(pair[1])] if pair else []
        if self._piece:
            self._drawn.append(self._piece.box)
        if far or self._far:
            self.stale.emit(None, 0)  # an arrow to the other view, or a picture with a name, goes far beyond the patch
            return
        for box in {*before, *self._drawn}:
            self.stale.emit(box, LINE)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw what a part of the canvas shows."""
        if self._piece is not None:
            with device(painter, viewport, clip, ratio) as seen:
                self._piece.paint(painter, seen)
        pair = self._looked.pair
        if pair is None or self._looked.told_by_cells:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setOpacity(self._looked.opacity)
        if self._looked.across:
            _paint_pair(painter, *self._looked.patches("here"))
        elif self._looked.origin:
            self._paint_far(painter, viewport, *pair)
        else:
            self._paint_near(painter, viewport, *pair)

    def _paint_near(self, painter: QPainter, viewport: Viewport, target: Box, patch: Box) -> None:
        """The source is in this photograph."""
        source = _square(viewport, patch)
        canvas = QRectF(0, 0, viewport.width, viewport.height)
        if not canvas.intersects(source):
            source = inset.place(source.center(), canvas)
            around = inset.around(patch)
            part = self._excerpt(around)
            if part is not None:
                inset.paint(painter, source, around, *part)
        _paint_pair(painter, _square(viewport, target), source)

    def _paint_far(self, painter: QPainter, viewport: Viewport, target: Box, patch: Box) -> None:
        """The source is in a reference that is not seen: its patch stands beside the pixel, with a name; without it, the pixel alone."""
        companion, at = self._looked.companion, _square(viewport, target)
        around = inset.around(patch)
        box = around.common(companion.picture.box) if companion else None
        if companion is None or box is None:
            strokes.square(painter, at, WHITE)
            return
        canvas = QRectF(0, 0, viewport.width, viewport.height)
        beside = inset.place(_beside(at.center(), canvas), canvas)
        inset.paint(painter, beside, around, Colours(companion.picture.icc).image(companion.picture.pixels[box.slices]), box)
        _paint_pair(painter, at, beside)
        _paint_name(painter, beside, canvas, companion.name)


def _paint_pair(painter: QPainter, target: QRectF, source: QRectF) -> None:
    """Both squares, and the arrow between them where they are apart."""
    if not source.intersects(target):
        strokes.arrow(painter, strokes.rim(source, target.center()), strokes.rim(target, source.center()), RANKS[0])
    strokes.square(painter, source, RANKS[0])
    strokes.square(painter, target, WHITE)


def _beside(place: QPointF, canvas: QRectF) -> QPointF:
    """A place beside a pixel, at the upper right; where there is no room, at the other side."""
    room = BESIDE + inset.SIDE / 2 + inset.EDGE
    across = BESIDE if place.x() + room <= canvas.right() else -BESIDE
    down = -BESIDE if place.y() - room >= canvas.top() else BESIDE
    return place + QPointF(across, down)


def _paint_name(painter: QPainter, below: QRectF, canvas: QRectF, name: str) -> None:
    """The name of another photograph above its small picture, wholly in the canvas; below where there is no room."""
    font = small(QGuiApplication.font())
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, NAME)
    width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 2
    left = min(max(below.center().x() - width / 2, 2.0), canvas.right() - width - 2)
    top = below.top() - height - 5
    badge = QRectF(round(left), round(top if top >= 2 else below.bottom() + 5), round(width), round(height))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(BADGE))
    painter.drawRoundedRect(badge, 3, 3)
    painter.setPen(QColor(WHITE))
    painter.setFont(font)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


def _square(viewport: Viewport, box: Box) -> QRectF:
    """Where a patch is drawn: large enough to be seen, its edge around its pixels, on whole pixels of the device."""
    at, ratio = viewport.rect(box), viewport.ratio
    side = round(max(at.width(), LEAST_SQUARE) * ratio) / ratio
    left, top = (round((middle - side / 2) * ratio) / ratio for middle in (at.center().x(), at.center().y()))
    return QRectF(left, top, side, side)
