"""The tool in hand, and how things are shown."""

from __future__ import annotations

import pytest

from app.display import CHOICES, Display
from app.toolbox import LARGEST, SMALLEST, TOOLS, Toolbox


def test_a_held_tool_is_put_back() -> None:
    box = Toolbox()
    box.choose("lasso")
    box.hold("hand")
    assert (box.tool, box.chosen) == ("hand", "lasso")
    box.release()
    assert box.tool == "lasso"


def test_choosing_ends_holding() -> None:
    box = Toolbox()
    box.hold("hand")
    box.choose("eraser")
    box.release()
    assert box.tool == "eraser"


def test_swap_goes_between_brush_and_eraser() -> None:
    box, seen = Toolbox(), []
    for _ in range(3):
        box.swap()
        seen.append(box.tool)
    assert seen == ["eraser", "brush", "eraser"]
    box.choose("area")
    box.swap()
    assert box.tool == "brush"


@pytest.mark.parametrize(("step", "end"), [("larger", LARGEST), ("smaller", SMALLEST)])
def test_sizes_go_by_a_pixel_at_least_and_end(step: str, end: float) -> None:
    box = Toolbox()
    for _ in range(200):
        before = box.size
        getattr(box, step)()
        assert abs(box.size - before) >= 1 or before == end
    assert box.size == end


def test_hardness_goes_from_nothing_to_one() -> None:
    box = Toolbox()
    for _ in range(9):
        box.softer()
    assert box.hardness == 0
    for _ in range(9):
        box.harder()
    assert box.hardness == 1


def test_every_tool_can_be_chosen() -> None:
    box = Toolbox()
    for tool in TOOLS:
        box.choose(tool)
        assert box.tool == tool
    with pytest.raises(AssertionError):
        box.choose("axe")


@pytest.mark.parametrize("name", list(CHOICES))
def test_a_display_takes_its_values_and_no_others(name: str) -> None:
    display, said = Display(), []
    display.changed.connect(said.append)
    for value in CHOICES[name]:
        display.set(name, value)
        assert getattr(display, name) == value
    assert said.count(name) >= len(CHOICES[name]) - 1
    with pytest.raises(ValueError, match=name):
        display.set(name, "plaid")
    count = len(said)
    display.set(name, getattr(display, name))
    assert len(said) == count, "what stays as it was is no news"
