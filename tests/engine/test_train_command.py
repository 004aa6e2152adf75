"""`train`: what it refuses, and that a run which was stopped, by whatever, goes on as if it had not been."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from engine.training import checkpoint, recipes
from engine.training.watching import rows
from tests.engine.ground import Ground, same, shard

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")

ONE_BY_ONE = """
import sys
from engine.training.watching import Watch
real = Watch.add
def add(watch, news):
    real(watch, news)
    print(news.step, flush=True)
    sys.stdin.readline()
Watch.add = add
"""
"""Each step is told, and the next one begins when a line comes."""

FULL = """
import resource, signal
from engine.training import checkpoint
real = checkpoint.save
def save(folder, step, state):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    real(folder, step, state)
checkpoint.save = save
"""
"""When the first checkpoint is written the disk takes no more than 2000 bytes of a file."""


@pytest.fixture
def ground(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ground:
    return Ground(tmp_path, capsys, monkeypatch)


def sentence(text: str) -> str:
    assert text.count("\n") == 1, text
    assert text.endswith(".\n"), text
    return text


def test_a_run_from_beginning_to_end(ground: Ground) -> None:
    said = ground.train("run", "--validate", "5")
    assert said.code == 0
    assert said.out == f"Trained, step 12 of 12; `inlay export {ground.folder / 'run'} net` writes the network.\n"
    assert [step for step, _ in ground.curve("run")] == list(range(1, 13))
    assert [row["step"] for row in rows(ground.folder / "run") if "scores" in row] == [5, 10, 12]
    assert sorted(one.name for one in (ground.folder / "run" / "strips").iterdir()) == [f"step-{step:07d}.png" for step in (5, 10, 12)]
    assert checkpoint.steps(ground.folder / "run") == (12,)
    record = json.loads((ground.folder / "run" / "run.json").read_text())
    assert record["trained"]["shards"] == {"photographs": 22}
    assert record["sessions"][0]["last"] == 12


def test_minutes_stop_a_run_and_resuming_gives_the_run_that_was_not_stopped(ground: Ground) -> None:
    ground.train("whole", "--set", "weight=2")
    said = ground.train("parts", "--set", "weight=2", "--minutes", "1e-9")
    assert "minutes are over at step 1 of 12; the same command with --resume goes on" in said.out
    for _ in range(3):
        assert ground.train("parts", "--resume", "--minutes", "1e-9").code == 0
    assert checkpoint.steps(ground.folder / "parts") == (4, 3)
    assert "Trained, step 12 of 12" in ground.train("parts", "--resume").out
    whole, parts = ground.state("whole"), ground.state("parts")
    for what in ("step", "networks", "average", "optimisers"):
        assert same(whole[what], parts[what]), what
    assert ground.curve("whole") == ground.curve("parts")


def test_a_broken_checkpoint_gives_way_to_the_one_before_and_the_curve_is_still_one(ground: Ground) -> None:
    ground.train("whole")
    ground.train("parts", "--minutes", "1e-9")
    ground.train("parts", "--minutes", "1e-9", "--resume")
    (broken,) = (ground.folder / "parts" / "step-2").glob("*.safetensors")
    broken.write_bytes(broken.read_bytes()[:-1])
    said = ground.train("parts", "--resume", "--quiet")
    assert "step-2/state-000.safetensors is not what was written" in sentence(said.err)
    assert same(ground.state("whole")["networks"], ground.state("parts")["networks"])
    assert ground.curve("whole") == ground.curve("parts")
    for broken in (ground.folder / "parts").glob("step-*/*.safetensors"):
        broken.unlink()
    said = ground.train("parts", "--resume")
    assert said.code == 2
    assert "No checkpoint in" in sentence(said.err)


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_stop_keeps_a_checkpoint_and_goes_on(ground: Ground, number: signal.Signals) -> None:
    ground.train("whole")
    with ground.process("parts", "--workers", "1", before=ONE_BY_ONE, stdin=-1, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        for step in range(1, 4):
            assert process.stdout.readline() == f"{step}\n"
            if step == 3:
                os.killpg(process.pid, number)  # as a terminal does, and whatever ends a job: those who make examples hear it too
            process.stdin.write("\n")
            process.stdin.flush()
        process.stdin.close()
        err = process.stderr.read() if process.stderr else ""
    where = ground.folder / "parts"
    assert process.returncode == 130, err
    (step,) = checkpoint.steps(where)
    assert step in {3, 4}  # whether one more batch had come
    assert sentence(err) == f"Stopped at step {step} of 12; a checkpoint is kept in {where}, and the same command with --resume goes on.\n"
    assert ground.train("parts", "--resume").code == 0
    assert same(ground.state("whole")["average"], ground.state("parts")["average"])
    assert ground.curve("whole") == ground.curve("parts")


@pytest.mark.parametrize(("setting", "what"), [("poison=3", "difference"), ("cliff=3", "the gradient")])
def test_what_is_no_number_stops_the_run_and_the_last_checkpoint_stays(ground: Ground, setting: str, what: str) -> None:
    ground.train("run", "--set", setting, "--minutes", "1e-9")
    said = ground.train("run", "--resume", "--quiet")
    assert said.code == 1
    assert f"{what} is no number any more at step 3" in sentence(said.err)
    assert checkpoint.steps(ground.folder / "run") == (1,)
    assert same(ground.state("run")["step"], 1)


@posix
def test_a_full_disk_stops_the_run_with_a_sentence(ground: Ground) -> None:
    ground.train("run", "--minutes", "1e-9")
    with ground.process("run", "--resume", "--quiet", before=FULL) as process:
        _, err = process.communicate()
    assert process.returncode == 1
    assert "The checkpoint of step 12 could not be written" in sentence(err)
    assert "that of step 1 is still good" in err
    assert ground.state("run")["step"] == 1
    assert ground.train("run", "--resume").code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--steps", "0"], "--steps is a whole number from 1"),
        (["--minutes", "0"], "--minutes is a number above 0"),
        (["--minutes", "nan"], "--minutes is a number above 0"),
        (["--width", "-1"], "--width is a number above 0"),
        (["--set", "strength=3"], "no setting strength"),
        (["--set", "weight=11"], "weight goes from 0.0 to 10.0"),
        (["--set", "weight"], "KEY=VALUE"),
        (["--resume"], "leave out --resume"),
        (["--data", "nowhere.tar"], "There is no nowhere.tar"),
    ],
)
def test_what_is_asked_wrongly_is_said_before_anything_is_written(ground: Ground, options: list[str], said: str) -> None:
    answer = ground.train("run", *options)
    assert answer.code == 2
    assert said in sentence(answer.err)
    assert not (ground.folder / "run").exists()


def test_a_recipe_that_is_not_there_names_those_that_are(ground: Ground) -> None:
    answer = ground.run("train", "tyni", "--data", ground.shard, "-o", ground.folder / "run")
    assert answer.code == 2
    assert all(name in sentence(answer.err) for name in ("tyni", *recipes.shelf()))


def test_a_folder_without_photographs_and_a_broken_shard_are_said(ground: Ground) -> None:
    (ground.folder / "empty").mkdir()
    assert "no photographs" in sentence(ground.train("run", "--data", ground.folder / "empty").err)
    broken = ground.folder / "broken.tar"
    broken.write_bytes(ground.shard.read_bytes()[:70000])
    answer = ground.train("run", "--data", broken)
    assert answer.code == 2
    assert "broken" in sentence(answer.err)


def test_a_run_is_neither_written_over_nor_changed(ground: Ground) -> None:
    ground.train("run", "--minutes", "1e-9")
    assert "give --resume to go on with it" in sentence(ground.train("run").err)
    for options, said in (
        (["--batch", "8"], "batch 4, not batch 8"),
        (["--steps", "99"], "steps 12, not steps 99"),
        (["--set", "weight=3"], "weight=1.0 critic=no poison=0 cliff=0, not weight=3.0 critic=no poison=0 cliff=0"),
        (["--float32"], "bfloat16, not --float32"),
    ):
        answer = ground.train("run", "--resume", *options)
        assert answer.code == 2
        assert said in sentence(answer.err)
    assert checkpoint.steps(ground.folder / "run") == (1,)


def test_other_photographs_are_another_run(ground: Ground) -> None:
    ground.train("run", "--minutes", "1e-9")
    answer = ground.train("run", "--resume", "--data", shard(ground.folder / "other.tar", 20))
    assert answer.code == 2
    assert "begun with other photographs" in sentence(answer.err)


def test_a_file_where_the_folder_should_be_is_said(ground: Ground) -> None:
    assert "is a file" in sentence(ground.train(ground.shard.name).err)
