"""Mapping fields: their layers, the sources they name, and what they say where they know nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.evidence import HolePixels
from engine.geometry import Box, Place, Window
from engine.mapping import AROUND, MappingField

WINDOW = Box(10, 20, 40, 50)
HOLE = np.zeros(WINDOW.size, bool)
HOLE[5:25, 8:30] = True
HOLE[12:15, 12:15] = False
FRAME = (120, 160)


def field(window: Window | None = None, **more: Any) -> MappingField:
    """Two references, the second half as large as the picture; rows below 30 come from none."""
    pixels = HolePixels.of(window or Window.plain(WINDOW), HOLE)
    n, rows = len(pixels), pixels.rows
    origins = np.where(rows > 20, -1, np.where(pixels.columns > 18, 1, 0)).astype(np.int8)
    at = np.stack([rows + WINDOW.top, pixels.columns + WINDOW.left], 1).astype(np.float32)
    places = np.where(origins[:, None] == 0, at + np.float32((3, -4)), (at + np.float32(0.5)) / 2 - np.float32(0.5))
    places[origins < 0] = np.nan
    values: dict[str, Any] = {
        "pixels": pixels,
        "places": places.astype(np.float32),
        "origins": origins,
        "names": ("one.jpg", "two.jpg"),
        "sizes": (FRAME, (60, 80)),
        "weights": np.linspace(0, 1, n, dtype=np.float32),
        "found": np.array([[1, 2, 3, 4, 0.5]], np.float32),
        "frame": FRAME,
    }
    return MappingField(**values | more)


def test_the_layers_are_the_field_and_the_photograph_once_it_is_decided() -> None:
    layers = field().layers()
    assert [(one.name, one.kind, one.unit) for one in layers] == [("field corrected", "vectors", "px"), ("photograph", "labels", "")]
    assert layers[1].labels == ("this photograph", "one.jpg", "two.jpg")
    assert layers[1].range == (0, 2)
    (matched,) = field(stage="matched").layers()
    assert (matched.name, matched.kind) == ("field matched", "vectors")
    assert matched.range[1] == pytest.approx(5, abs=1e-4)


def test_the_field_is_the_way_to_the_reference_brought_to_the_picture_s_size() -> None:
    one = field()
    values = one.layer("field corrected", Box(0, 0, *FRAME))
    assert np.isfinite(values).all(axis=-1).sum() == (one.origins >= 0).sum()
    assert np.allclose(values[15, 28], (3, -4), atol=1e-4)
    assert np.allclose(values[16, 45], (0, 0), atol=1e-4), "the same place of a photograph of half the size"
    assert np.isnan(values[33, 30]).all(), "from none"
    assert np.isnan(values[23, 33]).all(), "outside of the hole"


def test_a_layer_is_the_same_in_parts_and_in_steps() -> None:
    one = field()
    for name in ("field corrected", "photograph"):
        whole = one.layer(name, Box(0, 0, *FRAME))
        for step in (1, 2, 3):
            np.testing.assert_array_equal(one.layer(name, Box(13, 21, 25, 33), step), whole[13:38:step, 21:54:step])


def test_the_photograph_is_a_label() -> None:
    values = field().layer("photograph", Box(0, 0, *FRAME))
    assert (values[15, 28], values[16, 45], values[33, 30]) == (1, 2, 0)
    assert np.isnan(values[0, 0])


@pytest.mark.parametrize("name", ["field", "field matched", "confidence"])
def test_a_layer_that_is_not_listed_is_none(name: str) -> None:
    with pytest.raises(KeyError):
        field().layer(name, WINDOW)
    with pytest.raises(KeyError):
        field(stage="matched").layer("photograph", WINDOW)


def test_a_source_is_the_nearest_pixel_of_the_reference_and_those_around_it() -> None:
    one = field(weights=np.full(int(HOLE.sum()), 0.25))
    (source,) = one.sources(Place.pixel(15, 28))
    assert source.place == Place.pixel(18, 24, "one.jpg")
    assert source.patch == Box(18 - AROUND, 24 - AROUND, 2 * AROUND + 1, 2 * AROUND + 1)
    assert source.weight == 0.25
    assert np.isnan(source.distance)
    (other,) = field().sources(Place.pixel(16, 45))
    assert other.place.origin == "two.jpg"


@pytest.mark.parametrize("place", [(33, 30), (0, 0), (23, 33)])
def test_what_came_from_the_picture_or_is_no_hole_has_no_source_elsewhere(place: tuple[int, int]) -> None:
    assert field().sources(Place.pixel(*place)) == []


def test_a_field_as_matched_names_no_sources() -> None:
    assert field(stage="matched").sources(Place.pixel(15, 28)) == []


@pytest.mark.parametrize(
    ("place", "nearest"), [((-0.5, -0.4), (0, 0)), ((119.5, 159.49), (119, 159)), ((300, -20), (119, 0)), ((7.6, 3.2), (8, 3))]
)
def test_a_source_lies_inside_of_its_reference(place: tuple[float, float], nearest: tuple[int, int]) -> None:
    n = int(HOLE.sum())
    edge = field(places=np.tile(np.float32(place), (n, 1)), origins=np.zeros(n, np.int8))
    (source,) = edge.sources(Place.pixel(15, 28))
    assert (source.place.box.top, source.place.box.left) == nearest
    assert source.patch.common(Box(0, 0, *FRAME)) == source.patch
    assert source.patch.holds(*nearest)


def test_a_window_at_another_scale_is_mapped_to_the_picture() -> None:
    """A method that saw the part at half its size: its pixel is two of the picture's."""
    half = Window(Box(10, 20, 80, 100), WINDOW.size)
    pixels = HolePixels.of(half, HOLE)
    at = np.array([half.to_picture(r, c) for r, c in zip(pixels.rows, pixels.columns, strict=True)], np.float32)
    one = field(pixels=pixels, places=at + np.float32((1.5, -2.5)), origins=np.zeros(len(pixels), np.int8))
    values = one.layer("field corrected", half.box)
    inside = np.isfinite(values).all(axis=-1)
    assert inside.sum() == 4 * HOLE.sum()
    assert np.allclose(values[inside], (1.5, -2.5), atol=1e-4)


def test_anchors_are_those_that_were_found() -> None:
    assert field().anchors().tolist() == [[1, 2, 3, 4, 0.5]]


def test_nothing_can_be_written_to() -> None:
    one = field()
    for array in (one.places, one.origins, one.weights, one.found):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_field_that_leads_nowhere_and_one_without_pixels() -> None:
    n = len(field().pixels)
    nowhere = field(places=np.full((n, 2), np.nan, np.float32), origins=np.full(n, -1, np.int8))
    assert nowhere.layers()[0].range == (0, 1)
    assert np.isnan(nowhere.layer("field corrected", WINDOW)).all()
    assert (nowhere.layer("photograph", WINDOW)[HOLE] == 0).all()
    none = np.zeros((0, 2), np.float32)
    empty = field(
        pixels=HolePixels.of(Window.plain(WINDOW), HOLE & False), places=none, origins=np.zeros(0, np.int8), weights=none[:, 0].copy(), names=(), sizes=()
    )  # fmt: skip
    assert empty.layers()[0].range == (0, 1)
    assert np.isnan(empty.layer("photograph", WINDOW)).all()
    assert empty.sources(Place.pixel(15, 28)) == []
