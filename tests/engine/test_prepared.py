"""Loading and compiling before the first fill: in a process of its own, with an empty cache and with a full one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from engine import finishes, methods
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PREPARED = """
import gc, json, sys
from engine.prepared import prepare
light = sorted({name.split(".")[0] for name in sys.modules} & {"torch", "numba", "cv2"})
thresholds, steps, going = gc.get_threshold(), [], prepare()
while True:
    try:
        step = next(going)
    except StopIteration as end:
        cards = [[card.name for card in shelf] for shelf in end.value]
        break
    steps.append((step.fraction, step.stage))
from engine.ops import gradients, patches
from engine.job import Job, finished
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
import numpy as np
kernels = [one for module in (patches, gradients) for one in vars(module).values() if hasattr(one, "stats")]
compiled = [sum(sum(one.stats.cache_misses.values()) for one in kernels)]
coverage = np.zeros((300, 400), np.uint8)
coverage[100:150, 100:180] = 255
finished(Pipeline().run(Job(Picture(np.zeros((300, 400, 3), np.uint8)), Mask(coverage))))
compiled.append(sum(sum(one.stats.cache_misses.values()) for one in kernels))
print(json.dumps([light, gc.get_threshold() == thresholds, steps, cards, compiled]))
"""


def prepared(cache: Path) -> list[Any]:
    surroundings = {name: value for name, value in os.environ.items() if name != "NUMBA_JIT_COVERAGE"} | {"NUMBA_CACHE_DIR": str(cache)}
    said = subprocess.run([sys.executable, "-c", PREPARED], capture_output=True, text=True, check=True, cwd=ROOT, env=surroundings)
    return json.loads(said.stdout)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], list[Any]]:
    cache = tmp_path_factory.mktemp("numba")
    return prepared(cache), prepared(cache)


def test_the_first_start_says_that_it_compiles_and_the_second_does_not(twice: tuple[list[Any], list[Any]]) -> None:
    stages = [{stage for _, stage in run[2]} for run in twice]
    assert stages == [{"loading", "Preparing for this processor, once"}, {"loading"}]


def test_a_fill_after_it_compiles_nothing_more(twice: tuple[list[Any], list[Any]]) -> None:
    first, second = (run[4] for run in twice)
    assert first[0] == first[1] >= 7
    assert second == [0, 0]


def test_nothing_is_loaded_before_it_begins_and_the_collector_is_left_as_it_was(twice: tuple[list[Any], list[Any]]) -> None:
    for light, same, steps, cards, _ in twice:
        assert light == []
        assert same
        assert cards == [list(methods.shelf()), list(finishes.shelf())]
        fractions = [fraction for fraction, _ in steps]
        assert fractions == sorted(fractions)
        assert (fractions[0], fractions[-1]) == (0, 1)
