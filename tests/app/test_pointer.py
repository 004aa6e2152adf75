"""Gestures of mouse, pen and keys on a canvas, and what they leave on the mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.display import Display
from app.sampling import ALLOWED, FORBIDDEN
from app.toolbox import Toolbox
from app.view.canvas.aim import Aim
from app.view.canvas.canvas import Canvas
from app.view.canvas.gestures import Sizing
from app.view.canvas.pointer import Pointer
from app.view.canvas.reticle import Reticle
from app.view.theme import DARK
from engine.geometry import Box

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
NO_KEY, SHIFT, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
SIDE = 200


class Scene:
    """A canvas that shows a grey picture at 200 %, its corner in the canvas's corner."""

    def __init__(self, qtbot: QtBot, core: Core) -> None:
        self.core, self.document, self.inspection = core, core.document, core.inspection
        self.display, self.toolbox = Display(), Toolbox()
        self.canvas = Canvas(core.document, core.filling, self.display, self.toolbox, DARK)
        qtbot.addWidget(self.canvas)
        self.aim = Aim(core.document, self.toolbox, lambda: self.canvas.viewport)
        self.pointer = self.canvas.pointer = Pointer(core.document, self.toolbox, core.inspection, self.aim)
        self.canvas.layers += [Reticle(self.toolbox, self.aim)]
        self.canvas.resize(2 * SIDE, 2 * SIDE)
        self.canvas.show()
        qtbot.waitExposed(self.canvas)
        core.open(np.full((SIDE, SIDE, 3), 119, np.uint8))
        view = self.canvas.viewport.zoomed_to(2.0, 0, 0)
        self.canvas.set_viewport(view.panned(-view.left, -view.top))
        self.toolbox.set_size(10)

    @property
    def mask(self) -> np.ndarray:
        return self.document.mask.pixels

    @property
    def undoable(self) -> list[str]:
        return [edit.name for edit in self.document.history.done]

    def at(self, row: float, column: float) -> QPoint:
        return QPointF(*self.canvas.viewport.to_widget(row, column)).toPoint()

    def send(
        self, kind: QEvent.Type, place: tuple[float, float], button: Qt.MouseButton, held: Qt.MouseButton, keys: Qt.KeyboardModifier
    ) -> None:
        spot = QPointF(self.at(*place))
        QApplication.sendEvent(self.canvas, QMouseEvent(kind, spot, self.canvas.mapToGlobal(spot), button, held, keys))

    def press(self, place: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY, button: Qt.MouseButton = LEFT) -> None:
        self.send(QEvent.Type.MouseButtonPress, place, button, button, keys)

    def move(self, place: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY, held: Qt.MouseButton = LEFT) -> None:
        self.send(QEvent.Type.MouseMove, place, NONE, held, keys)

    def release(self, place: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY, button: Qt.MouseButton = LEFT) -> None:
        self.send(QEvent.Type.MouseButtonRelease, place, button, NONE, keys)

    def drag(self, *places: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY, button: Qt.MouseButton = LEFT) -> None:
        self.press(places[0], keys, button)
        for place in places[1:]:
            self.move(place, keys, button)
        self.release(places[-1], keys, button)

    def click(self, place: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY) -> None:
        self.drag(place, keys=keys)

    def pen(self, kind: QEvent.Type, place: tuple[float, float], pressure: float, tip: QPointingDevice.PointerType) -> None:
        device = QPointingDevice(
            "pen", 1, QInputDevice.DeviceType.Stylus, tip, QInputDevice.Capability.Pressure, 1, 1
        )  # fmt: skip
        spot = QPointF(self.at(*place))
        held = NONE if kind == QEvent.Type.TabletRelease else LEFT
        button = NONE if kind == QEvent.Type.TabletMove else LEFT
        event = QTabletEvent(kind, device, spot, self.canvas.mapToGlobal(spot), pressure, 0, 0, 0, 0, 0, NO_KEY, button, held)
        QApplication.sendEvent(self.canvas, event)


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


# Hand


def test_the_hand_and_space_move_the_picture_and_paint_nothing(scene: Scene) -> None:
    scene.toolbox.choose("hand")
    before = scene.canvas.viewport
    scene.drag((50, 60), (60, 90))
    assert scene.canvas.viewport != before
    assert not scene.mask.any()


# Ring and cursor


def test_the_ring_follows_and_leaves(scene: Scene) -> None:
    scene.move((50, 60), held=NONE)
    assert scene.aim.ring == (50.0, 60.0)
    QApplication.sendEvent(scene.canvas, QEvent(QEvent.Type.Leave))
    assert scene.aim.ring is None


def test_a_moving_brush_repaints_two_boxes(scene: Scene) -> None:
    scene.move((50, 60), held=NONE)
    boxes: list[Box] = []
    scene.aim.stale.connect(lambda box, _margin: boxes.append(box))
    scene.move((150, 160), held=NONE)
    assert len(boxes) == 2
    assert all(max(box.size) <= 13 for box in boxes)


def test_the_ring_stays_under_the_pointer_when_the_picture_moves(scene: Scene) -> None:
    scene.move((50, 60), held=NONE)
    scene.canvas.set_viewport(scene.canvas.viewport.zoomed(2.0, 0, 0))
    assert scene.aim.ring == (25.0, 30.0)


def test_alt_turns_the_cross_into_a_minus(scene: Scene) -> None:
    plain = scene.aim.cursor.pixmap().toImage()
    QTest.keyPress(scene.canvas, Qt.Key.Key_Alt)
    assert scene.aim.erases
    assert scene.aim.cursor.pixmap().toImage() != plain
    QTest.keyRelease(scene.canvas, Qt.Key.Key_Alt)
    assert scene.aim.cursor.pixmap().toImage() == plain


# Keys


def test_arrows_move_a_pointer_and_insert_paints(scene: Scene) -> None:
    scene.move((50, 60), held=NONE)
    for _ in range(4):
        QTest.keyClick(scene.canvas, Qt.Key.Key_Right)
    assert scene.aim.place == (50.0, 62.0)
    QTest.keyClick(scene.canvas, Qt.Key.Key_Insert)
    QTest.keyClick(scene.canvas, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(scene.canvas, Qt.Key.Key_Down, SHIFT)
    assert scene.pointer.busy
    QTest.keyClick(scene.canvas, Qt.Key.Key_Insert)
    assert Box.around(scene.mask) == Box(45, 57, 26, 10)
    assert scene.undoable == ["Stroke"]


def test_arrows_start_in_the_middle_of_the_view(scene: Scene) -> None:
    QTest.keyClick(scene.canvas, Qt.Key.Key_Up)
    assert scene.aim.place == (99.5, 100.0)
    assert scene.aim.by_keys


# Inspect


def filled(scene: Scene) -> Box:
    """A fill made by the real engine, in a striped picture."""
    stripes = (np.indices((SIDE, SIDE)).sum(axis=0) % 24 * 10).astype(np.uint8)
    scene.core.open(np.repeat(stripes[..., None], 3, axis=2))
    view = scene.canvas.viewport.zoomed_to(2.0, 0, 0)
    scene.canvas.set_viewport(view.panned(-view.left, -view.top))
    scene.core.fill(Box(80, 90, 20, 24))
    return Box(80, 90, 20, 24)


def test_inspecting_reads_pins_and_frees(scene: Scene) -> None:
    filled(scene)
    before = scene.undoable
    scene.toolbox.choose("inspect")
    scene.move((90.5, 100.5), held=NONE)
    assert scene.inspection.place == (90, 100)
    assert not scene.inspection.dimmed
    scene.move((10, 10), held=NONE)
    assert scene.inspection.dimmed
    scene.click((90.5, 100.5))
    assert scene.inspection.pinned
    scene.move((92.5, 102.5), held=NONE)
    assert scene.inspection.place == (90, 100)
    QTest.keyClick(scene.canvas, Qt.Key.Key_Escape)
    assert not scene.inspection.pinned
    assert scene.undoable == before


def test_a_click_shows_the_results_of_a_fill_and_alt_refuses_its_source(scene: Scene, qtbot: QtBot) -> None:
    filled(scene)
    choice = scene.document.shown
    scene.document.show(None)
    scene.toolbox.choose("inspect")
    scene.click((90.5, 100.5))
    assert scene.document.shown is choice
    with qtbot.waitSignal(scene.pointer.not_from_here):
        scene.click((90.5, 101.5), ALT)
    assert scene.inspection.place == (90, 101)
    with qtbot.assertNotEmitted(scene.pointer.not_from_here):
        scene.click((10, 10), ALT)


def test_inspect_is_kept_when_tapped_and_given_back_when_held(scene: Scene, qtbot: QtBot) -> None:
    scene.toolbox.choose("eraser")
    scene.toolbox.choose("inspect")
    QTest.keyRelease(scene.canvas, Qt.Key.Key_I)
    assert scene.toolbox.tool == "inspect"
    scene.toolbox.choose("eraser")
    scene.toolbox.choose("inspect")
    qtbot.waitUntil(lambda: scene.pointer.holds_inspect)
    QTest.keyRelease(scene.canvas, Qt.Key.Key_I)
    assert scene.toolbox.tool == "eraser"


def test_the_ring_fades_where_the_size_was_changed(scene: Scene, qtbot: QtBot) -> None:
    scene.drag((50, 60), (50, 80), keys=ALT, button=RIGHT)
    assert scene.aim.left == (50.0, 60.0)
    qtbot.waitUntil(lambda: scene.aim.left is None)


def test_nothing_is_used_while_no_photograph_is_open(scene: Scene) -> None:
    scene.document.close()
    scene.drag((10, 10), (20, 20))
    QTest.keyClick(scene.canvas, Qt.Key.Key_Insert)
    assert not scene.pointer.busy
    assert scene.undoable == []
