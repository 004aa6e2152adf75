"""Photographs to and from the clipboard and what is dropped on the window, with their profile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QColorSpace, QDropEvent, QGuiApplication, QImage

from engine.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QWidget

    from app.adding import Adding
    from app.filing import Filing

FORMAT = QImage.Format
_DEEP = {FORMAT.Format_Grayscale16, FORMAT.Format_RGBA64, FORMAT.Format_RGBX64, FORMAT.Format_RGBA64_Premultiplied}
_GREY = {FORMAT.Format_Grayscale8, FORMAT.Format_Grayscale16}
_KINDS = {
    (1, 8): FORMAT.Format_Grayscale8,
    (1, 16): FORMAT.Format_Grayscale16,
    (3, 8): FORMAT.Format_RGB888,
    (4, 8): FORMAT.Format_RGBA8888,
    (4, 16): FORMAT.Format_RGBA64,
}
"""By channels and depth; Qt has no three channels of 16 bits, and no grey with alpha."""


def image_of(picture: Picture) -> QImage:
    """The picture as Qt holds it: the same values and depth, its profile where Qt can read it."""
    pixels: Any = picture.pixels if picture.pixels.ndim == 3 else picture.pixels[..., None]
    if pixels.shape[2] == 2:
        pixels = pixels[..., [0, 0, 0, 1]]
    if pixels.shape[2] == 3 and picture.depth == 16:
        pixels = np.concatenate([pixels, np.full_like(pixels[..., :1], 65_535)], axis=2)
    pixels = np.ascontiguousarray(pixels)
    kind = _KINDS[pixels.shape[2], picture.depth]
    height, width = picture.size
    image = QImage(pixels.data, width, height, pixels.strides[0], kind).copy()
    profile = QColorSpace.fromIccProfile(picture.icc) if picture.icc else QColorSpace()
    if profile.isValid() and (profile.colorModel() == QColorSpace.ColorModel.Gray) == (kind in _GREY):
        image.setColorSpace(profile)
    return image


def picture_of(image: QImage) -> Picture | None:
    """What Qt holds as a picture; None where it holds nothing. Alpha that hides nothing is left out."""
    if image.isNull():
        return None
    deep, grey = image.format() in _DEEP or image.depth() > 32, image.format() in _GREY
    channels = 1 if grey else 4
    kind = _KINDS[channels, 16 if deep else 8]
    held = image if image.format() == kind else image.convertToFormat(kind)
    pixels = _values(held, channels, np.uint16 if deep else np.uint8)
    if not grey and not (image.hasAlphaChannel() and (pixels[..., 3] < np.iinfo(pixels.dtype).max).any()):
        pixels = pixels[..., :3]
    icc = bytes(image.colorSpace().iccProfile().data()) if image.colorSpace().isValid() else b""
    return Picture(np.array(pixels, order="C"), icc or None)


def _values(image: QImage, channels: int, dtype: Any) -> Any:
    """A view of its pixels, (H, W) or (H, W, channels)."""
    lines = np.frombuffer(image.constBits(), dtype).reshape(image.height(), -1)
    values = lines[:, : image.width() * channels]
    return values if channels == 1 else values.reshape(image.height(), image.width(), channels)


def copy(filing: Filing) -> None:
    """The photograph as it is now, to the clipboard."""
    picture = filing.copied()
    if picture is not None:
        QGuiApplication.clipboard().setImage(image_of(picture))


def paste(filing: Filing) -> None:
    """Open what is on the clipboard: files that were copied, or a picture."""
    taken: QMimeData | None = QGuiApplication.clipboard().mimeData()
    taken = taken or QMimeData()  # an empty clipboard has none
    files = _files(taken)
    if files:
        filing.drop(files)
    else:
        filing.paste(picture_of(_image(taken)))


def paste_reference(adding: Adding) -> None:
    """Take what is on the clipboard as a reference."""
    taken: QMimeData | None = QGuiApplication.clipboard().mimeData()
    taken = taken or QMimeData()
    files = _files(taken)
    if files:
        adding.add(files)
    else:
        adding.paste(picture_of(_image(taken)))


def _files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _image(data: QMimeData) -> QImage:
    found: Any = data.imageData() if data.hasImage() else None
    return found if isinstance(found, QImage) else QImage()


class Drops(QObject):
    """Takes what is dropped on a window: files, or a picture from another program; to be opened, or to be a reference.

    `is_reference` says which, given where in the window it is held, and whether Shift is down.
    """

    hovering = Signal(str)
    """What letting go would do: "open" or "reference"; empty: nothing of use is held over the window any more."""

    def __init__(self, window: QWidget, filing: Filing, adding: Adding, is_reference: Callable[[QPoint, bool], bool]) -> None:
        super().__init__(window)
        self._filing, self._adding, self._is_reference = filing, adding, is_reference
        self._held = ""
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drags that hold nothing of use go on to whoever else wants them."""
        del watched
        if isinstance(event, QDropEvent):  # entering, moving and dropping
            data = event.mimeData()
            if not (data.hasUrls() or data.hasImage()):
                return False
            event.acceptProposedAction()
            use = self._use(event)
            if event.type() == QEvent.Type.Drop:
                self._hold("")
                self._take(data, use)
            else:
                self._hold(use)
            return True
        if event.type() == QEvent.Type.DragLeave:
            self._hold("")
        return False

    def _use(self, event: QDropEvent) -> str:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        several = len(event.mimeData().urls()) > 1 and self._adding.possible
        return "reference" if several or self._is_reference(event.position().toPoint(), shift) else "open"

    def _hold(self, use: str) -> None:
        if use != self._held:
            self._held = use
            self.hovering.emit(use)

    def _take(self, data: QMimeData, use: str) -> None:
        files, picture = _files(data), picture_of(_image(data))
        if use == "reference" and (files or picture is not None):
            if files:
                self._adding.add(files)
            else:
                self._adding.paste(picture)
        elif files or picture is None:
            self._filing.drop(files)
        else:
            self._filing.paste(picture)
