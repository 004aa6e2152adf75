"""Patches that do not stand in the photograph and are seen in it: the running fill so far, and another result in a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.view.canvas.pyramid import Variant

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.filling import Filling
    from app.photograph import Photograph
    from app.view.canvas.pyramid import Pyramid
    from engine.geometry import Box
    from engine.picture import Patch

PAUSE = 33
"""Milliseconds between two levels of a running fill that are shown: at most 30 a second."""


def pasted(pyramid: Pyramid, photograph: Photograph, patch: Patch, hole: NDArray[Any] | None = None) -> Variant:
    """The photograph as it is now with a patch in it, where `hole` (the patch's box, bool) is set, or all of it."""

    def differs(box: Box) -> bool:
        return patch.box.common(box) is not None

    def read(box: Box) -> NDArray[Any]:
        pixels = photograph.pixels(box).copy()
        common = patch.box.common(box)
        if common is not None:
            there, here = common.moved(-box.top, -box.left).slices, common.moved(-patch.box.top, -patch.box.left).slices
            where = slice(None) if hole is None else hole[here]
            pixels[there][where] = patch.pixels[here][where]
        return pixels

    return Variant(pyramid, differs, read)


class Preview(QObject):
    """The running fill so far: what comes too quickly to be seen is left out, the last is always shown."""

    came = Signal()
    """`patch` is another one."""

    def __init__(self, filling: Filling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.patch: Patch | None = None
        self._next: Patch | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._paused)
        filling.previewed.connect(self._previewed)

    @Slot(object)
    def _previewed(self, patch: Patch | None) -> None:
        if patch is not None and self._pause.isActive():
            self._next = patch
            return
        self._next = None
        self._show(patch)

    @Slot()
    def _paused(self) -> None:
        patch, self._next = self._next, None
        if patch is not None:
            self._show(patch)

    def _show(self, patch: Patch | None) -> None:
        self.patch = patch
        if patch is None:
            self._pause.stop()
        else:
            self._pause.start()
        self.came.emit()
