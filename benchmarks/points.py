"""What `descriptors.py` compares: the program's features at 2048 points, and other readings of the same network.

An extractor takes a photograph (H, W, 3) RGB and gives (n, 2) rows and columns of points and (n, d) unit vectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import weights
from engine.matching.aliked import Aliked
from engine.matching.dense import CLOSE, LandmarkFeatures, Plan, VggFeatures
from engine.matching.rootsift import RootSift
from engine.nets.landmark import Landmark
from engine.nets.vgg import Vgg16, Vgg19

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from engine.matching.keypoints import Features

    Pixels = NDArray[np.uint8]
    Points = NDArray[np.float32]
    Extractor = Callable[[Pixels], tuple[Points, Points]]

MOST = 2048
"""Points a photograph."""

PLANS: dict[str, Plan] = {
    "close": CLOSE,
    "both": (("quarter", 1.0), ("eighth", 1.0)),
    "quarter": (("quarter", 1.0),),
    "eighth": (("eighth", 1.0),),
    "three": (("quarter", 1.0), ("quarter", 0.5), ("quarter", 0.25)),
}
"""What `landmark` is read as: at three near sizes, both resolutions, each alone, and at three sizes down to a quarter."""


def extractor(text: str, aliked: Path | None) -> Extractor:
    """`rootsift`, `rootsift-full` (a lower threshold, so that it fills its points), `vgg16`, `vgg19`, `aliked`, or `landmark[=FILE][:PLAN]`."""
    named, _, plan = text.partition(":")
    name, _, file = named.partition("=")
    makers: dict[str, Callable[[], Features]] = {
        "rootsift": lambda: RootSift(MOST),
        "rootsift-full": lambda: RootSift(MOST, contrast=0.005),
        "vgg16": lambda: VggFeatures(weights.load(Vgg16(), "vgg16"), MOST),
        "vgg19": lambda: VggFeatures(weights.load(Vgg19(), "vgg19"), MOST),
        "aliked": lambda: _aliked(aliked),
        "landmark": lambda: LandmarkFeatures(_landmark(file), PLANS[plan or "close"], MOST),
    }
    find = makers[name]()

    def read(photograph: Pixels) -> tuple[Points, Points]:
        found = find(photograph)
        return found.places.copy(), found.vectors.copy()

    return read


def _landmark(file: str) -> Landmark:
    if not file:
        return weights.load(Landmark(), "landmark")
    from safetensors.torch import load_file  # noqa: PLC0415

    network = Landmark()
    network.load_state_dict({key: value.float() for key, value in load_file(file).items()})
    return network


def _aliked(file: Path | None) -> Features:
    if file is None:
        raise SystemExit("Say where ALIKED's file is: --aliked FILE.")
    return Aliked(weights.tensors_in(file), MOST)
