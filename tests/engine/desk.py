"""A folder with a photograph and a mask, and the command line to work on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from engine.commands import run
from engine.files import open_picture
from engine.methods import shelf
from tests.engine.cases import rectangles, scene
from tests.engine.seen import elsewhere

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SIZE = (64, 80)
HOLE = (24, 30, 36, 46)
"""Top, left, bottom, right."""


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def no_window(photo: Path | None) -> int:
    raise AssertionError(f"a window was opened for {photo}")


class Desk:
    """Draws what a test needs, runs `inlay` in this process, and tells what lies in the folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.photo = self.draw("photo.png", scene(*SIZE))
        self.mask = self.draw("mask.png", rectangles(SIZE, HOLE))
        self.out = folder / "out.png"

    def draw(self, name: str, pixels: np.ndarray, **options: Any) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(path, **options)
        return path

    def beside(self, method: str) -> tuple[object, ...]:
        """Options that a method needs: a reference and leave to fill without it, where it takes one."""
        if not shelf()[method].card.references:
            return ()
        return "--reference", self.draw("beside.png", elsewhere(scene(*SIZE))), "--set", "no_match=fill"

    def run(self, *arguments: object) -> Said:
        self._capsys.readouterr()
        code = run([str(one) for one in arguments], no_window)
        said = self._capsys.readouterr()
        return Said(code, said.out, said.err)

    def arguments(self, *options: object, photo: object = None, mask: object = None, out: object = None) -> list[str]:
        """Of `fill`, with the quickest method unless the options name one."""
        method = () if "--method" in options else ("--method", "telea")
        return [str(one) for one in ("fill", photo or self.photo, mask or self.mask, "-o", out or self.out, *method, *options)]

    def fill(self, *options: object, **files: object) -> Said:
        return self.run(*self.arguments(*options, **files))

    def fill_usual(self, *options: object) -> Said:
        """By the method that is used unless one is named."""
        return self.run("fill", self.photo, self.mask, "-o", self.out, *options)

    def refused(self, *options: object, **files: object) -> str:
        """The sentence with which a fill is refused; nothing was written and nothing else was said."""
        return self.refused_run(*self.arguments(*options, **files))

    def refused_run(self, *arguments: object) -> str:
        before = self.content()
        said = self.run(*arguments)
        assert said.code == 2, said
        assert not said.out
        assert self.content() == before
        return sentence(said.err)

    def content(self) -> dict[str, bytes | None]:
        """Every file of the folder, hidden ones included."""
        return {str(one.relative_to(self.folder)): one.read_bytes() if one.is_file() else None for one in self.folder.rglob("*")}

    def names(self) -> set[str]:
        return set(self.content())

    def pixels(self, path: Path | None = None) -> np.ndarray:
        return np.asarray(open_picture(path or self.out).pixels)


def sentence(text: str) -> str:
    """What was said, if it is one plain sentence."""
    assert text.endswith(".\n")
    assert text.count("\n") == 1
    assert ". " not in text
    for word in ("Traceback", "Error", "should not have", "errno"):
        assert word not in text
    return text.strip()
