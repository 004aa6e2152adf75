"""Several processes at one run, started by torchrun on the processor: what they make together is what one makes alone."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from engine.errors import BadInput
from engine.training import checkpoint, record
from engine.training.processes import Processes
from tests.conftest import ROOT
from tests.engine.ground import MAIN, RECIPES, Ground

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Gloo")


@pytest.fixture
def ground(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ground:
    return Ground(tmp_path, capsys, monkeypatch)


def together(ground: Ground, name: str, *options: object) -> subprocess.CompletedProcess[str]:
    """`torchrun --nproc-per-node 2 main.py train tiny ...`."""
    main = ground.folder / "trained.py"
    main.write_text(MAIN, encoding="utf-8")
    line = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", main, RECIPES]
    return subprocess.run(
        [*map(str, line), *map(str, ground.arguments(name, *options))],
        cwd=ROOT,
        env=ground.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_two_processes_make_the_run_that_one_makes_with_the_joint_batch(ground: Ground) -> None:
    options = ("--float32", "--set", "critic=yes", "--steps", "8", "--validate", "4", "--device", "cpu")
    ground.train("alone", *options)
    said = together(ground, "both", *options, "--minutes", "1e-9")
    assert said.returncode == 0, said.stderr
    assert checkpoint.steps(ground.folder / "both") == (1,)
    said = together(ground, "both", *options, "--resume")
    assert said.stdout == f"Trained, step 8 of 8; `inlay export {ground.folder / 'both'} net` writes the network.\n", said.stderr

    assert "Warning" not in said.stderr

    alone, both = ground.curve("alone"), ground.curve("both")
    assert [step for step, _ in both] == list(range(1, 9))
    for (_, one), (_, other) in zip(alone, both, strict=True):
        assert list(one) == list(other) == ["true", "false", "difference", "size", "fooled"]
        np.testing.assert_allclose(list(other.values()), list(one.values()), rtol=1e-4)
    for name, tensor in ground.state("alone")["average"].items():
        torch.testing.assert_close(ground.state("both")["average"][name], tensor, rtol=1e-3, atol=1e-5)
    about = record.read(ground.folder / "both")
    assert about is not None
    assert [one.processes for one in about.sessions] == [2, 2]
    assert about.sessions[0].command.startswith("torchrun --nproc-per-node 2 main.py")


@pytest.mark.parametrize(
    ("rank", "said"), [("0", "2 processes cannot share a batch of 3 evenly; give a --batch that is a multiple.\n"), ("1", "")]
)
def test_what_is_wrong_for_all_is_said_by_the_first(ground: Ground, monkeypatch: pytest.MonkeyPatch, rank: str, said: str) -> None:
    monkeypatch.setenv("RANK", rank)
    monkeypatch.setenv("WORLD_SIZE", "2")
    try:
        code, err = (answer := ground.train("run", "--batch", "3")).code, answer.err
    except SystemExit as end:
        code, err = end.code, ground.said().err
    assert (code, err) == (2, said)


def test_more_processes_than_graphics_cards_get_a_sentence() -> None:
    one = Processes(torch.cuda.device_count(), torch.cuda.device_count() + 1, torch.cuda.device_count())
    with pytest.raises(BadInput, match="too few for so many processes"):
        one.device(torch.device("cuda"))
    assert one.device(torch.device("cpu")) == torch.device("cpu")
