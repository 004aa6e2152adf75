"""A file is written whole or not at all, and none is replaced unless told to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
import pytest

from engine.errors import BadInput, EngineFailure
from engine.files import open_picture, save, saving
from engine.files.measuring import change_outside
from engine.picture import Mask, Picture

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def noise() -> NDArray[np.uint8]:
    return np.random.default_rng(2).integers(0, 256, (37, 53), dtype=np.uint8)


@pytest.fixture
def grey() -> Picture:
    return Picture(noise())


@pytest.fixture
def nothing() -> Mask:
    return Mask(np.zeros((37, 53), np.uint8))


def test_an_existing_file_is_replaced_only_when_told_to(tmp_path: Path, grey: Picture, nothing: Mask) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"precious")
    path.chmod(0o640)
    with pytest.raises(BadInput, match="there already"):
        save(grey, path, nothing, grey)
    assert path.read_bytes() == b"precious"
    save(grey, path, nothing, grey, overwrite=True)
    np.testing.assert_array_equal(open_picture(path).pixels, grey.pixels)
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_while_saving_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grey: Picture, nothing: Mask, links: bool
) -> None:
    path, real = tmp_path / "a.png", saving._measured

    def late(*arguments: Any) -> Any:
        path.write_bytes(b"precious")
        return real(*arguments)

    def no_links(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(saving, "_measured", late)
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(BadInput, match="there already"):
        save(grey, path, nothing, grey)
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grey: Picture, nothing: Mask) -> None:
    def no_links(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "link", no_links)
    saved = save(grey, tmp_path / "a.png", nothing, grey)
    np.testing.assert_array_equal(open_picture(saved.path).pixels, grey.pixels)
    assert list(tmp_path.iterdir()) == [saved.path]


@pytest.mark.parametrize(("failure", "met"), [(KeyboardInterrupt, KeyboardInterrupt), (OSError(28, "No space left"), EngineFailure)])
def test_nothing_half_written_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grey: Picture, nothing: Mask, failure: Any, met: type[BaseException]
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"precious")

    def stop(_: object) -> None:
        raise failure

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(met):
        save(grey, path, nothing, grey, overwrite=True)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"precious"


def test_wrong_places_and_endings_are_sentences(tmp_path: Path, grey: Picture, nothing: Mask) -> None:
    (tmp_path / "folder.png").mkdir()
    for path, word in ((tmp_path / "no" / "a.png", "no folder"), (tmp_path / "a.bmp", "end in"), (tmp_path / "folder.png", "is a folder")):
        with pytest.raises(BadInput, match=word):
            save(grey, path, nothing, grey, overwrite=True)
    assert [one.name for one in tmp_path.iterdir()] == ["folder.png"]
    with pytest.raises(ValueError, match="one size"):
        save(grey, tmp_path / "a.png", Mask(np.zeros((3, 3), np.uint8)), grey)


def test_a_link_to_a_file_stays_a_link(tmp_path: Path, grey: Picture, nothing: Mask) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.png").write_bytes(b"old")
    (tmp_path / "a.png").symlink_to(tmp_path / "real" / "a.png")
    save(grey, tmp_path / "a.png", nothing, grey, overwrite=True)
    assert (tmp_path / "a.png").is_symlink()
    np.testing.assert_array_equal(open_picture(tmp_path / "real" / "a.png").pixels, grey.pixels)


def test_a_file_that_does_not_read_back_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(noise()))
    with pytest.raises(EngineFailure, match="read back"):
        change_outside(tmp_path / "a.png", "png", np.zeros((4, 4), np.uint8), Mask(np.zeros((4, 4), np.uint8)))
