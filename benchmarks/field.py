"""Nearest-neighbour fields: our search against the indexes one could take; CPU seconds at equal error; see README.md."""

# ruff: noqa: PLC0415 - the two interpreters do not have the same libraries
from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Field = NDArray[np.int64]
    """(n, 2): for every patch of the first picture in reading order, row and column of its like in the second, both by their corners."""

SIDE = 7
SAMPLE = 2048
"""Patches on which the error is measured; all are searched for."""
RUNS = 3


def pair(size: int) -> tuple[Pixels, Pixels]:
    """The two views of scikit-image's motorcycle, square."""
    import cv2
    import skimage.data

    left, right, _ = skimage.data.stereo_motorcycle()
    views = [cv2.resize(view[:, 100:600, :3], (size, size), interpolation=cv2.INTER_AREA) for view in (left, right)]
    return np.asarray(views[0], np.uint8), np.asarray(views[1], np.uint8)


def patches(picture: Pixels) -> NDArray[np.float32]:
    """(n, 147): every patch, in reading order of its corner."""
    windows = np.lib.stride_tricks.sliding_window_view(picture, (SIDE, SIDE), (0, 1))
    return np.ascontiguousarray(windows.reshape(-1, 3 * SIDE * SIDE), np.float32)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Median CPU seconds of a few runs, and the last one's result."""
    spent, result = [], None
    for _ in range(RUNS):
        began = time.process_time()
        result = work()
        spent.append(time.process_time() - began)
    return statistics.median(spent), result


# ---- our search, in the project's interpreter
def ours(first: Pixels, second: Pixels, iterations: int) -> Callable[[], Field]:
    """Our search, given as often as it is called: both pictures side by side, the second one's patches the only sources."""
    from engine.job import finished
    from engine.ops.bands import Workers
    from engine.ops.level import Level
    from engine.ops.pyramid import Scale

    height, width = first.shape[:2]
    reach = SIDE // 2
    missing, sources = np.zeros((2, height, 2 * width), np.bool_)
    missing[2 * reach : height - 2 * reach, 2 * reach : width - 2 * reach] = True
    sources[:, width:] = True
    scale = Scale(np.hstack([first, second]), missing, sources)

    def search() -> Field:
        with Workers() as workers:
            level = Level(SIDE, workers)
            finished(level.lay(scale))
            finished(level.start(seed=0))
            finished(level.search(iterations, max(height, width) // 2, seed=0))
        return np.stack([level.source_rows, level.source_columns - width], 1).astype(np.int64) - reach

    return search


def serve_ours(first: Pixels, second: Pixels, counts: list[int]) -> list[dict[str, Any]]:
    """Our fields at several numbers of iterations."""
    import torch

    torch.set_num_threads(1)
    ours(first, second, 1)()
    return [_entry("ours", f"{count} iterations", *timed(ours(first, second, count))) for count in counts]


# ---- the indexes, in the peers' interpreter
def serve_indexes(first: Pixels, second: Pixels, _counts: list[int]) -> list[dict[str, Any]]:
    """The exact field (its error is 1), SciPy's KD-tree on the first principal components, and faiss's inverted file."""
    return [*_faiss(patches(first), patches(second), second.shape[1]), *_trees(patches(first), patches(second), second.shape[1])]


def _faiss(queries: NDArray[np.float32], base: NDArray[np.float32], width: int) -> list[dict[str, Any]]:
    import faiss

    faiss.omp_set_num_threads(1)
    flat = faiss.IndexFlatL2(base.shape[1])
    flat.add(base)
    sample = _sample(len(queries))
    exact = np.zeros(len(queries), np.int64)
    exact[sample] = flat.search(queries[sample], 1)[1][:, 0]
    lists = int(4 * np.sqrt(len(base)))
    began = time.process_time()
    inverted = faiss.index_factory(base.shape[1], f"IVF{lists},Flat")
    inverted.train(base)
    inverted.add(base)
    setup = time.process_time() - began
    entries = [_entry("exact", "on the sample", 0.0, _field(exact, width))]
    for probes in (1, 2, 4, 8):
        inverted.nprobe = probes
        seconds, found = timed(lambda: inverted.search(queries, 1)[1][:, 0])
        entries.append(_entry("ivf", f"{lists} lists, {probes} looked into", seconds, _field(found, width), setup))
    return entries


def _trees(queries: NDArray[np.float32], base: NDArray[np.float32], width: int) -> list[dict[str, Any]]:
    from scipy.spatial import cKDTree

    mean = base.mean(0)
    axes = np.linalg.eigh(np.cov((base[::7] - mean).T))[1]
    entries = []
    for kept, slack in ((8, 0.0), (16, 0.0), (16, 1.0), (24, 1.0), (24, 3.0)):
        began = time.process_time()
        directions = axes[:, -kept:].astype(np.float32)
        tree = cKDTree((base - mean) @ directions, leafsize=16, balanced_tree=False)
        setup = time.process_time() - began
        seconds, found = timed(lambda d=directions, t=tree, s=slack: t.query((queries - mean) @ d, 1, eps=s)[1])
        entries.append(_entry("kdtree", f"{kept} components, eps {slack:g}", seconds, _field(found, width), setup))
    return entries


def _field(index: NDArray[np.int64], width: int) -> Field:
    """Numbers of patches as rows and columns."""
    return np.stack(np.divmod(index, width - SIDE + 1), 1)


def _entry(name: str, setting: str, seconds: float, field: Field, setup: float = 0.0) -> dict[str, Any]:
    return {"name": name, "setting": setting, "cpu": seconds, "setup": setup, "field": field}


def _sample(count: int) -> NDArray[np.int64]:
    """The patches on which errors are measured."""
    return np.sort(np.random.default_rng(5).choice(count, SAMPLE, replace=False))


# ---- both together
def measured(peers: Path) -> list[dict[str, Any]]:
    """Every search: name, setting, CPU seconds, set-up seconds, error (mean root of the squared distance over the exact one's)."""
    from compare import settings

    asked = settings()["field"]
    first, second = pair(asked["size"])
    queries, base, width = patches(first), patches(second), second.shape[1]
    sample = _sample(len(queries))

    def distance(field: Field) -> float:
        found = field[sample] @ [width - SIDE + 1, 1]
        return float(np.sqrt(np.square(queries[sample] - base[found]).mean(1)).mean())

    entries = []
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "pair.npz", first=first, second=second)
        for python, role in ((peers, "indexes"), (Path(sys.executable), "ours")):
            entries += _asked(python, role, Path(folder), asked["iterations"])
    exact = next(distance(entry["field"]) for entry in entries if entry["name"] == "exact")
    return [entry | {"error": distance(entry.pop("field")) / exact} for entry in entries if entry["name"] != "exact"]


def _asked(python: Path, role: str, folder: Path, iterations: list[int]) -> list[dict[str, Any]]:
    """What a process of that interpreter measured."""
    here = Path(__file__).resolve()
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    environment = os.environ | one | {"PYTHONPATH": str(here.parent.parent)}
    counts = ",".join(map(str, iterations))
    subprocess.run([str(python), str(here), "--serve", role, "--folder", str(folder), "--iterations", counts], check=True, env=environment)
    entries = json.loads((folder / f"{role}.json").read_text())
    with np.load(folder / f"{role}.npz") as fields:
        return [entry | {"field": fields[str(number)]} for number, entry in enumerate(entries)]


def serve(role: str, folder: Path, iterations: list[int]) -> None:
    """Measure one side and write it into the folder."""
    with np.load(folder / "pair.npz") as both:
        first, second = both["first"], both["second"]
    entries = {"ours": serve_ours, "indexes": serve_indexes}[role](first, second, iterations)
    np.savez(folder / f"{role}.npz", **{str(number): entry.pop("field") for number, entry in enumerate(entries)})
    (folder / f"{role}.json").write_text(json.dumps(entries))


def equal(entries: list[dict[str, Any]], peer: str, iterations: int) -> tuple[float, str] | None:
    """CPU seconds of the peer's cheapest setting that errs no more than ours, over ours; None where none errs as little."""
    mine = next(one for one in entries if one["name"] == "ours" and one["setting"] == f"{iterations} iterations")
    enough = [one for one in entries if one["name"] == peer and one["error"] <= mine["error"]]
    if not enough:
        return None
    theirs = min(enough, key=lambda one: one["cpu"])
    told = "; ".join(f"{one['setting']}: {one['cpu']:.3f} s, error {one['error']:.3f}" for one in (mine, theirs))
    return theirs["cpu"] / mine["cpu"], told


def report(peers: Path) -> list[dict[str, Any]]:
    """The rows of the results."""
    from compare import settings

    asked, entries, rows = settings()["field"], measured(peers), []
    for peer, goal in asked["goals"].items():
        row = {"what": f"nearest-neighbour field, 256x256, 7x7x3, against {peer}", "goal": f">= {goal:g}"}
        found = equal(entries, peer, asked["at"])
        if peer == "pypatchmatch":
            rows.append(row | {"figure": "not measured: its package has no call that gives a field", "reached": None})
        elif found is None:
            rows.append(row | {"figure": "it never errs as little", "reached": True})
        else:
            rows.append(row | {"figure": f"{found[0]:.1f} ({found[1]})", "reached": found[0] >= goal})
    return rows


def main() -> None:
    """Measure and print; with --serve, be the process that does it."""
    parser = argparse.ArgumentParser(description=__doc__)
    peers = os.environ.get("INLAY_PEERS")
    parser.add_argument("--peers", type=Path, default=Path(peers) if peers else None, help="python that has the peers (INLAY_PEERS)")
    parser.add_argument("--serve", choices=["ours", "indexes"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--iterations", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.folder, [int(count) for count in asked.iterations.split(",")])
        return
    for entry in measured(asked.peers):
        print({name: round(value, 4) if isinstance(value, float) else value for name, value in entry.items()})


if __name__ == "__main__":
    main()
