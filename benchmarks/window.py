"""What the window costs its user: frames, starts, first looks, memory; see README.md. Each row runs in processes of its own."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SIZES = ("24 MP", "100 MP")
STARTS = 5


# ---- the table


@dataclass(frozen=True)
class Row:
    """A line of the table: what was measured, the goal, and the figure."""

    what: str
    figure: float
    unit: str
    most: float | None = None
    note: str = ""

    @property
    def text(self) -> str:
        """As a line of Markdown."""
        reached = "" if self.most is None else ("reached" if self.figure <= self.most else "not reached")
        goal = "" if self.most is None else f"<= {self.most:g} {self.unit}".strip()
        figure = f"{self.figure:.3g}" if self.figure < 1000 else f"{self.figure:.0f}"
        return f"| {self.what} | {goal} | {figure} {self.unit}".rstrip() + f" | {reached} | {self.note} |"


class Bench:
    """Runs pieces in fresh processes with a home of their own, and keeps what they compile in one place."""

    def __init__(self, folder: Path, source: Path | None) -> None:
        self.folder, self.source = folder, source
        self._jpeg: Path | None = None

    @property
    def jpeg(self) -> Path:
        """A JPEG of 24 megapixels, made when it is asked for first."""
        if self._jpeg is None:
            self._jpeg = self.folder / "photograph.jpg"
            self.run("jpeg", str(self.source or ""), str(self._jpeg))
        return self._jpeg

    def run(self, piece: str, *arguments: str, cache: str = "numba") -> dict[str, float]:
        """The figures of a piece."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        surroundings = os.environ | {
            "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}",
            "XDG_CONFIG_HOME": str(home),
            "NUMBA_CACHE_DIR": str(self.folder / cache),
            "INLAY_BEGUN": str(time.monotonic_ns()),
        }
        if not surroundings.get("DISPLAY") and not surroundings.get("WAYLAND_DISPLAY"):
            surroundings.setdefault("QT_QPA_PLATFORM", "offscreen")
        file, what = ("window_start.py", []) if piece == "start" else ("window_pieces.py", [piece])
        command = [sys.executable, str(HERE / file), *what, *arguments]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=surroundings, cwd=ROOT)
        return json.loads(said.stdout.splitlines()[-1])

    def starts(self) -> list[Row]:
        """The window from nothing."""
        self.run("start")  # compiles
        every = [self.run("start") for _ in range(STARTS)]
        typical = {name: statistics.median(one[name] for one in every) for name in every[0]}
        note = f"engine ready after {typical['engine ready']:.2g} s"
        return [
            Row("window up, in a fresh process", typical[""], "s", 1.5, note),
            Row("torch loaded before that", typical["torch loaded before"], "", 0),
            Row("kernels compiled on a second start", max(one["compiled"] for one in every), "", 0),
        ]

    def enters(self) -> list[Row]:
        """The first Enter ever."""
        rows: list[Row] = []
        for what, source in (("the sample", ""), ("a 24 MP JPEG", str(self.jpeg))):
            said = self.run("first_enter", source, cache=f"empty {what}")
            note = f"hole {100 * said['hole']:.1f} %" + ("" if said["told"] else "; NOT TOLD that it prepares")
            rows += [
                Row(f"first Enter ever, {what}: first preview", said["preview"], "s", 1.0, note),
                Row(f"first Enter ever, {what}: filled", said["last pixel"], "s", 20.0),
            ]
        return rows

    def stamps(self) -> list[Row]:
        """The brush."""
        rows: list[Row] = []
        for size in SIZES:
            said = self.run("stamps", str(self.source or ""), size)
            rows += [
                Row(f"brush stamp, {size} {name}: event to painted, p99", said[name], "ms", 8, _besides(said, name))
                for name in _series(said)
            ]
        return rows

    def frames(self) -> list[Row]:
        """Drawing anew, panning, zooming."""
        said = self.run("frames", str(self.source or ""))
        most = {"fit view drawn anew": 8}
        return [
            Row(f"{name}, 24 MP at 1600 x 1000, p99", said[name], "ms", most.get(name, 16), _besides(said, name)) for name in _series(said)
        ]

    def fills(self) -> list[Row]:
        """A 24-megapixel JPEG."""
        said = self.run("photograph_of_24", str(self.jpeg))
        hole = f"hole {100 * said['hole']:.1f} %"
        return [
            Row("24 MP JPEG: open to first paint", said["first paint"], "s", 0.6, f"all of it after {said['whole']:.2g} s"),
            Row("24 MP JPEG: Enter to first preview", said["preview"], "s", 0.7, hole),
            Row("24 MP JPEG: Enter to last pixel", said["last pixel"], "s", 6.0, hole),
        ]

    def memory(self) -> list[Row]:
        """An open picture."""
        said = self.run("memory", str(self.jpeg))
        note = f"{said['undo steps']:.0f} steps of undo, ten of them fills; {said['opened']:.0f} just after opening; empty window {said['empty window']:.0f}"
        return [Row("24 MP JPEG with 20 undo steps, above the empty window", said[""], "MiB", 250, note)]


def _series(said: dict[str, float]) -> list[str]:
    """What was measured by the frame."""
    return [name for name in said if f"{name}, worked" in said]


def _besides(said: dict[str, float], name: str) -> str:
    return f"median {said[f'{name}, median']:.2g}; p99 of the window's own work {said[f'{name}, worked']:.2g}"


ROWS: dict[str, Callable[[Bench], list[Row]]] = {
    "starts": Bench.starts,
    "enters": Bench.enters,
    "stamps": Bench.stamps,
    "frames": Bench.frames,
    "fills": Bench.fills,
    "memory": Bench.memory,
}


def main() -> None:
    """Measure rows and print their table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], help="which rows; all of them by default")
    parser.add_argument("--photograph", type=Path, help="what is enlarged; by default one that scikit-image ships")
    asked = parser.parse_args()
    print("| what | goal | measured | | |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), asked.photograph and asked.photograph.resolve())
        for name in asked.rows or ROWS:
            for row in ROWS[name](bench):
                print(row.text, flush=True)


if __name__ == "__main__":
    main()
