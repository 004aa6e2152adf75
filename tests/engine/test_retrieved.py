"""Retrieved patches as a value: cells, what they were made from, the stages on the way; in windows that lie and see as they like."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.drawing import RANKS, draw
from engine.evidence import HolePixels
from engine.geometry import Box, Place, Window
from engine.retrieved import Retrieved, RetrievedPatches

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = (30, 40)
HOLE = np.zeros(SIZE, bool)
HOLE[6:26, 10:34] = True
HOLE[6:9, 10:14] = False
CELLS = ((6, 10, 10, 10), (6, 20, 10, 10), (6, 30, 10, 10), (16, 10, 10, 10), (16, 20, 10, 10), (16, 30, 10, 10))
MEMORY = ((0, 0, 6, 10), (0, 30, 6, 10), (26, 5, 4, 9))
WINDOWS = {
    "as it is": Window.plain(Box(0, 0, *SIZE)),
    "moved": Window.plain(Box(100, 57, *SIZE)),
    "reduced": Window(Box(10, 20, 60, 80), SIZE),
    "enlarged": Window(Box(5, 8, 15, 20), SIZE),
    "askew": Window(Box(3, 4, 47, 51), SIZE),
}


def evidence(window: Window = WINDOWS["as it is"], **more: Any) -> RetrievedPatches:
    """Six cells, three patches, two ranks; the fourth cell has no second patch and the fifth none at all."""
    pixels = HolePixels.of(window, HOLE)
    n = len(pixels)
    values: dict[str, Any] = {
        "pixels": pixels,
        "cells": np.array(CELLS, np.int32),
        "memory": np.array(MEMORY, np.int32),
        "chosen": np.array([(0, 1), (1, 0), (2, 1), (1, -1), (-1, -1), (2, 0)], np.int32),
        "scores": np.array([(0.6, 0.4), (0.5, 0.25), (0.9, 0.1), (1, 0), (0, 0), (0.3, 0.2)], np.float32),
        "attention": np.array([(0.5, 0.25, 0.125), (0, 1, 0), (0.25, 0, 0.25), (0, 0, 0), (0.25, 0.25, 0.5), (0, 0, 1)], np.float16),
        "ranks": (np.arange(n) % 3 - 1).astype(np.int8),
        "stages": ("coarse", "retrieved", "synthesised"),
        "values": (np.arange(3 * n * 3) % 251).astype(np.uint8).reshape(3, n, 3),
    }
    return RetrievedPatches(**values | more)


def seen_from(window: Window) -> list[tuple[int, int, int, int]]:
    """Each pixel of the picture near the window, and that of the window in which its centre lies."""
    (height, width), box = window.size, window.box
    rows = [(r, int(np.floor((r - box.top + 0.5) * height / box.height))) for r in range(box.top - 2, box.bottom + 2)]
    columns = [(c, int(np.floor((c - box.left + 0.5) * width / box.width))) for c in range(box.left - 2, box.right + 2)]
    return [(row, column, r, c) for row, r in rows for column, c in columns]


def touched(window: Window, inside: tuple[int, ...]) -> Box:
    """The pixels of the picture that share any of their area with a box of the window, found one by one."""
    (down, across), (top, left, height, width) = window.scale, inside
    rows = [r for r in range(-5, 300) if r + 1 > window.box.top + top * down + 1e-9 and r < window.box.top + (top + height) * down - 1e-9]
    columns = [
        c for c in range(-5, 300) if c + 1 > window.box.left + left * across + 1e-9 and c < window.box.left + (left + width) * across - 1e-9
    ]
    return Box(rows[0], columns[0], len(rows), len(columns))


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS.keys())
def test_each_pixel_of_the_hole_lies_in_its_cell_and_no_other_pixel_in_any(window: Window) -> None:
    one = evidence(window)
    answers: set[int] = set()
    for row, column, r, c in seen_from(window):
        inside = 0 <= r < SIZE[0] and 0 <= c < SIZE[1] and bool(HOLE[r, c])
        expected = [k for k, (t, f, h, w) in enumerate(CELLS) if t <= r < t + h and f <= c < f + w]
        found = one.cell_at(row, column)
        assert found == (expected[0] if inside else None), (row, column)
        if found is not None:
            answers.add(found)
            assert one.cell(found).holds(row, column)
    assert answers == set(range(6))


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS.keys())
def test_cells_and_patches_are_boxes_of_the_picture(window: Window) -> None:
    one = evidence(window)
    assert [one.cell(number) for number in range(6)] == [touched(window, cell) for cell in CELLS]
    first, second, third = (touched(window, patch) for patch in MEMORY)
    assert [(found.rank, found.box) for found in one.retrievals(0)] == [(0, first), (1, second)]
    assert [found.score for found in one.retrievals(1)] == [0.5, 0.25]
    assert one.retrievals(3) == [Retrieved(0, second, 1.0)], "a rank that has no patch is left out"
    assert one.retrievals(4) == []
    assert one.retrievals(5)[0].box == third


def test_a_missing_first_rank_does_not_move_the_second_up() -> None:
    chosen = np.full((6, 2), -1, np.int32)
    chosen[2, 1] = 2
    (found,) = evidence(chosen=chosen).retrievals(2)
    assert (found.rank, found.box, round(found.score, 6)) == (1, Box(*MEMORY[2]), 0.1)


def test_where_cells_overlap_the_last_one_was_laid_there() -> None:
    cells = np.array([(6, 10, 20, 21), (6, 18, 20, 13), (14, 10, 12, 21)], np.int32)
    one = evidence(cells=cells)
    assert [one.cell_at(*place) for place in ((6, 17), (6, 18), (14, 18), (14, 10))] == [0, 1, 2, 2]


def test_a_pixel_of_the_hole_in_no_cell_has_none() -> None:
    assert evidence(cells=np.array(CELLS[:1], np.int32)).cell_at(20, 28) is None


def test_attention_is_told_the_most_first_and_what_counts_nothing_is_left_out() -> None:
    one = evidence(WINDOWS["moved"])
    boxes = [touched(WINDOWS["moved"], patch) for patch in MEMORY]
    assert one.attended(0) == [(boxes[0], 0.5), (boxes[1], 0.25), (boxes[2], 0.125)]
    assert one.attended(1) == [(boxes[1], 1.0)]
    assert one.attended(2) == [(boxes[0], 0.25), (boxes[2], 0.25)], "of equals the first"
    assert one.attended(3) == []


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS.keys())
def test_a_stage_is_seen_where_the_hole_is(window: Window) -> None:
    one = evidence(window)
    numbers = np.full(SIZE, -1)
    numbers[HOLE] = np.arange(HOLE.sum())
    at = window.box.grown(2, 2)
    for k, stage in enumerate(one.stages):
        expected = np.full((*at.size, 3), np.nan, np.float32)
        for row, column, r, c in seen_from(window):
            if 0 <= r < SIZE[0] and 0 <= c < SIZE[1] and numbers[r, c] >= 0:
                expected[row - at.top, column - at.left] = one.values[k, numbers[r, c]]
        np.testing.assert_array_equal(one.seen(stage, at), expected)


def test_a_stage_that_it_does_not_have() -> None:
    for stage in ("blended", "hole", ""):
        with pytest.raises(KeyError):
            evidence().seen(stage, Box(0, 0, 5, 5))


def test_a_grey_photograph_has_stages_of_one_channel() -> None:
    n = int(HOLE.sum())
    one = evidence(values=np.full((1, n, 1), 7, np.uint8), stages=("coarse",))
    seen = one.seen("coarse", Box(0, 0, *SIZE))
    assert seen.shape == (*SIZE, 1)
    assert (seen[HOLE] == 7).all()


def test_the_layer_is_the_rank_in_the_colours_of_ranks() -> None:
    one = evidence(WINDOWS["moved"])
    (layer,) = one.layers()
    assert (layer.name, layer.kind, layer.labels, layer.range) == ("rank", "labels", ("no patch", "rank 1", "rank 2"), (0, 2))
    box = WINDOWS["moved"].box
    values = one.layer("rank", box)
    np.testing.assert_array_equal(values[HOLE], one.ranks + 1)
    assert np.isnan(values[~HOLE]).all()
    np.testing.assert_array_equal(one.layer("rank", box, 3), values[::3, ::3])
    colours: NDArray[np.uint8] = draw(layer, values)
    for rank in (0, 1):
        assert {tuple(colour) for colour in colours[values == rank + 1].tolist()} == {(*RANKS[rank], 255)}
    assert not {tuple(colour[:3]) for colour in colours[values == 0].tolist()} & set(RANKS), "what has no patch has no rank's colour"
    assert not colours[~HOLE].any()
    with pytest.raises(KeyError):
        one.layer("ranks", box)


def test_a_cell_is_no_source_of_a_pixel() -> None:
    """What a pixel is the copy of is the nearest-neighbour field's to say, which stands beside."""
    assert evidence().sources(Place.pixel(10, 20)) == []
    assert evidence().anchors().shape == (0, 5)


def test_nothing_can_be_written_to() -> None:
    one = evidence()
    for name in ("cells", "memory", "chosen", "scores", "attention", "ranks", "values"):
        array = getattr(one, name)
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(AttributeError):
        one.meaning = "luck"  # pyright: ignore[reportAttributeAccessIssue]
    assert replace(one, stage="finish").stage == "finish"
