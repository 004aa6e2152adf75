from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColorSpace, QCursor, QImage, QNativeGestureEvent, QPainter, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QWidget
from skimage import data

from app.choice import Candidate, Choice
from app.display import Display
from app.toolbox import Toolbox
from app.view.canvas import Canvas
from app.view.theme import DARK, LIGHT
from app.view.viewport import MARGIN, NOTCH, Viewport
from engine.geometry import Box
from engine.picture import Patch, Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core

SIZE = 800, 600
NO_KEY = Qt.KeyboardModifier.NoModifier
PHOTOGRAPH = data.astronaut().repeat(2, 0).repeat(2, 1)


class Seen:
    """A canvas of a core, in a window, and what is seen in it."""

    def __init__(self, qtbot: QtBot, core: Core) -> None:
        self.qtbot, self.core, self.document = qtbot, core, core.document
        self.display, self.toolbox = Display(), Toolbox()
        self.canvas = Canvas(core.document, core.filling, self.display, self.toolbox, DARK)
        qtbot.addWidget(self.canvas)
        self.canvas.resize(*SIZE)
        self.canvas.show()
        qtbot.waitExposed(self.canvas)

    def open(self, pixels: NDArray[Any] = PHOTOGRAPH, **more: bytes) -> None:
        self.document.open(Picture(pixels.copy(), **more))

    def show_at(self, zoom: float, row: float = 0, column: float = 0) -> None:
        """Let that place of the picture stand in the canvas's corner."""
        view = self.canvas.viewport.zoomed_to(zoom, 0, 0)
        self.canvas.set_viewport(view.panned(-column * view.scale - view.left, -row * view.scale - view.top))

    def grabbed(self) -> NDArray[np.uint8]:
        self.settle()
        return rgb(self.canvas.grab().toImage())

    def settle(self) -> None:
        QApplication.processEvents()
        self.qtbot.waitUntil(lambda: self.canvas.is_fine)

    def place(self, row: float, column: float) -> QPoint:
        return QPointF(*self.canvas.viewport.to_widget(row, column)).toPoint()

    def click(self, place: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        QTest.mouseClick(self.canvas, button, NO_KEY, place)

    def drag(self, start: QPoint, end: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        QTest.mousePress(self.canvas, button, NO_KEY, start)
        self.move((start + end) / 2)
        self.move(end)
        QTest.mouseRelease(self.canvas, button, NO_KEY, end)

    def move(self, place: QPoint) -> None:
        QTest.mouseMove(self.canvas, place)
        self.settle()

    def wheel(self, place: QPoint, angle: int, pixels: QPoint | None = None, phase: Qt.ScrollPhase = Qt.ScrollPhase.NoScrollPhase) -> None:
        at = QPointF(place)
        event = QWheelEvent(
            at, self.canvas.mapToGlobal(at), pixels or QPoint(), QPoint(0, angle), Qt.MouseButton.NoButton, NO_KEY, phase, False
        )
        QApplication.sendEvent(self.canvas, event)


@pytest.fixture
def seen(qtbot: QtBot, core: Core) -> Seen:
    return Seen(qtbot, core)


def rgb(image: QImage) -> NDArray[np.uint8]:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


class Tool:
    """A pointer that writes down what it hears, and uses all or nothing of it."""

    def __init__(self, *, uses: bool) -> None:
        self.uses, self.heard = uses, list[tuple[str, int, int]]()

    def event(self, kind: str, event: QEvent, row: float, column: float) -> bool:
        del event
        self.heard.append((kind, int(row), int(column)))
        return self.uses


# What is seen


def test_at_100_percent_the_canvas_shows_the_photographs_own_pixels(seen: Seen) -> None:
    seen.open()
    seen.show_at(1, 100, 50)
    assert np.array_equal(seen.grabbed(), PHOTOGRAPH[100:700, 50:850])


def test_fit_is_centred_on_the_surround(seen: Seen) -> None:
    seen.open(np.full((600, 400, 3), (250, 0, 0), np.uint8))
    red = np.all(seen.grabbed() == (250, 0, 0), axis=2)
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    assert (rows[0], rows[-1]) == (MARGIN, SIZE[1] - MARGIN - 1)
    assert columns[0] + columns[-1] == SIZE[0] - 1
    assert tuple(seen.grabbed()[0, 0]) == (0x3C, 0x3C, 0x3C)


def test_a_profile_is_honoured(seen: Seen) -> None:
    space = QColorSpace(QColorSpace.NamedColorSpace.DisplayP3)
    seen.open(icc=bytes(space.iccProfile().data()))
    seen.show_at(1)
    wide = QImage(PHOTOGRAPH.data, 1024, 1024, 3072, QImage.Format.Format_RGB888).copy()
    wide.setColorSpace(space)
    wide.convertToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    got = seen.grabbed()
    assert np.abs(got.astype(int) - rgb(wide)[:600, :800]).max() <= 1
    assert np.abs(got.astype(int) - PHOTOGRAPH[:600, :800]).max() > 10


def test_the_surround_can_be_chosen_and_follows_the_theme(seen: Seen) -> None:
    seen.open()
    seen.display.set("surround", "grey")
    assert tuple(seen.grabbed()[0, 0]) == (0x77, 0x77, 0x77)
    seen.display.set("surround", "theme")
    seen.canvas.set_theme(LIGHT)
    assert tuple(seen.grabbed()[0, 0]) == (0xBE, 0xBE, 0xBE)


def test_what_is_transparent_shows_a_checker_that_moves_with_the_picture(seen: Seen) -> None:
    pixels = np.zeros((900, 900, 4), np.uint8)
    pixels[:450] = (200, 10, 10, 255)
    seen.open(pixels)
    seen.show_at(1)
    shown = seen.grabbed()
    assert np.all(shown[:450] == (200, 10, 10))
    assert len(np.unique(shown[450:].reshape(-1, 3), axis=0)) == 2
    seen.show_at(1, 0, 5)
    assert np.array_equal(seen.grabbed()[:, :790], shown[:, 5:795])


def test_lines_part_the_pixels_from_800_percent_on(seen: Seen) -> None:
    seen.open(np.zeros((300, 300, 3), np.uint8))
    seen.show_at(6)
    assert not seen.grabbed().any()
    seen.show_at(10, 5, 5)
    shown = seen.grabbed()[:, :, 0] > 0
    assert shown[0::10].all()
    assert shown[:, 0::10].all()
    assert not shown[1:10, 1:10].any()


def test_a_file_held_over_the_canvas_is_seen(seen: Seen) -> None:
    seen.open()
    seen.canvas.set_drop("Drop to open")
    shown = seen.grabbed()
    assert tuple(shown[0, 400]) == (0x74, 0xB0, 0xF0)
    assert tuple(shown[1, 400]) == (0x74, 0xB0, 0xF0)
    assert tuple(shown[2, 400]) == (0x45, 0x45, 0x45)
    seen.canvas.set_drop("")
    assert tuple(seen.grabbed()[0, 400]) == (0x3C, 0x3C, 0x3C)


def test_the_small_preview_is_replaced_in_place(seen: Seen) -> None:
    small = PHOTOGRAPH[::8, ::8].copy()
    seen.canvas.show_preview(Picture(small), (1024, 1024))
    before = seen.grabbed()
    QTest.mouseMove(seen.canvas, QPoint(300, 300))
    seen.wheel(QPoint(400, 300), 120)
    zoomed = seen.canvas.viewport
    seen.open()
    assert seen.canvas.viewport == zoomed
    seen.canvas.fit()
    after = seen.grabbed()
    assert np.abs(before.astype(int) - after).mean() < 15
    assert np.array_equal(np.all(before == (0x3C, 0x3C, 0x3C), axis=2)[:, :100], np.all(after == (0x3C, 0x3C, 0x3C), axis=2)[:, :100])


def test_a_photograph_that_could_not_be_opened_leaves_what_was_there(seen: Seen) -> None:
    seen.open()
    seen.show_at(1, 10, 10)
    before, view = seen.grabbed(), seen.canvas.viewport
    seen.canvas.show_preview(Picture(np.zeros((30, 30, 3), np.uint8)), (3000, 3000))
    assert not np.array_equal(seen.grabbed(), before)
    seen.canvas.show_preview(None)
    assert seen.canvas.viewport == view
    assert np.array_equal(seen.grabbed(), before)


def test_another_photograph_is_fitted_anew(seen: Seen) -> None:
    seen.open()
    seen.show_at(3, 10, 10)
    seen.open(PHOTOGRAPH[:500, :700])
    assert seen.canvas.viewport == Viewport((500, 700), *SIZE).fit()


# What changes


class Count:
    """A layer that writes down which parts are painted."""

    def __init__(self) -> None:
        self.clips = list[QRect]()

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        del painter, viewport, ratio
        self.clips.append(clip)


def test_only_what_changed_is_painted_again(seen: Seen) -> None:
    seen.open()
    seen.show_at(1)
    seen.settle()
    layer = Count()
    seen.canvas.layers.append(layer)
    seen.canvas.update_box(Box(100, 200, 20, 30))
    seen.canvas.update_box(Box(400, 600, 20, 30), margin=2)
    seen.settle()
    assert len(layer.clips) == 2
    first, second = sorted(layer.clips, key=QRect.left)
    assert first.contains(QRect(200, 100, 30, 20))
    assert second.contains(QRect(598, 398, 34, 24))
    assert max(first.width(), first.height(), second.width(), second.height()) < 45


def test_written_pixels_are_seen_and_nothing_else_changes(seen: Seen) -> None:
    seen.open()
    seen.show_at(1)
    before, box = seen.grabbed(), Box(100, 200, 20, 30)
    photograph = seen.document.photograph
    assert photograph is not None
    photograph.write(box, np.zeros((20, 30, 3), np.uint8), np.ones((20, 30), np.bool_))
    seen.document.pixels_changed.emit(box)
    before[box.slices] = 0
    assert np.array_equal(seen.grabbed(), before)


def test_layers_are_painted_in_their_order_over_the_picture(seen: Seen) -> None:
    class Fill:
        def __init__(self, colour: Qt.GlobalColor, width: int) -> None:
            self.colour, self.width = colour, width

        def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
            del clip, ratio
            painter.fillRect(viewport.rect(Box(0, 0, 10, self.width)), self.colour)

    seen.open()
    seen.show_at(2)
    seen.canvas.layers += [Fill(Qt.GlobalColor.red, 20), Fill(Qt.GlobalColor.blue, 10)]
    shown = seen.grabbed()
    assert np.all(shown[:20, :20] == (0, 0, 255))
    assert np.all(shown[:20, 20:40] == (255, 0, 0))


def candidates(box: Box, *values: int) -> Choice:
    choice = Choice(1, box, np.full(box.size, 255, np.uint8))
    for value in values:
        patch = Patch(0, box, np.full((*box.size, 3), value, np.uint8))
        choice.candidates.append(Candidate(patch, (), "telea", "Telea", 0, 1.0))
    return choice


def test_the_running_fill_is_seen_in_its_place_until_it_ends(seen: Seen) -> None:
    seen.open()
    seen.show_at(1)
    before, box = seen.grabbed(), Box(100, 200, 20, 30)
    seen.core.filling.previewed.emit(Patch(0, box, np.full((20, 30, 3), 9, np.uint8)))
    running = before.copy()
    running[box.slices] = 9
    assert np.array_equal(seen.grabbed(), running)
    seen.display.set("original_held", True)
    badge = slice(0, 40)
    assert np.array_equal(np.delete(seen.grabbed(), badge, axis=0), np.delete(before, badge, axis=0))
    seen.display.set("original_held", False)
    seen.core.filling.previewed.emit(None)
    assert np.array_equal(seen.grabbed(), before)


def test_previews_that_come_quickly_are_left_out_but_for_the_last(seen: Seen) -> None:
    seen.open()
    seen.show_at(1)
    box, layer = Box(100, 200, 20, 30), Count()
    seen.settle()
    seen.canvas.layers.append(layer)
    for value in range(50):
        seen.core.filling.previewed.emit(Patch(0, box, np.full((20, 30, 3), value, np.uint8)))
        seen.settle()
    assert len(layer.clips) < 25
    seen.qtbot.waitUntil(lambda: tuple(seen.grabbed()[110, 210]) == (49, 49, 49))


# Comparison


def test_the_split_shows_both_sides_of_its_line(seen: Seen) -> None:
    seen.open()
    choice = candidates(Box(0, 0, 1024, 1024), 40, 80)
    seen.document.stand([(choice, 0)], "Fill")
    seen.display.set("compare", "split")
    seen.settle()
    view = seen.canvas.viewport
    left, right = seen.place(200, 100), seen.place(200, 900)
    shown = seen.grabbed()
    assert tuple(shown[right.y(), right.x()]) == (40, 40, 40)
    assert tuple(shown[left.y(), left.x()]) != (40, 40, 40)
    seen.display.set("left", 1)
    shown = seen.grabbed()
    assert tuple(shown[left.y(), left.x()]) == (80, 80, 80)
    assert tuple(shown[right.y(), right.x()]) == (40, 40, 40)
    assert seen.canvas.viewport == view


def test_the_line_is_dragged_centred_and_moved_by_keys(seen: Seen) -> None:
    seen.open()
    seen.display.set("compare", "split")
    tool = seen.canvas.pointer = Tool(uses=True)
    view = seen.canvas.viewport
    middle = seen.canvas.split.handle(view).center().toPoint()
    seen.drag(middle, middle + QPoint(100, 30))
    assert seen.display.split_at == pytest.approx(0.5 + 100 / (view.size[1] * view.scale), abs=0.01)
    seen.qtbot.keyClick(seen.canvas, Qt.Key.Key_Left)
    assert seen.display.split_at == pytest.approx(0.49 + 100 / (view.size[1] * view.scale), abs=0.01)
    QTest.mouseDClick(seen.canvas, Qt.MouseButton.LeftButton, NO_KEY, seen.canvas.split.handle(view).center().toPoint())
    assert seen.display.split_at == 0.5
    assert not [kind for kind, _, _ in tool.heard if kind in {"press", "release", "double", "key"}]


def test_beside_the_handle_the_tool_draws_across_the_line(seen: Seen) -> None:
    seen.open()
    seen.display.set("compare", "split")
    tool = seen.canvas.pointer = Tool(uses=True)
    handle = seen.canvas.split.handle(seen.canvas.viewport)
    seen.click(handle.center().toPoint() + QPoint(0, 60))
    assert [kind for kind, _, _ in tool.heard if kind != "move"] == ["press", "release"]


def test_a_line_out_of_sight_is_brought_back(seen: Seen) -> None:
    seen.open()
    seen.show_at(4, 10, 10)
    seen.display.set("compare", "split")
    assert 0 < seen.canvas.split.line(seen.canvas.viewport) < SIZE[0]


def test_the_original_is_shown_and_named_while_its_key_is_held(seen: Seen) -> None:
    seen.open()
    seen.show_at(1)
    before = seen.grabbed()
    seen.document.stand([(candidates(Box(300, 200, 20, 30), 7), 0)], "Fill")
    filled = seen.grabbed()
    assert np.all(filled[305:315, 205:225] == 7)
    QTest.keyPress(seen.canvas, Qt.Key.Key_Backslash)
    held = seen.grabbed()
    assert np.array_equal(held[60:], before[60:])
    assert not np.array_equal(held[:60], before[:60])
    QTest.keyRelease(seen.canvas, Qt.Key.Key_Backslash)
    assert np.array_equal(seen.grabbed(), filled)


# Navigation


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


# Pointer


def test_the_tool_hears_where_in_the_picture_something_happens(seen: Seen) -> None:
    seen.open()
    seen.show_at(4, 100, 200)
    tool = seen.canvas.pointer = Tool(uses=True)
    seen.click(QPoint(41, 83))
    QTest.keyClick(seen.canvas, Qt.Key.Key_Escape)
    QTest.mouseDClick(seen.canvas, Qt.MouseButton.LeftButton, NO_KEY, QPoint(41, 83))
    heard = [one for one in tool.heard if one[0] != "move"]
    assert [kind for kind, _, _ in heard[:4]] == ["press", "release", "key", "key_release"]
    assert heard[0] == ("press", 120, 210)
    assert "double" in [kind for kind, _, _ in heard]


def test_what_the_tool_uses_moves_no_picture(seen: Seen) -> None:
    seen.open()
    seen.show_at(4, 100, 200)
    seen.canvas.pointer = Tool(uses=True)
    before = seen.canvas.viewport
    seen.drag(QPoint(300, 300), QPoint(350, 300), Qt.MouseButton.MiddleButton)
    QTest.keyPress(seen.canvas, Qt.Key.Key_Space)
    assert seen.canvas.viewport == before
    assert seen.toolbox.tool == "brush"


def test_no_tool_draws_on_a_preview(seen: Seen) -> None:
    seen.open()
    tool = seen.canvas.pointer = Tool(uses=True)
    seen.canvas.show_preview(Picture(np.zeros((30, 30, 3), np.uint8)), (3000, 3000))
    seen.click(QPoint(300, 300))
    assert not tool.heard


def test_the_pixel_under_the_pointer_is_told_and_that_there_is_none(seen: Seen) -> None:
    seen.open()
    hovered, lefts = list[tuple[int, int]](), list[bool]()
    seen.canvas.hovered.connect(lambda row, column: hovered.append((row, column)))
    seen.canvas.left.connect(lambda: lefts.append(True))
    seen.show_at(4, 100, 200)
    seen.move(QPoint(41, 83))
    assert hovered[-1] == (120, 210)
    seen.canvas.fit()
    seen.move(QPoint(3, 3))
    assert lefts == [True]


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


# Spoken


def test_the_canvas_says_tool_zoom_holes_and_photograph(seen: Seen) -> None:
    assert seen.canvas.accessibleName() == "Photograph, none open"
    seen.open()
    seen.canvas.actual_size()
    assert seen.canvas.accessibleName() == "Photograph"
    assert seen.canvas.accessibleDescription() == "Brush, zoom 100 %, no hole painted"
    seen.core.paint(Box(10, 10, 30, 30))
    seen.core.paint(Box(200, 200, 30, 30))
    seen.toolbox.choose("inspect")
    assert seen.canvas.accessibleDescription() == "Inspect, zoom 100 %, 2 holes painted"


def test_progress_is_told_in_quarters(seen: Seen) -> None:
    seen.open(data.camera()[:200, :200])
    told = set[str]()
    seen.core.filling.changed.connect(lambda: told.add(seen.canvas.accessibleDescription()))
    seen.core.fill(Box(50, 50, 60, 60))
    percents = {text.rsplit(", ", 1)[1] for text in told if "filling" in text}
    assert percents <= {f"{percent} % done" for percent in (0, 25, 50, 75, 100)}
    assert percents
