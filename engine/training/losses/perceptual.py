"""What a classifier sees in a picture, compared: its features (content) and how they go together (style).

Gatys, Ecker, Bethge: Image Style Transfer Using Convolutional Neural Networks, CVPR 2016; Johnson, Alahi, Fei-Fei: Perceptual Losses for
Real-Time Style Transfer and Super-Resolution, ECCV 2016; normalised as in Liu et al.: Image Inpainting for Irregular Holes, ECCV 2018.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine import weights
from engine.nets.vgg import Vgg16, Vgg19

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.nets.tapped import Tapped

NETWORKS: dict[str, type[Vgg16 | Vgg19]] = {"vgg16": Vgg16, "vgg19": Vgg19}

PCONV: Mapping[str, float] = {"pool1": 1.0, "pool2": 1.0, "pool3": 1.0}
"""The taps of VGG-16 that Liu et al. compare, for content and style alike."""


class FeatureLoss(nn.Module):
    """Content and style, each a weighted sum over taps of a frozen network; both from one pass through it.

    With F (C, H, W) a tap's features of one picture, as matrices C x (H W), and d the mean over all elements of |a - b| (or its square)::

        content = sum of weight * d(F made, F truth)
        style   = sum of weight * d(G made, G truth),    G = F F^T / (C H W)

    Args:
        network: `backbone("vgg16")`, say.
        content: Taps and their weights; none for no content.
        style: Taps and their weights; none for no style.
        distance: "l1" for |a - b|, as Liu et al.; "l2" for (a - b)^2, as Johnson et al.
        standardise: Whether [0, 1] is first brought to the mean and deviation the network was trained with. Some released systems did not.
    """

    def __init__(
        self,
        network: Tapped,
        content: Mapping[str, float] | None = None,
        style: Mapping[str, float] | None = None,
        *,
        distance: Literal["l1", "l2"] = "l1",
        standardise: bool = True,
    ) -> None:
        super().__init__()
        self.network = network.requires_grad_(requires_grad=False).eval()
        self.content, self.style = dict(content or {}), dict(style or {})
        self.distance, self.standardise = distance, standardise

    @property
    def described(self) -> str:
        """Which network, taps and distance: a line for a model card."""
        parts = [f"{what} {', '.join(taps)}" for what, taps in (("content", self.content), ("style", self.style)) if taps]
        means = {"l1": "mean absolute difference", "l2": "mean squared difference"}[self.distance]
        return f"{type(self.network).__name__} ({'; '.join(parts)}; {means}, Gram matrices over C H W)"

    def forward(self, truth: Tensor, *made: Tensor) -> dict[str, Tensor]:
        """Losses by name, "content" and "style" as far as they have taps, each the sum over all that is given in `made`.

        Args:
            truth: (B, 3, H, W) RGB in [0, 1]; it gets no gradient.
            made: (B, 3, H, W) each: what a network made, and what it is pasted into, as Liu et al. compare both.
        """
        self.network.to(truth.device)
        with torch.no_grad():
            wanted = self._seen(truth)
        losses = [self._compared(self._seen(one), wanted) for one in made]
        return {name: torch.stack([one[name] for one in losses]).sum() for name in losses[0]}

    def _seen(self, pictures: Tensor) -> dict[str, Tensor]:
        """The features of every tap."""
        return self.network(pictures, [*self.content, *self.style], standardise=self.standardise)

    def _compared(self, seen: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Both losses of one batch."""
        losses: dict[str, Tensor] = {}
        if self.content:
            losses["content"] = self._sum(self.content, seen, wanted)
        if self.style:
            losses["style"] = self._sum(self.style, *({tap: gram(one[tap]) for tap in self.style} for one in (seen, wanted)))
        return losses

    def _sum(self, taps: Mapping[str, float], seen: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> Tensor:
        """Distances by their weights."""
        apart = functional.l1_loss if self.distance == "l1" else functional.mse_loss
        return torch.stack([weight * apart(seen[tap], wanted[tap]) for tap, weight in taps.items()]).sum()


def gram(features: Tensor) -> Tensor:
    """(B, C, C): how features (B, C, H, W) go together, F F^T / (C H W); never in half precision, which its sums would overflow."""
    with torch.autocast(features.device.type, enabled=False):
        flat = features.flatten(2).to(torch.promote_types(features.dtype, torch.float32))
        return flat @ flat.transpose(1, 2) / flat[0].numel()


def backbone(*names: str) -> Tapped:
    """The first of these networks, "vgg16" or "vgg19", whose weights are there; its class, and `FeatureLoss.described`, say which it is.

    Raises:
        MissingWeights: there is none of them; the sentence is about the first.
    """
    missing: list[weights.MissingWeights] = []
    for name in names:
        try:
            return weights.load(NETWORKS[name](), name)
        except weights.MissingWeights as error:
            missing.append(error)
    raise missing[0]
