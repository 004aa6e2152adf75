"""The far side of a worker process: fills pictures named in JSON lines on standard input, and measures itself.

This file needs NumPy alone, so that the peers' interpreter can run it too.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import resource
import statistics
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1024
PAGE = 4 / MIB
"""A rise is at least this, so that ratios exist."""


def serve(fill: Callable[[Any, Any], Any]) -> None:
    """Answer requests until standard input ends.

    A request is {"picture", "mask", "out": files of arrays, "runs", "budget": seconds}; the answer is what `measured` says, or
    {"error"}. A filler that runs another program leaves in its attribute `spent` what `one_run` would say of that program's last run.
    """
    # What libraries print must not end up among the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = measured(fill, request)
        except Exception as error:  # noqa: BLE001 - whatever a peer dies of is its result
            traceback.print_exc()
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=answers, flush=True)


def measured(fill: Callable[[Any, Any], Any], request: dict[str, Any]) -> dict[str, Any]:
    """Fill once or several times, write the last fill, and say what it cost.

    Returns "cpu" and "wall" (the median seconds), "runs", "before", "peak" (resident MiB of this process before a run, and at most in it)
    and "rise", the largest peak less before.
    """
    picture, mask = np.load(request["picture"]), np.load(request["mask"])
    runs, began = [], time.perf_counter()
    while True:
        filled, cost = one_run(fill, picture.copy(), mask.copy())
        runs.append(cost)
        if len(runs) >= request["runs"] or time.perf_counter() - began > request["budget"]:
            break
    np.save(request["out"], np.ascontiguousarray(filled, np.uint8))
    reply = {name: statistics.median(run[name] for run in runs) for name in ("cpu", "wall", "before")}
    return reply | {name: max(run[name] for run in runs) for name in ("peak", "rise")} | {"runs": len(runs)}


def one_run(fill: Callable[[Any, Any], Any], picture: Any, mask: Any) -> tuple[Any, dict[str, float]]:
    """One fill and its cost."""
    before = forget_peak()
    cpu, wall = cpu_seconds(), time.perf_counter()
    filled = fill(picture, mask)
    cpu, wall = cpu_seconds() - cpu, time.perf_counter() - wall
    peak = resident("VmHWM")
    outside: dict[str, float] | None = getattr(fill, "spent", None)
    return filled, outside or {"cpu": cpu, "wall": wall, "before": before, "peak": peak, "rise": max(peak - before, PAGE)}


def cpu_seconds() -> float:
    """Processor time of all threads of this process and of the programs that it ran."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def forget_peak() -> float:
    """Give free memory back, start a new high-water mark, and return the MiB that are resident now."""
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    return resident("VmRSS")


def resident(what: str) -> float:
    """MiB of this process: VmRSS, now, or VmHWM, at most since `forget_peak`."""
    found = re.search(rf"{what}:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / MIB
