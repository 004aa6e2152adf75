"""Fills of drawn squares that are kept for training: the same numbers give the same, whoever makes them, and however often it was stopped."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest

from engine.job import finished
from engine.training import canvases
from engine.training.canvases import KINDS, Canvases, drawn, matched, prepared
from tests.conftest import ROOT
from tests.engine.squares import photographs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.training.photographs import Photographs

SIZE, RANKS, NUMBER = 64, 2, 6


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Photographs:
    return photographs(tmp_path_factory.mktemp("seen"), train=2, held=1, size=(80, 90))[0]


@pytest.fixture(scope="module")
def made(seen: Photographs) -> Iterator[Canvases]:
    """Filled in this process; stopped after the first part, and gone on with."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(canvases, "_matched", in_this_process)
        begun = prepared(seen, NUMBER, SIZE, RANKS)
        first = next(begun).fraction
        begun.close()
        assert first == pytest.approx(4 / NUMBER)
        assert sorted(files(seen)) == [".ends", ".part"]
        again = prepared(seen, NUMBER, SIZE, RANKS)
        assert next(again).fraction == 1.0  # had it begun anew, this would be the first part's
        done = finished(again)
        assert sorted(files(seen)) == [".bin", ".npy"]
        yield done


def in_this_process(photographs: Photographs, parts: list[range], size: int, ranks: int) -> Iterator[list[np.ndarray]]:
    for part in parts:
        yield canvases._fills(photographs, part, size, ranks)


def files(photographs: Photographs) -> dict[str, bytes]:
    return {one.suffix: one.read_bytes() for one in photographs.file.parent.glob("patchmatch-*")}


# Squares


@pytest.mark.parametrize("size", [64, 96])
def test_squares_have_holes_of_every_kind(seen: Photographs, size: int) -> None:
    """Every second is a rectangle of 0.3 to 0.5 of a side that keeps away from the edge."""
    boxes = 0
    for seed in range(60):
        image, missing = drawn(seen[0], size, np.random.default_rng(seed))
        assert (image.shape, image.dtype) == ((size, size, 3), np.uint8)
        assert (missing.shape, missing.dtype) == ((size, size), np.bool_)
        assert 0 < missing.sum() < missing.size
        rows, columns = (np.flatnonzero(missing.any(axis)) for axis in (1, 0))
        tall, wide = (along[-1] - along[0] + 1 for along in (rows, columns))
        if missing.sum() == tall * wide and all(0.3 * size <= one <= 0.5 * size + 1 for one in (tall, wide)):
            boxes += 1
            assert min(rows[0], columns[0], size - 1 - rows[-1], size - 1 - columns[-1]) >= size // 16
    assert 18 < boxes < 50
    assert len(KINDS) == 4


def test_chance_is_the_generators_alone(seen: Photographs) -> None:
    first, again, other = (drawn(seen[0], SIZE, np.random.default_rng(seed)) for seed in (5, 5, 6))
    for place in (0, 1):
        np.testing.assert_array_equal(first[place], again[place])
        assert not np.array_equal(first[place], other[place])


# Fills


def test_fills_are_of_the_known_part_alone_and_the_best_is_the_first(seen: Photographs) -> None:
    image, missing = drawn(seen[0], SIZE, np.random.default_rng(1))
    filled = matched(image, missing, 3, 7)
    laid = filled.canvases()
    assert laid.shape == (3, SIZE, SIZE, 3)
    np.testing.assert_array_equal(laid[:, ~missing], np.repeat(image[~missing][None], 3, 0))
    assert not np.array_equal(laid[0], laid[1])
    spoilt = image.copy()
    spoilt[missing] = 255 - spoilt[missing]
    np.testing.assert_array_equal(matched(spoilt, missing, 3, 7).values, filled.values)
    alone = [matched(image, missing, 1, 7 + rank).values[0] for rank in range(3)]
    assert sorted(one.tobytes() for one in alone) == sorted(one.tobytes() for one in filled.values)


# The file


def test_what_is_mapped_is_what_is_made_anew(seen: Photographs, made: Canvases) -> None:
    assert len(made) == NUMBER
    for number in (0, 1, NUMBER - 1):
        kept = made[number]
        image, missing = drawn(seen[number % len(seen)], SIZE, np.random.default_rng([SIZE, number]))
        anew = matched(image, missing, RANKS, number)
        np.testing.assert_array_equal(kept.image, anew.image)
        np.testing.assert_array_equal(kept.hole, anew.hole)
        np.testing.assert_array_equal(kept.values, anew.values)
        assert kept.values.flags.writeable


def test_what_is_there_is_found_and_not_made_again(seen: Photographs, made: Canvases) -> None:
    before = {one: one.stat().st_mtime_ns for one in seen.file.parent.iterdir()}
    with pytest.raises(StopIteration) as end:
        next(prepared(seen, NUMBER, SIZE, RANKS))
    np.testing.assert_array_equal(end.value.value[3].values, made[3].values)
    assert {one: one.stat().st_mtime_ns for one in seen.file.parent.iterdir()} == before


@pytest.mark.parametrize("lost", ["ends", "values"])
def test_values_whose_ends_were_not_told_and_ends_whose_values_are_lost_are_made_again(
    seen: Photographs, made: Canvases, lost: str
) -> None:
    """As a power cut leaves them."""
    whole, ends = files(seen)[".bin"], made._ends
    values, told = (whole[: int(ends[2]) + 100], ends[:3]) if lost == "ends" else (whole[: int(ends[2]) - 1], ends[:4])
    try:
        for suffix in (".bin", ".npy"):
            made.file.with_suffix(suffix).unlink()
        made.file.with_suffix(".part").write_bytes(values)
        made.file.with_suffix(".ends").write_bytes(told.tobytes() + b"\1\2")
        finished(prepared(seen, NUMBER, SIZE, RANKS))
        assert files(seen)[".bin"] == whole
        np.testing.assert_array_equal(np.load(made.file.with_suffix(".npy")), ends)
    finally:
        made.file.write_bytes(whole)
        np.save(made.file.with_suffix(".npy"), ends)


def test_workers_map_the_file_anew(made: Canvases) -> None:
    assert made[2].values.size
    assert made._values is not None
    pickled = pickle.dumps(made)
    assert len(pickled) < 5000
    there = pickle.loads(pickled)
    assert there._values is None
    np.testing.assert_array_equal(there[2].values, made[2].values)


# Processes

SLOW = """
import sys
from pathlib import Path
from engine.training.canvases import prepared
from engine.training.photographs import Photographs

if __name__ == "__main__":
    try:
        for step in prepared(Photographs(Path(sys.argv[1]), "train"), 400, 64, 2):
            print(step.fraction, flush=True)
    except KeyboardInterrupt:
        print("stopped", flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="signals, and processes found by /proc")
def test_whoever_is_stopped_leaves_no_process_and_keeps_what_is_filled(tmp_path: Path) -> None:
    """A terminal's Ctrl+C, which all of them hear and one answers; what the others had filled is what this process fills."""
    seen, _ = photographs(tmp_path, train=1, held=1, size=(80, 90))
    script = tmp_path / "slow.py"
    script.write_text(SLOW, encoding="utf-8")
    line = [sys.executable, str(script), str(seen.file)]
    with subprocess.Popen(
        line, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=-1, stderr=-1, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "0.01\n"
        below = psutil.Process(process.pid).children()
        assert below
        os.killpg(process.pid, signal.SIGINT)
        said = process.stdout.read(), process.stderr.read()  # until the last of them has let go
    assert said[0].endswith("stopped\n")
    assert said[1] == ""
    assert not psutil.wait_procs(below, timeout=30)[1]  # one that has let go still has to end
    ends = np.frombuffer(files(seen)[".ends"], np.int64)
    assert len(ends) >= 4
    wanted = b"".join(one.tobytes() for one in canvases._fills(seen, range(4), 64, 2))
    assert files(seen)[".part"][: int(ends[3])] == wanted
