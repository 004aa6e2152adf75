"""Files in the window, with real ones: opened, pasted, dropped; masks and evidence."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from app import naming
from app.choice import Candidate, Choice
from engine.files import open_mask, open_picture
from engine.job import Job, finished
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
from tests.app.filed import HOLE, PATIENCE, SRGB, WRITERS, Desk, desk_with_files, jpeg, photograph, tiff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    with desk_with_files(qtbot) as made:
        yield made


# Opening


@pytest.mark.parametrize("name", WRITERS)
def test_a_photograph_is_opened_and_remembered(desk: Desk, tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name)
    with desk.qtbot.waitSignal(desk.filing.opened, timeout=PATIENCE):
        desk.filing.open(path)
    assert desk.name == name
    np.testing.assert_array_equal(desk.pixels, open_picture(path).pixels)
    assert desk.filing.recent == [path]
    assert desk.last.text == ""
    assert not desk.document.unsaved


def test_a_large_jpeg_is_seen_before_it_is_whole(desk: Desk, tmp_path: Path) -> None:
    path = jpeg(tmp_path / "lake.jpg", np.tile(photograph(512, 512), (4, 6, 1)))
    desk.open(path)
    (small,) = desk.previews
    assert small.size == (2048, 3072)
    assert max(small.picture.size) < 3072
    assert desk.pixels.shape == (2048, 3072, 3)


def test_what_a_file_holds_and_we_cannot_keep_is_said(desk: Desk, tmp_path: Path) -> None:
    frames = [Image.fromarray(photograph()), Image.fromarray(photograph()[::-1])]
    frames[0].save(tmp_path / "a.png", save_all=True, append_images=frames[1:])
    desk.open(tmp_path / "a.png")
    assert "animation" in desk.last.text
    assert desk.last.kind == "warning"


def test_the_last_of_several_that_are_opened_at_once_stands(desk: Desk, tmp_path: Path) -> None:
    first, second = jpeg(tmp_path / "first.jpg"), tiff(tmp_path / "second.tif")
    desk.filing.open(first)
    desk.filing.open(second)
    desk.idle()
    assert desk.name == "second.tif"
    assert desk.filing.recent == [second]


def test_the_sample_comes_painted_and_is_no_recent_file(desk: Desk) -> None:
    desk.filing.open_sample()
    desk.idle()
    assert desk.name == "landmark.jpg"
    np.testing.assert_array_equal(desk.document.mask.pixels, open_mask(naming.SAMPLE_MASK, desk.document.mask.size).coverage)
    assert len(desk.document.holes()) == 1
    assert desk.filing.recent == []
    assert desk.filing.proposal().name.startswith("landmark-inlay")
    assert desk.filing.proposal().parent != naming.SAMPLE.parent


def too_large() -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"")
    chunks = b"".join(struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in (head, body, b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + chunks


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    whole = jpeg(folder / "whole.jpg").read_bytes()
    contents = {
        "empty.jpg": (b"", "is empty"),
        "text.png": (b"just words", "is not a picture"),
        "half.jpg": (whole[: len(whole) // 2], "damaged"),
        "film.gif": (b"GIF89a....", "a GIF"),
        "phone.heic": (b"\0\0\0\x18ftypheic", "HEIC"),
        "huge.png": (too_large(), "200 megapixels"),
    }
    for name, (content, _) in contents.items():
        (folder / name).write_bytes(content)
    return {name: (folder / name, word) for name, (_, word) in contents.items()} | {
        "gone": (folder / "nowhere" / "gone.jpg", "There is no file"),
        "folder": (folder, "is a folder"),
        "long": (folder / ("x" * 300), "cannot be read"),
    }


@pytest.mark.parametrize("what", ["empty.jpg", "text.png", "half.jpg", "film.gif", "phone.heic", "huge.png", "gone", "folder", "long"])
def test_what_cannot_be_opened_is_one_sentence_and_loses_nothing(desk: Desk, tmp_path: Path, what: str) -> None:
    desk.open(tiff(tmp_path / "lake.tif"))
    path, word = bad_files(tmp_path)[what]
    desk.open(path)
    assert desk.last.kind == "error"
    assert word in desk.last.text
    assert desk.last.text.endswith(".")
    assert desk.name == "lake.tif"
    assert desk.filing.recent == [tmp_path / "lake.tif"]


def test_a_recent_file_that_is_gone_is_forgotten(desk: Desk, tmp_path: Path) -> None:
    path = tiff(tmp_path / "lake.tif")
    desk.open(path)
    path.unlink()
    desk.open(path)
    assert "There is no file" in desk.last.text
    assert desk.filing.recent == []


# What comes from elsewhere


def test_one_dropped_file_is_opened_and_several_are_not(desk: Desk, tmp_path: Path) -> None:
    first, second = jpeg(tmp_path / "a.jpg"), tiff(tmp_path / "b.tif")
    desk.filing.drop([first, second])
    assert "2 files" in desk.last.text
    assert not desk.filing.busy
    desk.filing.drop([])
    assert "no file of this computer" in desk.last.text
    desk.filing.drop([first])
    desk.idle()
    assert desk.name == "a.jpg"


def test_a_pasted_picture_is_opened_and_saved_as_one_of_ours(desk: Desk, tmp_path: Path) -> None:
    desk.filing.paste(None)
    assert "no picture on the clipboard" in desk.last.text
    assert desk.document.photograph is None
    desk.filing.paste(Picture(photograph(), SRGB))
    assert desk.name == ""
    assert desk.filing.proposal().name.startswith("photograph-inlay")
    desk.change()
    desk.save(tmp_path / "pasted.png")
    assert open_picture(tmp_path / "pasted.png").icc == SRGB
    np.testing.assert_array_equal(open_picture(tmp_path / "pasted.png").pixels, desk.pixels)


def test_the_copy_is_what_is_seen(desk: Desk, tmp_path: Path) -> None:
    assert desk.filing.copied() is None
    desk.open(tiff(tmp_path / "lake.tif"))
    desk.change()
    copied = desk.filing.copied()
    assert copied is not None
    np.testing.assert_array_equal(copied.pixels, desk.pixels)
    assert desk.last.text == "Copied lake.tif."


# Masks and evidence


def test_a_mask_is_saved_and_painted_again(desk: Desk, tmp_path: Path) -> None:
    desk.open(tiff(tmp_path / "lake.tif"))
    painted = np.zeros((96, 128), np.uint8)
    painted[10:30, 40:70] = np.arange(30) * 8
    desk.document.set_mask(painted)
    desk.filing.save_mask(tmp_path / "mask.png")
    desk.idle()
    assert desk.last.text == "Saved mask.png."
    desk.document.clear_mask()
    desk.filing.open_mask(tmp_path / "mask.png")
    desk.idle()
    np.testing.assert_array_equal(desk.document.mask.pixels, painted)


def test_a_mask_of_another_size_is_told(desk: Desk, tmp_path: Path) -> None:
    desk.open(tiff(tmp_path / "lake.tif"))
    Image.fromarray(np.zeros((5, 7), np.uint8)).save(tmp_path / "mask.png")
    desk.filing.open_mask(tmp_path / "mask.png")
    desk.idle()
    assert "is 7 x 5 pixels and the picture 128 x 96" in desk.last.text
    assert not desk.document.mask.pixels.any()


def test_evidence_is_written_into_a_folder(desk: Desk, tmp_path: Path) -> None:
    path = tiff(tmp_path / "lake.tif")
    desk.open(path)
    desk.filing.export_evidence(tmp_path / "evidence")
    assert "no evidence" in desk.last.text
    coverage = np.zeros((96, 128), np.uint8)
    coverage[HOLE.slices] = 255
    picture = open_picture(path)
    result = finished(Pipeline().run(Job(picture, Mask(coverage))))
    (patch,) = result.patches
    candidate = Candidate(patch, result.evidence, "patchmatch", "PatchMatch", 0, 1.0)
    choice = Choice(1, patch.box, coverage[patch.box.slices], [candidate])
    desk.document.stand([(choice, 0)], "Fill")
    desk.filing.export_evidence(tmp_path / "evidence")
    desk.idle()
    assert desk.last.text == "Saved evidence."
    assert {"index.html", "hole-1.npz", "hole-1-before.png"} <= {one.name for one in (tmp_path / "evidence").iterdir()}
    before = np.asarray(Image.open(tmp_path / "evidence" / "hole-1-before.png"))
    assert before.shape[2] == 3
    (tmp_path / "file").write_text("mine")
    desk.filing.export_evidence(tmp_path / "file")
    desk.idle()
    assert desk.last.kind == "error"
    assert "is a file" in desk.last.text
