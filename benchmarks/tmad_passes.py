"""T-MAD's networks on one square at a time, to be timed: chance's weights, chance's picture, the hole in the middle."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import torch

from engine.nets.tmad import RANKS, Tmad, composed
from engine.nets.windows import memory, retrieved
from engine.ops.steady import brisk
from engine.texture.begun import HALVINGS
from engine.training.recipes.tmad import enlarged

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from torch import Tensor

SECONDS = 3.0
"""What is timed goes on for so long at least."""


class Passes:
    """The networks on a device.

    Args:
        device: where.
        side: of the picture, in pixels.
        hole: side of the hole in its middle.
    """

    def __init__(self, device: torch.device, side: int, hole: int) -> None:
        self.device = device
        self.net = Tmad().eval().requires_grad_(requires_grad=False).to(device=device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        first, small = (side - hole) // 2, side >> HALVINGS
        self.image = torch.rand(1, 3, side, side, device=device)
        self.hole = torch.zeros(1, 1, side, side, device=device)
        self.hole[..., first : first + hole, first : first + hole] = 1
        self.small, self.small_hole = self.image[..., :small, :small].clone(), self.hole[..., :: 1 << HALVINGS, :: 1 << HALVINGS].clone()
        margin = max(0, first - 32)
        self.around = slice(margin, side - margin)
        self.memory = memory(self.hole[0, 0], 1 - self.hole[0, 0])

    @torch.inference_mode()
    def once(self) -> Tensor:
        """Coarse result, retrieval, and the synthesis of the hole's surroundings: (1, 3, h, w)."""
        with self._computing():
            guess = torch.where(self.hole > 0, enlarged(self.net.coarse(self.small, self.small_hole)), self.image)
            laid = retrieved(self.net.retrieval, guess[0], self.image[0], self.hole[0, 0], self.memory).canvases[None]
            part = (..., self.around, self.around)
            return self._synthesised(guess[part], self.hole[part], laid[part])

    @torch.inference_mode()
    def synthesis(self, side: int) -> Tensor:
        """The synthesis of a square of that side alone."""
        picture, hole = torch.rand(1, 3, side, side), torch.ones(1, 1, side, side)
        with self._computing():
            return self._synthesised(picture, hole, picture[:, None].expand(1, RANKS, 3, side, side))

    def _synthesised(self, guess: Tensor, hole: Tensor, laid: Tensor) -> Tensor:
        texture, _ = composed(self.net.synthesis(guess, hole, laid), guess, hole, laid)
        return texture

    def _computing(self) -> AbstractContextManager[object]:
        return torch.autocast("cuda", torch.bfloat16) if self.device.type == "cuda" else brisk()

    def rate(self, rounds: int = 100, *, graph: bool = False) -> float:
        """Pictures a second, one after the other, each of them waited for."""
        run: Callable[[], object] = self._graph().replay if graph else self.once
        for _ in range(3):
            run()
        self._wait()
        done, began = 0, time.perf_counter()
        while done < rounds or time.perf_counter() - began < SECONDS:
            run()
            self._wait()
            done += 1
        return done / (time.perf_counter() - began)

    def _graph(self) -> torch.cuda.CUDAGraph:
        """All of it as one graph, after the rounds aside that a capture wants."""
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(3):
                self.once()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.once()
        return graph

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()
