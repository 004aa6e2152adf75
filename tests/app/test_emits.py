"""Every signal below the window, emitted 5,000 times: no reference is lost or kept on the way, in one thread and between two."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Signal

from engine.geometry import Box
from engine.job import Step

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.app.conftest import Core

TIMES = 5000
SINGLE = (True, False, None, "", ())
"""Values that the whole interpreter shares: a reference dropped at each emit kills it, one kept is never seen again."""


class Carried:
    """What a signal carries."""


def signals(source: Any) -> dict[str, int]:
    """The signals of an object's own class, and how many values each carries; whoever heard them hears them no more."""
    names = [name for name, value in vars(type(source)).items() if isinstance(value, Signal)]
    found = {name: str(getattr(type(source), name)).count("PyObject") for name in names}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of those that nobody heard
        for name in found:
            getattr(source, name).disconnect()
    return found


@pytest.mark.parametrize("owner", ["document", "filling", "inspection", "recipe", "engine"])
def test_an_emit_neither_keeps_nor_drops_what_it_carries(core: Core, owner: str) -> None:
    source, heard = getattr(core, owner), [0]
    names = signals(source)
    assert names

    def hear(*_: Any) -> None:
        heard[0] += 1

    for name, count in names.items():
        signal, carried = getattr(source, name), Carried()
        signal.connect(hear)
        before, shared = sys.getrefcount(carried), [sys.getrefcount(value) for value in SINGLE]
        for k in range(TIMES):
            signal.emit(*[carried, SINGLE[k % len(SINGLE)]][:count])
        assert sys.getrefcount(carried) == before, name
        assert all(abs(sys.getrefcount(value) - was) < TIMES // 10 for was, value in zip(shared, SINGLE, strict=True)), name
    assert heard[0] == TIMES * len(names)


class Chatter:
    """Says the same 5,000 times."""

    def __init__(self, carried: Carried) -> None:
        self.carried = carried

    def run(self) -> Generator[Any, None, Any]:
        for k in range(TIMES):
            yield Step(k / TIMES, f"stage {k}")  # each of another stage, so that none is dropped
        return True


def test_five_thousand_steps_cross_from_thread_to_thread(core: Core) -> None:
    heard: list[float] = []
    ended: list[bool] = []
    core.engine.stepped.connect(lambda _, step: heard.append(step.fraction))
    core.engine.finished.connect(lambda _, value: ended.append(value))
    carried, truth = Carried(), sys.getrefcount(True)
    before = sys.getrefcount(carried)
    core.engine.start(Chatter(carried))
    core.qtbot.waitUntil(lambda: bool(ended), timeout=60_000)
    assert heard == [k / TIMES for k in range(TIMES)]
    core.engine.start(Chatter(Carried()))
    core.qtbot.waitUntil(lambda: len(ended) == 2, timeout=60_000)
    assert sys.getrefcount(carried) == before
    assert abs(sys.getrefcount(True) - truth) < TIMES // 10


def test_five_thousand_strokes_keep_their_count(core: Core) -> None:
    from tests.app.meadow import grass  # noqa: PLC0415

    core.open(grass(20, 20))
    truth = sys.getrefcount(True)
    for k in range(TIMES):
        core.paint(Box(3, 3, 5, 5), 255 * (k % 2 == 0))
    assert len(core.document.history.done) <= 200
    assert abs(sys.getrefcount(True) - truth) < TIMES // 10
