"""The main window: header, rail, canvas, panel and status around one photograph, or the first page where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.view import clipboard, icons, style
from app.view.canvas.aim import Aim
from app.view.canvas.attention import AttentionLayer
from app.view.canvas.canvas import Canvas
from app.view.canvas.cell_grid import CellGrid
from app.view.canvas.findings import EvidenceLayer
from app.view.canvas.looked_cell import LookedCell
from app.view.canvas.overlay import Overlay
from app.view.canvas.pointer import Pointer
from app.view.canvas.reticle import Reticle
from app.view.canvas.retrieved_marks import RetrievedMarks
from app.view.canvas.stages import StageLayer
from app.view.canvas.views import Views
from app.view.clipboard import Drops
from app.view.dialogs import Dialogs
from app.view.header import Header
from app.view.manual import Manual
from app.view.panel.evidence_page import EvidencePage
from app.view.panel.fill_page import FillPage
from app.view.panel.footer import Footer
from app.view.panel.panel import Panel
from app.view.panel.reference_page import ReferencePage
from app.view.rail import Rail
from app.view.recent import keep_recent
from app.view.start import Start
from app.view.status import Status
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desk import Desk
    from app.message import Message
    from engine.files.preview import Preview
    from engine.geometry import Box

LEAST, FIRST, OF_SCREEN = QSize(1100, 700), QSize(1440, 900), 0.9
"""The smallest size; the first one, or that share of a smaller screen."""

COLLAPSES = 200
"""Dragged narrower than that, the panel hides."""


class Window(QMainWindow):
    """What is seen of a desk. It lays things out and shows what the desk says; it decides nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.appearance = style.dress(_application())
        self.appearance.choose(desk.display.theme)
        self._may_close = False
        self.setMinimumSize(LEAST)
        self._make()
        self._lay()
        self._place()
        self._connect()
        desk.connect_actions(self._acts())
        self._dress()
        self._refresh()

    def _make(self) -> None:
        desk, theme = self.desk, current()
        actions, document, filling, toolbox, display = desk.actions, desk.document, desk.filling, desk.toolbox, desk.display
        self.header = Header(actions, document, toolbox, display)
        self.start, self.rail, self.panel = Start(actions), Rail(actions), Panel(display)
        self.canvas = Canvas(document, filling, display, toolbox, theme)
        self.aim = Aim(document, toolbox, lambda: self.canvas.viewport, self)
        self.pointer = Pointer(document, toolbox, desk.inspection, self.aim)
        self.fill_page = FillPage(document, desk.recipe, filling, actions, theme)
        self.reference_page = ReferencePage(document, desk.recipe, display, actions, theme)
        self.evidence_page = EvidencePage(document, desk.inspection, desk.retrieving, display, actions, theme)
        self.views = Views(
            self.canvas,
            document,
            filling,
            desk.inspection,
            display,
            toolbox,
            self.aim,
            self.pointer.points,
            self.fill_page.excerpts.part,
            theme,
        )
        cell = LookedCell(desk.retrieving, desk.inspection, toolbox, display, self)
        self.layers = (
            AttentionLayer(cell, self),
            StageLayer(document, desk.retrieving, display, self.canvas.sights, self),
            EvidenceLayer(document, desk.inspection, display, self),
            CellGrid(desk.retrieving, display, self),
            Overlay(document, filling, desk.recipe, display, toolbox, self),
            RetrievedMarks(cell, self.fill_page.excerpts.part, self),
            *self.views.layers,
            Reticle(toolbox, self.aim, self),
        )
        self.footer, self.status = Footer(actions, document, filling), Status(document)
        self.dialogs = Dialogs(self, desk.filing, desk.adding, actions)
        self.drops = Drops(self, desk.filing, desk.adding, self._is_reference)

    def _lay(self) -> None:
        self.panel.add_page("fill", tr("Fill"), self.fill_page)
        self.panel.add_page("reference", tr("Reference"), self.reference_page)
        self.panel.add_page("evidence", tr("Evidence"), self.evidence_page)
        self.panel.set_footer(self.footer)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(4)
        self.splitter.addWidget(self.views)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setCollapsible(0, False)
        self.workspace, self.stack, whole = QWidget(), QStackedWidget(), QWidget()
        across, down = QHBoxLayout(self.workspace), QVBoxLayout(whole)
        for layout in (across, down):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        across.addWidget(self.rail)
        across.addWidget(self.splitter, 1)
        self.stack.addWidget(self.start)
        self.stack.addWidget(self.workspace)
        down.addWidget(self.stack, 1)
        down.addWidget(self.status)
        self.setMenuWidget(self.header)
        self.setCentralWidget(whole)
        self.setFocusProxy(self.canvas)

    def _place(self) -> None:
        """Where the window was on this screen, or at its first size."""
        screen = self.screen()
        if (geometry := self.desk.settings.geometry(screen.name())) is None or not self.restoreGeometry(geometry):
            self.resize(FIRST.boundedTo(screen.availableSize() * OF_SCREEN))
        width = self.desk.settings.panel_width
        self.splitter.setSizes([max(1, self.width() - self.rail.sizeHint().width() - width), width])

    def _connect(self) -> None:
        desk, canvas = self.desk, self.canvas
        for action in desk.actions.all():
            (canvas if action.shortcutContext() == Qt.ShortcutContext.WidgetShortcut else self).addAction(action)
        desk.document.opened.connect(self._refresh)
        desk.document.history_changed.connect(self._title)
        desk.display.changed.connect(self._display_changed)
        desk.recipe.changed.connect(self._tell_machine)
        for speaks in (desk.filling, desk.filing, desk.adding, desk.exporting, desk.matching):
            speaks.said.connect(self.say)
        desk.filing.opening.connect(self._opening)
        desk.filing.closed_allowed.connect(self._leave)
        canvas.hovered.connect(self.status.set_place)
        canvas.left.connect(self._left)
        self.views.pointed.connect(self.status.set_place)
        canvas.zoom_changed.connect(self._zoomed)
        canvas.pointer = self.pointer
        canvas.layers += self.layers
        for layer in self.layers:
            layer.stale.connect(self._stale)
        canvas.clicked.connect(self.pointer.show_at)
        self.aim.changed.connect(self._show_cursor)
        self.pointer.not_from_here.connect(desk.not_from_here)
        self.drops.hovering.connect(self._hovering)
        self.start.open_requested.connect(desk.actions["open"].trigger)
        self.start.sample_requested.connect(desk.actions["open_sample"].trigger)
        self.start.recent_requested.connect(desk.filing.open)
        keep_recent(self.header.recent, desk.filing)
        self.splitter.splitterMoved.connect(self._panel_dragged)
        self.appearance.changed.connect(self._dress)

    def _acts(self) -> dict[str, Callable[[], object]]:
        """What actions do that need a window."""
        return {
            "quit": self.close,
            "copy": lambda: clipboard.copy(self.desk.filing),
            "paste": lambda: clipboard.paste(self.desk.filing),
            "paste_reference": lambda: clipboard.paste_reference(self.desk.adding),
            "stop": self.escape,
            "zoom_in": self.canvas.zoom_in,
            "zoom_out": self.canvas.zoom_out,
            "fit": self.canvas.fit,
            "actual": self.canvas.actual_size,
            "full_screen": self._full_screen,
            "next_region": lambda: self.go_round(1),
            "previous_region": lambda: self.go_round(-1),
            "export_retrieved": lambda: self.dialogs.export_retrieved(self.desk.exporting),
            "manual": lambda: Manual(self).show(),
            "copy_report": self._copy_report,
        }

    # What is shown

    @Slot()
    def _refresh(self) -> None:
        """Another photograph is open, or none."""
        is_open = self.desk.document.photograph is not None
        if not is_open:
            self.start.set_recent(self.desk.filing.recent)
        self._show_workspace(is_open)
        self._title()

    def _show_workspace(self, shown: bool) -> None:
        self.stack.setCurrentWidget(self.workspace if shown else self.start)
        self._show_chrome()
        if shown:
            self.canvas.setFocus()

    @Slot(object)
    def _opening(self, preview: Preview | None) -> None:
        """A small view of what is being opened stands in its place until it is there."""
        if preview is None:
            self.canvas.show_preview(None)
            self._refresh()
        else:
            self._show_workspace(True)
            self.canvas.show_preview(preview.picture, preview.size)

    @Slot()
    def _title(self) -> None:
        photograph = self.desk.document.photograph
        name = (photograph.name or tr("Pasted photograph")) if photograph else ""
        self.setWindowTitle(f"{name}[*] - Inlay" if name else "Inlay")
        self.setWindowModified(self.desk.document.unsaved)

    @Slot(str)
    def _display_changed(self, name: str) -> None:
        if name in {"panel", "chrome"}:
            self._show_chrome()
        elif name == "theme":
            self.appearance.choose(self.desk.display.theme)

    def _show_chrome(self) -> None:
        display, starts = self.desk.display, self.stack.currentWidget() is self.start
        self.rail.setVisible(display.chrome)
        self.panel.setVisible(display.chrome and display.panel)
        self.status.setVisible(display.chrome or starts)

    @Slot(int, int)
    def _panel_dragged(self, place: int, _index: int) -> None:
        width = self.splitter.width() - place
        if width < COLLAPSES:
            self.desk.display.set("panel", False)
            width = self.desk.settings.panel_width
            self.splitter.setSizes([self.splitter.width() - width, width])
        else:
            self.desk.settings.panel_width = self.panel.width()

    @Slot()
    def _left(self) -> None:
        self.status.set_place(None, None)

    @Slot()
    def _zoomed(self) -> None:
        view = self.canvas.viewport
        self.status.set_zoom(view.zoom, fits=view.fitted)

    @Slot(object, int)
    def _stale(self, box: Box | None, margin: int) -> None:
        if box is None:
            self.canvas.update()
        else:
            self.canvas.update_box(box, margin)

    @Slot()
    def _show_cursor(self) -> None:
        self.canvas.set_tool_cursor(self.aim.cursor)

    @Slot(str)
    def _hovering(self, use: str) -> None:
        """Say what letting go would do, and what it would with Shift."""
        is_open = self.desk.document.photograph is not None
        words = {
            "open": tr("Drop to open, with Shift to add as reference") if is_open else tr("Drop to open"),
            "reference": tr("Drop to add as reference"),
        }
        self.canvas.set_drop(words.get(use, ""))
        self.start.set_dropping(bool(use))

    def _is_reference(self, place: QPoint, shift: bool) -> bool:
        """Whether what is dropped there is to be a reference: on the panel, and anywhere with Shift."""
        on_panel = self.panel.isVisible() and self.panel.rect().contains(self.panel.mapFrom(self, place))
        return self.desk.adding.possible and (on_panel or shift)

    @Slot()
    def _tell_machine(self) -> None:
        """The engine is there: where it computes."""
        if self.desk.recipe.cards:
            self.status.set_machine(tr("Fills run on the processor."))

    @Slot(object)
    def say(self, message: Message) -> None:
        """A sentence: facts go below, what asks for something goes over the next step.

        Where there is no next step to be seen it goes onto the first page, or below.
        """
        starts = self.stack.currentWidget() is self.start
        self.start.say(message)
        self.footer.say(message)
        asks = message.kind != "info" or bool(message.actions)
        hidden = asks and not starts and not self.footer.isVisible()
        self.status.say(message, wholly=hidden)
        if hidden:
            self.status.show()

    @Slot()
    def _dress(self) -> None:
        """Another theme is worn."""
        icons.tint(self.desk.actions.all())
        for part in (self.views, self.fill_page, self.reference_page, self.evidence_page):
            part.set_theme(current())

    # What is asked

    def _full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self.desk.actions["full_screen"].setChecked(self.isFullScreen())

    def _copy_report(self) -> None:
        reports = (speaks.report for speaks in (self.desk.filling, self.desk.filing, self.desk.adding, self.desk.exporting))
        QGuiApplication.clipboard().setText(next(filter(None, reports), ""))

    def escape(self) -> None:
        """One thing a press: the gesture, the running fill, what waits after it, the pin, the message."""
        filling = self.desk.filling
        waiting = [row.number for row in filling.rows() if row.waiting]
        if self.pointer.escape():
            return
        if filling.running and not filling.stopping:
            filling.stop()
        elif filling.stopping and waiting:
            filling.cancel(waiting[-1])
        elif not self.pointer.free():
            self.footer.dismiss()

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
                first.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    # Closing

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closed once nothing is lost by it; what has to be asked is asked first."""
        if not self._may_close:
            event.ignore()
            # Later: within its own closing a window hears of no second one.
            QTimer.singleShot(0, self._ask_to_leave)
            return
        self.desk.settings.set_geometry(self.screen().name(), self.saveGeometry())
        super().closeEvent(event)

    @Slot()
    def _ask_to_leave(self) -> None:
        """Once: a question that is open already is answered first."""
        if self.dialogs.current is None:
            self.desk.filing.leave()
        else:
            self.dialogs.current.activateWindow()

    @Slot()
    def _leave(self) -> None:
        self._may_close = True
        self.close()


def _first_stop(region: QWidget) -> QWidget | None:
    """What of a region takes the focus of the keyboard first: itself, or the first inside that can."""
    stops = [region, *region.findChildren(QWidget)]
    return next((one for one in stops if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible() and one.isEnabled()), None)


def _application() -> QApplication:
    there = QApplication.instance()
    assert isinstance(there, QApplication)
    return there
