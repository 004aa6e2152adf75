"""Trials: every method on every hole, taken in turns, each fill scored."""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import photographs
from holes import cut
from scores import changed_outside, scores

from engine.evaluation.workers import Effort, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    """One hole in one photograph."""

    photograph: str
    kind: str
    truth: Pixels = field(repr=False)
    mask: Pixels = field(repr=False)


@dataclass(frozen=True)
class Trial:
    """What one method made of one case."""

    method: str
    photograph: str
    kind: str
    megapixels: float
    scores: dict[str, float]
    """Empty where the fill failed or the picture is only for time."""
    cost: dict[str, float]
    """See `engine.evaluation.serving.measured`; empty where the fill failed."""
    changed_outside: int = 0
    """Known pixels that were changed."""
    error: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What is the same for all methods on one case."""
        return self.photograph, self.kind


def cases(
    collection: str, kinds: Iterable[str], peers: Path | None, folder: Path | None, *, limit: int | None = None, draws: int = 1
) -> list[Case]:
    """The holes of a set of photographs: native, dev, unseen, or a size such as "1 MP".

    A photograph's place in its set is the seed of its hole; with more draws it is taken again with that seed + 100, + 200...
    """
    found = []
    shown = list(enumerate(_collection(collection, peers, folder).items()))
    for kind in kinds:
        for draw in range(draws):
            for seed, (name, pixels) in shown[:limit]:
                truth, mask = cut(pixels, kind, seed + 100 * draw)
                found.append(Case(f"{name} {draw + 1}" if draw else name, kind, truth, mask))
    return found


def _collection(name: str, peers: Path | None, folder: Path | None) -> dict[str, Pixels]:
    """The photographs of a set by their names."""
    if name in ("dev", "unseen"):
        if folder is None:
            raise SystemExit(f"The set {name} is drawn from a folder with train-*.tar: give --photographs FOLDER.")
        return {"dev": photographs.dev, "unseen": photographs.unseen}[name](folder)
    if peers is None:
        raise SystemExit("The photograph china comes from the peers' python: give --peers PYTHON, or INLAY_PEERS in the environment.")
    with tempfile.TemporaryDirectory() as temporary:
        six = photographs.native(peers, Path(temporary))
    size = photographs.SIZES.get(name)
    return six if size is None else {one: photographs.enlarged(six[one], size) for one in photographs.ENLARGED}


def run(
    every: list[Case],
    methods: list[str],
    effort: Effort,
    peers: Path | None,
    *,
    cache: Path | None = None,
    scored: bool = True,
    watch: Callable[[Case, str, Pixels], None] | None = None,
) -> list[Trial]:
    """Every method on every case, the methods in turns so that a busy minute of the machine falls on all of them.

    Args:
        every: the cases.
        methods: as `engine.evaluation.workers.Worker` takes them.
        effort: runs and limits of a fill.
        peers: the peers' python.
        cache: where fills of peers are kept and taken from, with what they cost then; None: nothing is kept.
        scored: compare with the truth.
        watch: shown every fill.
    """
    trials = []
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(method, peers)) for method in methods]
        for number, case in enumerate(every):
            print(f"\r{number + 1}/{len(every)} {case.kind} {case.photograph:24}", end="", file=sys.stderr, flush=True)
            for worker in workers:
                filled, cost = _fill(worker, case, effort, cache if worker.method.startswith("peer:") else None)
                trials.append(judged(case, worker.method, filled, cost, scored=scored))
                if watch is not None and filled is not None:
                    watch(case, worker.method, filled)
    print("\r" + " " * 60 + "\r", end="", file=sys.stderr, flush=True)
    return trials


def judged(case: Case, method: str, filled: Pixels | None, cost: dict[str, Any], *, scored: bool = True) -> Trial:
    """One fill and its cost as a trial."""
    megapixels = case.mask.size / 1e6
    if filled is None:
        return Trial(method, case.photograph, case.kind, megapixels, {}, {}, error=cost["error"])
    found = scores(filled, case.truth, case.mask) if scored else {}
    return Trial(method, case.photograph, case.kind, megapixels, found, cost, changed_outside(filled, case.truth, case.mask))


def _fill(worker: Worker, case: Case, effort: Effort, cache: Path | None) -> tuple[Pixels | None, dict[str, Any]]:
    """A fill from the cache, or from the worker and then kept."""
    if cache is None:
        return worker.fill(case.truth, case.mask, effort)
    digest = hashlib.sha256(worker.method.encode() + case.truth.tobytes() + case.mask.tobytes()).hexdigest()[:24]
    file = cache / f"{digest}.npz"
    if file.exists():
        with np.load(file) as kept:
            return kept["filled"], json.loads(str(kept["cost"]))
    filled, cost = worker.fill(case.truth, case.mask, effort)
    if filled is not None:
        cache.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(file, filled=filled, cost=json.dumps(cost))
    return filled, cost


def save(trials: list[Trial], file: Path, about: dict[str, Any]) -> None:
    """Write trials and what they were run with as JSON."""
    file.write_text(json.dumps(about | {"trials": [asdict(one) for one in trials]}, indent=1) + "\n")
