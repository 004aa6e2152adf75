"""Where descriptors are read: fine corners and blobs, without learning, and what reads them there.

An extractor takes a photograph (H, W, 3) RGB and gives (n, 2) rows and columns of points and (n, d) unit vectors.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch.nn import functional

from engine import weights
from engine.nets.landmark import Described, Landmark, padded, read_at
from engine.nets.vgg import Vgg16

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Points = NDArray[np.float32]
    Extractor = Callable[[Pixels], tuple[Points, Points]]

MOST = 2048
"""Points a photograph."""


def points(photograph: Pixels, radius: int = 2) -> Points:
    """The strongest corners and blobs, strength held against that of the neighbourhood so that dark parts get points too."""
    strength = _strength(photograph)
    peak = (strength == cv2.dilate(strength, np.ones((2 * radius + 1,) * 2, np.uint8))) & (strength > 1e-3)
    peak[:6] = peak[-6:] = peak[:, :6] = peak[:, -6:] = False
    rows, columns = np.nonzero(peak)
    best = np.argsort(-strength[rows, columns], kind="stable")[:MOST]
    rows, columns = rows[best], columns[best]
    down = _between(strength[rows - 1, columns], strength[rows, columns], strength[rows + 1, columns])
    across = _between(strength[rows, columns - 1], strength[rows, columns], strength[rows, columns + 1])
    return np.stack([rows + down, columns + across], 1).astype(np.float32)


def _strength(photograph: Pixels) -> NDArray[np.float32]:
    grey = cv2.GaussianBlur(cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1.0)
    corner = np.sqrt(np.maximum(cv2.cornerMinEigenVal(grey, 3, 3), 0))
    blob = np.abs(cv2.GaussianBlur(grey, (0, 0), 1.2) - cv2.GaussianBlur(grey, (0, 0), 1.9))
    strength = corner / (corner.mean() + 1e-4) + blob / (blob.mean() + 1e-4)
    return strength / (cv2.GaussianBlur(strength, (0, 0), 32) + 0.3 * strength.mean() + 1e-4)


def _between(before: Points, at: Points, after: Points) -> Points:
    """The peak of a parabola through three values, within half a pixel."""
    return np.clip(0.5 * (before - after) / np.minimum(before - 2 * at + after, -1e-9), -0.5, 0.5)


def rootsift(photograph: Pixels, contrast: float = 0.04) -> tuple[Points, Points]:
    """RootSIFT (Arandjelovic, Zisserman, CVPR 2012), the strongest points."""
    grey, sift = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY), cv2.SIFT_create()
    found = cv2.SIFT_create(nfeatures=MOST, contrastThreshold=contrast).detect(grey, None)
    found, described = sift.compute(grey, sorted(found, key=lambda one: -one.response)[:MOST])
    if described is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
    described = np.sqrt(described / (described.sum(1, keepdims=True) + 1e-7))
    return np.array([one.pt[::-1] for one in found], np.float32), described


class Ours:
    """`landmark` at the points, read in the photograph and in smaller copies of it, resolutions laid side by side.

    Args:
        network: loaded.
        plan: (resolution "quarter" or "eighth", share of the photograph's size, weight) of each part.
    """

    def __init__(self, network: Landmark, plan: tuple[tuple[str, float, float], ...]) -> None:
        self.network, self.plan = network.eval().to(memory_format=torch.channels_last), plan

    @torch.inference_mode()
    def __call__(self, photograph: Pixels) -> tuple[Points, Points]:
        """Points and their vectors."""
        found = points(photograph)
        seen = {scale: self._described(photograph, scale) for scale in {scale for _, scale, _ in self.plan}}
        at, parts = torch.from_numpy(found)[None], []
        for resolution, scale, weight in self.plan:
            stride = {"quarter": 4, "eighth": 8}[resolution]
            parts.append(weight * read_at(getattr(seen[scale], resolution), (at + 0.5) * scale - 0.5, stride)[0])
        return found, functional.normalize(torch.cat(parts, 1), dim=1).numpy()

    def _described(self, photograph: Pixels, scale: float) -> Described:
        small = photograph if scale == 1 else cv2.resize(photograph, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        picture = torch.from_numpy(np.ascontiguousarray(small)).permute(2, 0, 1)[None].float() / 255
        with torch.autocast("cpu", torch.bfloat16):
            return self.network(padded(picture).contiguous(memory_format=torch.channels_last))


class Vgg:
    """VGG-16's conv3_3 and conv4_3 at the points, each channel standardised over the photograph, at full and half size."""

    def __init__(self) -> None:
        self.network = weights.load(Vgg16(), "vgg16").eval().to(memory_format=torch.channels_last)

    @torch.inference_mode()
    def __call__(self, photograph: Pixels) -> tuple[Points, Points]:
        """Points and their vectors."""
        found = points(photograph)
        at, parts = torch.from_numpy(found)[None], []
        for scale in (1.0, 0.5):
            small = photograph if scale == 1 else cv2.resize(photograph, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            picture = padded(torch.from_numpy(np.ascontiguousarray(small)).permute(2, 0, 1)[None].float() / 255)
            with torch.autocast("cpu", torch.bfloat16):
                taps = self.network(picture.contiguous(memory_format=torch.channels_last), ("conv3_3", "conv4_3"))
            for tap, coarse in taps.items():
                seen = coarse.float()
                spread, mean = torch.std_mean(seen, (2, 3), keepdim=True)
                parts.append(read_at((seen - mean) / (spread + 1e-3), (at + 0.5) * scale - 0.5, 4 if tap == "conv3_3" else 8)[0])
        return found, functional.normalize(torch.cat(parts, 1), dim=1).numpy()


class Aliked:
    """ALIKED-n16 (Zhao et al., TIM 2023) as kornia has it, its own points; for comparison only."""

    def __init__(self, file: Path) -> None:
        from kornia.feature import ALIKED  # noqa: PLC0415 - a peer, installed by who compares with it

        self.network = ALIKED("aliked-n16", max_num_keypoints=MOST, detection_threshold=0.0).eval()
        self.network.load_state_dict(torch.load(file, map_location="cpu", weights_only=True), strict=False)

    @torch.inference_mode()
    def __call__(self, photograph: Pixels) -> tuple[Points, Points]:
        """Points and their vectors."""
        found = self.network(torch.from_numpy(np.ascontiguousarray(photograph)).permute(2, 0, 1)[None].float() / 255)[0]
        return np.ascontiguousarray(found.keypoints.numpy()[:, ::-1]).astype(np.float32), found.descriptors.numpy().astype(np.float32)


PLANS: dict[str, tuple[tuple[str, float, float], ...]] = {
    "close": (("quarter", 1.0, 1.0), ("quarter", 0.7, 1.0), ("quarter", 0.5, 1.0)),
    "both": (("quarter", 1.0, 1.0), ("eighth", 1.0, 1.0)),
    "quarter": (("quarter", 1.0, 1.0),),
    "eighth": (("eighth", 1.0, 1.0),),
    "three": (("quarter", 1.0, 1.0), ("quarter", 0.5, 1.0), ("quarter", 0.25, 1.0)),
}
"""What `landmark` is read as: at three near sizes, both resolutions, each alone, and at three sizes down to a quarter."""


def extractor(text: str, aliked: Path | None) -> Extractor:
    """`rootsift`, `rootsift-full` (a lower threshold, so that it fills its points), `vgg16`, `aliked`, or `landmark[=FILE][:PLAN]`."""
    name, _, plan = text.partition(":")
    name, _, file = name.partition("=")
    if name == "landmark":
        from safetensors.torch import load_file  # noqa: PLC0415

        network = Landmark()
        if file:
            network.load_state_dict({key: value.float() for key, value in load_file(file).items()})
        else:
            weights.load(network, "landmark")
        return Ours(network, PLANS[plan or "close"])
    if name == "aliked":
        if aliked is None:
            raise SystemExit("Say where ALIKED's file is: --aliked FILE.")
        return Aliked(aliked)
    return {"rootsift": lambda: rootsift, "rootsift-full": lambda: functools.partial(rootsift, contrast=0.005), "vgg16": Vgg}[name]()
