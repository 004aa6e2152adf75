"""Control points as the hand sets them: presses, drags and keys on a real window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.actions import Actions
from app.view.canvas.point_marks import AWAY
from app.view.theme import RANKS
from tests.app.paired import LEFT, Paired, there

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from app.companion import Companion, PointPair
    from tests.app.conftest import Core

SHIFT = Qt.KeyboardModifier.ShiftModifier


class Pointed(Paired):
    """With the tool in hand and a reference, at 150 %."""

    def __init__(self, qtbot: QtBot, core: Core, *, match: bool) -> None:
        super().__init__(qtbot, core)
        self.companion: Companion = self.add(Path("garage-1998.jpg"), match=match)
        self.toolbox.choose("points")
        self.show_at(1.5, (256, 256))

    @property
    def pairs(self) -> list[PointPair]:
        return self.references.points(self.companion)

    @property
    def steps(self) -> list[str]:
        return [edit.name for edit in self.document.history.done[1:]]

    def set_pair(self, here: tuple[float, float], beside: tuple[float, float]) -> None:
        self.click(self.canvas, here)
        self.click(self.beside, beside)


@pytest.fixture
def pair(qtbot: QtBot, core: Core) -> Pointed:
    return Pointed(qtbot, core, match=False)


@pytest.fixture
def matched_pair(qtbot: QtBot, core: Core) -> Pointed:
    return Pointed(qtbot, core, match=True)


def near(pixels: NDArray[np.uint8], colour: str) -> NDArray[np.bool_]:
    rgb = QColor(colour).getRgb()[:3]
    return np.abs(pixels.astype(int) - rgb).max(axis=2) <= 12


# Setting


def test_a_press_in_each_view_makes_a_pair_between_pixels(pair: Pointed) -> None:
    pair.click(pair.canvas, (230.25, 240.5))
    assert [(one.number, one.there) for one in pair.pairs] == [(1, None)]
    assert pair.steps == []
    pair.click(pair.beside, (90.5, 100.75))
    (one,) = pair.pairs
    assert one.here == pytest.approx((229.75, 240.0))  # whole numbers are middles of pixels
    assert one.there == pytest.approx((90.0, 100.25))
    assert pair.steps == ["Add control point"]
    pair.document.undo()
    assert pair.pairs == []
    pair.document.redo()
    assert pair.pairs == [one]


def test_the_reference_may_come_first_and_a_second_press_there_moves_it(pair: Pointed) -> None:
    pair.click(pair.beside, (60, 60))
    pair.click(pair.beside, (90, 120))
    pair.click(pair.canvas, (250, 300))
    (one,) = pair.pairs
    assert (one.here, one.there) == ((249.5, 299.5), pytest.approx((89.5, 119.5)))


def test_a_press_that_is_dragged_is_one_step(pair: Pointed) -> None:
    pair.click(pair.canvas, (250, 250))
    pair.drag(pair.beside, (80, 80), (95, 90))
    assert pair.pairs[0].there == pytest.approx((94.5, 89.5))
    assert pair.steps == ["Add control point"]


def test_no_point_beside_the_picture(pair: Pointed) -> None:
    pair.show_at(0.5, (256, 256))
    pair.click(pair.canvas, (-10, 100))
    pair.click(pair.beside, (100, 230))
    assert pair.pairs == []
    pair.drag(pair.canvas, (100, 500), (100, 540))
    assert pair.pairs[0].here == (99.5, 511.5)


def test_without_a_reference_the_tool_does_nothing(qtbot: QtBot, core: Core) -> None:
    alone = Paired(qtbot, core)
    alone.toolbox.choose("points")
    alone.settle()
    view = alone.canvas.viewport
    alone.drag(alone.canvas, (200, 200), (220, 220))
    assert alone.canvas.viewport == view
    assert not core.document.history.done


# Moving, taking away


def test_a_point_is_taken_hold_of_near_it_and_moved(pair: Pointed) -> None:
    pair.set_pair((250, 250), (100, 100))
    pair.drag(pair.canvas, (252, 251), (262, 241))
    assert pair.pairs[0].here == pytest.approx((259.5, 239.5))  # as far from the pointer as it was
    assert pair.steps == ["Add control point", "Move control point"]
    pair.document.undo()
    assert pair.pairs[0].here == pytest.approx((249.5, 249.5))
    pair.click(pair.beside, (101, 101))
    assert len(pair.pairs) == 1
    assert pair.steps == ["Add control point"]


def test_escape_puts_back_what_is_dragged_then_drops_a_half(pair: Pointed) -> None:
    pair.set_pair((250, 250), (100, 100))
    pair.click(pair.canvas, (300, 300))
    pair.press(pair.canvas, (250, 250))
    pair.move(pair.canvas, (280, 280), LEFT)
    assert pair.pairs[0].here == pytest.approx((279.5, 279.5))
    pair.key(Qt.Key.Key_Escape)
    assert pair.pairs[0].here == pytest.approx((249.5, 249.5))
    assert len(pair.pairs) == 2
    pair.release(pair.canvas, (280, 280))
    pair.key(Qt.Key.Key_Escape)
    assert len(pair.pairs) == 1
    assert not pair.pointer.escape()
    assert pair.steps == ["Add control point"]


def test_another_tool_drops_the_half_and_escape_is_free_for_others(pair: Pointed) -> None:
    pair.click(pair.canvas, (300, 300))
    pair.toolbox.hold("hand")
    pair.toolbox.release()
    assert len(pair.pairs) == 1
    pair.toolbox.choose("brush")
    assert pair.pairs == []
    assert not pair.pointer.escape()


def test_delete_takes_away_what_was_pointed_at_last(pair: Pointed) -> None:
    pair.set_pair((250, 250), (100, 100))
    pair.set_pair((300, 300), (140, 140))
    pair.move(pair.beside, (101, 99))
    pair.key(Qt.Key.Key_Delete)
    assert [one.number for one in pair.pairs] == [2]
    pair.key(Qt.Key.Key_Delete)
    assert [one.number for one in pair.pairs] == [2]
    pair.document.undo()
    assert [one.number for one in pair.pairs] == [1, 2]


def test_arrows_move_the_point_last_touched(pair: Pointed) -> None:
    pair.set_pair((250, 250), (100, 100))
    spot = pair.aim.spot
    pair.key(Qt.Key.Key_Right)
    pair.key(Qt.Key.Key_Up, SHIFT)
    assert pair.pairs[0].there == pytest.approx((89.5, 100.5))
    pair.move(pair.canvas, (250, 250))
    pair.key(Qt.Key.Key_Down)
    assert pair.pairs[0].here == pytest.approx((250.5, 249.5))
    assert pair.aim.spot != spot or spot is None
    pair.document.undo()
    assert pair.pairs[0].here == pytest.approx((249.5, 249.5))


# What the match says


def test_enter_takes_the_proposed_place_and_does_not_fill(matched_pair: Pointed) -> None:
    pair, actions = matched_pair, Actions(matched_pair.views)
    asked: list[bool] = []
    actions["fill"].triggered.connect(lambda: asked.append(True))
    pair.views.addAction(actions["fill"])
    pair.views.activateWindow()
    pair.qtbot.waitUntil(pair.views.isActiveWindow)
    pair.click(pair.canvas, (220, 240))
    pair.key(Qt.Key.Key_Return)
    (one,) = pair.pairs
    assert one.there == pytest.approx(np.subtract(there((220, 240)), 0.5), abs=1e-3)
    assert not asked
    pair.key(Qt.Key.Key_Return)
    assert asked
    pair.click(pair.beside, (100, 120))
    pair.key(Qt.Key.Key_Enter)
    assert pair.pairs[1].here == pytest.approx((239.5, 299.5), abs=0.01)


def test_a_press_beside_the_proposed_place_counts(matched_pair: Pointed) -> None:
    matched_pair.set_pair((220, 240), (91, 92))
    assert matched_pair.pairs[0].there == pytest.approx((90.5, 91.5))


# How they look


def test_points_have_their_colour_and_number_in_both_views(pair: Pointed) -> None:
    pair.set_pair((220, 200), (70, 60))
    pair.set_pair((290, 300), (130, 130))
    QApplication.sendEvent(pair.beside, QEvent(QEvent.Type.Leave))
    for pane, spots in ((pair.canvas, ((220, 200), (290, 300))), (pair.beside, ((70, 60), (130, 130)))):
        seen = pair.grabbed(pane)
        for spot, colour in zip(spots, RANKS, strict=False):
            place = pair.at(pane, spot).toPoint()
            around = near(seen[place.y() - 10 : place.y() + 11, place.x() - 10 : place.x() + 11], colour)
            assert around.sum() > 40
            assert np.abs(np.argwhere(around).mean(axis=0) - 10).max() < 1
            badge = seen[place.y() - 22 : place.y() - 4, place.x() - 34 : place.x() - 14]
            assert near(badge, "#141414").sum() > 60
            assert near(badge, "#FFFFFF").any()
    pair.toolbox.choose("brush")
    assert not near(pair.grabbed(pair.beside), RANKS[0]).sum() > 40
    pair.display.set("page", "reference")
    assert near(pair.grabbed(pair.beside), RANKS[0]).sum() > 40


@pytest.mark.parametrize("half", ["here", "there"])
def test_a_loupe_shows_what_lies_under_the_pointer_while_pressed(pair: Pointed, half: str) -> None:
    pane, spot = (pair.canvas, (260.0, 250.0)) if half == "here" else (pair.beside, (110.0, 100.0))
    plain = pair.grabbed(pane)
    pair.press(pane, spot)
    held = pair.grabbed(pane)
    place = pair.at(pane, spot).toPoint()
    middle = place - QPoint(0, AWAY)
    box = np.s_[middle.y() - 40 : middle.y() + 40, middle.x() - 40 : middle.x() + 40]
    assert (plain[box] != held[box]).any(axis=2).mean() > 0.4
    ring = held[middle.y() - 52 : middle.y() + 53, middle.x() - 52 : middle.x() + 53]
    assert near(ring, RANKS[0]).sum() > 200
    pair.release(pane, spot)
    assert np.array_equal(pair.grabbed(pane)[box], plain[box])


def test_the_loupe_stands_below_where_there_is_no_room_above(pair: Pointed) -> None:
    y = pair.canvas.viewport.to_picture(0, 60)[0]
    plain = pair.grabbed(pair.canvas)
    pair.press(pair.canvas, (y, 250))
    moved = np.argwhere((pair.grabbed(pair.canvas) != plain).any(axis=2))
    assert moved[:, 0].max() > 60 + AWAY
