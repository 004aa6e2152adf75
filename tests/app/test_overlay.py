"""Mask, sampling area and queue as they are seen, on several grounds, at several zooms and ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle

from app.display import Display
from app.sampling import ALLOWED, FORBIDDEN
from app.toolbox import Toolbox
from app.tools.mark import cover, uncover
from app.tools.stroke import Point, Stroke
from app.tools.tip import Tip
from app.view.canvas.overlay import Overlay
from app.view.canvas.pooled import Grid, Pooled
from app.view.canvas.viewport import Viewport
from app.view.style import Fusion
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core

GROUNDS = {"black": "#000000", "white": "#FFFFFF", "grey 119": "#777777", "red": "#FF0000", "foliage": "#3A5A26"}
SIZE = 300, 400


class Scene:
    """An overlay over an open picture, drawn on any ground."""

    def __init__(self, core: Core) -> None:
        self.core, self.document = core, core.document
        self.display, self.toolbox = Display(), Toolbox()
        core.open(np.zeros((*SIZE, 3), np.uint8))
        core.recipe.set_grow(0)
        self.overlay = self.another()
        self.stale: list[tuple[Box | None, int]] = []
        self.overlay.stale.connect(lambda box, margin: self.stale.append((box, margin)))

    def another(self) -> Overlay:
        return Overlay(self.document, self.core.filling, self.core.recipe, self.display, self.toolbox)

    def view(self, zoom: float = 1.0, ratio: float = 1.0) -> Viewport:
        height, width = self.document.mask.size
        return Viewport((height, width), width * zoom / ratio + 40, height * zoom / ratio + 40, zoom / ratio, 20, 20, ratio)

    def seen(self, zoom: float = 1.0, ratio: float = 1.0, ground: str = "#777777", overlay: Overlay | None = None) -> np.ndarray:
        view = self.view(zoom, ratio)
        width, height = round(view.width), round(view.height)
        image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor(ground))
        painter = QPainter(image)
        (overlay or self.overlay).paint(painter, view, QRect(0, 0, width, height), ratio)
        painter.end()
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
        return rows[:, : image.width(), 2::-1].copy()

    def stroke(self, *places: tuple[float, float], tip: Tip, erase: bool = False, commit: bool = True) -> None:
        stroke = Stroke(self.document.mask, tip, uncover if erase else cover)
        for place in places:
            for box in stroke.to(Point(*place)):
                self.document.mask_changed.emit(box)
        if commit:
            self.document.committed("Stroke")

    def forbid(self, box: Box, code: int = FORBIDDEN) -> None:
        self.document.area.writing(box)[...] = code
        self.document.area_changed.emit(box)
        self.document.committed("Sampling area")


@pytest.fixture
def scene(qtbot: QtBot, core: Core) -> Scene:
    del qtbot
    return Scene(core)


def luminance(pixels: np.ndarray) -> np.ndarray:
    linear = np.where(pixels <= 10, pixels / 255 / 12.92, ((pixels / 255 + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(pixels: np.ndarray, ground: np.ndarray) -> np.ndarray:
    one, other = luminance(pixels), luminance(ground)
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


# Outline


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_the_outline_is_seen_on_any_ground(scene: Scene, ground: str, ratio: float) -> None:
    scene.display.set("mask_shown", False)
    scene.core.paint(Box(100, 100, 100, 200))
    seen = scene.seen(ratio, ratio, GROUNDS[ground])
    clear = contrast(seen, seen[2, 2])
    edge = round((20 + 100) * ratio)
    reach = round(4 * ratio)
    assert clear[edge - reach : edge + reach, round(150 * ratio) : round(280 * ratio)].max(axis=0).min() >= 3.0
    assert clear[round(140 * ratio) : round(200 * ratio), edge - reach : edge + reach].max(axis=1).min() >= 3.0


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_the_outline_is_as_wide_as_every_line(scene: Scene, ratio: float) -> None:
    scene.display.set("mask_shown", False)
    scene.core.paint(Box(100, 100, 100, 200))
    column = scene.seen(ratio, ratio)[:, round(220 * ratio)].astype(float)[: round(170 * ratio), 0]
    white = (np.clip(column - 119, 0, None) / 136).sum() / ratio
    black = (np.clip(119 - column, 0, None) / (119 * 0.7)).sum() / ratio
    assert 0.8 <= white <= 1.5
    assert 1.3 <= black <= 2.2


def test_the_outline_runs_where_the_mask_ends_at_any_zoom(scene: Scene) -> None:
    scene.core.paint(Box(64, 96, 160, 160))
    for zoom in (0.25, 0.5, 1.0, 3.0):
        row = scene.seen(zoom, ground="#000000")[round(20 + 144 * zoom), :, 1]
        lit = np.flatnonzero(row > 200)
        assert abs(lit[0] + 0.5 - (20 + 96 * zoom)) <= 1.5
        assert abs(lit[-1] + 0.5 - (20 + 256 * zoom)) <= 1.5


def test_a_hair_and_a_dot_are_seen_from_afar(scene: Scene) -> None:
    scene.core.open(np.zeros((3000, 4000, 3), np.uint8))
    scene.stroke((500, 300), (700, 3700), tip=Tip(1))
    scene.stroke((2000, 1000), tip=Tip(1))
    for ground in ("#000000", "#FFFFFF"):
        seen = scene.seen(0.1, ground=ground).astype(int)
        marked = np.abs(seen - seen[0, 0]).max(axis=2) > 60
        assert marked[60:100, 55:385].any(axis=0).all()
        assert marked[215:225, 115:125].any()


def test_holes_of_a_pixel_in_the_mask_do_not_matter_from_afar(scene: Scene) -> None:
    scene.core.paint(Box(50, 50, 200, 200))
    scene.stroke((150, 150), tip=Tip(1), erase=True)
    middle = scene.seen(0.25)[50:60, 50:60]
    assert np.ptp(middle.reshape(-1, 3), axis=0).max() <= 30


# Tint


@pytest.mark.parametrize(("colour", "rgb"), [("red", (255, 45, 120)), ("blue", (45, 140, 255)), ("green", (0, 184, 107))])
def test_the_tint_is_forty_percent_of_its_colour(scene: Scene, colour: str, rgb: tuple[int, int, int]) -> None:
    scene.display.set("mask_colour", colour)
    scene.core.paint(Box(100, 100, 100, 200))
    assert np.abs(scene.seen(ground="#000000")[170, 220] - 0.4 * np.array(rgb)).max() <= 2


def test_a_soft_edge_is_tinted_less(scene: Scene) -> None:
    scene.stroke((150, 200), tip=Tip(160, 0.0))
    row = scene.seen(ground="#000000")[170, :, 0].astype(int)
    assert row[220] >= 100
    assert 0 < row[220 + 60] < row[220 + 25] < row[220]


def test_hatching_has_no_hue_and_is_seen_on_black_and_white(scene: Scene) -> None:
    scene.display.set("mask_colour", "hatch")
    scene.core.paint(Box(100, 100, 100, 200))
    for ground in ("#000000", "#FFFFFF", "#777777"):
        inside = scene.seen(ground=ground)[140:200, 140:300].astype(int)
        assert np.ptp(inside, axis=2).max() == 0
        assert np.ptp(inside[..., 0]) > 60


def test_a_hidden_mask_keeps_its_outline(scene: Scene) -> None:
    scene.core.paint(Box(100, 100, 100, 200))
    scene.display.set("mask_shown", False)
    seen = scene.seen()
    assert (seen[150:190, 150:290] == 119).all()
    assert (seen[115:125, 220] != 119).any()


def test_nothing_lies_over_the_original(scene: Scene) -> None:
    scene.core.paint(Box(100, 100, 100, 200))
    scene.display.set("original_held", True)
    assert (scene.seen() == 119).all()
    assert (None, 0) in scene.stale


# Only what changed is drawn again


@pytest.mark.parametrize(("zoom", "ratio"), [(0.16, 1.0), (0.5, 1.0), (0.73, 2.0), (1.0, 1.0), (1.5, 1.5), (4.0, 1.0)])
@pytest.mark.parametrize("grow", [0, 6])
def test_what_is_kept_equals_what_is_drawn_anew(scene: Scene, zoom: float, ratio: float, grow: int) -> None:
    scene.core.recipe.set_grow(grow)
    for seed in range(4):
        rng = np.random.default_rng(seed)
        places = [tuple(place) for place in rng.uniform((-20, -20), (320, 420), (3, 2))]
        scene.stroke(*places, tip=Tip(float(rng.choice([1, 7, 40, 120])), float(rng.choice([0.2, 1.0]))), erase=seed == 2)
        kept = scene.seen(zoom, ratio)
        assert np.array_equal(kept, scene.seen(zoom, ratio, overlay=scene.another()))
    scene.document.undo()
    assert np.array_equal(scene.seen(zoom, ratio), scene.seen(zoom, ratio, overlay=scene.another()))


@pytest.mark.parametrize("grow", [0, 6])
@pytest.mark.parametrize("zoom", [0.3, 1.0, 3.0])
def test_what_changes_is_said_to_be_stale(scene: Scene, zoom: float, grow: int) -> None:
    scene.core.recipe.set_grow(grow)
    scene.stroke((60, 60), (60, 200), tip=Tip(30))
    before = scene.seen(zoom)
    for commit in (False, True):
        scene.stale.clear()
        scene.stroke((100, 100), (240, 330), tip=Tip(20, 0.4), commit=commit)
        after = scene.seen(zoom)
        told = np.zeros(after.shape[:2], bool)
        for box, margin in scene.stale:
            rect = scene.view(zoom).rect(box).toAlignedRect().adjusted(-margin, -margin, margin, margin) if box else QRect(0, 0, 9999, 9999)
            told[max(rect.top(), 0) : rect.bottom() + 1, max(rect.left(), 0) : rect.right() + 1] = True
        assert commit or (before != after).any()
        assert not (before != after).any(axis=2)[~told].any()
        before = after


def test_a_stamp_makes_little_stale(scene: Scene) -> None:
    scene.stroke((150, 200), tip=Tip(20), commit=False)
    assert [box.size for box, _ in scene.stale if box] == [(20, 20)]


# The grown edge


def dashes(scene: Scene) -> int:
    """Pixels that are marked well outside the mask's own outline."""
    seen = scene.seen(2.0)
    outside = np.ones(seen.shape[:2], bool)
    outside[20 + 2 * 100 - 10 : 20 + 2 * 200 + 10, 20 + 2 * 100 - 10 : 20 + 2 * 300 + 10] = False
    return int(((seen != 119).any(axis=2) & outside).sum())


def test_the_grown_edge_is_dashed_after_a_stroke_and_not_while_one_is_drawn(scene: Scene) -> None:
    scene.core.recipe.set_grow(10)
    scene.core.paint(Box(100, 100, 100, 200))
    perimeter = 2 * (200 + 400) + 2 * np.pi * 20
    assert 0.3 * perimeter < dashes(scene) / 3 < 0.8 * perimeter
    scene.stroke((150, 150), tip=Tip(5), erase=True, commit=False)
    assert dashes(scene) == 0
    scene.document.committed("Stroke")
    assert dashes(scene) > 0
    scene.core.recipe.set_grow(0)
    assert dashes(scene) == 0


def test_the_dashed_line_lies_as_far_out_as_the_mask_grows(scene: Scene) -> None:
    scene.core.recipe.set_grow(12)
    scene.core.paint(Box(100, 100, 100, 200))
    strip = (scene.seen(4.0, ground="#000000")[:, 20 + 4 * 150 : 20 + 4 * 250, 0] > 150).any(axis=1)
    above = np.flatnonzero(strip)[np.flatnonzero(strip) < 20 + 4 * 96]
    assert np.abs(above + 0.5 - (20 + 4 * 88)).max() <= 3


# Sampling area


def test_forbidden_is_hatched_while_the_area_is_painted(scene: Scene) -> None:
    scene.forbid(Box(50, 50, 100, 100))
    assert (scene.seen() == 119).all()
    scene.toolbox.choose("area")
    seen = scene.seen()
    assert np.ptp(seen[80:160, 80:160, 0].astype(int)) > 60
    assert (seen[200:300, 200:400] == 119).all()
    line = seen[110, 80:160, 0].astype(int)
    peaks = np.flatnonzero((line[1:-1] > line[:-2]) & (line[1:-1] >= line[2:]) & (line[1:-1] > 150))
    assert abs(np.diff(peaks).mean() - 8 * np.sqrt(2)) < 0.7


def test_what_is_allowed_stays_clean(scene: Scene) -> None:
    scene.toolbox.choose("area")
    scene.forbid(Box(100, 100, 100, 200), ALLOWED)
    seen = scene.seen()
    assert (seen[135:205, 135:305] == 119).all()
    assert np.ptp(seen[40:100, 40:400, 0].astype(int)) > 60
    assert (seen[:15] == 119).all()  # not beyond the picture


def test_the_area_kept_equals_the_area_drawn_anew(scene: Scene) -> None:
    scene.toolbox.choose("area")
    for code, box in ((FORBIDDEN, Box(40, 40, 90, 200)), (ALLOWED, Box(100, 100, 100, 200)), (0, Box(100, 100, 100, 200))):
        scene.forbid(box, code)
        assert np.array_equal(scene.seen(0.7), scene.seen(0.7, overlay=scene.another()))


# The queue


class Still(QProxyStyle):
    """A style of a system that has animations off."""

    def styleHint(self, hint: QStyle.StyleHint, *more: object) -> int:  # noqa: N802 (Qt's name)
        return 0 if hint == QStyle.StyleHint.SH_Widget_Animation_Duration else super().styleHint(hint, *more)


@pytest.fixture
def no_animations() -> Iterator[None]:
    QApplication.setStyle(Still("Fusion"))
    yield
    QApplication.setStyle(Fusion())


def texture(core: Core) -> None:
    core.open(np.random.default_rng(0).integers(0, 255, (*SIZE, 3), np.uint8))


def test_a_queued_hole_has_an_outline_and_a_number_and_no_tint(scene: Scene) -> None:
    texture(scene.core)
    scene.core.paint(Box(100, 100, 60, 80))
    scene.core.filling.fill()
    seen = scene.seen()
    assert (seen[140:160, 140:180] == 119).all()
    assert (seen[115:125, 160] != 119).any()
    assert (seen[110:130, 200:222].min(axis=2) < 40).sum() > 100
    scene.core.idle()


def test_a_hole_painted_beside_the_queue_has_the_next_number(scene: Scene) -> None:
    texture(scene.core)
    scene.core.paint(Box(100, 100, 60, 80))
    scene.core.filling.fill()
    scene.core.paint(Box(220, 300, 40, 40))
    seen = scene.seen()
    assert (seen[230:250, 360:382].min(axis=2) < 40).sum() > 100
    scene.core.idle()
    assert (scene.seen()[230:250, 368:382] == 119).all()


def test_outlines_fade_and_leave_nothing(scene: Scene, qtbot: QtBot) -> None:
    texture(scene.core)
    scene.core.fill(Box(100, 100, 60, 80))
    qtbot.waitUntil(lambda: bool((scene.seen() == 119).all()))


@pytest.mark.usefixtures("no_animations")
def test_outlines_vanish_at_once_without_animations(scene: Scene) -> None:
    texture(scene.core)
    scene.core.fill(Box(100, 100, 60, 80))
    assert (scene.seen() == 119).all()


# Smaller views


def test_smaller_views_lose_nothing_and_keep_up() -> None:
    rng = np.random.default_rng(1)
    array = np.zeros((301, 517), np.uint8)
    pooled = Pooled(lambda: array)
    assert pooled.box is None
    for _ in range(30):
        row, column = int(rng.integers(301)), int(rng.integers(517))
        box = Box(row, column, int(rng.integers(1, 302 - row)), int(rng.integers(1, 518 - column)))
        array[box.slices] = rng.choice([0, 0, 255])
        pooled.refresh(box)
    array[...] = 0
    array[170, 333] = 200
    pooled.refresh(Box.whole(array.shape))
    assert pooled.largest == 200
    for zoom in (0.01, 0.07, 0.3, 0.5, 1.0, 2.7):
        grid = Grid(3, -5, zoom)
        seen = pooled.most(Box(0, -10, 900, 1500), grid)
        rows, columns = np.nonzero(seen == 200)
        assert len(rows)
        assert abs(rows.mean() + 0.5 - (3 + 170.5 * zoom)) <= 1.5
        assert abs(columns.mean() - 10 + 0.5 - (-5 + 333.5 * zoom)) <= 1.5
        assert pooled.any(grid.pixels(Box(170, 333, 1, 1)), grid)
    box = pooled.box
    assert box is not None
    assert box.holds(170, 333)
