"""The hand, the ring, the keys and Inspect, by real events on a real canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.geometry import Box
from tests.app.canvas_scene import ALT, NONE, RIGHT, SHIFT, SIDE, Scene

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core


@pytest.fixture
def scene(qtbot: QtBot, core: Core) -> Scene:
    return Scene(qtbot, core)


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
    left: list[object] = []
    scene.aim.fade.stepped.connect(lambda: left.append(scene.aim.left))
    with qtbot.waitSignal(scene.aim.fade.gone):
        scene.drag((50, 60), (50, 80), keys=ALT, button=RIGHT)
    assert (50.0, 60.0) in left
    assert scene.aim.left is None


def test_nothing_is_used_while_no_photograph_is_open(scene: Scene) -> None:
    scene.document.close()
    scene.drag((10, 10), (20, 20))
    QTest.keyClick(scene.canvas, Qt.Key.Key_Insert)
    assert not scene.pointer.busy
    assert scene.undoable == []
