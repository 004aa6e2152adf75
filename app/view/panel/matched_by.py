"""By which features references are matched, on what terms, and what has to be fetched for those that are not here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QStandardItemModel

from app.words import tr

if TYPE_CHECKING:
    from app.kinds import Kind
    from app.recipe import Recipe
    from app.view.form import Form

SETTING = "features"


class MatchedBy(QObject):
    """A combo box and a sentence. Kinds whose weights are not here stay in the list, and say so."""

    def __init__(self, form: Form, recipe: Recipe) -> None:
        super().__init__(form)
        self.form, self._recipe = form, recipe
        self.combo = form.combo(tr("Match by"), tr("What is looked for in both photographs"))
        self.licence = form.sentence("")
        self._listed: tuple[Kind, ...] | None = None
        self.combo.activated.connect(self._chosen)

    @Slot(int)
    def _chosen(self, index: int) -> None:
        card = self._recipe.reference_card
        if card is not None:
            self._recipe.set_setting(SETTING, self.combo.itemData(index), card.name)

    def refresh(self) -> None:
        """As the recipe has it."""
        card, kinds = self._recipe.reference_card, self._recipe.kinds
        settings: Any = self._recipe.settings_of(card.name) if card else None
        if card is None or not hasattr(settings, SETTING):
            return
        choices = card.settings.described()[SETTING].choices
        listed = tuple(kind for kind in kinds if kind.name in choices)
        if listed != self._listed or not self.combo.count():
            self._listed = listed
            self._list([(kind.name, kind.title, kind.lacks) for kind in listed] or [(name, name.capitalize(), "") for name in choices])
        self.combo.setCurrentIndex(self.combo.findData(getattr(settings, SETTING)))
        self.licence.setText(said(self._recipe.kind))

    def _list(self, kinds: list[tuple[str, str, str]]) -> None:
        self.combo.clear()
        for name, title, lacks in kinds:
            self.combo.addItem(tr("{title}, not installed").format(title=title) if lacks else title, name)
        model = self.combo.model()
        if isinstance(model, QStandardItemModel):
            for at, (_, _, lacks) in enumerate(kinds):
                model.item(at).setToolTip(lacks)
                model.item(at).setData(lacks, Qt.ItemDataRole.AccessibleDescriptionRole)


def said(kind: Kind | None) -> str:
    """On what terms a kind can be used, and what it lacks."""
    if kind is None:
        return ""
    if kind.lacks:
        return kind.lacks
    terms = tr(kind.licence[:1].upper() + kind.licence[1:])
    sentence = terms if terms.endswith(".") else f"{terms}."
    return " ".join((sentence, tr("RootSIFT is free for any use."))) if "non-commercial" in kind.licence else sentence
