"""A training ground in small for tests: photographs in a tar, a recipe of a few hundred weights, and `train` run on them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from skimage import data

from engine.commands import run, train
from engine.held import is_held
from engine.training import checkpoint, recipes
from engine.training.watching import rows
from tests.conftest import ROOT
from tests.engine.desk import Said, no_window

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

RECIPES = Path(__file__).with_name("recipes")

MAIN = """
import sys
import engine.training.recipes as shelf
shelf.__path__.append(sys.argv.pop(1))
from main import main
sys.exit(main())
"""
"""`main.py` with the tests' recipes on the shelf; their folder comes first."""

FOUND = """
import importlib.util, sys
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return importlib.util.spec_from_file_location(name, {!r}) if name == "engine.training.recipes.tiny" else None
sys.meta_path.append(Finder)
"""
"""Processes that make examples find the recipe too."""


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


class Ground:
    """A folder with a shard of photographs, the tests' recipes on the shelf, and the command line to train there, in this process."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._capsys = folder, capsys
        self.shard = shard(folder / "photographs.tar")
        monkeypatch.setattr(train, "user_cache_dir", lambda *_, **__: str(folder / "cache"))
        monkeypatch.setattr(recipes, "__path__", [*recipes.__path__, str(RECIPES)])

    def run(self, *arguments: object) -> Said:
        self._capsys.readouterr()
        code = run([str(one) for one in arguments], no_window)
        said = self._capsys.readouterr()
        return Said(code, said.out, said.err)

    def said(self) -> Said:
        """What a command said that did not come back."""
        said = self._capsys.readouterr()
        return Said(0, said.out, said.err)

    def arguments(self, name: str, *options: object) -> list[object]:
        """Of `train` into the folder of that name."""
        return ["train", "tiny", "--data", self.shard, "-o", self.folder / name, "--workers", "0", *options]

    def train(self, name: str, *options: object) -> Said:
        return self.run(*self.arguments(name, *options))

    def process(self, name: str, *options: object, before: str = "", **more: Any) -> subprocess.Popen[str]:
        """`train` in a process of its own, after some lines of Python."""
        main = self.folder / "trained.py"
        main.write_text(f'if __name__ == "__main__":\n{textwrap.indent(before + MAIN, "    ")}', encoding="utf-8")
        line = [sys.executable, str(main), str(RECIPES), *map(str, self.arguments(name, *options))]
        return subprocess.Popen(line, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)

    @property
    def environment(self) -> dict[str, str]:
        """Of other processes."""
        found = self.folder / "found"
        found.mkdir(exist_ok=True)
        (found / "sitecustomize.py").write_text(FOUND.format(str(RECIPES / "tiny.py")), encoding="utf-8")
        return os.environ | {
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join([str(found), str(ROOT)]),
        }

    def state(self, name: str) -> dict[str, Any]:
        """What the newest checkpoint of a run holds."""
        found = checkpoint.load(self.folder / name)
        assert found is not None
        return found

    def curve(self, name: str) -> list[tuple[int, dict[str, float]]]:
        """The losses of every step that the log tells of."""
        return [(row["step"], row["losses"]) for row in rows(self.folder / name)]


def same(one: Any, other: Any) -> bool:
    """Whether two nested states are equal, bit for bit and type for type."""
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and one.shape == other.shape and bits(one) == bits(other)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


def bits(tensor: torch.Tensor) -> bytes:
    return tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes()
