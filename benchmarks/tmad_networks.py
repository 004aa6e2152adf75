"""Trained networks of `train tmad`, whatever their settings: read from a run or an exported file, and used on one square.

The program itself takes only networks as they are shipped; to compare others they are used here as their recipe validates them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from safetensors import safe_open

from engine import weights
from engine.errors import BadInput
from engine.job import finished
from engine.nets.tmad import RANKS, Tmad, composed
from engine.nets.windows import memory, retrieved
from engine.ops.bands import Workers
from engine.texture.begun import begun
from engine.training import checkpoint, record
from engine.training.recipes.tmad import TmadSettings, enlarged

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from engine.training.canvases import Filled

    Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Trained:
    """A network and how it was trained."""

    name: str
    net: Tmad
    settings: TmadSettings
    width: float
    steps: int
    examples: int

    @property
    def windows(self) -> bool:
        """It knows the paper's memory alone."""
        return self.settings.windows == 1

    @property
    def told(self) -> str:
        """Settings that are not the usual ones, as they are typed; where it began does not count."""
        return " ".join(word for word in self._unusual() if not word.startswith(("begin=", "only="))) or "as usual"

    @property
    def typed(self) -> str:
        """All of them as options of `inlay train`, without the folders of the machine."""
        words = [record.bare(word) for word in self._unusual()]
        width = f" --width {self.width:g}" if self.width != 1 else ""
        return width + "".join(f" --set {word}" for word in words)

    def _unusual(self) -> list[str]:
        usual = TmadSettings()
        return record.typed({key: value for key in usual.described() if (value := getattr(self.settings, key)) != getattr(usual, key)})


def read(path: Path) -> Trained:
    """The network of a run's folder (its running average) or of an exported file. Raises BadInput where there is none."""
    if path.is_dir():
        about, state = record.read(path), checkpoint.load(path)
        if about is None or state is None:
            raise BadInput(f"There is no run with a checkpoint in {path}; give the folder of one, or what was exported of it.")
        asked, steps, tensors = about.asked, state["step"], state["average"]
    else:
        with safe_open(path, "pt") as file:
            said: dict[str, str] = file.metadata() or {}
        if "settings" not in said:
            raise BadInput(f"{path} does not say how it was trained; give a file that `inlay export` wrote.")
        steps, tensors = int(said["steps"]), weights.tensors_in(path)
        batch = int(said["examples"]) // max(steps, 1)
        asked = record.Asked(said["recipe"], json.loads(said["settings"]), float(said["width"]), steps, batch, 0, half=True)
    settings = cast("TmadSettings", record.recipe_of(asked).settings)
    net = weights.fit(Tmad(asked.width, settings.ranks), tensors, str(path)).eval().requires_grad_(requires_grad=False)
    return Trained(path.stem, net, settings, asked.width, steps, steps * asked.batch)


def coarse(trained: Trained, square: Filled) -> Tensor:
    """(1, 3, S, S): the square with what the coarse network sees in its hole."""
    image, hole = _tensors(square)
    with Workers() as workers:
        small, missing = finished(begun(square.image.astype(np.float32) / np.float32(255), square.hole, workers))
    given = torch.as_tensor(small.transpose(2, 0, 1))[None], torch.as_tensor(missing[None, None]).float()
    return torch.where(hole > 0, enlarged(trained.net.coarse(*given)), image)


def canvases(trained: Trained, square: Filled, guess: Tensor, *, windows: bool) -> Tensor:
    """(1, N, 3, S, S): of patch matching, or of the paper's windows."""
    ranks = trained.settings.ranks
    if not windows:
        four = square.canvases()[np.arange(ranks) % RANKS].transpose(0, 3, 1, 2)
        return torch.as_tensor(np.ascontiguousarray(four, np.float32))[None] / 255
    image, hole = _tensors(square)
    of = memory(hole[0, 0], 1 - hole[0, 0])
    return retrieved(trained.net.retrieval, guess[0], image[0], hole[0, 0], of, ranks, sums=not trained.settings.sampling).canvases[None]


def made(trained: Trained, square: Filled, guess: Tensor, laid: Tensor) -> list[Pixels]:
    """The square as each head of the synthesis fills it."""
    image, hole = _tensors(square)
    pictures = composed(trained.net.synthesis(guess, hole, laid), guess, hole, laid)
    return [pixels(torch.where(hole > 0, one, image)) for one in pictures]


def pixels(picture: Tensor) -> Pixels:
    """(H, W, 3) of (1, 3, H, W) in [0, 1]."""
    return (picture[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()


def _tensors(square: Filled) -> tuple[Tensor, Tensor]:
    """(1, 3, S, S) in [0, 1] and (1, 1, S, S)."""
    image = torch.as_tensor(np.ascontiguousarray(square.image.transpose(2, 0, 1), np.float32))[None] / 255
    return image, torch.as_tensor(square.hole[None, None]).float()
