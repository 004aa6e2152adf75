"""A hole painted by a reference's blueprint: drawn scenes in two lights, where what should be there is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.errors import BadInput
from engine.job import finished
from engine.matching import palette as rooms
from engine.matching.palette import palette
from engine.matching.warping import places
from tests.engine.laws import with_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = (150, 190)
HOLE = (slice(50, 100), slice(60, 130))
SHIFT = (7, -12)
"""Of the reference's places against the picture's."""


def wall(rows: NDArray[Any], columns: NDArray[Any]) -> NDArray[np.float32]:
    """(h, w, 3): rows of windows in a wall under a sky, anywhere."""
    window = ((rows % 24) < 12) & ((columns % 18) < 8)
    ledge = (rows % 24) >= 21
    grain = 0.04 * np.sin(rows * 1.7 + 3 * np.sin(columns * 0.9))
    colours = np.where(window[..., None], (0.15, 0.2, 0.3), np.where(ledge[..., None], (0.9, 0.85, 0.7), (0.7, 0.6, 0.45)))
    return (colours + grain[..., None]).astype(np.float32)


def evening(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """Another light: bluish, darker and of less contrast."""
    return (colours[..., ::-1] * 0.5 + 0.1).astype(np.float32)


class Scene:
    """The wall with a hole, blank in it, and the same in the evening from a place aside."""

    def __init__(self, light: Any = evening) -> None:
        rows, columns = np.moveaxis(places(SIZE), -1, 0)
        self.truth = wall(rows, columns)
        self.known = np.ones(SIZE, np.bool_)
        self.known[HOLE] = False
        self.target = self.truth * self.known[..., None]
        self.reference = light(wall(rows - SHIFT[0], columns - SHIFT[1]))
        self.there = places(SIZE) + np.array(SHIFT, np.float32)
        self.here = places(SIZE) - np.array(SHIFT, np.float32)

    def painted(self, **more: Any) -> NDArray[np.float32]:
        return finished(palette(self.target, self.known, self.reference, self.there, **more))


def test_the_reference_is_painted_in_the_colours_of_the_picture() -> None:
    scene = Scene()
    painted = scene.painted(here=scene.here)
    error = np.abs(painted - scene.truth)[HOLE]
    assert painted.dtype == np.float32
    assert np.sqrt((error**2).mean()) < 0.06
    assert np.sqrt(((scene.reference - scene.truth)[HOLE] ** 2).mean()) > 0.2
    assert np.array_equal(painted[scene.known], scene.target[scene.known])


def test_no_colour_of_the_reference_gets_into_the_picture() -> None:
    scene = Scene(light=lambda colours: np.roll(colours, 1, axis=-1))
    painted = scene.painted()[HOLE]
    known = scene.truth[scene.known]
    assert painted.min() >= known.min() - 1e-6
    assert painted.max() <= known.max() + 1e-6
    warm = scene.truth[..., 0] > scene.truth[..., 2]
    assert ((painted[..., 0] > painted[..., 2]) == warm[HOLE]).mean() > 0.97


def test_what_stands_in_the_picture_is_no_colour_for_the_wall() -> None:
    scene = Scene()
    scene.target[20:48, 20:60] = (1.0, 0.0, 0.0)  # a red sheet over part of the wall, which the reference does not show
    painted = scene.painted()[HOLE]
    assert (painted[..., 0] - painted[..., 1] > 0.5).mean() < 0.02


def test_places_that_do_not_come_back_give_no_colour() -> None:
    scene = Scene()
    right = scene.painted(here=scene.here)
    astray = scene.here.copy()
    astray[:, :95] += 50
    scene.target[:, :100][scene.known[:, :100]] = (0.0, 1.0, 0.0)
    painted = scene.painted(here=astray)
    assert np.abs(painted - right)[HOLE].mean() < 0.05


def test_grey_pictures_stay_grey() -> None:
    scene = Scene()
    scene.target, scene.reference = scene.target[..., :1].copy(), scene.reference[..., 2:].copy()
    painted = scene.painted()
    assert painted.shape == (*SIZE, 1)
    assert np.abs(painted[..., 0] - scene.truth[..., 0])[HOLE].mean() < 0.05


def test_beyond_the_reference_the_picture_stays() -> None:
    scene = Scene()
    scene.target[~scene.known] = 0.5
    scene.there = scene.there + np.float32((0, 80))  # the hole's right part is not in it
    painted = scene.painted()[HOLE]
    outside = scene.there[HOLE][..., 1] > SIZE[1] - 1
    assert outside.any()
    assert not outside.all()
    assert (painted[outside] == 0.5).all()
    assert (painted[~outside] != 0.5).any(axis=-1).mean() > 0.99


def test_a_hole_that_is_all_the_reference_shows_is_refused_in_a_sentence() -> None:
    scene = Scene()
    with pytest.raises(BadInput, match=r"copy its own\.$"):
        finished(palette(scene.target, scene.known, scene.reference[:20, :20], scene.there - np.float32((67, 68))))


def test_the_result_does_not_depend_on_the_threads_and_repeats() -> None:
    scene = Scene()
    one, two = with_threads(1, scene.painted), with_threads(2, scene.painted)
    assert np.array_equal(one, two)
    assert np.array_equal(one, with_threads(1, scene.painted))


def test_above_the_working_size_the_field_is_carried_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "WORKING_SIZE", 10_000)
    scene = Scene()
    error = np.abs(scene.painted() - scene.truth)[HOLE]
    assert np.sqrt((error**2).mean()) < 0.1
