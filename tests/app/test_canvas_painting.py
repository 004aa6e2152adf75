"""What the canvas shows, and what of it is painted again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColorSpace, QImage, QPainter
from PySide6.QtTest import QTest

from app.view.canvas.viewport import MARGIN, Viewport
from app.view.theme import LIGHT
from engine.geometry import Box
from engine.picture import Patch, Picture
from tests.app.seen import PHOTOGRAPH, SIZE, Seen, rgb

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core


@pytest.fixture
def seen(qtbot: QtBot, core: Core) -> Seen:
    return Seen(qtbot, core)


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
