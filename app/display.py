"""How things are shown: nothing of it changes a pixel."""

from __future__ import annotations

from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Signal

Sight: TypeAlias = str | int
""""original", "current", or the index of a candidate of the choice that is shown."""

CHOICES: dict[str, tuple[Any, ...]] = {
    "mask_colour": ("red", "blue", "green", "hatch"),
    "surround": ("theme", "black", "grey", "white"),
    "theme": ("system", "dark", "light"),
    "compare": ("single", "split", "side"),
    "page": ("fill", "reference", "evidence"),
}
"""The values of what can be one of several."""


class Display(QObject):
    """What is shown and how; `set` changes one of its attributes and says so."""

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mask_shown = True
        self.mask_colour = "red"
        self.surround = "theme"
        self.theme = "system"
        self.compare = "single"
        """"side": the photograph beside the chosen reference, or, where there is none, the original beside what it is now."""
        self.split_at = 0.5
        """Share of the picture's width at which a split's line stands."""
        self.left: Sight = "original"
        self.right: Sight = "current"
        self.original_held = False
        self.lines = False
        """Whether lines between both photographs show what matches in them, side by side."""
        self.anchors = False
        """Whether the places on which a mapping field rests are marked."""
        self.cells = True
        """Whether the cells of a fill that knows its patches are outlined."""
        self.attention = False
        """Whether what counts for the cell that is looked at lies over the photograph."""
        self.panel = True
        self.chrome = True
        """Rail, panel and status; Tab hides them."""
        self.page = "fill"

    def set(self, name: str, value: Any) -> None:
        """Change an attribute. Raises ValueError for a value it cannot have."""
        if name in CHOICES and value not in CHOICES[name]:
            raise ValueError(f"{name} is one of {CHOICES[name]}, not {value!r}")
        if getattr(self, name) != value:
            setattr(self, name, value)
            self.changed.emit(name)
