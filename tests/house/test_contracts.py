"""The import contracts of pyproject.toml hold, and each of them is broken by an import put there on purpose."""

from __future__ import annotations

import shutil
import sys
import tomllib
from typing import TYPE_CHECKING

import grimp
import pytest
from importlinter import api

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

ROOTS = ("app", "engine", "resources")
CONTRACTS = tuple(one["name"] for one in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"])

STOREYS, FLOORS, GROUND, APART, NAMELESS, GARDEN, NO_RECIPE, NETS, NO_QT, NO_TORCH, FORMATS, BEHIND, ROOMS, NO_QT_EITHER, SEEN, ALONE = (
    CONTRACTS
)

BREACHES = (
    ("engine/errors.py", "import app", {STOREYS}),
    ("engine/ops/bands.py", "import resources", {STOREYS}),
    ("resources/__init__.py", "import engine.geometry", {STOREYS}),
    ("engine/geometry.py", "from engine.picture import Picture", {FLOORS}),
    ("engine/picture.py", "import engine.job", {FLOORS}),
    ("engine/evidence.py", "import engine.device", {FLOORS, GROUND, NO_TORCH}),
    ("engine/ops/bands.py", "import engine.methods", {FLOORS}),
    ("engine/ops/membrane.py", "import engine.pipeline", {FLOORS}),
    ("engine/ops/level.py", "import engine.files.formats", {FLOORS}),
    ("engine/methods/telea.py", "import engine.pipeline", {FLOORS}),
    ("engine/methods/telea.py", "from engine.files import formats", {FLOORS}),
    ("engine/pipeline.py", "from engine.files import formats", {FLOORS}),
    ("engine/pipeline.py", "import engine.commands", {FLOORS, GARDEN, FORMATS}),
    ("engine/attic.py", "", {FLOORS}),
    ("engine/evidence.py", "import cv2", {GROUND}),
    ("engine/drawing.py", "from PIL import Image", {GROUND}),
    ("engine/methods/harmonic.py", "from engine.methods import telea", {APART}),
    ("engine/pipeline.py", "from engine.methods.telea import Telea", {NAMELESS}),
    ("engine/commands/fill.py", "from engine.methods import patchmatch", {NAMELESS}),
    ("engine/pipeline.py", "from engine.finishes import texture_memory", {NAMELESS}),
    ("engine/evaluation/methods.py", "from engine.methods import patchmatch", {NAMELESS}),
    ("engine/nets/vgg.py", "from engine.weights import load", {FLOORS, NETS}),
    ("engine/weights/loading.py", "from engine.nets import vgg", {FLOORS}),
    ("engine/evaluation/sets.py", "from engine.training import views", {FLOORS}),
    ("engine/pipeline.py", "import engine.evaluation", {FLOORS, GARDEN}),
    ("engine/prepared.py", "import engine.training", {GARDEN}),
    ("app/workshop.py", "import engine.evaluation", {GARDEN}),
    ("engine/commands/train.py", "from engine.training.recipes import landmark", {NO_RECIPE}),
    ("engine/nets/landmark.py", "import cv2", {NETS}),
    ("engine/ops/bands.py", "from PySide6 import QtCore", {NO_QT, NO_QT_EITHER}),
    ("engine/commands/fill.py", "import shiboken6", {NO_QT}),
    ("engine/files/formats.py", "import torch", {NO_TORCH}),
    ("engine/ops/pyramid.py", "from PIL import Image", {FORMATS}),
    ("engine/methods/patchmatch.py", "import imagecodecs", {FORMATS}),
    ("engine/ops/level.py", "import cv2", {BEHIND}),
    ("engine/ops/merge.py", "import numba", {BEHIND}),
    ("engine/pipeline.py", "import cv2", {BEHIND}),
    ("app/desk.py", "import app.view.theme", {ROOMS}),
    ("app/actions.py", "from app.desk import Desk", {ROOMS}),
    ("app/document.py", "from app.filling import Filling", {ROOMS}),
    ("app/filling.py", "import app.inspection", {ROOMS}),
    ("app/view/theme.py", "import app.application", {ROOMS}),
    ("app/sheet.py", "import app.choice", {ROOMS}),
    ("app/attic.py", "", {ROOMS}),
    ("app/photograph.py", "from PySide6.QtGui import QImage", {NO_QT_EITHER}),
    ("app/tools/tip.py", "from PySide6 import QtCore", {NO_QT_EITHER}),
    ("app/history.py", "from app.words import tr", {NO_QT_EITHER}),
    ("app/view/theme.py", "import torch", {SEEN}),
    ("app/view/canvas/viewport.py", "from engine.ops.filters import blurred", {SEEN}),
    ("app/view/window.py", "from engine.methods import shelf", {SEEN, ALONE}),
    ("app/document.py", "from engine.pipeline import Pipeline", {ALONE}),
    ("app/recipe.py", "from engine.methods import shelf", {ALONE}),
)

MAY = {
    "engine.files": {"numpy", "cv2", "PIL", "tifffile", "imagecodecs", "jpeglib"},
    "engine.ops": {"numpy", "torch", "numba", "llvmlite", "cv2"},
    "engine.methods": {"numpy", "torch", "cv2"},
    "engine.texture": {"numpy", "torch"},
    "engine.matching": {"numpy", "torch", "cv2", "scipy", "kornia"},
    "engine.method": {"numpy", "torch"},
    "engine.device": {"torch"},
    "engine.pipeline": {"numpy", "torch"},
    "engine.prepared": {"numpy", "torch"},
    "engine.holes": {"numpy", "cv2"},
    "engine.nets": {"torch"},
    "engine.weights": {"numpy", "torch", "safetensors", "platformdirs"},
    "engine.training": {"numpy", "torch", "cv2", "safetensors", "tqdm", "tensorboard"},
    "engine.evaluation": {"numpy", "torch", "cv2", "PIL", "psutil", "platformdirs", "skimage", "patchmatch", "resynthesizer"},
    "engine.commands": {"numpy", "torch", "tqdm", "psutil", "platformdirs"},
}
"""Libraries each room may import by itself; every other module of the engine: numpy."""


def broken(folder: Path) -> set[str]:
    """Names of the contracts that the packages in a folder break."""
    options = api.use_cases.read_user_options(str(folder / "pyproject.toml"))
    api.use_cases._register_contract_types(options)
    report = api.use_cases.create_report(options, cache_dir=None)
    assert not report.could_not_run, report.invalid_contract_options
    return {contract.name for contract, check in report.get_contracts_and_checks() if not check.kept}


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packages and their contracts, where an import of their names finds the copy."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ROOTS:
        for module in (ROOT / name).rglob("*.py"):
            to = tmp_path / module.relative_to(ROOT)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(module, to)
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_the_contracts_hold(copy: Path) -> None:
    assert broken(copy) == set()


@pytest.mark.parametrize(("module", "line", "wanted"), BREACHES, ids=[f"{m}: {line or 'a new room'}" for m, line, _ in BREACHES])
def test_a_breach_is_seen(copy: Path, module: str, line: str, wanted: set[str]) -> None:
    with (copy / module).open("a", encoding="utf-8") as text:
        text.write(f"\n{line}\n")
    assert broken(copy) == wanted


def test_every_contract_has_a_breach_of_its_own() -> None:
    alone = [wanted for _, _, wanted in BREACHES if len(wanted) == 1]
    assert {name for wanted in alone for name in wanted} == set(CONTRACTS)


def test_each_room_imports_only_the_libraries_it_may() -> None:
    graph = grimp.build_graph("engine", include_external_packages=True, cache_dir=None)
    ours = {module for module in graph.modules if module.split(".")[0] == "engine"}
    for module in sorted(ours):
        room = ".".join(module.split(".")[:2])
        imported = {name.split(".")[0] for name in graph.find_modules_directly_imported_by(module)} - {"engine"}
        strangers = imported - sys.stdlib_module_names - MAY.get(room, {"numpy"})
        assert not strangers, f"{module} imports {', '.join(sorted(strangers))}"
    assert len(ours) > 30
