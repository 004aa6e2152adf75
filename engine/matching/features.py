"""Features by their names: one door to whatever finds and describes places of a photograph.

`find = features("landmark")`, and then `matched(find(target, known), find(reference))` are the numbers of keypoints that look alike.
"""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING

from engine import weights
from engine.errors import BadInput
from engine.matching.keypoints import Features, Keypoints
from engine.matching.kinds import FEATURES, Kind
from engine.matching.nearest import matched

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FEATURES", "Features", "Keypoints", "Kind", "features", "matched"]

_loading = threading.Lock()


def features(name: str) -> Features:
    """The features of that name in `FEATURES`; loaded once a process.

    Raises:
        MissingWeights: where their weights are not on this machine.
        BadInput: where there are none of that name, a library is missing, or the weights are other ones.
    """
    if name not in FEATURES:
        raise BadInput(f"There are no features {name!r}; there are {', '.join(FEATURES)}.")
    with _loading:
        return _loaded(name)


@functools.cache
def _loaded(name: str) -> Features:
    return _MAKERS[name]()


def _landmark() -> Features:
    from engine.matching.dense import LandmarkFeatures  # noqa: PLC0415 - each kind's own libraries, and no other's
    from engine.nets.landmark import Landmark  # noqa: PLC0415

    return LandmarkFeatures(weights.load(Landmark(), "landmark"))


def _rootsift() -> Features:
    from engine.matching.rootsift import RootSift  # noqa: PLC0415

    return RootSift()


def _vgg16() -> Features:
    from engine.matching.dense import VggFeatures  # noqa: PLC0415
    from engine.nets.vgg import Vgg16  # noqa: PLC0415

    return VggFeatures(weights.load(Vgg16(), "vgg16"))


def _vgg19() -> Features:
    from engine.matching.dense import VggFeatures  # noqa: PLC0415
    from engine.nets.vgg import Vgg19  # noqa: PLC0415

    return VggFeatures(weights.load(Vgg19(), "vgg19"))


def _aliked() -> Features:
    from engine.matching.aliked import Aliked  # noqa: PLC0415

    return Aliked(weights.tensors("aliked-n16"))


_MAKERS: dict[str, Callable[[], Features]] = {
    "landmark": _landmark,
    "rootsift": _rootsift,
    "vgg16": _vgg16,
    "vgg19": _vgg19,
    "aliked-n16": _aliked,
}
