"""Evidence, source arrow and brush ring as they are seen, with fills of the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from app.display import Display
from app.toolbox import Toolbox
from app.tools.lasso import Lasso
from app.tools.rectangle import Rectangle
from app.tools.stroke import Point
from app.view.canvas.aim import Aim
from app.view.canvas.findings import EvidenceLayer
from app.view.canvas.gestures import Shaping, mask_of
from app.view.canvas.reticle import Reticle
from app.view.canvas.side import Side
from app.view.canvas.source_arrow import Looked, SourceArrow
from app.view.canvas.viewport import Viewport
from app.view.panel.excerpts import Excerpts
from engine.drawing import draw
from engine.geometry import Box
from tests.app.test_overlay import contrast

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core

HEIGHT, WIDTH, MARGIN = 240, 320, 20
HOLE = Box(100, 140, 40, 50)
GREY, ORANGE = (119, 119, 119), (230, 159, 0)


class Scene:
    """The layers over a filled picture, drawn on grey."""

    def __init__(self, core: Core) -> None:
        self.core, self.inspection = core, core.inspection
        self.display, self.toolbox = Display(), Toolbox()
        self.view = Viewport((HEIGHT, WIDTH), WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN, 1.0, MARGIN, MARGIN)
        self.aim = Aim(core.document, self.toolbox, lambda: self.view)
        self.evidence = EvidenceLayer(core.document, self.inspection, self.display)
        self.side = Side(core.document, self.display)
        self.looked = Looked(self.inspection, self.toolbox, core.document.references, self.side)
        self.arrow = SourceArrow(self.inspection, self.looked, self.aim, Excerpts(core.document).part)
        self.reticle = Reticle(self.toolbox, self.aim)
        self.stale: list[Box | None] = []
        for layer in (self.evidence, self.arrow, self.reticle):
            layer.stale.connect(lambda box, _margin: self.stale.append(box))
        core.open(np.random.default_rng(3).integers(40, 200, (HEIGHT, WIDTH, 3)).astype(np.uint8))

    def seen(self, layer: EvidenceLayer | SourceArrow | Reticle, ground: str = "#777777", ratio: float = 1.0) -> np.ndarray:
        width, height = round(self.view.width), round(self.view.height)
        image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor(ground))
        painter = QPainter(image)
        layer.paint(painter, self.view, QRect(0, 0, width, height), ratio)
        painter.end()
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
        return rows[:, : image.width(), 2::-1].copy()


@pytest.fixture
def scene(qtbot: QtBot, core: Core) -> Scene:
    del qtbot
    return Scene(core)


@pytest.fixture
def filled(scene: Scene) -> Scene:
    scene.core.fill(HOLE)
    return scene


def near(pixels: np.ndarray, colour: tuple[int, int, int], by: int = 12) -> np.ndarray:
    return np.abs(pixels.astype(int) - colour).max(axis=2) <= by


# The layer


def test_the_layer_lies_in_the_hole_as_strong_as_it_is_set(filled: Scene) -> None:
    filled.display.set("page", "evidence")
    filled.inspection.set_layer("field")
    evidence, layer = filled.inspection.layers()[0]
    choice = filled.core.document.shown
    assert choice is not None
    colours = draw(layer, evidence.layer("field", choice.box))[..., :3].astype(float)
    inside = Box(choice.box.top + 8, choice.box.left + 8, 20, 20)
    for opacity in (0.7, 0.3):
        filled.inspection.set_opacity(opacity)
        seen = filled.seen(filled.evidence)[inside.moved(MARGIN, MARGIN).slices]
        expected = opacity * colours[inside.moved(-choice.box.top, -choice.box.left).slices] + (1 - opacity) * 119
        assert np.abs(seen - expected).max() <= 3


def test_nothing_but_the_hole_is_covered_and_its_outline_is_seen(filled: Scene) -> None:
    filled.display.set("page", "evidence")
    filled.inspection.set_layer("distance")
    seen = filled.seen(filled.evidence)
    choice = filled.core.document.shown
    assert choice is not None
    outside = np.ones(seen.shape[:2], bool)
    outside[choice.box.grown(5, 5).moved(MARGIN, MARGIN).slices] = False
    assert near(seen, GREY, 0)[outside].all()
    top = MARGIN + choice.box.top
    assert (seen[top - 3 : top + 3, MARGIN + HOLE.left + 25].max(axis=0) > 230).all()


def test_no_layer_outside_the_page_of_evidence(filled: Scene) -> None:
    filled.inspection.set_layer("field")
    assert near(filled.seen(filled.evidence), GREY, 0).all()
    filled.display.set("page", "evidence")
    assert not near(filled.seen(filled.evidence), GREY, 0).all()
    filled.display.set("original_held", True)
    assert near(filled.seen(filled.evidence), GREY, 0).all()
    filled.display.set("original_held", False)
    filled.core.document.undo()
    assert near(filled.seen(filled.evidence), GREY, 0).all()


def test_the_layer_is_drawn_at_every_zoom(filled: Scene) -> None:
    filled.display.set("page", "evidence")
    filled.inspection.set_layer("field")
    for zoom in (0.3, 0.5, 2.0, 5.0):
        x, y = filled.view.to_widget(120, 165)
        filled.view = filled.view.zoomed_to(zoom, x, y)
        at = filled.view.rect(HOLE).toAlignedRect().adjusted(2, 2, -2, -2)
        seen = filled.seen(filled.evidence)
        rows, columns = slice(max(at.top(), 0), at.bottom()), slice(max(at.left(), 0), at.right())
        assert not near(seen[rows, columns], GREY, 2).any()


def test_another_layer_makes_the_hole_stale(filled: Scene) -> None:
    filled.display.set("page", "evidence")
    filled.stale.clear()
    filled.inspection.set_layer("field")
    choice = filled.core.document.shown
    assert choice is not None
    assert filled.stale == [choice.box]
    filled.stale.clear()
    filled.inspection.look(120, 165)  # reading a pixel draws no layer anew
    assert choice.box not in filled.stale


# Where it came from


def test_patch_source_and_arrow(filled: Scene) -> None:
    filled.toolbox.choose("inspect")
    filled.inspection.look(120, 165)
    source, target = filled.inspection.source, filled.inspection.target
    assert source is not None
    assert target is not None
    seen = filled.seen(filled.arrow)
    for box, colour in ((target, (255, 255, 255)), (source.patch, ORANGE)):
        row, column = MARGIN + box.top + box.height // 2, MARGIN + box.left + box.width // 2
        around = near(seen[max(row - 15, 0) : row + 16, max(column - 15, 0) : column + 16], colour, 40)
        assert around.sum() > 100
    middle_row = MARGIN + (target.top + source.patch.top + target.height) // 2
    middle_column = MARGIN + (target.left + source.patch.left + target.width) // 2
    assert near(seen[middle_row - 3 : middle_row + 4, middle_column - 3 : middle_column + 4], ORANGE, 40).any()


def test_a_pair_that_is_no_longer_looked_at_is_dimmed(filled: Scene) -> None:
    filled.toolbox.choose("inspect")
    filled.inspection.look(120, 165)
    bright = near(filled.seen(filled.arrow, "#000000"), (255, 255, 255)).sum()
    filled.inspection.look(5, 5)
    dim = filled.seen(filled.arrow, "#000000")
    assert near(dim, (255, 255, 255)).sum() == 0 < bright
    assert dim.max() > 60


def test_nothing_is_shown_with_another_tool_unless_pinned(filled: Scene) -> None:
    filled.toolbox.choose("inspect")
    filled.inspection.look(120, 165)
    filled.toolbox.choose("brush")
    assert near(filled.seen(filled.arrow), GREY, 0).all()
    filled.inspection.pin(120, 165)
    assert not near(filled.seen(filled.arrow), GREY, 0).all()


def test_a_source_out_of_view_is_shown_in_an_inset_at_the_edge(filled: Scene) -> None:
    filled.toolbox.choose("inspect")
    filled.inspection.look(120, 165)
    x, y = filled.view.to_widget(120, 165)
    filled.view = filled.view.zoomed_to(12.0, x, y)
    source = filled.inspection.source
    assert source is not None
    at = filled.view.rect(source.patch)
    assert not at.intersects(QRect(0, 0, round(filled.view.width), round(filled.view.height)).toRectF())
    seen = filled.seen(filled.arrow)
    rows, columns = np.nonzero(near(seen, ORANGE))
    edge = min(rows.min(), columns.min(), seen.shape[0] - 1 - rows.max(), seen.shape[1] - 1 - columns.max())
    assert 4 <= edge <= 10
    photograph = filled.core.document.photograph
    assert photograph is not None
    own = photograph.pixels(source.patch)[2, 2]
    assert near(seen, tuple(own.tolist()), 0).sum() >= 9


def test_alt_outlines_what_would_be_excluded(filled: Scene) -> None:
    filled.toolbox.choose("inspect")
    filled.inspection.look(120, 165)
    plain = filled.seen(filled.arrow)
    filled.stale.clear()
    filled.aim.set_alt(held=True)
    piece = filled.inspection.would_exclude
    assert piece is not None
    assert piece[0] in filled.stale
    more = (filled.seen(filled.arrow) != plain).any(axis=2)
    assert more.any()
    around = np.zeros_like(more)
    around[piece[0].grown(5, 5).moved(MARGIN, MARGIN).common(Box.whole(more.shape)).slices] = True  # type: ignore[union-attr]
    assert not more[~around].any()
    filled.aim.set_alt(held=False)
    assert np.array_equal(filled.seen(filled.arrow), plain)


# The pointer's own marks


@pytest.mark.parametrize("ground", ["#000000", "#FFFFFF", "#777777", "#FF0000"])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_the_ring_is_seen_on_any_ground(scene: Scene, ground: str, ratio: float) -> None:
    scene.toolbox.set_size(100)
    scene.aim.move_to(180, 140)
    seen = scene.seen(scene.reticle, ground, ratio)
    assert np.array_equal(seen[:, 1:], seen[:, :0:-1]) or ratio > 1
    ring = contrast(seen, seen[0, 0])
    for angle in np.linspace(0, 2 * np.pi, 24, endpoint=False):
        row, column = (140 + 50 * np.sin(angle)) * ratio, (180 + 50 * np.cos(angle)) * ratio
        spot = ring[int(row) - 3 : int(row) + 4, int(column) - 3 : int(column) + 4]
        assert spot.max() >= 3.0
    assert ring[round(140 * ratio) - 20 : round(140 * ratio) + 20, round(180 * ratio) - 20 : round(180 * ratio) + 20].max() == 1.0


def test_a_soft_brush_has_a_second_ring_and_a_tiny_one_none(scene: Scene) -> None:
    scene.aim.move_to(180, 140)
    scene.toolbox.set_size(100)
    scene.toolbox.set_hardness(0.2)
    row = scene.seen(scene.reticle, "#000000")[140, 180:, 0]
    bright = np.flatnonzero(row > 200)
    assert abs(bright.min() - 30) <= 1
    assert abs(bright.max() - 50) <= 1
    scene.toolbox.set_size(7)
    assert near(scene.seen(scene.reticle), GREY, 0).all()


def test_a_huge_ring_is_drawn_where_it_is_seen(scene: Scene) -> None:
    scene.toolbox.set_size(600)
    scene.aim.move_to(180 - 300, 140)
    seen = scene.seen(scene.reticle, "#000000")[..., 0]
    assert abs(int(seen[140].argmax()) - 180) <= 1


def test_shapes_are_drawn_as_lines(scene: Scene) -> None:
    on = mask_of(scene.core.document, "Lasso", erase=False)
    scene.toolbox.choose("lasso")
    scene.aim.gesture = Shaping(on, Lasso(50, 50), Point(50, 50))
    scene.aim.gesture.to(Point(50, 150))
    scene.aim.gesture.to(Point(150, 150))
    seen = scene.seen(scene.reticle, "#000000")[..., 0]
    assert seen[MARGIN + 50 - 1 : MARGIN + 50 + 1, MARGIN + 60 : MARGIN + 140].max(axis=0).min() > 100
    assert seen[MARGIN + 100, MARGIN + 95 : MARGIN + 105].max() == 0  # not closed yet
    scene.toolbox.choose("rectangle")
    scene.aim.gesture = Shaping(on, Rectangle(50, 50), Point(50, 50))
    scene.aim.gesture.to(Point(90, 150))
    seen = scene.seen(scene.reticle, "#000000")[..., 0]
    assert seen[MARGIN + 60 : MARGIN + 80, MARGIN + 50 - 1 : MARGIN + 50 + 1].max(axis=1).min() > 100
    assert seen[MARGIN + 90 - 1 : MARGIN + 90 + 1, MARGIN + 60 : MARGIN + 140].max(axis=0).min() > 100


def test_a_cross_stands_where_the_keys_moved_the_pointer(scene: Scene) -> None:
    scene.toolbox.choose("inspect")
    scene.aim.move_to(180, 140)
    assert near(scene.seen(scene.reticle), GREY, 0).all()
    scene.aim.move_to(180, 140, by_keys=True)
    rows, columns = np.nonzero(~near(scene.seen(scene.reticle), GREY, 40))
    assert (abs(rows.mean() - 139.5), abs(columns.mean() - 179.5)) <= (1, 1)
    assert 7 <= np.ptp(rows) <= 11
