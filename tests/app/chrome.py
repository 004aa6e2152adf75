"""What stands around a canvas, laid out as the window does, and how it looks."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from app.actions import Actions
from app.display import Display
from app.toolbox import Toolbox
from app.view import style
from app.view.controls import Link
from app.view.fields import Scale
from app.view.form import Form
from app.view.header import Header
from app.view.panel.footer import Footer
from app.view.panel.panel import Panel
from app.view.rail import Rail
from app.view.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.app.conftest import Core

PERCENT = Scale(0, 1, "%", step=0.01, factor=100)


@contextmanager
def dressed(application: QApplication) -> Iterator[None]:
    """In the dark theme."""
    style.dress(application).choose("dark")
    yield
    style.dress(application).choose("dark")


@dataclass
class Chrome:
    """All that stands around a canvas, laid out as the window does."""

    window: QMainWindow
    core: Core
    actions: Actions
    toolbox: Toolbox
    display: Display
    header: Header
    rail: Rail
    panel: Panel
    footer: Footer
    status: Status
    form: Form


def built(core: Core) -> Chrome:
    """The chrome around a document."""
    window, parent = QMainWindow(), QObject()
    core.qtbot.addWidget(window)
    parent.setParent(window)
    actions, toolbox, display = Actions(parent), Toolbox(parent), Display(parent)
    actions.follow(core.document, core.filling, toolbox, display, core.inspection)
    header, rail, panel = Header(actions, core.document, toolbox, display), Rail(actions), Panel(display)
    footer, status, form = Footer(actions, core.document, core.filling), Status(core.document), page()
    panel.add_page("fill", "Fill", form)
    panel.add_page("evidence", "Evidence", QWidget())
    panel.set_footer(footer)
    middle, around, row = QWidget(), QWidget(), QHBoxLayout()
    column = QVBoxLayout(around)
    for layout in (column, row):
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
    row.addWidget(rail)
    row.addWidget(middle, 1)
    row.addWidget(panel)
    column.addLayout(row, 1)
    column.addWidget(status)
    window.setMenuWidget(header)
    window.setCentralWidget(around)
    return Chrome(window, core, actions, toolbox, display, header, rail, panel, footer, status, form)


def page() -> Form:
    """A page with every kind of row."""
    form = Form()
    form.head("Method")
    form.sentence("Copies the best fitting patches of this photograph.")
    form.head("Settings")
    form.slider("Patch size", Scale(3, 15, "px", step=2))
    form.slider("Colour match", PERCENT)
    form.combo("Take from").addItems(["Automatic area", "Everywhere"])
    form.head("Mask", Link("Clear"))
    form.slider("Feather", Scale(0, 64, "px"))
    form.check("Match exposure")
    return form


def opened(core: Core) -> Chrome:
    """The chrome around a grey photograph, on the screen."""
    core.open(np.full((60, 90, 3), 120, np.uint8))
    made = built(core)
    made.window.resize(1440, 900)
    shown(made.window)
    return made


def shown(widget: QWidget) -> None:
    widget.show()
    widget.activateWindow()
    assert QTest.qWaitForWindowActive(widget)
    QApplication.processEvents()


def place(widget: QWidget, within: QWidget) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a widget in another."""
    corner = widget.mapTo(within, QPoint(0, 0))
    return corner.x(), corner.y(), corner.x() + widget.width(), corner.y() + widget.height()


def grabbed(widget: QWidget) -> QImage:
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def colours(widget: QWidget) -> set[str]:
    """Every colour that is seen on a widget."""
    image = grabbed(widget)
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
