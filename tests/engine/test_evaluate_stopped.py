"""Ctrl+C in the middle of an evaluation: what is said, what is kept, and that the same command goes on to the same scores."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from engine.evaluation.journal import NAME, Journal
from tests.engine.evaluated import comparable, evaluate, interrupted, lines, photographs, scores
from tests.engine.test_commands_stopped import files_up_to

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

QUICK = ("--methods", "telea", "--holes", "thin", "--scores", "psnr,swd", "--seed", "2")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photographs(tmp_path_factory.mktemp("set") / "photographs")


@pytest.fixture(scope="module")
def whole(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same evaluation without a stop."""
    out = tmp_path_factory.mktemp("whole") / "out"
    assert evaluate(photos, *QUICK, "-o", out, "--quiet") == 0
    return out


@pytest.mark.parametrize("processes", [1, 2])
def test_a_stopped_evaluation_goes_on_to_the_same_scores(photos: Path, whole: Path, tmp_path: Path, root: Path, processes: int) -> None:
    out = tmp_path / "out"
    arguments = (photos, *QUICK, "-o", out, "--processes", processes)
    stopped = interrupted(root, 1, *arguments)
    assert stopped.returncode == 130
    assert stopped.stderr.strip() == f"Stopped with 1 trial kept in {out}; the same command goes on from there."
    assert stopped.stdout.strip() == "left"
    assert not (out / "report.html").exists()
    kept = lines(out)
    assert len(kept) == 1 + 1
    assert evaluate(*arguments, "--quiet") == 0
    assert lines(out)[:2] == kept
    assert len(lines(out)) == 1 + 3
    assert comparable(out) == comparable(whole)
    assert scores(out)["parts"][0]["standings"][0]["means"] == scores(whole)["parts"][0]["standings"][0]["means"]


def test_ctrl_c_while_a_bench_starts(photos: Path, tmp_path: Path, root: Path) -> None:
    stopped = interrupted(root, 0, photos, *QUICK, "-o", tmp_path / "out", "--processes", 2)
    assert stopped.returncode == 130
    assert stopped.stderr.strip() == f"Stopped with 0 trials kept in {tmp_path / 'out'}; the same command goes on from there."
    assert stopped.stdout.strip() == "left"


def test_a_line_that_a_crash_cut_off_is_done_again(photos: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / NAME).write_text("\n".join(lines(whole))[:-40], encoding="utf-8")
    assert evaluate(photos, *QUICK, "-o", out, "--quiet") == 0
    assert comparable(out) == comparable(whole)


def test_a_full_disk_is_a_sentence_and_the_same_command_goes_on(
    photos: Path, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = shutil.copytree(whole, tmp_path / "out")
    more = (photos, *QUICK, "--scores", "psnr,swd,l1", "-o", out)
    with files_up_to((out / NAME).stat().st_size + 50):
        assert evaluate(*more) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"The evaluation cannot be written to {out} (File too large); make room")
    assert said.count("\n") == 1
    assert evaluate(*more, "--quiet") == 0
    assert all(list(trial["scores"]) == ["psnr", "swd", "l1"] for trial in scores(out)["trials"])


def test_two_runs_at_once_do_not_share_a_folder(photos: Path, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = shutil.copytree(whole, tmp_path / "out")
    with Journal(out, json.loads(lines(out)[0])["asked"]):
        assert evaluate(photos, *QUICK, "-o", out) == 2
    assert "Another run is writing to" in capsys.readouterr().err
    assert evaluate(photos, *QUICK, "-o", out, "--quiet") == 0
