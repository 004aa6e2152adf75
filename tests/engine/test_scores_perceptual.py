"""LPIPS against stored values of the reference, and features of VGG-16; skipped where the weights are not on this machine.

The values were printed by the package `lpips` 0.1.4 (`LPIPS(net=..., spatial=...)`, `spatial=True` averaged over the hole), its networks
filled with the kernels of the archive that the manifest names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import skimage.data
import torch

from engine.evaluation.scores import SCORES, Judge, set_scores
from engine.nets.vgg import Vgg16
from engine.weights import MissingWeights, load, there
from tests.engine.fills import Fill

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("lpips-alexnet", "lpips-alexnet-hole", "lpips-vgg16", "lpips-vgg16-hole")
REFERENCE = {
    "mirrored": (0.09344562, 0.20160937, 0.11225708, 0.39541593),
    "grey": (0.19702667, 0.59275728, 0.22810045, 0.86181730),
}
with_weights = pytest.mark.skipif(not there("lpips"), reason="weights of LPIPS are not here: `inlay weights --fetch lpips`")


def fill(kind: str) -> Fill:
    """Odd sizes, so that every pooling has a rest."""
    truth = np.ascontiguousarray(skimage.data.astronaut()[20:183, 130:331])
    mask = np.zeros(truth.shape[:2], np.uint8)
    mask[50:110, 70:150], mask[140:, :30] = 255, 255
    what = truth[:, ::-1] if kind == "mirrored" else np.uint8(128)
    return Fill(np.where(mask[..., None] > 0, what, truth), truth, mask)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge([*NAMES, "frechet-vgg16"])


@with_weights
@pytest.mark.parametrize("kind", REFERENCE)
def test_lpips_is_the_references(judge: Judge, kind: str) -> None:
    found = judge.scores(*fill(kind))
    assert list(found) == list(NAMES)
    assert list(found.values()) == pytest.approx(REFERENCE[kind], abs=2e-6)


@with_weights
def test_lpips_of_the_truth_is_zero(judge: Judge) -> None:
    truth, mask = fill("grey")[1:]
    assert judge.scores(truth, truth, mask) == dict.fromkeys(NAMES, 0.0)


@with_weights
def test_features_are_the_mean_of_the_last_tap(judge: Judge) -> None:
    one = fill("mirrored")
    with torch.inference_mode():
        seen = load(Vgg16(), "vgg16")(torch.tensor(one.filled).permute(2, 0, 1)[None] / 255, ["relu5_3"])["relu5_3"]
    found = judge.features(*one)
    assert list(found) == ["vgg16"]
    np.testing.assert_allclose(found["vgg16"], seen.mean((0, 2, 3)).numpy(), rtol=1e-4, atol=1e-6)


@with_weights
def test_a_set_of_worse_fills_lies_farther_from_the_truths(judge: Judge) -> None:
    sides: dict[str, list[dict[str, np.ndarray]]] = {"mirrored": [], "grey": [], "truth": []}
    for turn in range(3):
        for kind in REFERENCE:
            filled, truth, mask = (np.rot90(one, turn).copy() for one in fill(kind))
            sides[kind].append(judge.features(filled, truth, mask))
        sides["truth"].append(judge.features(truth, truth, mask))
    near, far, same = (set_scores(sides[kind], sides["truth"])["frechet-vgg16"] for kind in ("mirrored", "grey", "truth"))
    assert same == pytest.approx(0, abs=1e-6)
    assert 0.01 < near < far


@with_weights
def test_pictures_too_small_for_a_network_have_no_score_of_it(judge: Judge) -> None:
    for side in (15, 16, 34, 35):
        one = Fill(*(np.full((side, 40, *rest), value, np.uint8) for rest, value in (((3,), 90), ((3,), 100), ((), 255))))
        assert list(judge.scores(*one)) == [name for name in NAMES if SCORES[name].least <= side]
        assert bool(judge.features(*one)) == (side >= 16)


def test_what_is_not_there_is_told_and_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_MODELS", str(tmp_path))
    judge = Judge()
    assert list(judge.missing) == [name for name, score in SCORES.items() if score.needs]
    assert "pt_inception-2015-12-05-6726825d.pth" in judge.missing["fid"]
    assert all(str(tmp_path) in sentence for sentence in judge.missing.values())
    found = judge.scores(*fill("grey"))
    assert list(found) == [name for name, score in SCORES.items() if not score.needs]
    assert judge.features(*fill("grey")) == {}


def test_what_is_asked_for_by_name_has_to_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_MODELS", str(tmp_path))
    with pytest.raises(MissingWeights, match=r"vgg16.*inlay weights --fetch lpips"):
        Judge(["psnr", "lpips-vgg16"])
