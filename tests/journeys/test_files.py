"""Photographs of every kind, every way in and out, and everything that can go wrong on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from engine.files import open_picture
from engine.geometry import Box
from tests.app.meadow import grass, magenta
from tests.journeys.photographer import CTRL, KEY, LEFT, NONE, PATIENCE, Photographer, differing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

THING = Box(60, 80, 16, 18)


def fill(person: Photographer) -> None:
    """Paint over the thing, and fill."""
    person.paint((68, 84), (68, 94), size=26)
    person.fill()


def outside(person: Photographer) -> np.ndarray:
    return ~person.document.applied_mask().hole


# Ways in


def test_a_path_of_the_command_line_is_opened(start: Callable[..., Photographer], tmp_path: Path) -> None:
    path = tmp_path / "meadow.png"
    Image.fromarray(grass(160, 200, THING)).save(path)
    person = start(path)
    person.until(lambda: person.has(path))
    fill(person)
    assert not magenta(person.pixels)


def dropped(person: Photographer, data: QMimeData) -> None:
    place, action, button = QPointF(300, 300), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    QApplication.sendEvent(person.window, QDragEnterEvent(place.toPoint(), action, data, button, NONE))
    QApplication.sendEvent(person.window, QDropEvent(place, action, data, button, NONE))


def test_a_file_is_dropped(person: Photographer) -> None:
    path, other, data = person.file(grass()), person.file(grass(), "other.png"), QMimeData()
    several = [QUrl.fromLocalFile(str(one)) for one in (path, other)]
    data.setUrls(several)
    dropped(person, data)
    assert "2 files were dropped" in person.last
    data.setUrls(several[:1])
    dropped(person, data)
    person.until(lambda: person.has(path))
    data.setUrls(several)
    dropped(person, data)
    person.until(lambda: [one.path for one in person.document.references.items] == [other])
    data.setUrls([QUrl("https://example.org/lake.jpg")])
    dropped(person, data)
    assert "no file of this computer" in person.last


def test_a_copy_is_pasted_and_saved_under_a_name(person: Photographer) -> None:
    was = grass(160, 200, THING)
    QGuiApplication.clipboard().setImage(QImage(was.data, 200, 160, 600, QImage.Format.Format_RGB888).copy())
    person.key(KEY.Key_V, CTRL)
    person.until(lambda: person.document.photograph is not None)
    assert np.array_equal(person.pixels, was)
    fill(person)
    now = person.pixels
    person.key(KEY.Key_C, CTRL)
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (200, 160)
    person.key(KEY.Key_S, CTRL)
    path = person.folder / "pasted.png"
    person.name(path)
    person.idle()
    assert np.array_equal(open_picture(path).pixels, now)
    QGuiApplication.clipboard().clear()
    person.key(KEY.Key_V, CTRL)
    assert person.last == "There is no picture on the clipboard. Nothing was changed."


def test_the_open_dialog_opens_what_is_named(person: Photographer) -> None:
    path = person.file(grass())
    person.key(KEY.Key_O, CTRL)
    person.name(path)
    person.until(lambda: person.has(path))
    person.key(KEY.Key_W, CTRL)
    assert person.document.photograph is None
    assert person.window.start.isVisible()
    person.desk.filing.open(person.desk.filing.recent[0])
    person.until(lambda: person.has(path))


def test_the_sample_comes_painted(person: Photographer) -> None:
    person.do("open_sample")
    person.until(lambda: bool(person.document.holes()))
    assert len(person.document.holes()) == 1


# Kinds of photographs


def test_sixteen_bits_and_a_profile_come_back(person: Photographer) -> None:
    was = grass(160, 200, THING).astype(np.uint16) * 257 + 3
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = person.folder / "deep.tif"
    tifffile.imwrite(path, was, photometric="rgb", iccprofile=profile)
    person.open(path)
    fill(person)
    now, mask = person.pixels, outside(person)
    assert now.dtype == np.uint16
    person.key(KEY.Key_S, CTRL)
    saved = person.name()
    assert saved.name == "deep-inlay.tif"
    person.idle()
    assert person.last == "Saved deep-inlay.tif. 0 pixels changed outside the mask."
    again = open_picture(saved)
    assert again.icc == profile
    assert np.array_equal(again.pixels, now)
    assert np.array_equal(again.pixels[mask], was[mask])


def test_a_turned_jpeg_is_seen_upright_and_saved(person: Photographer) -> None:
    was = grass(160, 240, THING)
    exif = Image.Exif()
    exif[0x0112] = 6
    path = person.file(np.ascontiguousarray(np.rot90(was)), "turned.jpg", quality=92, exif=exif)
    person.open(path)
    assert person.document.mask.size == (160, 240)
    fill(person)
    before, mask = person.document.photograph.opened().pixels if person.document.photograph else None, outside(person)
    person.key(KEY.Key_S, CTRL)
    saved = person.name()
    person.idle()
    assert person.last.startswith("Saved turned-inlay.jpg. Nothing changed outside the hole but"), person.last
    again = open_picture(saved)
    assert again.size == (160, 240)
    away = mask & (np.abs(again.pixels.astype(int) - before).max(axis=2) == 0)
    assert away.sum() > 0.8 * mask.sum()


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "I;16"])
def test_grey_and_alpha_keep_their_layout(person: Photographer, mode: str) -> None:
    meadow = grass(160, 200, THING)
    deep = mode == "I;16"
    image = Image.fromarray(meadow[..., 1].astype(np.uint16) * 257) if deep else Image.fromarray(meadow).convert(mode)
    if mode.endswith("A"):
        image.putalpha(Image.fromarray(np.tile(np.linspace(90, 255, 200).astype(np.uint8), (160, 1))))
    path = person.folder / "layout.png"
    image.save(path)
    person.open(path)
    was = person.pixels
    fill(person)
    mask, now = outside(person), person.pixels
    assert differing(now, was)[68, 89]
    assert np.array_equal(now[mask], was[mask])
    person.colour(68, 89)
    person.key(KEY.Key_S, CTRL)
    saved = person.name()
    person.idle()
    assert "0 pixels changed outside the mask" in person.last
    assert np.array_equal(open_picture(saved).pixels, now)


# What a format cannot hold


def test_a_jpeg_of_sixteen_bits_is_asked_about(person: Photographer) -> None:
    path = person.folder / "deep.tif"
    tifffile.imwrite(path, grass(160, 200, THING).astype(np.uint16) * 257, photometric="rgb")
    person.open(path)
    fill(person)
    person.do("save_as")
    person.name(person.folder / "deep.jpg")
    assert person.asked().startswith("JPEG holds 8 bit")
    person.answer("Cancel")
    assert not (person.folder / "deep.jpg").exists()
    person.do("save_as")
    person.name(person.folder / "deep.jpg")
    person.answer("Save as TIFF")
    person.idle()
    assert (person.folder / "deep-2.tif").exists()
    assert not person.document.unsaved


# What can go wrong


def refused(person: Photographer, path: Path) -> str:
    """Open what cannot be opened; what is said."""
    said = len(person.said)
    person.desk.filing.open(path)
    person.until(lambda: any(one.kind == "error" for one in person.said[said:]))
    message = person.said[-1]
    assert "Traceback" not in message.text
    return message.text


def test_what_cannot_be_opened_is_said_in_a_sentence_and_nothing_is_lost(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    fill(person)
    person.key(KEY.Key_S, CTRL)
    person.name()
    person.idle()
    now = person.pixels
    text, empty, cut = (person.folder / name for name in ("text.jpg", "empty.png", "cut.jpg"))
    text.write_text("Not a photograph at all.")
    empty.write_bytes(b"")
    person.file(grass(), "whole.jpg")
    cut.write_bytes((person.folder / "whole.jpg").read_bytes()[:300])
    for path in (person.folder / "nowhere.jpg", text, empty, cut, person.folder):
        sentence = refused(person, path)
        assert path.name in sentence
        assert np.array_equal(person.pixels, now)
        assert person.window.workspace.isVisible()
    person.key(KEY.Key_Escape)
    assert not person.window.footer.message.isVisible()


def test_what_cannot_be_opened_is_said_on_the_first_page_too(person: Photographer) -> None:
    sentence = refused(person, person.folder / "nowhere.jpg")
    assert person.window.start.isVisible()
    person.settle()
    assert sentence in [one.text() for one in person.window.findChildren(QLabel) if one.isVisible()]
    person.open(grass())
    assert sentence not in [one.text() for one in person.window.findChildren(QLabel) if one.isVisible()]


@pytest.mark.parametrize("hidden", ["panel", "chrome"])
def test_what_goes_wrong_is_said_with_the_panel_hidden(person: Photographer, hidden: str) -> None:
    person.open(grass())
    person.do("invert_mask")
    person.key(*{"panel": (KEY.Key_Backslash, CTRL), "chrome": (KEY.Key_Tab,)}[hidden])
    assert not person.window.panel.isVisible()
    person.key(KEY.Key_Return)
    person.idle()
    assert person.said[-1].kind == "error"
    assert person.window.status.message.isVisible()
    assert person.window.status.message.text == person.last


def test_a_mask_of_another_size_is_refused_and_one_of_this_size_taken(person: Photographer) -> None:
    person.open(grass())
    person.do("open_mask")
    person.name(person.file(np.full((50, 60), 255, np.uint8), "small.png"))
    person.until(lambda: person.said[-1].kind == "error")
    assert "small.png" in person.last
    assert not person.painted.any()
    mask = np.zeros((120, 160), np.uint8)
    mask[30:50, 40:60] = 255
    person.do("open_mask")
    person.name(person.file(mask, "right.png"))
    person.idle()
    assert np.array_equal(person.painted, mask)
    person.do("save_mask")
    saved = person.name()
    person.idle()
    assert np.array_equal(np.asarray(Image.open(saved)), mask)


def test_a_mask_over_everything_leaves_nothing_to_copy(person: Photographer) -> None:
    person.open(grass())
    person.do("invert_mask")
    person.key(KEY.Key_Return)
    person.idle()
    assert person.said[-1].kind == "error"
    assert person.last.startswith("The fill failed. ")
    assert person.last.endswith("Nothing was changed.")
    assert person.painted.all()
    person.key(KEY.Key_Z, CTRL)
    assert not person.painted.any()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="who may do everything is refused nothing")
def test_a_folder_that_cannot_be_written_is_said(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    fill(person)
    locked = person.folder / "locked"
    locked.mkdir()
    locked.chmod(0o500)
    person.do("save_as")
    person.name(locked / "lake.png")
    person.idle()
    assert person.said[-1].kind == "error"
    assert person.document.unsaved


@pytest.mark.parametrize("folder", ["nowhere", "meadow.png"])
def test_a_folder_that_is_not_there_or_a_file_is_said_and_another_is_offered(person: Photographer, folder: str) -> None:
    person.open(grass(160, 200, THING))
    fill(person)
    person.desk.filing.save_as(person.folder / folder / "lake.png")
    person.until(lambda: person.said[-1].kind == "error")
    assert "save_as" in person.said[-1].actions
    assert person.said[-1].text.endswith(".")
    assert person.document.unsaved
    button = person.window.footer.message.buttons[0]
    QTest.mouseClick(button, LEFT)
    saved = person.name(person.folder / "lake.png")
    person.idle()
    assert saved.parent == person.folder
    assert not person.document.unsaved
    assert not person.window.footer.message.isVisible()


def test_saving_over_the_original_is_asked_and_done(person: Photographer) -> None:
    was = grass(160, 200, THING)
    person.open(was)
    fill(person)
    path, now = person.folder / "meadow.png", person.pixels
    person.do("save_over")
    assert person.asked() == "Replace meadow.png by the filled photograph?"
    person.answer("Cancel")
    assert np.array_equal(open_picture(path).pixels, was)
    person.do("save_over")
    person.answer("Replace")
    person.idle()
    assert np.array_equal(open_picture(path).pixels, now)


def test_evidence_is_exported_once_there_is_some(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    assert not person.desk.actions["export_evidence"].isEnabled()
    fill(person)
    person.do("export_evidence")
    folder = person.name()
    person.idle()
    assert folder.name == "meadow-evidence"
    assert list(folder.iterdir())


# Closing


def test_unsaved_changes_are_asked_about_once(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    fill(person)
    now = person.pixels
    person.window.close()
    assert person.asked() == "Save changes to meadow.png?"
    person.answer("Cancel")
    assert person.window.isVisible()
    assert np.array_equal(person.pixels, now)
    person.window.close()
    person.answer("Save")
    saved = person.name()
    person.qtbot.waitUntil(lambda: not person.window.isVisible(), timeout=PATIENCE)
    assert np.array_equal(open_picture(saved).pixels, now)


def test_discarded_changes_are_gone(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    fill(person)
    person.key(KEY.Key_Q, CTRL)
    person.answer("Discard")
    person.qtbot.waitUntil(lambda: not person.window.isVisible(), timeout=PATIENCE)
    assert sorted(path.name for path in person.folder.iterdir()) == ["meadow.png"]


def test_a_save_that_fails_keeps_the_window_open(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    fill(person)
    person.window.close()
    person.answer("Save")
    person.name(person.folder / "meadow.xyz")
    person.settle()
    assert person.window.isVisible()
    assert person.said[-1].kind == "error"


def test_without_a_screen_one_sentence_points_to_fill(root: Path) -> None:
    bare = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
    ended = subprocess.run([sys.executable, "main.py"], cwd=root, env=bare, capture_output=True, text=True, check=False, timeout=60)
    if sys.platform.startswith("linux"):
        assert ended.returncode == 2
        assert "There is no screen" in ended.stderr
        assert len(ended.stderr.strip().splitlines()) == 1
