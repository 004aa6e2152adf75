"""Small pictures of parts of the photograph, for the panel: a patch with its surroundings, a result in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter

from app.choice import composed
from app.view.canvas.colours import Colours
from app.view.canvas.pyramid import premultiplied
from app.view.theme import MASK_SHARE
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.choice import Candidate, Choice
    from app.document import Document
    from engine.picture import Patch
    from engine.retrieved import RetrievedPatches

AROUND = 0.3
"""Of a hole's sides, so much of its surroundings is seen on each side of a result."""

LEAST = 24
"""And at least so many pixels."""

FINER = 3
"""How many pixels of the photograph, down and across, go into one of a small picture at most."""


class Excerpts(QObject):
    """The open photograph's parts in the screen's colours. Results are drawn once and kept."""

    changed = Signal()
    """What was drawn may look different now."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._results: dict[tuple[int, tuple[int, int]], tuple[Patch, Choice, QImage]] = {}
        self._colours = Colours(None)
        document.opened.connect(self._opened)
        document.pixels_changed.connect(self._pixels_changed)
        document.choices_changed.connect(self._tidy)
        self._opened()

    @Slot()
    def _opened(self) -> None:
        photograph = self._document.photograph
        self._results.clear()
        self._colours = Colours(photograph.icc if photograph else None)

    @Slot(object)
    def _pixels_changed(self, box: Box) -> None:
        """Results around which another hole was filled look different; in its own hole a result has its own pixels."""
        stale = [
            key
            for key, (_, choice, image) in self._results.items()
            if box != choice.box and self.around(choice.box, _shape(image)).common(box)
        ]
        for key in stale:
            del self._results[key]
        if stale:
            self.changed.emit()

    @Slot()
    def _tidy(self) -> None:
        """Forget results that nothing leads to any more."""
        there = {id(choice) for choice in self._document.choices} | {id(self._document.shown)}
        self._results = {key: kept for key, kept in self._results.items() if id(kept[1]) in there}

    # A part as it is now

    def part(self, box: Box, origin: str = "") -> tuple[QImage, Box] | None:
        """What lies in a box, pixel for pixel, and the box as far as the photograph reaches; None outside it.

        `origin` is empty for the photograph itself, or the name of a reference.
        """
        if origin:
            return self._part_of_reference(box, origin)
        photograph = self._document.photograph
        common = box.common(photograph.box) if photograph else None
        if photograph is None or common is None:
            return None
        return self._colours.image(photograph.pixels(common)), common

    def _part_of_reference(self, box: Box, name: str) -> tuple[QImage, Box] | None:
        companion = self._document.references.named(name)
        common = box.common(companion.picture.box) if companion else None
        if companion is None or common is None:
            return None
        return Colours(companion.picture.icc).image(companion.picture.pixels[common.slices]), common

    def staged(self, known: Sequence[RetrievedPatches], stage: str, box: Box, step: int = 1) -> tuple[QImage, Box] | None:
        """The same as it looked at a stage of the fills that are known, every `step`th row and column; at one they have not kept: as it is."""
        photograph = self._document.photograph
        common = box.common(photograph.box) if photograph else None
        if photograph is None or common is None:
            return None
        pixels = photograph.pixels(common, step)
        pixels = pixels.copy()
        for one in known:
            if stage in one.stages:
                _overlay(pixels, one.pixels.spread(one.values[one.stages.index(stage)], common, step))
        return self._colours.image(pixels), common

    def unfilled(self, choice: Choice, box: Box, step: int, tint: str) -> tuple[QImage, Box] | None:
        """The same without a fill, its hole tinted as a mask is."""
        photograph = self._document.photograph
        common = box.common(photograph.box) if photograph else None
        inside = choice.box.common(common) if common else None
        if photograph is None or common is None or inside is None:
            return None
        others = [one for one in self._document.choices if one is not choice]
        image = self._colours.image(np.ascontiguousarray(composed(photograph, others, common)[::step, ::step]))
        shares = np.zeros(common.size, np.uint8)
        part = choice.coverage[inside.moved(-choice.box.top, -choice.box.left).slices]
        shares[inside.moved(-common.top, -common.left).slices] = part * np.float32(MASK_SHARE)
        _tint(image, np.ascontiguousarray(shares[::step, ::step]), tint)
        return image, common

    # Results

    def result(self, choice: Choice, candidate: Candidate, size: tuple[int, int]) -> QImage:
        """A result with its surroundings.

        Args:
            choice: the hole.
            candidate: one of its results.
            size: height and width of the picture that comes out.
        """
        key = id(candidate.patch), size  # kept are patches, not candidates: these may hold much evidence, which may be let go
        if key not in self._results:
            self._results[key] = candidate.patch, choice, self._drawn(choice, candidate, size)
        return self._results[key][2]

    def _drawn(self, choice: Choice, candidate: Candidate, size: tuple[int, int]) -> QImage:
        photograph = self._document.photograph
        assert photograph is not None
        around = self.around(choice.box, size)
        step = max(1, around.height // (FINER * size[0]))
        pixels = photograph.pixels(around, step).copy()
        _put(pixels, around, step, candidate, choice)
        has_alpha = photograph.has_alpha
        small = _resized(premultiplied(pixels) if has_alpha else pixels, size)
        return self._colours.image(small, premultiplied=has_alpha)

    def around(self, hole: Box, size: tuple[int, int]) -> Box:
        """A box of that shape around a hole, moved into the photograph; where the photograph is smaller, as large as that."""
        photograph = self._document.photograph
        assert photograph is not None
        room = hole.grown(max(LEAST, round(AROUND * hole.height)), max(LEAST, round(AROUND * hole.width)))
        shape = size[1] / size[0]
        height, width = max(room.height, round(room.width / shape)), max(room.width, round(room.height * shape))
        fits = min(1.0, photograph.size[0] / height, photograph.size[1] / width)
        height, width = max(1, int(height * fits)), max(1, int(width * fits))
        top = min(max(room.top + (room.height - height) // 2, 0), photograph.size[0] - height)
        left = min(max(room.left + (room.width - width) // 2, 0), photograph.size[1] - width)
        return Box(top, left, height, width)


def _tint(image: QImage, shares: NDArray[np.uint8], colour: str) -> None:
    """Lay a colour over an image, as much as the shares (h, w) of 255 say."""
    over = QImage(image.size(), QImage.Format.Format_ARGB32)
    over.fill(QColor(colour))
    height, width = shares.shape
    over.setAlphaChannel(QImage(shares.data, width, height, width, QImage.Format.Format_Grayscale8))
    painter = QPainter(image)
    painter.drawImage(0, 0, over)
    painter.end()


def _overlay(pixels: NDArray[Any], values: NDArray[np.float32]) -> None:
    """Write levels of 255 into the colours of pixels, of whichever depth, where there are any."""
    colours = pixels.reshape(*pixels.shape[:2], -1)
    there, count = np.isfinite(values[..., 0]), 3 if colours.shape[2] > 2 else 1
    levels = np.rint(values[there][:, :count] * (np.iinfo(pixels.dtype).max // 255))
    colours[..., :count][there] = levels.astype(pixels.dtype)


def _shape(image: QImage) -> tuple[int, int]:
    return image.height(), image.width()


def _put(pixels: NDArray[Any], around: Box, step: int, candidate: Candidate, choice: Choice) -> None:
    """Write a result where it belongs into every `step`th pixel of what lies around it."""
    patch = candidate.patch
    common = patch.box.common(around)
    if common is None:
        return
    # The first row and column of the patch that are among those of `pixels`.
    down, across = -(common.top - around.top) % step, -(common.left - around.left) % step
    top, left = (common.top - around.top + down) // step, (common.left - around.left + across) // step
    inside = common.moved(-patch.box.top, -patch.box.left)
    rows, columns = slice(inside.top + down, inside.bottom, step), slice(inside.left + across, inside.right, step)
    new, hole = patch.pixels[rows, columns], choice.hole[rows, columns]
    pixels[top : top + new.shape[0], left : left + new.shape[1]][hole] = new[hole]


def _resized(pixels: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """The same at another size: means where it gets smaller, smooth where it gets larger."""
    how = cv2.INTER_AREA if pixels.shape[0] >= size[0] else cv2.INTER_CUBIC
    resized = cv2.resize(np.ascontiguousarray(pixels), size[::-1], interpolation=how)
    return np.asarray(resized, pixels.dtype).reshape(*size, *pixels.shape[2:])
