"""A hole filled from its texture memory: T-MAD whole (Xu et al., IEEE TIP 2021), or its second half over another method's colours.

The coarse network guesses the hole in small; the memory lays known patches into it, a canvas a rank; the synthesis says of each place how
much of which canvas its colours have, how far they follow the coarse ones and what to add. What is decided in a frame of at most 512 pixels is carried to
the photograph's own size with patches of that size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch.nn import functional

from engine.exemplar import ROUNDS, PatchSettings
from engine.geometry import Box
from engine.job import Settings, Step, setting
from engine.nets.tmad import RANKS, composed
from engine.ops.bands import Workers, told
from engine.ops.detail import carried
from engine.ops.filters import magnified
from engine.ops.steady import one_thread
from engine.texture.account import accounted
from engine.texture.begun import HALVINGS, begun
from engine.texture.frame import framed, reduced
from engine.texture.memories import Canvases, aligned, windows
from engine.texture.network import computing, network

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray
    from torch import Tensor

    from engine.job import Fill
    from engine.method import Cutout
    from engine.ops.bands import Pausing
    from engine.texture.frame import Frame

Made = TypeVar("Made")

MATCHED = 0.8
"""How far a fill is when its canvases are made."""


@dataclass(frozen=True)
class TextureSettings(Settings):
    """What a user may change."""

    smooth: float = setting(0.0, "Smoothing", "0 is texture, 1 the least error: softer, with fewer wrong edges.", least=0.0, most=1.0)
    memory: str = setting(
        "aligned",
        "Memory",
        "Aligned patches lie where they fit; windows are the published method's, whole squares of the photograph.",
        choices=("aligned", "windows"),
    )
    ranks: int = setting(RANKS, "Ranks", "How many patches are retrieved for each place; fewer are quicker.", choices=(1, 2, 4))
    patch: int = setting(7, "Patch size", "Side of the aligned patches in pixels.", choices=(5, 7, 9))
    effort: str = setting("normal", "Effort", "How often aligned patches are searched.", choices=tuple(ROUNDS))


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A picture of the frame's region, told as a base and the texture that is laid on it."""

    base: NDArray[np.float32]
    """(h, w, 3): see `engine.ops.detail`."""
    strength: NDArray[np.float32]
    """(h, w)."""
    shares: NDArray[np.float32]
    """(h, w, ranks)."""
    told: NDArray[np.float32]
    """(h, w, ranks): of each canvas in texture and colours, which count alike; their sum is 1."""


def synthesised(cutout: Cutout, colours: Fill | None, settings: TextureSettings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
    """A cutout's hole filled from its texture memory; see `Method.fill`.

    Args:
        cutout: to be filled.
        colours: a fill whose colours take the place of the coarse network's; None: the network's.
        settings: as asked.
        rng: of patch matching.

    Raises:
        MissingWeights: the networks' weights are not there.
    """
    network(cutout.device)  # what is missing is said before any work
    seeds = rng.integers(1 << 31, size=settings.ranks).tolist()
    with Workers() as workers:
        frame = yield from told(framed(cutout, workers), 0.0, "looking")
        coarse = yield from _coarse(cutout, colours, frame, workers)
        canvases = yield from _within(_retrieved(cutout, frame, coarse, settings, seeds, workers))
        region = frame.region
        hole = _region(cutout.hole, frame)
        coarse_part = coarse[region.slices]
        small = yield from told(_in_small(cutout, canvases, frame, coarse_part, workers), MATCHED, "synthesising")
        heads = yield from told(_said(cutout, frame, coarse_part, small, settings.smooth), MATCHED, "synthesising")
        finals: list[NDArray[np.float32]] = []
        for one in heads:
            laid = carried(one.base, one.strength, one.shares, [of.values for of in canvases.fills], hole, frame.times, workers)
            finals.append((yield from told(laid, 0.95, "synthesising")))
        yield Step(0.97, "synthesising", cutout.patch(finals[-1]))
        seen = _enlarged(coarse_part, frame.times, hole, cutout.pixels.shape[2])
        shares = _enlarged(heads[-1].told, frame.times, hole, len(canvases.fills))
        return (yield from told(accounted(cutout, canvases, finals, seen, shares, frame, workers), 0.98, "synthesising"))


def _retrieved(
    cutout: Cutout, frame: Frame, coarse: NDArray[np.float32], settings: TextureSettings, seeds: list[int], workers: Workers
) -> Generator[Step, None, Canvases]:
    """The canvases of the memory that was asked for."""
    if settings.memory == "windows" and frame.sources.any():
        return (yield from windows(cutout, frame, coarse, settings.ranks, workers))
    if settings.memory == "windows":
        yield Step(0.0, "aligned patches, as the sources hold no window")
    return (yield from aligned(cutout, PatchSettings(patch=settings.patch, effort=settings.effort), seeds, workers))


def _within(steps: Generator[Step, None, Canvases]) -> Generator[Step, None, Canvases]:
    """The memory's Steps in their share of the whole."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value
        yield Step(0.05 + (MATCHED - 0.05) * step.fraction, step.stage, step.preview)


def _coarse(cutout: Cutout, colours: Fill | None, frame: Frame, workers: Workers) -> Generator[Step, None, NDArray[np.float32]]:
    """(h, w, 3): the frame with the coarse result in its hole, and in whatever else is not known."""
    if colours is not None:
        whole, _ = yield from told(reduced(cutout, colours.values, _whole(frame), frame.times, workers), 0.02, "looking")
        return whole
    small, hole = yield from _quiet(begun(frame.image, frame.missing, workers))
    device = cutout.device
    with one_thread(), computing(device):
        made = network(device).coarse(*(_tensor(one, device) for one in (small, hole[..., None])))
    large = functional.interpolate(made, scale_factor=2**HALVINGS, mode="bicubic", align_corners=False).clamp(0, 1)
    guess = large[0].permute(1, 2, 0).cpu().numpy()
    coarse = np.where((frame.hole | frame.missing)[..., None], guess, frame.image)
    yield Step(
        0.05,
        "guessing",
        cutout.patch(_enlarged(coarse[frame.region.slices], frame.times, _region(cutout.hole, frame), cutout.pixels.shape[2])),
    )
    return coarse


def _quiet(steps: Generator[Step, None, Made]) -> Generator[Step, None, Made]:
    """Work whose Steps say nothing of the whole."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
        yield Step(0.02, "looking")


def _in_small(
    cutout: Cutout, canvases: Canvases, frame: Frame, coarse: NDArray[np.float32], workers: Workers
) -> Pausing[list[NDArray[np.float32]]]:
    """The frame's region with each canvas, (h, w, 3) each; where nothing is known, what the coarse network made of it."""
    small: list[NDArray[np.float32]] = []
    for fill in canvases.fills:
        image, shares = yield from reduced(cutout, fill.values, frame.region, frame.times, workers)
        small.append(np.where(shares[..., None] > 0, image, coarse))
    return small


def _said(
    cutout: Cutout, frame: Frame, coarse: NDArray[np.float32], small: list[NDArray[np.float32]], smooth: float
) -> Pausing[list[Laid]]:
    """What the synthesis says for texture alone and, where that is another thing, for what was asked; the last is what was asked."""
    device = cutout.device
    hole = _tensor(frame.hole[frame.region.slices][..., None], device)
    colours = _tensor(coarse, device)
    ranks = torch.stack([_tensor(small[rank % len(small)], device)[0] for rank in range(RANKS)])[None]
    passes = network(device).synthesis.passes(colours, hole, ranks)
    with one_thread():  # over its pauses too: to change the number at each would cost more than the passes do
        while True:
            with computing(device):
                try:
                    next(passes)
                except StopIteration as end:
                    said = end.value
                    break
            yield
        texture, plain = composed(said, colours, hole, ranks)
        shares, strength = (_as_large(x, (coarse.shape[0], coarse.shape[1])) for x in (said.shares, said.strength))
        best = torch.zeros_like(shares)
        best[:, 0] = 1
        sharp, soft = (texture, best, torch.ones_like(strength), (best + shares) / 2), (plain, shares, strength, shares)
        wanted = [sharp, [torch.lerp(a, b, smooth) for a, b in zip(sharp, soft, strict=True)]]
        return [_laid(made, of, strong, told, ranks, len(small)) for made, of, strong, told in (wanted if smooth else wanted[:1])]


def _laid(made: Tensor, shares: Tensor, strength: Tensor, told: Tensor, ranks: Tensor, count: int) -> Laid:
    """A picture in small as a base, and the texture that is laid on it, of so many canvases, where some stand for several ranks."""
    base = made - strength * (ranks * shares.unsqueeze(2)).sum(1)
    each = [torch.stack([of[:, rank::count].sum(1) for rank in range(count)], 1) for of in (shares, told)]
    arrays = [np.ascontiguousarray(one[0].permute(1, 2, 0).cpu().numpy()) for one in (base, strength, *each)]
    return Laid(arrays[0], arrays[1][..., 0], arrays[2], arrays[3])


def _whole(frame: Frame) -> Box:
    return Box.whole(frame.hole.shape)


def _region(mask: NDArray[np.bool_], frame: Frame) -> NDArray[np.bool_]:
    """What of a mask of full size lies in the frame's region; False beyond the cutout's edge."""
    box = frame.region
    part = mask[box.top * frame.times : box.bottom * frame.times, box.left * frame.times : box.right * frame.times]
    return np.pad(part, tuple((0, side * frame.times - have) for side, have in zip(box.size, part.shape, strict=True)))


def _enlarged(small: NDArray[np.float32], times: int, hole: NDArray[np.bool_], channels: int) -> NDArray[np.float32]:
    """(n, channels): the values that a region in small has at the hole's pixels."""
    large = magnified(small, times, Box.whole(small.shape)) if times > 1 else small
    values = large[hole]
    return values if channels == values.shape[1] else values.mean(1, keepdims=True)


def _tensor(picture: NDArray[Any], device: torch.device) -> Tensor:
    """(1, channels, h, w) of (h, w, channels)."""
    return torch.as_tensor(np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32), device=device)[None]


def _as_large(x: Tensor, size: tuple[int, int]) -> Tensor:
    return functional.interpolate(x, size, mode="bilinear", align_corners=False)
