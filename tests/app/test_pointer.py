"""Gestures of mouse, pen and keys on a canvas, and what they leave on the mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest

from app.sampling import ALLOWED, FORBIDDEN
from app.view.canvas.gestures import Sizing
from engine.geometry import Box
from tests.app.canvas_scene import ALT, LEFT, NO_KEY, RIGHT, SHIFT, Scene

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core


@pytest.fixture
def scene(qtbot: QtBot, core: Core) -> Scene:
    return Scene(qtbot, core)


# Brush


def test_a_click_leaves_one_stamp_and_one_step_of_undo(scene: Scene) -> None:
    scene.click((50, 60))
    assert Box.around(scene.mask) == Box(45, 55, 10, 10)
    assert scene.undoable == ["Stroke"]
    scene.document.undo()
    assert not scene.mask.any()


def test_a_drag_is_one_stroke(scene: Scene) -> None:
    scene.drag((50, 40), (50, 90), (100, 90))
    assert scene.mask[50, 40:90].all()
    assert scene.mask[50:100, 89].all()
    assert len(scene.undoable) == 1


def test_the_brush_paints_through_the_real_mouse(scene: Scene) -> None:
    QTest.mousePress(scene.canvas, LEFT, NO_KEY, scene.at(30, 30))
    QTest.mouseMove(scene.canvas, scene.at(30, 80))
    QTest.mouseRelease(scene.canvas, LEFT, NO_KEY, scene.at(30, 80))
    assert scene.mask[30, 30:80].all()


def test_the_eraser_and_alt_take_away(scene: Scene) -> None:
    scene.drag((50, 40), (50, 90))
    scene.drag((50, 60), (50, 70), keys=ALT)
    assert not scene.mask[50, 60:70].any()
    assert scene.mask[50, 42:54].all()
    scene.toolbox.choose("eraser")
    scene.drag((50, 40), (50, 90))
    assert not scene.mask.any()
    assert scene.undoable == ["Stroke", "Erase", "Erase"]


def test_a_rapid_second_click_paints_too(scene: Scene) -> None:
    scene.click((50, 60))
    scene.send(QEvent.Type.MouseButtonDblClick, (80, 60), LEFT, LEFT, NO_KEY)
    scene.release((80, 60))
    assert scene.mask[80, 60]


def test_escape_drops_a_stroke_wholly(scene: Scene) -> None:
    scene.click((20, 20))
    before = scene.mask.copy()
    scene.press((20, 20))
    scene.move((100, 100))
    assert scene.mask[100, 99]
    QTest.keyClick(scene.canvas, Qt.Key.Key_Escape)
    assert np.array_equal(scene.mask, before)
    scene.move((150, 150))
    scene.release((150, 150))
    assert np.array_equal(scene.mask, before)
    assert scene.undoable == ["Stroke"]
    assert not scene.pointer.escape()


def test_shift_and_a_click_draw_a_straight_line_from_the_last_stamp(scene: Scene) -> None:
    scene.click((20, 20))
    scene.click((120, 170), SHIFT)
    assert scene.mask[70, 95]
    assert scene.toolbox.size == 10
    scene.click((120, 20), SHIFT)
    assert scene.mask[120, 20:170].all()
    assert len(scene.undoable) == 3


def test_shift_and_a_click_with_nothing_before_are_a_stamp(scene: Scene) -> None:
    scene.click((120, 170), SHIFT)
    assert Box.around(scene.mask) == Box(115, 165, 10, 10)


@pytest.mark.parametrize(("keys", "button"), [(SHIFT, LEFT), (ALT, RIGHT)])
def test_a_drag_aside_sizes_the_brush_and_paints_nothing(scene: Scene, keys: Qt.KeyboardModifier, button: Qt.MouseButton) -> None:
    scene.press((50, 60), keys, button)
    scene.move((50, 80), keys, button)
    assert scene.toolbox.size == 50
    assert scene.toolbox.hardness == 1.0
    assert scene.aim.ring == (50.0, 60.0)
    scene.release((50, 80), keys, button)
    assert scene.aim.ring == (50.0, 80.0)
    assert not scene.mask.any()


def test_a_drag_down_softens_and_up_hardens(scene: Scene) -> None:
    scene.drag((50, 60), (106, 60), keys=ALT, button=RIGHT)
    assert scene.toolbox.hardness == pytest.approx(0.5)
    assert scene.toolbox.size == 10
    scene.drag((106, 60), (50, 60), keys=SHIFT)
    assert scene.toolbox.hardness == 1.0


def test_escape_gives_the_size_back(scene: Scene) -> None:
    scene.press((50, 60), ALT, RIGHT)
    scene.move((90, 90), ALT, RIGHT)
    assert isinstance(scene.aim.gesture, Sizing)
    QTest.keyClick(scene.canvas, Qt.Key.Key_Escape)
    assert (scene.toolbox.size, scene.toolbox.hardness) == (10, 1.0)


def test_the_right_button_alone_paints_nothing(scene: Scene) -> None:
    scene.drag((50, 60), (50, 90), button=RIGHT)
    assert not scene.mask.any()


def test_strokes_run_over_the_edge_of_the_picture(scene: Scene) -> None:
    scene.press((10, 10))
    for place in ((-30, 10), (-30, 60), (10, 60)):
        scene.move(place)
    scene.release((10, 60))
    assert scene.mask[3, 10]
    assert scene.mask[3, 60]
    assert not scene.mask[3, 30]


def test_another_photograph_ends_a_stroke(scene: Scene) -> None:
    scene.press((50, 60))
    scene.core.open(np.zeros((90, 90, 3), np.uint8))
    scene.move((50, 70))
    scene.release((50, 70))
    assert not scene.mask.any()
    assert scene.mask.shape == (90, 90)


# Pen


def test_a_pen_paints_as_wide_as_it_is_pressed(scene: Scene) -> None:
    scene.toolbox.set_size(40)
    pen = QPointingDevice.PointerType.Pen
    scene.pen(QEvent.Type.TabletPress, (100, 30), 0.1, pen)
    scene.pen(QEvent.Type.TabletMove, (100, 170), 1.0, pen)
    scene.pen(QEvent.Type.TabletRelease, (100, 170), 0.0, pen)
    widths = (scene.mask > 0).sum(axis=0)
    assert widths[31] <= 8
    assert widths[100] in range(16, 30)
    assert widths[168] >= 36
    assert scene.undoable == ["Stroke"]


def test_the_other_end_of_a_pen_erases(scene: Scene) -> None:
    scene.drag((50, 40), (50, 90))
    rubber = QPointingDevice.PointerType.Eraser
    scene.pen(QEvent.Type.TabletPress, (50, 60), 1.0, rubber)
    scene.pen(QEvent.Type.TabletRelease, (50, 60), 0.0, rubber)
    assert not scene.mask[50, 60]
    assert scene.mask[50, 42]


# Shapes


def test_a_rectangle_is_filled_on_release(scene: Scene) -> None:
    scene.toolbox.choose("rectangle")
    scene.press((20, 30))
    scene.move((60, 90))
    assert not scene.mask.any()
    scene.release((60, 90))
    assert Box.around(scene.mask) == Box(20, 30, 40, 60)
    assert scene.mask[20:60, 30:90].all()
    assert scene.undoable == ["Rectangle"]


def test_alt_subtracts_a_shape_and_shift_adds_one(scene: Scene) -> None:
    scene.toolbox.choose("rectangle")
    scene.drag((20, 30), (60, 90))
    scene.drag((30, 40), (50, 80), keys=ALT)
    assert not scene.mask[30:50, 40:80].any()
    scene.drag((100, 30), (120, 90), keys=SHIFT)
    assert scene.mask[25, 35]
    assert scene.mask[110, 60]


def test_a_lasso_is_closed_on_release(scene: Scene) -> None:
    scene.toolbox.choose("lasso")
    scene.drag((20, 20), (20, 120), (120, 120))
    assert scene.mask[40, 100]
    assert not scene.mask[100, 40]
    assert scene.undoable == ["Lasso"]


def test_space_moves_a_shape_while_it_is_drawn(scene: Scene) -> None:
    scene.toolbox.choose("rectangle")
    scene.press((20, 30))
    scene.move((40, 50))
    QTest.keyPress(scene.canvas, Qt.Key.Key_Space)
    scene.move((100, 120))
    QTest.keyRelease(scene.canvas, Qt.Key.Key_Space)
    assert scene.toolbox.tool == "rectangle"
    scene.move((110, 140))
    scene.release((110, 140))
    assert Box.around(scene.mask) == Box(80, 100, 30, 40)


def test_escape_drops_a_shape_and_a_click_makes_none(scene: Scene) -> None:
    scene.toolbox.choose("lasso")
    scene.press((20, 20))
    scene.move((20, 120))
    scene.move((120, 120))
    QTest.keyClick(scene.canvas, Qt.Key.Key_Escape)
    assert scene.aim.corners == []
    scene.release((120, 120))
    scene.click((50, 50))
    assert not scene.mask.any()
    assert scene.undoable == []


# Sampling area


def test_the_first_stroke_of_the_area_decides(scene: Scene) -> None:
    scene.toolbox.choose("area")
    scene.click((50, 60))
    assert scene.document.area.pixels[50, 60] == ALLOWED
    scene.drag((50, 56), (50, 64), keys=ALT)
    assert not scene.document.area.pixels.any()
    scene.click((50, 60), ALT)
    assert scene.document.area.pixels[50, 60] == FORBIDDEN
    assert not scene.mask.any()
    assert set(scene.undoable) == {"Sampling area"}
    scene.document.undo()
    assert not scene.document.area.pixels.any()
