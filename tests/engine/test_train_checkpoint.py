"""Checkpoints: bit for bit, whole or not there, and what is said when a disk spoils them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from engine.errors import BadInput
from engine.training import checkpoint, shards
from tests.engine.ground import same

if TYPE_CHECKING:
    from pathlib import Path

TYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)

FULL = """
import resource, signal, sys, torch
from pathlib import Path
from engine.errors import EngineFailure
from engine.training import checkpoint
folder = Path(sys.argv[1])
checkpoint.save(folder, 100, {"weights": torch.arange(1000)})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    checkpoint.save(folder, 200, {"weights": torch.arange(2000)})
except EngineFailure as failure:
    print(failure)
"""
"""A disk that takes 4096 bytes of a file and then no more."""


def noise(kind: torch.dtype, *shape: int) -> torch.Tensor:
    """Any bits at all, infinities and NaNs of every payload among them."""
    if 0 in shape:
        return torch.empty(shape, dtype=kind)
    size = torch.empty(0, dtype=kind).element_size()
    raw = np.random.default_rng(7).integers(0, 256, int(np.prod(shape)) * size, dtype=np.uint8)
    return torch.from_numpy(raw).view(kind).reshape(shape)


def shard_of(folder: Path, step: int) -> Path:
    return folder / f"step-{step}" / "state-000.safetensors"


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_tensors_come_back_bit_for_bit(tmp_path: Path, kind: torch.dtype) -> None:
    state = {"full": noise(kind, 5, 7), "scalar": noise(kind, 1)[0], "none": noise(kind, 0, 3), "strided": noise(kind, 6, 6)[::2, 1:].T}
    checkpoint.save(tmp_path, 1, state)
    assert same(checkpoint.load(tmp_path), state)


def test_rare_types_come_back_too(tmp_path: Path) -> None:
    state = {
        "complex": torch.tensor([1 + 2j, -0.0j]),
        "truth": torch.tensor([True, False]),
        "complex128": torch.tensor([1j], dtype=torch.cdouble),
    }
    checkpoint.save(tmp_path, 1, state)
    assert same(checkpoint.load(tmp_path), state)


def test_a_state_of_an_optimiser_and_of_generators_comes_back(tmp_path: Path) -> None:
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, betas=(0.9, 0.98))
    network(torch.rand(2, 3, 8, 8)).square().sum().backward()
    optimiser.step()
    rng = np.random.default_rng(3)
    state = {
        "networks": {"one": network.state_dict()},
        "optimiser": optimiser.state_dict(),
        "rng": rng.bit_generator.state,
        "torch": torch.get_rng_state(),
        "plain": [None, True, 3, 0.1, float("inf"), "ä", {1: "number", "1": "text"}, ()],
    }
    checkpoint.save(tmp_path, 12, state)
    loaded = checkpoint.load(tmp_path)
    assert loaded is not None
    assert same(loaded, {key: dict(one) if isinstance(one, dict) else one for key, one in state.items()})
    optimiser.load_state_dict(loaded["optimiser"])
    assert loaded["networks"]["one"]["0.weight"].is_contiguous(memory_format=torch.channels_last)


def test_keys_that_look_alike_are_told_apart(tmp_path: Path) -> None:
    state = {1: torch.tensor(1), "1": torch.tensor(2), "a": {"b": torch.tensor(3)}, "a/b": torch.tensor(4)}
    checkpoint.save(tmp_path, 1, state)
    assert same(checkpoint.load(tmp_path), state)


def test_what_cannot_be_kept_is_a_defect_and_not_dropped(tmp_path: Path) -> None:
    for wrong in ({"a": object()}, {"a": np.zeros(3)}, {(1, 2): 3}):
        with pytest.raises(TypeError):
            checkpoint.save(tmp_path, 1, wrong)
    assert list(tmp_path.iterdir()) == []


def test_no_shard_is_larger_than_the_limit_and_larger_tensors_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "LIMIT", 16384)
    state = {
        "large": noise(torch.float32, 5, 5000),
        "many": [noise(torch.bfloat16, 900) for _ in range(40)],
        "strange ünïcode\n" * 9: noise(torch.int64, 2040),
    }
    checkpoint.save(tmp_path, 1, state)
    sizes = [one.stat().st_size for one in (tmp_path / "step-1").glob("*.safetensors")]
    assert len(sizes) > 10
    assert max(sizes) <= 16384
    assert sum(sizes) < 1.4 * (100000 + 72000 + 16320)
    assert same(checkpoint.load(tmp_path), state)


def test_the_limit_is_16_mib(tmp_path: Path) -> None:
    state = {"large": torch.arange(5_000_000, dtype=torch.float32)}
    checkpoint.save(tmp_path, 1, state)
    sizes = [one.stat().st_size for one in (tmp_path / "step-1").glob("*.safetensors")]
    assert len(sizes) == 2
    assert max(sizes) <= 16 * 2**20
    assert same(checkpoint.load(tmp_path), state)


def test_the_newest_two_are_kept_and_the_newest_is_loaded(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path / "nowhere") is None
    for step in (10, 20, 30):
        checkpoint.save(tmp_path, step, {"step": step, "weights": torch.tensor(step)})
    assert checkpoint.steps(tmp_path) == (30, 20)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["checkpoint.json", "step-20", "step-30"]
    assert same(checkpoint.load(tmp_path), {"step": 30, "weights": torch.tensor(30)})


def test_a_step_can_be_written_again(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, 10, {"take": 1})
    checkpoint.save(tmp_path, 10, {"take": 2})
    assert checkpoint.load(tmp_path) == {"take": 2}
    assert checkpoint.steps(tmp_path) == (10, 10)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-3] ^= 4
    path.write_bytes(content)


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("spoil", [truncated, flipped, gone])
def test_a_broken_newest_gives_way_to_the_one_before_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: Any) -> None:
    for step in (10, 20):
        checkpoint.save(tmp_path, step, {"weights": torch.tensor(step)})
    spoil(shard_of(tmp_path, 20))
    told: list[str] = []
    assert same(checkpoint.load(tmp_path, told.append), {"weights": torch.tensor(10)})
    assert checkpoint.load(tmp_path) is not None
    assert capsys.readouterr().err == told[0] + "\n"
    assert "step-20/state-000.safetensors" in told[0]
    assert "step 10" in told[0]

    checkpoint.save(tmp_path, 15, {"weights": torch.tensor(15)})  # the run goes on from 10: what is kept beside it is the good one
    assert checkpoint.steps(tmp_path) == (15, 10)


def test_where_the_broken_one_has_the_same_step_the_good_one_is_still_kept(tmp_path: Path) -> None:
    for step in (10, 20):
        checkpoint.save(tmp_path, step, {"weights": torch.tensor(step)})
    flipped(shard_of(tmp_path, 20))
    checkpoint.save(tmp_path, 20, {"weights": torch.tensor(20)})
    assert checkpoint.steps(tmp_path) == (20, 10)


def test_where_all_are_broken_there_is_a_sentence(tmp_path: Path) -> None:
    for step in (10, 20):
        checkpoint.save(tmp_path, step, {"weights": torch.tensor(step)})
    for step in (10, 20):
        flipped(shard_of(tmp_path, step))
    with pytest.raises(BadInput, match=r"No checkpoint in .* is whole \(step-20/.*; step-10/"):
        checkpoint.load(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"format": "inlay-checkpoint-1", "checkpoints": [{"step": 1, "folder": "../step-1", "files": {}}]}']
)
def test_a_broken_pointer_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "checkpoint.json").write_text(content)
    with pytest.raises(BadInput, match=r"checkpoint\.json is broken"):
        checkpoint.load(tmp_path)


def test_another_format_is_not_guessed_at(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, 10, {})
    pointer = tmp_path / "checkpoint.json"
    pointer.write_text(json.dumps(json.loads(pointer.read_text()) | {"format": "inlay-checkpoint-9"}))
    with pytest.raises(BadInput, match="another version"):
        checkpoint.load(tmp_path)
    with pytest.raises(BadInput, match="another version"):
        checkpoint.save(tmp_path, 20, {})


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_gets_a_sentence_and_the_last_good_one_stays(tmp_path: Path, root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], cwd=root, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert "checkpoint of step 200 could not be written" in done.stdout
    assert "that of step 100 is still good" in done.stdout
    assert sorted(one.name for one in tmp_path.iterdir()) == ["checkpoint.json", "step-100"]
    assert same(checkpoint.load(tmp_path), {"weights": torch.arange(1000)})


def test_a_write_that_is_cut_off_leaves_nothing_that_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint.save(tmp_path, 10, {"weights": torch.tensor(10)})

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint, "_point", stopped)
        with pytest.raises(KeyboardInterrupt):
            checkpoint.save(tmp_path, 20, {"weights": torch.tensor(20)})
    assert same(checkpoint.load(tmp_path), {"weights": torch.tensor(10)})
    checkpoint.save(tmp_path, 20, {"weights": torch.tensor(20)})
    checkpoint.save(tmp_path, 30, {"weights": torch.tensor(30)})
    assert sorted(one.name for one in tmp_path.iterdir()) == ["checkpoint.json", "step-20-2", "step-30"]
