"""The far side of a worker process: fills pictures named in JSON lines on standard input, and measures what that costs.

`python -P serving.py FILE NAME FOLDER` serves what `filler(NAME)` of that file returns; the folder, where pictures are handed over, goes
when whoever asked has gone. This file, `memory.py` and the peers' need NumPy alone and nothing of the project, so that the peers' interpreter can run them too (-P: or else the modules that lie beside them would hide the library's).
"""

from __future__ import annotations

import importlib.util
import json
import os
import queue
import shutil
import signal
import statistics
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Filler = Callable[..., Any]
    """(H, W, 3) RGB and (H, W) mask, 255 in the hole, else 0, both uint8 -> the filled picture.

    A filler that has a true attribute `takes_references` is given a third argument: other photographs of the same place, (h, w, 3)
    RGB by their names; no other sees them. It leaves in its attribute `record` what it made of them, plain values. A filler
    that runs another program leaves in `spent` what `one_run` would say of that program's last run.
    """


def serve(make: Callable[[], Filler], memory: Any, folder: Path) -> None:
    """Make a filler, say that it is ready, and answer requests until standard input ends.

    A request is {"picture", "mask", "out": files of arrays, "references": files of arrays, each called as its photograph with .npy
    after it, "runs", "budget": seconds}; the answer is what `measured` says, or {"error", "sentence": whether that is for the user as
    it stands}.
    """
    # What libraries print must not end up among the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    fill = _tried(answers, make)
    if fill is None:
        return
    _answer(answers, {"ready": True})
    for line in _requests(folder):
        cost = _tried(answers, lambda line=line: measured(fill, json.loads(line), memory))
        if cost is not None:
            _answer(answers, cost)


def _tried(answers: TextIO, work: Callable[[], Any]) -> Any:
    """What the work returns; None where it failed, which is the answer."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whatever a filler dies of is its result
        traceback.print_exc()
        sentence = any(kind.__name__ == "InlayError" for kind in type(error).__mro__)
        _answer(answers, {"error": str(error) if sentence else f"{type(error).__name__}: {error}", "sentence": sentence})
    return None


def _answer(answers: TextIO, what: dict[str, Any]) -> None:
    print(json.dumps(what), file=answers, flush=True)


def _requests(folder: Path) -> Iterator[str]:
    """Lines of standard input. When it ends, whoever asked has gone: the folder goes and this process ends at once, even amid a fill."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line)
        shutil.rmtree(folder, ignore_errors=True)
        if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)  # and the program that it may be running
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield lines.get()


def measured(fill: Filler, request: dict[str, Any], memory: Any) -> dict[str, Any]:
    """Fill once or several times, write the last fill, and say what it cost; `memory` is a `memory.Memory`.

    Returns "cpu" and "wall" (the median seconds), "runs", and where memory can be measured "before", "peak" (resident MiB of this
    process before a run, and at most in it), "rise" (the largest peak less before) and "memory" (how); of a filler that takes
    references, "record": what it says of them.
    """
    picture, mask = np.load(request["picture"]), np.load(request["mask"])
    takes = getattr(fill, "takes_references", False)
    beside = [{Path(file).stem: np.load(file) for file in request["references"]}] if takes else []
    runs: list[dict[str, float]] = []
    began = time.perf_counter()
    while True:
        filled, cost = one_run(fill, [picture.copy(), mask.copy(), *beside], memory)
        runs.append(cost)
        if len(runs) >= request["runs"] or time.perf_counter() - began > request["budget"]:
            break
    np.save(request["out"], np.ascontiguousarray(filled, np.uint8))
    medians = {name: statistics.median(run[name] for run in runs) for name in ("cpu", "wall", "before") if name in runs[0]}
    most = {name: max(run[name] for run in runs) for name in ("peak", "rise") if name in runs[0]}
    told = {"record": fill.record} if takes else {}  # pyright: ignore[reportFunctionMemberAccess]
    return {**medians, **most, "runs": len(runs), "memory": memory.how, **told}


def one_run(fill: Filler, given: list[Any], memory: Any) -> tuple[Any, dict[str, float]]:
    """One fill and its cost."""
    memory.start()
    cpu, wall = cpu_seconds(), time.perf_counter()
    filled = fill(*given)
    cpu, wall = cpu_seconds() - cpu, time.perf_counter() - wall
    cost = {"cpu": cpu, "wall": wall, **memory.stop()}
    outside: dict[str, float] | None = getattr(fill, "spent", None)
    return filled, outside or cost


def cpu_seconds() -> float:
    """Processor time of all threads of this process and of the programs that it ran."""
    if sys.platform == "win32":
        used = os.times()
        return used.user + used.system
    import resource  # noqa: PLC0415 - Windows has none; it counts in microseconds, `os.times` in hundredths

    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def main() -> None:
    """Serve the filler of a file."""
    file, name, folder = sys.argv[1:]
    memory = loaded(Path(__file__).with_name("memory.py")).best()
    serve(lambda: loaded(Path(file)).filler(name), memory, Path(folder))


def loaded(file: Path) -> Any:
    """A file as a module, without its folder being looked into."""
    name = f"served_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
