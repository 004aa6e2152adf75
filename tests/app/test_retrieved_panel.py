"""What a cell of the hole was made from, on the page of evidence: real fills, and what they would know of their patches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.sampling import ALLOWED, FORBIDDEN
from app.view.panel.candidates import columns
from app.view.panel.excerpts import EMPTY, Excerpts
from app.view.panel.stages_row import meaning
from app.view.theme import RANKS
from engine.geometry import Box
from tests.app.pages import OTHER, Pages, click, clipped, dressed, longer, photograph, shown, words
from tests.app.patched import SIDE, know_patches
from tests.app.seen import rgb
from tests.journeys.photographer import came_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.view.panel.candidates import Ranked
    from app.view.panel.patch_tile import PatchTile
    from app.view.panel.retrieved_section import RetrievedSection
    from engine.retrieved import RetrievedPatches
    from tests.app.conftest import Core

HOLE = Box(98, 100, 40, 36)
INSIDE, OUTSIDE = (120, 120), (5, 5)


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.fixture
def pages(core: Core) -> Pages:
    """One hole, filled, whose patches are known; the page of evidence is open."""
    return known(core)


def known(core: Core) -> Pages:
    pages = shown(core, height=1200)
    pages.learn()
    core.fill(HOLE)
    know_patches(core.document)
    pages.turn_to("evidence")
    return pages


def section(pages: Pages) -> RetrievedSection:
    return pages.evidence.retrieved


def look(pages: Pages, row: int = INSIDE[0], column: int = INSIDE[1]) -> RetrievedPatches:
    """Point at a pixel; what its fill knows."""
    pages.core.inspection.look(row, column)
    QTest.qWait(0)
    evidence = pages.retrieving.evidence
    assert evidence is not None
    return evidence


def tiles(pages: Pages) -> list[Ranked]:
    return [tile for tile in section(pages).candidates.tiles if tile.isVisible()]


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
    assert [tile.caption.text() for tile in tiles(pages)] == [f"{round(100 * one.score)} %" for one in found]
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


# Stages


def buttons(pages: Pages) -> dict[str, QAbstractButton]:
    return section(pages).stages.buttons


def test_a_click_on_a_stage_draws_it(pages: Pages) -> None:
    stages = ("hole", "coarse", "retrieved", "synthesised", "blended")
    assert tuple(buttons(pages)) == stages
    assert buttons(pages)["blended"].isChecked()
    for number, stage in enumerate(stages, 1):
        click(buttons(pages)[stage])
        assert pages.retrieving.stage == stage
        assert section(pages).stages.title.text() == f"{number} of 5  {stage.capitalize()}"
        assert section(pages).stages.text.text() == meaning(stage)


def test_the_arrows_go_along_the_stages(pages: Pages) -> None:
    first = buttons(pages)["hole"]
    first.click()
    first.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert pages.retrieving.stage == "coarse"
    assert buttons(pages)["coarse"].hasFocus()
    QTest.keyClick(buttons(pages)["coarse"], Qt.Key.Key_Left)
    assert pages.retrieving.stage == "hole"


def test_a_stage_that_the_keys_took_is_shown(pages: Pages) -> None:
    pages.retrieving.step(-1)
    assert buttons(pages)["synthesised"].isChecked()
    assert section(pages).stages.title.text() == "4 of 5  Synthesised"


def test_each_stage_has_a_picture_of_its_own(pages: Pages) -> None:
    QTest.qWait(0)
    seen = {stage: rgb(button.grab().toImage())[18:22, 22:30] for stage, button in buttons(pages).items()}
    assert np.abs(seen["hole"].astype(int) - EMPTY).max() <= 1
    assert not np.array_equal(seen["coarse"], seen["hole"])
    assert not np.array_equal(seen["coarse"], seen["synthesised"])


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_stage_is_drawn_in_any_depth_and_layout(core: Core, depth: int, channels: int) -> None:
    pixels = photograph()
    pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)]) if channels == 4 else pixels[..., 0] if channels == 1 else pixels
    core.open(np.ascontiguousarray(pixels.astype(np.uint16) * 257 if depth == 16 else pixels))
    core.recipe.set_cards(())
    core.fill(HOLE)
    evidence = know_patches(core.document)
    drawn = Excerpts(core.document).staged([evidence], "coarse", HOLE)
    assert drawn is not None
    values = evidence.seen("coarse", HOLE)
    assert drawn[1] == HOLE
    assert np.abs(rgb(drawn[0]).astype(int) - values[..., :3].astype(int)).max() <= 1


# Switches and keys


def test_cells_and_attention_are_switched(pages: Pages) -> None:
    look(pages)
    assert section(pages).cells.isChecked() == pages.display.cells
    click(section(pages).cells, QPoint(8, 14))
    assert not pages.display.cells
    assert not section(pages).key.isVisible()
    click(section(pages).attention, QPoint(8, 14))
    assert pages.display.attention
    assert section(pages).key.isVisible()
    pages.display.set("attention", False)
    assert not section(pages).attention.isChecked()


def test_one_pin_is_seen(pages: Pages) -> None:
    look(pages)
    assert section(pages).pin_button.isVisible()
    assert not pages.evidence.source.pin_button.isVisible()
    click(section(pages).pin_button)
    assert pages.core.inspection.pinned


def test_everything_is_named_and_reached_by_keys(pages: Pages) -> None:
    look(pages)
    pressed = [one for one in section(pages).findChildren(QAbstractButton) if one.isVisible()]
    assert len(pressed) >= 5 + 2 + 2 + 1 + len(tiles(pages))
    for button in pressed:
        assert button.accessibleName()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert len({button.accessibleName() for button in pressed}) == len(pressed)
    assert [made.tile.accessibleName() for made in section(pages).candidates.made] == ["Coarse patch", "Synthesised patch"]


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
    assert tile.width() == tile.height()
    assert tile.width() // SIDE >= 4


# Elsewhere on the pages


def test_the_layer_of_ranks_has_its_key(pages: Pages) -> None:
    row = next(row for row in pages.evidence.layers.rows if row.text() == "Rank that prevails")
    click(row)
    QTest.qWait(0)
    ranks = pages.evidence.key.view.legend.rows
    assert [text for _, text in ranks] == ["No patch", "Rank 1", "Rank 2", "Rank 3", "Rank 4"]
    assert [colour for colour, _ in ranks[1:]] == [QColor(colour) for colour in RANKS[:4]]


def test_a_method_with_networks_says_so(pages: Pages) -> None:
    pages.turn_to("fill")
    pages.core.recipe.set_method("tmad")
    assert any(text.endswith("its networks come with Inlay") for text in words(pages.fill))
