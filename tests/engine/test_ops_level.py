"""Levels and the runs their work is cut into: what a finer level takes over from a coarser one, depths, and runs of whole rows."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.job import finished
from engine.ops import bands
from engine.ops.bands import Workers, pieces, places, runs_of_rows, strips
from engine.ops.completion import nth
from engine.ops.level import Level, sources_of
from engine.ops.pyramid import Scale, bridged
from tests.engine.cases import laid
from tests.engine.laws import with_threads

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers() as some:
        yield some


def scale(size: tuple[int, int] = (61, 53), *holes: tuple[int, int, int, int]) -> Scale:
    missing = np.zeros(size, np.bool_)
    for top, left, bottom, right in holes or ((20, 18, 38, 33), (50, 45, 61, 53)):
        missing[top:bottom, left:right] = True
    return Scale(np.random.default_rng(1).integers(0, 255, (*size, 4), np.uint8), missing, ~missing)


def test_targets_are_all_patches_that_touch_the_hole(workers: Workers) -> None:
    fine = scale()
    level = laid(Level(5, workers), fine)
    rows, columns = np.nonzero(fine.missing)
    touching = {(r + i, c + j) for r, c in zip(rows, columns, strict=True) for i in range(-2, 3) for j in range(-2, 3)}
    wanted = sorted((int(r), int(c)) for r, c in touching if 0 <= r < 61 and 0 <= c < 53)
    assert list(zip(level.rows.tolist(), level.columns.tolist(), strict=True)) == wanted
    assert np.array_equal(np.stack([level.rows, level.columns])[:, level.centres], np.stack([level.hole_rows, level.hole_columns]))


def test_a_level_keeps_its_picture_and_repeats_its_edge(workers: Workers) -> None:
    fine = scale()
    level = laid(Level(7, workers), fine)
    assert np.array_equal(level.inside, fine.pixels)
    bordered = np.pad(fine.pixels, ((3, 3), (3, 3), (0, 0)), "edge")
    assert np.array_equal(level.picture[:, : 53 + 6], bordered)


@pytest.mark.parametrize("channels", [1, 3])
def test_fewer_channels_leave_the_fourth_byte_zero(workers: Workers, channels: int) -> None:
    fine = scale()
    level = laid(Level(7, workers), Scale(fine.pixels[..., :channels], fine.missing, fine.sources))
    assert np.array_equal(level.inside[..., :3], np.broadcast_to(fine.pixels[..., :channels], (61, 53, 3)))
    assert not level.inside[..., 3].any()


def test_a_finer_level_takes_over_the_field_wherever_it_is_usable(workers: Workers) -> None:
    fine = scale()
    coarse, level = laid(Level(5, workers), bridged(fine)), laid(Level(5, workers), fine)
    finished(coarse.start(1))
    finished(coarse.search(4, 10, seed=1))
    carried = finished(level.start(2, coarse))
    assert np.array_equal(carried, carries(coarse, level))
    assert carried.mean() > 0.5
    assert level.usable[level.source_rows, level.source_columns].all()


def carries(coarse: Level, level: Level) -> np.ndarray:
    """Target by target: whether the coarser target's source, doubled, is usable; where it was taken it must be that."""
    at = {place: k for k, place in enumerate(zip(coarse.rows.tolist(), coarse.columns.tolist(), strict=True))}
    out = np.zeros(len(level.rows), np.bool_)
    for k, (row, column) in enumerate(zip(level.rows.tolist(), level.columns.tolist(), strict=True)):
        from_ = at.get((row // 2, column // 2))
        if from_ is None:
            continue
        source = 2 * int(coarse.source_rows[from_]) + row % 2, 2 * int(coarse.source_columns[from_]) + column % 2
        out[k] = source[0] < level.size[0] and source[1] < level.size[1] and level.usable[source]
        assert not out[k] or (level.source_rows[k], level.source_columns[k]) == source
    return out


def test_start_without_a_coarser_level_is_random_and_repeats_for_a_seed(workers: Workers) -> None:
    fields: list[np.ndarray] = []
    for seed in (1, 1, 2):
        level = laid(Level(5, workers), scale())
        assert not finished(level.start(seed)).any()
        fields.append(np.stack([level.source_rows, level.source_columns]))
    assert np.array_equal(fields[0], fields[1])
    assert (fields[0] != fields[2]).any(axis=0).mean() > 0.9


@pytest.mark.parametrize("hole", [(20, 18, 38, 33), (50, 40, 61, 53), (0, 0, 12, 53)])
def test_depth_is_the_distance_to_what_is_known(workers: Workers, hole: tuple[int, int, int, int]) -> None:
    fine = scale((61, 53), hole)
    level = laid(Level(7, workers), fine)
    known = np.argwhere(~fine.missing)
    distance = np.array([np.hypot(*(known - (r, c)).T).min() for r, c in zip(level.rows, level.columns, strict=True)])
    assert np.abs(finished(level.depth(fine.missing, 99)) - distance).max() <= 0.09 * distance.max()  # a chamfer distance
    assert not finished(level.depth(fine.missing, 99))[~fine.missing[level.rows, level.columns]].any()


@settings(max_examples=150, derandomize=True, database=None, deadline=None)
@given(
    rows=st.lists(st.integers(0, 40), min_size=1, max_size=300).map(sorted),
    about=st.integers(1, 80),
    shifted=st.booleans(),
    tall=st.none() | st.integers(1, 9),
)
def test_runs_are_whole_rows_and_cover_the_list_once(rows: list[int], about: int, shifted: bool, tall: int | None) -> None:
    runs = runs_of_rows(np.array(rows, np.int32), about, shifted=shifted, tall=tall)
    assert [first for first, _ in runs] == [0, *(last for _, last in runs[:-1])]
    assert runs[-1][1] == len(rows)
    for first, last in runs:
        assert first < last
        assert first == 0 or rows[first - 1] != rows[first]
        assert tall is None or rows[last - 1] - rows[first] < tall


def test_runs_are_about_as_long_as_asked_and_shifting_moves_their_ends() -> None:
    rows = np.repeat(np.arange(100, dtype=np.int32), 7)
    plain, shifted = runs_of_rows(rows, 70), runs_of_rows(rows, 70, shifted=True)
    assert {last - first for first, last in plain} == {70}
    assert not {last for _, last in plain[:-1]} & {last for _, last in shifted[:-1]}


def test_no_rows_give_no_runs() -> None:
    assert runs_of_rows(np.zeros(0, np.int32), 10) == []
    assert runs_of_rows(np.zeros(0, np.int32), 10, tall=4) == []


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_workers_do_every_run_once_and_raise_what_went_wrong(threads: int) -> None:
    def fails(run: int) -> None:
        raise ValueError(f"run {run}")

    def work() -> list[int]:
        done: list[int] = []
        with Workers() as some:
            finished(some.each(done.append, range(9)))
            with pytest.raises(ValueError, match="run 0"):
                finished(some.each(fails, [0, 0]))
        return sorted(done)

    assert with_threads(threads, work) == list(range(9))


def test_a_pause_lets_go_on_or_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bands, "PAUSE", -1.0)
    threads = set(threading.enumerate())

    def work(after: int) -> tuple[int, int]:
        """Pauses seen and runs done, where it is closed after so many pauses."""
        done: list[int] = []
        with Workers() as some:
            going = some.each(done.append, range(50))
            seen = sum(1 for _ in itertools.islice(going, after))
            going.close()
            held = len(done)
            assert finished(some.each(len, [])) is None  # the same workers go on
            assert len(done) == held
        return seen, held

    assert with_threads(1, lambda: work(99)) == (50, 50)
    assert with_threads(1, lambda: work(7)) == (7, 7)
    seen, held = with_threads(3, lambda: work(2))
    assert seen <= 2 <= held <= 50
    assert set(threading.enumerate()) <= threads


@pytest.mark.parametrize("size", [(1, 1), (7, 3), (1000, 701), (3, 300_000)])
def test_pieces_and_strips_cover_all_once(size: tuple[int, int]) -> None:
    for runs, length in ((pieces(size[1]), size[1]), (strips(size), size[0])):
        assert runs[0][0] == 0
        assert runs[-1][1] == length
        assert all(one[1] == other[0] for one, other in itertools.pairwise(runs))
    assert all(top % 2 == 0 for top, _ in strips(size))


def wide() -> Scale:
    """Larger than a strip and than a run of kernels: a hole across the strips' edges, one in a corner, dust."""
    rng = np.random.default_rng(5)
    missing = cv2.dilate((rng.random((1501, 703)) < 2e-4).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    missing[340:800, 100:600] = missing[:30, -20:] = True
    return Scale(rng.integers(0, 255, (1501, 703, 3), np.uint8), missing, ~missing & (rng.random((1501, 703)) < 0.999))


def test_work_in_strips_and_runs_gives_what_the_whole_gives(workers: Workers) -> None:
    fine = wide()
    level = laid(Level(7, workers), fine)
    touching = cv2.dilate(fine.missing.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    rows, columns = np.nonzero(touching)
    assert np.array_equal(level.rows, rows)
    assert np.array_equal(level.columns, columns)
    assert np.array_equal(level.places, np.flatnonzero(touching))
    assert np.array_equal(np.stack([level.hole_rows, level.hole_columns]), np.stack(np.nonzero(fine.missing)))
    assert np.array_equal(level.places[level.centres], np.flatnonzero(fine.missing))
    order = np.full(touching.shape, -1)
    order[touching] = np.arange(len(rows))
    assert np.array_equal(level.above, np.where(rows > 0, order[rows - 1, columns], -1))
    assert np.array_equal(level.below, np.where(rows < 1500, order[np.minimum(rows + 1, 1500), columns], -1))
    assert np.array_equal(level.usable, sources_of(fine.sources, 7))
    assert np.array_equal(level.inside[..., :3], fine.pixels)
    assert np.array_equal(np.stack(finished(places(fine.missing, workers))), np.stack(np.nonzero(fine.missing)))


def test_depths_are_the_same_in_strips_up_to_the_most_that_is_asked(workers: Workers) -> None:
    fine = wide()
    level = laid(Level(7, workers), fine)
    around = np.pad(fine.missing, 1, constant_values=True)
    whole = cv2.distanceTransform(around.astype(np.uint8), cv2.DIST_L2, 3)[level.rows + 1, level.columns + 1]
    assert whole.max() > 200
    for most in (6, 24, 96):
        assert np.array_equal(np.minimum(finished(level.depth(fine.missing, most)), most), np.minimum(whole, most))


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(values=st.lists(st.integers(0, 22_000_000) | st.integers(0, 5000), min_size=1, max_size=40), share=st.floats(0, 1, exclude_max=True))
def test_the_nth_value_is_that_of_the_sorted_list(values: list[int], share: float) -> None:
    at = int(share * len(values))
    with Workers() as some:
        assert finished(nth(np.array(values, np.int32), at, some)) == sorted(values)[at]
