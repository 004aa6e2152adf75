"""Scores by what a classifier's convolutions see: LPIPS (Zhang et al., CVPR 2018, version 0.1), and features to compare sets by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import torch
from torch.nn import functional

from engine.nets.alexnet import AlexNet
from engine.nets.inception import Inception
from engine.nets.vgg import Vgg16
from engine.weights import fit, load, tensors

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from engine.evaluation.scores.view import Pair, View

TAPS = {
    "alexnet": ("relu1", "relu2", "relu3", "relu4", "relu5"),
    "vgg16": ("relu1_2", "relu2_2", "relu3_3", "relu4_3", "relu5_3"),
}
"""What LPIPS compares, from fine to coarse."""


class Seen(NamedTuple):
    """What a network sees in a picture."""

    maps: list[Tensor]
    """(1, C, h, w) of each tap, of unit length over the channels."""
    mean: Tensor
    """(C,): the last tap's mean over the picture, as it is."""


class Perception:
    """A network that looks at views, each once.

    Args:
        network: whose convolutions; its weights have that name.
        weighed: with LPIPS's weights of the channels, "lpips-" and that name; else there are only features.

    Raises:
        MissingWeights: where they are not on this machine.
    """

    def __init__(self, network: Literal["alexnet", "vgg16"], *, weighed: bool) -> None:
        self._network = load(AlexNet() if network == "alexnet" else Vgg16(), network).eval().requires_grad_(False)
        self._taps = TAPS[network]
        heads = tensors(f"lpips-{network}") if weighed else {}
        self._heads = [heads[f"heads.{number}.weight"] for number in range(len(self._taps))] if weighed else []

    def seen(self, view: View) -> Seen:
        """What the network sees in a picture."""
        with torch.inference_mode():
            maps = list(self._network(picture(view), self._taps).values())
            return Seen([one / (one.square().sum(1, keepdim=True).sqrt() + 1e-10) for one in maps], maps[-1].mean((0, 2, 3)))

    def features(self, view: View) -> NDArray[np.float32]:
        """(C,): the last tap's mean over the picture."""
        return view.once(self.seen).mean.numpy()

    def lpips(self, pair: Pair) -> float:
        """The mean over the picture of each tap's distances, the taps added."""
        return float(sum(one.mean() for one in pair.once(self._distances)))

    def lpips_hole(self, pair: Pair) -> float:
        """The same, but of each tap's distances, enlarged bilinearly to the picture, the mean over the hole."""
        hole = torch.as_tensor(pair.hole)
        size = (hole.shape[0], hole.shape[1])
        large = (functional.interpolate(one, size, mode="bilinear", align_corners=False)[0, 0] for one in pair.once(self._distances))
        return float(sum(one[hole].mean() for one in large))

    def _distances(self, pair: Pair) -> list[Tensor]:
        """(1, 1, h, w) of each tap: squared differences, weighed by channel and added."""
        ours, theirs = pair.filled.once(self.seen), pair.truth.once(self.seen)
        with torch.inference_mode():
            every = zip(ours.maps, theirs.maps, self._heads, strict=True)
            return [functional.conv2d((one - other).square_(), head) for one, other, head in every]


class InceptionFeatures:
    """The features of the Frechet and the kernel inception distance. Raises MissingWeights where the file is not on this machine."""

    def __init__(self) -> None:
        self._network = inception(tensors("inception"))

    def features(self, view: View) -> NDArray[np.float32]:
        """(2048,) of a picture."""
        with torch.inference_mode():
            return self._network(picture(view))[0].numpy()


def inception(given: Mapping[str, Tensor]) -> Inception:
    """The network with the published tensors, less their classifier and the counters of batches, which are in some copies of the file."""
    network = Inception()
    counters = {name: tensor for name, tensor in network.state_dict().items() if name.endswith("num_batches_tracked")}
    kept = {name: tensor for name, tensor in given.items() if not name.startswith("fc.")}
    return fit(network, kept | counters, 'The file of weights "inception"').eval().requires_grad_(False)


def picture(view: View) -> Tensor:
    """(1, 3, H, W) in [0, 1]."""
    return torch.as_tensor(view.pixels).permute(2, 0, 1)[None].float() / 255
