"""In whose colours a fill from references comes: a slider from copied pixels to the photograph's own palette, and the exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.view.controls import IconTextButton, label
from app.view.fields import Scale, SliderField
from app.view.form import GAP
from app.words import tr

if TYPE_CHECKING:
    from app.actions import Actions
    from app.document import Document
    from app.recipe import Recipe
    from app.view.form import Form

PALETTE, EXPOSURE = "palette", "exposure"


class ReferenceColours(QObject):
    """A slider between two words, a sentence about where it stands, a check box; `again` fills anew as that is set now."""

    def __init__(self, form: Form, document: Document, recipe: Recipe, actions: Actions) -> None:
        super().__init__(form)
        self.form, self._document, self._recipe = form, document, recipe
        form.head(tr("Colours"))
        self.palette = SliderField(tr("Copy to palette"), Scale(0, 1, "%", step=0.05, factor=100), self)
        self.palette.set_tip(tr("Left: the reference's own pixels. Right: its structure in colours of this photograph."))
        form.wide(_between(tr("Copy"), self.palette, tr("Palette")))
        self.sentence = form.sentence("")
        self.exposure = form.check(tr("Match exposure"), tr("Bring the reference to the light and colours around the hole"))
        self.again = IconTextButton(tr("Fill again"), "again").acts(actions["another"])
        self.again.setToolTip(tr("Fill the hole that is shown again, as this is set now; the result before stays among the results"))
        self.palette.changed.connect(self._set_palette)
        self.exposure.clicked.connect(self._set_exposure)

    @Slot(float)
    def _set_palette(self, value: float) -> None:
        self._set(PALETTE, value)

    @Slot(bool)
    def _set_exposure(self, on: bool) -> None:
        self._set(EXPOSURE, on)

    def _set(self, name: str, value: Any) -> None:
        card = self._recipe.reference_card
        if card is not None:
            self._recipe.set_setting(name, value, card.name)

    def refresh(self) -> None:
        """As the recipe has it."""
        card = self._recipe.reference_card
        settings: Any = self._recipe.settings_of(card.name) if card else None
        palette = float(getattr(settings, PALETTE, 0.0))
        self.palette.set_value(palette)
        self.exposure.setChecked(bool(getattr(settings, EXPOSURE, True)))
        self.sentence.setText(_said(palette, exposure=self.exposure.isChecked()))

    @property
    def is_other(self) -> bool:
        """Whether the fill that is shown was made from references, and otherwise than it would be now."""
        choice, card = self._document.shown, self._recipe.reference_card
        candidate = choice.standing if choice else None
        if candidate is None or card is None or candidate.method != card.name or not self._recipe.takes_references:
            return False
        made: dict[str, Any] = candidate.record.get("settings", {})
        return made != vars(self._recipe.settings_of(card.name))


def _between(left: str, number: SliderField, right: str) -> QWidget:
    """A slider between the words for its ends; its value is spoken, not shown."""
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GAP)
    row.addWidget(label(left))
    row.addWidget(number.slider, 1)
    row.addWidget(label(right))
    number.field.setParent(line)
    number.field.hide()
    return line


def _said(palette: float, *, exposure: bool) -> str:
    """What the slider stands at."""
    if palette >= 0.95:
        return tr("The reference's structure, in colours of this photograph alone.")
    copied = tr("Pixels of the reference, recoloured to this photograph.") if exposure else tr("Pixels of the reference, as they are.")
    return copied if palette <= 0.05 else tr("{copied} Mixed with colours of this photograph.").format(copied=copied)
