"""What is seen of a run: the log, the curves, the strips, the line."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from engine.errors import EngineFailure
from engine.training import watching
from engine.training.run import News
from engine.training.watching import Watch, rows

if TYPE_CHECKING:
    from pathlib import Path


def news(step: int, *, loss: float = 1.0, scores: dict[str, float] | None = None, strip: Any = None) -> News:
    return News(step, {"likeness": loss}, 1e-3, step * 4, step * 0.5, scores or {}, strip)


def followed(folder: Path, *every: News, step: int = 0, **options: Any) -> None:
    watch = Watch(folder, 100, step, **options)
    for one in every:
        watch.add(one)
    watch.close()


def drawn(folder: Path, curve: str) -> list[tuple[int, float]]:
    """What TensorBoard finds."""
    events = EventAccumulator(str(folder / "tensorboard"))
    events.Reload()
    return [(one.step, one.value) for one in events.Scalars(curve)]


def test_one_row_a_step(tmp_path: Path) -> None:
    followed(tmp_path, news(1), news(2, loss=0.5, scores={"found": 0.25}))
    assert rows(tmp_path) == [
        {"step": 1, "seconds": 0.5, "examples": 4, "rate": 1e-3, "losses": {"likeness": 1.0}},
        {"step": 2, "seconds": 1.0, "examples": 8, "rate": 1e-3, "losses": {"likeness": 0.5}, "scores": {"found": 0.25}},
    ]


def test_a_run_that_goes_on_leaves_the_course_it_left(tmp_path: Path) -> None:
    strip = np.zeros((8, 8, 3), np.uint8)
    followed(tmp_path, *(news(step, loss=9.0, strip=strip, scores={"found": 0.1}) for step in range(1, 6)))
    with (tmp_path / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"step": 6, "los')  # the power went
    followed(tmp_path, news(4, loss=1.0, strip=strip), step=3)
    assert [(row["step"], row["losses"]["likeness"]) for row in rows(tmp_path)] == [(1, 9.0), (2, 9.0), (3, 9.0), (4, 1.0)]
    assert all(json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines())
    assert sorted(one.name for one in (tmp_path / "strips").iterdir()) == [f"step-{step:07d}.png" for step in (1, 2, 3, 4)]


def test_curves_are_written_for_tensorboard(tmp_path: Path) -> None:
    followed(tmp_path, news(1, loss=3.0), news(2, loss=2.0, scores={"found": 0.25}))
    assert drawn(tmp_path, "loss/likeness") == [(1, 3.0), (2, 2.0)]
    assert drawn(tmp_path, "score/found") == [(2, 0.25)]
    assert drawn(tmp_path, "rate") == [(1, pytest.approx(1e-3)), (2, pytest.approx(1e-3))]


def test_curves_that_go_on_leave_the_course_they_left(tmp_path: Path) -> None:
    followed(tmp_path, *(news(step, loss=9.0) for step in range(1, 6)))
    followed(tmp_path, news(4, loss=1.0), step=3)
    assert drawn(tmp_path, "loss/likeness") == [(1, 9.0), (2, 9.0), (3, 9.0), (4, 1.0)]


def test_without_tensorboard_it_is_said_once_how_to_have_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.record_writer", None)
    followed(tmp_path, news(1), news(2))
    assert capsys.readouterr().err.count("pip install tensorboard") == 1
    assert len(rows(tmp_path)) == 2
    assert not (tmp_path / "tensorboard").exists()


def test_a_strip_is_kept_in_its_colours(tmp_path: Path) -> None:
    strip = np.random.default_rng(0).integers(0, 256, (12, 20, 3), dtype=np.uint8)
    followed(tmp_path, news(7, strip=strip), step=6)
    read = cv2.imread(str(tmp_path / "strips" / "step-0000007.png"))
    assert read is not None
    assert np.array_equal(read[..., ::-1], strip)


def test_without_a_terminal_a_plain_line_comes_with_each_validation_and_each_minute(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    followed(tmp_path, *(news(step) for step in range(1, 10)), news(10, scores={"found": 0.3}))
    (line,) = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"step 10/100 \| \d+ s left \| [\d.]+ examples/s \| at 10: found 0\.3 \| likeness 1", line)
    monkeypatch.setattr(watching, "EVERY", 0.0)
    followed(tmp_path, *(news(step) for step in range(11, 14)), step=10)
    assert [line.split("/")[0] for line in capsys.readouterr().err.splitlines()] == ["step 11", "step 12", "step 13"]


def test_losses_in_the_line_are_running_means(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    followed(tmp_path, news(1, loss=1.0), news(2, loss=3.0, scores={"found": 0.5}))
    assert "likeness 2.005\n" in capsys.readouterr().err  # (0.99 * 1 + 3) / 1.99


def test_quiet_is_quiet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    followed(tmp_path, news(1, scores={"found": 1.0}), quiet=True)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
@pytest.mark.parametrize("what", ["log.jsonl", "tensorboard", "step-0000001.png"])
def test_a_full_disk_is_said(tmp_path: Path, what: str) -> None:
    import resource  # noqa: PLC0415 - POSIX alone has it

    watch = Watch(tmp_path, 100, quiet=True)
    assert watch._curves is not None
    write = {
        "log.jsonl": lambda: watch._log.add({"step": 1}),
        "tensorboard": lambda: watch._curves.add({"loss": 1.0}, 1),
        "step-0000001.png": lambda: watch._strips.add(1, np.zeros((8, 8, 3), np.uint8)),
    }[what]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(EngineFailure, match=rf"{what} could not be written \(.*\); make room, and go on with --resume"):
            write()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    watch.close()
