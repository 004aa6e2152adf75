"""`fill` with other photographs of the place: what is said of them, what the record keeps, what is refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
import pytest

import engine.methods
from engine.commands import parser, references
from engine.files import save_points
from engine.picture import Picture
from engine.reference import ControlPoint, Reference
from tests.engine import beside
from tests.engine.cases import scene
from tests.engine.desk import HOLE, SIZE, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

SAME_PLACE = ("--method", "same-place", "--grow", 0)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """With one more method on the shelf, which takes the reference's pixels from the same place."""
    shelf, folder = tmp_path / "shelf", tmp_path / "desk"
    for one in (shelf, folder):
        one.mkdir()
    (shelf / "same_place.py").write_text(Path(beside.__file__).read_text("utf-8"), "utf-8")
    monkeypatch.setattr(engine.methods, "__path__", [*engine.methods.__path__, str(shelf)])
    yield Desk(folder, capsys)
    sys.modules.pop("engine.methods.same_place", None)
    vars(engine.methods).pop("same_place", None)


def other(desk: Desk, name: str = "other.png", **options: Any) -> Path:
    return desk.draw(name, scene(*SIZE, seed=4), **options)


def test_the_hole_is_filled_from_the_reference_and_nothing_else_changes(desk: Desk) -> None:
    said = desk.fill(*SAME_PLACE, "--reference", other(desk), "--json", desk.folder / "run.json")
    assert (said.code, said.err) == (0, "")
    top, left, bottom, right = HOLE
    hole = np.zeros(SIZE, bool)
    hole[top:bottom, left:right] = True
    assert np.array_equal(desk.pixels()[hole], scene(*SIZE, seed=4)[hole])
    assert np.array_equal(desk.pixels()[~hole], desk.pixels(desk.photo)[~hole])
    record = json.loads((desk.folder / "run.json").read_text())
    assert record["references"] == [{"name": "other.png", "picture": list(SIZE), "points": 0, "used": True}]
    assert "points" not in record
    assert record["frames"] == [[0, 0, *SIZE]]


def test_several_references_with_points_and_of_one_name(desk: Desk) -> None:
    one, two = other(desk, "a/other.png"), desk.draw("other.png", scene(30, 40, seed=5))
    points = desk.folder / "points.json"
    save_points(points, [Reference(Picture(scene(3, 3)), "other.png (2)", (ControlPoint((5, 6), (7.5, 8)),))])
    record = desk.folder / "run.json"
    said = desk.fill(*SAME_PLACE, "--reference", one, "--reference", two, "--points", points, "--json", record)
    assert said.code == 0, said
    kept = json.loads(record.read_text())
    assert [(r["name"], r["picture"], r["points"]) for r in kept["references"]] == [
        ("other.png", [64, 80], 0),
        ("other.png (2)", [30, 40], 1),
    ]
    assert kept["points"] == "points.json"
    assert str(desk.folder) not in record.read_text()


def test_colours_are_those_of_the_photograph_s_profile(desk: Desk) -> None:
    adobe = imagecodecs.cms_profile("adobergb")
    assert desk.fill(*SAME_PLACE, "--reference", other(desk, icc_profile=adobe)).code == 0
    top, left, bottom, right = HOLE
    part = np.ascontiguousarray(scene(*SIZE, seed=4)[top:bottom, left:right])
    wanted = imagecodecs.cms_transform(part, adobe, imagecodecs.cms_profile("srgb"), colorspace="rgb", outcolorspace="rgb", intent=1)
    assert np.abs(desk.pixels()[top:bottom, left:right].astype(int) - wanted).max() <= 1


def test_without_a_reference_nothing_is_said_of_any(desk: Desk) -> None:
    desk.fill("--json", desk.folder / "run.json")
    assert "references" not in json.loads((desk.folder / "run.json").read_text())


@pytest.mark.parametrize(
    ("options", "method"),
    [((), "patchmatch"), (("--reference", "a"), "refmatch"), (("--reference", "a", "--method", "telea"), "telea"), (("--method", "telea"), "telea")],
)  # fmt: skip
def test_the_method_is_that_of_what_was_given_unless_it_is_named(options: tuple[str, ...], method: str) -> None:
    assert references.method_of(parser().parse_args(["fill", "photo", "mask", "-o", "out", *options])) == method


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"score": 0.7, "inliers": 1812, "coverage": 0.974, "used": True}, "a.jpg: good match, 1,812 matches, shows 97 % of the hole."),
        ({"score": 0.4, "inliers": 1, "coverage": 1.0, "used": True}, "a.jpg: fair match, 1 match, shows 100 % of the hole."),
        ({"score": 0.2, "inliers": 9, "coverage": 0.0, "used": False}, "a.jpg: weak match, 9 matches, shows 0 % of the hole; nothing was taken from it."),
        ({"score": 0.1, "inliers": 9, "coverage": 0.5, "used": False}, "a.jpg: does not match, so nothing was taken from it."),
        ({"score": 0.9, "inliers": 0, "coverage": 0.0, "used": False}, "a.jpg: does not match, so nothing was taken from it."),
        ({"score": float("nan"), "inliers": 4, "coverage": 0.0, "used": False}, "a.jpg: does not match, so nothing was taken from it."),
    ],
)  # fmt: skip
def test_each_match_is_said_in_a_line(said: dict[str, Any], line: str) -> None:
    assert references.sentences({"references": [{"name": "a.jpg", **said}]}) == [line]


def test_what_is_given_and_not_looked_at_is_not_said() -> None:
    assert references.sentences({}) == []
    assert references.sentences({"references": [{"name": "a.jpg", "points": 0}]}) == []


def test_what_is_refused(desk: Desk) -> None:
    there = other(desk)
    points = desk.folder / "points.json"
    (desk.folder / "link.png").hardlink_to(desk.photo)
    for options, word in (
        ((), '"Same place" needs another photograph of the same place; give it at least one'),
        (("--points", points), "Control points lie in two photographs; give the other one with --reference"),
        (("--reference", desk.folder / "missing.png"), "no file"),
        (("--reference", desk.folder), "is a folder"),
        (("--reference", desk.photo), "is the photograph itself"),
        (("--reference", desk.folder / "link.png"), "is the photograph itself"),
        (("--reference", there, "--reference", desk.folder / ".." / "desk" / "other.png"), "is given twice"),
        (("--reference", there, "--points", points), "no file"),
        (("--reference", there, "--points", there), "no JSON"),
        (("--reference", there, "--points", desk.folder), "cannot be read"),
    ):
        assert word in desk.refused(*SAME_PLACE, *options), options
    assert "fills from this photograph alone" in desk.refused("--method", "telea", "--reference", there)


@pytest.mark.parametrize(("side", "place"), [("here", "the picture"), ("there", "other.png")])
def test_a_control_point_outside_its_photograph(desk: Desk, side: str, place: str) -> None:
    point = {"here": (3, 4), "there": (3, 4)} | {side: (3, 80)}
    points = desk.folder / "points.json"
    save_points(points, [Reference(Picture(scene(3, 3)), "other.png", (ControlPoint(**point),))])
    said = desk.refused(*SAME_PLACE, "--reference", other(desk), "--points", points)
    assert f"Control point 1 of other.png lies at row 3, column 80, outside {place} (64 rows, 80 columns)" in said


def test_nothing_that_is_read_is_replaced(desk: Desk) -> None:
    one, two, points = other(desk), other(desk, "two.png"), desk.folder / "points.json"
    save_points(points, [])
    given = (*SAME_PLACE, "--overwrite", "--reference", one, "--reference", two, "--points", points)
    assert "The picture would replace the reference" in desk.refused(*given, out=one)
    assert "The picture would replace reference 2" in desk.refused(*given, out=two)
    assert "The run record would replace the control points" in desk.refused(*given, "--json", points)
    assert "The run record would replace reference 2" in desk.refused(*given, "--json", two)
