"""Random input over the real window for minutes: strokes, fills, stops, undo, files. Fails on an exception, a Qt warning, or growing memory."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import faulthandler
import gc
import os
import random
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import skimage.data
from driving import Driver
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt, QTimer, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QDialog

BETWEEN = 60.0
"""Seconds from one rest to the next. In a rest nothing is open and nothing runs, so that what memory holds can be compared."""
FROZEN = 2.0
"""Seconds that no turn of the window's loop may take; whoever does shows where it is."""
GROWTH = 120.0
"""MiB that the last rest may hold above the second; the first comes before all that is loaded or drawn once."""
HARMLESS = ("This plugin does not support", "Mouse event at ")
"""What Qt says of its screenless platform, and of our own aim when a key has just changed the window's size."""
KEYS = "BELMAIHXOQ[],.Y"
OTHERS = ("Return", "Enter", "Escape", "Space", "Tab", "Backslash", "Insert", "Delete", "Left", "Right", "Up", "Down", "F6")
CONTROL = "ZYCVS0+-1"
LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE, SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)


HELD = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072"}
"""With these glibc gives back at once what is freed, so that memory is what is held."""


def trim() -> None:
    """Let glibc return what is freed, so that memory is what is held."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


class Faults:
    """All that must not happen, as sentences."""

    def __init__(self) -> None:
        self.found: list[str] = []
        sys.excepthook = self._raised
        sys.unraisablehook = lambda said: self._raised(said.exc_type, said.exc_value, said.exc_traceback)
        threading.excepthook = lambda said: self._raised(said.exc_type, said.exc_value, said.exc_traceback)
        qInstallMessageHandler(self._warned)
        warnings.showwarning = lambda message, *_: self.found.append(f"a warning: {message}")
        warnings.simplefilter("always")

    def _raised(self, kind: Any, value: Any, trace: Any) -> None:
        self.found.append("".join(traceback.format_exception(kind, value, trace)))

    def _warned(self, _kind: object, _context: object, text: str) -> None:
        if not text.startswith(HARMLESS):
            self.found.append(f"Qt: {text}")

    def said(self, message: Any) -> None:
        """A message of the window: one that blames the program is a fault."""
        if "should not have" in message.text:
            self.found.append(message.text)


class Soak:
    """Someone who does anything at all."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.chance, self.folder = random.Random(seed), folder
        self.faults = Faults()
        self.driver = Driver()
        self.desk, self.window, self.canvas = self.driver.desk, self.driver.window, self.driver.canvas
        self.desk.actions["quit"].setEnabled(False)
        for speaks in (self.desk.filling, self.desk.filing):
            speaks.said.connect(self.faults.said)
        self.last: deque[str] = deque(maxlen=40)
        self.acts = self.fills = self.saves = 0
        self.desk.filling.filled.connect(self._filled)
        self.longest = (0.0, "")
        self.rests: list[float] = []
        self.files = self._photographs()

    def _filled(self, _choices: object) -> None:
        self.fills += 1

    def _photographs(self) -> list[Path]:
        """Files of several kinds and sizes."""
        rng = np.random.default_rng(0)
        kinds = {
            "astronaut.jpg": skimage.data.astronaut()[..., ::-1],
            "camera.png": skimage.data.camera(),
            "deep.tif": skimage.data.coffee()[..., ::-1].astype(np.uint16) * 257,
            "clear.png": np.dstack([skimage.data.chelsea()[..., ::-1], rng.integers(0, 256, (300, 451), np.uint8)]),
            "large.jpg": cv2.resize(skimage.data.rocket()[..., ::-1], (3000, 2000), interpolation=cv2.INTER_CUBIC),
        }
        for name, pixels in kinds.items():
            cv2.imwrite(str(self.folder / name), pixels)
        return [self.folder / name for name in kinds]

    # What is done

    def run(self, minutes: float) -> bool:
        """Do things until the time is over or something is wrong; whether nothing was."""
        self.driver.prepared()
        self.rest()
        ends, next_rest = time.monotonic() + 60 * minutes, time.monotonic() + BETWEEN
        while time.monotonic() < ends and not self.faults.found:
            self.act()
            if time.monotonic() > next_rest:
                self.rest()
                next_rest = time.monotonic() + BETWEEN
        self.rest()
        if not self.desk.close():
            self.faults.found.append("a thread did not end")
        if len(self.rests) > 2 and self.rests[-1] > self.rests[1] + GROWTH:
            self.faults.found.append(f"memory grew: {', '.join(f'{rest:.0f}' for rest in self.rests)} MiB at rest")
        return not self.faults.found

    def act(self) -> None:
        """One thing, and what the window makes of it."""
        self.acts += 1
        if self.desk.document.photograph is None and self.chance.random() < 0.5:
            what, do = "open", self.open
        else:
            what, do = self._choice()
        self.last.append(what)
        if what in {"drag", "fill"}:
            do()
        else:
            self._live(do)
        self._live()
        self.answer()
        if self.chance.random() < 0.1:  # let something be done
            until = time.perf_counter() + self.chance.random() * 0.3
            while time.perf_counter() < until:
                self._live()
                time.sleep(0.002)

    def _live(self, do: Callable[[], object] = lambda: None) -> None:
        """Let the window hear of one thing, and do what there is to do."""
        begun = time.perf_counter()
        faulthandler.dump_traceback_later(FROZEN)
        do()
        self.driver.qt.processEvents()
        faulthandler.cancel_dump_traceback_later()
        spent = time.perf_counter() - begun
        self.longest = max(self.longest, (spent, self.last[-1]))
        if spent > FROZEN:
            self.faults.found.append(f"the window stood still for {spent:.1f} s")

    def _choice(self) -> tuple[str, Callable[[], None]]:
        weighted: dict[str, tuple[Callable[[], None], int]] = {
            "drag": (self.drag, 30),
            "move": (self.move, 12),
            "click": (self.click, 12),
            "wheel": (self.wheel, 8),
            "letter": (self.letter, 10),
            "key": (self.other_key, 8),
            "enter": (self.enter, 4),
            "fill": (self.fill, 5),
            "control": (self.control, 6),
            "action": (self.action, 6),
            "resize": (self.resize, 1),
            "open": (self.open, 1),
        }
        what = self.chance.choices(list(weighted), [weight for _, weight in weighted.values()])[0]
        return what, weighted[what][0]

    def anywhere(self) -> QPoint:
        """A place in the window, more often than not over the picture."""
        widget = self.canvas if self.canvas.isVisible() and self.chance.random() < 0.8 else self.window
        place = QPoint(self.chance.randrange(max(1, widget.width())), self.chance.randrange(max(1, widget.height())))
        place = widget.mapTo(self.window, place)
        return QPoint(min(place.x(), self.window.width() - 1), min(place.y(), self.window.height() - 1))

    def near(self, place: QPoint) -> QPoint:
        """A little further on, within the window."""
        x, y = place.x() + self.chance.randrange(-50, 51), place.y() + self.chance.randrange(-50, 51)
        return QPoint(min(max(x, 0), self.window.width() - 1), min(max(y, 0), self.window.height() - 1))

    def modifiers(self) -> Qt.KeyboardModifier:
        """Mostly none."""
        return self.chance.choices([NONE, SHIFT, ALT, CTRL], [12, 3, 2, 1])[0]

    def drag(self, button: Qt.MouseButton | None = None, held: Qt.KeyboardModifier | None = None) -> None:
        """Press, wander, let go: a stroke, a shape, a pan, a split, by whatever is in hand."""
        handle, held = self.window.windowHandle(), self.modifiers() if held is None else held
        button = button or self.chance.choices([LEFT, MIDDLE, RIGHT], [9, 1, 1])[0]
        place = self.anywhere()
        QTest.mousePress(handle, button, held, place)
        for _ in range(self.chance.randrange(12)):
            place = self.anywhere() if self.chance.random() < 0.2 else self.near(place)
            self._live(lambda place=place: QTest.mouseMove(handle, place))
            if self.chance.random() < 0.05:
                self._live(self.other_key)
        QTest.mouseRelease(handle, button, held, place)

    def move(self) -> None:
        """Only look."""
        QTest.mouseMove(self.window.windowHandle(), self.anywhere())

    def click(self) -> None:
        """On anything."""
        kind = QTest.mouseDClick if self.chance.random() < 0.15 else QTest.mouseClick
        kind(self.window.windowHandle(), LEFT, self.modifiers(), self.anywhere())

    def wheel(self) -> None:
        """Zoom."""
        self.driver.wheel(QPointF(self.anywhere()), self.chance.choice([-3, -1, 1, 3]))

    def letter(self) -> None:
        """A tool or a switch."""
        QTest.keyClick(self.window.windowHandle(), self.chance.choice(KEYS), self.chance.choices([NONE, SHIFT], [4, 1])[0])

    def other_key(self) -> None:
        """A key with a name."""
        QTest.keyClick(self.window.windowHandle(), getattr(Qt.Key, f"Key_{self.chance.choice(OTHERS)}"), self.modifiers())

    def enter(self) -> None:
        """Fill what is painted, or go on and stop."""
        self.canvas.setFocus()
        QTest.keyClick(self.window.windowHandle(), Qt.Key.Key_Return, self.chance.choices([NONE, SHIFT], [3, 1])[0])

    def fill(self) -> None:
        """Brush over a little, press Enter, and now and then wait for what comes."""
        if self.desk.document.photograph is None:
            return
        if self.chance.random() < 0.5:
            self.canvas.fit()
        self.desk.toolbox.choose("brush")
        self.desk.toolbox.set_size(self.chance.randrange(8, 120) / self.canvas.viewport.scale)
        self.drag(LEFT, NONE)
        self.enter()
        if self.chance.random() < 0.6:
            until = time.perf_counter() + 3
            while self.desk.filling.running and time.perf_counter() < until:
                self._live()
                time.sleep(0.002)

    def control(self) -> None:
        """Undo, redo, copy, paste, save, zoom."""
        key = self.chance.choice(CONTROL)
        QTest.keyClick(self.window.windowHandle(), key, CTRL | SHIFT if self.chance.random() < 0.2 else CTRL)

    def action(self) -> None:
        """Anything of the menus."""
        action = self.chance.choice([one for one in self.desk.actions.all() if one.isEnabled()])
        self.last[-1] += f" {action.objectName()}"
        action.trigger()

    def resize(self) -> None:
        """Another size."""
        self.window.resize(self.chance.randrange(1100, 1700), self.chance.randrange(700, 1100))

    def open(self) -> None:
        """Another photograph."""
        self.desk.filing.open(self.chance.choice(self.files))

    # What it asks back

    def answer(self) -> None:
        """Close what stands open: menus, questions, names."""
        for _ in range(20):
            popup, dialog = QApplication.activePopupWidget(), QApplication.activeModalWidget() or self.window.dialogs.current
            if popup is not None:
                QTest.keyClick(popup, Qt.Key.Key_Escape)
                popup.close()
            elif isinstance(dialog, QMessageBox):
                self.chance.choice(dialog.buttons()).click()
            elif dialog is not None:
                self._name(dialog)
            elif beside := [one for one in QApplication.topLevelWidgets() if one.isVisible() and one is not self.window]:
                beside[0].close()
            elif not self.window.isActiveWindow():
                self.window.activateWindow()
                self.canvas.setFocus()
            else:
                return
            self.driver.qt.processEvents()
        self.faults.found.append(f"a dialog does not close: {self.window.dialogs.current}")

    def _name(self, dialog: QDialog) -> None:
        if not isinstance(dialog, QFileDialog) or self.chance.random() < 0.3:
            dialog.reject()
        elif dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave:
            self.saves += 1
            name = f"saved {self.saves}" + (
                "" if dialog.windowTitle().startswith("Export") else self.chance.choice([".jpg", ".png", ".tif"])
            )
            self._accept(dialog, self.folder / name)
        else:
            self._accept(dialog, self.chance.choice(self.files))

    def _accept(self, dialog: QFileDialog, path: Path) -> None:
        """Choose a name. What Qt itself asks about it then (it waits for the answer) is answered too."""
        asks = QTimer(dialog, interval=100)

        def answer() -> None:
            asked = QApplication.activeModalWidget()
            if isinstance(asked, QMessageBox) and asked is not self.window.dialogs.current:
                self.chance.choice(asked.buttons()).click()

        asks.timeout.connect(answer)
        asks.start()
        dialog.selectFile(str(path))
        dialog.accept()

    def rest(self) -> None:
        """Stop and close everything; what memory holds then."""
        self.desk.filling.stop()
        self.desk.filing.close()
        for _ in range(50):
            self.driver.still(0.05)
            self._discard()
            if self.desk.document.photograph is None and not self.desk.filling.running and not self.desk.filing.busy:
                break
            if not self.desk.filing.busy and self.window.dialogs.current is None:
                self.desk.filing.close()
        else:
            self.faults.found.append("the photograph could not be closed")
        self.driver.still(0.5)
        gc.collect()
        trim()
        self.rests.append(self.driver.memory)
        print(
            f"{self.acts} acts, {self.fills} fills, {self.saves} saves; {self.rests[-1]:.0f} MiB at rest; "
            f"the longest turn {1000 * self.longest[0]:.0f} ms ({self.longest[1]})",
            flush=True,
        )
        self.longest = (0.0, "")

    def _discard(self) -> None:
        dialog = self.window.dialogs.current
        if isinstance(dialog, QMessageBox):
            role = QMessageBox.ButtonRole.DestructiveRole
            chosen = [one for one in dialog.buttons() if dialog.buttonRole(one) == role] or dialog.buttons()
            chosen[0].click()
        elif dialog is not None:
            dialog.reject()


def main() -> int:
    """Soak; the exit code says whether anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    asked = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in HELD.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | HELD)  # it reads them once, at its start
    print(f"seed {asked.seed}", flush=True)
    faulthandler.enable()
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        soak = Soak(asked.seed, Path(folder))
        fine = soak.run(asked.minutes)
    if not fine:
        print("\n".join(soak.faults.found), f"\nlast acts: {', '.join(soak.last)}\nseed {asked.seed}", sep="\n", file=sys.stderr)
    print("passed" if fine else "failed", flush=True)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
