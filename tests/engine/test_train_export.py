"""`export`: the file loads strictly into the network, the card tells what the run recorded, the manifest's table is one."""

from __future__ import annotations

import hashlib
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors import safe_open

from engine import weights
from engine.training import checkpoint, record
from engine.training.recipes import recipe_named
from tests.engine.ground import Ground

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ground(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ground:
    return Ground(tmp_path, capsys, monkeypatch)


def test_the_network_comes_back_through_the_manifest(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    ground.train("run", "--set", "weight=2", "--width", "2")
    out = ground.folder / "weights"
    out.mkdir()
    said = ground.run("export", ground.folder / "run", "tiny-2", "-o", out)
    assert said.code == 0
    assert said.err == ""

    (out / "manifest.toml").write_text(said.out, encoding="utf-8")
    for module in ("engine.weights.folder", "engine.weights.manifest"):
        monkeypatch.setattr(sys.modules[module], "shipped_folder", lambda: out)
    weights.manifest.cache_clear()
    try:
        network = weights.load(recipe_named("tiny")(width=2.0).networks()["net"], "tiny-2")
    finally:
        weights.manifest.cache_clear()

    average = ground.state("run")["average"]
    assert list(network.state_dict()) == list(average)
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, average[name].half().float() if tensor.is_floating_point() else average[name]), name


def test_the_file_says_what_it_is(ground: Ground) -> None:
    ground.train("run", "--steps", "6")
    said = ground.run("export", ground.folder / "run", "tiny", "-o", ground.folder, "--licence", "CC0 1.0")
    table = tomllib.loads(said.out)["file"]["tiny"]
    content = (ground.folder / "tiny.safetensors").read_bytes()
    assert table["sha256"] == hashlib.sha256(content).hexdigest()
    assert table["bytes"] == len(content)
    with safe_open(ground.folder / "tiny.safetensors", "pt") as file:
        told = file.metadata()
        assert {str(file.get_tensor(name).dtype) for name in file.keys()} == {"torch.float16", "torch.int64"}  # noqa: SIM118 - no mapping
    assert told == {
        "recipe": "tiny",
        "settings": '{"weight": 1.0, "critic": false, "poison": 0, "cliff": 0}',
        "width": "1.0",
        "steps": "6",
        "examples": "24",
        "inlay": record.version(),
        "licence": "CC0 1.0",
    }


def test_the_same_run_gives_the_same_bytes(ground: Ground) -> None:
    ground.train("run")
    files = set()
    for _ in range(6):
        assert ground.run("export", ground.folder / "run", "tiny", "-o", ground.folder, "--overwrite").code == 0
        files.add((ground.folder / "tiny.safetensors").read_bytes())
    assert len(files) == 1


def test_the_card_tells_the_run(ground: Ground) -> None:
    ground.train("run", "--validate", "5", "--minutes", "1e-9")
    ground.train("run", "--validate", "5", "--resume", "--steps", "12")
    (ground.folder / "conditions.txt").write_text("Drawn by nobody; for tests alone.\n", encoding="utf-8")
    ground.run(
        "export",
        ground.folder / "run",
        "tiny",
        "-o",
        ground.folder,
        "--conditions",
        ground.folder / "conditions.txt",
        "--limits",
        "Useless.",
    )
    card = (ground.folder / "tiny.md").read_text(encoding="utf-8")
    for told in (
        "# tiny\n\nFills small holes badly.",
        "| licence | CC BY-NC 4.0 |",
        "It learnt from what others see: `vgg16` (VGG-16 of torchvision",
        "`weight=1.0` `critic=no` `poison=0` `cliff=0`, width 1, seed 0: 12 of the 12 steps of its schedule, 4 examples each, 48 examples in all; bfloat16",
        "| 0 to 1 |",
        "| 1 to 12 |",
        "python main.py",
        "22 photographs for training and 2 held back",
        "| photographs | 22 |",
        "Drawn by nobody; for tests alone.",
        "the best by `psnr` was that of step 12, and that of step 12 is in the file",
        "| step | psnr |\n| --- | --- |\n| 1 |",
        "| 12 | ",
        "## Limits\n\nUseless.",
    ):
        assert told in card, told
    assert str(ground.folder) not in card
    assert "was left at step" not in card


def test_a_run_that_was_left_says_so(ground: Ground) -> None:
    ground.train("run", "--minutes", "1e-9")
    ground.run("export", ground.folder / "run", "tiny", "-o", ground.folder)
    card = (ground.folder / "tiny.md").read_text(encoding="utf-8")
    assert "Training was left at step 1 of 12" in card
    assert "conditions of these photographs were not stated" in card


def test_what_cannot_be_exported_gets_a_sentence(ground: Ground) -> None:
    def refused(*arguments: object) -> str:
        said = ground.run("export", *arguments)
        assert said.code == 2
        assert said.err.count("\n") == 1
        assert said.out == ""
        return said.err

    out = ("-o", ground.folder)
    assert "There is no run in" in refused(ground.folder / "run", "tiny", *out)
    ground.train("run", "--minutes", "1e-9")
    assert "lower case" in refused(ground.folder / "run", "../Tiny", *out)
    assert "There is no folder" in refused(ground.folder / "run", "tiny", "-o", ground.folder / "nowhere")
    ground.run("export", ground.folder / "run", "tiny", *out)
    assert "--overwrite" in refused(ground.folder / "run", "tiny", *out)
    assert ground.run("export", ground.folder / "run", "tiny", *out, "--overwrite").code == 0

    state = ground.state("run")
    state["average"]["layers.0.weight"][0] = 1e6
    checkpoint.save(ground.folder / "run", 1, state)
    assert "layers.0.weight has a value that half precision cannot hold" in refused(ground.folder / "run", "tiny", *out, "--overwrite")
    for file in (ground.folder / "run").glob("step-*/*"):
        file.unlink()
    assert "No checkpoint in" in refused(ground.folder / "run", "tiny", *out, "--overwrite")


def test_a_long_text_is_no_name_of_a_file(ground: Ground) -> None:
    ground.train("run", "--minutes", "1e-9")
    words = "These photographs are nobody's. " * 300
    assert ground.run("export", ground.folder / "run", "tiny", "-o", ground.folder, "--conditions", words).code == 0
    assert words.strip() in (ground.folder / "tiny.md").read_text(encoding="utf-8")
