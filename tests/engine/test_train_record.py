"""`run.json`: what a run was asked to be outlives changes of its recipe, and what cannot be understood is said."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import torch

from engine.errors import BadInput
from engine.training import record
from tests.engine.ground import Ground

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def ground(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ground:
    return Ground(tmp_path, capsys, monkeypatch)


def changed(ground: Ground, change: Callable[[dict[str, Any]], None]) -> None:
    path = ground.folder / "run" / "run.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    change(said)
    path.write_text(json.dumps(said), encoding="utf-8")


def test_what_is_written_is_read(ground: Ground) -> None:
    ground.train("run", "--minutes", "1e-9", "--set", "critic=yes", "--seed", "3")
    about = record.read(ground.folder / "run")
    assert about is not None
    assert about.asked == record.Asked("tiny", {"weight": 1.0, "critic": True, "poison": 0, "cliff": 0}, 1.0, 12, 4, 3, half=True)
    record.write(ground.folder / "run", about)
    assert record.read(ground.folder / "run") == about
    assert about.seconds == pytest.approx(ground.state("run")["seconds"], abs=0.1)


def test_each_time_it_was_worked_on_is_kept(ground: Ground) -> None:
    for more in ([], ["--resume"], ["--resume"]):
        ground.train("run", "--minutes", "1e-9", *more)
    about = record.read(ground.folder / "run")
    assert about is not None
    assert [(one.first, one.last) for one in about.sessions] == [(0, 1), (1, 2), (2, 3)]
    assert [one.seconds for one in about.sessions] == sorted(one.seconds for one in about.sessions)
    assert "cores" in about.sessions[0].hardware
    assert about.sessions[0].versions["torch"] == torch.__version__


def test_a_setting_that_the_recipe_got_since_does_not_stop_a_run(ground: Ground) -> None:
    ground.train("run", "--minutes", "1e-9")
    changed(ground, lambda said: said["asked"]["settings"].pop("critic"))
    assert ground.train("run", "--resume", "--minutes", "1e-9").code == 0


def test_a_setting_that_the_recipe_lost_is_said(ground: Ground) -> None:
    ground.train("run", "--minutes", "1e-9")
    changed(ground, lambda said: said["asked"]["settings"].update(momentum=0.9))
    answer = ground.run("export", ground.folder / "run", "tiny", "-o", ground.folder)
    assert answer.code == 2
    assert "begun with momentum, which tiny does not know any more" in answer.err


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "is broken"), ("{}", "is broken"), ('{"format": "inlay-run-7"}', "written by another version"), ("[1]", "is broken")],
)
def test_a_record_that_cannot_be_understood_is_said(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        record.read(tmp_path)


def test_checkpoints_without_a_record_are_no_run(ground: Ground) -> None:
    ground.train("run", "--minutes", "1e-9")
    (ground.folder / "run" / "run.json").unlink()
    answer = ground.train("run", "--resume")
    assert answer.code == 2
    assert "no run.json that says of what" in answer.err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="signals of Linux")
def test_a_process_that_makes_examples_and_dies_is_said(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def add(*_: Any) -> None:
        for child in psutil.Process().children():
            if "spawn_main" in " ".join(child.cmdline()):
                child.kill()

    monkeypatch.setattr("engine.training.watching.Watch.add", add)
    monkeypatch.setenv("PYTHONPATH", ground.environment["PYTHONPATH"])
    answer = ground.train("run", "--workers", "1", "--steps", "40")
    assert answer.code == 1
    assert answer.err == (
        "A process that makes examples has died, perhaps for want of memory; the last checkpoint stands, and --resume goes on from it.\n"
    )


def test_a_defect_of_a_recipe_is_not_taken_for_that(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(*_: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("engine.training.examples.Examples.__getitem__", defect)
    assert "RuntimeError: a defect" in ground.train("run").err


def test_too_little_memory_is_said(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr("engine.training.run.Run._step", full)
    answer = ground.train("run")
    assert answer.code == 1
    assert answer.err == "The cpu has not enough memory for 4 examples a step; train with a smaller --batch or --width in another folder.\n"


@pytest.mark.parametrize(
    ("word", "left"),
    [
        ("/data/train-000.tar", "train-000.tar"),
        ("begin=/runs/coarse.safetensors", "begin=coarse.safetensors"),
        ("part=synthesis", "part=synthesis"),
        ("--set", "--set"),
    ],
)
def test_folders_of_a_machine_are_not_told(word: str, left: str) -> None:
    assert record.bare(word) == left
