"""The row at the top: menus, the options of the tool in hand, and undo, comparison, save and panel at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QWidget

from app.view.controls import IconButton
from app.view.menus import menu_bar
from app.view.options import HintOptions, Options, PaintOptions, SplitOptions, hints
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from app.actions import Actions
    from app.display import Display
    from app.document import Document
    from app.toolbox import Toolbox

HEIGHT, WIDE, TARGET, MARGIN = 40, 1240, 32, 8
"""Under `WIDE` pixels the labels of the options go."""

AT_RIGHT = (("undo", "redo"), ("compare_single", "compare_split", "compare_side"), ("save", "panel"))


class Line(QWidget):
    """A dividing line of one pixel that stands upright."""

    def __init__(self, height: int = 20) -> None:
        super().__init__()
        self.setFixedSize(1, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the theme's colour of lines."""
        QPainter(self).fillRect(event.rect(), QColor(current().line))


class Header(QWidget):
    """For `QMainWindow.setMenuWidget`. Without a photograph there are only the menus."""

    def __init__(self, actions: Actions, document: Document, toolbox: Toolbox, display: Display, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._toolbox, self._display = document, toolbox, display
        self.setAccessibleName(tr("Header"))
        self.menus, self.recent = menu_bar(actions)
        """The bar, and the menu of recent files, filled by whoever knows them."""
        self.menus.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.paint, self.hint, self.split = PaintOptions(toolbox), HintOptions(), SplitOptions(document, display)
        self._line, self._right = Line(), _right_end(actions)
        self._lay()
        toolbox.changed.connect(self.refresh)
        display.changed.connect(self.refresh)
        document.opened.connect(self.refresh)
        document.choices_changed.connect(self.refit)
        self.refresh()

    def _lay(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        row.setSpacing(0)
        row.addWidget(self.menus, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(12)
        row.addWidget(self._line, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(16)
        for options in (self.paint, self.hint, self.split):
            row.addWidget(options, 1)
        row.addStretch(0)
        row.addWidget(self._right)

    def options(self) -> Options:
        """Those that fit the tool in hand and the comparison."""
        if self._display.compare == "split":
            return self.split
        return self.hint if self._toolbox.tool in hints() else self.paint

    @Slot()
    def refresh(self) -> None:
        """Another tool, another comparison, another photograph."""
        there, shown = self._document.photograph is not None, self.options()
        if self._toolbox.tool in hints():
            self.hint.show_tool(self._toolbox.tool)
        for options in (self.paint, self.hint, self.split):
            focused = QApplication.focusWidget()
            if options is not shown and focused is not None and options.isAncestorOf(focused):
                self.window().setFocus()  # or the focus would fall to whatever comes next
            options.setVisible(there and options is shown)
        for widget in (self._line, self._right):
            widget.setVisible(there)
        self.refit()

    @Slot()
    def refit(self) -> None:
        """Leave away what has no room."""
        taken = self.menus.sizeHint().width() + self._right.sizeHint().width() + 2 * MARGIN + 12 + 1 + 16 + MARGIN
        self.options().fit(self.width() - taken, 0 if self.width() >= WIDE else 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width."""
        super().resizeEvent(event)
        self.refit()

    def sizeHint(self) -> QSize:
        """One row of 40; a larger type makes it higher."""
        return QSize(WIDE, max(HEIGHT, super().sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        """Menus and the right end; the options find their own room."""
        return QSize(self.menus.sizeHint().width() + self._right.sizeHint().width(), self.sizeHint().height())


def _right_end(actions: Actions) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2)
    for group in AT_RIGHT:
        if group is not AT_RIGHT[0]:
            row.addSpacing(6)
            row.addWidget(Line(), 0, Qt.AlignmentFlag.AlignVCenter)
            row.addSpacing(6)
        for name in group:
            line = Qt.Edge.BottomEdge if name.startswith("compare") else None
            row.addWidget(IconButton(actions[name], QSize(TARGET, HEIGHT), TARGET, line))
    return made
