"""How pixels look on this screen: depth, layout and profile of a photograph, turned into what Qt draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtGui import QColorSpace, QImage

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FORMATS = {
    (1, 8): QImage.Format.Format_Grayscale8,
    (1, 16): QImage.Format.Format_Grayscale16,
    (3, 8): QImage.Format.Format_RGB888,
    (4, 8): QImage.Format.Format_RGBA8888,
    (4, 16): QImage.Format.Format_RGBA64,
}
_PREMULTIPLIED = {
    QImage.Format.Format_RGBA8888: QImage.Format.Format_RGBA8888_Premultiplied,
    QImage.Format.Format_RGBA64: QImage.Format.Format_RGBA64_Premultiplied,
}
OPAQUE, CLEAR = QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32_Premultiplied
"""What comes out: the formats that a window draws without converting."""

SRGB = QColorSpace(QColorSpace.NamedColorSpace.SRgb)


class Colours:
    """From a photograph's encoded values to the screen's. Without a profile they are taken for sRGB."""

    def __init__(self, icc: bytes | None, screen: QColorSpace | None = None) -> None:
        space = QColorSpace.fromIccProfile(icc) if icc else SRGB
        self.understood = space.isValid()
        """Whether Qt can use the profile; what it cannot use is shown as if it were sRGB."""
        self._space = space if self.understood else SRGB
        self._screen = screen if screen is not None and screen.isValid() else SRGB

    def image(self, pixels: NDArray[Any], *, premultiplied: bool = False) -> QImage:
        """An image of its own memory, `OPAQUE` or, where there is alpha, `CLEAR`."""
        channels = 1 if pixels.ndim == 2 else pixels.shape[2]
        if channels == 2:
            return self._grey_with_alpha(pixels, premultiplied=premultiplied)
        image = _wrapped(pixels)
        if premultiplied and channels == 4:
            image.reinterpretAsFormat(_PREMULTIPLIED[image.format()])
        return self._shown(image, CLEAR if channels == 4 else OPAQUE)

    def _shown(self, image: QImage, form: QImage.Format) -> QImage:
        space = self._space
        grey = image.format() in {QImage.Format.Format_Grayscale8, QImage.Format.Format_Grayscale16}
        if grey != (space.colorModel() == QColorSpace.ColorModel.Gray):
            space = SRGB  # a profile of another model than the pixels says nothing about them
        if space == self._screen or (grey and space == SRGB):
            return image.convertToFormat(form)
        if form == CLEAR:
            # Qt multiplies with alpha before it converts where it is asked for both at once: two steps.
            image = image.convertToFormat(QImage.Format.Format_ARGB32 if image.depth() == 32 else QImage.Format.Format_RGBA64)
        image.setColorSpace(space)
        image.convertToColorSpace(self._screen)
        return image.convertToFormat(form)

    def _grey_with_alpha(self, pixels: NDArray[Any], *, premultiplied: bool) -> QImage:
        grey, alpha = pixels[..., 0], pixels[..., 1]
        if premultiplied:
            most = int(np.iinfo(pixels.dtype).max)
            grey = np.minimum(grey.astype(np.uint32) * most // np.maximum(alpha, 1), most).astype(pixels.dtype)
        image = self._shown(_wrapped(grey), OPAQUE)
        image.setAlphaChannel(_wrapped(alpha).convertToFormat(QImage.Format.Format_Grayscale8))
        return image.convertToFormat(CLEAR)


def _wrapped(pixels: NDArray[Any]) -> QImage:
    """The same memory as an image; the image keeps the array."""
    if pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.dtype == np.uint16:
        wide = np.full((*pixels.shape[:2], 4), 65535, np.uint16)
        wide[..., :3] = pixels
        pixels, form = wide, QImage.Format.Format_RGBX64
    else:
        form = _FORMATS[1 if pixels.ndim == 2 else pixels.shape[2], pixels.dtype.itemsize * 8]
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], form)
