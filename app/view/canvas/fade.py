"""What goes fades within a moment; at once where the system has animations off."""

from __future__ import annotations

from PySide6.QtCore import QObject, QVariantAnimation, Signal, Slot
from PySide6.QtWidgets import QApplication, QStyle

FADE = 120
"""Milliseconds."""


class Fade(QObject):
    """From seen to gone, once each time it begins."""

    stepped = Signal()
    """`opacity` is another."""
    gone = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.opacity = 0.0
        self._way = QVariantAnimation(self, startValue=1.0, endValue=0.0, duration=FADE)
        self._way.valueChanged.connect(self._step)
        self._way.finished.connect(self._end)

    def begin(self) -> bool:
        """Fade from now on; whether it does."""
        if QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) <= 0:
            return False
        self._way.start()
        return True

    def stop(self) -> None:
        """Be gone now."""
        self._way.stop()
        self.opacity = 0.0

    @Slot(object)
    def _step(self, opacity: float) -> None:
        self.opacity = opacity
        self.stepped.emit()

    @Slot()
    def _end(self) -> None:
        self.opacity = 0.0
        self.gone.emit()
