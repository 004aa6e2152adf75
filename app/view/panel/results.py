"""The results of one hole as small pictures: a click lets another one stand in the photograph."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.view.controls import ROW, label
from app.view.panel.result_tile import COLUMNS, AnotherTile, ResultTile
from app.words import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QResizeEvent

    from app.choice import Choice
    from app.document import Document
    from app.filling import Filling
    from app.view.panel.excerpts import Excerpts
    from app.view.panel.result_tile import Tile

GAP = 8
"""Between tiles."""


class Results(QWidget):
    """The results of the hole that is shown, two in a row; hidden while none is."""

    def __init__(self, document: Document, filling: Filling, another: QAction, excerpts: Excerpts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._filling, self._excerpts = document, filling, excerpts
        self.title, self.count = label("", "head"), label("", "small")
        self.grid = TileGrid()
        self.another = AnotherTile(another, self.grid)
        self.tiles: list[ResultTile] = []
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.count)
        self.title.setMinimumHeight(ROW)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(self.grid)
        document.choices_changed.connect(self.refresh)
        filling.changed.connect(self._say_next)
        excerpts.changed.connect(self.grid.update)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the candidates of the choice that is shown now."""
        choice = self._document.shown
        candidates = choice.candidates if choice else []
        if [tile.candidate for tile in self.tiles] != candidates:
            self._fill(choice)
        for index, tile in enumerate(self.tiles):
            tile.setChecked(choice is not None and choice.chosen == index)
        if choice is not None:
            self.title.setText(tr("Results for hole {number}").format(number=choice.number))
            self.count.setText(_count(choice))
        self._say_next()
        self.setVisible(bool(candidates))

    @Slot()
    def _say_next(self) -> None:
        """Below the last tile: whether another result for this hole is on its way."""
        choice = self._document.shown
        rows = [row for row in self._filling.rows() if choice is not None and row.number == choice.number]
        if not rows:
            self.another.set_coming("")
        else:
            fraction = rows[0].fraction
            self.another.set_coming(tr("Waiting") if fraction is None else f"{100 * fraction:.0f} %")

    def _fill(self, choice: Choice | None) -> None:
        for tile in self.tiles:
            tile.hide()
            tile.deleteLater()
        self.tiles = []
        for index, candidate in enumerate(choice.candidates if choice else ()):
            assert choice is not None
            tile = ResultTile(index + 1, choice, candidate, self._excerpts, self.grid)
            tile.clicked.connect(lambda _=False, choice=choice, index=index: self._document.choose(choice, index))
            tile.show()
            self.tiles.append(tile)
        self.grid.set_tiles([*self.tiles, self.another])


def _count(choice: Choice) -> str:
    if choice.chosen is None:
        return tr("none of {all}").format(all=len(choice.candidates))
    return tr("{number} of {all}").format(number=choice.chosen + 1, all=len(choice.candidates))


class TileGrid(QWidget):
    """Tiles in columns that share the width; rows as high as their highest tile."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: list[Tile] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_tiles(self, tiles: list[Tile]) -> None:
        """Show these, in order."""
        self._tiles = tiles
        for before, after in pairwise(tiles):
            QWidget.setTabOrder(before, after)
        self._lay(self.width())
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """Wider tiles are higher."""
        return True

    def heightForWidth(self, arg__1: int) -> int:
        """All rows."""
        return sum(self._heights(arg__1)) + GAP * max(0, len(self._heights(arg__1)) - 1)

    def sizeHint(self) -> QSize:
        """As in a panel of its first width."""
        return QSize(COLUMNS * 140 + GAP, self.heightForWidth(COLUMNS * 140 + GAP))

    def minimumSizeHint(self) -> QSize:
        """Two of the widest side by side."""
        widest = max((tile.minimumSizeHint().width() for tile in self._tiles), default=0)
        return QSize(COLUMNS * widest + GAP, 0)

    def _across(self, width: int) -> int:
        return (width - GAP * (COLUMNS - 1)) // COLUMNS

    def _heights(self, width: int) -> list[int]:
        rows = [self._tiles[first : first + COLUMNS] for first in range(0, len(self._tiles), COLUMNS)]
        return [max(tile.heightForWidth(self._across(width)) for tile in row) for row in rows]

    def event(self, event: QEvent) -> bool:
        """A tile has another text."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._lay(self.width())
            self.updateGeometry()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tiles share the new width."""
        super().resizeEvent(event)
        self._lay(event.size().width())

    def _lay(self, width: int) -> None:
        top, across = 0, self._across(width)
        for row, height in enumerate(self._heights(width)):
            for column, tile in enumerate(self._tiles[row * COLUMNS : (row + 1) * COLUMNS]):
                right = column == COLUMNS - 1
                tile.setGeometry(width - across if right else column * (across + GAP), top, across, tile.heightForWidth(across))
            top += height + GAP
