"""The canvas alone, or side by side with another view: who stands where, and what is drawn in both."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.view.canvas.anchors import Anchors
from app.view.canvas.beside import Beside
from app.view.canvas.match_lines import MatchLines
from app.view.canvas.point_marks import PointMarks
from app.view.canvas.side import APART, HALVES, Side
from app.view.canvas.source_arrow import Looked, SourceArrow, SourceBeside
from app.view.canvas.strip import Strip
from app.view.canvas.traced import Traced
from app.view.canvas.twin import Twin
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtGui import QImage, QPaintEvent, QResizeEvent

    from app.display import Display
    from app.document import Document
    from app.filling import Filling
    from app.inspection import Inspection
    from app.toolbox import Toolbox
    from app.view.canvas.aim import Aim
    from app.view.canvas.canvas import Canvas
    from app.view.canvas.point_tool import PointTool
    from app.view.canvas.viewport import Viewport
    from app.view.theme import Theme
    from engine.geometry import Box


class Views(QWidget):
    """Lays the canvas out: alone it has all the room; side by side it has the left half, with titles above both.

    `layers` are what it draws on the canvas, to be put between the canvas's other layers; on the view beside it draws itself.
    """

    pointed = Signal(object, object, str)
    """Row and column of the pixel under the pointer in the other view, and what that shows; None and None: it is over none there."""

    def __init__(
        self,
        canvas: Canvas,
        document: Document,
        filling: Filling,
        inspection: Inspection,
        display: Display,
        toolbox: Toolbox,
        aim: Aim,
        points: PointTool,
        excerpt: Callable[[Box], tuple[QImage, Box] | None],
        theme: Theme,
    ) -> None:
        super().__init__()
        self.canvas, self._document, self._display, self._filling = canvas, document, display, filling
        self.side = points.side = Side(document, display, self)
        self.beside = Beside(self.side, canvas, document, toolbox, points, display, theme)
        self.titles = Strip(), Strip(tr("Same place"))
        for child in (canvas, self.beside, *self.titles):
            child.setParent(self)
        for child in (self.beside, *self.titles):
            child.hide()
        self._is_split = False
        looked = Looked(inspection, toolbox, document.references, self.side, self)
        here, there = (
            (
                Anchors(half, document, inspection, display, self.side, self),
                MatchLines(half, self.side, display, self),
                PointMarks(half, pane, points, toolbox, display, self),
                Twin(half, self.side, aim, self),
            )
            for half, pane in zip(HALVES, (canvas, self.beside), strict=True)
        )
        self.layers = (here[0], SourceArrow(inspection, looked, aim, excerpt, self), *here[1:])
        traced, source = Traced(document, filling, self.side, self), SourceBeside(looked, self)
        self._put_on_beside((traced, there[0], source, *there[1:]))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._connect()
        self._show()

    def _put_on_beside(self, layers: Iterable[Traced | Anchors | SourceBeside | MatchLines | PointMarks | Twin]) -> None:
        for layer in layers:
            self.beside.layers.append(layer)
            layer.stale.connect(self.beside.update_box)

    def _connect(self) -> None:
        document = self._document
        self._display.changed.connect(self._display_changed)
        for signal in (document.opened, document.history_changed, document.choices_changed, self._filling.changed, self.side.changed):
            signal.connect(self._name)
        document.opened.connect(self._show)
        self.beside.strayed_changed.connect(self._name)
        self.titles[1].act.clicked.connect(self.beside.come_back)
        self.side.pointed.connect(self._tell_place)

    @Slot()
    def _tell_place(self) -> None:
        row, column = self.side.pointer or (None, None)
        self.pointed.emit(None if row is None else math.floor(row), None if column is None else math.floor(column), self.titles[1].title)

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        self.canvas.set_theme(theme)
        self.beside.set_theme(theme)
        for child in (self, *self.titles):
            child.update()

    def sizeHint(self) -> QSize:
        """As the canvas alone."""
        return self.canvas.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As the canvas alone."""
        return self.canvas.minimumSizeHint()

    # Who stands where

    @Slot(str)
    def _display_changed(self, name: str) -> None:
        if name == "compare":
            self._show()

    @Slot()
    def _show(self) -> None:
        """One view, or two."""
        shown = self.side.shown
        if shown == self._is_split:
            return
        self._is_split = shown
        before = self.canvas.viewport
        for child in (self.beside, *self.titles):
            child.setVisible(shown)
        self._lay()
        self.canvas.set_viewport(centred(before, self.canvas.width(), self.canvas.height()))
        self.side.point(None)
        self._name()
        self.beside.follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size."""
        super().resizeEvent(event)
        self._lay()

    def _lay(self) -> None:
        width, height = self.width(), self.height()
        if not self._is_split:
            self.canvas.setGeometry(0, 0, width, height)
            return
        top, half = self.titles[0].sizeHint().height(), (width - APART) // 2
        right = width - half - APART
        self.titles[0].setGeometry(0, 0, half, top)
        self.titles[1].setGeometry(half + APART, 0, right, top)
        self.canvas.setGeometry(0, top, half, height - top)
        self.beside.setGeometry(half + APART, top, right, height - top)

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is seen between the views is a line."""
        QPainter(self).fillRect(event.rect(), QColor(current().chrome))

    # What they are called

    @Slot()
    def _name(self) -> None:
        """The titles."""
        if not self._is_split:
            return
        companion = self.side.companion
        if companion is None:
            self.titles[0].say(tr("As it is now"), self._doing())
            self.titles[1].say(tr("Original"))
        else:
            self.titles[0].say(tr("This photograph"), self._doing())
            self.titles[1].say(tr("Reference {number}").format(number=companion.number), companion.name)
        self.beside.setAccessibleName(self.titles[1].accessibleName())
        self.titles[1].offer(shown=self.beside.strayed)

    def _doing(self) -> str:
        """What is being done with the photograph."""
        document, holes = self._document, len(self._document.holes())
        if holes:
            return tr("hole to be filled") if holes == 1 else tr("{count} holes to be filled").format(count=holes)
        if self._filling.running:
            return tr("being filled")
        return tr("filled") if document.shown is not None and document.shown.standing is not None else ""


def centred(view: Viewport, width: float, height: float) -> Viewport:
    """The same in a canvas of another size: all of it where all was seen, else as large, with the same place in the middle."""
    if view.fitted:
        return replace(view, width=width, height=height).fit()
    return view.resized(width, height, (width - view.width) / 2, (height - view.height) / 2).kept()
