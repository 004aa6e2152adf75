"""The clipboard and what is dropped: the same values and profile on the way out and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageCms
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColorSpace, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget
from skimage import data

from app.adding import Adding
from app.document import Document
from app.filing import Filing
from app.runner import Runner
from app.settings import Settings
from app.view import clipboard
from app.view.clipboard import Drops, image_of, paste_reference, picture_of
from engine.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PATIENCE = 30_000


@dataclass
class Desk:
    qtbot: QtBot
    document: Document
    filing: Filing
    adding: Adding
    window: QWidget
    drops: Drops
    said: list[str]

    @property
    def pixels(self) -> Any:
        assert self.document.photograph is not None
        return self.document.photograph.pixels(self.document.photograph.box)

    def wait_for(self, name: str) -> None:
        self.qtbot.waitUntil(lambda: self.document.photograph is not None and self.document.photograph.name == name, timeout=PATIENCE)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    window = QWidget()
    qtbot.addWidget(window)
    document, files = Document(window), Runner("files", window)
    filing = Filing(document, files, Settings(), window)
    adding = Adding(document, files, window)
    drops = Drops(window, filing, adding, lambda place, shift: adding.possible and (shift or place.x() > 50))
    made = Desk(qtbot, document, filing, adding, window, drops, [])
    for speaks in (filing, adding):
        speaks.said.connect(lambda message: made.said.append(message.text))
    yield made
    assert files.close()


def noise(*shape: int, depth: int = 8) -> Any:
    most = 255 if depth == 8 else 65_535
    return np.random.default_rng(3).integers(0, most, shape, endpoint=True).astype(np.uint8 if depth == 8 else np.uint16)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 3), (7, 5, 4)])
def test_a_picture_comes_back_as_it_was(depth: int, shape: tuple[int, ...]) -> None:
    before = Picture(noise(*shape, depth=depth), SRGB if len(shape) == 3 else None)
    after = picture_of(image_of(before))
    assert after is not None
    np.testing.assert_array_equal(after.pixels, before.pixels)
    assert after.pixels.dtype == before.pixels.dtype
    if before.icc:
        assert after.icc is not None
        assert QColorSpace.fromIccProfile(after.icc) == QColorSpace.fromIccProfile(before.icc)


def test_grey_with_alpha_is_seen_as_it_is() -> None:
    pixels = noise(6, 9, 2)
    after = picture_of(image_of(Picture(pixels)))
    assert after is not None
    np.testing.assert_array_equal(after.pixels, pixels[..., [0, 0, 0, 1]])


@pytest.mark.qt_log_ignore("fromIccProfile")  # Qt says why it cannot
def test_a_profile_that_cannot_be_read_or_is_of_another_kind_is_left_out() -> None:
    assert not image_of(Picture(noise(4, 4, 3), b"no profile")).colorSpace().isValid()
    assert not image_of(Picture(noise(4, 4), SRGB)).colorSpace().isValid()


def test_alpha_that_hides_nothing_is_left_out() -> None:
    image = QImage(5, 3, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0xFF102030)
    picture = picture_of(image)
    assert picture is not None
    assert picture.layout == "rgb"
    assert picture.pixels[0, 0].tolist() == [0x10, 0x20, 0x30]
    image.setPixel(1, 1, 0)
    clear = picture_of(image)
    assert clear is not None
    assert clear.layout == "rgb+alpha"
    assert picture_of(QImage()) is None


def test_what_is_copied_can_be_pasted(desk: Desk) -> None:
    QGuiApplication.clipboard().clear()
    clipboard.paste(desk.filing)
    assert "no picture on the clipboard" in desk.said[-1]
    desk.filing.paste(Picture(data.astronaut()[:40, :60].copy(), SRGB))
    clipboard.copy(desk.filing)
    desk.filing.close()
    clipboard.copy(desk.filing)  # nothing is open: the clipboard stays as it is
    clipboard.paste(desk.filing)
    np.testing.assert_array_equal(desk.pixels, data.astronaut()[:40, :60])


def test_copied_files_are_opened(desk: Desk, tmp_path: Path) -> None:
    Image.fromarray(data.astronaut()[:20, :30]).save(tmp_path / "a b.png")
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(tmp_path / "a b.png"))])
    QGuiApplication.clipboard().setMimeData(held)
    clipboard.paste(desk.filing)
    desk.wait_for("a b.png")


def drag(desk: Desk, held: QMimeData, x: int = 6, none: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> bool:
    """Over the window and down on it, with keys held or none; whether it was taken."""
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(5, 5), copy, held, left, none)
    enter.ignore()
    QApplication.sendEvent(desk.window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(desk.window, QDragMoveEvent(QPoint(x, 6), copy, held, left, none))
        QApplication.sendEvent(desk.window, QDropEvent(QPointF(x, 6), copy, held, left, none))
    return enter.isAccepted()


def test_a_dropped_file_is_opened(desk: Desk, tmp_path: Path) -> None:
    hovering: list[str] = []
    desk.drops.hovering.connect(hovering.append)
    Image.fromarray(data.astronaut()[:20, :30]).save(tmp_path / "a.png")
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png"))])
    assert drag(desk, held)
    assert hovering == ["open", ""]
    desk.wait_for("a.png")


def test_a_dropped_picture_is_opened_and_text_is_not_taken(desk: Desk) -> None:
    held = QMimeData()
    held.setText("words")
    assert not drag(desk, held)
    held = QMimeData()
    held.setUrls([QUrl("https://example.org/a.jpg")])
    assert drag(desk, held)
    assert "no file of this computer" in desk.said[-1]
    held.setImageData(image_of(Picture(noise(12, 10, 3))))
    assert drag(desk, held)
    np.testing.assert_array_equal(desk.pixels, noise(12, 10, 3))


def test_who_drags_on_leaves_nothing_behind(desk: Desk, tmp_path: Path) -> None:
    hovering: list[str] = []
    desk.drops.hovering.connect(hovering.append)
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, held, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(desk.window, enter)
    QApplication.sendEvent(desk.window, QDragLeaveEvent())
    assert hovering == ["open", ""]
    assert not desk.said


@pytest.mark.parametrize(("x", "keys"), [(6, Qt.KeyboardModifier.ShiftModifier), (60, Qt.KeyboardModifier.NoModifier)])
def test_with_shift_or_over_the_panel_it_becomes_a_reference(desk: Desk, tmp_path: Path, x: int, keys: Qt.KeyboardModifier) -> None:
    hovering: list[str] = []
    Image.fromarray(data.astronaut()[:20, :30]).save(tmp_path / "b.png")
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(tmp_path / "b.png"))])
    desk.document.open(Picture(noise(12, 10, 3)))
    desk.drops.hovering.connect(hovering.append)
    assert drag(desk, held, x, keys)
    assert hovering[-2:] == ["reference", ""]
    desk.qtbot.waitUntil(lambda: bool(desk.document.references.items), timeout=PATIENCE)
    assert desk.document.references.items[0].path == tmp_path / "b.png"
    assert desk.pixels.shape == (12, 10, 3)


def test_several_files_can_only_be_references(desk: Desk, tmp_path: Path) -> None:
    held = QMimeData()
    for name in ("b.png", "c.png"):
        Image.fromarray(data.astronaut()[:20, :30]).save(tmp_path / name)
    held.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("b.png", "c.png")])
    assert drag(desk, held)
    assert "one photograph is opened at a time" in desk.said[-1]
    desk.document.open(Picture(noise(12, 10, 3)))
    assert drag(desk, held)
    desk.qtbot.waitUntil(lambda: len(desk.document.references.items) == 2, timeout=PATIENCE)


def test_a_pasted_picture_becomes_a_reference(desk: Desk) -> None:
    QApplication.clipboard().setImage(image_of(Picture(noise(8, 9, 3))))
    paste_reference(desk.adding)
    assert "Open the photograph" in desk.said[-1]
    desk.document.open(Picture(noise(12, 10, 3)))
    paste_reference(desk.adding)
    desk.qtbot.waitUntil(lambda: bool(desk.document.references.items), timeout=PATIENCE)
    one = desk.document.references.items[0]
    np.testing.assert_array_equal(one.picture.pixels, noise(8, 9, 3))
    assert one.name == "Pasted photograph"
