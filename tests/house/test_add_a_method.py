"""The method that docs/add-a-method.md builds is put on the shelf as it stands there, and is judged as every other one."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

import engine.methods
from engine.job import Job, finished
from engine.methods import method_named, shelf
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
from tests.conftest import ROOT
from tests.engine.cases import Cases, rectangles, scene
from tests.engine.laws import LAWS, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GUIDE = (ROOT / "docs" / "add-a-method.md").read_text("utf-8")
FILES = re.findall(r"`engine/methods/(\w+)\.py`:\n\n```python\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The guide's file in a folder that is made part of the shelf; the name of its module."""
    ((module, text),) = FILES
    (tmp_path / f"{module}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(engine.methods, "__path__", [*engine.methods.__path__, str(tmp_path)])
    yield module
    sys.modules.pop(f"engine.methods.{module}", None)
    vars(engine.methods).pop(module, None)


def test_it_is_on_the_shelf_by_being_there(name: str) -> None:
    assert name in shelf()


def test_it_is_gone_with_its_file() -> None:
    assert FILES[0][0] not in shelf()


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_it_keeps_the_laws(name: str, law: Callable[..., None]) -> None:
    (cases,) = law.__defaults__
    law(Subject(method_named(name)), Cases(cases.named, 0))


@pytest.mark.parametrize("wander", [0, 50])
def test_every_pixel_is_a_copy_of_one_nearby(name: str, wander: int) -> None:
    coverage = rectangles((60, 70), (20, 15, 41, 50))
    settings = method_named(name).card.settings.read({"wander": str(wander)})
    result = finished(Pipeline().run(Job(Picture(scene(60, 70)), Mask(coverage), name, settings)))
    (field,) = result.evidence
    assert field.copied.all()
    away = np.hypot(field.rows[0] - field.pixels.rows, field.columns[0] - field.pixels.columns)
    assert away.max() <= 11 + wander * np.sqrt(2)
    assert (away.max() <= 11) == (wander == 0)


def test_it_is_written_as_the_project_is(tmp_path: Path) -> None:
    ((module, text),) = FILES
    strict = tmp_path / f"{module}.py"
    strict.write_text(f"# pyright: strict\n{text}", encoding="utf-8")
    for command in (
        ["ruff", "check", "--no-cache", "--stdin-filename", f"engine/methods/{module}.py", "-"],
        ["ruff", "format", "--check", "--no-cache", "--stdin-filename", f"engine/methods/{module}.py", "-"],
        ["pyright", "--pythonpath", sys.executable, str(strict)],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, input=text, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
