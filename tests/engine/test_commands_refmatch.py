"""`fill` with a reference, by the method that takes them unless another is named: the whole way, with the real network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from engine.files import save_points
from engine.picture import Picture
from engine.reference import ControlPoint, Reference
from tests.engine import seen
from tests.engine.cases import rectangles, scene
from tests.engine.desk import Desk
from tests.engine.weights_there import needs_weights

if TYPE_CHECKING:
    from pathlib import Path

SIZE, HOLE = (150, 180), (50, 60, 95, 115)
ZOOM, DOWN, ACROSS = 1.25, 5.0, 8.0


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A photograph with somebody in front of it, and the same place from elsewhere."""
    desk = Desk(tmp_path, capsys)
    photo = seen.textured(*SIZE)
    desk.draw("other.png", seen.elsewhere(photo, ZOOM, DOWN, ACROSS))
    photo[HOLE[0] : HOLE[2], HOLE[1] : HOLE[3]] = (255, 0, 255)
    desk.draw("photo.png", photo)
    desk.draw("mask.png", rectangles(SIZE, HOLE))
    return desk


@pytest.mark.parametrize("features", [pytest.param("landmark", marks=needs_weights("landmark")), "rootsift"])
def test_a_place_is_restored_from_another_photograph(desk: Desk, features: str) -> None:
    record = desk.folder / "run.json"
    said = desk.fill_usual(
        "--reference", desk.folder / "other.png", "--set", f"features={features}", "--json", record, "--evidence", desk.folder / "why"
    )
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "Filled on the processor."
    assert lines[1].startswith("other.png: good match, ")
    assert lines[1].endswith("% of the hole.")
    assert lines[2:] == ["Saved out.png. 0 pixels changed outside the mask."]
    kept = json.loads(record.read_text())
    assert kept["method"] == "refmatch"
    assert kept["matched"] is True
    assert kept["references"][0]["used"] > 0.9
    hole = rectangles(SIZE, HOLE) > 0
    off = np.abs(desk.pixels()[hole].astype(int) - seen.textured(*SIZE)[hole])
    assert off.mean() < 16
    np.testing.assert_array_equal(desk.pixels()[0], desk.pixels(desk.photo)[0])
    flow = cv2.readOpticalFlow(str(desk.folder / "why" / "hole-1-corrected.flo"))
    rows, columns = np.nonzero(flow[..., 0] < 1e9)
    with np.load(desk.folder / "why" / "hole-1.npz") as arrays:
        top, left = arrays["box"][:2]
    rows, columns = rows + top, columns + left
    wanted = np.stack([(columns - ACROSS) * ZOOM - columns, (rows - DOWN) * ZOOM - rows], axis=-1)
    assert np.median(np.hypot(*(flow[rows - top, columns - left] - wanted).T)) < 1.5


def test_what_shows_another_place_is_said_and_nothing_is_written(desk: Desk) -> None:
    noise = desk.draw("noise.png", np.random.default_rng(0).integers(0, 256, (*SIZE, 3), np.uint8))
    options = ("--set", "features=rootsift", "--reference", noise)
    before = desk.names()
    said = desk.fill_usual(*options, "--json", desk.folder / "run.json", "--evidence", desk.folder / "why")
    assert said.code == 2
    assert "noise.png does not seem to show the same place" in said.err
    assert said.err.count("\n") == 1
    assert desk.names() == before
    said = desk.fill_usual(*options, "--set", "no_match=fill")
    assert said.code == 0
    assert "noise.png: does not match, so nothing was taken from it.\n" in said.out


def test_of_two_references_the_other_place_is_left_out(desk: Desk) -> None:
    noise = desk.draw("noise.png", scene(*SIZE, seed=1))
    said = desk.fill_usual("--set", "features=rootsift", "--reference", noise, "--reference", desk.folder / "other.png")
    assert said.code == 0
    first, second = said.out.splitlines()[1:3]
    assert first == "noise.png: does not match, so nothing was taken from it."
    assert second.startswith("other.png: good match")


def test_points_set_by_hand_lead_where_nothing_is_recognised(desk: Desk) -> None:
    """Two photographs without anything to recognise, but for six places that somebody knows."""
    rows, columns = np.indices(SIZE)
    plain = np.dstack([rows, columns, 255 - rows]).astype(np.uint8)
    desk.draw("photo.png", plain)
    other = desk.draw("plain.png", plain[20:, 30:])
    places = [(30.0, 40.0), (30.0, 150.0), (120.0, 40.0), (120.0, 150.0), (45.0, 90.0), (110.0, 100.0)]
    points = desk.folder / "points.json"
    given = tuple(ControlPoint((r, c), (r - 20, c - 30)) for r, c in places)
    save_points(points, [Reference(Picture(scene(3, 3)), "plain.png", given)])
    said = desk.fill_usual("--set", "features=rootsift", "--reference", other, "--points", points, "--json", desk.folder / "run.json")
    assert said.code == 0, said
    kept = json.loads((desk.folder / "run.json").read_text())
    assert (kept["points"], kept["references"][0]["points"]) == ("points.json", 6)
    hole = rectangles(SIZE, HOLE) > 0
    assert np.abs(desk.pixels()[hole].astype(int) - plain[hole]).mean() < 4


def test_the_page_of_commands_names_what_evidence_and_record_hold_of_references(desk: Desk, root: Path) -> None:
    page = (root / "docs" / "command-line.md").read_text("utf-8")
    record = desk.folder / "run.json"
    reference = ("--reference", desk.folder / "other.png")
    assert desk.fill_usual("--set", "features=rootsift", *reference, "--evidence", desk.folder / "why", "--json", record).code == 0
    kept = json.loads(record.read_text())
    with np.load(desk.folder / "why" / "hole-1.npz") as arrays:
        names = {"matched", "references", *kept["references"][0], *arrays.files}
    assert not {name for name in names if f"`{name}`" not in page}
    assert json.loads(record.read_text(), parse_constant=pytest.fail) == kept
