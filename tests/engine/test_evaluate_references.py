"""Scenes in an evaluation: other photographs of the place go to those methods that take them, and what became of them is kept."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data as bundled

from engine.errors import BadInput
from engine.evaluation import homography, memory, serving
from engine.evaluation.asked import Asked, Field
from engine.evaluation.ours import read
from engine.evaluation.sets import subjects
from engine.evaluation.trial import Trial, matched
from engine.evaluation.workers import Effort, Worker
from engine.holes import hole
from tests.engine.evaluated import evaluate, lines, scores

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(sys.executable)
ONCE = Effort(runs=1)
CAT = np.ascontiguousarray(bundled.chelsea())
"""300 x 451."""
MASK = hole("centre", (300, 451), np.random.default_rng(0))


def seen_from(picture: np.ndarray, shift: float = 12.0, light: float = 0.85) -> tuple[np.ndarray, np.ndarray]:
    """The picture from another place and in another light, and the homography from its x and y to the original's."""
    plane = np.array([[1.04, 0.03, -shift], [-0.02, 0.97, 7.0], [5e-5, 2e-5, 1.0]])
    size = (picture.shape[1], picture.shape[0])
    warped = cv2.warpPerspective(picture, plane, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.uint8(np.clip(warped * light + 6, 0, 255)), plane


OTHER, PLANE = seen_from(CAT)
COFFEE = np.ascontiguousarray(bundled.coffee()[:300, :451])


@pytest.fixture(scope="module")
def peer() -> Iterator[Worker]:
    with Worker("peer:homography", HERE) as worker:
        yield worker


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One scene with two references of the place, and one whose reference shows another."""
    folder = tmp_path_factory.mktemp("set") / "scenes"
    for scene, pictures in {"cat": (CAT, COFFEE, OTHER), "cup": (COFFEE, CAT)}.items():
        (folder / scene).mkdir(parents=True)
        for number, pixels in enumerate(pictures, 1):
            Image.fromarray(pixels).save(folder / scene / f"{number:02}.png")
    return folder


def error(filled: Any, truth: np.ndarray, mask: np.ndarray) -> float:
    return float(np.abs(filled.astype(float) - truth)[mask > 0].mean())


def telea(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return cv2.inpaint(np.where(mask[..., None] > 0, np.uint8(0), picture), mask, 3, cv2.INPAINT_TELEA)


def test_the_peer_restores_what_another_photograph_shows(peer: Worker) -> None:
    filled, reply = peer.fill(CAT, MASK, ONCE, {"cup.jpg": COFFEE, "other.jpg": OTHER})
    assert error(filled, CAT, MASK) < error(telea(CAT, MASK), CAT, MASK) / 5
    assert np.array_equal(filled[MASK == 0], CAT[MASK == 0])
    cup, other = reply["record"]["references"]
    assert reply["record"]["matched"]
    assert (cup["name"], cup["inliers"], cup["used"]) == ("cup.jpg", 0, False)
    assert (other["name"], other["used"], other["coverage"]) == ("other.jpg", True, 1.0)
    assert other["inliers"] > 100


def test_the_rim_of_a_clone_is_not_black(peer: Worker) -> None:
    """Cloning leaves the outermost pixels of its mask alone, which are black where the hole was."""
    filled, _ = peer.fill(CAT, MASK, ONCE, {"other": OTHER})
    rim = (MASK > 0) & (cv2.erode(MASK, np.ones((7, 7), np.uint8)) == 0)
    assert np.abs(filled[rim].astype(float) - CAT[rim]).max() < 60


@pytest.mark.parametrize("box", [(0, 90, 150, 260), (180, 300, 200, 330), (60, 180, 0, 120), (60, 180, 340, 451), (0, 300, 160, 260)])
def test_a_hole_at_the_border_is_filled_as_well(peer: Worker, box: tuple[int, int, int, int]) -> None:
    top, bottom, left, right = box
    mask = np.zeros(CAT.shape[:2], np.uint8)
    mask[top:bottom, left:right] = 255
    filled, reply = peer.fill(CAT, mask, ONCE, {"other": OTHER})
    assert reply["record"]["matched"]
    assert error(filled, CAT, mask) < error(telea(CAT, mask), CAT, mask) / 2.5


def test_what_the_reference_does_not_show_is_continued(peer: Worker) -> None:
    half = OTHER[:, : 451 // 2]
    filled, reply = peer.fill(CAT, MASK, ONCE, {"half": half})
    covered = reply["record"]["references"][0]["coverage"]
    assert 0.3 < covered < 0.7
    shown = MASK.copy()
    shown[:, 451 // 2 - 20 :] = 0
    assert error(filled, CAT, shown) < error(telea(CAT, MASK), CAT, shown) / 4
    assert (filled[MASK > 0].max(-1) > 0).all()


def test_without_a_match_the_peer_fills_as_telea_does(peer: Worker) -> None:
    for references in ({"cup": COFFEE}, {}, {"grey": np.full((40, 50, 3), 128, np.uint8)}, {"dot": np.zeros((1, 1, 3), np.uint8)}):
        filled, reply = peer.fill(CAT, MASK, ONCE, references)
        assert np.array_equal(filled, telea(CAT, MASK))
        assert not reply["record"]["matched"]
        assert not any(one["used"] for one in reply["record"]["references"])


@pytest.fixture(scope="module")
def ours() -> Iterator[Worker]:
    with Worker("refmatch:features=rootsift") as worker:
        yield worker


def test_a_method_of_the_shelf_is_given_references(ours: Worker) -> None:
    filled, reply = ours.fill(CAT, MASK, ONCE, {"cup.jpg": COFFEE, "other.jpg": OTHER})
    assert error(filled, CAT, MASK) < error(telea(CAT, MASK), CAT, MASK) / 5
    assert reply["record"]["matched"]
    assert [one["name"] for one in reply["record"]["references"]] == ["cup.jpg", "other.jpg"]
    found = matched(reply["record"])
    assert (found["matched"], found["used"]) == (1.0, "other.jpg")
    assert min(float(found[name]) for name in ("match_score", "coverage")) > 0.7


def test_without_a_match_it_fills_unless_told_to_stop(ours: Worker) -> None:
    filled, reply = ours.fill(CAT, MASK, ONCE, {"cup": COFFEE})
    assert (filled[MASK > 0].max(-1) > 0).all()
    assert matched(reply["record"])["matched"] == 0
    told = [read(f"refmatch{settings}").settings for settings in ("", ":features=rootsift", ":no_match=stop")]
    assert [vars(one)["no_match"] for one in told] == ["fill", "fill", "stop"]


@pytest.mark.parametrize("shown", [1, 4, 9, 40])
@pytest.mark.parametrize("at", [(75, 113), (280, 430)])
def test_a_sliver_of_the_hole_is_cloned_or_left(shown: int, at: tuple[int, int]) -> None:
    """OpenCV's cloning fails on areas of a few pixels, so what cannot be cloned is continued."""
    mask = np.zeros(CAT.shape[:2], np.uint8)
    mask[at[0] : at[0] + 40, at[1] : at[1] + 40] = 255
    given = np.where(mask[..., None] > 0, np.uint8(0), CAT)
    part = CAT[: at[0] + shown, : at[1] + shown]
    fill = homography.Homography()
    filled = fill(given, mask, {"part": part})
    assert fill.record["references"][0]["inliers"] > 12
    assert fill.record["matched"] == (shown >= 9)
    assert np.array_equal(filled[mask == 0], CAT[mask == 0])
    assert (filled[mask > 0].max(-1) > 0).all()


def test_a_reference_of_an_earlier_fill_is_forgotten(peer: Worker) -> None:
    assert peer.fill(CAT, MASK, ONCE, {"other": OTHER})[1]["record"]["matched"]
    assert [one["name"] for one in peer.fill(CAT, MASK, ONCE, {"cup": COFFEE})[1]["record"]["references"]] == ["cup"]


def test_the_homography_is_the_one_that_was_drawn() -> None:
    found, inliers = homography.fitted(homography.seen(CAT), homography.seen(OTHER), (300, 451))
    corners = np.array([[100.0, 80], [350, 80], [350, 220], [100, 220]])[:, None]
    assert inliers > 300
    assert np.abs(cv2.perspectiveTransform(corners, found) - cv2.perspectiveTransform(corners, PLANE)).max() < 0.5


@pytest.mark.parametrize(
    ("plane", "believed"),
    [
        (np.eye(3), True),
        (np.diag([3.0, 3, 1]), True),
        (np.diag([-1.0, 1, 1]), False),  # mirrored
        (np.diag([8.0, 8, 1]), False),  # 64 times the area
        (np.array([[1.0, 0, 0], [0, 1, 0], [-0.01, 0, 1]]), False),  # folds within the picture
        (np.full((3, 3), np.nan), False),
        (None, False),
    ],
)
def test_a_homography_that_cannot_be_is_not_believed(plane: np.ndarray | None, *, believed: bool) -> None:
    assert homography.sane(plane, (300, 451)) == believed


def test_a_filler_that_takes_no_references_never_sees_them(tmp_path: Path) -> None:
    """Not even their files are opened."""
    request: dict[str, Any] = {name: str(tmp_path / f"{name}.npy") for name in ("picture", "mask", "out")}
    np.save(request["picture"], CAT)
    np.save(request["mask"], MASK)
    seen: list[tuple[Any, ...]] = []

    def fill(*given: Any) -> Any:
        seen.append(given)
        return given[0]

    asked = request | {"references": [str(tmp_path / "gone.jpg.npy")], "runs": 1, "budget": 1}
    assert "record" not in serving.measured(fill, asked, memory.Unknown())
    assert [len(one) for one in seen] == [2]
    fill.takes_references, fill.record = True, {"matched": False}  # type: ignore[attr-defined]
    with pytest.raises(FileNotFoundError):
        serving.measured(fill, asked, memory.Unknown())
    np.save(tmp_path / "gone.jpg.npy", OTHER)
    assert serving.measured(fill, asked, memory.Unknown())["record"] == {"matched": False}
    assert list(seen[1][2]) == ["gone.jpg"]
    assert np.array_equal(seen[1][2]["gone.jpg"], OTHER)


def test_references_are_reduced_by_what_the_photograph_is(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    Image.fromarray(CAT).save(tmp_path / "cat" / "01.png")
    Image.fromarray(np.tile(CAT, (2, 2, 1))).save(tmp_path / "cat" / "02.png")
    Image.fromarray(CAT[:100, :100]).save(tmp_path / "cat" / "03.png")
    for size, expected in ((None, [(600, 902), (100, 100)]), (1000, [(600, 902), (100, 100)]), (200, [(266, 400), (44, 44)])):
        (one,) = subjects(tmp_path, size=size)
        beside = one.beside()
        assert list(beside) == ["02.png", "03.png"]
        assert [pixels.shape[:2] for pixels in beside.values()] == expected
    assert abs(beside["02.png"].mean() - CAT.mean()) < 0.5


def test_an_evaluation_keeps_what_was_made_of_references(scenes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_PEERS", str(HERE))
    out = tmp_path / "out"
    asked = (
        scenes,
        "--methods",
        "peer:homography,peer:telea",
        "--holes",
        "centre",
        "--scores",
        "psnr",
        "--size",
        300,
        "-o",
        out,
        "--quiet",
    )
    assert evaluate(*asked) == 0
    found = {(one["case"]["picture"], one["method"]): one for one in scores(out)["trials"]}
    cat, cup = found["cat", "peer:homography"]["match"], found["cup", "peer:homography"]["match"]
    assert (cat["matched"], cat["coverage"], cat["used"]) == (1.0, 1.0, "03.png")
    assert cat["inliers"] > 50
    assert cup == {"matched": 0.0, "inliers": 0.0, "used": ""}
    assert found["cat", "peer:telea"]["match"] == {}
    assert found["cat", "peer:homography"]["scores"]["psnr"] > found["cat", "peer:telea"]["scores"]["psnr"] + 8
    with (out / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = [(row["picture"], row["method"], row["matched"], row["used"]) for row in csv.DictReader(file)]
    assert rows == [
        ("cat", "peer:homography", "1.0", "03.png"), ("cat", "peer:telea", "", ""), ("cup", "peer:homography", "0.0", ""), ("cup", "peer:telea", "", ""),
    ]  # fmt: skip
    before = lines(out)
    assert evaluate(*asked) == 0
    assert lines(out) == before
    assert [one["match"] for one in scores(out)["trials"]] == [one["match"] for one in found.values()]


def test_a_journal_from_before_there_were_references_is_read(scenes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_PEERS", str(HERE))
    out = tmp_path / "out"
    asked = (scenes, "--methods", "peer:telea", "--holes", "box", "--scores", "psnr", "-o", out, "--quiet")
    assert evaluate(*asked) == 0
    first, *rest = [json.loads(line) for line in lines(out)]
    old = [{key: value for key, value in one.items() if key != "match"} for one in rest]
    assert [Trial.read(one) for one in old] == [Trial.read(one) for one in rest]
    (out / "journal.jsonl").write_text("".join(json.dumps(one) + "\n" for one in (first, *old)), encoding="utf-8")
    assert evaluate(*asked) == 0
    assert len(lines(out)) == 1 + len(old)


def test_a_method_that_needs_references_is_refused_where_there_are_none(
    scenes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INLAY_PEERS", str(HERE))
    assert evaluate(scenes / "cat", "--methods", "telea,peer:homography", "-o", tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert said.startswith("peer:homography fills from other photographs of the same place, and 01 has none; give a folder of scenes")
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()
    with pytest.raises(BadInput, match=r"^peer:homography fills .*, and scenes/lone has none; .*\.$"):
        Field(Asked((), ("peer:homography",)), [*lone(tmp_path), *subjects(scenes)])
    assert Field(Asked((), ("telea",)), lone(tmp_path)).beside(0) == {}


def lone(folder: Path) -> list[Any]:
    """A photograph that is called as a scene is, with nothing beside it."""
    (folder / "scenes").mkdir(exist_ok=True)
    (folder / "more").mkdir(exist_ok=True)
    Image.fromarray(CAT).save(folder / "scenes" / "lone.png")
    Image.fromarray(COFFEE).save(folder / "more" / "cup.png")
    return [one for one in subjects([folder / "scenes", folder / "more"]) if one.name == "scenes/lone"]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({}, {}),
        ({"matched": False, "references": []}, {"matched": 0.0, "used": ""}),
        (
            {
                "matched": True,
                "references": [
                    {"name": "a", "score": 0.9, "inliers": 9, "coverage": 0.1, "used": False},
                    {"name": "b", "score": 0.4, "inliers": 99, "coverage": 0.8, "used": 0.2},
                    {"name": "c", "score": 0.3, "inliers": 20, "coverage": 0.7, "used": 0.6},
                ],
            },
            {"matched": 1.0, "match_score": 0.3, "inliers": 20.0, "coverage": 0.7, "used": "c, b"},
        ),
        (
            {"matched": False, "references": [{"name": "a", "score": float("nan"), "inliers": 3, "used": False}]},
            {"matched": 0.0, "inliers": 3.0, "used": ""},
        ),
    ],
)
def test_what_a_record_says_is_kept_in_plain_numbers(record: dict[str, Any], expected: dict[str, Any]) -> None:
    assert matched(record) == expected
