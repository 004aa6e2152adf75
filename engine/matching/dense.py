"""Features of networks that describe every place of a photograph, read at corners and blobs.

A photograph is seen at several sizes; what is read of each at a place is laid side by side. Seconds of one core for 800 x 600 pixels
are told with each kind.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
import torch
from torch.nn import functional

from engine.matching.keypoints import Features, Keypoints
from engine.matching.points import MOST, points
from engine.nets.landmark import padded, read_at
from engine.ops.steady import brisk

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from engine.nets.landmark import Described, Landmark
    from engine.nets.vgg import Vgg

Plan: TypeAlias = "tuple[tuple[str, float], ...]"
"""What is read: a map's name, and the share of its size to which the photograph is reduced for it."""

CLOSE: Plan = (("quarter", 1.0), ("quarter", 0.7), ("quarter", 0.5))
"""`landmark`'s maps at 1/4 of three near sizes: of those tried the one with the most right matches."""
STRIDES = {"half": 2, "quarter": 4, "eighth": 8, "conv3_3": 4, "conv4_3": 8}


class Dense(Features):
    """Reads maps of several sizes at `points`.

    Args:
        plan: what is read.
        most: keypoints a photograph.
    """

    def __init__(self, plan: Plan, most: int = MOST) -> None:
        super().__init__()
        self._plan, self._most = plan, most

    @torch.inference_mode()
    def maps(self, pixels: NDArray[np.uint8]) -> list[tuple[Tensor, float]]:
        """See `Features.maps`; in the order of the plan."""
        shares = dict.fromkeys(share for _, share in self._plan)
        seen = {share: self._seen(_reduced(pixels, share)) for share in shares}
        return [(seen[share][name][0], STRIDES[name] / share) for name, share in self._plan]

    @torch.inference_mode()
    def at(self, pixels: NDArray[np.uint8], places: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `Features.at`."""
        where = torch.tensor(np.ascontiguousarray(places))[None]
        parts = [read_at(described[None], where, stride)[0] for described, stride in self.maps(pixels)]
        return functional.normalize(torch.cat(parts, 1), dim=1).numpy()

    def _found(self, pixels: NDArray[np.uint8], known: NDArray[np.bool_] | None) -> Keypoints:
        found = points(pixels, known, self._most)
        return Keypoints(found, self.at(pixels, found))

    @abstractmethod
    def _seen(self, picture: Tensor) -> dict[str, Tensor]:
        """(1, C, rows, columns) by the plan's names, of a picture (1, 3, H, W) in [0, 1] whose sides are multiples of 32."""


class LandmarkFeatures(Dense):
    """`landmark`'s maps: 0.2 s where the processor computes in bfloat16, else 0.3 s.

    Args:
        network: loaded; it is brought into the form that computes fastest.
        plan: which maps at which sizes.
        most: keypoints a photograph.
    """

    def __init__(self, network: Landmark, plan: Plan = CLOSE, most: int = MOST) -> None:
        super().__init__(plan, most)
        self._network: Any = _quick(network)

    def _seen(self, picture: Tensor) -> dict[str, Tensor]:
        with brisk():
            described: Described = self._network(picture)
            return described._asdict()


class VggFeatures(Dense):
    """conv3_3 and conv4_3 of a VGG at full and half size, each channel standardised over the photograph: 1.9 s, or 3.9 s without bfloat16.

    Args:
        network: loaded; it is brought into the form that computes fastest.
        most: keypoints a photograph.
    """

    def __init__(self, network: Vgg, most: int = MOST) -> None:
        super().__init__(tuple((name, share) for share in (1.0, 0.5) for name in ("conv3_3", "conv4_3")), most)
        self._network: Any = _quick(network)

    def _seen(self, picture: Tensor) -> dict[str, Tensor]:
        with brisk():
            taps: dict[str, Tensor] = self._network(picture, ("conv3_3", "conv4_3"))
            return {name: _standardised(tap.float()) for name, tap in taps.items()}


def _quick(network: nn.Module) -> Any:
    return network.eval().to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue, reportUnknownVariableType]


def _standardised(values: Tensor) -> Tensor:
    spread, mean = torch.std_mean(values, (2, 3), keepdim=True)
    return (values - mean) / (spread + 1e-3)


def _reduced(pixels: NDArray[np.uint8], share: float) -> Tensor:
    """(1, 3, H, W) in [0, 1] at that share of its size, continued to multiples of 32."""
    # by the share, so that places are that share of theirs; by a size only where OpenCV would make it empty
    least = None if min(pixels.shape[:2]) * share >= 1 else [max(1, round(side * share)) for side in pixels.shape[1::-1]]
    small = pixels if share == 1 else cv2.resize(pixels, least, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    picture = torch.tensor(np.asarray(small, np.uint8)).permute(2, 0, 1)[None].float() / 255
    return padded(picture).contiguous(memory_format=torch.channels_last)
