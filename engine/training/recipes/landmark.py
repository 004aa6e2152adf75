"""`landmark`: descriptors that stand a change of light, season and camera, learnt from single photographs.

Two views of a photograph, warped and restyled apart; every place of one has to be found in the other, at three resolutions; and at 1/8 the network
learns to see in such views what VGG-16 sees in the photograph as it is, since that recognises places across seasons better than any
matching loss teaches.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from engine.job import Settings, setting
from engine.nets.landmark import Described, Landmark, read_at
from engine.training import correspondence
from engine.training.recipe import Recipe
from engine.training.teacher import DIRECTIONS, STRIDE, Taught, taught
from engine.training.views import Pair, crop, pair

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from numpy.typing import NDArray
    from torch import Tensor

    from engine.job import Step
    from engine.training.photographs import Photographs
    from engine.training.recipe import Batch, Turn

SIZE = 192
"""Height and width of the views."""
PLACES = 256
"""Places to be found in a pair."""
PLACED = 4
"""One of so many is placed exactly, too: each costs as much as 25 that are only found."""
HELD_PAIRS = 48
"""Pairs of held photographs that are validated on."""


@dataclass(frozen=True)
class Options(Settings):
    """What may be changed about the training."""

    teacher: int = setting(2000, "Taught", "photographs whose features the teacher gives; 0 trains without", least=0, most=1_000_000)
    weight: float = setting(1.0, "Weight of the teacher", "of its loss against that of finding places", least=0.0, most=100.0)


class Sharpness(nn.Module):
    """The inverse temperatures of the matching losses, at 1/2, 1/4 and 1/8, learnt as logarithms."""

    def __init__(self) -> None:
        super().__init__()
        self.logarithm = nn.Parameter(torch.full((3,), math.log(16.0)))

    def forward(self) -> Tensor:
        """(3,), at most 60."""
        return self.logarithm.exp().clamp(max=60)


class LandmarkRecipe(Recipe):
    """Trains `engine.nets.landmark`."""

    name: ClassVar[str] = "landmark"
    sentence: ClassVar[str] = "Dense descriptors for photographs of one place in other light, season and camera."
    paper: ClassVar[str] = "Potje et al., XFeat, CVPR 2024, in its size; Tyszkiewicz et al., DISK, NeurIPS 2020, in its losses"
    options: ClassVar[type[Settings]] = Options
    kept: ClassVar[str] = "landmark"
    best: ClassVar[str] = "found"
    steps: ClassVar[int] = 7000
    batch: ClassVar[int] = 12
    rate: ClassVar[float] = 2e-3

    def __init__(self, settings: Settings | None = None, width: float = 1.0) -> None:
        super().__init__(settings, width)
        self._taught: Taught | None = None

    def prepare(self, photographs: Photographs, device: torch.device) -> Generator[Step, None, None]:
        """Let the teacher look at the photographs. Raises MissingWeights without VGG-16."""
        if self.settings.teacher:
            self._taught = yield from taught(photographs, self.settings.teacher, device)

    def through(self) -> tuple[str, ...]:
        """The teacher."""
        return ("vgg16",) if self.settings.teacher else ()

    def networks(self) -> dict[str, nn.Module]:
        """The network, and the sharpness of its losses."""
        return {"landmark": Landmark(self.width), "sharpness": Sharpness()}

    def example(self, photographs: Photographs, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Two views and what is known of them.

        views (2, 3, S, S) uint8; points (2, n, 2) float32; valid (n,); lesson (2, 128, S/8, S/8) float16 and known (2, S/8, S/8), without a
        teacher of no size.
        """
        number, *others = (int(one) for one in rng.integers(len(photographs), size=3))
        drawn = pair(photographs[number], [photographs[one] for one in others], SIZE, PLACES, rng)
        example: dict[str, NDArray[Any]] = {
            "views": np.stack([view.transpose(2, 0, 1) for view in drawn.views]),
            "points": np.stack(drawn.points),
            "valid": drawn.valid,
        }
        return example | ({} if self._taught is None else _lesson(drawn, number, self._taught))

    def losses(self, networks: Mapping[str, nn.Module], batch: Batch) -> Iterator[Turn]:
        """One turn: finding at 1/4 and 1/8, placing at 1/2, foretelling, and the lesson."""
        views, points, valid = batch["views"], batch["points"].unbind(1), batch["valid"]
        count = len(views)
        pictures = (views.transpose(0, 1).flatten(0, 1).float() / 255).contiguous(memory_format=torch.channels_last)
        described = cast("Described", networks["landmark"](pictures))
        with torch.autocast(views.device.type, enabled=False):
            scales = cast("Tensor", networks["sharpness"]())
            terms, probability = _matching(described, count, points, valid, scales)
            first, second = (
                correspondence.trusted(logits, at, probability, valid)
                for logits, at in zip(described.reliability.split(count), points, strict=True)
            )
            terms["reliability"] = 0.25 * (first + second)
            if "lesson" in batch:
                lesson, known = (batch[name].transpose(0, 1).flatten(0, 1) for name in ("lesson", "known"))
                terms["teacher"] = 4 * self.settings.weight * correspondence.taught(described.eighth, lesson.float(), known)
        yield ("landmark", "sharpness"), terms

    def validate(self, network: nn.Module, held: Photographs, device: torch.device) -> tuple[dict[str, float], NDArray[np.uint8] | None]:
        """Share of places of held pairs whose best match lies within three pixels, by each resolution; and the first pairs with their matches."""
        shares: list[tuple[float, float, float]] = []
        strips: list[NDArray[np.uint8]] = []
        network.eval()
        with torch.inference_mode():
            for number in range(HELD_PAIRS):
                rng = np.random.default_rng([1, number])
                mine, *others = (held[int(one)] for one in (number % len(held), *rng.integers(len(held), size=2)))
                drawn = pair(mine, others, SIZE, PLACES, rng)
                right = _found(cast("Landmark", network), drawn, device)
                shares.append((float(right[0].mean()), float(right[1].mean()), float(right[2].mean())))
                if number < 6:
                    strips.append(_strip(drawn, right[0]))
        means = np.mean(shares, 0)
        rows = [np.concatenate(strips[start : start + 3], 1) for start in (0, 3)]
        return {"found": float(means[0]), "found-eighth": float(means[1]), "placed": float(means[2])}, np.concatenate(rows, 0)


def _lesson(drawn: Pair, number: int, teacher: Taught) -> dict[str, NDArray[Any]]:
    """The teacher's features at the cells of both views, and where they may be learnt."""
    cells = SIZE // STRIDE
    lesson = np.zeros((2, DIRECTIONS, cells, cells), np.float16)
    known = np.zeros((2, cells, cells), np.bool_)
    if number < len(teacher):
        features = torch.from_numpy(np.array(teacher[number]))[None].float()
        size = torch.tensor(features.shape[-2:]) * STRIDE
        for view, (field, seen) in enumerate(zip(drawn.fields, drawn.seen, strict=True)):
            middles = field.reshape(cells, STRIDE, cells, STRIDE, 2).mean((1, 3))
            grid = ((torch.from_numpy(middles) + 0.5) / size * 2 - 1).flip(-1)[None]
            read = functional.grid_sample(features, grid, padding_mode="border", align_corners=False)
            lesson[view] = functional.normalize(read, dim=1)[0].half().numpy()
            known[view] = seen.reshape(cells, STRIDE, cells, STRIDE).mean((1, 3)) > 0.9
    return {"lesson": lesson, "known": known}


def _matching(
    described: Described, count: int, points: tuple[Tensor, ...], valid: Tensor, scales: Tensor
) -> tuple[dict[str, Tensor], Tensor]:
    """The losses of finding and placing, both ways, and (B, n) how probably each place is found at 1/4."""
    terms: dict[str, Tensor] = {}
    probability = torch.ones_like(valid, dtype=torch.float32)
    for name, maps, stride, weight in (("quarter", described.quarter, 4, 1.0), ("eighth", described.eighth, 8, 0.25)):
        first, second = maps.split(count)
        here, there = (read_at(one, at, stride) for one, at in zip((first, second), points, strict=True))
        forth, likely = correspondence.found(here, there, second, points[1], valid, scales[stride // 4], stride)
        back, as_likely = correspondence.found(there, here, first, points[0], valid, scales[stride // 4], stride)
        terms[name] = weight * (forth + back)
        if stride == 4:
            probability = (likely * as_likely).sqrt()
    first, second = described.half.split(count)
    (one, other), some = (at[:, ::PLACED] for at in points), valid[:, ::PLACED]
    there = correspondence.placed(first, one, second, other, some, scales[0])
    terms["half"] = 0.25 * (there + correspondence.placed(second, other, first, one, some, scales[0]))
    return terms, probability


def _found(network: Landmark, drawn: Pair, device: torch.device) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) which places are found within three pixels at 1/4, within six at 1/8, and placed within a pixel once the 1/4 match is right."""
    views = torch.stack([torch.from_numpy(np.ascontiguousarray(view)).permute(2, 0, 1) for view in drawn.views]).to(device).float() / 255
    described = network(views.contiguous(memory_format=torch.channels_last))
    points = [torch.from_numpy(at[drawn.valid]).to(device)[None] for at in drawn.points]
    if not points[0].shape[1]:
        return np.zeros(1, np.bool_), np.zeros(1, np.bool_), np.zeros(1, np.bool_)
    quarter = _errors(described.quarter, points, 4)
    return (
        (quarter < 3).cpu().numpy(),
        (_errors(described.eighth, points, 8) < 6).cpu().numpy(),
        (_nearby(described.half, points) < 1).cpu().numpy(),
    )


def _errors(maps: Tensor, points: list[Tensor], stride: int) -> Tensor:
    """(n,) pixels from each place to the cell of the other view that is most like it, moved between cells by a parabola."""
    query = read_at(maps[:1], points[0], stride)[0]
    likeness = torch.einsum("nc,chw->nhw", query, maps[1])
    _height, width = likeness.shape[1:]
    best = likeness.flatten(1).argmax(1)
    at = torch.stack([best // width, best % width], 1).float()
    return torch.linalg.vector_norm((at + 0.5) * stride - 0.5 - points[1][0], dim=1)


def _nearby(maps: Tensor, points: list[Tensor]) -> Tensor:
    """(n,) pixels from each place to the most alike of the 49 half-resolution cells around it, tried from one pixel aside."""
    steps = torch.arange(-3, 4, device=maps.device) * 2.0
    around = torch.cartesian_prod(steps, steps)
    aside = points[1].round()
    places = (aside[:, :, None] + around).flatten(1, 2)
    likeness = (read_at(maps[1:], places, 2)[0].view(-1, len(around), maps.shape[1]) * read_at(maps[:1], points[0], 2)[0][:, None]).sum(-1)
    chosen = places[0].view(-1, len(around), 2)[torch.arange(len(likeness), device=maps.device), likeness.argmax(1)]
    return torch.linalg.vector_norm(chosen - points[1][0], dim=1)


def _strip(drawn: Pair, right: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(S, 2 S, 3): both views with some of their places; green ones were found, red ones were not."""
    both = np.ascontiguousarray(np.concatenate([crop(view, SIZE, np.random.default_rng(0)) for view in drawn.views], 1))
    for at, ok in list(zip(np.stack(drawn.points, 1)[drawn.valid], right, strict=False))[::6]:
        for view, (row, column) in enumerate(at):
            cv2.circle(both, (round(float(column)) + view * SIZE, round(float(row))), 2, (60, 210, 90) if ok else (230, 60, 60), -1)
    return both
