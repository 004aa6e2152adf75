"""Levels and the runs their work is cut into: what a finer level takes over from a coarser one, depths, and runs of whole rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ops.bands import Workers, runs_of_rows
from engine.ops.level import Level
from engine.ops.pyramid import Scale, bridged
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
    level = Level(fine, 5, workers)
    rows, columns = np.nonzero(fine.missing)
    touching = {(r + i, c + j) for r, c in zip(rows, columns, strict=True) for i in range(-2, 3) for j in range(-2, 3)}
    wanted = sorted((int(r), int(c)) for r, c in touching if 0 <= r < 61 and 0 <= c < 53)
    assert list(zip(level.rows.tolist(), level.columns.tolist(), strict=True)) == wanted
    assert np.array_equal(np.stack([level.rows, level.columns])[:, level.centres], np.stack([level.hole_rows, level.hole_columns]))


def test_a_level_keeps_its_picture_and_repeats_its_edge(workers: Workers) -> None:
    fine = scale()
    level = Level(fine, 7, workers)
    assert np.array_equal(level.inside, fine.pixels)
    bordered = np.pad(fine.pixels, ((3, 3), (3, 3), (0, 0)), "edge")
    assert np.array_equal(level.picture[:, : 53 + 6], bordered)


@pytest.mark.parametrize("channels", [1, 3])
def test_fewer_channels_leave_the_fourth_byte_zero(workers: Workers, channels: int) -> None:
    fine = scale()
    level = Level(Scale(fine.pixels[..., :channels], fine.missing, fine.sources), 7, workers)
    assert np.array_equal(level.inside[..., :3], np.broadcast_to(fine.pixels[..., :channels], (61, 53, 3)))
    assert not level.inside[..., 3].any()


def test_a_finer_level_takes_over_the_field_wherever_it_is_usable(workers: Workers) -> None:
    fine = scale()
    coarse, level = Level(bridged(fine), 5, workers), Level(fine, 5, workers)
    coarse.start(1)
    coarse.search(4, 10, seed=1)
    carried = level.start(2, coarse)
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
        level = Level(scale(), 5, workers)
        assert not level.start(seed).any()
        fields.append(np.stack([level.source_rows, level.source_columns]))
    assert np.array_equal(fields[0], fields[1])
    assert (fields[0] != fields[2]).any(axis=0).mean() > 0.9


@pytest.mark.parametrize("hole", [(20, 18, 38, 33), (50, 40, 61, 53), (0, 0, 12, 53)])
def test_depth_is_the_distance_to_what_is_known(workers: Workers, hole: tuple[int, int, int, int]) -> None:
    fine = scale((61, 53), hole)
    level = Level(fine, 7, workers)
    known = np.argwhere(~fine.missing)
    distance = np.array([np.hypot(*(known - (r, c)).T).min() for r, c in zip(level.rows, level.columns, strict=True)])
    assert np.abs(level.depth(fine.missing) - distance).max() <= 0.09 * distance.max()  # a chamfer distance
    assert not level.depth(fine.missing)[~fine.missing[level.rows, level.columns]].any()


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
            some.each(done.append, range(9))
            with pytest.raises(ValueError, match="run 0"):
                some.each(fails, [0, 0])
        return sorted(done)

    assert with_threads(threads, work) == list(range(9))
