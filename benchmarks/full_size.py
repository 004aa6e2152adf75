"""A 24-megapixel JPEG from the command line to the written file: seconds and memory; see README.md."""

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

import cv2
import numpy as np
from compare import HERE, settings
from holes import brush
from photographs import enlarged
from threads import idle

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = HERE.parent

_OPENED = """
import sys
from pathlib import Path
from engine.files import open_mask, open_picture
picture = open_picture(Path(sys.argv[1]))
mask = open_mask(Path(sys.argv[2]), picture.size)
import numba, torch
from engine.evaluation.memory import resident
print(resident("VmRSS"))
"""


def make(source: Path, folder: Path, size: tuple[int, int], share: float, quality: int) -> tuple[Path, Path]:
    """A JPEG (4:2:0) of that height and width from a photograph enlarged with grain, and the mask of its hole as PNG."""
    bgr = np.asarray(cv2.imread(str(source), cv2.IMREAD_COLOR), np.uint8)
    photograph, mask = folder / "photograph.jpg", folder / "mask.png"
    chroma = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]
    cv2.imwrite(str(photograph), enlarged(bgr, size), [cv2.IMWRITE_JPEG_QUALITY, quality, *chroma])
    cv2.imwrite(str(mask), brush(size, seed=0, share=share))
    return photograph, mask


def one_run(photograph: Path, mask: Path, folder: Path, threads: int, options: Sequence[str]) -> dict[str, float]:
    """`main.py fill` in a fresh process: seconds to the first preview, of filling, from start to written file; peak MiB."""
    out, record = folder / "filled.jpg", folder / "record.json"
    command = [sys.executable, str(ROOT / "main.py"), "fill", str(photograph), str(mask), "-o", str(out), "--json", str(record)]
    began = time.perf_counter()
    subprocess.run([*command, "--overwrite", "--quiet", "--grow", "0", "--device", "cpu", *options], check=True, env=environment(threads))
    wall = time.perf_counter() - began
    said = json.loads(record.read_text())
    return {
        "first preview": said["seconds"]["first preview"],
        "fill": said["seconds"]["fill"],
        "start to written file": wall,
        "peak": said["peak_memory_mb"],
    }


def opened(photograph: Path, mask: Path) -> float:
    """MiB of a process that has opened both files and imported torch and numba, and done no more."""
    said = subprocess.run(
        [sys.executable, "-c", _OPENED, str(photograph), str(mask)], check=True, capture_output=True, text=True, env=environment(1)
    )
    return float(said.stdout)


def environment(threads: int) -> dict[str, str]:
    """So many threads, and both the project and these files importable."""
    return os.environ | {"OMP_NUM_THREADS": str(threads), "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}"}


def options_of(look: str) -> list[str]:
    """A look of the settings, such as "patchmatch:smooth=1", as options of the command line."""
    method, _, pairs = look.partition(":")
    return ["--method", method, *(part for pair in pairs.split(",") if pair for part in ("--set", pair))]


def measured(source: Path, runs: int = 3) -> dict[str, float]:
    """Medians over fresh processes, after one that has compiled; memory is the peak above `opened`."""
    asked = settings()["full_size"]
    options = options_of(settings()["looks"][asked["look"]])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        photograph, mask = make(source, folder, tuple(asked["size"]), asked["share"], asked["quality"])
        one_run(photograph, mask, folder, asked["threads"], options)
        every = [one_run(photograph, mask, folder, asked["threads"], options) for _ in range(runs)]
        base = opened(photograph, mask)
    medians = {name: statistics.median(run[name] for run in every) for name in every[0]}
    return {"memory": medians.pop("peak") - base} | medians | {"opened": base}


def report(source: Path) -> list[dict[str, Any]]:
    """The rows of the results."""
    goals = settings()["full_size"]["goals"]
    busy = "" if idle() else " (on a busy machine)"
    try:
        figures = measured(source)
    except subprocess.CalledProcessError as error:
        return [{"what": "24 MP JPEG, 2 % hole", "goal": "a filled file", "figure": f"exit code {error.returncode}", "reached": False}]
    units = {"memory": f"MiB above just after opening ({figures['opened']:.0f} MiB)"}
    return [
        {
            "what": f"24 MP JPEG, 2 % hole: {name}, {units.get(name, 's')}",
            "goal": f"<= {most:g}",
            "figure": f"{figures[name]:.3g}{busy}",
            "reached": figures[name] <= most,
        }
        for name, most in goals.items()
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photograph", type=Path, help="a large photograph to make the 24 megapixels from")
    for line in report(parser.parse_args().photograph):
        print(line)


if __name__ == "__main__":
    main()
