"""What the house promises of itself: no Qt below the roof, a light front door, small rooms, and a plan that names them all."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles

import cv2
import pytest

from tests.conftest import ROOT

QT = ("PySide6", "PySide2", "shiboken6", "PyQt6", "PyQt5", "qtpy")
FORBID_QT = f"""
import sys
class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {QT}:
            raise ImportError(f"{{name}} was asked for")
sys.meta_path.insert(0, NoQt())
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter at the root of the project in which Qt cannot be imported."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORBID_QT + code, *arguments],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done


def test_the_hook_that_forbids_qt_works() -> None:
    done = run("try:\n    import PySide6.QtCore\nexcept ImportError as e:\n    print(e)")
    assert done.stdout.strip() == "PySide6 was asked for"


def test_all_of_the_engine_imports_without_qt() -> None:
    code = """
import importlib, pkgutil, engine
names = [m.name for m in pkgutil.walk_packages(engine.__path__, "engine.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""
    assert int(run(code).stdout) > 25


def test_the_front_door_brings_neither_qt_nor_torch() -> None:
    code = "import main, engine.commands\nprint(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = set(run(code).stdout.split())
    assert "engine" in loaded
    assert not loaded & {"torch", "numba", "llvmlite", "app", "skimage", "scipy", "matplotlib", "pytest", *QT}


def test_a_subcommand_runs_where_qt_cannot_be_imported() -> None:
    done = run("import main\nsys.argv[1:] = ['methods']\nassert main.main() == 0\nassert 'app' not in sys.modules")
    assert all(name in done.stdout for name in ("harmonic", "navier-stokes", "patchmatch", "telea"))


BELOW = """
import importlib, pkgutil, sys
class NoWidgets:
    def find_spec(self, name, path=None, target=None):
        if name in forbidden:
            raise ImportError(f"{name} was asked for")
forbidden = sys.argv[1].split(",")
sys.meta_path.insert(0, NoWidgets())
import app
names = [m.name for m in pkgutil.walk_packages(app.__path__, "app.") if m.name.split(".")[1] not in sys.argv[2].split(",")]
for name in names:
    importlib.import_module(name)
print(len(names), *sorted({name.split(".")[0] for name in sys.modules}))
"""


def below(forbidden: str, *above: str) -> set[str]:
    """What is loaded where all of the application but the rooms above is imported, without those modules of Qt."""
    code = [sys.executable, "-W", "error", "-c", BELOW, forbidden, ",".join(above)]
    done = subprocess.run(code, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    count, *loaded = done.stdout.split()
    assert int(count) > 25
    return set(loaded)


def test_the_application_below_the_view_knows_no_widgets() -> None:
    below("PySide6.QtWidgets", "view", "application", "start")


def test_the_application_below_its_actions_knows_no_gui_and_no_compiler() -> None:
    loaded = below("PySide6.QtWidgets,PySide6.QtGui", "view", "application", "start", "desk", "actions")
    assert "PySide6" in loaded
    assert not loaded & {"torch", "numba", "llvmlite"}


def test_widgets_would_be_seen_below() -> None:
    with pytest.raises(AssertionError, match=r"PySide6\.QtWidgets was asked for"):
        below("PySide6.QtWidgets", "start")


def test_the_window_brings_no_torch() -> None:
    code = "import sys, app.application; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert "PySide6" in done.stdout.split()
    assert not set(done.stdout.split()) & {"torch", "numba", "llvmlite", "scipy", "skimage", "matplotlib"}


def test_opencv_carries_no_qt_of_its_own() -> None:
    assert not (Path(cv2.__file__).parent / "qt").exists()


def sources(*folders: str) -> list[Path]:
    return [module for folder in folders for module in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize("folder", ["engine", "app", "resources", "tests", "benchmarks"])
def test_no_file_has_more_than_400_lines(folder: str) -> None:
    found = sources(folder)
    assert found
    long = {path.relative_to(ROOT).as_posix(): lines for path in found if (lines := path.read_text("utf-8").count("\n")) > 400}
    assert not long


def function_lengths(*folders: str) -> list[int]:
    """Lines of every function, its signature and its docstring among them."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sources(*folders)]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in functions]


def test_functions_are_short() -> None:
    lengths = function_lengths("engine", "app")
    assert len(lengths) > 100
    assert median(lengths) <= 10
    assert quantiles(lengths, n=10)[-1] <= 30


def rooms() -> list[str]:
    """What a newcomer sees in the engine's folder: modules and packages, by name."""
    found = [path for path in (ROOT / "engine").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    return sorted(path.stem for path in found if path.stem != "__init__")


def test_the_plan_of_the_house_names_every_room() -> None:
    plan = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert len(rooms()) >= 12
    assert not [room for room in rooms() if not re.search(rf"\b{room}\b", plan)]
