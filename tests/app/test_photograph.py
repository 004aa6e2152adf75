"""The open photograph: now and as it was opened, and snapshots that no edit reaches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.photograph import Photograph
from engine.geometry import Box
from engine.picture import OpenedFile, Picture
from tests.engine.cases import scene

LAYOUTS = [(channels, depth) for channels in (1, 2, 3, 4) for depth in (np.uint8, np.uint16)]


def photograph(height: int = 300, width: int = 280, channels: int = 3, depth: type = np.uint8) -> Photograph:
    return Photograph(Picture(scene(height, width, channels, depth)))


def blacken(photo: Photograph, box: Box) -> None:
    part = np.zeros_like(photo.pixels(box))
    photo.write(box, part, np.ones(box.size, np.bool_))


@pytest.mark.parametrize(("channels", "depth"), LAYOUTS)
def test_the_original_is_kept_bit_for_bit(channels: int, depth: type) -> None:
    photo, was = photograph(channels=channels, depth=depth), scene(300, 280, channels, depth)
    blacken(photo, Box(250, 250, 20, 30))
    blacken(photo, Box(200, 240, 80, 40))
    assert not photo.pixels(Box(200, 240, 80, 40)).any()
    assert np.array_equal(photo.original(photo.box), was)
    assert np.array_equal(photo.original(Box(190, 3, 90, 260), 3), was[190:280:3, 3:263:3])
    assert np.array_equal(photo.opened().pixels, was)


def test_only_what_is_asked_for_is_written() -> None:
    photo, was = photograph(), scene(300, 280)
    where = np.zeros((10, 10), np.bool_)
    where[2, 3] = True
    photo.write(Box(50, 60, 10, 10), np.zeros((10, 10, 3), np.uint8), where)
    assert [tuple(at) for at in np.argwhere((photo.pixels(photo.box) != was).any(axis=2))] == [(52, 63)]


def test_it_differs_near_what_was_written() -> None:
    photo = photograph()
    assert not photo.differs(photo.box)
    blacken(photo, Box(0, 0, 2, 2))
    assert photo.differs(photo.box)
    assert not photo.differs(Box(256, 256, 10, 10))


def test_an_edit_leaves_a_snapshot_as_it_was() -> None:
    photo, was = photograph(), scene(300, 280)
    snapshot = photo.picture()
    blacken(photo, photo.box)
    assert np.array_equal(snapshot.pixels, was)
    assert not photo.pixels(photo.box).any()
    with pytest.raises(ValueError, match="read-only"):
        snapshot.pixels[0, 0] = 0


def test_no_copy_is_made_for_a_snapshot_nor_once_it_is_gone() -> None:
    photo = photograph()
    memory = photo.pixels(photo.box).ctypes.data
    snapshot = photo.picture()
    assert snapshot.pixels.ctypes.data == memory
    del snapshot
    blacken(photo, photo.box)
    assert photo.pixels(photo.box).ctypes.data == memory


def test_a_second_snapshot_is_kept_when_the_first_is_gone() -> None:
    photo, was = photograph(), scene(300, 280)
    first, second = photo.picture(), photo.picture()
    del first
    blacken(photo, photo.box)
    assert np.array_equal(second.pixels, was)


def test_another_array_s_memory_is_not_written_to() -> None:
    whole = scene(300, 280)
    photo = Photograph(Picture(whole[10:200]))
    blacken(photo, photo.box)
    assert np.array_equal(whole, scene(300, 280))


def test_what_goes_with_a_photograph_goes_with_its_snapshots() -> None:
    file = OpenedFile(Path("lake.tif"), "tiff", losses=("It holds a path.",))
    photo = Photograph(Picture(scene(5, 6, 4, np.uint16), icc=b"icc", exif=b"exif", xmp=b"xmp", file=file))
    for picture in (photo.picture(), photo.opened()):
        assert (picture.icc, picture.exif, picture.xmp, picture.file) == (b"icc", b"exif", b"xmp", file)
    assert (photo.name, photo.size, photo.depth, photo.layout, photo.has_alpha) == ("lake.tif", (5, 6), 16, "rgb+alpha", True)


def test_a_pasted_photograph_has_no_name() -> None:
    photo = photograph(1, 1)
    assert photo.name == ""
    assert photo.path is None
