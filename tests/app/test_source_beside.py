"""Evidence of a fill from another photograph: its layers, its anchors, and where in the other photograph a pixel came from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtWidgets import QApplication

from app.choice import Candidate, Choice
from app.view.canvas.strokes import by_place
from engine.drawing import label_colours
from engine.evidence import HolePixels
from engine.geometry import Box, Window
from engine.mapping import MappingField
from engine.picture import Patch
from tests.app.paired import PHOTOGRAPH, REFERENCE, Paired, there
from tests.app.test_findings import near

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core

HOLE, NAME = Box(200, 220, 40, 60), "garage-1998.jpg"
SPOT = 220, 250
ORANGE, WHITE = (230, 159, 0), (255, 255, 255)
FROM = round(there((220.5, 250.5))[0] - 0.5), round(there((220.5, 250.5))[1] - 0.5)
"""The pixel of the reference that it came from."""


def mapping(names: tuple[str, ...] = (NAME,)) -> MappingField:
    """As the engine's own: the upper half from the reference, the lower from this photograph."""
    pixels = HolePixels.of(Window.plain(HOLE), np.ones(HOLE.size, np.bool_))
    spots = np.stack([pixels.rows + HOLE.top, pixels.columns + HOLE.left], axis=1) + 0.5
    origins = np.where(pixels.rows < 30, 0, -1).astype(np.int8)
    places = np.where(origins[:, None] == 0, (spots - (40, 60)) / 2 - 0.5, np.nan).astype(np.float32)
    found = np.array([[190.0, 230.0, 74.75, 84.75, 0.9], [250.0, 300.0, 104.75, 119.75, 0.5]], np.float32)
    sizes = tuple(REFERENCE.shape[:2] for _ in names)
    return MappingField(pixels, places, origins, names, sizes, np.full(len(pixels), 0.7), found, PHOTOGRAPH.shape[:2])


class Filled(Paired):
    """A hole that was filled from the reference."""

    def __init__(self, qtbot: QtBot, core: Core) -> None:
        super().__init__(qtbot, core)
        self.companion = self.add(Path(NAME))
        choice = Choice(1, HOLE, np.full(HOLE.size, 255, np.uint8))
        patch = Patch(0, HOLE, PHOTOGRAPH[HOLE.slices].copy())
        choice.candidates.append(Candidate(patch, (mapping(),), "refmatch", "From a reference", 0, 1.0))
        self.document.stand([(choice, 0)], "Fill")
        self.show_at(2.0, (230, 250))

    def look(self, row: int, column: int) -> None:
        self.toolbox.choose("inspect")
        self.move(self.canvas, (row + 0.5, column + 0.5))

    def around(self, half: str, spot: tuple[float, float], by: int = 20) -> NDArray[np.uint8]:
        pane = self.canvas if half == "here" else self.beside
        place = self.at(pane, spot).toPoint()
        return self.grabbed(pane)[place.y() - by : place.y() + by, place.x() - by : place.x() + by]


@pytest.fixture
def filled(qtbot: QtBot, core: Core) -> Filled:
    return Filled(qtbot, core)


def test_labels_are_drawn_as_strong_as_they_are_set(filled: Filled) -> None:
    filled.display.set("page", "evidence")
    filled.core.inspection.set_layer("photograph")
    for opacity in (1.0, 0.5):
        filled.core.inspection.set_opacity(opacity)
        seen = filled.grabbed(filled.canvas)
        for row, label in ((215, 1), (233, 0)):
            place = filled.at(filled.canvas, (row + 0.5, 260.5)).toPoint()
            expected = opacity * label_colours(np.array([[label]], np.float32))[0, 0, :3] + (1 - opacity) * PHOTOGRAPH[row, 260]
            assert np.abs(seen[place.y(), place.x()] - expected).max() <= 4


def test_fields_are_drawn_as_vectors(filled: Filled) -> None:
    plain = filled.grabbed(filled.canvas)
    filled.display.set("page", "evidence")
    filled.core.inspection.set_layer("field corrected")
    at = filled.canvas.viewport.rect(Box(HOLE.top + 3, HOLE.left + 3, 20, 50)).toAlignedRect()
    box = np.s_[at.top() : at.bottom(), at.left() : at.right()]
    assert (filled.grabbed(filled.canvas)[box] != plain[box]).any(axis=2).mean() > 0.95


def test_anchors_are_dots_in_both_views_when_asked_for(filled: Filled) -> None:
    filled.display.set("page", "evidence")
    plain = filled.around("here", (190.5, 230.5), 4)
    filled.display.set("anchors", True)
    colour = by_place(230 / PHOTOGRAPH.shape[1]).getRgb()[:3]  # the same in both, so that one can tell which is which
    for half, spot in (("here", (190.5, 230.5)), ("there", (75.25, 85.25))):
        dot = filled.around(half, spot, 4)
        assert near(dot[3:5, 3:5], colour, 20).all()
        assert dot.max(axis=2).min() < 90
    filled.display.set("page", "fill")
    assert np.array_equal(filled.around("here", (190.5, 230.5), 4), plain)


def test_the_source_is_outlined_in_the_reference_with_an_arrow_across(filled: Filled) -> None:
    before = filled.grabbed(filled.canvas)[:, -4:], filled.grabbed(filled.beside)[:, :4]
    filled.look(*SPOT)
    assert near(filled.around("there", (FROM[0] + 0.5, FROM[1] + 0.5), 20), ORANGE, 40).sum() > 60
    assert near(filled.around("here", (SPOT[0] + 0.5, SPOT[1] + 0.5), 20), WHITE, 20).sum() > 60
    after = filled.grabbed(filled.canvas)[:, -4:], filled.grabbed(filled.beside)[:, :4]
    lines = [np.argwhere(near(new, ORANGE, 60) & (new != old).any(axis=2))[:, 0] for new, old in zip(after, before, strict=True)]
    assert min(len(line) for line in lines) > 0
    assert abs(lines[0].mean() - lines[1].mean()) <= 3  # it goes on in the other view, at the same height
    filled.move(filled.canvas, (234.5, 250.5))  # came from this photograph, and nothing is known of it
    assert not near(filled.around("there", (FROM[0] + 0.5, FROM[1] + 0.5), 20), ORANGE, 20).any()


def test_a_pinned_arrow_follows_when_one_view_is_moved(filled: Filled) -> None:
    filled.look(*SPOT)
    filled.click(filled.canvas, (SPOT[0] + 0.5, SPOT[1] + 0.5))
    filled.toolbox.choose("hand")
    before = filled.grabbed(filled.canvas)
    filled.drag(filled.beside, (100, 100), (130, 100))
    QApplication.sendEvent(filled.beside, QEvent(QEvent.Type.Leave))
    moved = np.argwhere((filled.grabbed(filled.canvas) != before).any(axis=2))
    assert moved[:, 1].max() > filled.canvas.width() - 5


def test_alone_the_source_is_shown_beside_the_pixel_with_its_name(filled: Filled) -> None:
    filled.display.set("compare", "single")
    filled.show_at(2.0, (230, 250))
    plain = filled.grabbed(filled.canvas)
    filled.look(*SPOT)
    seen = filled.grabbed(filled.canvas)
    orange = np.argwhere(near(seen, ORANGE) & (seen != plain).any(axis=2))
    assert orange[:, 0].max() - orange[:, 0].min() >= 72
    own = tuple(int(value) for value in REFERENCE[FROM])
    assert (near(seen, own, 1) & (seen != plain).any(axis=2)).sum() >= 16
    assert (near(seen, (20, 20, 20), 4) & (seen != plain).any(axis=2)).sum() > 300  # the ground of its name


def test_a_reference_that_was_taken_away_leaves_the_pixel_alone(filled: Filled) -> None:
    filled.look(*SPOT)
    filled.references.remove(filled.companion)
    filled.move(filled.canvas, (SPOT[0] + 1.5, SPOT[1] + 0.5))
    for mode in ("side", "single"):
        filled.display.set("compare", mode)
        filled.show_at(2.0, (230, 250))
        filled.move(filled.canvas, (SPOT[0] + 0.5, SPOT[1] + 0.5))
        around = filled.around("here", (SPOT[0] + 0.5, SPOT[1] + 0.5), 20)
        assert near(around, WHITE, 20).sum() > 60
        assert not near(around, ORANGE, 40).any()
    QApplication.sendEvent(filled.canvas, QEvent(QEvent.Type.Leave))
    filled.key(Qt.Key.Key_Alt)


def test_the_hole_of_the_fill_that_is_shown_is_dashed_beside(filled: Filled) -> None:
    corner = filled.at(filled.beside, there((HOLE.top, HOLE.left)))
    far = filled.at(filled.beside, there((HOLE.bottom, HOLE.right)))
    plain = QRectF(corner, far)
    filled.document.show(None)
    without = filled.grabbed(filled.beside)
    filled.document.show(filled.document.choices[0])
    marked = np.argwhere((filled.grabbed(filled.beside) != without).any(axis=2))
    assert np.abs(marked.min(axis=0) - (plain.top(), plain.left())).max() <= 4
    assert np.abs(marked.max(axis=0) - (plain.bottom(), plain.right())).max() <= 4
