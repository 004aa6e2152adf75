"""`methods`, `--help` and the front door: what is said, and what is not even loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import main
from engine import finishes
from engine.methods import shelf
from tests.engine.desk import Desk, sentence
from tests.engine.finishing import lay_palette

if TYPE_CHECKING:
    from pathlib import Path

LOADED = """
import sys
from main import main
try:
    code = main()
except SystemExit as end:
    code = end.code
print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}))
sys.exit(code)
"""
"""`main.py`, and which packages it loaded."""


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def loaded(root: Path, *arguments: str) -> tuple[str, set[str]]:
    done = subprocess.run([sys.executable, "-c", LOADED, *arguments], cwd=root, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    said, _, names = done.stdout.partition("LOADED")
    return said, set(names.split())


@pytest.mark.parametrize("command", [(), ("fill",), ("methods",)])
def test_help_is_quick_because_torch_is_not_loaded(root: Path, command: tuple[str, ...]) -> None:
    said, names = loaded(root, *command, "--help")
    assert said.startswith(f"usage: {' '.join(('inlay', *command))}")
    assert not names & {"torch", "numba"}
    assert "numpy" in names  # so that the list is one


def test_help_names_every_option(root: Path) -> None:
    said, _ = loaded(root, "fill", "--help")
    for option in (
        *("PHOTO", "MASK", "-o", "--output", "--method", "--sample", "--set", "--seed", "--grow", "--device", "{auto,cpu,cuda,mps}"),
        *("--finish", "--evidence", "--json", "--overwrite", "--quiet"),
    ):
        assert option in said


def test_no_command_loads_qt(desk: Desk, root: Path) -> None:
    evidence = desk.folder / "evidence"
    said, names = loaded(root, "fill", str(desk.photo), str(desk.mask), "-o", str(desk.out), "--evidence", str(evidence))
    assert "Saved out.png." in said
    assert "torch" in names
    assert not {name for name in names if "qt" in name.lower() or name.lower().startswith(("pyside", "shiboken"))}
    assert "app" not in names


def test_bad_files_are_found_before_torch_is_loaded(desk: Desk, root: Path) -> None:
    script = LOADED.replace("sys.exit(code)", "sys.exit(0 if code == 2 else 99)")
    arguments = ["fill", str(desk.photo), str(desk.folder / "missing.png"), "-o", str(desk.out)]
    done = subprocess.run([sys.executable, "-c", script, *arguments], cwd=root, capture_output=True, text=True, check=True)
    assert "no file" in sentence(done.stderr)
    assert "torch" not in done.stdout.split()


def test_ctrl_c_at_the_front_door(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.commands.run", stopped)
    assert main.main() == 130
    assert sentence(capsys.readouterr().err) == "Stopped; nothing was written."


def test_methods_lists_both_shelves(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_palette(monkeypatch)
    said = desk.run("methods")
    assert (said.code, said.err) == (0, "")
    assert said.out.index("telea: ") < said.out.index("--finish palette:KEY=VALUE,...: The nearest colour there is.\n  none\n")
    assert "\n  keep=...  How much of the colour stays as it was. (0.0 to 1.0; 0.0)\n" in said.out
    assert "\n  channel=...  Which channels are compared. (all, first; all)\n" in said.out
    for name, method in shelf().items():
        assert f"{name}: {method.card.sentence}\n  {method.card.paper}\n" in said.out
        for setting, limits in method.card.settings.described().items():
            assert f"  --set {setting}=...  {limits.help} (" in said.out
    assert "(draft, normal, best; normal)" in said.out
    assert "(0.0 to 1.0; 0.0)" in said.out
    assert "(yes, no; yes)" in said.out


def test_methods_as_json(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_palette(monkeypatch)
    listed = json.loads(desk.run("methods", "--json").out)
    behind = finishes.shelf()
    assert [(one["kind"], one["name"]) for one in listed] == [("method", name) for name in shelf()] + [("finish", name) for name in behind]
    for one, of in zip(listed, [*shelf().values(), *behind.values()], strict=True):
        card = of.card
        assert (one["title"], one["sentence"], one["paper"], one["copies"]) == (card.title, card.sentence, card.paper, card.copies)
        assert tuple(one["devices"]) == card.devices
        assert list(one["settings"]) == list(card.settings.described())
    assert next(one for one in listed if one["name"] == "palette")["not_after"] == ["navier-stokes"]
    radius = {one["name"]: one["settings"] for one in listed}["telea"]["radius"]
    assert (radius["default"], radius["least"], radius["most"]) == (3, 1, 20)
