"""Files in the window, with real ones: opened, saved where they may be, and nothing lost without a question."""

from __future__ import annotations

import errno
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms
from PySide6.QtCore import QObject
from skimage import data

from app import naming
from app.choice import Candidate, Choice
from app.document import Document
from app.filing import Filing
from app.runner import Runner
from app.settings import Settings
from engine.files import open_mask, open_picture
from engine.geometry import Box
from engine.job import Job, finished
from engine.picture import Mask, Patch, Picture
from engine.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.message import Message
    from app.question import Question

PATIENCE = 30_000
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
HOLE = Box(20, 30, 12, 16)
GREEN = np.array([20, 200, 40])


@dataclass
class Desk:
    """A document with its files, and everything that was said and asked."""

    qtbot: QtBot
    document: Document
    filing: Filing
    settings: Settings
    said: list[Message] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    proposed: list[Path] = field(default_factory=list)
    previews: list[Any] = field(default_factory=list)
    allowed: list[bool] = field(default_factory=list)

    def idle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.filing.busy, timeout=PATIENCE)

    def open(self, path: Path) -> None:
        self.filing.open(path)
        self.idle()

    def save(self, path: Path) -> None:
        self.filing.save_as(path)
        self.idle()

    def change(self, level: float = 1.0, box: Box = HOLE) -> None:
        """Let a result stand in the picture, as a fill does."""
        photograph = self.document.photograph
        assert photograph is not None
        pixels = photograph.pixels(box).copy()
        pixels[...] = np.resize(GREEN, pixels.shape[-1]) * level * (257 if photograph.depth == 16 else 1)
        candidate = Candidate(Patch(0, box, pixels), (), "telea", "Telea", 0, 0.1)
        choice = Choice(len(self.document.choices) + 1, box, np.full(box.size, 255, np.uint8), [candidate])
        self.document.stand([(choice, 0)], "Fill")

    @property
    def pixels(self) -> Any:
        assert self.document.photograph is not None
        return self.document.photograph.pixels(self.document.photograph.box)

    @property
    def name(self) -> str:
        return self.document.photograph.name if self.document.photograph else ""

    @property
    def last(self) -> Message:
        return self.said[-1]


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    parent = QObject()
    document, files, settings = Document(parent), Runner("files", parent), Settings()
    filing = Filing(document, files, settings, parent)
    made = Desk(qtbot, document, filing, settings)
    for signal, heard in (
        (filing.said, made.said),
        (filing.asks, made.asked),
        (filing.asks_name, made.proposed),
        (filing.opening, made.previews),
    ):
        signal.connect(heard.append)
    filing.closed_allowed.connect(lambda: made.allowed.append(True))
    yield made
    assert files.close()


def photograph(height: int = 96, width: int = 128) -> Any:
    return np.ascontiguousarray(data.astronaut()[:height, :width])


def jpeg(path: Path, pixels: Any = None, **options: Any) -> Path:
    tags = Image.Exif()
    tags[0x010F] = "A maker"
    Image.fromarray(photograph() if pixels is None else pixels).save(path, quality=92, exif=tags, icc_profile=SRGB, **options)
    return path


def png(path: Path) -> Path:
    """16 bits, with a profile."""
    picture = Picture(photograph().astype(np.uint16) * 257, SRGB)
    from engine.files.png import png_bytes  # noqa: PLC0415

    path.write_bytes(png_bytes(picture, None))
    return path


def tiff(path: Path) -> Path:
    tifffile.imwrite(path, photograph(), photometric="rgb", iccprofile=SRGB, extratags=[(271, 2, 0, "A maker", True)])
    return path


WRITERS = {"lake.jpg": jpeg, "lake.png": png, "lake.tif": tiff}


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
