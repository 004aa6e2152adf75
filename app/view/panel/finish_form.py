"""What follows a fill, as rows of a form: which finish, and its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.view.controls import ComboBox
from app.view.form import SENTENCE
from app.view.panel.method_form import MethodForm
from app.words import tr

if TYPE_CHECKING:
    from app.recipe import Recipe
    from app.view.form import Form

NAME = "finish"
"""Of the row that chooses, and before the names of the rows that set."""


class FinishForm:
    """A section that chooses what follows the fill of a recipe's method, and sets it."""

    def __init__(self, form: Form, recipe: Recipe) -> None:
        self._recipe = recipe
        self.combo = ComboBox(tr("Finish"))
        self.combo.setToolTip(tr("What betters the fill of any method, once it is there"))
        self.combo.setObjectName(NAME)
        form.head(tr("Finish")).setBuddy(self.combo)
        form.wide(self.combo)
        self.combo.addItem(tr("None"), "")
        for one in recipe.finishes_after(recipe.method):
            self.combo.addItem(tr(one.title), one.name)
        self.combo.activated.connect(self._chosen)
        card = recipe.finish_after(recipe.method)
        self.settings: MethodForm | None = None
        if card is not None:
            form.sentence(tr(card.sentence)).setToolTip(card.paper)
            form.space(SENTENCE)
            self.settings = MethodForm(form, card, recipe, f"{NAME} ")
        self.show_values()

    def _chosen(self, index: int) -> None:
        self._recipe.set_finish(self.combo.itemData(index))

    def show_values(self) -> None:
        """As the recipe has them."""
        card = self._recipe.finish_after(self._recipe.method)
        self.combo.setCurrentIndex(self.combo.findData(card.name if card else ""))
        if self.settings is not None:
            self.settings.show_values()
