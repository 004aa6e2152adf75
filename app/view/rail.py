"""The column of tools at the left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.view.controls import IconButton
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from app.actions import Actions

WIDTH, TARGET, GAP = 48, 36, 4
GROUPS = (("brush", "eraser", "lasso", "rectangle"), ("area", "points"), ("inspect", "hand"))


class _Line(QWidget):
    """A dividing line as wide as a tool."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(WIDTH, 9)

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the theme's colour of lines."""
        del event
        QPainter(self).fillRect((WIDTH - TARGET) // 2, 4, TARGET, 1, QColor(current().line))


class Rail(QWidget):
    """Tools in three groups, and whether the mask is shown at the bottom. Up and down go from tool to tool."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Tools"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(GAP)
        for group in GROUPS:
            if group is not GROUPS[0]:
                column.addWidget(_Line())
            for name in group:
                column.addWidget(IconButton(actions[name], QSize(WIDTH, TARGET), TARGET, Qt.Edge.LeftEdge))
        column.addStretch(1)
        column.addWidget(IconButton(actions["mask_shown"], QSize(WIDTH, TARGET), TARGET, None, "eye-off"))

    def buttons(self) -> list[IconButton]:
        """From top to bottom."""
        return self.findChildren(IconButton)
