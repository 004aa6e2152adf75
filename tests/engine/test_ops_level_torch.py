"""One contract for the search and the vote, compiled or on a device, held against plain NumPy; and what each promises beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import torch
from numpy.lib.stride_tricks import sliding_window_view

from engine.device import works
from engine.job import Job, finished
from engine.ops import level_torch
from engine.ops.bands import Workers
from engine.ops.level import Level, sources_of
from engine.ops.level_torch import TorchLevel, level_on
from engine.ops.pyramid import Scale, bridged
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
from tests.engine.cases import laid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Maker = Callable[[Scale, int], Level]

needs_cuda = (pytest.mark.cuda, pytest.mark.skipif(not works("cuda"), reason="no CUDA device works here"))
DEVICES = ["cpu", pytest.param("cuda", marks=needs_cuda)]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """One thread: arrays of some hundreds gain nothing from more, and lose much where the machine is busy."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with Workers() as some:
        yield some
    torch.set_num_threads(threads)


@pytest.fixture(params=["compiled", *DEVICES])
def make(request: pytest.FixtureRequest, workers: Workers) -> Maker:
    """How a level is made: the compiled one, or torch's on each device."""
    if request.param == "compiled":
        return lambda scale, side: laid(Level(side, workers), scale)
    return lambda scale, side: laid(TorchLevel(side, workers, torch.device(request.param)), scale)


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> torch.device:
    return torch.device(request.param)


@dataclass(frozen=True)
class Hole:
    """A picture's size and its hole's box."""

    size: tuple[int, int]
    top: int
    left: int
    bottom: int
    right: int

    def scale(self, channels: int = 4, seed: int = 0) -> Scale:
        """Noise made smooth, so that a patch has its like and neighbours have theirs side by side; with this hole."""
        rough = np.random.default_rng(seed).normal(0, 1, (*self.size, channels))
        smooth = cv2.GaussianBlur(rough, (0, 0), 3).reshape(rough.shape)
        pixels = np.interp(smooth, (smooth.min(), smooth.max()), (0, 255)).astype(np.uint8)
        missing = np.zeros(self.size, np.bool_)
        missing[self.top : self.bottom, self.left : self.right] = True
        return Scale(pixels, missing, ~missing)


HOLES = {
    "inside": Hole((30, 37), 11, 14, 19, 23),
    "corner": Hole((31, 28), 0, 20, 9, 28),
    "across": Hole((41, 24), 15, 0, 22, 24),
    "pixel": Hole((24, 25), 12, 12, 13, 13),
}


@pytest.fixture(params=HOLES)
def hole(request: pytest.FixtureRequest) -> Hole:
    return HOLES[request.param]


def guessed(level: Level, seed: int = 1) -> NDArray[np.uint8]:
    """A first guess of the hole's pixels; the fourth byte as well."""
    return np.random.default_rng(seed).integers(0, 256, (len(level.hole_rows), 4), dtype=np.uint8)


def windows(level: Level) -> NDArray[np.int64]:
    """(h, w, side, side, 4): the patch around every pixel, edges repeated."""
    half = level.half
    wide = np.pad(level.inside, ((half, half), (half, half), (0, 0)), "edge").astype(np.int64)
    return np.moveaxis(sliding_window_view(wide, (level.side, level.side), (0, 1)), 2, -1)


def exact(level: Level) -> NDArray[np.int64]:
    """The least cost that any usable source gives each target, by trying all of them."""
    every = windows(level)
    sources = every[level.usable].reshape(-1, level.side**2 * 4)
    targets = every[level.rows, level.columns].reshape(-1, level.side**2 * 4)
    return np.array([((sources - target) ** 2).sum(1).min() for target in targets])


def costs(level: Level) -> NDArray[np.int64]:
    """The costs of the field as it stands."""
    every = windows(level)
    difference = every[level.rows, level.columns] - every[level.source_rows, level.source_columns]
    return (difference**2).sum((1, 2, 3))


def mean_of_patches(level: Level, weights: NDArray[np.float32], before: NDArray[np.uint8]) -> NDArray[np.float64]:
    """What a vote should give, (holes, 4), target by target in double precision."""
    height, width = level.size
    sums, shares = np.zeros((height, width, 4)), np.zeros((height, width, 1))
    steps = range(-level.half, level.half + 1)
    for y, x, sy, sx, weight in zip(level.rows, level.columns, level.source_rows, level.source_columns, weights, strict=True):
        for down in steps:
            for right in steps:
                if 0 <= y + down < height and 0 <= x + right < width:
                    sums[y + down, x + right] += weight * before[sy + down, sx + right].astype(np.float64)
                    shares[y + down, x + right] += weight
    mean = np.where(shares > 0, sums / np.maximum(shares, 1e-300), before)
    return mean[level.hole_rows, level.hole_columns]


def state(level: Level) -> tuple[bytes, ...]:
    """All that a level has found so far."""
    return tuple(array.tobytes() for array in (level.source_rows, level.source_columns, level.cost, level.inside))


@pytest.mark.parametrize("side", [1, 3, 5, 7, 9])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_costs_are_those_of_the_field_and_sources_are_usable(make: Maker, hole: Hole, side: int, channels: int) -> None:
    level = make(hole.scale(channels), side)
    finished(level.start(3))
    finished(level.put(guessed(level)))
    finished(level.search(2, 20, 3))
    assert level.cost.dtype == np.int32
    assert (level.cost == costs(level)).all()
    assert level.usable[level.source_rows, level.source_columns].all()


@pytest.mark.parametrize("side", [7])
def test_search_finds_what_an_exact_search_finds(make: Maker, hole: Hole, side: int) -> None:
    level = make(hole.scale(), side)
    finished(level.start(5))
    finished(level.search(60, max(level.size) // 2, 5))
    best = exact(level)
    assert (level.cost >= best).all()
    assert (level.cost == best).mean() >= 0.8
    assert level.cost.sum() <= 1.03 * best.sum()


def test_three_scans_come_near_an_exact_search(make: Maker) -> None:
    level = make(Hole((60, 66), 22, 21, 40, 44).scale(), 7)
    finished(level.start(5))
    finished(level.search(3, 33, 5))
    assert level.cost.sum() <= 1.15 * exact(level).sum()


def test_a_cost_beyond_what_a_float_counts_is_exact(make: Maker) -> None:
    scale = HOLES["inside"].scale()
    level = make(Scale(np.full_like(scale.pixels, 255), scale.missing, scale.sources), 9)
    finished(level.start(0))
    finished(level.put(np.zeros((len(level.hole_rows), 4), np.uint8)))
    finished(level.search(1, 1, 0))
    assert level.cost.max() == 255**2 * 4 * HOLES["inside"].scale().missing.sum()


def test_more_scans_never_cost_more(make: Maker, hole: Hole) -> None:
    level = make(hole.scale(), 5)
    finished(level.start(5))
    finished(level.search(1, 20, 5))
    for _ in range(4):
        before = level.cost.copy()
        finished(level.search(1, 20, 5))
        assert (level.cost <= before).all()


def test_one_good_shift_spreads_to_all_that_it_suits(make: Maker) -> None:
    scale = Hole((44, 60), 6, 30, 24, 54).scale()
    pixels = np.random.default_rng(0).integers(0, 256, scale.pixels.shape, dtype=np.uint8)
    level = make(Scale(pixels, scale.missing, scale.sources), 5)
    finished(level.start(0))
    down, right = 14, -26
    finished(level.put(pixels[level.hole_rows + down, level.hole_columns + right]))
    within = sources_of(scale.missing, 5)[level.rows, level.columns]
    middle = np.flatnonzero((level.rows == 15) & (level.columns == 42))
    level.source_rows[middle], level.source_columns[middle] = 15 + down, 42 + right
    finished(level.search(8, 0, 0))  # no random search
    assert within.sum() == 14 * 20
    assert (level.cost[within] == 0).all()
    assert (level.source_rows[within] == level.rows[within] + down).all()
    assert (level.source_columns[within] == level.columns[within] + right).all()


def test_a_source_that_is_no_better_is_not_taken(make: Maker) -> None:
    scale = HOLES["inside"].scale()
    level = make(Scale(np.full_like(scale.pixels, 7), scale.missing, scale.sources), 5)
    finished(level.start(0))
    finished(level.put(np.full((len(level.hole_rows), 4), 7, np.uint8)))
    before = state(level)
    finished(level.search(3, 20, 0))
    assert state(level) == before


def test_the_same_seed_finds_the_same_and_another_another(make: Maker) -> None:
    found: list[tuple[bytes, ...]] = []
    for seed in (4, 4, 5):
        level = make(HOLES["inside"].scale(), 7)
        finished(level.start(4))
        finished(level.search(2, 15, seed))
        finished(level.vote(np.ones(len(level.rows), np.float32)))
        found.append(state(level))
    assert found[0] == found[1]
    assert found[0] != found[2]


@pytest.mark.parametrize("side", [1, 3, 7])
def test_vote_is_the_weighted_mean_of_the_patches(make: Maker, hole: Hole, side: int) -> None:
    level = make(hole.scale(), side)
    finished(level.start(6))
    before = level.inside.copy()
    weights = np.random.default_rng(0).random(len(level.rows), np.float32)
    finished(level.vote(weights))
    expected = mean_of_patches(level, weights, before)
    found = level.inside[level.hole_rows, level.hole_columns]
    assert np.abs(found - expected).max() <= 0.5 + 1e-3
    known = np.ones(level.size, np.bool_)
    known[level.hole_rows, level.hole_columns] = False
    assert (level.inside[known] == before[known]).all()
    assert (level.weights == weights).all()


def test_a_pixel_without_votes_is_left_as_it_was(make: Maker) -> None:
    level = make(HOLES["inside"].scale(), 3)
    finished(level.start(6))
    guess = guessed(level)
    finished(level.put(guess))
    finished(level.vote(np.where(level.columns < 18, np.float32(1), np.float32(0))))
    found = level.inside[level.hole_rows, level.hole_columns]
    left = level.hole_columns > 18  # a patch of 3 around column 17 reaches column 18
    assert (found[left] == guess[left]).all()
    assert (found[~left] != guess[~left]).any()


def test_a_search_sees_what_was_voted_and_put(make: Maker, hole: Hole) -> None:
    level = make(hole.scale(), 5)
    finished(level.start(2))
    for _ in range(3):
        finished(level.search(2, 20, 2))
        finished(level.vote(np.exp(level.cost * np.float32(-1e-5))))
    finished(level.search(1, 20, 2))
    assert (level.cost == costs(level)).all()
    finished(level.put(guessed(level)))
    finished(level.search(1, 20, 2))
    assert (level.cost == costs(level)).all()


def test_a_field_changed_between_searches_is_the_one_that_is_searched(make: Maker) -> None:
    level = make(HOLES["inside"].scale(), 5)
    finished(level.start(2))
    finished(level.search(4, 20, 2))
    finished(level.start(99))
    usual = costs(level)
    finished(level.search(1, 1, 2))
    assert (level.cost <= usual).all()
    assert (level.cost == costs(level)).all()


def test_a_finer_level_starts_from_the_field_of_a_coarser_one(make: Maker, workers: Workers) -> None:
    fine = Hole((64, 70), 20, 18, 44, 50).scale()
    coarse = make(bridged(fine), 5)
    finished(coarse.start(1))
    finished(coarse.search(3, 30, 1))
    level = make(fine, 5)
    carried = finished(level.start(1, coarse))
    other = laid(Level(5, workers), fine)
    assert (finished(other.start(1, coarse)) == carried).all()
    assert carried.mean() > 0.7
    assert (level.source_rows == other.source_rows).all()


def test_each_hole_pixel_is_claimed_by_the_heaviest_target_over_it(make: Maker, hole: Hole) -> None:
    level = make(hole.scale(), 5)
    finished(level.start(1))
    weights = np.random.default_rng(1).random(len(level.rows), np.float32)
    finished(level.vote(weights))
    for row, column, claimed in zip(level.hole_rows, level.hole_columns, finished(level.claimed())[0], strict=True):
        over = (np.abs(level.rows - row) <= 2) & (np.abs(level.columns - column) <= 2)
        assert weights[claimed] == weights[over].max()


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("side", [1, 3, 5, 7, 9])
def test_torch_votes_the_bytes_of_the_compiled_vote(device: torch.device, workers: Workers, hole: Hole, side: int, channels: int) -> None:
    pair = laid(Level(side, workers), hole.scale(channels)), laid(TorchLevel(side, workers, device), hole.scale(channels))
    weights = np.random.default_rng(2).random(len(pair[0].rows), np.float32) ** 8
    weights[::3] = 1e-6
    for level in pair:
        finished(level.start(8))
        finished(level.vote(weights))
    assert (pair[0].picture == pair[1].picture).all()


def test_how_many_pairs_are_compared_at_once_changes_nothing(
    device: torch.device, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[tuple[bytes, ...]] = []
    for about in (1 << 15, 77):
        monkeypatch.setattr(level_torch, "_AT_ONCE", (about, about))
        level = laid(TorchLevel(7, workers, device), HOLES["across"].scale())
        finished(level.start(1))
        finished(level.search(2, 20, 1))
        found.append(state(level))
    assert found[0] == found[1]


def test_noise_is_even_and_differs_by_place_axis_seed_and_radius() -> None:
    order = torch.arange(50_000, 250_000)
    noise = {key: level_torch._noise(order, *key) for key in ((1, 64), (2, 64), (1, 32))}
    for one in noise.values():
        assert int(one.min()) >= 0
        assert int(one.max()) < 1 << 32
        counts = torch.bincount((one[0] * 10) >> 32, minlength=10)
        assert (counts - 20_000).abs().max() < 800  # six standard deviations
    rows = torch.cat([*noise.values(), noise[1, 64].roll(1, 1)]).double()
    assert (torch.corrcoef(rows) - torch.eye(len(rows))).abs().max() < 0.02


def test_small_holes_and_processors_have_the_compiled_level(workers: Workers, device: torch.device) -> None:
    small, missing = HOLES["inside"].scale(), np.zeros((200, 220), np.bool_)
    missing[20:180, 20:180] = True
    large = Scale(np.zeros((200, 220, 3), np.uint8), missing, ~missing)
    assert type(finished(level_on(device, small, 7, workers))) is Level
    assert type(finished(level_on(device, large, 7, workers))) is (Level if device.type == "cpu" else TorchLevel)


@pytest.mark.cuda
@pytest.mark.skipif(not works("cuda"), reason="no CUDA device works here")
class TestCuda:
    def test_devices_agree_to_the_bit(self, workers: Workers) -> None:
        found: list[tuple[bytes, ...]] = []
        for name in ("cpu", "cuda"):
            level = laid(TorchLevel(7, workers, torch.device(name)), Hole((90, 84), 20, 20, 60, 70).scale())
            finished(level.start(1))
            for _ in range(3):
                finished(level.search(2, 40, 1))
                finished(level.vote(np.exp(level.cost * np.float32(-1e-5))))
            found.append(state(level))
        assert found[0] == found[1]

    def test_a_fill_on_cuda_is_the_same_each_time_and_touches_nothing_else(self) -> None:
        pixels = Hole((420, 500), 90, 80, 340, 420).scale(3)
        mask = np.where(pixels.missing, 255, 0).astype(np.uint8)
        picture = Picture(pixels.pixels)
        filled = [
            picture.with_patches(finished(Pipeline().run(Job(picture, Mask(mask), seed=3, device="cuda"))).patches).pixels for _ in range(2)
        ]
        assert (filled[0] == filled[1]).all()
        assert (filled[0][mask == 0] == picture.pixels[mask == 0]).all()


def test_sources_lie_wholly_within_what_may_be_copied() -> None:
    allowed = np.ones((9, 11), np.bool_)
    allowed[4, 5] = False
    found = sources_of(allowed, 3)
    assert found.sum() == 7 * 9 - 9
    assert not found[0].any()
