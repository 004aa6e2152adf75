"""ALIKED-n16: keypoints and vectors that were learned together; its network is kornia's. 1.3 s of one core for 800 x 600 pixels.

Zhao et al., ALIKED: A Lighter Keypoint and Descriptor Extraction Network via Deformable Transformation, TIM 2023.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from engine.errors import BadInput
from engine.matching.keypoints import Features, Keypoints
from engine.matching.points import clear
from engine.ops.steady import one_thread
from engine.weights import fit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import Tensor

MOST = 2048
"""Keypoints a photograph."""
LEAST = 32
"""Pixels of a photograph's shorter side below which it has no keypoints."""


class Aliked(Features):
    """See the module's text. It computes in float32, as kornia's sampling is wrong in half precision.

    Args:
        state: the network's weights by their names.
        most: keypoints a photograph.

    Raises:
        BadInput: where kornia is not installed, or the weights are not this network's.
    """

    def __init__(self, state: Mapping[str, Tensor], most: int = MOST) -> None:
        super().__init__()
        network: Any = _network(most)
        own = {name: tensor for name, tensor in network.state_dict().items() if name not in state and name.startswith("dkd.")}
        self._network: Any = fit(network, {**state, **own}, "aliked-n16.pth").eval()

    @torch.inference_mode()
    def maps(self, pixels: NDArray[np.uint8]) -> list[tuple[Tensor, float]]:
        """See `Features.maps`: one map of 128 channels, a cell a pixel, from which vectors are gathered."""
        return [(self._seen(pixels)[0][0], 1.0)]

    @torch.inference_mode()
    def at(self, pixels: NDArray[np.uint8], places: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `Features.at`; in a photograph that is too small for the network all places look alike."""
        if min(pixels.shape[:2]) < LEAST:
            return np.full((len(places), 128), 128**-0.5, np.float32)
        with one_thread():
            return self._described(self._seen(pixels)[0], _inner(torch.tensor(np.ascontiguousarray(places)), pixels.shape))

    @torch.inference_mode()
    def _found(self, pixels: NDArray[np.uint8], known: NDArray[np.bool_] | None) -> Keypoints:
        if min(pixels.shape[:2]) < LEAST:
            return Keypoints(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32))
        with one_thread():
            features, score = self._seen(pixels)
            if known is not None:
                score = score * torch.tensor(clear(known))
            inner, strength, _ = self._network.dkd(score)
            inner, places = inner[0], _outer(inner[0], pixels.shape)
            kept = (strength[0] > 0).numpy() & (True if known is None else _held(clear(known), places))
            return Keypoints(places[kept], self._described(features, inner[torch.tensor(kept)]))

    def _seen(self, pixels: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
        """(1, 128, h, w) what it looks like, and (1, 1, h, w) how good a keypoint it is."""
        with one_thread():
            return self._network.extract_dense_map(torch.tensor(pixels).permute(2, 0, 1)[None].float() / 255)

    def _described(self, features: Tensor, inner: Tensor) -> NDArray[np.float32]:
        vectors: Tensor = self._network.desc_head(features, [inner])[0][0]
        return vectors.numpy().astype(np.float32)


def _network(most: int) -> Any:
    try:
        from kornia.feature import ALIKED  # noqa: PLC0415  # pyright: ignore  - installed by who wants it
    except ImportError:
        raise BadInput(
            "ALIKED-n16 needs the library kornia, 0.9 or newer, which is not installed; "
            "install it with `pip install 'kornia>=0.9'`, or choose other features."
        ) from None
    return ALIKED("aliked-n16", max_num_keypoints=most, detection_threshold=0.0)


def _inner(places: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Places as kornia has them: x and y, -1 and 1 at the centres of the outermost pixels."""
    return places.flip(-1) / _half(shape) - 1


def _outer(inner: Tensor, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return ((inner + 1) * _half(shape)).flip(-1).contiguous().numpy().astype(np.float32)


def _held(allowed: NDArray[np.bool_], places: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(n,): places that are still allowed, as their exact place may lie pixels from the strongest one."""
    rows, columns = np.rint(places).astype(np.intp).T
    return allowed[rows, columns]


def _half(shape: tuple[int, ...]) -> Tensor:
    return torch.tensor([max(shape[1] - 1, 1), max(shape[0] - 1, 1)]) / 2
