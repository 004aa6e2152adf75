"""What tests of `evaluate` share: a few photographs, and the command in this process or in one that interrupts itself."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import skimage.data
from PIL import Image

from engine import commands
from engine.evaluation.journal import NAME

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (90, 110)
CORNERS = {"astronaut": (60, 180), "chelsea": (80, 100), "coffee": (150, 250)}
QUICK = ("--methods", "harmonic,telea", "--holes", "brush,box", "--scores", "psnr,detail,seam")

INTERRUPTED = """
import os, signal, sys
import psutil
from multiprocessing.process import BaseProcess
from engine.evaluation.journal import Journal
from main import main
after = int(sys.argv.pop(1))
owner, name = (Journal, "add") if after else (BaseProcess, "start")
real, done = getattr(owner, name), []
def interrupted(*arguments):
    real(*arguments)
    done.append(arguments)
    if len(done) == max(after, 1):
        os.killpg(0, signal.SIGINT)
setattr(owner, name, interrupted)
code = main()
# multiprocessing keeps a process of its own, which ends with this one
print("left", *(" ".join(one.cmdline()) for one in psutil.Process().children(recursive=True) if "resource_tracker" not in str(one.cmdline())))
sys.exit(code)
"""
"""`main.py`, but a real Ctrl+C comes after so many trials, which is named first (0: when a bench starts); as from a terminal, to all of its processes."""


def photographs(folder: Path) -> Path:
    """A folder of three photographs."""
    folder.mkdir()
    for name, (top, left) in CORNERS.items():
        pixels = getattr(skimage.data, name)()[top : top + SIZE[0], left : left + SIZE[1]]
        Image.fromarray(pixels).save(folder / f"{name}.png")
    return folder


def evaluate(*arguments: object) -> int:
    """The command in this process; its exit code."""
    return commands.run(["evaluate", *map(str, arguments)], lambda _: pytest.fail("the window opened"))


def interrupted(root: Path, after: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, stopped by Ctrl+C after so many trials."""
    return subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(after), "evaluate", *map(str, arguments)],
        cwd=root, capture_output=True, text=True, check=False, start_new_session=True,
    )  # fmt: skip


def scores(folder: Path) -> Any:
    """What `scores.json` holds."""
    return json.loads((folder / "scores.json").read_text("utf-8"))


def comparable(folder: Path) -> list[Any]:
    """The trials without what a clock decides."""
    timed = ("cost", "seconds")
    return [{name: value for name, value in trial.items() if name not in timed} for trial in scores(folder)["trials"]]


def lines(folder: Path) -> list[str]:
    """Of the journal."""
    return (folder / NAME).read_text("utf-8").splitlines()
