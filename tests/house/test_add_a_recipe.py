"""The recipe that docs/add-a-recipe.md writes is put on the shelf as it stands there, trained, stopped, resumed and exported."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from engine.training import recipes
from engine.training.recipes import recipe_named, shelf
from tests.conftest import ROOT
from tests.engine.ground import Ground, same

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.engine.desk import Said

GUIDE = (ROOT / "docs" / "add-a-recipe.md").read_text("utf-8")
FILES = re.findall(r"`engine/training/recipes/(\w+)\.py`:\n\n```python\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def ground(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    """Photographs, and the guide's file in a folder that is made part of the shelf."""
    ground = Ground(tmp_path, capsys, monkeypatch)
    ((module, text),) = FILES
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / f"{module}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(recipes, "__path__", [*recipes.__path__, str(tmp_path / "shelf")])
    yield ground
    sys.modules.pop(f"engine.training.recipes.{module}", None)
    vars(recipes).pop(module, None)


def train(ground: Ground, name: str, *options: object) -> Said:
    """Twelve steps with crops of 32 pixels."""
    small = () if "--resume" in options else ("--steps", 12, "--batch", 2, "--width", 0.25, "--set", "size=32")
    arguments = ("--data", ground.shard, "-o", ground.folder / name, "--workers", 0, "--device", "cpu", *small, *options)
    return ground.run("train", "gated-small", *arguments)


@pytest.mark.usefixtures("ground")
def test_it_is_on_the_shelf_by_being_there() -> None:
    assert recipe_named("gated-small").kept == "filler"


def test_it_is_gone_with_its_file() -> None:
    assert "gated-small" not in shelf()


def test_both_networks_learn_and_what_is_exported_fills(ground: Ground) -> None:
    said = train(ground, "run", "--validate", 6)
    assert said.code == 0, said.err
    curve = ground.curve("run")
    assert [step for step, _ in curve] == list(range(1, 13))
    assert all(set(losses) == {"critic", "l1", "variation", "adversarial"} for _, losses in curve)
    strip = cv2.imread(str(ground.folder / "run" / "strips" / "step-0000012.png"))
    assert strip is not None
    assert strip.shape == (6 * 32, 3 * 32, 3)
    (ground.folder / "out").mkdir()
    said = ground.run("export", ground.folder / "run", "gated-small", "-o", ground.folder / "out")
    assert said.code == 0, said.err
    weights = ground.folder / "out" / "gated-small.safetensors"
    with safe_open(weights, "pt") as file:
        assert file.metadata()["recipe"] == "gated-small"
    filler = recipe_named("gated-small")(None, 0.25).networks()["filler"]
    first = {name: one.clone() for name, one in filler.state_dict().items()}
    filler.load_state_dict(load_file(weights))
    assert not any(torch.equal(one, first[name]) for name, one in filler.state_dict().items())
    hole = torch.zeros(1, 1, 64, 48)
    hole[..., 20:40, 10:30] = 1
    image = torch.rand(1, 3, 64, 48)
    filled = filler(image, hole)
    assert filled.shape == image.shape
    assert torch.equal(filled, filler(torch.where(hole > 0, 0.5, image), hole))
    card = (ground.folder / "out" / "gated-small.md").read_text("utf-8")
    assert "12 of the 12 steps" in card
    assert "psnr" in card


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(ground: Ground) -> None:
    """Two networks, two optimisers, and the norms that the critic estimates."""
    train(ground, "whole", "--float32")
    train(ground, "parts", "--float32", "--minutes", "1e-9")
    said = train(ground, "parts", "--resume")
    assert said.code == 0, said.err
    whole, parts = ground.state("whole"), ground.state("parts")
    for what in ("step", "networks", "average", "optimisers"):
        assert same(whole[what], parts[what]), what
    assert ground.curve("whole") == ground.curve("parts")


@pytest.mark.usefixtures("ground")
def test_the_first_turn_is_the_critics_alone() -> None:
    """And the second is the filler's, whose losses reach it all."""
    recipe = recipe_named("gated-small")(None, 0.25)
    networks = recipe.networks()
    batch = {"image": torch.rand(2, 3, 32, 32), "hole": (torch.rand(2, 1, 32, 32) < 0.3).float()}
    turns = recipe.losses(networks, batch)
    for who, other in (("critic", "filler"), ("filler", None)):
        named, terms = next(turns)
        assert named == who
        torch.stack(list(terms.values())).sum().backward()
        assert all(one.grad is not None for one in networks[who].parameters())
        if other:
            assert all(one.grad is None for one in networks[other].parameters())
    assert next(turns, None) is None


@pytest.mark.usefixtures("ground")
def test_examples_are_functions_of_the_generator() -> None:
    kind = recipe_named("gated-small")
    recipe = kind(kind.options(size=32))
    pixels: Any = [np.full((80, 90, 3), shade, np.uint8) for shade in range(50, 250, 20)]
    one, again, other = (recipe.example(pixels, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert {name: (array.shape, array.dtype) for name, array in one.items()} == {
        "image": ((3, 32, 32), np.float32),
        "hole": ((1, 32, 32), np.float32),
    }
    assert all(np.array_equal(one[name], again[name]) for name in one)
    assert not np.array_equal(one["hole"], other["hole"])


def test_it_is_written_as_the_project_is(tmp_path: Path) -> None:
    ((module, text),) = FILES
    strict = tmp_path / f"{module}.py"
    strict.write_text(f"# pyright: strict\n{text}", encoding="utf-8")
    for command in (
        ["ruff", "check", "--no-cache", "--stdin-filename", f"engine/training/recipes/{module}.py", "-"],
        ["ruff", "format", "--check", "--no-cache", "--stdin-filename", f"engine/training/recipes/{module}.py", "-"],
        ["pyright", "--pythonpath", sys.executable, str(strict)],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, input=text, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
