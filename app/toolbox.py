"""The tool in hand, and its size and hardness."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

TOOLS = ("brush", "eraser", "lasso", "rectangle", "area", "points", "inspect", "hand")
SMALLEST, LARGEST = 1.0, 5000.0
"""Diameters, in pixels of the picture."""


class Toolbox(QObject):
    """Which tool is in hand. A tool can be held for a moment (Space: the hand) over the one that was chosen."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chosen = "brush"
        self.size = 64.0
        self.hardness = 1.0
        self._held: str | None = None

    @property
    def tool(self) -> str:
        """The one in hand."""
        return self._held or self.chosen

    def choose(self, tool: str) -> None:
        """Take another tool."""
        assert tool in TOOLS, tool
        self.chosen, self._held = tool, None
        self.changed.emit()

    def hold(self, tool: str) -> None:
        """Take a tool until it is released."""
        self._held = tool
        self.changed.emit()

    def release(self) -> None:
        """Back to the chosen tool."""
        if self._held is not None:
            self._held = None
            self.changed.emit()

    def set_size(self, size: float) -> None:
        """The brush's diameter in pixels of the picture."""
        self.size = min(max(size, SMALLEST), LARGEST)
        self.changed.emit()

    def set_hardness(self, hardness: float) -> None:
        """From 0, falling off from the middle, to 1, with a sharp edge."""
        self.hardness = min(max(hardness, 0.0), 1.0)
        self.changed.emit()

    def smaller(self) -> None:
        """A fifth less, and at least a pixel."""
        self.set_size(min(round(self.size / 1.2), self.size - 1))

    def larger(self) -> None:
        """A fifth more, and at least a pixel."""
        self.set_size(max(round(self.size * 1.2), self.size + 1))

    def softer(self) -> None:
        """A quarter softer."""
        self.set_hardness(self.hardness - 0.25)

    def harder(self) -> None:
        """A quarter harder."""
        self.set_hardness(self.hardness + 0.25)

    def swap(self) -> None:
        """Eraser for brush, and brush for anything else."""
        self.choose("eraser" if self.chosen == "brush" else "brush")
