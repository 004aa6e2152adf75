"""From a thing in a photograph to the patches of the photograph that stand in its place, looked at by hand: cells, attention, stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from skimage import data

from app.view.theme import RANKS
from tests.engine.weights_there import needs_weights
from tests.journeys.photographer import CTRL, KEY, SHIFT, Photographer, differing

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytestmark = needs_weights("tmad")

MIDDLE = 130, 150
ORANGE = tuple(int(RANKS[0][at : at + 2], 16) for at in (1, 3, 5))


def photograph() -> NDArray[np.uint8]:
    return np.ascontiguousarray(data.chelsea()[:256, 80:400])


def orange(seen: NDArray[np.uint8]) -> int:
    """How much is seen of the colour of the first rank."""
    return int((np.abs(seen.astype(int) - ORANGE).max(axis=2) <= 8).sum())


def test_a_fill_is_taken_apart(person: Photographer) -> None:
    """Fill, point at a cell, see what counts for it, and go back stage by stage; the photograph stays what it is."""
    person.open(photograph())
    person.desk.recipe.set_method("tmad")
    person.paint((MIDDLE[0] - 20, MIDDLE[1]), (MIDDLE[0] + 20, MIDDLE[1]), size=48)
    person.fill()
    result, retrieving = person.pixels, person.desk.retrieving
    assert not person.desk.actions["next_stage"].isEnabled()
    assert person.desk.actions["cells"].isEnabled()

    plain = orange(person.seen())
    person.key("i")
    assert person.display.page == "evidence"
    person.move(*MIDDLE)
    assert retrieving.cell is not None
    assert orange(person.seen()) > plain + 100

    lined = person.seen()
    person.key("c")
    assert not person.desk.actions["cells"].isChecked()
    assert differing(person.seen(), lined).any()
    person.key("a", SHIFT)
    assert person.desk.actions["attention"].isChecked()
    assert person.seen()[40:].mean() < lined[40:].mean()
    person.key("a", SHIFT)

    person.click(*MIDDLE)
    seen = [person.colour(MIDDLE[0] + 12, MIDDLE[1] + 8)]
    for stage in ("synthesised", "retrieved", "coarse", "hole"):
        person.key(KEY.Key_Comma, SHIFT)
        assert retrieving.stage == stage
        seen.append(person.colour(MIDDLE[0] + 12, MIDDLE[1] + 8))
    assert len(set(seen)) >= 4
    assert not person.desk.actions["previous_stage"].isEnabled()
    for _ in range(4):
        person.key(KEY.Key_Period, SHIFT)
    assert retrieving.stage == "blended"
    assert np.array_equal(person.pixels, result)
    person.move(*MIDDLE)
    assert np.array_equal(person.seen()[-60:], lined[-60:])

    person.key(KEY.Key_Comma, SHIFT)
    person.key("z", CTRL)
    assert retrieving.stages == ()
    assert not person.desk.actions["cells"].isEnabled()
    assert np.array_equal(person.pixels, photograph())
