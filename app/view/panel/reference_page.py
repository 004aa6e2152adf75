"""The page of references: which there are and how they match, by what they are matched, in whose colours they fill, points set by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.view.controls import Button, label
from app.view.form import SECTION, Form
from app.view.panel.matched_by import MatchedBy
from app.view.panel.points_section import PointsSection
from app.view.panel.reference_colours import ReferenceColours
from app.view.panel.reference_list import ReferenceList
from app.words import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from app.actions import Actions
    from app.display import Display
    from app.document import Document
    from app.recipe import Recipe
    from app.view.theme import Theme


class ReferencePage(QWidget):
    """Its settings are those of the method that fills from references: the page of fills shows the same ones."""

    def __init__(
        self, document: Document, recipe: Recipe, display: Display, actions: Actions, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._recipe = document, recipe
        self.theme = theme
        self.list = ReferenceList(document, actions)
        self.unused = Unused(recipe, actions)
        self.matched_by = MatchedBy(Form(), recipe)
        self.colours = ReferenceColours(Form(), document, recipe, actions)
        self.points = PointsSection(document, display, actions)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SECTION)
        for part in (self.list, self.unused, self.matched_by.form, self.colours.form, self.colours.again, self.points):
            column.addWidget(part)
        column.addStretch(1)
        recipe.changed.connect(self.refresh)
        document.references.changed.connect(self.refresh)
        document.choices_changed.connect(self.refresh)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        self.theme = theme
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """What happened meanwhile was not looked at."""
        super().showEvent(event)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show recipe and references as they are."""
        there, card = bool(self._document.references.items), self._recipe.reference_card
        self.unused.refresh(there=there)
        for part in (self.matched_by.form, self.colours.form):
            part.setVisible(there and card is not None)
        self.colours.again.setVisible(there and self.colours.is_other)
        self.points.setVisible(there)
        if there and card is not None:
            self.matched_by.refresh()
            self.colours.refresh()


class Unused(QWidget):
    """That the method which is chosen takes nothing from references, and the way to one that does."""

    def __init__(self, recipe: Recipe, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe = recipe
        self.sentence = label("", "small", wraps=True)
        self.use = Button(actions["use_references"].text()).acts(actions["use_references"])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.sentence)
        column.addWidget(self.use)

    def refresh(self, *, there: bool) -> None:
        """Say it, where it is so."""
        card = self._recipe.card
        shown = there and card is not None and not card.references
        if shown and card is not None:
            self.sentence.setText(tr("The method is now “{method}”, which takes nothing from references.").format(method=tr(card.title)))
        self.setVisible(shown)
