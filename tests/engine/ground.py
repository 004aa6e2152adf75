"""A training ground in small for tests: photographs in a tar, a recipe of a few hundred weights, and `train` run on them."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from skimage import data

from engine.held import is_held

if TYPE_CHECKING:
    from collections.abc import Iterator

RECIPES = Path(__file__).with_name("recipes")

MAIN = """
import sys
import engine.training.recipes as shelf
shelf.__path__.append(sys.argv.pop(1))
from main import main
sys.exit(main())
"""
"""`main.py` with the tests' recipes on the shelf; their folder comes first."""


def photographs() -> Iterator[bytes]:
    """PNG files of 80 x 80 pixels."""
    for picture in (data.astronaut(), data.chelsea(), data.coffee(), data.rocket()):
        for top in range(0, picture.shape[0] - 80, 80):
            for left in range(0, picture.shape[1] - 80, 80):
                yield cv2.imencode(".png", np.ascontiguousarray(picture[top : top + 80, left : left + 80, ::-1]))[1].tobytes()


def shard(path: Path, count: int = 24) -> Path:
    """A tar of photographs, at least two of which are held back."""
    every = list(photographs())
    held = [one for one in every if is_held(one)][:2]
    assert len(held) == 2
    chosen = [one for one in every if not is_held(one)][: count - 2] + held
    with tarfile.open(path, "w") as tar:
        for number, content in enumerate(chosen):
            member = tarfile.TarInfo(f"{number:06d}.png")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path
