"""What is said where features cannot be had; and that asking for their list loads none of them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine.errors import BadInput
from engine.matching import features as door
from engine.matching.aliked import Aliked
from engine.matching.dense import VggFeatures
from engine.matching.features import FEATURES, features
from engine.nets.vgg import Vgg19
from engine.weights import MissingWeights, manifest

if TYPE_CHECKING:
    from pathlib import Path


def test_weights_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_MODELS", str(tmp_path))
    door._loaded.cache_clear()
    for name in ("vgg16", "vgg19", "aliked-n16"):
        assert not FEATURES[name].ready
        with pytest.raises(MissingWeights, match=r"^[^.]+ is not there .* get it with `inlay weights --fetch [\w-]+`\.$"):
            features(name)
    assert FEATURES["landmark"].ready
    assert FEATURES["rootsift"].ready


def test_a_library_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kornia", None)
    monkeypatch.setitem(sys.modules, "kornia.feature", None)
    assert not FEATURES["aliked-n16"].ready
    with pytest.raises(BadInput, match=r"^ALIKED-n16 needs the library kornia, .* or choose other features\.$"):
        Aliked({})


def test_a_name_that_is_none() -> None:
    with pytest.raises(BadInput, match="There are no features 'surf'; there are landmark, rootsift, vgg16, vgg19, aliked-n16"):
        features("surf")


def test_features_are_loaded_once() -> None:
    assert features("landmark") is features("landmark")
    assert features("landmark") is not features("rootsift")


def test_terms_are_those_of_the_manifest() -> None:
    for kind in FEATURES.values():
        assert kind.name == kind.name.lower()
        assert not kind.weights or manifest()[kind.weights].licence in kind.licence


def test_both_vggs_are_read_at_the_same_taps() -> None:
    assert len(VggFeatures(Vgg19())._plan) == 4
    assert {name for name, _ in VggFeatures(Vgg19())._plan} <= set(Vgg19().names)


def test_a_list_of_features_loads_no_torch() -> None:
    asked = "import sys; from engine.matching.kinds import FEATURES; [kind.ready for kind in FEATURES.values()]; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", asked], check=True, timeout=60)
