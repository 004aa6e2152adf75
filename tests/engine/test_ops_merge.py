"""Gradient-domain filling and the membrane against dense linear systems solved by NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.job import Step, finished
from engine.ops import merge
from engine.ops.bands import Workers
from engine.ops.membrane import membrane
from engine.ops.merge import equations
from tests.engine.laws import with_threads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.ops.merge import Equations

STEPS = ((-1, 0), (0, -1), (0, 1), (1, 0))


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers() as some:
        yield some


class Scene:
    """Noise of some depth with a hole inside, one at the edge, pixels that are neither, and a random source for each hole pixel."""

    def __init__(self, depth: type = np.uint8, channels: int = 3) -> None:
        rng = np.random.default_rng(2)
        self.pixels = rng.random((17, 15, channels)).astype(np.float32)
        if depth is not np.float32:
            self.pixels = (self.pixels * np.iinfo(depth).max).astype(depth)
        self.hole = np.zeros((17, 15), np.bool_)
        self.hole[4:9, 3:10] = self.hole[12:, 11:] = self.hole[0, 13] = True
        self.known = ~self.hole
        self.known[8:11, 9:11] = False
        self.hole &= ~self.known
        self.rows, self.columns = (v.astype(np.int32) for v in np.nonzero(self.hole))
        picks = rng.integers(0, int(self.known.sum()), len(self.rows))
        self.sources = tuple(v[picks].astype(np.int32) for v in np.nonzero(self.known))
        self.unit = 1.0 if depth is np.float32 else 1 / np.iinfo(depth).max

    def system(self, workers: Workers, *, smooth: float = 0.0, membrane_: bool = False) -> Equations:
        sources = None if membrane_ else self.sources
        return finished(equations(self.pixels, self.known, (self.rows, self.columns), sources, workers, smooth=smooth))


def inside(scene: Scene, row: int, column: int) -> bool:
    return 0 <= row < scene.known.shape[0] and 0 <= column < scene.known.shape[1]


def difference(scene: Scene, one: tuple[int, int], other: tuple[int, int]) -> np.ndarray | None:
    """pixels[one] - pixels[other] where both are known."""
    if not all(inside(scene, *p) and scene.known[p] for p in (one, other)):
        return None
    return (scene.pixels[one].astype(float) - scene.pixels[other]) * scene.unit


def wished(scene: Scene, at: dict[tuple[int, int], int], k: int, step: tuple[int, int], smooth: float) -> np.ndarray:
    """The difference that is wanted between hole pixel k and its neighbour: of two estimates that agree the larger, else their mean."""
    (y, x), (dy, dx) = (int(scene.sources[0][k]), int(scene.sources[1][k])), step
    estimates = [difference(scene, (y, x), (y + dy, x + dx))]
    j = at.get((int(scene.rows[k]) + dy, int(scene.columns[k]) + dx))
    if j is not None:
        y, x = int(scene.sources[0][j]), int(scene.sources[1][j])
        estimates.append(difference(scene, (y - dy, x - dx), (y, x)))
    known = [one for one in estimates if one is not None]
    if not known:
        return np.zeros(scene.pixels.shape[2])
    if len(known) > 1 and (known[0] * known[1]).sum() <= 0:
        return np.mean(known, axis=0)
    larger = max(known, key=lambda g: (g**2).sum())
    return smooth * np.mean(known, axis=0) + (1 - smooth) * larger


def dense(scene: Scene, smooth: float, membrane_: bool) -> tuple[np.ndarray, np.ndarray]:
    """The same system as a matrix (n, n) and right sides (n, channels), pixel by pixel."""
    at = {(int(r), int(c)): k for k, (r, c) in enumerate(zip(scene.rows, scene.columns, strict=True))}
    matrix, right = np.zeros((len(at), len(at))), np.zeros((len(at), scene.pixels.shape[2]))
    for (row, column), k in at.items():
        for dy, dx in STEPS:
            there = row + dy, column + dx
            if not inside(scene, *there) or not (there in at or scene.known[there]):
                continue
            matrix[k, k] += 1
            if not membrane_:
                right[k] += wished(scene, at, k, (dy, dx), smooth)
            if there in at:
                matrix[k, at[there]] -= 1
            else:
                right[k] += scene.pixels[there].astype(float) * scene.unit
    return matrix, right


@pytest.mark.parametrize("depth", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize(("smooth", "membrane_"), [(0.0, False), (0.4, False), (1.0, False), (0.0, True)])
def test_the_equations_are_those_written_out(workers: Workers, depth: type, smooth: float, membrane_: bool) -> None:
    scene = Scene(depth)
    system = scene.system(workers, smooth=smooth, membrane_=membrane_)
    matrix, right = dense(scene, smooth, membrane_)
    assert np.array_equal(system.count, np.diag(matrix))
    assert np.abs(system.wanted - right).max() < 1e-5
    for k in range(len(matrix)):
        assert sorted(system.links[k][system.links[k] >= 0]) == np.flatnonzero(matrix[k] < 0).tolist()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("screening", [0.003, 0.2])
def test_many_sweeps_reach_the_solution(workers: Workers, channels: int, screening: float) -> None:
    scene = Scene(channels=channels)
    start = np.random.default_rng(8).random((len(scene.rows), channels)).astype(np.float32)
    matrix, right = dense(scene, 0.0, membrane_=False)
    exact = np.linalg.solve(matrix + screening * np.eye(len(matrix)), right + screening * start)
    system = scene.system(workers)
    got = finished(system.solved(start, workers, sweeps=200, screening=screening))
    assert np.abs(got - exact).max() < 1e-4
    few = finished(system.solved(start, workers, sweeps=30, screening=screening))
    assert np.abs(few - exact).max() < 0.1 * np.abs(start - exact).max()


def test_a_hole_with_no_rim_keeps_its_start(workers: Workers) -> None:
    pixels, known = np.zeros((6, 6, 1), np.uint8), np.zeros((6, 6), np.bool_)
    rows, columns = (v.astype(np.int32).ravel() for v in np.indices((6, 6)))
    system = finished(equations(pixels, known, (rows, columns), None, workers))
    start = np.full((36, 1), 0.4, np.float32)
    assert np.abs(finished(system.solved(start, workers, sweeps=30)) - start).max() < 1e-4


def test_a_slope_is_continued_whatever_part_of_it_is_copied(workers: Workers) -> None:
    rows, columns = np.indices((40, 44))
    slope = (2 * rows + 3 * columns).astype(np.uint8)[..., None]
    hole = np.zeros((40, 44), np.bool_)
    hole[15:22, 18:29] = True
    where = tuple(v.astype(np.int32) for v in np.nonzero(hole))
    rng = np.random.default_rng(4)
    sources = (rng.integers(1, 13, len(where[0])).astype(np.int32), rng.integers(1, 42, len(where[0])).astype(np.int32))
    system = finished(equations(slope, ~hole, where, sources, workers))
    values = finished(system.solved(np.zeros((len(where[0]), 1), np.float32), workers, sweeps=150))
    assert np.abs(values * 255 - slope[hole]).max() < 0.05


def test_any_number_of_threads_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "_RUN", 9)
    scene = Scene()
    start = np.zeros((len(scene.rows), 3), np.float32)

    def solved() -> bytes:
        with Workers() as some:
            return finished(scene.system(some).solved(start, some, sweeps=20, screening=0.01)).tobytes()

    assert len({with_threads(threads, solved) for threads in (1, 2, 3)}) == 1


@pytest.mark.parametrize("channels", [1, 3])
def test_the_membrane_solves_laplaces_equation(workers: Workers, channels: int) -> None:
    """Within half a level of 255."""
    scene = Scene(np.float32, channels)
    scene.pixels = np.stack(
        [np.add(*np.indices((17, 15))) / 40 + 0.1 * np.random.default_rng(c).random((17, 15)) for c in range(channels)], 2
    )
    scene.pixels = scene.pixels.astype(np.float32)
    scene.known[8:11, 9:11] = ~scene.hole[8:11, 9:11]
    got = finished(membrane(scene.pixels, scene.known, scene.hole, workers))
    exact = np.linalg.solve(*dense(scene, 0.0, membrane_=True))
    assert np.abs(got - exact).max() < 0.5 / 255


def test_the_membrane_spans_a_large_hole(workers: Workers) -> None:
    """A plane is its own solution: across 150 pixels it is met within two levels of 255."""
    rows, columns = np.indices((200, 220))
    plane = ((rows + 0.5 * columns) / 320).astype(np.float32)[..., None]
    hole = np.zeros((200, 220), np.bool_)
    hole[20:170, 30:190] = True
    got = finished(membrane(plane, ~hole, hole, workers))
    assert np.abs(got - plane[hole]).max() < 2 / 255


def test_where_nothing_known_touches_the_hole_the_membrane_is_the_mean(workers: Workers) -> None:
    image = np.random.default_rng(0).random((12, 12, 3)).astype(np.float32)
    hole, known = np.zeros((12, 12), np.bool_), np.zeros((12, 12), np.bool_)
    hole[5:8, 5:8] = True
    known[0, :] = True
    got = finished(membrane(image, known, hole, workers))
    assert np.allclose(got, image[0].mean(axis=0), atol=1e-6)


def test_the_membranes_progress_rises_to_1(workers: Workers) -> None:
    hole = np.zeros((64, 50), np.bool_)
    hole[4:60, 10:30] = True
    steps = list(membrane(np.zeros((64, 50, 1), np.float32), ~hole, hole, workers))
    fractions = [step.fraction for step in steps if isinstance(step, Step)]
    assert len(fractions) > 6
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)
