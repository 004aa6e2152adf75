"""References and control points from files, on the files' thread; what cannot be one is refused in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from app import naming
from app.adding import Adding
from app.document import Document
from app.runner import Runner
from engine.files import open_picture
from engine.picture import Picture
from tests.app.conftest import PATIENCE
from tests.app.twice import first, second

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.message import Message


class Desk:
    """A document, a files' thread, and who adds to it."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.document = Document()
        self.files = Runner("files", self.document)
        self.adding = Adding(self.document, self.files, self.document)
        self.references = self.document.references
        self.said: list[Message] = []
        self.added: list[int] = []
        self.adding.said.connect(self.said.append)
        self.adding.added.connect(lambda: self.added.append(len(self.references.items)))

    def file(self, name: str, pixels: np.ndarray | None = None) -> Path:
        path = self.folder / name
        Image.fromarray(second().pixels if pixels is None else pixels).save(path)
        return path

    def open(self) -> Path:
        path = self.file("photograph.png", first())
        self.document.open(open_picture(path))
        return path

    def add(self, *paths: Path) -> None:
        self.adding.add(list(paths))
        self.idle()

    def idle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.adding.busy, timeout=PATIENCE)

    @property
    def last(self) -> str:
        return self.said[-1].text


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path)
    yield made
    assert made.files.close()


def test_files_become_references_in_their_order(desk: Desk) -> None:
    desk.open()
    desk.add(desk.file("a.png"), desk.file("b.png"))
    assert [(one.number, one.name) for one in desk.references.items] == [(1, "a.png"), (2, "b.png")]
    np.testing.assert_array_equal(desk.references.items[0].picture.pixels, second().pixels)
    assert desk.added == [1, 2]
    assert desk.last == "b.png is a reference now."


def test_first_the_photograph(desk: Desk) -> None:
    desk.add(desk.file("a.png"))
    assert desk.last.startswith("Open the photograph that is to be filled first")
    assert not desk.references.items


def test_twice_the_same_or_the_photograph_itself_is_no_other_photograph(desk: Desk) -> None:
    photograph, path = desk.open(), desk.file("a.png")
    desk.add(photograph)
    assert desk.last == "photograph.png is the photograph itself; a reference is another one of the same place."
    desk.add(path)
    desk.add(desk.file("b.png"))
    desk.add(path)
    assert desk.last == "a.png is a reference already."
    assert desk.references.chosen is desk.references.items[0]
    assert len(desk.references.items) == 2


def test_a_file_that_is_none_is_one_sentence(desk: Desk) -> None:
    desk.open()
    (desk.folder / "words.jpg").write_text("no picture")
    desk.add(desk.folder / "words.jpg")
    assert desk.said[-1].kind == "error"
    assert "words.jpg" in desk.last
    assert not desk.said[-1].actions
    assert not desk.references.items


def test_one_that_comes_too_late_is_left(desk: Desk) -> None:
    desk.open()
    desk.adding.add([desk.file("a.png")])
    desk.document.close()
    desk.idle()
    assert not desk.references.items
    assert not desk.added


def test_numbers_mean_the_colours_that_those_of_the_photograph_mean(desk: Desk) -> None:
    from PIL import ImageCms  # noqa: PLC0415

    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    desk.document.open(Picture(first(), srgb))
    desk.adding.paste(second())
    desk.idle()
    one = desk.references.items[0]
    assert one.picture.icc == srgb
    assert np.abs(one.picture.pixels.astype(int) - second().pixels).max() <= 1


def test_the_sample_brings_another_view_along_and_offers_it(desk: Desk) -> None:
    desk.document.open(open_picture(naming.SAMPLE))
    desk.idle()
    assert desk.references.along
    assert [one.path for one in desk.references.items] == [naming.SAMPLE_REFERENCE]
    assert desk.said[-1].actions == ("use_references",)
    assert not desk.added
    assert not desk.document.history.done


# Points


def test_points_are_saved_and_opened_again(desk: Desk) -> None:
    desk.open()
    desk.add(desk.file("a.png"), desk.file("b.png"))
    desk.references.begin(here=(10.5, 20))
    desk.references.begin(there=(22, 4.25))
    proposal = desk.adding.points_proposal(desk.folder)
    assert proposal.name == "photograph-points.json"
    desk.adding.save_points(proposal)
    desk.idle()
    assert desk.last == "Saved photograph-points.json."
    before = [one.points for one in desk.references.items]
    desk.references.clear()
    desk.adding.open_points(proposal)
    desk.idle()
    assert [one.points for one in desk.references.items] == before
    assert desk.last == "1 control point was read from photograph-points.json."
    desk.document.undo()
    assert not desk.references.points(desk.references.chosen)


def test_points_that_lie_outside_are_refused(desk: Desk) -> None:
    desk.open()
    desk.add(desk.file("a.png"))
    path = desk.folder / "points.json"
    path.write_text('{"inlay_points": 1, "references": [{"file": "a.png", "points": [{"here": [1, 1], "there": [999, 1]}]}]}')
    desk.adding.open_points(path)
    desk.idle()
    assert desk.last.startswith("points.json: point 1 of a.png lies outside")
    assert desk.said[-1].kind == "error"
    assert not desk.references.points(desk.references.chosen)


def test_what_is_no_file_of_points_is_one_sentence(desk: Desk) -> None:
    desk.open()
    desk.add(desk.file("a.png"))
    path = desk.folder / "points.json"
    path.write_text("[]")
    desk.adding.open_points(path)
    desk.idle()
    assert desk.said[-1].kind == "error"
    assert "no file of control points" in desk.last
