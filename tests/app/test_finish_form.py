"""What follows a fill, chosen and set on the page, and what the fills are then asked to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.sampling import FORBIDDEN
from app.view.controls import ComboBox
from app.view.fields import SliderField
from app.view.panel.result_tile import HIGH, WIDE, ResultTile, Tile
from engine import finishes, methods
from engine.evidence import NearestNeighborField
from tests.app.meadow import grass
from tests.app.pages import HOLE, OTHER, Pages, click, clipped, dressed, longer, shown, words
from tests.engine.finishing import lay_palette

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget

    from tests.app.conftest import Core

METHODS = tuple(method.card for method in methods.shelf().values())


@pytest.fixture(autouse=True)
def second_shelf(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    lay_palette(monkeypatch)
    before = qapp.doubleClickInterval()
    qapp.setDoubleClickInterval(0)  # or Qt lets nothing be chosen for so long after a click that opened a list
    with dressed(qapp):
        yield
    qapp.setDoubleClickInterval(before)


def learn(core: Core) -> None:
    """The engine is loaded; a quick method."""
    core.recipe.set_cards(METHODS, tuple(finish.card for finish in finishes.shelf().values()))
    core.recipe.set_method("telea")


def learnt(core: Core) -> Pages:
    """The page with all that."""
    pages = shown(core)
    learn(core)
    return pages


@pytest.fixture
def pages(core: Core) -> Pages:
    return learnt(core)


def combo(pages: Pages) -> ComboBox:
    """The choice as it is now: the form is made anew with each finish."""
    assert pages.fill.finish is not None
    return pages.fill.finish.combo


def choose(pages: Pages, text: str) -> None:
    """Open the list with the mouse and click on an entry."""
    box = combo(pages)
    pages.core.qtbot.waitUntil(lambda: box.isVisible() and box.width() > 0)
    click(box, QPoint(12, box.height() // 2))
    view = box.view()
    pages.core.qtbot.waitUntil(view.isVisible)
    QApplication.processEvents()
    at = view.visualRect(box.model().index(box.findText(text), 0)).center()
    QTest.mouseMove(view.viewport(), at)
    click(view.viewport(), at)
    pages.core.qtbot.waitUntil(lambda: combo(pages).currentText() == text)


def row(pages: Pages, name: str) -> Any:
    found = [one for kind in (SliderField, ComboBox) for one in pages.fill.form.findChildren(kind, name)]
    assert len(found) == 1
    return found[0]


def seen(pages: Pages, *texts: str) -> bool:
    return set(texts) <= set(words(pages.fill))


# The choice


def test_until_the_engine_is_loaded_there_is_no_choice(core: Core) -> None:
    pages = shown(core)
    assert pages.fill.finish is None
    assert not seen(pages, "Finish")


def test_nothing_follows_until_it_is_chosen(pages: Pages) -> None:
    assert seen(pages, "Finish")
    titles = [finish.card.title for finish in finishes.shelf().values()]
    assert [combo(pages).itemText(at) for at in range(combo(pages).count())] == ["None", *titles]
    assert combo(pages).currentText() == "None"
    assert not seen(pages, "Keep")


def test_a_finish_is_chosen_with_the_mouse_and_brings_its_rows(pages: Pages) -> None:
    choose(pages, "Palette")
    assert pages.core.recipe.finish == "palette"
    assert seen(pages, "The nearest colour there is.", "Keep", "Compare", "Take from")
    choose(pages, "None")
    assert pages.core.recipe.finish == ""
    assert not seen(pages, "Keep")


def test_the_keyboard_goes_on_from_one_to_the_next(pages: Pages) -> None:
    box = combo(pages)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert combo(pages) is not box
    assert combo(pages).hasFocus()
    QTest.keyClick(combo(pages), Qt.Key.Key_Up)
    assert (combo(pages).currentText(), combo(pages).hasFocus()) == ("None", True)


# Its settings


def test_its_rows_set_it_and_nothing_else(pages: Pages) -> None:
    recipe = pages.core.recipe
    recipe.set_finish("palette")
    before = recipe.settings
    keep = row(pages, "finish keep")
    pages.core.qtbot.waitUntil(lambda: keep.slider.width() > 50)
    click(keep.slider, QPoint(keep.slider.width() - 2, keep.slider.height() // 2))
    assert vars(recipe.settings_of("palette"))["keep"] == pytest.approx(1.0, abs=0.051)
    channel = row(pages, "finish channel")
    channel.setFocus()
    QTest.keyClick(channel, Qt.Key.Key_Down)
    assert vars(recipe.settings_of("palette"))["channel"] == "first"
    assert recipe.settings == before


def test_settings_of_the_same_name_are_set_apart(pages: Pages) -> None:
    recipe = pages.core.recipe
    recipe.set_method("patchmatch")
    recipe.set_finish("texture-memory")
    for name, value in (("patch", 9), ("finish patch", 5)):
        field = row(pages, name)
        field.field.setFocus()
        QTest.keyClicks(field.field, str(value))
        QTest.keyClick(field.field, Qt.Key.Key_Return)
    assert vars(recipe.settings)["patch"] == 9
    assert vars(recipe.settings_of("texture-memory"))["patch"] == 5
    assert (row(pages, "patch").value, row(pages, "finish patch").value) == (9, 5)


def test_choice_and_settings_are_kept_by_whichever_method(pages: Pages) -> None:
    recipe = pages.core.recipe
    recipe.set_finish("palette")
    recipe.set_setting("keep", 0.5, "palette")
    recipe.set_method("harmonic")
    assert combo(pages).currentText() == "Palette"
    recipe.set_finish("")
    recipe.set_finish("palette")
    assert row(pages, "finish keep").field.text() == "0.50"


def test_a_method_that_it_does_not_follow_does_not_offer_it(pages: Pages) -> None:
    recipe = pages.core.recipe
    recipe.set_finish("palette")
    recipe.set_method("navier-stokes")
    assert combo(pages).findText("Palette") < 0
    assert combo(pages).currentText() == "None"
    assert not seen(pages, "Keep")
    recipe.set_method("telea")
    assert combo(pages).currentText() == "Palette"


def test_after_the_texture_memory_there_is_none_to_choose(pages: Pages) -> None:
    recipe = pages.core.recipe
    recipe.set_cards(METHODS, tuple(card for card in recipe.finishes if card.name == "texture-memory"))
    recipe.set_finish("texture-memory")
    assert seen(pages, "Finish")
    recipe.set_method("tmad")
    assert pages.fill.finish is None
    assert not seen(pages, "Finish")


# Where it copies from


def test_the_sampling_area_applies_where_the_finish_copies(pages: Pages) -> None:
    in_vain = "This method copies nothing, so the sampling area does not apply."
    pages.forbid(OTHER, FORBIDDEN)
    pages.core.qtbot.waitUntil(lambda: seen(pages, in_vain))
    choose(pages, "Palette")
    assert seen(pages, "Take from", "Everywhere but the painted area")
    assert not seen(pages, in_vain)
    pages.core.recipe.set_method("patchmatch")
    assert words(pages.fill).count("Take from") == 1


# What is filled


def test_a_fill_is_finished_and_called_so(core: Core) -> None:
    pages = learnt(core)
    stages: set[str] = set()
    core.engine.stepped.connect(lambda *_: stages.update(one.text for one in core.filling.rows()))
    choose(pages, "Palette")
    core.recipe.set_setting("keep", 0.25, "palette")
    pages.forbid(OTHER, FORBIDDEN)
    core.fill(HOLE)
    candidate = core.document.choices[0].candidates[0]
    assert (candidate.method, candidate.title) == ("telea", "Telea + Palette")
    assert candidate.record["finish"]["settings"] == {"keep": 0.25, "channel": "all"}
    (field,) = [one for one in candidate.evidence if isinstance(one, NearestNeighborField)]
    at = field.pixels.window.box
    assert not any(
        OTHER.holds(int(row) + at.top, int(column) + at.left) for row, column in zip(field.rows[0], field.columns[0], strict=True)
    )
    assert "Telea + Palette, " in pages.fill.findChildren(ResultTile)[0].accessibleDescription()
    core.recipe.set_finish("")
    core.filling.another()
    core.idle()
    (_, other) = core.document.choices[0].candidates
    assert (other.title, "finish" in other.record) == ("Telea", False)


def test_what_was_asked_for_stays_as_it_was_asked(core: Core) -> None:
    """The choice may change while a fill waits."""
    learn(core)
    core.open(grass(300, 300))
    core.recipe.set_finish("palette")
    for box in (HOLE, OTHER):
        core.paint(box)
        core.filling.fill()
        core.recipe.set_finish("")
    core.idle()
    assert [choice.candidates[0].title for choice in core.document.choices] == ["Telea + Palette", "Telea"]


def test_progress_says_that_it_is_finishing(core: Core) -> None:
    learn(core)
    core.open(grass(300, 300))
    core.recipe.set_finish("palette")
    said: list[tuple[float | None, str]] = []
    core.filling.changed.connect(lambda: said.extend((one.fraction, one.text) for one in core.filling.rows()))
    core.fill(HOLE)
    fractions = [fraction for fraction, text in said if text.startswith("Finishing, l")]
    assert fractions
    assert min(fractions) > 0.5


# Layout


@pytest.mark.parametrize("method", ["harmonic", "patchmatch"])
def test_nothing_is_clipped_in_a_longer_language(qapp: QApplication, core: Core, method: str) -> None:
    with longer(qapp):
        pages = learnt(core)
        core.recipe.set_method(method)
        core.recipe.set_finish("texture-memory")
        core.qtbot.waitUntil(lambda: not clipped(pages.fill))
        assert "xo" in combo(pages).currentText()


def test_rows_of_both_share_their_edges(pages: Pages) -> None:
    pages.core.recipe.set_method("patchmatch")
    pages.core.recipe.set_finish("texture-memory")

    def edges(widget: QWidget) -> tuple[int, int]:
        return widget.mapTo(pages.panel, QPoint()).x(), widget.mapTo(pages.panel, QPoint(widget.width(), 0)).x()

    pages.core.qtbot.waitUntil(lambda: edges(combo(pages)) == (16, 304))
    assert edges(row(pages, "finish effort")) == edges(row(pages, "effort"))
    assert edges(row(pages, "finish patch").slider) == edges(row(pages, "patch").slider)


def test_a_long_name_is_wrapped_between_its_words_below_a_result(core: Core) -> None:
    tile = Tile()
    core.qtbot.addWidget(tile)
    tile.set_texts("Navier-Stokes + Texture memory", "1.1 s")
    assert tile.minimumSizeHint().width() <= 124
    one, wrapped = (tile.heightForWidth(width) - width * HIGH // WIDE for width in (400, 124))
    assert wrapped >= 2 * one - 8
