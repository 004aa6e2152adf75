"""How references match is found out by itself, and never in the way of a fill; the method follows from there being one."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.display import Display
from app.kinds import Kind
from app.matching import Matching
from engine.methods import shelf
from tests.app.conftest import PATIENCE, Core
from tests.app.twice import HOLE, elsewhere, first, second


class Desk:
    """The core with somebody who matches, and no rest."""

    def __init__(self, core: Core) -> None:
        self.core, self.references = core, core.document.references
        self.display = Display(core.document)
        self.said: list[str] = []
        self.matching = Matching(core.document, core.recipe, core.filling, self.display, core.engine, core.document)
        self.matching.said.connect(lambda message: self.said.append(message.text))
        self.matching.rest(10)
        self.asked: list[bool] = []
        self.references.changed.connect(lambda: self.asked.append(self.references.matching))

    def learn(self) -> None:
        self.core.recipe.set_cards(tuple(method.card for method in shelf().values()))
        self.core.recipe.set_setting("features", "rootsift", "refmatch")

    def begin(self) -> None:
        self.learn()
        self.core.open(first())

    @property
    def known(self) -> bool:
        items = self.references.items
        return bool(items) and not self.references.matching and all(self.references.match_of(one) is not None for one in items)

    def until_known(self) -> None:
        self.core.qtbot.waitUntil(lambda: self.known, timeout=PATIENCE)


@pytest.fixture
def desk(core: Core) -> Desk:
    return Desk(core)


# The method


def test_with_the_first_reference_fills_take_from_it_and_without_any_they_do_not(desk: Desk) -> None:
    desk.begin()
    one = desk.references.add(second(), Path("second.jpg"))
    assert desk.core.recipe.method == "refmatch"
    assert desk.said == ["Fills now take what they can from second.jpg."]
    desk.references.remove(one)
    assert desk.core.recipe.method == "patchmatch"
    desk.core.document.undo()
    assert desk.core.recipe.method == "refmatch"
    desk.core.document.undo()
    desk.core.document.undo()
    assert desk.core.recipe.method == "patchmatch"


def test_who_chose_another_method_keeps_it(desk: Desk) -> None:
    desk.begin()
    desk.references.add(second())
    desk.core.recipe.set_method("telea")
    other = desk.references.add(elsewhere())
    assert desk.core.recipe.method == "telea"
    desk.references.remove(other)
    assert desk.core.recipe.method == "telea"
    desk.core.recipe.use_references()
    desk.references.remove(desk.references.items[0])
    assert desk.core.recipe.method == "telea", "what filled last without references does again"


def test_one_that_comes_along_changes_nothing_until_it_is_wanted(desk: Desk) -> None:
    desk.begin()
    desk.references.add(second(), Path("second.jpg"), along=True)
    assert desk.core.recipe.method == "patchmatch"
    assert not desk.said
    assert not desk.references.matching
    desk.display.set("page", "reference")
    desk.until_known()


def test_before_the_engine_is_loaded_the_wish_is_kept(desk: Desk) -> None:
    desk.core.open(first())
    desk.references.add(second())
    assert desk.core.recipe.method == "patchmatch"
    desk.learn()
    assert desk.core.recipe.method == "refmatch"


def test_another_photograph_is_filled_as_before(desk: Desk) -> None:
    desk.begin()
    desk.references.add(second())
    desk.core.open(first())
    assert desk.core.recipe.method == "patchmatch"


# When


def test_it_is_found_out_at_once_and_once(desk: Desk) -> None:
    desk.begin()
    one = desk.references.add(second(), Path("second.jpg"))
    assert desk.references.matching
    desk.until_known()
    match = desk.references.match_of(one)
    assert match is not None
    assert match.quality == "good"
    assert match.name == "second.jpg"
    assert match.inliers > 20
    begun = desk.asked.count(True)
    desk.core.recipe.set_setting("palette", 1.0)
    desk.core.qtbot.wait(50)
    assert desk.asked.count(True) == begun, "colours have nothing to do with it"


def test_another_place_is_no_match(desk: Desk) -> None:
    desk.begin()
    one = desk.references.add(elsewhere())
    desk.until_known()
    match = desk.references.match_of(one)
    assert match is not None
    assert match.quality == "none"


def test_what_is_painted_is_matched_after_a_rest(desk: Desk) -> None:
    desk.begin()
    one = desk.references.add(second())
    desk.until_known()
    before = desk.references.match_of(one)
    desk.core.paint(HOLE)
    assert not desk.references.matching
    desk.core.qtbot.waitUntil(lambda: desk.known and desk.references.match_of(one) is not before, timeout=PATIENCE)
    after = desk.references.match_of(one)
    assert after is not None
    assert after.coverage == pytest.approx(1.0)


def test_points_are_matched_after_a_rest(desk: Desk) -> None:
    desk.begin()
    one = desk.references.add(second())
    desk.until_known()
    before = desk.references.match_of(one)
    desk.references.begin(here=(100, 100))
    desk.core.qtbot.wait(50)
    assert desk.references.match_of(one) is before, "half a pair says nothing"
    desk.references.begin(there=(112, 84))
    desk.core.qtbot.waitUntil(lambda: desk.known and desk.references.match_of(one) is not before, timeout=PATIENCE)


def test_a_fill_goes_first(desk: Desk) -> None:
    desk.begin()
    desk.core.paint(HOLE)
    desk.references.add(second())
    assert desk.references.matching
    desk.core.filling.fill()
    assert not desk.references.matching
    desk.core.idle()
    assert desk.core.document.choices
    desk.until_known()


# By what


def test_the_kinds_are_listed_and_one_that_is_not_here_stops_both(desk: Desk) -> None:
    desk.begin()
    desk.references.add(second())
    desk.core.qtbot.waitUntil(lambda: bool(desk.core.recipe.kinds), timeout=PATIENCE)
    assert [kind.title for kind in desk.core.recipe.kinds][:2] == ["Landmark", "RootSIFT"]
    assert not next(kind for kind in desk.core.recipe.kinds if kind.name == "rootsift").lacks
    desk.until_known()
    desk.core.recipe.set_kinds((Kind("rootsift", "RootSIFT", "", "rootsift is not there."),))
    desk.core.paint(HOLE)
    assert desk.core.filling.reason == "rootsift is not there."
    desk.core.qtbot.wait(50)
    assert not desk.references.matching
