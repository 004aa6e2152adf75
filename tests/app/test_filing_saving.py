"""Saved where it may be, and nothing lost without a question."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from engine.files import open_picture
from engine.geometry import Box
from engine.picture import Picture
from tests.app.filed import HOLE, PATIENCE, SRGB, WRITERS, Desk, desk_with_files, jpeg, photograph, png, tiff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    with desk_with_files(qtbot) as made:
        yield made


# Saving


@pytest.mark.parametrize("name", WRITERS)
def test_the_first_save_proposes_a_name_and_later_ones_go_there(desk: Desk, tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name)
    before = path.read_bytes()
    desk.open(path)
    desk.change()
    desk.filing.save()
    (proposed,) = desk.proposed
    assert proposed == tmp_path / f"lake-inlay{path.suffix}"
    desk.filing.name(proposed)
    desk.idle()
    assert not desk.asked
    assert desk.last.text.startswith(f"Saved {proposed.name}. ")
    assert not desk.document.unsaved
    assert path.read_bytes() == before
    assert desk.document.photograph is not None
    written = open_picture(proposed)
    assert written.icc == SRGB
    assert written.exif is None or b"A maker" in written.exif
    assert (written.exif is None) == (name == "lake.png")
    assert np.abs(written.pixels.astype(int) - desk.pixels)[HOLE.slices].mean() < (15 if name == "lake.jpg" else 1e-9)

    first = proposed.read_bytes()
    desk.change(0.5, Box(50, 60, 10, 10))
    assert desk.document.unsaved
    desk.filing.save()
    desk.idle()
    assert len(desk.proposed) == 1
    assert proposed.read_bytes() != first
    assert not desk.document.unsaved


def test_a_lossless_file_differs_in_the_hole_alone(desk: Desk, tmp_path: Path) -> None:
    path = png(tmp_path / "lake.png")
    desk.open(path)
    desk.change()
    desk.save(tmp_path / "out.png")
    assert desk.last.text == "Saved out.png. 0 pixels changed outside the mask."
    differs = (open_picture(tmp_path / "out.png").pixels != open_picture(path).pixels).any(axis=2)
    differs[HOLE.slices] = False
    assert not differs.any()


def test_a_name_that_is_taken_is_numbered(desk: Desk, tmp_path: Path) -> None:
    desk.open(tiff(tmp_path / "lake.tif"))
    for wanted in ("lake-inlay.tif", "lake-inlay-2.tif", "lake-inlay-3.tif"):
        assert desk.filing.proposal().name == wanted
        desk.filing.proposal().touch()
    assert desk.filing.mask_proposal().name == "lake-mask.png"
    assert desk.filing.evidence_proposal() == tmp_path / "lake-evidence"


def test_a_file_that_is_there_is_asked_about(desk: Desk, tmp_path: Path) -> None:
    desk.open(tiff(tmp_path / "lake.tif"))
    desk.change()
    there = tmp_path / "there.tif"
    there.write_bytes(b"mine")
    desk.save(there)
    assert desk.asked[-1].text == "there.tif is there already. Replace it?"
    desk.filing.answer("cancel")
    desk.idle()
    assert there.read_bytes() == b"mine"
    desk.save(there)
    desk.filing.answer("replace")
    desk.idle()
    np.testing.assert_array_equal(open_picture(there).pixels, desk.pixels)


@pytest.mark.parametrize("answer", ["cancel", "replace"])
def test_the_original_is_replaced_after_a_question_alone(desk: Desk, tmp_path: Path, answer: str) -> None:
    path = tiff(tmp_path / "lake.tif")
    before = path.read_bytes()
    desk.open(path)
    desk.change()
    desk.filing.save_over_original()
    assert "lake.tif" in desk.asked[-1].text
    desk.filing.answer(answer)
    desk.idle()
    assert (path.read_bytes() == before) == (answer == "cancel")
    assert desk.document.unsaved == (answer == "cancel")


@pytest.mark.parametrize(("answer", "written"), [("png", "out.png"), ("jpeg", "out.jpg"), ("cancel", "")])
def test_what_a_format_does_not_hold_is_asked_before(desk: Desk, tmp_path: Path, answer: str, written: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    desk.open(png(tmp_path / "lake.png"))
    desk.change()
    desk.save(folder / "out.jpg")
    assert not list(folder.iterdir())
    question = desk.asked[-1]
    assert "8 bits" in question.text
    assert [name for name, _ in question.answers] == ["png", "jpeg", "cancel"]
    assert [words for _, words in question.answers] == ["Save as PNG", "Save as JPEG", "Cancel"]
    desk.filing.answer(answer)
    desk.idle()
    assert [one.name for one in folder.iterdir()] == ([written] if written else [])
    if answer == "jpeg":  # accepted once for this photograph
        desk.change(0.3)
        desk.filing.save()
        desk.idle()
        assert len(desk.asked) == 1
        assert not desk.document.unsaved


def test_a_jpeg_that_keeps_its_blocks_is_not_asked_about(desk: Desk, tmp_path: Path) -> None:
    desk.open(jpeg(tmp_path / "lake.jpg", progressive=True))
    desk.change()
    desk.save(tmp_path / "out.jpg")
    assert not desk.asked
    assert "Nothing changed outside the hole but" in desk.last.text or "0 pixels changed" in desk.last.text
    assert "progressive" in desk.last.text


def test_one_works_on_while_it_is_saved(desk: Desk, tmp_path: Path) -> None:
    desk.open(png(tmp_path / "lake.png"))
    desk.change(1.0)
    was = desk.pixels.copy()
    desk.filing.save_as(tmp_path / "out.png")
    assert desk.said[-1].text == "Saving out.png…"
    desk.change(0.2, Box(60, 60, 8, 8))
    desk.idle()
    np.testing.assert_array_equal(open_picture(tmp_path / "out.png").pixels, was)
    assert desk.last.text == "Saved out.png. 0 pixels changed outside the mask."
    assert desk.document.unsaved
    desk.document.undo()
    assert not desk.document.unsaved


@pytest.mark.parametrize(
    ("name", "word"), [("nowhere/out.tif", "no folder"), ("out.bmp", "does not end in"), ("folder.tif", "is a folder")]
)
def test_what_cannot_be_saved_is_one_sentence_and_loses_nothing(desk: Desk, tmp_path: Path, name: str, word: str) -> None:
    (tmp_path / "folder.tif").mkdir()
    desk.open(tiff(tmp_path / "lake.tif"))
    desk.change()
    was = desk.pixels.copy()
    desk.filing.save_as(tmp_path / name, overwrite=True)
    desk.idle()
    assert desk.last.kind == "error"
    assert word in desk.last.text
    assert desk.last.actions == ("save_as",)
    assert desk.document.unsaved
    np.testing.assert_array_equal(desk.pixels, was)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder.tif", "lake.tif"]


def test_a_folder_that_goes_away_is_told(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    desk.open(tiff(tmp_path / "lake.tif"))
    desk.change()
    desk.save(folder / "out.tif")
    (folder / "out.tif").unlink()
    folder.rmdir()
    desk.change(0.5)
    desk.filing.save()
    desk.idle()
    assert "There is no folder" in desk.last.text
    assert desk.document.unsaved


def test_a_full_disk_is_told_and_leaves_nothing_behind(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(part: Path, content: bytes) -> None:
        part.write_bytes(content[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    desk.open(tiff(tmp_path / "lake.tif"))
    desk.change()
    monkeypatch.setattr("engine.files.saving._write", full)
    desk.save(tmp_path / "out.tif")
    assert "No space left on device" in desk.last.text
    assert desk.document.unsaved
    assert [one.name for one in tmp_path.iterdir()] == ["lake.tif"]


def test_a_picture_too_wide_for_its_format_is_told_before(desk: Desk, tmp_path: Path) -> None:
    Image.fromarray(np.zeros((4, 17_000, 3), np.uint8)).save(tmp_path / "wide.png")
    desk.open(tmp_path / "wide.png")
    desk.save(tmp_path / "wide.webp")
    assert "WebP holds at most 16,383 pixels a side" in desk.last.text
    assert not (tmp_path / "wide.webp").exists()


# What would be lost


@pytest.fixture
def unsaved(desk: Desk, tmp_path: Path) -> Desk:
    desk.open(tiff(tmp_path / "lake.tif"))
    desk.change()
    return desk


@pytest.mark.parametrize("act", ["open", "close", "leave", "paste", "sample"])
def test_changes_are_asked_about_once(unsaved: Desk, tmp_path: Path, act: str) -> None:
    other = jpeg(tmp_path / "other.jpg")
    acts = {
        "open": lambda: unsaved.filing.open(other),
        "close": unsaved.filing.close,
        "leave": unsaved.filing.leave,
        "paste": lambda: unsaved.filing.paste(Picture(photograph(20, 20))),
        "sample": unsaved.filing.open_sample,
    }
    names = {"open": "other.jpg", "close": "", "leave": "lake.tif", "paste": "", "sample": "landmark.jpg"}
    acts[act]()
    assert [question.text for question in unsaved.asked] == ["Save changes to lake.tif?"]
    assert [words for _, words in unsaved.asked[0].answers] == ["Save", "Discard", "Cancel"]
    unsaved.filing.answer("cancel")
    unsaved.idle()
    assert (unsaved.name, unsaved.allowed) == ("lake.tif", [])
    acts[act]()
    unsaved.filing.answer("discard")
    unsaved.idle()
    assert len(unsaved.asked) == 2
    assert unsaved.name == names[act]
    assert unsaved.allowed == ([True] if act == "leave" else [])


def test_saving_first_goes_on_with_what_was_asked(unsaved: Desk, tmp_path: Path) -> None:
    other = jpeg(tmp_path / "other.jpg")
    unsaved.filing.open(other)
    unsaved.filing.answer("save")
    assert unsaved.name == "lake.tif"
    unsaved.filing.name(unsaved.proposed[-1])
    unsaved.qtbot.waitUntil(lambda: unsaved.name == "other.jpg", timeout=PATIENCE)
    assert (tmp_path / "lake-inlay.tif").exists()
    assert len(unsaved.asked) == 1


def test_who_gives_no_name_stays(unsaved: Desk, tmp_path: Path) -> None:
    unsaved.filing.leave()
    unsaved.filing.answer("save")
    unsaved.filing.name(None)
    unsaved.save(tmp_path / "out.tif")
    assert unsaved.allowed == []
    assert not unsaved.document.unsaved


def test_a_save_that_fails_keeps_the_window_open(unsaved: Desk, tmp_path: Path) -> None:
    unsaved.filing.leave()
    unsaved.filing.answer("save")
    unsaved.filing.name(tmp_path / "nowhere" / "out.tif")
    unsaved.idle()
    assert unsaved.last.kind == "error"
    unsaved.save(tmp_path / "out.tif")
    assert unsaved.allowed == []


def test_leaving_waits_for_what_is_being_saved(unsaved: Desk, tmp_path: Path) -> None:
    unsaved.filing.save_as(tmp_path / "out.tif")
    unsaved.filing.leave()
    assert unsaved.allowed == []
    unsaved.idle()
    assert unsaved.allowed == [True]
    assert not unsaved.asked
    assert (tmp_path / "out.tif").exists()


def test_without_changes_nothing_is_asked(desk: Desk, tmp_path: Path) -> None:
    desk.open(tiff(tmp_path / "lake.tif"))
    desk.filing.leave()
    desk.filing.close()
    assert desk.allowed == [True]
    assert not desk.asked
    assert desk.document.photograph is None
    desk.filing.save()
    assert not desk.proposed
