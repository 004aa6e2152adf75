"""The settings of a method or a finish as rows of a form, made of what its card says of them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from app.view.fields import Scale
from app.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.recipe import Recipe
    from app.view.form import Form
    from engine.job import Card, Limits

STEPS = 20
"""Steps of a slider for a number that has no steps of its own."""

BETWEEN = 4
"""Pixels between two combo boxes."""

FEWEST = 3
"""So many numbers to choose from stand on a slider; of fewer, or uneven ones, a combo box lists them."""


class MethodForm:
    """Rows that show a recipe's settings of one method or finish and set them.

    Args:
        form: what they are added to.
        card: whose settings.
        recipe: which has them.
        before: what stands before a setting's name in that of its row, where the form has rows of another card too.
    """

    def __init__(self, form: Form, card: Card, recipe: Recipe, before: str = "") -> None:
        self._recipe, self._of, self._before = recipe, card.name, before
        self._after_combo = False
        self._show: dict[str, Callable[[Any], None]] = {
            name: self._row(form, name, limits) for name, limits in card.settings.described().items()
        }
        self.show_values()

    def show_values(self) -> None:
        """As the recipe has them."""
        for name, show in self._show.items():
            show(self._value(name))

    def _value(self, name: str) -> Any:
        return getattr(self._recipe.settings_of(self._of), name)

    def _set(self, name: str, value: Any) -> None:
        self._recipe.set_setting(name, value, self._of)

    def _row(self, form: Form, name: str, limits: Limits) -> Callable[[Any], None]:
        """The row that fits a setting; what shows a value in it."""
        if isinstance(self._value(name), bool):
            return self._check(form, name, limits)
        scale = scale_of(limits, whole=isinstance(self._value(name), int))
        if scale is None:
            return self._combo(form, name, limits)
        self._after_combo = False
        return self._slider(form, name, limits, scale)

    def _check(self, form: Form, name: str, limits: Limits) -> Callable[[Any], None]:
        self._after_combo = False
        box = form.check(tr(limits.label), tr(limits.help))
        box.setObjectName(self._before + name)

        def clicked(on: bool) -> None:
            self._set(name, on)

        box.clicked.connect(clicked)
        return box.setChecked

    def _slider(self, form: Form, name: str, limits: Limits, scale: Scale) -> Callable[[Any], None]:
        field = form.slider(tr(limits.label), scale, tr(limits.help))
        field.setObjectName(self._before + name)
        whole = isinstance(self._value(name), int)

        def slid(value: float) -> None:
            self._set(name, round(value) if whole else value)

        field.changed.connect(slid)
        return field.set_value

    def _title(self, choice: Any) -> str:
        """What a choice is called: features have a name of their own."""
        kind = next((one for one in self._recipe.kinds if one.name == choice), None)
        if kind is None:
            return tr(str(choice).capitalize())
        return tr("{title}, not installed").format(title=kind.title) if kind.lacks else kind.title

    def _combo(self, form: Form, name: str, limits: Limits) -> Callable[[Any], None]:
        if self._after_combo:
            form.space(BETWEEN)  # or two of them would touch
        self._after_combo = True
        box = form.combo(tr(limits.label), tr(limits.help))
        box.setObjectName(self._before + name)
        for choice in limits.choices:
            box.addItem(self._title(choice), choice)

        def chosen(index: int) -> None:
            self._set(name, box.itemData(index))

        box.activated.connect(chosen)
        return lambda value: box.setCurrentIndex(box.findData(value))


def scale_of(limits: Limits, *, whole: bool) -> Scale | None:
    """The scale of a setting that is a number of a range, or one of several even steps; None where it is neither."""
    choices = limits.choices
    if choices:
        numbers = [choice for choice in choices if isinstance(choice, int)]
        steps = {after - before for before, after in pairwise(numbers)}
        if len(numbers) < max(FEWEST, len(choices)) or len(steps) != 1 or min(steps) <= 0:
            return None
        return Scale(numbers[0], numbers[-1], step=steps.pop())
    if limits.least is None or limits.most is None:
        return None
    return Scale(limits.least, limits.most, step=1 if whole else (limits.most - limits.least) / STEPS)
