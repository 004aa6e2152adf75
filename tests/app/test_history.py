"""History: in order, bounded, and a step can leave its middle where nothing depends on it."""

from __future__ import annotations

import numpy as np
import pytest

from app import history as module
from app.history import Edit, History
from app.sheet import Sheet
from engine.geometry import Box


@pytest.fixture
def page() -> Sheet:
    return Sheet(np.zeros((300, 300), np.uint8))


def edit(page: Sheet, box: Box, level: int = 255) -> Edit:
    page.writing(box)[...] = level
    change = page.done()
    assert change is not None
    return Edit("Stroke", ((page, change),))


def test_undo_and_redo_go_through_the_same_steps(page: Sheet) -> None:
    history, edits = History(), [edit(page, Box(0, 10 * k, 20, 20), k + 1) for k in range(4)]
    for one in edits:
        history.push(one)
    last = page.pixels.copy()
    assert [history.undo() for _ in range(5)] == [*reversed(edits), None]
    assert not page.pixels.any()
    assert [history.redo() for _ in range(5)] == [*edits, None]
    assert np.array_equal(page.pixels, last)


def test_a_new_step_forgets_what_was_undone(page: Sheet) -> None:
    history = History()
    history.push(edit(page, Box(0, 0, 5, 5)))
    history.undo()
    history.push(edit(page, Box(9, 9, 5, 5)))
    assert history.redo() is None


def test_steps_are_bounded_in_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STEPS", 5)
    history, edits = History(), [Edit(str(k)) for k in range(8)]
    for one in edits:
        history.push(one)
    assert history.done == edits[3:]


def test_steps_are_bounded_in_bytes(page: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, history = np.random.default_rng(0), History()
    monkeypatch.setattr(module, "MOST_BYTES", 200_000)
    for _ in range(10):
        page.writing(page.box)[...] = rng.integers(0, 256, page.size)
        change = page.done()
        assert change is not None
        history.push(Edit("Noise", ((page, change),)))
    assert len(history.done) == 2
    assert sum(one.nbytes for one in history.done) <= 200_000


def test_one_step_is_kept_however_large(page: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1)
    history = History()
    history.push(edit(page, page.box))
    assert history.undo() is not None
    assert not page.pixels.any()


def test_a_step_leaves_the_middle_where_nothing_met_it(page: Sheet) -> None:
    history = History()
    first, apart = edit(page, Box(0, 0, 50, 50)), edit(page, Box(50, 0, 50, 50))
    history.push(first)
    history.push(apart)
    assert history.pull(first)
    first.toggle()
    assert history.done == [apart]
    assert not page.pixels[:50].any()
    assert page.pixels[50:100, :50].all()


def test_a_step_stays_where_later_ones_met_it(page: Sheet) -> None:
    history = History()
    first, over = edit(page, Box(0, 0, 50, 50)), edit(page, Box(40, 40, 50, 50), 9)
    history.push(first)
    history.push(over)
    assert not history.pull(first)
    history.undo()
    assert not history.pull(first), "what was undone may be done again"
    history.push(Edit("other"))
    assert history.pull(first)


def test_a_step_that_was_forgotten_cannot_be_pulled() -> None:
    assert not History().pull(Edit("Fill"))
