"""`fill --finish`: what betters a fill, as it is typed, told and refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.engine.cases import rectangles
from tests.engine.desk import HOLE, SIZE, Desk
from tests.engine.finishing import lay_palette

if TYPE_CHECKING:
    from pathlib import Path

INSIDE = rectangles(SIZE, HOLE) > 0


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    lay_palette(monkeypatch)
    return Desk(tmp_path, capsys)


def filled(desk: Desk, *options: object) -> np.ndarray:
    said = desk.fill("--grow", 0, "--overwrite", *options)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1] == "Saved out.png. 0 pixels changed outside the mask."
    return desk.pixels()


def test_a_finish_betters_the_fill_and_nothing_else(desk: Desk) -> None:
    before, plain, finished = desk.pixels(desk.photo), filled(desk), filled(desk, "--finish", "palette")
    np.testing.assert_array_equal(finished[~INSIDE], before[~INSIDE])
    assert (plain[INSIDE] != finished[INSIDE]).any()
    assert (finished[INSIDE][:, None] == before[~INSIDE]).all(axis=-1).any(axis=-1).all()


def test_its_settings_come_behind_its_name_and_those_of_the_method_stay(desk: Desk) -> None:
    record = desk.folder / "run.json"
    kept = filled(desk, "--finish", "palette:keep=1,channel=first", "--set", "radius=9", "--json", record)
    np.testing.assert_array_equal(kept, filled(desk, "--set", "radius=9"))
    told = json.loads(record.read_text("utf-8"))
    assert (told["method"], told["settings"], told["title"]) == ("telea", {"radius": 9}, "Telea")
    assert told["finish"] == {"name": "palette", "settings": {"keep": 1.0, "channel": "first"}, "device": told["device"]}
    assert set(told["stages"]) >= {"finishing"}


def test_where_pixels_came_from_is_told_of_a_finish_that_copies(desk: Desk) -> None:
    area = desk.draw("area.png", rectangles(SIZE, (40, 0, 64, 80)))
    filled(desk, "--finish", "palette", "--sample", area, "--evidence", desk.folder / "evidence")
    with np.load(desk.folder / "evidence" / "hole-1.npz") as arrays:
        assert arrays["copied"].all()
        assert (arrays["source_rows"][0] + arrays["window_box"][0] >= 40).all()


def test_what_is_written_is_what_was_done_last_where_both_copy(desk: Desk) -> None:
    filled(desk, "--method", "patchmatch", "--device", "cpu", "--finish", "palette", "--evidence", desk.folder / "evidence")
    with np.load(desk.folder / "evidence" / "hole-1.npz") as arrays:
        assert arrays["copied"].all()
        assert arrays["patch"] == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--finish", "varnish"), "There is no finish varnish; there are palette"),
        (("--finish", ""), "There is no finish ; there are palette"),
        (("--finish", "palette:gloss=1"), "There is no setting gloss here; there is keep, channel."),
        (("--finish", "palette:keep=much"), "keep takes a number, not 'much'."),
        (("--finish", "palette:keep"), "A setting is given as KEY=VALUE, not 'keep'."),
        (("--finish", "palette", "--method", "navier-stokes"), '"Navier-Stokes" has done already what "Palette" would do;'),
        (("--set", "keep=1", "--finish", "palette"), "There is no setting keep here; there is radius."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(desk: Desk, options: tuple[str, ...], said: str) -> None:
    assert desk.refused(*options).startswith(said)
