"""The pictures of a written evidence: a hole before and after, its layers with their keys, ten pixels and their sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from engine.drawing import draw, vector_colours
from engine.files.evidence_keys import FAINT, PANEL, TEXT, badge, font, with_key
from engine.geometry import Box, Place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.evidence import Evidence, Layer, Source
    from engine.picture import Mask, Picture, Pixels

LONGEST = 1600
"""Pixels of a figure's longer side at most."""
_ACCENT = (255, 196, 61)
_TILE = 189
"""A side of an enlarged patch with its surroundings: 3 x 7 pixels of a usual patch, nine times."""


@dataclass(frozen=True, slots=True)
class View:
    """A box of the picture as a figure shows it: every `step` pixels become one, and that is drawn `zoom` pixels wide."""

    box: Box
    step: int
    zoom: int

    @classmethod
    def of(cls, box: Box, within: Box, margin: int, longest: int = LONGEST) -> View:
        """A box with a margin, as large as a figure may be; small ones are enlarged by whole pixels."""
        seen = box.grown(margin, margin).common(within) or within
        long = max(seen.size)
        return cls(seen, -(-long // longest), max(1, longest * 3 // 4 // long))

    def at(self, row: float, column: float) -> tuple[float, float]:
        """Where the centre of a picture's pixel is drawn: across, down."""
        scale = self.zoom / self.step
        return (column - self.box.left + 0.5) * scale, (row - self.box.top + 0.5) * scale

    def outline(self, box: Box) -> tuple[float, float, float, float]:
        """Where a box of the picture is drawn: its left, top, right and bottom."""
        half = 0.5 * self.zoom / self.step
        (left, top), (right, bottom) = self.at(box.top, box.left), self.at(box.bottom, box.right)
        return left - half, top - half, right - half - 1, bottom - half - 1


@dataclass(frozen=True, slots=True)
class Sample:
    """A filled pixel and where it came from, shown under a number."""

    number: int
    row: int
    column: int
    source: Source

    @property
    def filled_patch(self) -> Box:
        """The patch of the fill that lies around the pixel as its source's patch around the source."""
        place = self.source.place.box
        return self.source.patch.moved(self.row - place.top, self.column - place.left)

    @property
    def offset(self) -> tuple[int, int]:
        """Source less pixel: rows down, columns across."""
        return self.source.place.box.top - self.row, self.source.place.box.left - self.column


def samples(evidence: Evidence, count: int = 10) -> list[Sample]:
    """Filled pixels far from each other, in reading order, with their likeliest sources; none where evidence has none."""
    window = evidence.pixels.window
    chosen = _spread_out(np.stack([evidence.pixels.rows, evidence.pixels.columns], axis=1).astype(np.float32), count)
    places = [window.picture_pixel(int(evidence.pixels.rows[k]), int(evidence.pixels.columns[k])) for k in chosen]
    found = [(place, evidence.sources(Place.pixel(*place))) for place in places]
    answered = [(place, sources[0]) for place, sources in found if sources]
    return [Sample(number, *place, source) for number, (place, source) in enumerate(answered, 1)]


def _spread_out(points: NDArray[np.float32], count: int) -> list[int]:
    """Indices of points (n, 2) in the middle of equal parts of them all (Lloyd's iteration); at most 4000 points are looked at."""
    looked = np.unique(np.linspace(0, max(0, len(points) - 1), 4000).astype(np.intp))[: len(points)]
    points = points[looked]
    centres = points[np.linspace(0, len(points) - 1, min(count, len(points))).astype(np.intp)]
    for _ in range(12):
        nearest = _distances(points, centres).argmin(axis=1)
        centres = np.stack([points[nearest == k].mean(axis=0) if (nearest == k).any() else centres[k] for k in range(len(centres))])
    return sorted({int(looked[k]) for k in _distances(points, centres).argmin(axis=0)})


def _distances(points: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.hypot(*(points[:, None] - centres).transpose(2, 0, 1))


def photograph(picture: Picture, view: View) -> Image.Image:
    """The picture in a view, 8-bit RGB."""
    image = Image.fromarray(_rgb8(picture.pixels[view.box.slices]))
    return _enlarged(image.reduce(view.step) if view.step > 1 else image, view.zoom)


def hole_figure(picture: Picture, mask: Mask, view: View) -> Image.Image:
    """The picture with its mask laid over in red, as strong as the coverage."""
    cover = Image.fromarray(mask.coverage[view.box.slices] // 4 * 3)
    small = cover.reduce(view.step) if view.step > 1 else cover
    image = photograph(picture, view)
    image.paste((225, 45, 60), (0, 0), _enlarged(small, view.zoom))
    return image


def layer_figure(picture: Picture, evidence: Evidence, layer: Layer, view: View) -> Image.Image:
    """A layer over the dimmed picture, with its key below."""
    colours = Image.fromarray(draw(layer, evidence.layer(layer.name, view.box, view.step)))
    image = _dimmed(photograph(picture, view))
    over = _enlarged(colours, view.zoom)
    image.paste(over, (0, 0), over)
    if layer.kind == "labels":
        _number(image, evidence, layer, view)
    return with_key(image, layer)


def _number(image: Image.Image, evidence: Evidence, layer: Layer, view: View) -> None:
    """Write the number of each label on the pixel of it that lies nearest to its middle: colour alone does not tell everybody."""
    values = evidence.layer(layer.name, view.box, view.step)
    pen = ImageDraw.Draw(image)
    for label in range(len(layer.labels)):
        places = np.argwhere(values == label)
        if len(places):
            row, column = places[np.abs(places - np.median(places, axis=0)).sum(axis=1).argmin()]
            badge(pen, ((float(column) + 0.5) * view.zoom, (float(row) + 0.5) * view.zoom), label, max(1.0, image.width / 640))


def places_figure(picture: Picture, shown: list[Sample], view: View) -> Image.Image:
    """The picture with a line from each source's patch to its pixel, in the colour of its offset."""
    image = photograph(picture, view)
    pen = ImageDraw.Draw(image)
    longest = max(1.0, *(float(np.hypot(*one.offset)) for one in shown))
    for one in shown:
        place = one.source.place.box
        ends = (*view.at(one.row, one.column), *view.at(place.top, place.left))
        colour = _colour(one.offset, longest)
        pen.line(ends, fill=(0, 0, 0), width=5)
        pen.line(ends, fill=colour, width=3)
        left, top, right, bottom = view.outline(one.source.patch)
        pen.rectangle((left - 3, top - 3, right + 3, bottom + 3), outline=(0, 0, 0), width=3)
        pen.rectangle((left - 2, top - 2, right + 2, bottom + 2), outline=colour, width=2)
    for one in shown:
        badge(pen, view.at(one.row, one.column), one.number)
    return image


def patches_figure(picture: Picture, shown: list[Sample], source: Picture) -> Image.Image:
    """Each sample's patch in the fill beside its source's, with their surroundings, enlarged; two to a line."""
    wide, high = 2 * _TILE + 280, _TILE + 28
    image = Image.new("RGB", (2 * wide + 28, -(-len(shown) // 2) * high + 28), PANEL)
    pen = ImageDraw.Draw(image)
    for k, one in enumerate(shown):
        left, top = 28 + k % 2 * wide, 28 + k // 2 * high
        image.paste(_tile(picture, one.filled_patch, Box(one.row, one.column, 1, 1)), (left, top))
        image.paste(_tile(source, one.source.patch, one.source.place.box), (left + _TILE + 12, top))
        badge(pen, (left + 16, top + 16), one.number)
        _lines(pen, (left + 2 * _TILE + 28, top + 4), _words(one))
    return image


def _words(one: Sample) -> list[str]:
    down, across = one.offset
    place = one.source.place.box
    if one.source.place.origin:
        return [f"pixel {one.row}, {one.column}", f"from {place.top}, {place.left}", "of the reference", f"weight {one.source.weight:.2g}"]
    return [
        f"pixel {one.row}, {one.column}",
        f"from {place.top}, {place.left}",
        f"{abs(down)} px {'down' if down > 0 else 'up'}, {abs(across)} px {'right' if across > 0 else 'left'}",
        f"weight {one.source.weight:.2g}",
        f"distance {one.source.distance:.1f} of 255",
    ]


def _tile(picture: Picture, patch: Box, pixel: Box) -> Image.Image:
    """A patch in the middle of its surroundings, outlined, and its pixel outlined in it; dark beyond the picture's edge."""
    around = patch.grown(patch.height, patch.width)
    image = Image.new("RGB", (around.width, around.height), (44, 47, 54))
    seen = around.common(picture.box)
    if seen is not None:
        image.paste(Image.fromarray(_rgb8(picture.pixels[seen.slices])), (seen.left - around.left, seen.top - around.top))
    view = View(around, 1, max(1, _TILE // max(around.size)))
    tile = _enlarged(image, view.zoom)
    pen = ImageDraw.Draw(tile)
    for box, colour in ((patch, (255, 255, 255)), (pixel, _ACCENT)):
        left, top, right, bottom = view.outline(box)
        pen.rectangle((left - 2, top - 2, right + 2, bottom + 2), outline=(0, 0, 0))
        pen.rectangle((left - 1, top - 1, right + 1, bottom + 1), outline=colour)
    return tile


def _lines(pen: ImageDraw.ImageDraw, at: tuple[float, float], lines: list[str]) -> None:
    """Text, its first line brighter."""
    for k, line in enumerate(lines):
        pen.text((at[0], at[1] + 30 * k), line, fill=FAINT if k else TEXT, font=font(20 if not k else 18))


def _colour(offset: tuple[int, int], longest: float) -> tuple[int, int, int]:
    red, green, blue, _ = (int(part) for part in vector_colours(np.array([[offset]], np.float32), longest)[0, 0])
    return red, green, blue


def _dimmed(image: Image.Image) -> Image.Image:
    """A dark grey copy, against which colours stand out."""
    grey = np.asarray(image.convert("L"), np.uint16) * 2 // 5 + 16
    return Image.fromarray(grey.astype(np.uint8)).convert("RGB")


def _enlarged(image: Image.Image, zoom: int) -> Image.Image:
    size = (image.width * zoom, image.height * zoom)
    return image.resize(size, Image.Resampling.NEAREST) if zoom > 1 else image


def _rgb8(pixels: Pixels) -> NDArray[np.uint8]:
    """Pixels of any layout and depth as (h, w, 3) 8-bit RGB, what is transparent over light grey."""
    levels = pixels.astype(np.uint8) if pixels.dtype == np.uint8 else ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if levels.ndim == 2:
        return np.repeat(levels[..., None], 3, axis=2)
    colours, channels = levels, levels.shape[2]
    if channels in (2, 4):
        share = levels[..., -1:].astype(np.float32) / 255
        colours = np.rint(200 + share * (levels[..., :-1].astype(np.float32) - 200)).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(colours, (*levels.shape[:2], 3)))
