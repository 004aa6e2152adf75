"""The texture memory over a cutout: what the networks see, how it is carried to full size, what is told of it, and what may not be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import skimage.data
import torch

from engine.evidence import NearestNeighborField
from engine.geometry import Box, Window
from engine.job import Job, finished
from engine.method import Cutout
from engine.ops.bands import Workers
from engine.ops.detail import carried
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
from engine.retrieved import RetrievedPatches
from engine.texture.begun import MULTIPLE
from engine.texture.frame import LARGEST, framed, reduced
from engine.texture.synthesis import TextureSettings

if TYPE_CHECKING:
    from collections.abc import Generator

    from engine.job import Result

MEMORIES = ("aligned", "windows")


def end(steps: Generator[Any, None, Any]) -> Any:
    """What a generator returns."""
    return finished(steps)


def cut(pixels: np.ndarray, hole: np.ndarray, known: np.ndarray | None = None) -> Cutout:
    seen = ~hole if known is None else known & ~hole
    box = Box.around(hole)
    assert box is not None
    return Cutout(
        Window.plain(Box.whole(hole.shape)),
        np.where(seen[..., None], pixels, 0).astype(pixels.dtype),
        hole,
        seen,
        seen,
        box,
        torch.device("cpu"),
    )


def fill(pixels: np.ndarray, hole: np.ndarray, area: np.ndarray | None = None, **settings: Any) -> Result:
    job = Job(Picture(pixels), Mask(hole.astype(np.uint8) * 255), "tmad", TextureSettings(**settings), area)
    return end(Pipeline().run(job))


@pytest.fixture(scope="module")
def scene() -> tuple[np.ndarray, np.ndarray]:
    hole = np.zeros((150, 170), np.bool_)
    hole[50:100, 60:115] = True
    return np.ascontiguousarray(skimage.data.chelsea()[40:190, 120:290]), hole


@pytest.fixture(scope="module", params=MEMORIES)
def filled(request: pytest.FixtureRequest, scene: tuple[np.ndarray, np.ndarray]) -> Result:
    return fill(*scene, memory=request.param)


@pytest.mark.parametrize("size", [(40, 60), (LARGEST, 33), (LARGEST + 1, 70), (70, 4 * LARGEST)])
def test_a_frame_is_at_most_so_large_and_covers_the_hole(size: tuple[int, int]) -> None:
    hole = np.zeros(size, np.bool_)
    hole[-9:, -20:] = True
    with Workers() as workers:
        frame = end(framed(cut(np.full((*size, 3), 90, np.uint8), hole), workers))
    assert max(frame.hole.shape) <= LARGEST + MULTIPLE
    assert all(side % MULTIPLE == 0 for side in frame.hole.shape)
    large = np.kron(frame.hole, np.ones((frame.times, frame.times), np.bool_))[: size[0], : size[1]]
    assert large[hole].all()
    assert large.sum() <= hole.sum() + 4 * frame.times * sum(hole.any(axis).sum() for axis in (0, 1))
    assert not (frame.sources & frame.hole).any()
    region = frame.region
    assert region.height % 4 == region.width % 4 == 0
    assert frame.hole[region.slices].sum() == frame.hole.sum()
    assert frame.image[~frame.missing] == pytest.approx(90 / 255)


def test_means_are_of_what_is_known_alone() -> None:
    rng = np.random.default_rng(3)
    pixels, hole = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8), rng.random((64, 64)) < 0.4
    known = rng.random((64, 64)) < 0.9
    cutout = cut(pixels, hole, known)
    with Workers() as workers:
        image, shares = end(reduced(cutout, None, Box(2, 1, 9, 12), 4, workers))
        values = rng.random((int(hole.sum()), 3), np.float32)
        with_values, _ = end(reduced(cutout, values, Box(2, 1, 9, 12), 4, workers))
    for row, column in ((0, 0), (8, 11), (3, 5)):
        square = np.s_[4 * (2 + row) : 4 * (3 + row), 4 * (1 + column) : 4 * (2 + column)]
        seen = cutout.known[square]
        assert shares[row, column] == pytest.approx(seen.mean())
        assert image[row, column] == pytest.approx(pixels[square][seen].mean(0) / 255, abs=1e-5)
        every = np.where(seen[..., None], pixels[square] / 255, 0)
        laid = np.zeros((64, 64, 3))
        laid[hole] = values
        counted = seen | hole[square]
        assert with_values[row, column] == pytest.approx((every + laid[square])[counted].mean(0), abs=1e-5)


@pytest.mark.parametrize("times", [1, 2, 8])
def test_what_is_carried_has_the_small_result_in_its_means_and_full_size_detail(times: int) -> None:
    rng = np.random.default_rng(5)
    small, large = (6, 10), (6 * times - times // 2, 10 * times)
    hole = np.ones(large, np.bool_)
    canvases = [rng.random((int(hole.sum()), 3), np.float32) for _ in range(2)]
    base, strength = np.full((*small, 3), 0.25, np.float32), np.full(small, 0.5, np.float32)
    shares = np.dstack([np.full(small, 0.75, np.float32), np.full(small, 0.25, np.float32)])
    with Workers() as workers:
        values = end(carried(base, strength, shares, canvases, hole, times, workers))
    assert values == pytest.approx(0.25 + 0.5 * (0.75 * canvases[0] + 0.25 * canvases[1]), abs=1e-5)


def test_a_large_hole_is_as_sharp_as_its_surroundings() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (700, 640, 3), dtype=np.uint8)
    hole = np.zeros((700, 640), np.bool_)
    hole[200:460, 150:400] = True
    result = fill(noise, hole, effort="draft", ranks=2)
    inside = Picture(noise).with_patches(result.patches).pixels[hole].astype(float)
    assert inside.std() > 0.6 * noise[~hole].std()  # a picture made at half the size would have at most half of it


def test_every_patch_of_the_memory_is_known(filled: Result, scene: tuple[np.ndarray, np.ndarray]) -> None:
    hole = scene[1]
    told = next(one for one in filled.evidence if isinstance(one, RetrievedPatches))
    assert len(told.cells) >= 4
    for number in range(len(told.cells)):
        found = told.retrievals(number)
        assert [one.rank for one in found] == [0, 1, 2, 3]
        assert all(not hole[one.box.slices].any() and 0 < one.score <= 1 for one in found)
        assert sum(share for _, share in told.attended(number)) <= 1.01
    assert {told.cell_at(int(row), int(column)) for row, column in np.argwhere(hole)[::50]} >= set(range(len(told.cells))) - {None}
    assert told.cell_at(0, 0) is None


def test_the_prevailing_rank_comes_first_in_the_field(filled: Result) -> None:
    field = next(one for one in filled.evidence if isinstance(one, NearestNeighborField))
    told = next(one for one in filled.evidence if isinstance(one, RetrievedPatches))
    assert (np.diff(field.weights.astype(np.float32), axis=0) <= 0).all()
    assert field.weights.astype(np.float32).sum(0) == pytest.approx(1, abs=0.01)
    assert len(field.rows) == told.chosen.shape[1]
    assert len(np.unique(told.ranks)) >= 1


def test_the_last_stage_is_the_fill_and_the_first_a_guess(filled: Result, scene: tuple[np.ndarray, np.ndarray]) -> None:
    pixels, hole = scene
    told = next(one for one in filled.evidence if isinstance(one, RetrievedPatches))
    assert told.stages == ("coarse", "retrieved", "synthesised")
    result = Picture(pixels).with_patches(filled.patches).pixels[hole]
    assert np.abs(told.values[2].astype(int) - result).max() <= 1
    slopes = [np.abs(np.diff(stage.astype(float), axis=0)).mean() for stage in told.values]
    assert slopes[0] < 0.7 * slopes[1]


def test_a_window_is_copied_whole(scene: tuple[np.ndarray, np.ndarray]) -> None:
    pixels, hole = scene
    result = fill(pixels, hole, memory="windows")
    told = next(one for one in result.evidence if isinstance(one, RetrievedPatches))
    for number in (0, len(told.cells) - 1):
        cell, source = told.cell(number), told.retrievals(number)[0].box
        inside = hole[cell.slices]
        seen = told.seen("retrieved", cell)
        assert (seen[inside] == pixels[source.slices][inside]).all()


@pytest.mark.parametrize("memory", MEMORIES)
def test_what_is_excluded_is_not_used(scene: tuple[np.ndarray, np.ndarray], memory: str) -> None:
    pixels, hole = scene
    before = next(one for one in fill(pixels, hole, memory=memory).evidence if isinstance(one, RetrievedPatches))
    excluded = before.retrievals(0)[0].box
    area = np.ones(hole.shape, np.bool_)
    area[excluded.slices] = False
    after = fill(pixels, hole, area, memory=memory)
    told = next(one for one in after.evidence if isinstance(one, RetrievedPatches))
    field = next(one for one in after.evidence if isinstance(one, NearestNeighborField))
    assert area[field.rows, field.columns].all()
    for number in range(len(told.cells)):
        assert all(one.box.common(excluded) is None for one in told.retrievals(number))


def test_a_sampling_area_without_a_window_is_told(scene: tuple[np.ndarray, np.ndarray]) -> None:
    pixels = np.ascontiguousarray(np.tile(scene[0], (8, 8, 1)))
    hole = np.zeros(pixels.shape[:2], np.bool_)
    hole[500:530, 500:540] = True
    area = np.zeros(hole.shape, np.bool_)
    area[200:203, 200:201] = True
    job = Job(
        Picture(pixels), Mask(hole.astype(np.uint8) * 255), "tmad", TextureSettings(memory="windows", effort="draft"), area, whole=True
    )
    assert any("no window" in step.stage for step in Pipeline().run(job))


def test_smoothing_takes_detail_away(scene: tuple[np.ndarray, np.ndarray]) -> None:
    pixels, hole = scene
    slopes = []
    for smooth in (0.0, 0.5, 1.0):
        filled = Picture(pixels).with_patches(fill(pixels, hole, smooth=smooth).patches).pixels.astype(float).mean(-1)
        slopes.append(np.hypot(*np.gradient(filled))[hole].mean())
    assert slopes[0] > slopes[1] > slopes[2]
