"""What is remembered, and that nonsense in its file does no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QByteArray, QSettings

from app.display import Display
from app.settings import MOST_RECENT, Settings
from app.toolbox import Toolbox

if TYPE_CHECKING:
    from pathlib import Path


def at(path: Path) -> Settings:
    return Settings(QSettings(str(path), QSettings.Format.IniFormat))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "inlay.ini"


def test_recent_files_come_last_first_once_each_and_not_too_many(file: Path, tmp_path: Path) -> None:
    settings = at(file)
    assert settings.recent == []
    files = [tmp_path / f"{number} ä, 大;.jpg" for number in range(MOST_RECENT + 2)]
    for path in files:
        settings.add_recent(path)
    settings.add_recent(files[-2])
    del settings
    assert at(file).recent == [files[-2], files[-1], *files[-3 : -MOST_RECENT - 1 : -1]]


def test_one_recent_file_comes_back_as_one(file: Path, tmp_path: Path) -> None:
    at(file).add_recent(tmp_path / "a, b.jpg")
    assert at(file).recent == [tmp_path / "a, b.jpg"]
    at(file).forget_recent(tmp_path / "a, b.jpg")
    assert at(file).recent == []


def test_looks_and_brush_come_back(file: Path) -> None:
    settings, display, toolbox = at(file), Display(), Toolbox()
    settings.follow(display, toolbox)
    display.set("theme", "light")
    display.set("surround", "grey")
    display.set("mask_colour", "hatch")
    display.set("compare", "split")
    toolbox.set_size(133.5)
    toolbox.set_hardness(0.25)
    settings.panel_width = 400
    display, toolbox = Display(), Toolbox()
    again = at(file)
    again.follow(display, toolbox)
    assert (display.theme, display.surround, display.mask_colour) == ("light", "grey", "hatch")
    assert display.compare == "single"
    assert (toolbox.size, toolbox.hardness, again.panel_width) == (133.5, 0.25, 400)


def test_each_screen_has_its_own_window(file: Path) -> None:
    settings = at(file)
    assert settings.geometry("DP-1") is None
    settings.set_geometry("DP-1", QByteArray(b"one\0two"))
    settings.set_geometry("Dell/27\\a", QByteArray(b"other"))
    again = at(file)
    assert again.geometry("DP-1") == QByteArray(b"one\0two")
    assert again.geometry("Dell/27\\a") == QByteArray(b"other")
    assert again.geometry("HDMI-1") is None


NONSENSE = (
    "not an ini file at all \0\1\2",
    "[General]\nrecent=\ntheme=purple\nsurround=3\nmask_colour=@Invalid()\npanel=wide\n[brush]\nsize=nan\nhardness=-4\n[window]\nDP-1=text\n",
    "[General]\nrecent=@ByteArray(xx)\ntheme=a, b\npanel=99999\n[brush]\nsize=1e99\nhardness=\n[window]\nDP-1=@ByteArray()\n",
    "[General]\nrecent=@Point(1 2)\ntheme=@Rect(1 2 3 4)\n[brush]\nsize=@Size(1 2)\nhardness=1, 2\n",
)


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_as_if_it_were_not_there(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    settings, display, toolbox = at(file), Display(), Toolbox()
    settings.follow(display, toolbox)
    assert (display.theme, display.surround, display.mask_colour) == ("system", "theme", "red")
    assert (toolbox.size, toolbox.hardness) == (Toolbox().size, Toolbox().hardness)
    assert settings.panel_width == 320
    assert settings.geometry("DP-1") is None
    assert all(path.name for path in settings.recent)
    settings.add_recent(file)
    assert at(file).recent[0] == file


def test_a_place_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = at(tmp_path / "file" / "inlay.ini")
    settings.add_recent(tmp_path / "a.jpg")
    assert settings.recent == [tmp_path / "a.jpg"]
