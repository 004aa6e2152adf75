"""Layers are drawn in the published colours, and what has no value stays transparent."""

from __future__ import annotations

from math import atan2, floor, hypot, pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import rgb2lab

from engine.drawing import draw, heat_colours, heat_key, vector_colours, vector_key
from engine.evidence import Layer

RED, YELLOW, GREEN, CYAN, BLUE, MAGENTA = (255, 0, 0), (255, 255, 0), (0, 255, 0), (0, 255, 255), (0, 0, 255), (255, 0, 255)


def published_wheel() -> list[tuple[int, int, int]]:
    """The colour wheel as the benchmark's authors write it down, run by run."""
    wheel = [(255, floor(255 * i / 15), 0) for i in range(15)]
    wheel += [(255 - floor(255 * i / 6), 255, 0) for i in range(6)]
    wheel += [(0, 255, floor(255 * i / 4)) for i in range(4)]
    wheel += [(0, 255 - floor(255 * i / 11), 255) for i in range(11)]
    wheel += [(floor(255 * i / 13), 0, 255) for i in range(13)]
    return wheel + [(255, 0, 255 - floor(255 * i / 6)) for i in range(6)]


def published_colour(down: float, across: float) -> list[float]:
    """The colour of one vector, its length counted from 0 to 1, as the benchmark defines it."""
    wheel, length = published_wheel(), hypot(down, across)
    turn = (atan2(-down, -across) / pi + 1) / 2 * 54
    first = int(turn)
    colour: list[float] = []
    for channel in range(3):
        hue = (1 - turn + first) * wheel[first][channel] / 255 + (turn - first) * wheel[(first + 1) % 55][channel] / 255
        colour.append(255 * (1 - length * (1 - hue) if length <= 1 else 0.75 * hue))
    return colour


@given(st.floats(-2, 2).filter(lambda v: abs(v) > 1e-3), st.floats(-2, 2), st.floats(0.5, 300))
def test_vectors_have_the_published_colours(down: float, across: float, longest: float) -> None:
    length = hypot(down, across)
    drawn = vector_colours(np.array([[[down, across]]]) * longest, longest)[0, 0]
    if abs(length - 1) > 1e-6:  # at the rim the definition jumps
        assert drawn[:3] == pytest.approx(published_colour(down, across), abs=1.01)
    assert drawn[3] == 255


def test_directions_by_name() -> None:
    # Fractions of a turn at which the six runs of the wheel begin, clockwise from the right.
    begins = np.array([0, 15, 21, 25, 36, 49]) / 54 * 2 * pi
    vectors = np.stack([np.sin(begins), np.cos(begins)], axis=-1)[None].astype(np.float32) * 0.9999
    drawn = vector_colours(vectors, 1.0)[0, :, :3].astype(int)
    assert np.abs(drawn - (RED, YELLOW, GREEN, CYAN, BLUE, MAGENTA)).max() <= 2


def test_no_length_is_white_and_minus_zero_is_zero() -> None:
    drawn = vector_colours(np.array([[[0, 0], [-0.0, 5], [0.0, 5]]], np.float32), 5)[0]
    assert drawn[0].tolist() == [255] * 4
    assert drawn[1].tolist() == drawn[2].tolist() == [255, 0, 0, 255]
    assert vector_colours(np.zeros((2, 2, 2), np.float32), 0.0).min() == 255


def test_what_is_missing_is_transparent() -> None:
    vectors = np.array([[[np.nan, 1], [1, np.nan], [np.nan, np.nan], [1, 1]]], np.float32)
    assert vector_colours(vectors, 2)[0, :, 3].tolist() == [0, 0, 0, 255]
    assert not vector_colours(vectors, 2)[0, :3].any()
    heat = heat_colours(np.array([[np.nan, 3]], np.float32), 0, 5)
    assert heat[0, 0].tolist() == [0, 0, 0, 0]
    assert heat[0, 1, 3] == 255


def test_heat_grows_lighter_by_even_steps() -> None:
    colours = heat_colours(np.linspace(0, 1, 33, dtype=np.float32)[None], 0, 1)
    lightness = rgb2lab(colours[..., :3])[0, :, 0]
    steps = np.diff(lightness)
    assert steps.min() > 0.6 * steps.mean()
    assert steps.max() < 1.4 * steps.mean()


def test_heat_tells_values_apart_without_red_and_green() -> None:
    colours = heat_colours(np.linspace(0, 1, 12, dtype=np.float32)[None], 0, 1)[0, :, :3] / 255
    # Machado, Oliveira and Fernandes 2009: what is seen without green cones, and without red ones (linear light).
    for matrix in (
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    ):
        seen = np.clip(colours**2.2 @ np.array(matrix).T, 0, 1) ** (1 / 2.2)
        lab = rgb2lab(seen[None])[0]
        apart = np.linalg.norm(lab[:, None] - lab, axis=-1) + 1e3 * np.eye(12)
        assert apart.min() > 5


def test_heat_holds_its_ends() -> None:
    drawn = heat_colours(np.array([[-9, 2, 4, 99]], np.float32), 2, 4)[0]
    assert drawn[0].tolist() == drawn[1].tolist() == [68, 1, 84, 255]
    assert drawn[2].tolist() == drawn[3].tolist() == [253, 231, 37, 255]
    assert heat_colours(np.ones((1, 2), np.float32), 1, 1)[..., 3].min() == 255


def test_the_vector_key_shows_each_vector_at_its_end() -> None:
    key = vector_key(101)
    assert key.shape == (101, 101, 4)
    assert key[50, 50].tolist() == [255] * 4
    assert key[0, 0, 3] == key[100, 100, 3] == 0
    for row, column in ((50, 99), (70, 50), (20, 30)):
        down, across = (row - 50) / 50.5, (column - 50) / 50.5
        assert key[row, column].tolist() == vector_colours(np.array([[[down, across]]], np.float32), 1)[0, 0].tolist()


def test_the_heat_key_runs_from_low_to_high() -> None:
    key = heat_key((3, 50))
    assert key.shape == (3, 50, 4)
    np.testing.assert_array_equal(key[0], key[2])
    np.testing.assert_array_equal(key[1, [0, -1]], heat_colours(np.array([[0, 1]], np.float32), 0, 1)[0])


def test_draw_follows_kind_and_range() -> None:
    vectors = np.random.default_rng(0).normal(size=(4, 5, 2)).astype(np.float32)
    values = vectors[..., 0]
    np.testing.assert_array_equal(draw(Layer("field", "vectors", "px", (0, 7.0)), vectors), vector_colours(vectors, 7.0))
    np.testing.assert_array_equal(draw(Layer("distance", "heat", "levels", (-1.0, 2.0)), values), heat_colours(values, -1.0, 2.0))


def test_labels_have_a_colour_each() -> None:
    values = np.array([[0, 1, 2, 7, np.nan]], np.float32)
    drawn = draw(Layer("photograph", "labels", "", (0, 7), ("this photograph", *"abcdefg")), values)
    assert drawn[0, 0, :3].max() == drawn[0, 0, :3].min()
    assert drawn[0, 1].tolist() == drawn[0, 3].tolist() == [230, 159, 0, 255]
    assert drawn[0, 2].tolist() == [86, 180, 233, 255]
    assert drawn[0, 4].tolist() == [0, 0, 0, 0]
