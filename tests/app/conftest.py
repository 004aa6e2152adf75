"""What the window's tests share: no screen, no thread left behind, and the parts below the window with their real engine."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QObject, QSettings

from app.document import Document
from app.filling import Filling
from app.inspection import Inspection
from app.recipe import Recipe
from app.runner import Runner
from engine.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from pytestqt.qtbot import QtBot

    from app.message import Message
    from engine.geometry import Box

PATIENCE = 60_000
"""Milliseconds; nothing waits that long but a test that fails."""


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Whoever starts a thread ends it."""
    before = set(threading.enumerate())
    yield
    left = [thread.name for thread in set(threading.enumerate()) - before if thread.name in ("engine", "files")]
    assert not left


@pytest.fixture(autouse=True)
def settings_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests remember is not what the user remembers."""
    folder = str(tmp_path_factory.mktemp("settings"))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
        for form in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
            QSettings.setPath(form, scope, folder)


@dataclass
class Core:
    """A document and what fills it, with no window."""

    qtbot: QtBot
    document: Document
    recipe: Recipe
    filling: Filling
    inspection: Inspection
    engine: Runner
    files: Runner
    said: list[Message]

    def open(self, pixels: np.ndarray, **more: Path) -> None:
        """Open a picture with a copy of those pixels."""
        self.document.open(Picture(pixels.copy(), **more))

    def paint(self, box: Box, level: int = 255) -> None:
        """Paint a rectangle, as one gesture."""
        self.document.mask.writing(box)[...] = level
        self.document.mask_changed.emit(box)
        self.document.committed("Stroke")

    def idle(self) -> None:
        """Wait until no fill runs or waits."""
        self.qtbot.waitUntil(lambda: not self.filling.running, timeout=PATIENCE)

    def fill(self, *boxes: Box) -> None:
        """Paint boxes, fill them, and wait for the end."""
        for box in boxes:
            self.paint(box)
        self.filling.fill()
        self.idle()

    @property
    def pixels(self) -> np.ndarray:
        """The picture as it is now."""
        photograph = self.document.photograph
        assert photograph is not None
        return photograph.pixels(photograph.box)

    @property
    def last(self) -> str:
        """What was said last."""
        return self.said[-1].text


@pytest.fixture
def core(qtbot: QtBot) -> Iterator[Core]:
    """The parts below the window; their threads end with the test."""
    parent = QObject()
    document, recipe, engine, files = Document(parent), Recipe(parent), Runner("engine", parent), Runner("files", parent)
    filling = Filling(document, recipe, engine, files, parent)
    said: list[Message] = []
    filling.said.connect(said.append)
    yield Core(qtbot, document, recipe, filling, Inspection(document, parent), engine, files, said)
    assert engine.close()
    assert files.close()
