"""Scores that need no network, against scikit-image and against sums written out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import skimage.data
from skimage.color import rgb2gray
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from engine.errors import BadInput
from engine.evaluation.scores import SCORES, Judge
from engine.evaluation.scores.judge import PLAIN
from tests.engine.fills import Fill, noisy

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(tuple(PLAIN))


@pytest.fixture(scope="module", params=["middle", "edges", "everywhere"])
def fill(request: pytest.FixtureRequest) -> Fill:
    """Of a photograph with an odd height; the last one changed known pixels too."""
    truth = np.ascontiguousarray(skimage.data.chelsea()[60:223, 100:301])
    mask = np.zeros(truth.shape[:2], np.uint8)
    if request.param == "edges":
        mask[:30, :50], mask[150:, 190:] = 255, 1
    else:
        mask[60:100, 70:130] = 255
    return noisy(truth, mask, everywhere=request.param == "everywhere")


@pytest.fixture(scope="module")
def found(judge: Judge, fill: Fill) -> dict[str, float]:
    return judge.scores(*fill)


def similar(fill: Fill, **options: object) -> tuple[float, np.ndarray]:
    """scikit-image's mean and map."""
    gaussian = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    return structural_similarity(fill.truth, fill.filled, data_range=255, channel_axis=-1, full=True, **(options or gaussian))


def test_psnr_of_the_picture_is_that_of_scikit_image(fill: Fill, found: dict[str, float]) -> None:
    assert found["psnr-picture"] == pytest.approx(peak_signal_noise_ratio(fill.truth, fill.filled), abs=1e-9)


def test_psnr_over_the_hole_is_that_of_its_pixels(fill: Fill, found: dict[str, float]) -> None:
    truth, filled = fill.truth[fill.mask > 0], fill.filled[fill.mask > 0]
    assert found["psnr"] == pytest.approx(peak_signal_noise_ratio(truth, filled, data_range=255), abs=1e-9)


def test_ssim_of_the_picture_is_that_of_scikit_image(fill: Fill, found: dict[str, float]) -> None:
    assert found["ssim-picture"] == pytest.approx(similar(fill)[0], abs=1e-12)


def test_ssim_over_the_hole_is_the_mean_of_scikit_images_map(fill: Fill, found: dict[str, float]) -> None:
    assert found["ssim"] == pytest.approx(similar(fill)[1][fill.mask > 0].mean(), abs=1e-12)


def test_the_windows_of_51_pixels_are_those_of_the_papers(fill: Fill, found: dict[str, float]) -> None:
    greys = rgb2gray(fill.truth), rgb2gray(fill.filled)
    assert found["ssim-edgeconnect"] == pytest.approx(structural_similarity(*greys, win_size=51, data_range=1), abs=1e-9)
    assert found["ssim-structureflow"] == pytest.approx(similar(fill, win_size=51)[0], abs=1e-9)
    assert found["psnr-edgeconnect"] == pytest.approx(peak_signal_noise_ratio(*greys, data_range=1), abs=1e-9)


def test_mean_absolute_errors_are_as_defined(fill: Fill, found: dict[str, float]) -> None:
    greys = rgb2gray(fill.truth), rgb2gray(fill.filled)
    truth, filled = fill.truth / 255, fill.filled / 255
    error = np.abs(truth - filled)
    assert found["l1"] == pytest.approx(100 * error[fill.mask > 0].mean())
    assert found["l1-picture"] == pytest.approx(100 * error.mean())
    assert found["mae-structureflow"] == pytest.approx(100 * error.sum() / (truth + filled).sum())
    assert found["mae-edgeconnect"] == pytest.approx(100 * np.abs(greys[0] - greys[1]).sum() / np.sum(greys))


def test_total_variation_counts_each_pair_that_touches_the_hole_once(fill: Fill, found: dict[str, float]) -> None:
    values, hole = fill.filled / 255, fill.mask > 0
    height, width = hole.shape
    inside = every = 0.0
    for row in range(height):
        for column in range(width):
            for below, right in ((1, 0), (0, 1)):
                if row + below < height and column + right < width:
                    step = np.abs(values[row, column] - values[row + below, column + right]).sum()
                    every += step
                    inside += step * (hole[row, column] or hole[row + below, column + right])
    assert found["tv"] == pytest.approx(100 * inside / (3 * hole.sum()))
    assert found["tv-picture"] == pytest.approx(100 * every / (3 * hole.size))


def test_detail_is_one_for_the_truth_and_less_for_a_flat_fill(judge: Judge, fill: Fill) -> None:
    flat = fill.filled.copy()
    flat[fill.mask > 0] = 128
    assert judge.scores(fill.truth, fill.truth, fill.mask)["detail"] == 1
    assert judge.scores(flat, fill.truth, fill.mask)["detail"] < 0.6
    assert judge.scores(*fill)["detail"] > 1


def test_detail_is_the_mean_gradient_over_the_truths(fill: Fill, found: dict[str, float]) -> None:
    filled, truth = (np.hypot(*np.gradient(one.astype(float).mean(-1)))[fill.mask > 0].mean() for one in (fill.filled, fill.truth))
    assert found["detail"] == pytest.approx(filled / truth)


def test_seam_is_what_the_rim_has_more_than_the_truths(judge: Judge) -> None:
    truth = np.full((20, 30, 3), 100, np.uint8)
    mask = np.zeros((20, 30), np.uint8)
    mask[5:15, 5:25] = 255
    filled = truth.copy()
    filled[mask > 0] += np.array([3, 6, 9], np.uint8)
    assert judge.scores(filled, truth, mask)["seam"] == 6
    assert judge.scores(truth, filled, mask)["seam"] == -6


def test_lab_sees_colour_and_not_texture(judge: Judge) -> None:
    truth = np.full((120, 120, 3), 120, np.uint8)
    mask = np.zeros((120, 120), np.uint8)
    mask[30:90, 30:90] = 255
    checked, tinted = truth.copy(), truth.copy()
    checked[::2, ::2] += 40
    checked[1::2, ::2] -= 40
    tinted[mask > 0] = [140, 110, 110]
    assert judge.scores(np.where(mask[..., None] > 0, checked, truth), truth, mask)["lab"] < 1.5
    assert judge.scores(tinted, truth, mask)["lab"] > 5


PERFECT = {"higher": 1.0, "lower": 0.0, "one": 1.0, "zero": 0.0}


def test_a_perfect_fill_has_the_best_value_of_every_score(judge: Judge, fill: Fill, found: dict[str, float]) -> None:
    perfect = judge.scores(fill.truth.copy(), fill.truth, fill.mask)
    for name, value in perfect.items():
        if name.startswith("psnr"):
            assert value > 130 > found[name]
        elif not name.startswith("tv"):
            assert value == pytest.approx(PERFECT[SCORES[name].better], abs=1e-12)
            assert abs(found[name] - value) > 1e-4


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (10, 12), (17, 40), (60, 51)])
def test_pictures_of_any_size_have_the_scores_that_are_defined_on_them(judge: Judge, size: tuple[int, int]) -> None:
    truth = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    mask = np.zeros(size, np.uint8)
    mask[: (size[0] + 1) // 2] = 255
    found = judge.scores(*noisy(truth, mask))
    assert list(found) == [name for name in PLAIN if SCORES[name].least <= min(size)]
    assert np.isfinite(list(found.values())).all()


def test_scores_do_not_depend_on_what_was_judged_before(judge: Judge, fill: Fill) -> None:
    other = np.where(fill.mask[..., None] > 0, np.uint8(90), fill.truth)
    wanted = [Judge(tuple(PLAIN)).scores(one, fill.truth, fill.mask) for one in (fill.filled, other)]
    truth = fill.truth.copy()
    found = [judge.scores(one, truth, fill.mask) for one in (fill.filled, other, fill.filled)]
    assert found == [wanted[0], wanted[1], wanted[0]]
    truth[:] = 255 - truth  # the array that the judge was given is used again
    assert judge.scores(fill.filled, truth, fill.mask)["psnr"] < wanted[0]["psnr"] - 1


def grey(fill: Fill) -> Fill:
    return Fill(fill.filled[..., 0], fill.truth, fill.mask)


def deep(fill: Fill) -> Fill:
    return Fill(fill.filled, fill.truth.astype(np.uint16), fill.mask)


def smaller(fill: Fill) -> Fill:
    return Fill(fill.filled[1:], fill.truth, fill.mask)


def without(fill: Fill) -> Fill:
    return Fill(fill.filled, fill.truth, np.zeros_like(fill.mask))


@pytest.mark.parametrize(
    ("broken", "said"), [(grey, "fill is uint8"), (deep, "truth is uint16"), (smaller, "differ"), (without, "no hole")]
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(judge: Judge, fill: Fill, broken: Callable[[Fill], Fill], said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        judge.scores(*broken(fill))
    assert str(refused.value).endswith(".")


def test_a_score_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(BadInput, match=r"no score 'beauty'; there are psnr, .*kid\."):
        Judge(["psnr", "beauty"])


def test_every_score_is_told_completely() -> None:
    page = (Path(__file__).parents[2] / "docs" / "scores.md").read_text(encoding="utf-8")
    for name, score in SCORES.items():
        assert name == score.name
        assert f"`{name}`" in page
        assert score.title
        assert score.source
        assert score.sentence.endswith(".")
        assert bool(score.needs) == (name not in PLAIN)
