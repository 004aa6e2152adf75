"""Pictures of retrieved patches: a contact sheet after figure 7 of Xu et al. (IEEE TIP 2021), and a fill at each of its stages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from engine.drawing import RANKS
from engine.files.evidence_figures import View, photograph
from engine.files.evidence_keys import FAINT, PANEL, TEXT, badge, font
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from engine.picture import Picture
    from engine.retrieved import Retrieved, RetrievedPatches

_MOST = 8
"""Cells that a sheet shows unless told otherwise."""
_MAP, _NARROWEST = 1200, 1000
"""Pixels: a longer side of the photograph on a sheet at most, and the width of a sheet at least."""
_LARGEST_TILE, _LEAST_COLUMN, _WIDEST = 200, 96, 1800
"""Pixels: a tile's side at most, a column's width at least, the width that tiles may take."""
_MARGIN, _GAP, _BADGE, _BELOW = 28, 14, 48, 62
_PANEL = 480
"""Pixels of a stage's longer side at most."""
_NOTHING = (44, 47, 54)
"""Beyond the picture's edge, and where a rank has no patch."""
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


def telling(evidence: RetrievedPatches, count: int = _MOST) -> list[int]:
    """The cells that changed most between the first and the last stage, in their order.

    None is beside another, as long as there are some that changed a third as much as the first.
    """
    changes = _changes(evidence)
    cells = [Box(*cell) for cell in evidence.cells.tolist()]
    order: list[int] = np.argsort(-changes, kind="stable").tolist()
    much: list[int] = [number for number in order if 3 * changes[number] >= changes[order[0]]]
    taken: list[int] = []
    for number in much:
        if len(taken) < count and not any(cells[number].touches(cells[one]) for one in taken):
            taken.append(number)
    return sorted([*taken, *(number for number in order if number not in taken)][:count])


def _changes(evidence: RetrievedPatches) -> NDArray[np.float64]:
    """(m,): by how many levels the pixels of each cell changed, all together; less than nothing where it was made from no patch."""
    pixels, cells = evidence.pixels, evidence.cells
    if not len(pixels) or not len(cells):
        return np.zeros(len(cells))
    by = np.ones(len(pixels), np.float32)
    if len(evidence.stages) > 1:
        by = np.abs(evidence.values[-1].astype(np.int16) - evidence.values[0]).mean(axis=1, dtype=np.float32)
    top, left = int(pixels.lines[0]), int(pixels.starts.min())
    laid = np.zeros((int(pixels.lines[-1]) + 1 - top, int(pixels.ends.max()) - left), np.float32)
    laid[pixels.rows - top, pixels.columns - left] = by
    starts = cells[:, :2] - (top, left)
    corners = np.maximum(np.concatenate([starts, starts + cells[:, 2:]], axis=1), 0).tolist()
    changes = np.array([float(laid[upper:lower, left:right].sum()) for upper, left, lower, right in corners])
    return np.where((evidence.chosen >= 0).any(axis=1), changes, -1.0)


def contact_sheet(evidence: RetrievedPatches, picture: Picture, numbers: Sequence[int] | None = None) -> Image.Image:
    """The photograph with cells and the patches they were made from, and below it a row for each of these cells.

    A row shows the cell as filled and at each stage, then its patches enlarged, by rank, with their scores.

    Args:
        evidence: the patches.
        picture: the whole photograph as filled.
        numbers: the cells; None: those of `telling`.
    """
    cells = telling(evidence) if numbers is None else list(numbers)
    where = _map(evidence, picture, cells)
    boxes = [evidence.cell(number) for number in cells]
    boxes += [one.box for number in cells for one in evidence.retrievals(number)]
    columns = _Columns.of(evidence, boxes, where.width)
    words = _words(evidence, len(cells), selected=numbers is None)
    top = _MARGIN + 30 * len(words) + 14
    rows = top + where.height + _MARGIN + 30
    image = Image.new("RGB", (columns.width, rows + len(cells) * (columns.tile + _BELOW) + _MARGIN // 2), PANEL)
    pen = ImageDraw.Draw(image)
    for line, text in enumerate(words):
        pen.text((_MARGIN, _MARGIN + 30 * line), text, fill=FAINT if line else TEXT, font=font(17 if line else 22))
    image.paste(where, ((columns.width - where.width) // 2, top))
    columns.head(pen, rows - 16)
    for place, number in enumerate(cells, 1):
        _row(image, columns, rows + (place - 1) * (columns.tile + _BELOW), place, _Cell(evidence, picture, number))
    return image


def _words(evidence: RetrievedPatches, shown: int, *, selected: bool) -> list[str]:
    count = len(evidence.cells)
    of = f"{shown} of {count} cells" if shown < count else f"{count} {'cell' if count == 1 else 'cells'}"
    first, last = (evidence.stages[0], evidence.stages[-1]) if len(evidence.stages) > 1 else ("", "")
    why = f", those that changed most from {first} to {last}" if selected and shown < count and first else ""
    return [
        f"Retrieved patches: {of}{why}",
        "White is a cell of the fill with its number, a colour a patch that it was made from: 3.2 is the patch of rank 2 for cell 3.",
        f"The number under a patch: {evidence.meaning}. Cells have their numbers in the arrays; places are row and column in the photograph.",
        "All of a row is enlarged alike; dimmed is what lies around a patch that is smaller than its cell.",
    ]


# The photograph


def _map(evidence: RetrievedPatches, picture: Picture, cells: Sequence[int]) -> Image.Image:
    """Cells and sources outlined on the photograph, each with its number."""
    uses: dict[Box, list[tuple[int, Retrieved]]] = {}
    for place, number in enumerate(cells, 1):
        for one in evidence.retrievals(number):
            uses.setdefault(one.box, []).append((place, one))
    for users in uses.values():
        users.sort(key=lambda user: user[1].rank)
    around = evidence.pixels.box or picture.box
    for box in uses:
        around = around.joined(box)
    view = _view(around, picture, max(16, max(around.size) // 12), _MAP)
    image = _grid(evidence, photograph(picture, view), view)
    pen = ImageDraw.Draw(image)
    for box, users in sorted(uses.items(), key=lambda use: -use[1][0][1].rank):  # the best on top
        _outline(pen, view, box, [_colour(one.rank) for _, one in users])
    for number in cells:
        _outline(pen, view, evidence.cell(number), [_WHITE])
    tags = _Tags(pen, image.size)
    for place, number in enumerate(cells, 1):
        tags.write(view.outline(evidence.cell(number)), str(place), _WHITE)
    for box, users in uses.items():
        names = [f"{place}.{one.rank + 1}" for place, one in users]
        tags.write(view.outline(box), " ".join(names[:2]) + (f" +{len(names) - 2}" if len(names) > 2 else ""), _colour(users[0][1].rank))
    return image


def _grid(evidence: RetrievedPatches, image: Image.Image, view: View) -> Image.Image:
    """All cells, faint."""
    lines = image.copy()
    pen = ImageDraw.Draw(lines)
    for number in range(len(evidence.cells)):
        pen.rectangle(view.outline(evidence.cell(number)), outline=_WHITE)
    return Image.blend(image, lines, 0.3)


def _outline(pen: ImageDraw.ImageDraw, view: View, box: Box, colours: Iterable[tuple[int, int, int]]) -> None:
    """A frame in each colour around a box, from outside in; dark on both sides, so that it shows on any ground."""
    left, top, right, bottom = view.outline(box.common(view.box) or box)
    for k, colour in enumerate(colours):
        inset = 3 * k
        if not k or min(right - left, bottom - top) > 2 * inset + 4:
            at = (left + inset, top + inset, right - inset, bottom - inset)
            pen.rectangle((at[0] - 1, at[1] - 1, at[2] + 1, at[3] + 1), outline=_BLACK, width=4)
            pen.rectangle(at, outline=colour, width=2)


@dataclass(frozen=True, slots=True)
class _Tags:
    """Numbers on a figure, each where it covers no other if there is such a place."""

    pen: ImageDraw.ImageDraw
    size: tuple[int, int]
    taken: list[tuple[float, float, float, float]] = field(default_factory=list[tuple[float, float, float, float]])

    def write(self, outline: tuple[float, float, float, float], text: str, colour: tuple[int, int, int]) -> None:
        """Beside the corners of an outline: its left, top, right and bottom."""
        left, top, right, bottom = outline
        wide, high = round(self.pen.textlength(text, font=font(15))) + 10, 20
        downs = (top - high, bottom + 1, top, bottom + 1 - high)
        places = [(across, down) for down in downs for across in (left, right + 1 - wide, right + 1, left - wide)]
        inside = [(min(max(a, 0), self.size[0] - wide), min(max(d, 0), self.size[1] - high)) for a, d in places]
        free = [(a, d, a + wide, d + high) for a, d in inside if not self._covers((a, d, a + wide, d + high))]
        at = free[0] if free else (*inside[0], inside[0][0] + wide, inside[0][1] + high)
        self.taken.append(at)
        self.pen.rectangle((at[0], at[1], at[2] - 1, at[3] - 1), fill=colour, outline=_BLACK)
        self.pen.text(((at[0] + at[2]) / 2, (at[1] + at[3]) / 2), text, fill=_BLACK, font=font(15), anchor="mm")

    def _covers(self, at: tuple[float, float, float, float]) -> bool:
        return any(at[0] < right and left < at[2] and at[1] < bottom and top < at[3] for left, top, right, bottom in self.taken)


# The rows


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the tiles of a row lie."""

    names: tuple[str, ...]
    """As filled, then the stages."""
    ranks: int
    long: int
    """Pixels of the photograph that a tile shows at most, down and across."""
    tile: int
    """Pixels of its side on the sheet."""
    width: int
    """Of the sheet."""

    @classmethod
    def of(cls, evidence: RetrievedPatches, boxes: Sequence[Box], least: int) -> _Columns:
        """Tiles for boxes of these sizes, enlarged by whole pixels as far as there is room; the sheet is as wide as `least` at least."""
        names, ranks = ("as filled", *evidence.stages), evidence.chosen.shape[1]
        count, beside = len(names) + ranks, 2 * _MARGIN + _BADGE + 2 * _GAP
        room = min(_LARGEST_TILE, (_WIDEST - beside) // count - _GAP)
        long = max(max(box.size) for box in boxes) if boxes else room
        tile = long * (room // long) if long <= room else room
        width = beside + count * (max(tile, _LEAST_COLUMN) + _GAP) - _GAP
        return cls(names, ranks, long, tile, max(width, least + 2 * _MARGIN, _NARROWEST))

    def left(self, column: int) -> int:
        """Of a tile."""
        apart = 2 * _GAP if column >= len(self.names) else 0
        return _MARGIN + _BADGE + column * (max(self.tile, _LEAST_COLUMN) + _GAP) + apart

    @property
    def scale(self) -> float:
        """Pixels of the sheet a pixel of the photograph."""
        return self.tile / self.long

    def enlarged(self, image: Image.Image) -> Image.Image:
        """A part of the photograph at the scale of all tiles."""
        size = (max(1, round(image.width * self.scale)), max(1, round(image.height * self.scale)))
        return image.resize(size, Image.Resampling.LANCZOS if self.scale < 1 else Image.Resampling.NEAREST)

    def head(self, pen: ImageDraw.ImageDraw, down: float) -> None:
        """The name of each column."""
        for column, name in enumerate(self.names):
            pen.text((self.left(column), down), name, fill=TEXT, font=font(17), anchor="lm")
        for rank in range(self.ranks):
            left = self.left(len(self.names) + rank)
            pen.rectangle((left, down - 8, left + 15, down + 7), fill=_colour(rank), outline=_BLACK)
            pen.text((left + 24, down), f"rank {rank + 1}", fill=TEXT, font=font(17), anchor="lm")


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell, and what is known of it."""

    evidence: RetrievedPatches
    picture: Picture
    number: int


def _row(image: Image.Image, columns: _Columns, top: int, place: int, cell: _Cell) -> None:
    """A cell at its stages and its patches."""
    pen, evidence, box = ImageDraw.Draw(image), cell.evidence, cell.evidence.cell(cell.number)
    badge(pen, (_MARGIN + 16, top + 15), place)
    seen = [None, *range(len(evidence.stages))]
    for column, stage in enumerate(seen):
        tile = _crop(cell.picture, box, None if stage is None else (evidence, stage))
        image.paste(columns.enlarged(tile), (columns.left(column), top))
    _below(pen, (columns.left(0), top + columns.tile + 6), f"cell {cell.number}", f"{box.top}, {box.left}")
    found = {one.rank: one for one in evidence.retrievals(cell.number)}
    for rank in range(columns.ranks):
        _candidate(image, columns, (columns.left(len(seen) + rank), top), rank, (cell.picture, found.get(rank)))


def _candidate(image: Image.Image, columns: _Columns, at: tuple[int, int], rank: int, patch: tuple[Picture, Retrieved | None]) -> None:
    """A patch in its colour with its score and place; a gap where there is none."""
    pen, (left, top), (picture, one) = ImageDraw.Draw(image), at, patch
    if one is None:
        pen.rectangle((left, top, left + columns.tile - 1, top + columns.tile - 1), fill=_NOTHING)
        pen.text((left + columns.tile / 2, top + columns.tile / 2), "none", fill=FAINT, font=font(17), anchor="mm")
        return
    down, across = (columns.long - one.box.height) // 2, (columns.long - one.box.width) // 2
    around = Box(one.box.top - down, one.box.left - across, columns.long, columns.long)
    image.paste(columns.enlarged(Image.eval(_crop(picture, around), _dimmed)), at)
    seen = columns.enlarged(_crop(picture, one.box))
    left, top = left + round(across * columns.scale), top + round(down * columns.scale)
    image.paste(seen, (left, top))
    pen.rectangle((left - 4, top - 4, left + seen.width + 3, top + seen.height + 3), outline=_colour(rank), width=4)
    score = f"{one.score:.2g}" if np.isfinite(one.score) else "unknown"
    _below(pen, (at[0], at[1] + columns.tile + 6), score, f"{one.box.top}, {one.box.left}")


def _dimmed(level: int) -> int:
    return level * 2 // 5


def _below(pen: ImageDraw.ImageDraw, at: tuple[int, int], first: str, second: str) -> None:
    pen.text(at, first, fill=TEXT, font=font(17))
    pen.text((at[0], at[1] + 22), second, fill=FAINT, font=font(15))


def _colour(rank: int) -> tuple[int, int, int]:
    return RANKS[rank % len(RANKS)]


def _crop(picture: Picture, box: Box, stage: tuple[RetrievedPatches, int] | None = None) -> Image.Image:
    """A box of the photograph, at a stage if told; dark beyond the edge."""
    image = Image.new("RGB", (box.width, box.height), _NOTHING)
    inside = box.common(picture.box)
    if inside is not None:
        view = View(inside, 1, 1)
        seen = photograph(picture, view) if stage is None else _at_stage(picture, view, stage[0], stage[0].values[stage[1]])
        image.paste(seen, (inside.left - box.left, inside.top - box.top))
    return image


def _view(around: Box, picture: Picture, margin: int, longest: int) -> View:
    """A part of the photograph, enlarged as far as whole pixels allow."""
    view = View.of(around, picture.box, margin, longest)
    return View(view.box, view.step, max(1, longest // max(view.box.size)))


# The stages


def stages_strip(evidence: RetrievedPatches, picture: Picture) -> Image.Image:
    """The hole, empty; what stood in it at each stage; and the photograph as filled, side by side under their names."""
    around = evidence.pixels.box or picture.box
    view = _view(around, picture, max(24, max(around.size) // 5), _PANEL)
    panels = [("hole", _empty(picture, view, evidence))]
    panels += [(name, _at_stage(picture, view, evidence, values)) for name, values in zip(evidence.stages, evidence.values, strict=True)]
    panels.append(("blended", photograph(picture, view)))
    width, height = panels[0][1].size
    image = Image.new("RGB", (len(panels) * (width + _GAP) - _GAP, height + 44), PANEL)
    pen = ImageDraw.Draw(image)
    for column, (name, panel) in enumerate(panels):
        image.paste(panel, (column * (width + _GAP), 44))
        pen.text((column * (width + _GAP) + 8, 22), name, fill=TEXT, font=font(20), anchor="lm")
    return image


def _empty(picture: Picture, view: View, evidence: RetrievedPatches) -> Image.Image:
    """The photograph in a view without its hole."""
    image = photograph(picture, view)
    there = evidence.pixels.spread(np.ones(len(evidence.pixels), np.uint8), view.box, view.step) == 1
    image.paste(_NOTHING, (0, 0), _zoomed(Image.fromarray(there), view.zoom))
    return image


def _at_stage(picture: Picture, view: View, evidence: RetrievedPatches, values: NDArray[np.uint8]) -> Image.Image:
    """The photograph in a view with these values (n, channels) of 255 in its hole; what is transparent shows as `photograph` does it."""
    base = photograph(picture, View(view.box, view.step, 1))
    levels = evidence.pixels.spread(values, view.box, view.step)
    if picture.has_alpha:
        alpha = picture.pixels[view.box.slices][:: view.step, :: view.step, -1:]
        levels = 200 + (levels - 200) * (alpha / np.float32(np.iinfo(alpha.dtype).max))
    filled = np.where(np.isfinite(levels), np.rint(levels), np.asarray(base)).astype(np.uint8)
    return _zoomed(Image.fromarray(filled), view.zoom)


def _zoomed(image: Image.Image, zoom: int) -> Image.Image:
    return image.resize((image.width * zoom, image.height * zoom), Image.Resampling.NEAREST) if zoom > 1 else image
