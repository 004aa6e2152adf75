"""The settings of each method on the shelf, as rows that set them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.recipe import Recipe
from app.view.controls import CheckBox, ComboBox
from app.view.fields import SliderField
from app.view.form import Form
from app.view.panel.method_form import MethodForm, scale_of
from engine.job import Limits
from engine.methods import shelf
from tests.app.pages import click, dressed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

CARDS = tuple(method.card for method in shelf().values())


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


def made(qtbot: QtBot, method: str) -> tuple[Recipe, Form, MethodForm]:
    recipe, form = Recipe(), Form()
    qtbot.addWidget(form)
    recipe.set_cards(CARDS)
    recipe.set_method(method)
    assert recipe.card is not None
    rows = MethodForm(form, recipe.card, recipe)
    form.resize(288, 300)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    return recipe, form, rows


def control(form: Form, name: str) -> SliderField | ComboBox | CheckBox:
    found = [one for kind in (SliderField, ComboBox, CheckBox) for one in form.findChildren(kind, name)]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_setting_of_the_shelf_has_a_row_with_its_label_and_help(qtbot: QtBot, card: object) -> None:
    _, form, _ = made(qtbot, card.name)
    for name, limits in card.settings.described().items():
        row = control(form, name)
        speaker = row.slider if isinstance(row, SliderField) else row
        assert speaker.toolTip() == limits.help
        assert speaker.accessibleName() == limits.label
        texts = [one.text() for one in form.findChildren(QLabel)]
        assert limits.label in texts or (isinstance(row, CheckBox) and row.text() == limits.label)
    rows = [one for kind in (SliderField, ComboBox, CheckBox) for one in form.findChildren(kind)]
    assert len(rows) == len(card.settings.described())


def test_each_kind_of_setting_has_its_kind_of_row(qtbot: QtBot) -> None:
    _, form, _ = made(qtbot, "patchmatch")
    assert [type(control(form, name)) for name in ("patch", "effort", "smooth", "adapt")] == [
        SliderField,
        ComboBox,
        SliderField,
        CheckBox,
    ]
    _, form, _ = made(qtbot, "telea")
    radius = control(form, "radius")
    assert isinstance(radius, SliderField)
    assert (radius.scale.least, radius.scale.most, radius.scale.step) == (1, 20, 1)


def test_a_slider_of_steps_has_no_values_between(qtbot: QtBot) -> None:
    recipe, form, _ = made(qtbot, "patchmatch")
    patch = control(form, "patch")
    assert (patch.field.text(), recipe.settings.patch) == ("7", 7)
    patch.slider.setFocus()
    QTest.keyClick(patch.slider, Qt.Key.Key_Right)
    assert (patch.field.text(), recipe.settings.patch) == ("9", 9)
    assert type(recipe.settings.patch) is int
    for _ in range(5):
        QTest.keyClick(patch.slider, Qt.Key.Key_Left)
    assert (patch.field.text(), recipe.settings.patch) == ("5", 5)
    assert patch.slider.maximum() - patch.slider.minimum() == 2


def test_a_share_is_set_by_the_pointer_and_typed(qtbot: QtBot) -> None:
    recipe, form, _ = made(qtbot, "patchmatch")
    smooth = control(form, "smooth")
    click(smooth.slider, QPoint(smooth.slider.width() - 2, smooth.slider.height() // 2))
    assert recipe.settings.smooth == pytest.approx(1.0, abs=0.051)
    smooth.field.setFocus()
    QTest.keyClicks(smooth.field, "0.5")
    QTest.keyClick(smooth.field, Qt.Key.Key_Return)
    assert recipe.settings.smooth == 0.5
    assert smooth.field.text() == "0.50"


def test_a_word_is_chosen_from_a_list(qtbot: QtBot) -> None:
    recipe, form, _ = made(qtbot, "patchmatch")
    effort = control(form, "effort")
    assert effort.currentText() == "Normal"
    QTest.keyClick(effort, Qt.Key.Key_Down)
    assert (effort.currentText(), recipe.settings.effort) == ("Best", "best")


def test_yes_or_no_is_a_check_box(qtbot: QtBot) -> None:
    recipe, form, _ = made(qtbot, "patchmatch")
    adapt = control(form, "adapt")
    assert adapt.isChecked()
    click(adapt, QPoint(8, adapt.height() // 2))
    assert recipe.settings.adapt is False


def test_what_is_set_elsewhere_is_shown(qtbot: QtBot) -> None:
    recipe, form, rows = made(qtbot, "patchmatch")
    recipe.set_setting("effort", "draft")
    recipe.set_setting("patch", 9)
    recipe.set_setting("adapt", False)
    rows.show_values()
    assert control(form, "effort").currentText() == "Draft"
    assert control(form, "patch").value == 9
    assert not control(form, "adapt").isChecked()


def test_only_even_numbers_or_a_range_stand_on_a_slider() -> None:
    assert scale_of(Limits("", "", choices=(1, 2, 4)), whole=True) is None
    assert scale_of(Limits("", "", choices=(3, 5)), whole=True) is None
    assert scale_of(Limits("", "", choices=("a", "b", "c")), whole=False) is None
    assert scale_of(Limits("", ""), whole=False) is None
    steps = scale_of(Limits("", "", choices=(5, 7, 9)), whole=True)
    assert [steps.value(at) for at in range(steps.positions + 1)] == [5, 7, 9]
    share = scale_of(Limits("", "", least=0.0, most=2.0), whole=False)
    assert share.step == pytest.approx(0.1)
