"""What one cell of a hole was made from: the patches by rank, each of which can be ruled out, beside what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Signal
from PySide6.QtGui import QAction, QEnterEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.retrieving import stage_title
from app.view.controls import IconButton, label
from app.view.form import GAP
from app.view.panel.patch_tile import PatchTile, room
from app.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

    from engine.geometry import Box
    from engine.retrieved import Retrieved

MADE = ("coarse", "synthesised")
"""Stages whose patch stands beside the candidates, above each other."""

_TARGET = QSize(28, 28)


class _Captioned(QWidget):
    """A tile and a line of text below it."""

    def __init__(self, tile: PatchTile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tile, self.caption = tile, label("", "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(tile)
        self.line = QHBoxLayout()
        self.line.setSpacing(0)
        self.line.addWidget(self.caption, 1)
        column.addLayout(self.line)
        self.caption.setMinimumHeight(_TARGET.height())
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)


class Made(_Captioned):
    """The cell itself at a stage of its fill."""

    def __init__(self, stage: str, parent: QWidget | None = None) -> None:
        super().__init__(PatchTile(tr("{stage} patch").format(stage=stage_title(stage))), parent)
        self.stage = stage
        self.caption.setText(stage_title(stage))


class Ranked(_Captioned):
    """One of the patches that a cell was made from, with its score and a button that rules it out."""

    pointed = Signal(bool)
    """Whether somebody points at it, by the mouse or by the keyboard."""
    refused = Signal()
    """It is not to be used any more."""

    def __init__(self, rank: int, parent: QWidget | None = None) -> None:
        super().__init__(PatchTile(tr("Candidate {number}").format(number=rank + 1), rank), parent)
        self.rank = rank
        self.box: Box | None = None
        self.ban = QAction(tr("Not from here: candidate {number}").format(number=rank + 1), self)
        self.ban.setProperty("drawing", "ban")
        self.ban.triggered.connect(self.refused)
        self.button = IconButton(self.ban, _TARGET, 28)
        self.button.installEventFilter(self)
        self.line.addWidget(self.button)

    def show_score(self, found: Retrieved, *, dimmed: bool, struck: bool) -> None:
        """Show what the patch of this rank counts; struck: it was ruled out."""
        self.box = found.box
        share = told(found.score)
        self.caption.setText(share)
        self.caption.setEnabled(not dimmed and not struck)
        place = tr("{share}, at {x}, {y}").format(share=share, x=found.box.left, y=found.box.top)
        self.tile.setAccessibleDescription(tr("{told}, ruled out").format(told=place) if struck else place)
        self.tile.setToolTip(place)
        self.ban.setEnabled(not struck)
        why = tr("Ruled out for the next fill; undo takes that back") if struck else tr("Rule this patch out for the next fill")
        self.ban.setToolTip(f"{tr('Not from here')}\n{why}")

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer is on it."""
        super().enterEvent(event)
        self.pointed.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer has left it."""
        super().leaveEvent(event)
        self.pointed.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keyboard is on its button."""
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.pointed.emit(event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)


class Candidates(QWidget):
    """Up to six patches of one cell in two rows, in the order of their ranks, at the right of what they were chosen for and what they became."""

    pointed = Signal(object)
    """At which rank; None: at none."""
    refused = Signal(object)
    """A Box of the photograph."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.made = [Made(stage, self) for stage in MADE]
        self.tiles: list[Ranked] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(4)
        for row, made in enumerate(self.made):
            self._grid.addWidget(made, row, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)  # as high as its tiles are wide

    def set_ranks(self, count: int) -> None:
        """Make room for so many."""
        if count == len(self.tiles):
            return
        for tile in self.tiles:
            self._grid.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        across = columns(count)
        self.tiles = [self._made(rank) for rank in range(count)]
        for rank, tile in enumerate(self.tiles):
            self._grid.addWidget(tile, rank // across, 1 + rank % across)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column <= across else 0)

    def _made(self, rank: int) -> Ranked:
        tile = Ranked(rank, self)

        def pointed(on: bool) -> None:
            self.pointed.emit(rank if on else None)

        def refused() -> None:
            if tile.box is not None:
                self.refused.emit(tile.box)

        tile.pointed.connect(pointed)
        tile.refused.connect(refused)
        return tile

    def show_cell(
        self, cell: Box, found: list[Retrieved], seen: Callable[[str, Box], tuple[QImage, Box] | None], *, dimmed: bool, struck: list[bool]
    ) -> None:
        """Show a cell and what it was made from.

        Args:
            cell: where it lies.
            found: its patches by rank, not more than there is room for.
            seen: makes the picture of a box at a stage; at "" as the photograph is now.
            dimmed: it is not looked at any more.
            struck: which of the patches were ruled out.
        """
        side = max(max(box.size) for box in (cell, *(one.box for one in found)))
        for made in self.made:
            made.tile.show_patch(cell, side, seen(made.stage, room(cell, side)), dimmed=dimmed)
            made.caption.setEnabled(not dimmed)
        by_rank = {one.rank: (one, out) for one, out in zip(found, struck, strict=True)}
        for tile in self.tiles:
            there = by_rank.get(tile.rank)
            tile.setVisible(there is not None)
            if there is not None:
                one, out = there
                tile.tile.show_patch(one.box, side, seen("", room(one.box, side)), dimmed=dimmed, struck=out)
                tile.show_score(one, dimmed=dimmed, struck=out)


def told(score: float) -> str:
    """A score from 0 to 1 in per cent; little is not nothing."""
    return tr("< 1 %") if 0 < score < 0.01 else tr("{share} %").format(share=round(100 * score))


def columns(count: int) -> int:
    """In how many columns so many candidates stand, in two rows."""
    return max(1, -(-count // 2))
