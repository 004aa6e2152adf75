"""What a cell of the hole was made from, on the page of evidence: real fills, and what they would know of their patches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.sampling import ALLOWED, FORBIDDEN
from app.view.panel.candidates import columns, told
from app.view.theme import RANKS
from engine.geometry import Box
from engine.retrieved import RetrievedPatches
from tests.app.pages import OTHER, Pages, click, clipped, dressed, longer, photograph, shown, words
from tests.app.patched import SIDE, know_patches
from tests.app.retrieved_pages import HOLE, INSIDE, OUTSIDE, buttons, known, look, section, tiles
from tests.app.seen import rgb
from tests.journeys.photographer import came_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.view.panel.patch_tile import PatchTile
    from tests.app.conftest import Core


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.fixture
def pages(core: Core) -> Pages:
    """One hole, filled, whose patches are known; the page of evidence is open."""
    return known(core)


# When it is there


def test_other_fills_show_nothing_of_it(core: Core) -> None:
    pages = shown(core)
    pages.learn()
    core.fill(HOLE)
    pages.turn_to("evidence")
    core.inspection.look(*INSIDE)
    assert not section(pages).isVisible()
    assert pages.evidence.source.pin_button.isVisible()
    assert not pages.actions["export_retrieved"].isEnabled()


def test_before_a_cell_is_looked_at_the_stages_are_there(pages: Pages) -> None:
    assert section(pages).isVisible()
    assert section(pages).stages.isVisible()
    assert not section(pages).candidates.isVisible()
    assert pages.actions["export_retrieved"].isEnabled()


def test_it_goes_with_the_fill(pages: Pages) -> None:
    look(pages)
    pages.core.document.undo()
    assert not section(pages).isVisible()
    pages.core.document.redo()
    assert section(pages).isVisible()


def test_another_photograph_begins_anew(pages: Pages) -> None:
    look(pages)
    pages.core.open(photograph())
    assert not section(pages).isVisible()


# The patches


def test_candidates_stand_in_the_order_of_their_ranks_with_their_scores(pages: Pages) -> None:
    evidence = look(pages)
    cell = pages.retrieving.cell
    assert cell is not None
    found = evidence.retrievals(cell)
    assert [tile.tile.box for tile in tiles(pages)] == [one.box for one in found]
    assert [tile.caption.text() for tile in tiles(pages)] == [told(one.score) for one in found]
    places = [tile.mapTo(section(pages), QPoint()) for tile in section(pages).candidates.tiles]
    assert places == sorted(places, key=lambda at: (at.y(), at.x()))
    assert [made.tile.box for made in section(pages).candidates.made] == [evidence.cell(cell)] * 2
    assert section(pages).facts.text().endswith(f"Per cent: {evidence.meaning}.")


def pixel(tile: PatchTile, row: int, column: int) -> QColor:
    """The colour in the middle of where a pixel of the photograph is drawn."""
    assert tile.box is not None
    scale = (tile.width() - 12) // max(tile.box.size)
    corner = [(side - count * scale) / 2 for side, count in ((tile.height(), tile.box.height), (tile.width(), tile.box.width))]
    y, x = (round(at) + where * scale + scale // 2 for at, where in zip(corner, (row, column), strict=True))
    return tile.grab().toImage().pixelColor(x, y)


def test_a_candidate_is_the_photograph_pixel_for_pixel_in_its_ranks_colour(pages: Pages) -> None:
    look(pages)
    for tile in tiles(pages):
        box = tile.tile.box
        assert box is not None
        for row, column in ((8, 8), (3, 12), (12, 5)):
            wanted = pages.core.pixels[box.top + row, box.left + column]
            assert pixel(tile.tile, row, column) == QColor(*(int(value) for value in wanted))
        image = tile.tile.grab().toImage()
        line = [image.pixelColor(x, image.height() // 2) for x in range(image.width())]
        assert line.count(QColor(RANKS[tile.rank])) >= 2


def test_beside_them_stand_the_coarse_and_the_synthesised_patch(pages: Pages) -> None:
    evidence = look(pages)
    cell = pages.retrieving.box
    assert cell is not None
    for made in section(pages).candidates.made:
        values = evidence.seen(made.stage, cell)
        for row, column in ((8, 8), (4, 11)):
            assert pixel(made.tile, row, column) == QColor(*(int(value) for value in values[row, column]))


def inside(pages: Pages, cell: Box) -> tuple[int, int]:
    """A pixel of a cell that was filled."""
    choice = pages.core.document.shown
    assert choice is not None
    box = cell.common(choice.box)
    assert box is not None
    return box.top + box.height // 2, box.left + box.width // 2


def test_where_there_are_fewer_patches_their_room_is_kept(pages: Pages) -> None:
    look(pages)
    evidence = look(pages)  # the second time all is laid out
    heights: set[int] = set()
    counts: set[int] = set()
    for number in range(len(evidence.cells)):
        look(pages, *inside(pages, evidence.cell(number)))
        heights.add(section(pages).candidates.height())
        counts.add(len(tiles(pages)))
        assert len(tiles(pages)) == len(evidence.retrievals(number))
    assert len(heights) == 1
    assert len(counts) > 1, "or nothing was tried"


def test_little_is_not_nothing() -> None:
    assert [told(score) for score in (0.0, 0.003, 0.01, 0.126, 1.0)] == ["0 %", "< 1 %", "1 %", "13 %", "100 %"]


@pytest.mark.parametrize("ranks", [1, 2, 4, 6])
def test_tiles_are_square_however_many_there_are(core: Core, ranks: int) -> None:
    pages = shown(core, height=1200)
    pages.learn()
    core.fill(HOLE)
    know_patches(core.document)
    choice = core.document.shown
    assert choice is not None
    *before, evidence = choice.candidates[0].evidence
    assert isinstance(evidence, RetrievedPatches)
    chosen, scores = (np.resize(values[:, :1], (len(evidence.cells), ranks)) for values in (evidence.chosen, evidence.scores))
    choice.candidates[0] = replace(choice.candidates[0], evidence=(*before, replace(evidence, chosen=chosen, scores=scores)))
    core.document.choices_changed.emit()
    pages.turn_to("evidence")
    look(pages)
    part = section(pages).candidates
    core.qtbot.waitUntil(lambda: not clipped(pages.evidence))
    assert len(part.tiles) == ranks
    widths = [tile.tile.width() for tile in (*part.made, *part.tiles)]
    assert {tile.tile.height() for tile in (*part.made, *part.tiles)} == {max(widths)}
    assert max(widths) - min(widths) <= 12, "as a word of the first column needs"


@pytest.mark.parametrize(("count", "across"), [(1, 1), (2, 1), (3, 2), (4, 2), (6, 3)])
def test_so_many_stand_in_two_rows(count: int, across: int) -> None:
    assert columns(count) == across


def test_outside_a_fill_the_last_cell_stays_dimmed(pages: Pages) -> None:
    look(pages)
    tile = tiles(pages)[0].tile
    bright = rgb(tile.grab().toImage())
    pages.core.inspection.look(*OUTSIDE)
    QTest.qWait(0)
    assert np.ptp(rgb(tile.grab().toImage())[30:60, 30:60].astype(int)) <= np.ptp(bright[30:60, 30:60].astype(int))
    assert not np.array_equal(rgb(tile.grab().toImage()), bright)
    look(pages)
    pages.core.inspection.leave()
    assert np.array_equal(rgb(tile.grab().toImage()), bright), "who goes to the panel still looks at it"


def test_pointing_at_a_candidate_tells_the_canvas(pages: Pages) -> None:
    look(pages)
    tile = tiles(pages)[1]
    at = QPointF(5, 5)
    QApplication.sendEvent(tile, QEnterEvent(at, at, at))
    assert pages.retrieving.rank == 1
    QApplication.sendEvent(tile, QEvent(QEvent.Type.Leave))
    assert pages.retrieving.rank is None
    tile.button.setFocus(Qt.FocusReason.TabFocusReason)
    assert pages.retrieving.rank == 1
    tiles(pages)[0].button.setFocus(Qt.FocusReason.TabFocusReason)
    assert pages.retrieving.rank == 0


# Not from here


def test_a_patch_that_is_ruled_out_is_forbidden_and_marked_until_undo(pages: Pages) -> None:
    look(pages)
    tile = tiles(pages)[0]
    box = tile.box
    assert box is not None
    before = rgb(tile.tile.grab().toImage())
    click(tile.button)
    area = pages.core.document.area.pixels
    assert (area[box.slices] == FORBIDDEN).all()
    assert np.count_nonzero(area) == box.area
    assert tile.tile.struck
    assert not tile.button.isEnabled()
    assert "ruled out" in tile.tile.accessibleDescription()
    assert not np.array_equal(rgb(tile.tile.grab().toImage()), before)
    pages.core.document.undo()
    assert not area.any()
    assert not tile.tile.struck
    assert tile.button.isEnabled()
    assert np.array_equal(rgb(tile.tile.grab().toImage()), before)


def test_all_is_allowed_again_at_once(pages: Pages) -> None:
    look(pages)
    assert not section(pages).allow.isVisible()
    for tile in tiles(pages)[:2]:
        click(tile.button)
    assert section(pages).allow.isVisible()
    click(section(pages).allow)
    assert not pages.core.document.area.pixels.any()
    assert not any(tile.tile.struck for tile in tiles(pages))
    assert not section(pages).allow.isVisible()


def test_what_lies_outside_a_painted_sampling_area_is_ruled_out_too(pages: Pages) -> None:
    look(pages)
    first = tiles(pages)[0]
    assert first.box is not None
    pages.forbid(Box(0, 0, 9, 9), ALLOWED)
    assert first.tile.struck
    pages.forbid(Box(first.box.top, first.box.left, 1, 1), ALLOWED)
    assert not first.tile.struck, "a part of it may be used"


def test_the_next_fill_uses_nothing_that_was_ruled_out(pages: Pages) -> None:
    look(pages)
    choice = pages.core.document.shown
    assert choice is not None
    out = [tile.box for tile in tiles(pages) if tile.box is not None]
    inside = {(row, column) for box in out for row in range(box.top, box.bottom) for column in range(box.left, box.right)}
    assert came_from(choice) & inside, "or it is no test"
    for tile in tiles(pages):
        if tile.button.isEnabled():
            click(tile.button)
    click(section(pages).again)
    pages.core.idle()
    assert len(choice.candidates) == 2
    assert choice.chosen == 1
    assert not came_from(choice) & inside


def test_it_is_the_fill_that_is_looked_at_which_is_filled_again(pages: Pages) -> None:
    first = pages.core.document.shown
    pages.core.fill(OTHER)
    assert pages.core.document.shown is not first
    look(pages)
    click(section(pages).again)
    pages.core.idle()
    assert pages.core.document.shown is first
    assert first is not None
    assert len(first.candidates) == 2


# Layout


def test_edges_are_those_of_the_page(pages: Pages) -> None:
    look(pages)
    part, panel = section(pages), pages.panel
    flush = [part.candidates.made[0], part.facts, part.again, part.stages, part.cells, part.attention]
    assert {one.mapTo(panel, QPoint()).x() for one in flush} == {16}
    right = [part.candidates.tiles[1], part.candidates.tiles[3], part.export, buttons(pages)["blended"]]
    assert {one.mapTo(panel, QPoint(one.width(), 0)).x() for one in right} == {304}


def test_nothing_moves_while_the_pointer_moves(pages: Pages) -> None:
    places = [(HOLE.top + down, HOLE.left + across) for down in (1, 20, 40) for across in (1, 30)]
    tops: list[int] = []
    for place in [*places, *places]:
        look(pages, *place)
        tops.append(section(pages).way.y())
    assert len(set(tops[len(places) :])) == 1


def test_stages_do_not_move_what_lies_below(pages: Pages) -> None:
    tops: set[int] = set()
    for button in buttons(pages).values():
        click(button)
        QTest.qWait(0)
        tops.add(section(pages).cells.mapTo(pages.panel, QPoint()).y())
    assert len(tops) == 1


def test_nothing_is_clipped_in_a_longer_language(qapp: QApplication, core: Core) -> None:
    with longer(qapp):
        pages = known(core)
        look(pages)
        pages.display.set("attention", True)
        core.qtbot.waitUntil(lambda: not clipped(pages.evidence))
        assert pages.panel.minimumSizeHint().width() <= 480
        assert any("xo" in text for text in words(section(pages)))


def test_a_patch_is_as_large_as_it_can_be(pages: Pages) -> None:
    look(pages)
    tile = tiles(pages)[0].tile
    assert abs(tile.width() - tile.height()) <= 1
    assert tile.width() // SIDE >= 4
