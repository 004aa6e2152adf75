"""What is remembered from one start to the next; whatever cannot be read is as if it had never been there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QByteArray, QSettings

from app.display import CHOICES

if TYPE_CHECKING:
    from app.display import Display
    from app.toolbox import Toolbox

MOST_RECENT = 6
NARROWEST, WIDTH, WIDEST = 288, 320, 480
"""Of the panel."""
SHOWN = ("theme", "surround", "mask_colour")
"""Attributes of the display that are remembered."""


class Settings:
    """Window, recent files, looks, and brush, in a file of the user's own."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Inlay", "Inlay")

    # Recent files

    @property
    def recent(self) -> list[Path]:
        """Files opened lately, the last first."""
        found: Any = self._store.value("recent")
        # A list of one comes back as a text.
        texts = cast("list[Any]", found if isinstance(found, list) else [found])
        return [Path(text) for text in texts if isinstance(text, str) and text and "\0" not in text][:MOST_RECENT]

    def add_recent(self, path: Path) -> None:
        """A file was opened."""
        path = path.absolute()
        self._store.setValue("recent", [str(one) for one in [path, *(one for one in self.recent if one != path)]][:MOST_RECENT])

    def forget_recent(self, path: Path) -> None:
        """A file is no longer there."""
        self._store.setValue("recent", [str(one) for one in self.recent if one != path.absolute()])

    # The window

    def geometry(self, screen: str) -> QByteArray | None:
        """Place and size of the window on a screen, as `QWidget.saveGeometry` gave them."""
        found: Any = self._store.value(_window(screen))
        return found if isinstance(found, QByteArray) and not found.isEmpty() else None

    def set_geometry(self, screen: str, geometry: QByteArray) -> None:
        """Remember them."""
        self._store.setValue(_window(screen), geometry)

    @property
    def panel_width(self) -> int:
        """In device-independent pixels."""
        return round(self._number("panel", WIDTH, NARROWEST, WIDEST))

    @panel_width.setter
    def panel_width(self, width: int) -> None:
        self._store.setValue("panel", width)

    # What is shown and held

    def follow(self, display: Display, toolbox: Toolbox) -> None:
        """Put display and toolbox back as they were left, and remember them from now on."""
        for name in SHOWN:
            value: Any = self._store.value(name)
            if value in CHOICES[name]:
                display.set(name, value)
        toolbox.set_size(self._number("brush/size", toolbox.size, 1, 5000))
        toolbox.set_hardness(self._number("brush/hardness", toolbox.hardness, 0, 1))

        def shown(name: str) -> None:
            if name in SHOWN:
                self._store.setValue(name, getattr(display, name))

        display.changed.connect(shown)
        toolbox.changed.connect(lambda: self._held(toolbox))

    def _held(self, toolbox: Toolbox) -> None:
        self._store.setValue("brush/size", toolbox.size)
        self._store.setValue("brush/hardness", toolbox.hardness)

    def _number(self, key: str, default: float, least: float, most: float) -> float:
        """A number within its bounds; the default where there is none."""
        found: Any = self._store.value(key)
        try:
            number = float(found)
        except (TypeError, ValueError):
            return default
        return number if least <= number <= most else default


def _window(screen: str) -> str:
    """A key cannot hold slashes."""
    return "window/" + screen.replace("/", "-").replace("\\", "-")
