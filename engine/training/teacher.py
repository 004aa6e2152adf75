"""What a teacher sees: features of a network trained on other things, kept for the photographs that are trained on.

VGG-16 never saw a matching task, yet its conv3_3 and conv4_3, each channel brought to zero mean and unit spread over the picture, recognise more
pairs across seasons and night than descriptors trained to match. They are computed once, on the photographs as they are, and reduced to
their main directions; the pupil learns to see them in views that are warped and of other light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from engine import weights
from engine.job import Step
from engine.nets.vgg import Vgg16

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from engine.training.photographs import Photographs

STRIDE = 8
DIRECTIONS = 128
TAPS = ("conv3_3", "conv4_3")
LEARNT_FROM = 160
"""Photographs from which the main directions are found."""
CELLS = 200
"""Cells of each of them."""


class Taught:
    """The teacher's features of the first photographs of a split, (128, h, w) float16 unit vectors a cell, mapped from one file.

    A cell's centre lies at pixel (i + 0.5) * 8 - 0.5; sizes are rounded up to whole cells, beyond the edge the picture was continued.
    """

    def __init__(self, file: Path, photographs: Photographs, number: int) -> None:
        self.file = file
        sizes = [_cells(one.height, one.width) for one in photographs.kept[:number]]
        self._sizes = sizes
        self._offsets = np.concatenate([[0], np.cumsum([DIRECTIONS * height * width for height, width in sizes])])
        self._values: NDArray[np.float16] | None = None

    def __len__(self) -> int:
        return len(self._sizes)

    def __getitem__(self, number: int) -> NDArray[np.float16]:
        """The features of the photograph of that number, from 0."""
        if self._values is None:
            self._values = np.memmap(self.file, np.float16, "r")
        return self._values[self._offsets[number] : self._offsets[number + 1]].reshape(DIRECTIONS, *self._sizes[number])

    def __getstate__(self) -> dict[str, Any]:
        """A worker maps the file anew."""
        return self.__dict__ | {"_values": None}


def taught(photographs: Photographs, number: int, device: torch.device) -> Generator[Step, None, Taught]:
    """Let VGG-16 look at the first photographs of a split, or find what it saw before. Raises MissingWeights."""
    number = min(number, len(photographs))
    file = photographs.file.with_name(f"vgg16-{photographs.split}-{number}.bin")
    if not file.exists():
        teacher = weights.load(Vgg16(), "vgg16").to(device=device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        with torch.inference_mode():
            directions = yield from _main_directions(teacher, photographs, device)
            part = file.with_suffix(".part")
            with part.open("wb") as out:
                for one in range(number):
                    seen = torch.einsum("chw,cd->dhw", _features(teacher, photographs[one], device), directions)
                    out.write(functional.normalize(seen, dim=0).half().cpu().numpy().tobytes())
                    yield Step((one + 1) / number, "VGG-16 looks at the photographs")
        part.replace(file)
    return Taught(file, photographs, number)


def _main_directions(teacher: Vgg16, photographs: Photographs, device: torch.device) -> Generator[Step, None, Tensor]:
    """(768, 128): the directions along which features of cells of some photographs are largest, largest first."""
    draws = torch.Generator().manual_seed(0)
    some = []
    for one in range(min(LEARNT_FROM, len(photographs))):
        cells = _features(teacher, photographs[one], device).flatten(1).T
        some.append(cells[torch.randperm(len(cells), generator=draws)[:CELLS].to(device)])
        yield Step(0.0, "VGG-16 looks at the photographs")
    cells = torch.cat(some).double()
    return torch.linalg.eigh(cells.T @ cells)[1].flip(1)[:, :DIRECTIONS].float()


def _features(teacher: Vgg16, photograph: NDArray[np.uint8], device: torch.device) -> Tensor:
    """(768, h, w): both layers at stride 8, each a unit vector a cell."""
    picture = torch.from_numpy(np.array(photograph)).to(device).permute(2, 0, 1)[None].float() / 255
    height, width = picture.shape[-2:]
    picture = functional.pad(picture, (0, -width % STRIDE, 0, -height % STRIDE), mode="replicate").to(memory_format=torch.channels_last)
    with torch.autocast(device.type, torch.bfloat16):
        seen = teacher(picture, TAPS)
    fine, coarse = (_standardised(seen[tap].float()) for tap in TAPS)
    return torch.cat([functional.normalize(functional.avg_pool2d(fine, 2), dim=1), functional.normalize(coarse, dim=1)], 1)[0]


def _standardised(x: Tensor) -> Tensor:
    spread, mean = torch.std_mean(x, (2, 3), keepdim=True)
    return (x - mean) / (spread + 1e-3)


def _cells(height: int, width: int) -> tuple[int, int]:
    return -(-height // STRIDE), -(-width // STRIDE)
