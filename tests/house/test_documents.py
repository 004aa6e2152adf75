"""What README and docs say is so: their commands run, their names exist, their links lead somewhere."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from engine.commands import parser
from engine.methods import shelf
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

README, PLAN, COMMANDS = ((ROOT / name).read_text("utf-8") for name in ("README.md", "docs/architecture.md", "docs/command-line.md"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "benchmarks" / "README.md"]
WRITTEN = ROOT / "docs" / "results.md"
"""By a command that benchmarks/README.md tells; it need not be there."""


SAMPLE = "resources/samples/landmark.jpg"


def commands(text: str) -> list[str]:
    """Lines that are set as commands."""
    return re.findall(r"^    (\S.*)$", text, re.MULTILINE)


def run(arguments: list[str], folder: Path) -> str:
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_commands_open_and_fill_the_sample_scene(tmp_path: Path) -> None:
    window, fill = commands(README)[0].split(" && "), commands(README)[1]
    assert window == ["pip install -e .", f"python main.py {SAMPLE}"]  # tests/journeys opens it
    assert (ROOT / SAMPLE).exists()
    python, program, *arguments = shlex.split(fill)
    assert (python, program) == ("python", "main.py")
    arguments = [str(ROOT / word) if word.startswith("resources/") else word for word in arguments]
    run([sys.executable, str(ROOT / program), *arguments, "--json", "record.json"], tmp_path)
    assert (tmp_path / "landmark-evidence" / "index.html").exists()
    check_tables(tmp_path)
    photograph, filled, clean = (
        cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR).astype(int)
        for path in (
            ROOT / "resources/samples/landmark.jpg",
            tmp_path / "landmark-filled.jpg",
            ROOT / "resources/samples/landmark-clean.jpg",
        )
    )
    passer_by = np.abs(photograph - clean).sum(axis=2) > 60
    assert np.abs(filled - clean)[passer_by].mean() < np.abs(photograph - clean)[passer_by].mean() / 3


def check_tables(folder: Path) -> None:
    """The tables of the run record and of the arrays name what is there, and nothing else."""
    record = json.loads((folder / "record.json").read_text("utf-8"))
    told = re.findall(r"^\| (`.*?) \|", COMMANDS.split("## The run record")[1], re.MULTILINE)
    names = {name for cell in told for name in re.findall(r"`(\w+)`", cell)}
    with np.load(folder / "landmark-evidence" / "hole-1.npz") as arrays:
        assert names == {*record, *arrays.files}
    (seconds,) = re.findall(r"^\| `seconds` \| (.*) \|$", COMMANDS, re.MULTILINE)
    assert set(re.findall(r"`([\w ]+)`", seconds)) == set(record["seconds"])


def test_the_command_that_tests_is_the_one_that_is_checked() -> None:
    (told,) = re.findall(r'^TESTS="(.*?)"', (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE)
    assert told in commands(README)


def test_methods_settings_and_defaults_are_those_of_the_shelf() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| .* \| (.*) \|$", README, re.MULTILINE)
    cards = {name: method.card for name, method in shelf().items()}
    assert {"patchmatch", "harmonic", "telea", "navier-stokes"} <= {name for name, _ in rows} <= set(cards)
    for name, told in rows:
        defaults = cards[name].settings()
        settings = dict(re.findall(r"`(\w+)` [^;]*\*\*([\w.]+)\*\*", told))
        assert set(settings) == set(cards[name].settings.described())
        for setting, value in settings.items():
            assert cards[name].settings.read({setting: value}) == defaults, (name, setting)


def test_every_option_is_told_and_no_other() -> None:
    (subparsers,) = [action for action in parser()._actions if action.choices]
    options = {option for action in subparsers.choices["fill"]._actions for option in action.option_strings} - {"-h", "--help"}
    told = set(re.findall(r"(?<![\w-])(--?[a-z]+)\b", COMMANDS.split("## Exit codes")[0]))
    assert told == options


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for link, heading in re.findall(r"\]\(([^)#:]*)(?:#([\w-]+))?\)", text):
        target = page.parent / link if link else page
        assert target.resolve() == WRITTEN or target.exists(), f"{page.name}: {link}"
        if heading:
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings}


def test_the_page_of_results_is_written_by_a_command_that_is_told() -> None:
    assert any("results.py" in line and "docs/results.md" in line for line in commands((ROOT / "benchmarks/README.md").read_text("utf-8")))


def test_the_plan_names_every_module_of_the_engine() -> None:
    # a method is one file and nothing else: the plan need not know it
    modules = [path for path in (ROOT / "engine").rglob("*.py") if path.stem != "__init__" and path.parent.name != "methods"]
    assert len(modules) > 40
    assert not [path.relative_to(ROOT).as_posix() for path in modules if not re.search(rf"\b{path.stem}\b", PLAN)]


def test_every_module_that_the_plan_names_is_there() -> None:
    named = set(re.findall(r"`(engine/[\w/]+|resources/\w+|tests/[\w/]+\.py|docs/\w+)`", PLAN))
    assert len(named) > 12
    assert not [name for name in named if not (ROOT / name).exists() and not (ROOT / f"{name}.py").exists()]


def test_the_python_example_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", COMMANDS, re.DOTALL)
    assert example.count('"resources/') == 2
    code = example.replace('"resources/', f'r"{ROOT.as_posix()}/resources/')
    said = run([sys.executable, "-c", f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{code}"], tmp_path)
    assert said == "Saved filled.png. 0 pixels changed outside the mask.\n"


def test_the_changelog_tells_the_version_that_is_built() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert re.search(rf"^## \[?{re.escape(version)}\b", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
