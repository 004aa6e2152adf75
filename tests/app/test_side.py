"""Two views side by side: where they stand, that they show the same place, and what each tells of the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from engine.geometry import Box
from engine.picture import Picture
from tests.app.paired import MIDDLE, PHOTOGRAPH, REFERENCE, Paired, matched, there
from tests.app.test_canvas_comparison import candidates

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core

OTHER = Path("garage-1998.jpg")


@pytest.fixture
def pair(qtbot: QtBot, core: Core) -> Paired:
    return Paired(qtbot, core)


def changed(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Rows and columns of the canvas that look different."""
    return np.argwhere((before != after).any(axis=2))


# Where they stand


def test_one_view_has_all_the_room_and_two_share_it(pair: Paired) -> None:
    pair.settle()
    alone = pair.canvas.viewport
    assert pair.canvas.geometry() == pair.views.rect()
    assert not pair.beside.isVisible()
    pair.add(OTHER)
    left, right = pair.canvas.geometry(), pair.beside.geometry()
    assert (left.width(), right.left() - left.right() - 1, right.right()) == (500, 2, 1001)
    assert left.top() == right.top() >= 28
    assert left.bottom() == right.bottom() == pair.views.height() - 1
    assert pair.canvas.viewport.fitted
    assert pair.beside.viewport.fitted
    pair.display.set("compare", "single")
    pair.settle()
    assert pair.canvas.geometry() == pair.views.rect()
    assert pair.canvas.viewport == alone


def test_the_same_place_stays_in_the_middle_where_not_all_is_seen(pair: Paired) -> None:
    pair.show_at(2.0, (200, 300))
    pair.add(OTHER)
    view = pair.canvas.viewport
    assert view.zoom == 2.0
    assert view.to_picture(view.width / 2, view.height / 2) == pytest.approx((200, 300), abs=1)


def test_titles_say_what_is_seen_and_what_is_done(pair: Paired) -> None:
    pair.add(OTHER)
    assert [(one.title, one.text) for one in pair.views.titles] == [("This photograph", ""), ("Reference 1", "garage-1998.jpg")]
    pair.core.paint(Box(100, 100, 40, 40))
    pair.core.paint(Box(300, 300, 40, 40))
    assert pair.views.titles[0].text == "2 holes to be filled"
    assert all(one.isVisible() and one.accessibleName() for one in pair.views.titles)


def test_the_reference_is_seen_pixel_by_pixel(pair: Paired) -> None:
    pair.add(OTHER)
    pair.show_at(4.0, (250, 260))  # 800 % of what the reference has half of
    view = pair.beside.viewport
    assert view.zoom == pytest.approx(8.0)
    seen = pair.grabbed(pair.beside)
    for row, column in ((100, 90), (105, 100), (110, 111)):
        place = pair.at(pair.beside, (row + 0.5, column + 0.5)).toPoint()
        assert np.abs(seen[place.y(), place.x()].astype(int) - REFERENCE[row, column]).max() <= 1


def test_without_a_reference_the_original_stands_beside(pair: Paired) -> None:
    pair.display.set("compare", "side")
    pair.show_at(1.0, (256, 256))
    box = Box(240, 240, 32, 32)
    before = pair.grabbed(pair.beside)
    pair.document.stand([(candidates(box, 7), 0)], "Fill")
    place = pair.at(pair.canvas, (256, 256)).toPoint()
    assert (pair.grabbed(pair.canvas)[place.y() - 9 : place.y() + 9, place.x() - 9 : place.x() + 9] == 7).all()
    assert np.array_equal(
        pair.grabbed(pair.beside)[place.y() - 9 : place.y() + 9, place.x() - 9 : place.x() + 9],
        before[place.y() - 9 : place.y() + 9, place.x() - 9 : place.x() + 9],
    )
    assert [one.title for one in pair.views.titles] == ["As it is now", "Original"]


def test_a_reference_that_is_taken_away_is_seen_no_more(pair: Paired) -> None:
    companion = pair.add(OTHER)
    other = pair.references.add(Picture(PHOTOGRAPH[::-1].copy()), Path("second.png"))
    pair.settle()
    assert pair.beside.viewport.size == PHOTOGRAPH.shape[:2]
    pair.references.remove(other)
    pair.settle()
    assert pair.beside.viewport.size == REFERENCE.shape[:2]
    pair.move(pair.beside, (50, 50))
    pair.references.remove(companion)
    pair.settle()
    assert pair.views.titles[1].title == "Original"
    pair.document.undo()
    pair.settle()
    assert pair.views.titles[1].text == "garage-1998.jpg"


# That they show the same place


def test_zooming_and_panning_the_photograph_takes_the_reference_along(pair: Paired) -> None:
    pair.add(OTHER)
    for step in range(3):
        pair.wheel(pair.canvas, (150 + 30 * step, 200), 2)
    pair.drag(pair.canvas, (200, 200), (210, 190), MIDDLE)
    for spot in ((200.0, 200.0), (250.0, 180.0)):
        at, beside = pair.at(pair.canvas, spot), pair.at(pair.beside, there(spot))
        assert (at - beside).manhattanLength() < 2


def test_the_wheel_over_the_reference_zooms_both(pair: Paired) -> None:
    pair.add(OTHER)
    pair.show_at(2.0, (250, 260))
    spot = (112.0, 97.0)
    before, zoom = pair.at(pair.beside, spot), pair.canvas.viewport.zoom
    pair.wheel(pair.beside, spot, 4)
    assert pair.canvas.viewport.zoom == pytest.approx(2 * zoom)
    assert (pair.at(pair.beside, spot) - before).manhattanLength() < 3
    assert (pair.at(pair.canvas, (spot[0] * 2 + 40, spot[1] * 2 + 60)) - before).manhattanLength() < 3


def test_the_reference_is_moved_alone_and_brought_back(pair: Paired) -> None:
    pair.add(OTHER)
    pair.show_at(2.0, (250, 260))
    pair.toolbox.choose("brush")
    back = pair.views.titles[1].act
    assert not back.isVisible()
    here, beside = pair.canvas.viewport, pair.beside.viewport
    pair.drag(pair.beside, (100, 100), (110, 120))
    assert pair.canvas.viewport == here
    assert pair.beside.viewport.left == pytest.approx(beside.left + 20 * beside.scale)
    assert not pair.document.mask.pixels.any()
    assert back.isVisible()
    moved = pair.at(pair.beside, there((250, 260))) - pair.at(pair.canvas, (250, 260))
    pair.wheel(pair.canvas, (250, 260), 1)
    pair.drag(pair.canvas, (250, 260), (260, 270), MIDDLE)
    again = pair.at(pair.beside, there((250, 260))) - pair.at(pair.canvas, (250, 260))
    assert (again - moved * 2**0.25).manhattanLength() < 3  # it keeps its distance, in pixels of the picture
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert not back.isVisible()
    assert (pair.at(pair.beside, there((250, 260))) - pair.at(pair.canvas, (250, 260))).manhattanLength() < 2


def test_a_new_match_leaves_in_the_middle_what_was_moved_there(pair: Paired) -> None:
    companion = pair.add(OTHER, match=False)
    pair.show_at(1.0, (256, 256))
    pair.drag(pair.beside, (100, 100), (130, 80))
    middle = pair.beside.viewport.to_picture(pair.beside.width() / 2, pair.beside.height() / 2)
    pair.references.set_matches({companion: matched(companion.name)})
    assert pair.beside.viewport.to_picture(pair.beside.width() / 2, pair.beside.height() / 2) == pytest.approx(middle, abs=1)
    assert pair.beside.viewport.scale == pytest.approx(2.0)
    pair.beside.come_back()
    assert (pair.at(pair.beside, there((256, 256))) - pair.at(pair.canvas, (256, 256))).manhattanLength() < 2


def test_a_photograph_that_keeps_its_place_is_seen_as_large_beside(pair: Paired) -> None:
    pair.add(OTHER)
    assert pair.canvas.viewport == pair.canvas.viewport.fit()
    holder = QSplitter()
    pair.qtbot.addWidget(holder)
    holder.resize(1002, 628)
    panel = QWidget()
    for part in (pair.views, panel):
        holder.addWidget(part)
    holder.setSizes([700, 302])
    holder.show()
    pair.qtbot.waitExposed(holder)
    pair.settle()
    pair.canvas.fit()
    scale = pair.canvas.viewport.scale
    panel.hide()
    pair.settle()
    assert pair.canvas.viewport.scale == scale
    assert pair.beside.viewport.scale == pytest.approx(2 * scale)
    pair.views.setParent(None)


def test_where_nothing_is_known_to_match_the_whole_is_held_against_the_whole(pair: Paired) -> None:
    pair.add(OTHER, match=False)
    pair.show_at(1.0, (256, 256))
    middle = pair.beside.viewport.to_picture(pair.beside.width() / 2, pair.beside.height() / 2)
    assert middle == pytest.approx((REFERENCE.shape[0] / 2, REFERENCE.shape[1] / 2), abs=1)
    assert pair.beside.viewport.scale == pytest.approx(512 / 220)


# What each tells of the other


def test_each_pointer_is_marked_in_the_other_view(pair: Paired) -> None:
    pair.add(OTHER)
    pair.show_at(1.5, (256, 256))
    pair.toolbox.choose("hand")
    plain = pair.grabbed(pair.canvas), pair.grabbed(pair.beside)
    pair.move(pair.canvas, (240.0, 300.0))
    marked = changed(plain[1], pair.grabbed(pair.beside))
    expected = pair.at(pair.beside, there((240.0, 300.0)))
    assert np.abs(marked.mean(axis=0) - (expected.y(), expected.x())).max() <= 1.5
    assert np.ptp(marked, axis=0).max() < 50
    pair.move(pair.beside, (90.0, 80.0))
    marked = changed(plain[0], pair.grabbed(pair.canvas))
    expected = pair.at(pair.canvas, (220.0, 220.0))
    assert np.abs(marked.mean(axis=0) - (expected.y(), expected.x())).max() <= 1.5
    assert np.array_equal(pair.grabbed(pair.beside), plain[1])


def test_the_pixel_under_the_pointer_is_told(pair: Paired) -> None:
    told: list[tuple[int | None, int | None, str]] = []
    pair.views.pointed.connect(lambda row, column, of: told.append((row, column, of)))
    pair.add(OTHER)
    pair.move(pair.beside, (90.5, 0.25))
    assert told[-1] == (90, 0, "Reference 1")
    pair.move(pair.beside, (90.5, -5))
    assert told[-1][:2] == (None, None)


@pytest.mark.parametrize("score", [None, 0.05])
def test_without_a_match_no_pointer_is_marked_and_no_hole(pair: Paired, score: float | None) -> None:
    companion = pair.add(OTHER, match=False)
    if score is not None:
        pair.references.set_matches({companion: matched(companion.name, score)})
    plain = pair.grabbed(pair.beside)
    pair.move(pair.canvas, (240.0, 300.0))
    pair.core.paint(Box(200, 200, 60, 60))
    assert np.array_equal(pair.grabbed(pair.beside), plain)


def test_points_set_by_hand_hold_a_match_that_scores_low(pair: Paired) -> None:
    companion = pair.add(OTHER, match=False)
    pair.references.begin(here=(200, 200))
    pair.references.begin(there=(80, 70))
    pair.references.set_matches({companion: matched(companion.name, 0.05)})
    assert pair.side.link.there((240, 300)) == pytest.approx(there((240, 300)), abs=0.01)


def test_the_hole_is_dashed_in_the_reference_once_the_stroke_is_over(pair: Paired) -> None:
    pair.add(OTHER)
    pair.show_at(1.0, (256, 256))
    pair.toolbox.set_size(40)
    plain = pair.grabbed(pair.beside)
    pair.press(pair.canvas, (230, 230))
    pair.move(pair.canvas, (230, 290), Qt.MouseButton.LeftButton)
    pair.release(pair.canvas, (230, 290))
    assert pair.document.mask.pixels[230, 260] == 255
    QApplication.sendEvent(pair.canvas, QEvent(QEvent.Type.Leave))
    marked = changed(plain, pair.grabbed(pair.beside))
    top, bottom = pair.at(pair.beside, there((210, 210))), pair.at(pair.beside, there((250, 310)))
    assert np.abs(marked.min(axis=0) - (top.y(), top.x())).max() <= 4
    assert np.abs(marked.max(axis=0) - (bottom.y(), bottom.x())).max() <= 4
    middle = pair.at(pair.beside, there((230, 260)))
    assert np.abs(marked - (middle.y(), middle.x())).sum(axis=1).min() > 10
    pair.document.undo()
    assert np.array_equal(pair.grabbed(pair.beside), plain)


def test_of_countless_holes_the_largest_are_dashed(pair: Paired) -> None:
    pair.add(OTHER)
    plain = pair.grabbed(pair.beside)
    box = Box(100, 100, 300, 300)
    dust = np.random.default_rng(0).random(box.size) < 0.02
    dust[100:200, 100:200] = True
    pair.document.mask.writing(box)[...] = dust * np.uint8(255)
    pair.document.mask_changed.emit(box)
    pair.document.committed("Stroke")
    shown = changed(plain, pair.grabbed(pair.beside))
    for corner in ((200, 200), (300, 300)):
        place = pair.at(pair.beside, there(corner))
        assert np.abs(shown - (place.y(), place.x())).max(axis=1).min() <= 4


def test_match_lines_lead_from_view_to_view_when_asked_for(pair: Paired) -> None:
    pair.add(OTHER)
    pair.toolbox.choose("hand")
    plain = pair.grabbed(pair.canvas), pair.grabbed(pair.beside)
    pair.display.set("lines", True)
    assert len(changed(plain[0], pair.grabbed(pair.canvas))) > 2000
    beside = pair.grabbed(pair.beside)
    assert (beside != plain[1]).any(axis=2)[:, 0].sum() > 50  # they come from the other view
    pair.display.set("lines", False)
    assert np.array_equal(pair.grabbed(pair.beside), plain[1])
