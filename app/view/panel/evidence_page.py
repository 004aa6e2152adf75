"""The page that says where a filled pixel came from, and which layer of evidence lies over the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.view.controls import key_of, label
from app.view.form import SECTION
from app.view.panel.excerpts import Excerpts
from app.view.panel.layer_section import KeySection, LayerSection
from app.view.panel.retrieved_section import RetrievedSection
from app.view.panel.source_section import SourceSection, no_source
from app.words import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from app.actions import Actions
    from app.choice import Candidate
    from app.display import Display
    from app.document import Document
    from app.inspection import Inspection
    from app.retrieving import Retrieving
    from app.view.theme import Theme


class EvidencePage(QWidget):
    """What the inspection knows. While the pointer moves only texts and two small pictures change."""

    def __init__(
        self,
        document: Document,
        inspection: Inspection,
        retrieving: Retrieving,
        display: Display,
        actions: Actions,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._inspection = document, inspection
        self.theme = theme
        self.note = label("", "small", wraps=True)
        excerpts = Excerpts(document, self)
        self.source = SourceSection(document, inspection, actions, excerpts)
        self.retrieved = RetrievedSection(document, inspection, retrieving, display, actions, excerpts, self.source.pin)
        self.layers = LayerSection(inspection, display, actions)
        self.key = KeySection()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SECTION)
        for part in (self.note, self.retrieved, self.source, self.layers, self.key):
            column.addWidget(part)
        column.addStretch(1)
        self._key_of_inspect = key_of(actions["inspect"])
        self._listed = False
        document.choices_changed.connect(self._choices_changed)
        inspection.changed.connect(self.refresh)
        retrieving.changed.connect(self._retrieving_changed)
        display.changed.connect(self.refresh)
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
    def _choices_changed(self) -> None:
        self._listed = False
        self.refresh()

    @Slot()
    def _retrieving_changed(self) -> None:
        if self.isVisible():
            self.retrieved.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what is inspected now."""
        if not self.isVisible():
            return
        shown = self._document.shown
        candidate = shown.standing if shown else None
        if not self._listed:
            self._listed = True
            self.layers.show_layers([(name, layer) for name, _, layer in self._inspection.named_layers()])
        layer = self.layers.show_choice()
        is_seen = self._inspection.place is not None
        note = self._note(candidate)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.retrieved.refresh()
        self.source.setVisible(is_seen)
        if is_seen:
            self.source.show_source()
            self.source.pin_button.setVisible(not self.retrieved.pin_button.isVisible())
        self.layers.setVisible(bool(self.layers.rows))
        self.key.setVisible(layer is not None)
        self.key.show_layer(layer)

    def _note(self, candidate: Candidate | None) -> str:
        """What to do, where there is nothing to be seen; empty where there is."""
        if not any(choice.standing for choice in self._document.choices):
            return tr("Fill something, then point at it with Inspect ({key}).").format(key=self._key_of_inspect)
        if self._inspection.note:
            return self._inspection.note
        over = self._inspection.over
        here = over.standing if over is not None and over.standing is not None else candidate
        if self._inspection.place is not None:
            return ""
        if here is not None and not here.evidence:
            return no_source(here)
        return tr("Point at a filled pixel with Inspect ({key}). A click pins it.").format(key=self._key_of_inspect)
