"""The door to the window: what opens it, with which photograph, and where none can be opened."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine.commands import run
from engine.errors import BadInput, EngineFailure
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Doorman:
    """Notes with which photograph the window was opened."""

    def __init__(self, code: int = 0) -> None:
        self.photos: list[Path | None] = []
        self.code = code

    def __call__(self, photo: Path | None) -> int:
        self.photos.append(photo)
        return self.code


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("lake.jpg", "fill", "two words.jpg", "Größe 大.png"):
        (tmp_path / name).touch()
    return tmp_path


def test_without_a_word_the_window_opens_empty() -> None:
    window = Doorman()
    assert run([], window) == 0
    assert window.photos == [None]


@pytest.mark.parametrize("name", ["lake.jpg", "./fill", "two words.jpg", "Größe 大.png"])
def test_a_photograph_is_opened_in_it(folder: Path, name: str) -> None:
    window = Doorman()
    assert run([name], window) == 0
    assert window.photos[0] is not None
    assert window.photos[0].samefile(folder / name)


def test_the_window_says_how_it_ended(folder: Path) -> None:
    assert run([str(folder / "lake.jpg")], Doorman(3)) == 3


@pytest.mark.usefixtures("folder")
def test_a_commands_name_wins_over_a_file_of_that_name(capsys: pytest.CaptureFixture[str]) -> None:
    window = Doorman()
    assert run(["fill"], window) == 2
    assert not window.photos
    assert "PHOTO, MASK" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("lake.jpg", "two words.jpg"), "one photograph, not 2"),
        (("gone.jpg",), "no photograph gone.jpg"),
        (("metods",), "commands are fill, methods"),
        (("a\0b",), "no photograph"),
        (("x" * 5000,), "no photograph"),
        (("--loud",), "--help"),
    ],
)
def test_what_is_no_photograph_is_told(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], word: str) -> None:
    window = Doorman()
    assert run(arguments, window) == 2
    assert not window.photos
    said = capsys.readouterr().err
    assert word in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(("error", "code"), [(BadInput("No screen here."), 2), (EngineFailure("No screen here."), 1)])
def test_a_window_that_cannot_be_opened_says_why(capsys: pytest.CaptureFixture[str], error: Exception, code: int) -> None:
    def window(photo: Path | None) -> int:
        assert photo is None
        raise error

    assert run([], window) == code
    assert capsys.readouterr().err == "No screen here.\n"


def started(folder: Path, code: str = "", **changed: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, without a screen unless told otherwise."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden} | {"PYTHONPATH": str(ROOT)} | changed
    script = f"{code}\nimport sys, main\nsys.argv[1:] = []\nsys.exit(main.main())"
    return subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def refusals(tmp_path: Path) -> Iterator[dict[str, subprocess.CompletedProcess[str]]]:
    said = {"nonsense": started(tmp_path, QT_QPA_PLATFORM="nonsense"), "no qt": started(tmp_path, NO_QT, QT_QPA_PLATFORM="offscreen")}
    if sys.platform.startswith("linux"):
        said["no screen"] = started(tmp_path)
    yield said
    assert not list(tmp_path.iterdir())


NO_QT = """
import sys
class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "PySide6":
            raise ImportError("libEGL.so.1: cannot open shared object file")
sys.meta_path.insert(0, NoQt())
"""


def test_without_a_screen_one_sentence_points_to_the_command(refusals: dict[str, subprocess.CompletedProcess[str]]) -> None:
    for what, said in refusals.items():
        assert said.returncode == 2, (what, said)
        assert said.stderr.count("\n") == 1, (what, said.stderr)
        assert "inlay fill PHOTO MASK -o OUT" in said.stderr, what
        assert not said.stdout
    assert "nonsense" in refusals["nonsense"].stderr
    assert "libEGL.so.1" in refusals["no qt"].stderr
