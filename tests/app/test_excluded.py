"""The piece that "not from here" excludes, on a field that is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from app.excluded import Piece, piece_around
from engine.evidence import HolePixels, NearestNeighborField
from engine.geometry import Box, Place, Window

SIZE = (100, 120)
FRAME, HOLE = Box(10, 20, 80, 90), Box(40, 50, 10, 20)


def field(offsets: np.ndarray, patch: int = 7) -> NearestNeighborField:
    """A field over the hole: source less pixel, (10, 20, 2)."""
    hole = np.zeros(FRAME.size, np.bool_)
    hole[HOLE.moved(-FRAME.top, -FRAME.left).slices] = True
    pixels = HolePixels.of(Window.plain(FRAME), hole)
    steps = offsets.reshape(1, -1, 2).astype(np.int32)
    count = len(pixels.rows)
    half = np.full((1, count), patch // 2, np.int8)
    ones = np.ones((1, count), np.float32)
    return NearestNeighborField(
        pixels, pixels.rows + steps[..., 0], pixels.columns + steps[..., 1], half, half, ones, ones, patch, np.ones(count, np.bool_)
    )  # fmt: skip


def steps(left: tuple[int, int], right: tuple[int, int]) -> np.ndarray:
    """Two halves of the hole, each shifted as one."""
    made = np.zeros((*HOLE.size, 2))
    made[:, :10], made[:, 10:] = left, right
    return made


def piece(of: NearestNeighborField, row: int, column: int) -> np.ndarray:
    """(H, W) bool: what is excluded around a pixel."""
    found: Piece = piece_around(of, (row, column), of.sources(Place.pixel(row, column))[0], SIZE)
    excluded = np.zeros(SIZE, np.bool_)
    excluded[found.box.slices] = found.where
    return excluded


def test_the_half_around_the_pixel_and_a_patch_around_it() -> None:
    excluded = piece(field(steps((20, 0), (-20, 30))), 44, 53)
    assert Box.around(excluded) == Box(60 - 3, 50 - 3, 10 + 6, 10 + 6)
    assert excluded.sum() == 16 * 16


def test_offsets_within_two_pixels_are_one_piece() -> None:
    excluded = piece(field(steps((20, 0), (22, 1))), 44, 53)
    assert Box.around(excluded) == Box(57, 47, 18, 27)
    assert Box.around(piece(field(steps((20, 0), (23, 0))), 44, 53)) == Box(57, 47, 16, 16)


def test_the_same_offset_elsewhere_is_another_piece() -> None:
    made = steps((20, 0), (20, 0))
    made[:, 9:12] = (-30, 0)
    assert Box.around(piece(field(made), 44, 53)) == Box(57, 47, 16, 15)


@pytest.mark.parametrize("shift", [(-40, 0), (50, 49), (0, -50)])
def test_a_piece_ends_with_the_picture(shift: tuple[int, int]) -> None:
    excluded = piece(field(steps(shift, shift)), 44, 53)
    row, column = 44 + shift[0], 53 + shift[1]
    assert excluded[min(row, SIZE[0] - 1), column]
    assert excluded.sum() < 16 * 26


def test_an_even_patch_leaves_nothing_out() -> None:
    assert piece(field(steps((20, 0), (20, 0)), patch=6), 44, 53).sum() == 16 * 26


def test_the_source_that_is_shown_is_excluded_though_another_run_found_it() -> None:
    one, other = field(steps((20, 0), (20, 0))), field(steps((-30, 5), (-30, 5)))
    both = {
        name: np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("rows", "columns", "up", "left", "weights", "distances")
    }
    both["weights"] = np.stack([one.weights[0] * 0.2, one.weights[0] * 0.8])
    averaged = NearestNeighborField(one.pixels, **both, patch=7, copied=one.copied)
    excluded = piece(averaged, 44, 53)
    assert excluded[14, 58]
    assert excluded[64, 53]
