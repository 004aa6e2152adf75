"""What moves the photograph on the canvas, and what leaves it in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QWidget

from app.view.canvas.viewport import NOTCH, Viewport
from tests.app.seen import NO_KEY, SIZE, Seen, Tool

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core


@pytest.fixture
def seen(qtbot: QtBot, core: Core) -> Seen:
    return Seen(qtbot, core)


# Zoomed and dragged


def test_the_wheel_zooms_at_the_pointer(seen: Seen) -> None:
    seen.open()
    before = seen.canvas.viewport
    place = QPoint(300, 250)
    row, column = before.to_picture(place.x(), place.y())
    with seen.qtbot.waitSignal(seen.canvas.zoom_changed):
        seen.wheel(place, 120)
    view = seen.canvas.viewport
    assert view.zoom == pytest.approx(before.zoom * NOTCH)
    assert view.to_widget(row, column) == pytest.approx((300, 250), abs=1)
    seen.wheel(place, -120)
    assert seen.canvas.viewport.zoom == pytest.approx(before.zoom)
    assert not seen.canvas.viewport.fitted


def test_two_fingers_pan_and_nothing_moves_after_they_are_lifted(seen: Seen) -> None:
    seen.open()
    seen.show_at(2, 100, 100)
    before = seen.canvas.viewport
    seen.wheel(QPoint(300, 250), 40, QPoint(-7, 5), Qt.ScrollPhase.ScrollUpdate)
    moved = seen.canvas.viewport
    assert (moved.left - before.left, moved.top - before.top, moved.zoom) == (-7, 5, before.zoom)
    seen.wheel(QPoint(300, 250), 40, QPoint(-7, 5), Qt.ScrollPhase.ScrollMomentum)
    assert seen.canvas.viewport == moved


def test_a_pinch_zooms(seen: Seen) -> None:
    seen.open()
    before = seen.canvas.viewport
    at = QPointF(200, 200)
    device = QPointingDevice.primaryPointingDevice()
    event = QNativeGestureEvent(Qt.NativeGestureType.ZoomNativeGesture, device, 2, at, at, at, 0.25, QPointF())
    QApplication.sendEvent(seen.canvas, event)
    assert seen.canvas.viewport.zoom == pytest.approx(1.25 * before.zoom)


def test_while_the_picture_is_held_other_buttons_do_nothing(seen: Seen) -> None:
    seen.open()
    tool = seen.canvas.pointer = Tool(uses=False)
    QTest.mousePress(seen.canvas, Qt.MouseButton.MiddleButton, NO_KEY, QPoint(300, 300))
    seen.click(QPoint(300, 300))
    seen.move(QPoint(320, 300))
    QTest.mouseRelease(seen.canvas, Qt.MouseButton.MiddleButton, NO_KEY, QPoint(320, 300))
    assert seen.canvas.viewport.left == pytest.approx(20 + Viewport((1024, 1024), *SIZE).fit().left)
    assert [kind for kind, _, _ in tool.heard if kind != "move"] == ["press"]


@pytest.mark.parametrize("how", ["middle", "space", "hand"])
def test_the_picture_is_dragged_and_stays_where_it_is_let_go(seen: Seen, how: str) -> None:
    seen.open()
    seen.show_at(2, 100, 100)
    before = seen.canvas.viewport
    if how == "space":
        QTest.keyPress(seen.canvas, Qt.Key.Key_Space)
        assert seen.toolbox.tool == "hand"
    if how == "hand":
        seen.toolbox.choose("hand")
    button = Qt.MouseButton.MiddleButton if how == "middle" else Qt.MouseButton.LeftButton
    seen.drag(QPoint(300, 300), QPoint(250, 340), button)
    if how == "space":
        QTest.keyRelease(seen.canvas, Qt.Key.Key_Space)
        assert seen.toolbox.tool == "brush"
    after = seen.canvas.viewport
    assert (after.left - before.left, after.top - before.top) == (-50, 40)
    seen.move(QPoint(100, 100))
    assert seen.canvas.viewport == after


def test_the_hand_shows_whether_it_holds(seen: Seen) -> None:
    seen.open()
    seen.toolbox.choose("hand")
    assert seen.canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
    QTest.mousePress(seen.canvas, Qt.MouseButton.LeftButton, NO_KEY, QPoint(300, 300))
    assert seen.canvas.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    QTest.mouseRelease(seen.canvas, Qt.MouseButton.LeftButton, NO_KEY, QPoint(300, 300))
    seen.toolbox.choose("brush")
    seen.canvas.set_tool_cursor(QCursor(Qt.CursorShape.CrossCursor))
    assert seen.canvas.cursor().shape() == Qt.CursorShape.CrossCursor


def test_a_click_of_the_hand_is_told_and_a_drag_is_none(seen: Seen) -> None:
    seen.open()
    seen.toolbox.choose("hand")
    clicks = list[tuple[int, int]]()
    seen.canvas.clicked.connect(lambda row, column: clicks.append((row, column)))
    seen.drag(QPoint(300, 300), QPoint(350, 300))
    assert not clicks
    place = seen.place(100.5, 200.5)
    seen.click(place)
    row, column = seen.canvas.viewport.to_picture(place.x(), place.y())
    assert clicks == [(int(row), int(column))]


def test_nothing_stays_held_when_the_keys_are_let_go_elsewhere(seen: Seen) -> None:
    seen.open()
    other = QWidget()
    seen.qtbot.addWidget(other)
    seen.canvas.setFocus()
    QTest.keyPress(seen.canvas, Qt.Key.Key_Space)
    QTest.keyPress(seen.canvas, Qt.Key.Key_Backslash)
    other.show()
    other.activateWindow()
    seen.qtbot.waitUntil(lambda: seen.toolbox.tool == "brush")
    assert not seen.display.original_held


def test_steps_and_100_percent_are_seen_from_the_middle(seen: Seen) -> None:
    seen.open()
    middle = seen.canvas.viewport.to_picture(400, 300)
    seen.canvas.zoom_in()
    assert seen.canvas.viewport.zoom == 0.75
    seen.canvas.zoom_out()
    assert seen.canvas.viewport.zoom == 0.5
    seen.canvas.actual_size()
    assert seen.canvas.viewport.zoom == 1
    assert seen.canvas.viewport.to_widget(*middle) == pytest.approx((400, 300), abs=1)
    seen.canvas.fit()
    assert seen.canvas.viewport.fitted


# The picture stays


def test_resizing_the_window_fits_only_what_is_fitted(seen: Seen) -> None:
    seen.open()
    seen.settle()
    seen.canvas.resize(900, 700)
    seen.settle()
    assert seen.canvas.viewport == Viewport((1024, 1024), 900, 700).fit()
    seen.show_at(2, 100, 100)
    before = seen.canvas.viewport
    seen.canvas.resize(700, 500)
    seen.settle()
    assert seen.canvas.viewport == before.resized(700, 500)


@pytest.mark.qt_log_ignore("propagateSizeHints")
@pytest.mark.parametrize("fitted", [True, False])
def test_panels_that_come_and_go_leave_the_picture_in_its_place(seen: Seen, fitted: bool) -> None:
    window, splitter, rail, panel = QWidget(), QSplitter(), QWidget(), QWidget()
    for side, width in ((rail, 48), (panel, 200)):
        side.setFixedWidth(width)
    for widget in (rail, seen.canvas, panel):
        splitter.addWidget(widget)
    QHBoxLayout(window).addWidget(splitter)
    seen.qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    seen.qtbot.waitExposed(window)
    seen.settle()
    seen.open()
    seen.settle()
    assert seen.canvas.viewport == Viewport((1024, 1024), seen.canvas.width(), seen.canvas.height()).fit()
    if not fitted:
        seen.show_at(1.5, 100, 100)
    seen.settle()

    def corner() -> QPointF:
        return seen.canvas.mapTo(window, QPointF(*seen.canvas.viewport.to_widget(0, 0)))

    place, zoom = corner(), seen.canvas.viewport.zoom
    for side in (rail, panel):
        for shown in (False, True):
            side.setVisible(shown)
            seen.settle()
            assert corner() == place
            assert seen.canvas.viewport.zoom == zoom
    panel.hide()
    seen.settle()
    window.resize(1100, 700)
    seen.settle()
    view = seen.canvas.viewport
    assert (view == view.fit()) == fitted
    seen.canvas.setParent(None)


def test_a_window_that_lays_out_around_the_canvas_takes_no_picture_along(seen: Seen) -> None:
    """Here the canvas itself gets neither another place in its parent nor another size."""
    window, middle = QWidget(), QWidget()
    middle.setParent(window)
    seen.canvas.setParent(middle)
    seen.qtbot.addWidget(window)
    middle.setGeometry(100, 0, 800, 600)
    window.resize(1000, 600)
    window.show()
    seen.canvas.show()
    seen.qtbot.waitExposed(window)
    seen.open()
    seen.settle()
    place = seen.canvas.mapTo(window, seen.place(0, 0))
    middle.move(60, 0)
    seen.canvas.update()
    seen.settle()
    assert seen.canvas.mapTo(window, seen.place(0, 0)) == place
    seen.canvas.setParent(None)
