"""Cells, their patches by rank, and attention, as they are seen on a real canvas over a real fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF

from app.view.canvas import inset
from app.view.canvas.attention import STRONG, VEIL
from app.view.theme import RANKS
from engine.drawing import heat_colours
from engine.geometry import Box
from tests.app.canvas_scene import ALT, NONE
from tests.app.retrieved_scene import AREA, SIZE, SPOT, Shown, photograph
from tests.app.test_findings import near

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core

WHITE = 255, 255, 255
COLOURS = [(int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)) for colour in RANKS]


@pytest.fixture
def shown(qtbot: QtBot, core: Core) -> Shown:
    return Shown(qtbot, core, photograph())


@pytest.fixture
def make(qtbot: QtBot, core: Core) -> Callable[..., Shown]:
    return lambda *of, **more: Shown(qtbot, core, *of, **more)


def rim(seen: NDArray[np.uint8], rect: QRectF) -> NDArray[np.uint8]:
    """The pixels of the lines around a rectangle, as far as they are seen."""
    inside = np.zeros(seen.shape[:2], bool)
    left, top, right, bottom = (round(one) for one in (rect.left(), rect.top(), rect.right(), rect.bottom()))
    inside[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1] = True
    inside[top + 1 : bottom - 1, left + 1 : right - 1] = False
    return seen[inside]


# Cells


@pytest.mark.parametrize("zoom", [0.5, 1.0, 4.0])
def test_all_cells_are_outlined_at_every_zoom(shown: Shown, zoom: float) -> None:
    shown.show_at(zoom, 90 if zoom > 1 else 0, 150 if zoom > 1 else 0)
    seen, bare = shown.grabbed().astype(int), shown.without("cells").astype(int)
    drawn = np.abs(seen - bare).max(axis=2) > 8
    reach = np.zeros_like(drawn)
    for number in range(len(shown.evidence.cells)):
        at = shown.rect(shown.evidence.cell(number)).toAlignedRect()
        left, top, right, bottom = max(at.left(), 0), max(at.top(), 0), at.right() + 1, at.bottom() + 1
        reach[max(top - 2, 0) : bottom + 3, max(left - 2, 0) : right + 3] = True
        if right < drawn.shape[1] and bottom < drawn.shape[0] and at.left() >= 0 and at.top() >= 0:
            assert drawn[top, left:right].mean() > 0.8
            assert drawn[top:bottom, left].mean() > 0.8
            assert not drawn[top + 3 : bottom - 3, left + 3 : right - 3].any()
    assert drawn.any()
    assert not drawn[~reach].any()


def test_cells_too_small_to_be_told_apart_have_no_lines(shown: Shown) -> None:
    shown.show_at(0.25)
    assert np.array_equal(shown.grabbed(), shown.without("cells"))


def test_nothing_of_it_is_seen_of_a_fill_that_does_not_know_its_patches(make: Callable[..., Shown]) -> None:
    shown = make(photograph(), knows=False)
    shown.hover(*SPOT)
    shown.display.set("attention", True)
    assert shown.retrieving.evidence is None
    assert shown.retrieving.cell is None
    assert shown.retrieving.stages == ()
    assert not shown.retrieving.may_step(-1)
    seen = shown.grabbed()
    assert np.array_equal(seen, shown.without("cells"))
    assert np.array_equal(seen, shown.without("attention"))
    assert near(seen, COLOURS[0], 10).any()  # the arrow of the pixel's own source


@pytest.mark.parametrize(("name", "value"), [("page", "fill"), ("original_held", True)])
def test_nothing_of_it_is_seen_where_something_else_is_looked_at(shown: Shown, name: str, value: object) -> None:
    shown.toolbox.choose("brush")
    shown.retrieving.set_stage("coarse")
    shown.display.set("attention", True)
    shown.display.set(name, value)
    seen, before = shown.grabbed(), shown.document.photograph
    assert before is not None
    expected = before.original(before.box) if name == "original_held" else shown.now
    inside = AREA.grown(10, 10).slices
    assert np.array_equal(seen[inside], expected[inside])


# The cell that is looked at


def test_the_cell_under_the_pointer_is_white_and_its_patches_have_their_ranks(shown: Shown) -> None:
    shown.hover(*SPOT)
    number = shown.evidence.cell_at(*SPOT)
    assert number is not None
    assert number == shown.retrieving.cell
    retrievals = shown.retrieving.retrievals
    assert len(retrievals) >= 2
    seen = shown.grabbed()
    assert near(rim(seen, shown.rect(shown.evidence.cell(number)))[None], WHITE, 30).mean() > 0.3
    for rank, box, _ in retrievals:
        around = shown.rect(box).toAlignedRect().adjusted(-26, -26, 26, 26)
        part = seen[max(around.top(), 0) : around.bottom(), max(around.left(), 0) : around.right()]
        assert near(part, COLOURS[rank], 20).sum() > 100, rank


def test_a_number_stands_at_each_patch_and_none_over_another(shown: Shown) -> None:
    """A badge is a field of the rank's colour, wider than any line: six pixels of it in a row."""
    shown.hover(*SPOT)
    seen = shown.grabbed()
    for rank, _, _ in shown.retrieving.retrievals:
        colour = near(seen, COLOURS[rank], 12)
        runs = np.lib.stride_tricks.sliding_window_view(colour, (3, 6)).all(axis=(2, 3))
        assert runs.any(), rank


def test_the_pixels_own_arrow_gives_way_to_the_cell(shown: Shown) -> None:
    shown.hover(*SPOT)
    with_cell = near(shown.grabbed(), WHITE, 20).sum()
    target = shown.inspection.target
    assert target is not None
    inner = shown.evidence.cell(shown.retrieving.cell or 0)
    assert inner.grown(8, 8).common(target) == target
    at = shown.rect(inner).toAlignedRect().adjusted(4, 4, -4, -4)
    seen, plain = shown.grabbed(), shown.now
    inside = slice(at.top(), at.bottom()), slice(at.left(), at.right())
    assert np.array_equal(seen[inside], plain[inside])
    assert with_cell


def test_alt_still_outlines_what_would_be_excluded(shown: Shown) -> None:
    shown.hover(*SPOT)
    plain = shown.grabbed()
    shown.move(SPOT, ALT, held=NONE)
    assert not np.array_equal(shown.grabbed(), plain)


def test_within_a_cell_nothing_is_said_again(shown: Shown) -> None:
    shown.hover(*SPOT)
    cell, said = shown.retrieving.cell, list[int | None]()
    box, ranks = shown.retrieving.box, set[int | None]()
    assert box is not None
    shown.retrieving.changed.connect(lambda: said.append(shown.retrieving.rank_here))
    here = shown.retrieving.rank_here
    for column in range(box.left, box.right):
        shown.hover(SPOT[0], column)
        assert shown.retrieving.cell == cell
        ranks.add(shown.retrieving.rank_here)
    assert len(said) <= 2 * max(len(ranks - {here}), 1) + len(ranks)
    said.clear()
    shown.hover(SPOT[0], box.right)
    assert shown.retrieving.cell != cell
    assert len(said) == 1


def test_a_cell_that_is_not_looked_at_any_more_is_dimmed_and_goes_with_the_tool(shown: Shown) -> None:
    shown.hover(*SPOT)
    bright = near(shown.grabbed(), COLOURS[0], 12).sum()
    shown.hover(5, 5)
    assert shown.retrieving.dimmed
    assert near(shown.grabbed(), COLOURS[0], 12).sum() < bright / 4
    shown.toolbox.choose("brush")
    shown.display.set("cells", False)
    away = np.s_[AREA.bottom + 20 :]
    assert near(shown.grabbed(), COLOURS[0], 12).sum() == near(shown.now, COLOURS[0], 12).sum()
    assert np.array_equal(shown.grabbed()[away], shown.now[away])


def test_a_pinned_cell_stays(shown: Shown) -> None:
    shown.click(SPOT)
    cell = shown.retrieving.cell
    shown.hover(SPOT[0] + 20, SPOT[1] + 20)
    assert shown.retrieving.cell == cell
    shown.toolbox.choose("brush")
    assert near(shown.grabbed(), COLOURS[0], 12).sum() > 100


def test_what_the_panel_points_at_stands_out(shown: Shown) -> None:
    shown.hover(*SPOT)
    before = [near(shown.grabbed(), COLOURS[rank], 12).sum() for rank in (0, 1)]
    shown.retrieving.point_at(1)
    after = [near(shown.grabbed(), COLOURS[rank], 12).sum() for rank in (0, 1)]
    assert after[0] < before[0] / 3
    assert after[1] >= before[1]
    shown.retrieving.point_at(None)
    assert [near(shown.grabbed(), COLOURS[rank], 12).sum() for rank in (0, 1)] == before


# Out of view


def test_patches_out_of_view_are_seen_small_at_the_edge(shown: Shown) -> None:
    shown.show_at(8.0, SPOT[0] - 18, SPOT[1] - 25)
    shown.hover(*SPOT)
    far = [one for one in shown.retrieving.retrievals if not shown.rect(one.box).intersects(QRectF(0, 0, SIZE[1], SIZE[0]))]
    assert far
    seen = shown.grabbed()
    for rank, box, _ in far:
        rows, columns = np.nonzero(near(seen, COLOURS[rank], 12))
        assert min(rows.min(), columns.min(), SIZE[0] - 1 - rows.max(), SIZE[1] - 1 - columns.max()) <= 12
        own = shown.now[box.top + box.height // 2, box.left + box.width // 2]
        assert near(seen, tuple(own.tolist()), 0).any()


def test_of_a_patch_of_which_only_a_line_is_in_view_there_is_a_small_picture(shown: Shown) -> None:
    shown.show_at(4.0, SPOT[0] - 30, SPOT[1] - 50)
    shown.hover(*SPOT)
    rank, box, _ = next(one for one in shown.retrieving.retrievals if one.box.right < SPOT[1])
    shown.show_at(4.0, SPOT[0] - 30, box.right - 1)
    at = shown.rect(box)
    assert at.intersects(QRectF(0, 0, SIZE[1], SIZE[0]))
    seen = near(shown.grabbed(), COLOURS[rank], 12)
    assert seen[:, round(inset.EDGE) : round(inset.EDGE + inset.SIDE)].sum() > 2 * inset.SIDE


def test_small_pictures_stand_beside_each_other_in_the_canvas() -> None:
    canvas, taken = QRectF(0, 0, 500, 400), list[QRectF]()
    for spot in (QPointF(-50, 60), QPointF(-60, 62), QPointF(-90, 90), QPointF(900, 900), QPointF(950, 920), QPointF(250, -80)):
        at = inset.place(spot, canvas, taken)
        assert canvas.contains(at)
        assert not any(at.intersects(other) for other in taken)
        taken.append(at)


def test_a_small_picture_is_not_stretched(shown: Shown) -> None:
    for patch in (Box(50, 60, 7, 7), Box(50, 60, 20, 6), Box(0, 0, 5, 9)):
        around = inset.around(patch)
        assert around.height == around.width == 2 * max(patch.size)
        assert around.common(patch) == patch
    del shown


# Attention


def test_attention_is_heat_over_the_photograph(shown: Shown) -> None:
    shown.hover(*SPOT)
    shown.display.set("cells", False)
    plain = shown.grabbed().astype(int)
    shown.display.set("attention", True)
    seen = shown.grabbed().astype(int)
    attended = shown.evidence.attended(shown.retrieving.cell or 0)
    best = attended[0][0]
    hot = heat_colours(np.ones((1, 1), np.float32), 0, 1)[0, 0, :3].astype(int)
    middle = best.top + best.height // 2, best.left + best.width // 2
    assert np.abs(seen[middle] - (STRONG * hot + (1 - STRONG) * (1 - VEIL) * shown.now[middle])).max() < 12
    cold = np.ones(SIZE, bool)
    for box, _ in attended:
        cold[box.grown(30, 30).common(Box.whole(SIZE)).slices] = False  # type: ignore[union-attr]
    cold[AREA.grown(30, 30).slices] = False
    assert np.abs(seen[cold] - (1 - VEIL) * plain[cold]).max() <= 2
    cell = shown.retrieving.box
    assert cell is not None
    inner = cell.grown(-4, -4).slices
    assert np.array_equal(seen[inner], plain[inner])
    shown.display.set("attention", False)
    assert np.array_equal(shown.grabbed(), plain)


def test_looking_away_forgets_the_rank_that_was_pointed_at(shown: Shown) -> None:
    shown.hover(*SPOT)
    shown.retrieving.point_at(2)
    assert shown.retrieving.rank == 2
    shown.document.undo()
    assert shown.retrieving.rank is None
    assert shown.retrieving.cell is None


def test_leaving_the_canvas_keeps_the_cell(shown: Shown) -> None:
    shown.hover(*SPOT)
    cell = shown.retrieving.cell
    shown.canvas.leaveEvent(QEvent(QEvent.Type.Leave))
    assert shown.retrieving.cell == cell
    assert shown.retrieving.dimmed
