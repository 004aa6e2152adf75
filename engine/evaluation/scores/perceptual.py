"""Scores by what a classifier's convolutions see: LPIPS (Zhang et al., CVPR 2018, version 0.1), and features to compare sets by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch
from torch.nn import functional

from engine.evaluation.scores.changed import Part, carried
from engine.geometry import Box
from engine.nets.alexnet import AlexNet
from engine.nets.inception import Inception
from engine.nets.vgg import Vgg16
from engine.weights import fit, load, tensors

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from engine.evaluation.scores.view import Pair, View

TAPS = {
    "alexnet": ("relu1", "relu2", "relu3", "relu4", "relu5"),
    "vgg16": ("relu1_2", "relu2_2", "relu3_3", "relu4_3", "relu5_3"),
}
"""What LPIPS compares, from fine to coarse."""


class Perception:
    """A network that looks at a truth once, and at a fill where it differs.

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

    def lpips(self, pair: Pair) -> float:
        """The mean over the picture of each tap's distances, the taps added."""
        return float(sum(one.mean() for one in pair.once(self._distances)))

    def lpips_hole(self, pair: Pair) -> float:
        """The same, but of each tap's distances, enlarged bilinearly to the picture, the mean over the hole."""
        hole = torch.as_tensor(pair.hole)
        size = (hole.shape[0], hole.shape[1])
        large = (functional.interpolate(one, size, mode="bilinear", align_corners=False)[0, 0] for one in pair.once(self._distances))
        return float(sum(one[hole].mean() for one in large))

    def features(self, pair: Pair) -> NDArray[np.float32]:
        """(C,): the fill's last tap, its mean over the picture."""
        last, parts = pair.truth.once(self._seen)[-1].clone(), pair.once(self._changes)
        if len(parts) == len(self._taps):
            last[..., *parts[-1].box.slices] = parts[-1].values
        return last.mean((0, 2, 3)).numpy()

    def _seen(self, view: View) -> list[Tensor]:
        """(1, C, h, w) of each tap."""
        with torch.inference_mode():
            return list(self._network(view.once(self._standardised), self._taps, standardise=False).values())

    def _changes(self, pair: Pair) -> list[Part]:
        """Of each tap what is not as in the truth; taps beyond which nothing is are left out."""
        box = Box.around((pair.filled.pixels != pair.truth.pixels).any(-1))
        if box is None:
            return []
        found: list[Part] = []
        before, part = pair.truth.once(self._standardised), Part(box, pair.filled.once(self._standardised)[..., *box.slices])
        with torch.inference_mode():
            for layers, tap in zip(self._stages(), pair.truth.once(self._seen), strict=True):
                part = carried(layers, before, part)
                if part is None:
                    break
                found.append(part)
                before = tap
        return found

    def _distances(self, pair: Pair) -> list[Tensor]:
        """(1, 1, h, w) of each tap: squared differences of vectors of unit length, weighed by channel and added."""
        theirs = pair.truth.once(self._seen)
        maps = [tap.new_zeros(1, 1, *tap.shape[2:]) for tap in theirs]
        with torch.inference_mode():
            for one, tap, head, part in zip(maps, theirs, self._heads, pair.once(self._changes), strict=False):
                squared = (_unit(part.values) - _unit(tap[..., *part.box.slices])).square_()
                one[..., *part.box.slices] = functional.conv2d(squared, head)
        return maps

    def _stages(self) -> list[list[nn.Module]]:
        """The layers up to each tap, from the one before on."""
        stages: list[list[nn.Module]] = [[]]
        for name, layer in zip(self._network.names, self._network.features, strict=True):
            stages[-1].append(layer)
            if name in self._taps:
                stages.append([])
        return stages[:-1]

    def _standardised(self, view: View) -> Tensor:
        """(1, 3, H, W) with ImageNet's mean and deviation."""
        return (picture(view) - self._network.mean) / self._network.deviation


def _unit(maps: Tensor) -> Tensor:
    """(1, C, h, w) of unit length over the channels."""
    return maps / (maps.square().sum(1, keepdim=True).sqrt() + 1e-10)


class InceptionFeatures:
    """The features of the Frechet and the kernel inception distance. Raises MissingWeights where the file is not on this machine."""

    def __init__(self) -> None:
        self._network = inception(tensors("inception"))

    def features(self, pair: Pair) -> NDArray[np.float32]:
        """(2048,) of the fill."""
        with torch.inference_mode():
            return self._network(picture(pair.filled))[0].numpy()


def inception(given: Mapping[str, Tensor]) -> Inception:
    """The network with the published tensors, less their classifier and the counters of batches, which are in some copies of the file."""
    network = Inception()
    counters = {name: tensor for name, tensor in network.state_dict().items() if name.endswith("num_batches_tracked")}
    kept = {name: tensor for name, tensor in given.items() if not name.startswith("fc.")}
    return fit(network, kept | counters, 'The file of weights "inception"').eval().requires_grad_(False)


def picture(view: View) -> Tensor:
    """(1, 3, H, W) in [0, 1]."""
    return torch.as_tensor(view.pixels).permute(2, 0, 1)[None].float() / 255
