"""A document with its files and no window, and photographs to open in it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import tifffile
from PIL import Image, ImageCms
from PySide6.QtCore import QObject
from skimage import data

from app.choice import Candidate, Choice
from app.document import Document
from app.filing import Filing
from app.runner import Runner
from app.settings import Settings
from engine.geometry import Box
from engine.picture import Patch, Picture

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


@contextmanager
def desk_with_files(qtbot: QtBot) -> Iterator[Desk]:
    """A desk whose thread ends with it."""
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
