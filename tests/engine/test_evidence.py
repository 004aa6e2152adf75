"""Evidence answers for every hole pixel, at any scale of its window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evidence import ConfidenceMap, HolePixels, NearestNeighborField, Source
from engine.geometry import Box, Place, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

odd_windows = st.builds(Window, st.builds(Box, *[st.integers(0, 9)] * 2, *[st.integers(1, 14)] * 2), st.tuples(*[st.integers(1, 14)] * 2))


def holes(window: Window, seed: int) -> NDArray[Any]:
    return np.random.default_rng(seed).random(window.size) < 0.4


def brute(window: Window, row: int, column: int) -> tuple[int, int] | None:
    """The window pixel whose area holds a picture pixel's centre, by exact whole-number comparison."""
    box, (height, width) = window.box, window.size
    rows = [r for r in range(height) if r * 2 * box.height <= (2 * (row - box.top) + 1) * height < (r + 1) * 2 * box.height]
    columns = [c for c in range(width) if c * 2 * box.width <= (2 * (column - box.left) + 1) * width < (c + 1) * 2 * box.width]
    return (rows[0], columns[0]) if rows and columns else None


@given(odd_windows, st.integers(0, 1000))
def test_find_and_spread_agree_with_a_search_pixel_by_pixel(window: Window, seed: int) -> None:
    hole = holes(window, seed)
    pixels = HolePixels.of(window, hole)
    values = np.arange(len(pixels.rows), dtype=np.float32)
    at = Box(0, 0, 26, 26)
    laid = pixels.spread(values, at, 1)
    number = np.full(window.size, -1)
    number[hole] = np.arange(hole.sum())
    for row, column in np.ndindex(at.size):
        seen = brute(window, row, column)
        k = -1 if seen is None else number[seen]
        assert pixels.find(row, column) == (None if k < 0 else k)
        assert np.isnan(laid[row, column]) if k < 0 else laid[row, column] == k


@given(odd_windows, st.integers(0, 1000), st.integers(1, 5), st.builds(Box, *[st.integers(-4, 12)] * 2, *[st.integers(1, 20)] * 2))
def test_spread_over_a_part_in_steps_is_the_part_of_the_whole(window: Window, seed: int, step: int, at: Box) -> None:
    pixels = HolePixels.of(window, holes(window, seed))
    values = np.random.default_rng(seed).random((len(pixels.rows), 2)).astype(np.float32)
    whole = pixels.spread(values, Box(-4, -4, 40, 40), 1)
    np.testing.assert_array_equal(pixels.spread(values, at, step), whole[at.moved(4, 4).slices][::step, ::step])


def test_hole_pixels_are_in_reading_order_and_read_only() -> None:
    pixels = HolePixels.of(Window.plain(Box(0, 0, 2, 3)), np.array([[0, 1, 1], [1, 0, 0]], bool))
    assert list(zip(pixels.rows, pixels.columns, strict=True)) == [(0, 1), (0, 2), (1, 0)]
    with pytest.raises(ValueError, match="read-only"):
        pixels.rows[0] = 1


def field(window: Window, *, runs: int = 1) -> NearestNeighborField:
    """A hole of 2 x 3 in the middle of the window, copied from the window's corner; the later run is the heavier one."""
    hole = np.zeros(window.size, bool)
    hole[6:8, 5:8] = True
    pixels = HolePixels.of(window, hole)
    rows = np.stack([pixels.rows - 4 + run for run in range(runs)]).astype(np.int32)
    columns = np.stack([pixels.columns - 3] * runs).astype(np.int32)
    up, left = np.full(rows.shape, 1, np.int8), np.full(rows.shape, 2, np.int8)
    weights = np.stack([np.full(6, 0.25 * (run + 1)) for run in range(runs)]).astype(np.float32)
    distances = np.tile(np.arange(6, dtype=np.float32), (runs, 1))
    return NearestNeighborField(pixels, rows, columns, up, left, weights, distances, 3, np.arange(6) % 2 == 0)


def test_sources_name_pixel_patch_weight_and_distance() -> None:
    evidence = field(Window.plain(Box(100, 200, 12, 12)))
    assert evidence.sources(Place.pixel(107, 206)) == [Source(Place.pixel(103, 203), Box(102, 201, 3, 3), 0.25, 4.0)]
    assert evidence.sources(Place.pixel(105, 206)) == []
    assert evidence.sources(Place.pixel(7, 6)) == []


def test_the_likeliest_source_comes_first() -> None:
    first, second = field(Window.plain(Box(0, 0, 12, 12)), runs=2).sources(Place.pixel(6, 5))
    assert (first.weight, first.place) == (0.5, Place.pixel(3, 2))
    assert (second.weight, second.place) == (0.25, Place.pixel(2, 2))


@pytest.mark.parametrize("size", [(24, 24), (18, 31), (6, 5), (13, 12)])
def test_sources_lie_where_the_picture_is_at_any_scale(size: tuple[int, int]) -> None:
    window = Window(Box(40, 50, *size), (12, 12))
    evidence = field(window)
    for row, column in np.ndindex(66, 83):
        k = evidence.pixels.find(row, column)
        found = evidence.sources(Place.pixel(row, column))
        assert len(found) == (k is not None)
        for source in found:
            assert source.patch.common(window.box) == source.patch
            assert source.patch.common(source.place.box) == source.place.box
            if min(size) >= 12:
                seen = brute(window, source.place.box.top, source.place.box.left)
                assert seen == (evidence.rows[0, k], evidence.columns[0, k])


def test_the_fields_layers() -> None:
    evidence = field(Window(Box(0, 0, 24, 36), (12, 12)))
    vectors, heat = evidence.layers()
    assert (vectors.name, vectors.kind, vectors.unit) == ("field", "vectors", "px")
    assert vectors.range == (0.0, pytest.approx(np.hypot(8, 9)))
    offsets = evidence.layer("field", Box(0, 0, 24, 36))
    inside = ~np.isnan(offsets[..., 0])
    assert inside.sum() == 4 * 9
    assert inside[12:16, 15:24].all()
    assert (offsets[inside] == (-8, -9)).all()
    assert (heat.name, heat.kind) == ("distance", "heat")
    assert heat.range[1] == pytest.approx(np.percentile(np.arange(6), 98))
    np.testing.assert_array_equal(evidence.layer("distance", Box(12, 15, 4, 9), 3), [[0, 1, 2], [3, 4, 5]])
    with pytest.raises(KeyError):
        evidence.layer("confidence", Box(0, 0, 2, 2))


def test_an_empty_field_has_layers_and_no_sources() -> None:
    pixels = HolePixels.of(Window.plain(Box(0, 0, 3, 3)), np.zeros((3, 3), bool))
    ints, small, floats = np.zeros((1, 0), np.int32), np.zeros((1, 0), np.int8), np.zeros((1, 0), np.float32)
    evidence = NearestNeighborField(pixels, ints, ints, small, small, floats, floats, 7, np.zeros(0, bool))
    assert [layer.range for layer in evidence.layers()] == [(0.0, 1.0), (0.0, 1.0)]
    assert np.isnan(evidence.layer("field", Box(0, 0, 3, 3))).all()
    assert evidence.sources(Place.pixel(1, 1)) == []


def test_a_confidence_map() -> None:
    pixels = HolePixels.of(Window.plain(Box(5, 5, 2, 2)), np.array([[1, 0], [0, 1]], bool))
    evidence = ConfidenceMap(pixels, np.array([0.25, 1], np.float32), "share of the vote")
    (layer,) = evidence.layers()
    assert (layer.name, layer.kind, layer.unit, layer.range) == ("confidence", "heat", "share of the vote", (0.0, 1.0))
    np.testing.assert_array_equal(evidence.layer("confidence", Box(5, 5, 2, 2)), [[0.25, np.nan], [np.nan, 1]])
    assert evidence.sources(Place.pixel(5, 5)) == []
    with pytest.raises(KeyError):
        evidence.layer("field", Box(0, 0, 2, 2))
    with pytest.raises(ValueError, match="read-only"):
        evidence.values[0] = 0


@given(odd_windows, st.integers(0, 1000), st.tuples(*[st.integers(0, 200)] * 2))
def test_pixels_are_told_by_their_numbers(window: Window, seed: int, ends: tuple[int, int]) -> None:
    hole = holes(window, seed)
    pixels, (rows, columns) = HolePixels.of(window, hole), np.nonzero(hole)
    part = slice(min(ends), max(ends))
    assert len(pixels) == hole.sum()
    assert np.array_equal(pixels.rows, rows)
    assert np.array_equal(pixels.columns, columns)
    assert np.array_equal(pixels.rows_of(part), rows[part])
    assert np.array_equal(pixels.columns_of(part), columns[part])
    assert pixels.rows.dtype == pixels.columns.dtype == np.int32


def test_a_hole_is_kept_by_its_runs_and_not_by_its_pixels() -> None:
    hole = np.zeros((2500, 700), np.bool_)  # more rows than are looked at at once
    hole[100:2400, 50:650] = True
    pixels = HolePixels.of(Window.plain(Box(0, 0, 2500, 700)), hole)
    assert len(pixels) == 2300 * 600
    assert len(pixels.lines) == 2300
    assert np.array_equal(np.stack([pixels.rows, pixels.columns]), np.stack(np.nonzero(hole)))


def test_the_field_over_a_part_is_that_of_the_whole() -> None:
    evidence = field(Window.plain(Box(100, 200, 12, 12)))
    whole = evidence.layer("field", Box(100, 200, 12, 12))
    assert np.isfinite(whole).any()
    for at in (Box(107, 203, 2, 4), Box(90, 190, 17, 30), Box(100, 200, 5, 5)):
        part = evidence.layer("field", at)
        common = at.common(Box(100, 200, 12, 12))
        assert common is not None
        assert np.array_equal(part[common.moved(-at.top, -at.left).slices], whole[common.moved(-100, -200).slices], equal_nan=True)


@given(odd_windows, st.integers(0, 1000))
def test_the_box_around_the_pixels(window: Window, seed: int) -> None:
    hole = holes(window, seed)
    around = Box.around(hole)
    assert HolePixels.of(window, hole).box == (None if around is None else window.picture_box(around))
