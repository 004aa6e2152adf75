"""Pictures of a written evidence that show two photographs side by side: the filled one, and one that it was filled from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from engine.drawing import label_colours, vector_colours
from engine.files.evidence_figures import Sample, View, hole_figure, photograph
from engine.files.evidence_keys import PANEL, TEXT, badge, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.geometry import Box
    from engine.mapping import MappingField
    from engine.picture import Mask, Picture

_HEIGHT, _WIDTH = 640, 900
"""Pixels of each photograph at most; both are drawn equally high unless one is that wide."""
_BETWEEN, _ABOVE = 24, 44
MOST_ANCHORS = 600


class _Panel:
    """A part of a photograph as it is drawn: its picture, and where it lies in the figure."""

    def __init__(self, image: Image.Image, view: View) -> None:
        ratio = min(_HEIGHT / image.height, _WIDTH / image.width)
        size = (max(1, round(image.width * ratio)), max(1, round(image.height * ratio)))
        self.image, self._view = image.resize(size, Image.Resampling.LANCZOS), view
        self._down, self._across = size[1] / image.height, size[0] / image.width
        self.left = 0

    def at(self, row: float, column: float) -> tuple[float, float]:
        """Where the centre of a pixel of the photograph is drawn: across, down."""
        across, down = self._view.at(row, column)
        return across * self._across + self.left, down * self._down + _ABOVE


def sources_figure(result: Picture, reference: Picture, name: str, number: int, shown: Sequence[Sample], hole: Box) -> Image.Image:
    """The filled hole, left, and the part of a reference that it came from, right; a line joins each numbered pixel to its source.

    Args:
        result: the filled picture.
        reference: the photograph that the samples came from.
        name: what it is called.
        number: which of the references it is, from 1: the colour of its lines.
        shown: the samples.
        hole: the smallest box around the hole.
    """
    around = shown[0].source.patch
    for one in shown:
        around = around.joined(one.source.patch)
    mine = _panel(result, View.of(hole, result.box, max(24, max(hole.size) // 5)))
    theirs = _panel(reference, View.of(around, reference.box, max(12, max(around.size) // 4)))
    image = _side_by_side((mine, "Filled"), (theirs, name))
    pen = ImageDraw.Draw(image)
    red, green, blue, _ = (int(part) for part in label_colours(np.full((1, 1), number, np.float32))[0, 0])
    ends = [(mine.at(one.row, one.column), theirs.at(one.source.place.box.top, one.source.place.box.left)) for one in shown]
    for two in ends:
        pen.line(two, fill=(0, 0, 0), width=4)
        pen.line(two, fill=(red, green, blue), width=2)
    for one, two in zip(shown, ends, strict=True):
        badge(pen, two[0], one.number)
        badge(pen, two[1], one.number)
    return image


def anchors_figure(picture: Picture, mask: Mask, field: MappingField, other: tuple[Picture, str] | None) -> Image.Image:
    """The picture with the anchors of a mapping field as dots, and the reference in which all of them lie, if it is one, with its name.

    An anchor has one colour in both, by where it lies in the picture.
    """
    whole = View.of(picture.box, picture.box, 0)
    panels = [(_Panel(hole_figure(picture, mask, whole), whole), "This photograph")]
    if other is not None:
        panels.append((_panel(other[0], View.of(other[0].box, other[0].box, 0)), other[1]))
    image = _side_by_side(*panels)
    pen = ImageDraw.Draw(image)
    found = field.anchors()
    chosen = found[np.unique(np.linspace(0, len(found) - 1, min(len(found), MOST_ANCHORS)).astype(np.intp))]
    middle = np.array(picture.size) / 2
    colours = vector_colours(((chosen[:, :2] - middle) / middle)[None], 1.0)[0]
    for anchor, colour in zip(chosen.tolist(), colours.tolist(), strict=True):
        for (panel, _), (row, column) in zip(panels, (anchor[:2], anchor[2:4]), strict=False):
            across, down = panel.at(row, column)
            pen.ellipse((across - 4, down - 4, across + 4, down + 4), fill=tuple(colour[:3]), outline=(0, 0, 0))
    return image


def _panel(picture: Picture, view: View) -> _Panel:
    return _Panel(photograph(picture, view), view)


def _side_by_side(*panels: tuple[_Panel, str]) -> Image.Image:
    """Photographs under their names."""
    left = 0
    for panel, _ in panels:
        panel.left = left
        left += panel.image.width + _BETWEEN
    image = Image.new("RGB", (left - _BETWEEN, _ABOVE + max(panel.image.height for panel, _ in panels)), PANEL)
    pen = ImageDraw.Draw(image)
    for panel, name in panels:
        image.paste(panel.image, (panel.left, _ABOVE))
        pen.text((panel.left + 8, _ABOVE // 2), name, fill=TEXT, font=font(20), anchor="lm")
    return image
