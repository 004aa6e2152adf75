"""The panel at the right: tabs, one page at a time, and below them a place for the footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.view import marks
from app.view.controls import step_along
from app.view.style import bold
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from app.display import Display

WIDTH, LEAST, MOST = 320, 288, 480
TABS, LEFT, TOP, RIGHT, GUTTER = 40, 16, 12, 8, 8
"""Height of the tabs; margins of a page; what is kept free for the scroll bar."""


class Tab(QAbstractButton):
    """The name of a page; the one that is open is demi-bold, with a line under it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """As wide as its demi-bold text, so that nothing moves when it is chosen, and 8 on each side to be hit."""
        painted = bold(self.font())
        metrics = self.fontMetrics().__class__(painted)
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * 8, max(TABS, metrics.height() + 16))

    def keyPressEvent(self, e: QKeyEvent) -> None:
        """Left and right go to the next tab and open it."""
        if not step_along(self, e):
            super().keyPressEvent(e)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Text and line."""
        del event
        painter, worn, chosen = QPainter(self), current(), self.isChecked()
        text = QRectF(self.rect()).adjusted(8, 0, -8, 0)
        painter.setFont(bold(self.font()) if chosen else self.font())
        painter.setPen(QColor(worn.text if chosen or self.underMouse() else worn.second))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
        if chosen:
            width = min(text.width(), painter.fontMetrics().horizontalAdvance(self.text()) + 2)
            painter.fillRect(QRectF(text.left() - 1, self.height() - 2, width, 2), QColor(worn.text))
        marks.ring(painter, self, QRectF(self.rect()).adjusted(0, 4, 0, -4))


class _Gutter(QScrollBar):
    """A scroll bar whose place is always kept, and which is seen only when there is something to scroll."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing, where all is seen."""
        if self.maximum() > self.minimum():
            super().paintEvent(event)


class _Body(QWidget):
    """What a page scrolls: tells it when other rows need another width, which a scroll area does not ask for by itself."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page

    def event(self, event: QEvent) -> bool:
        """Hears of every change of a layout in it."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._page.updateGeometry()
        return super().event(event)


class Page(QScrollArea):
    """A page that scrolls up and down; nothing in it shifts when the bar comes."""

    def __init__(self, body: QWidget, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBar(_Gutter())
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        around = _Body(self)
        column = QVBoxLayout(around)
        column.setContentsMargins(LEFT, TOP, RIGHT, TOP)
        column.addWidget(body)
        column.addStretch(1)
        self._body = around
        self.setWidget(around)

    def minimumSizeHint(self) -> QSize:
        """No narrower than its widest row, so that nothing is clipped at the side."""
        return QSize(self._body.minimumSizeHint().width() + GUTTER, 80)


class Panel(QWidget):
    """Pages by name; `display.page` says which one is open."""

    def __init__(self, display: Display, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._display = display
        self._pages: dict[str, tuple[Tab, Page]] = {}
        self._tabs, self._stack, self._group = QHBoxLayout(), QStackedWidget(), QButtonGroup(self)
        self.setAccessibleName(tr("Panel"))
        self.setMaximumWidth(MOST)
        self._tabs.setContentsMargins(LEFT - 8, 0, 0, 0)
        self._tabs.setSpacing(8)
        self._tabs.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._tabs)
        self._column.addSpacing(1)
        self._column.addWidget(self._stack, 1)
        display.changed.connect(self.refresh)

    def add_page(self, name: str, title: str, body: QWidget) -> None:
        """One more page, and its tab."""
        tab, page = Tab(title), Page(body, title)
        tab.clicked.connect(lambda: self._display.set("page", name))
        self._group.addButton(tab)
        self._tabs.insertWidget(len(self._pages), tab)
        self._stack.addWidget(page)
        self._pages[name] = tab, page
        self.refresh()

    def set_footer(self, footer: QWidget) -> None:
        """What stands below every page."""
        self._column.addWidget(footer)

    def page(self, name: str) -> Page:
        """A page."""
        return self._pages[name][1]

    def tab(self, name: str) -> Tab:
        """Its tab."""
        return self._pages[name][0]

    @Slot()
    def refresh(self) -> None:
        """Show the page that the display names."""
        if self._display.page in self._pages:
            tab, page = self._pages[self._display.page]
            tab.setChecked(True)
            self._stack.setCurrentWidget(page)

    def sizeHint(self) -> QSize:
        """320 at first."""
        return QSize(max(WIDTH, self.minimumSizeHint().width()), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """288, or what its widest row needs."""
        hint = super().minimumSizeHint()
        return QSize(max(LEAST, hint.width()), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line under the tabs."""
        del event
        marks.divider(QPainter(self), 0, self.width(), self._stack.y() - 1, current().line)
