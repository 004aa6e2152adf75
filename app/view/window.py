"""The main window: header, rail, canvas, panel and status around one photograph, or the first page where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.view import icons, style
from app.view.canvas import Canvas
from app.view.evidence_page import EvidencePage
from app.view.fill_page import FillPage
from app.view.footer import Footer
from app.view.header import Header
from app.view.panel import Panel
from app.view.rail import Rail
from app.view.start import Start
from app.view.status import Status
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from app.desk import Desk
    from app.message import Message

LEAST, FIRST = QSize(1100, 700), QSize(1440, 900)
COLLAPSES = 200
"""Dragged narrower than that, the panel hides."""


class Window(QMainWindow):
    """What is seen of a desk. It lays things out and shows what the desk says; it decides nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.appearance = style.dress(_application())
        self.setWindowTitle("Inlay")
        self.setMinimumSize(LEAST)
        self._make()
        self._lay()
        self._connect()
        self._dress()
        self._refresh()

    def _make(self) -> None:
        desk, theme = self.desk, current()
        actions, document = desk.actions, desk.document
        self.header = Header(actions, document, desk.toolbox, desk.display)
        self.start = Start(actions)
        self.rail = Rail(actions)
        self.canvas = Canvas(document, desk.filling, desk.display, desk.toolbox, theme)
        self.panel = Panel(desk.display)
        self.fill_page = FillPage(document, desk.recipe, desk.filling, actions, theme)
        self.evidence_page = EvidencePage(document, desk.inspection, actions, theme)
        self.footer = Footer(actions, document, desk.filling)
        self.status = Status(document)

    def _lay(self) -> None:
        self.panel.add_page("fill", tr("Fill"), self.fill_page)
        self.panel.add_page("evidence", tr("Evidence"), self.evidence_page)
        self.panel.set_footer(self.footer)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(4)
        self.splitter.addWidget(self.canvas)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setCollapsible(0, False)
        self.workspace = QWidget()
        across = QHBoxLayout(self.workspace)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.rail)
        across.addWidget(self.splitter, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start)
        self.stack.addWidget(self.workspace)
        whole = QWidget()
        down = QVBoxLayout(whole)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(self.stack, 1)
        down.addWidget(self.status)
        self.setMenuWidget(self.header)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        desk, canvas = self.desk, self.canvas
        for action in desk.actions.all():
            (canvas if action.shortcutContext() == Qt.ShortcutContext.WidgetShortcut else self).addAction(action)
        desk.document.opened.connect(self._refresh)
        desk.document.history_changed.connect(self._title)
        desk.display.changed.connect(self._display_changed)
        desk.filling.said.connect(self.say)
        canvas.hovered.connect(self.status.set_place)
        canvas.left.connect(self._left)
        canvas.zoom_changed.connect(self._zoomed)
        self.splitter.splitterMoved.connect(self._panel_dragged)
        self.appearance.changed.connect(self._dress)

    # What is shown

    @Slot()
    def _refresh(self) -> None:
        """Another photograph is open, or none."""
        is_open = self.desk.document.photograph is not None
        self.stack.setCurrentWidget(self.workspace if is_open else self.start)
        if is_open:
            self.canvas.setFocus()
        self._show_chrome()
        self._title()

    @Slot()
    def _title(self) -> None:
        photograph = self.desk.document.photograph
        name = photograph.name or tr("Pasted photograph") if photograph else ""
        self.setWindowTitle(f"{name}[*] – Inlay" if name else "Inlay")
        self.setWindowModified(self.desk.document.unsaved)

    @Slot(str)
    def _display_changed(self, name: str) -> None:
        if name in {"panel", "chrome"}:
            self._show_chrome()
        elif name == "theme":
            self.appearance.choose(self.desk.display.theme)

    def _show_chrome(self) -> None:
        display, is_open = self.desk.display, self.desk.document.photograph is not None
        self.rail.setVisible(display.chrome)
        self.panel.setVisible(display.chrome and display.panel)
        self.status.setVisible(display.chrome or not is_open)

    @Slot(int, int)
    def _panel_dragged(self, place: int, _index: int) -> None:
        if self.splitter.width() - place < COLLAPSES:
            self.desk.display.set("panel", False)
            self.splitter.setSizes([self.splitter.width() - self.panel.sizeHint().width(), self.panel.sizeHint().width()])

    @Slot()
    def _left(self) -> None:
        self.status.set_place(None, None)

    @Slot()
    def _zoomed(self) -> None:
        view = self.canvas.viewport
        self.status.set_zoom(view.zoom, fits=view.fitted)

    @Slot(object)
    def say(self, message: Message) -> None:
        """A sentence: facts go below, what asks for something goes over the next step."""
        self.status.say(message)
        self.footer.say(message)

    @Slot()
    def _dress(self) -> None:
        """Another theme is worn."""
        icons.tint(self.desk.actions.all())
        for part in (self.canvas, self.fill_page, self.evidence_page):
            part.set_theme(current())

    # What is asked

    def go_round(self, step: int) -> None:
        """The keyboard goes on to the next region of the window: header, rail, canvas, panel, footer."""
        regions = [region for region in (self.header, self.rail, self.canvas, self.panel, self.footer) if region.isVisible()]
        focus = QApplication.focusWidget()
        # The footer stands in the panel: the last region that holds the focus is the one it is in.
        inside = [at for at, region in enumerate(regions) if focus is not None and (region is focus or region.isAncestorOf(focus))]
        at = inside[-1] if inside else (-1 if step > 0 else 0)
        for by in range(1, len(regions) + 1):
            first = _first_stop(regions[(at + step * by) % len(regions)])
            if first is not None:
                first.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def escape(self) -> None:
        """One thing a press: the gesture, the running fill, the pin, the message."""
        desk = self.desk
        if self.canvas.pointer is not None and self.canvas.pointer.escape():
            return
        if desk.filling.running and not desk.filling.stopping:
            desk.filling.stop()
        elif desk.inspection.pinned:
            desk.inspection.free()
        elif desk.display.compare == "split":
            desk.display.set("compare", "single")
        else:
            self.footer.dismiss()


def _first_stop(region: QWidget) -> QWidget | None:
    """What of a region takes the focus of the keyboard first: itself, or the first inside that can."""
    stops = [region, *region.findChildren(QWidget)]
    return next((one for one in stops if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible() and one.isEnabled()), None)


def _application() -> QApplication:
    there = QApplication.instance()
    assert isinstance(there, QApplication)
    return there
