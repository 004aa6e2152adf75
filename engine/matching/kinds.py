"""Which features there are to match photographs by, and on what terms; looked up without loading any of them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from engine.weights import there


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of features, as a form may show it."""

    name: str
    title: str
    licence: str
    """On what terms its weights are used, in a few words."""
    weights: str = ""
    """Their name in the manifest; "" for none."""
    library: str = ""
    """What has to be installed beside the program; "" for nothing."""

    @property
    def ready(self) -> bool:
        """Whether weights and library are on this machine. The hash of the weights is not looked at."""
        return (not self.weights or there(self.weights)) and (not self.library or find_spec(self.library) is not None)


FEATURES: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("landmark", "Landmark", "weights for non-commercial use only (CC BY-NC 4.0)", "landmark"),
        Kind("rootsift", "RootSIFT", "no weights, free for any use"),
        Kind("vgg16", "VGG-16", "weights of torchvision, free for any use (BSD-3-Clause)", "vgg16"),
        Kind("vgg19", "VGG-19", "weights of torchvision, free for any use (BSD-3-Clause)", "vgg19"),
        Kind("aliked-n16", "ALIKED-n16", "weights of its authors, free for any use (BSD-3-Clause)", "aliked-n16", "kornia"),
    )
}
"""Every kind by its name; the first is the usual one."""
