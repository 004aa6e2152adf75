"""The pages in their panel, as the window has them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPoint, Qt, QTranslator
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget
from skimage import data

from app.actions import Actions
from app.display import Display
from app.retrieving import Retrieving
from app.toolbox import Toolbox
from app.view import style
from app.view.panel.evidence_page import EvidencePage
from app.view.panel.fill_page import FillPage
from app.view.panel.panel import Panel
from app.view.panel.reference_page import ReferencePage
from app.view.theme import DARK, current
from engine import finishes
from engine.geometry import Box
from engine.methods import shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.app.conftest import Core

HOLE, OTHER = Box(40, 40, 24, 16), Box(200, 210, 16, 24)


def photograph() -> np.ndarray:
    """A cup on a table, 256 x 256."""
    return np.ascontiguousarray(data.coffee()[100:356, 150:406])


@dataclass
class Pages:
    core: Core
    window: QMainWindow
    actions: Actions
    display: Display
    panel: Panel
    fill: FillPage
    reference: ReferencePage
    evidence: EvidencePage
    retrieving: Retrieving

    def learn(self) -> None:
        """The engine is loaded."""
        behind = tuple(finish.card for finish in finishes.shelf().values())
        self.core.recipe.set_cards(tuple(method.card for method in shelf().values()), behind)

    def turn_to(self, page: str) -> None:
        self.display.set("page", page)
        QTest.qWait(0)

    def forbid(self, box: Box, code: int) -> None:
        """Paint a sampling area."""
        document = self.core.document
        document.area.writing(box)[...] = code
        document.area_changed.emit(box)
        document.committed("Sampling area")


def shown(core: Core, width: int = 320, height: int = 900) -> Pages:
    """The panel with its pages, on the screen, with a photograph."""
    window, parent = QMainWindow(), QObject()
    core.qtbot.addWidget(window)
    parent.setParent(window)
    actions, display = Actions(parent), Display(parent)
    actions.follow(core.document, core.filling, Toolbox(parent), display, core.inspection)
    retrieving = Retrieving(core.document, core.inspection, parent)
    actions.follow_patches(retrieving)
    does = {
        "another": core.filling.another,
        "fill": core.filling.fill,
        "clear_mask": core.document.clear_mask,
        "clear_area": core.document.clear_area,
        "not_from_here": core.inspection.not_from_here,
        "use_references": core.recipe.use_references,
        "clear_points": core.document.references.clear,
        "cells": lambda: display.set("cells", not display.cells),
        "attention": lambda: display.set("attention", not display.attention),
    }
    for name, act in does.items():
        actions[name].triggered.connect(lambda _=False, act=act: act())
        window.addAction(actions[name])
    panel = Panel(display)
    fill = FillPage(core.document, core.recipe, core.filling, actions, current())
    reference = ReferencePage(core.document, core.recipe, display, actions, current())
    evidence = EvidencePage(core.document, core.inspection, retrieving, display, actions, current())
    panel.add_page("fill", "Fill", fill)
    panel.add_page("reference", "Reference", reference)
    panel.add_page("evidence", "Evidence", evidence)
    window.setCentralWidget(panel)
    window.resize(width, height)
    window.show()
    core.qtbot.waitExposed(window)
    core.open(photograph())
    window.activateWindow()
    return Pages(core, window, actions, display, panel, fill, reference, evidence, retrieving)


@contextmanager
def dressed(application: QApplication) -> Iterator[None]:
    """In the dark theme and the type of the design."""
    style.dress(application)
    before = application.font()
    body = QFont(before)
    body.setPixelSize(13)
    style.apply(application, DARK, body)
    yield
    style.apply(application, DARK, before)


class Longer(QTranslator):
    """A language whose every text is 40 % longer than ours."""

    def translate(self, *asked: object) -> str:
        text = str(asked[1])
        return text + " " + "xo" * max(1, round(len(text) * 0.2))

    def isEmpty(self) -> bool:  # noqa: N802
        return False


@contextmanager
def longer(application: QApplication) -> Iterator[None]:
    """In that language."""
    translator = Longer()
    application.installTranslator(translator)
    yield
    application.removeTranslator(translator)


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """A real click, in the middle unless told otherwise."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at or widget.rect().center())


def words(widget: QWidget) -> list[str]:
    """The texts of all labels that are seen, from top to bottom."""
    seen = [one for one in widget.findChildren(QLabel) if one.isVisible() and one.text()]
    return [one.text() for one in sorted(seen, key=lambda one: (one.mapTo(widget, QPoint()).y(), one.mapTo(widget, QPoint()).x()))]


def clipped(page: QWidget) -> list[str]:
    """What has less room than it needs, or lies beyond the page."""
    found: list[str] = []
    for widget in page.findChildren(QWidget):
        if not widget.isVisible():
            continue
        least = widget.minimumSizeHint()
        height = widget.heightForWidth(widget.width()) if widget.hasHeightForWidth() else least.height()
        left = widget.mapTo(page, QPoint()).x()
        if widget.width() < least.width() or widget.height() < height or left < 0 or left + widget.width() > page.width():
            found.append(f"{type(widget).__name__} {widget.accessibleName()} {widget.size()} of {least}, {height} high")
    return found
