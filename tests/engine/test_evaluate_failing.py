"""A filler that fails: it counts, it is told, and its holes are no part of comparisons."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.engine.evaluated import evaluate, photographs, scores

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an interpreter that is a script")

INTERPRETER = """#!{python}
import json, os, sys
if sys.argv[2].endswith("peers.py"):
    print(json.dumps({{"missing": {{"fsr": "", "telea": "no cv2"}}, "versions": {{"fsr": "1.0"}}}}))
else:
    os.execv({python!r}, [{python!r}, *({filler!r} if one.endswith("peers.py") else one for one in sys.argv[1:])])
"""
FILLER = """
import numpy as np
def filler(name):
    calls = []
    def fill(picture, mask):
        calls.append(1)
        if len(calls) == 2:
            raise ValueError("no idea")
        return np.where(mask[..., None] > 0, np.uint8(128), 255 - picture)
    return fill
"""
"""Fails on the second picture, and changes what is known."""


@pytest.fixture
def peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A peers' interpreter whose `fsr` is ours."""
    filler, python = tmp_path / "filler.py", tmp_path / "python"
    filler.write_text(FILLER)
    python.write_text(INTERPRETER.format(python=sys.executable, filler=str(filler)))
    python.chmod(0o755)
    monkeypatch.setenv("INLAY_PEERS", str(python))


@pytest.mark.usefixtures("peer")
def test_a_failure_counts_and_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    arguments = (photographs(tmp_path / "set"), "--methods", "telea,peer:fsr", "--holes", "box", "--scores", "psnr,psnr-picture", "-o", out)
    assert evaluate(*arguments) == 0
    assert "1 of 6 trials failed" in capsys.readouterr().out
    found = scores(out)
    (part,) = found["parts"]
    telea, fsr = part["standings"]
    assert (part["holes"], part["common"]) == (3, 2)
    assert (telea["filled"], telea["failed"], fsr["filled"], fsr["failed"]) == (3, 0, 2, 1)
    assert telea["means"]["psnr"]["holes"] == fsr["means"]["psnr"]["holes"] == fsr["against"]["psnr"]["difference"]["holes"] == 2
    (failed,) = [trial for trial in found["trials"] if trial["error"]]
    assert (failed["method"], failed["case"]["picture"], failed["scores"]) == ("peer:fsr", "chelsea", {})
    assert "no idea" in failed["error"]
    assert found["peers"] == {"fsr": "1.0"}
    report = (out / "report.html").read_text("utf-8")
    assert "peer:fsr failed on 1" in report
    assert "failed: ValueError: no idea" in report
    known_came_back(found)
    assert evaluate(*arguments, "--retry") == 0
    assert scores(out)["parts"][0]["standings"][1]["failed"] == 0


def known_came_back(found: dict) -> None:
    """Over the whole picture the peer would be far below any fill, had it been judged on the known pixels it turned over."""
    values = [
        trial["scores"]["psnr-picture"] - trial["scores"]["psnr"]
        for trial in found["trials"]
        if trial["method"] == "peer:fsr" and not trial["error"]
    ]
    assert values == pytest.approx([10 * 0.60206] * 2, abs=0.1)


@pytest.mark.usefixtures("peer")
def test_a_peer_that_is_not_ready_is_said_before_any_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(photographs(tmp_path / "set"), "--methods", "telea,peer:telea", "-o", tmp_path / "out") == 2
    assert "no cv2" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
