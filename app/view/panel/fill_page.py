"""The page that says how the next hole is filled: method, results of the last one, settings, finish, mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.recipe import MOST_FEATHER, MOST_GROWTH
from app.view.controls import ROW, ComboBox, Link, label
from app.view.fields import Scale
from app.view.form import GAP, SECTION, Form
from app.view.panel.excerpts import Excerpts
from app.view.panel.finish_form import FinishForm
from app.view.panel.method_form import MethodForm
from app.view.panel.painted import Painted
from app.view.panel.results import Results
from app.words import tr

if TYPE_CHECKING:
    from app.actions import Actions
    from app.document import Document
    from app.filling import Filling
    from app.recipe import Recipe
    from app.view.theme import Theme
    from engine.job import Card


class FillPage(QWidget):
    """Sections of rows: what the method does not accept is not there."""

    def __init__(
        self, document: Document, recipe: Recipe, filling: Filling, actions: Actions, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._recipe, self._actions = document, recipe, actions
        self.theme = theme
        self.painted = Painted(document, self)
        self.excerpts = Excerpts(document, self)
        self.method = MethodSection(recipe)
        self.results = Results(document, filling, actions["another"], self.excerpts)
        self.form = Form()
        self.settings: MethodForm | None = None
        self.finish: FinishForm | None = None
        self.source: SourceLine | None = None
        self._made_for: object = None
        self._lay()
        recipe.changed.connect(self.refresh)
        document.opened.connect(self.refresh)
        self.painted.changed.connect(self.refresh)
        self.refresh()

    def _lay(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SECTION)
        for part in (self.method, self.results, self.form):
            self._column.addWidget(part)
        self._column.addStretch(1)

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        self.theme = theme
        self.update()

    @Slot()
    def refresh(self) -> None:
        """Show the recipe as it is."""
        self.method.refresh()
        has_area, recipe = self.painted.area is not None, self._recipe
        wanted = recipe.card, has_area, recipe.kinds, recipe.finishes_after(recipe.method), recipe.finish_after(recipe.method)
        if wanted != self._made_for or self._made_for is None:
            self._made_for = wanted
            self._make_form()
        self._show_values()

    def _make_form(self) -> None:
        """Another method or finish has other rows; all stand in one form, so that their columns agree."""
        form, choosing = Form(), self.finish is not None and self.finish.combo.hasFocus()
        self.settings, self.finish, self.source = None, None, None
        if self._recipe.card is not None:
            self._add_method(form, self._recipe.card)
            self._add_finish(form)
        self._add_mask(form)
        self._column.replaceWidget(self.form, form)
        form.show()  # a layout would do so only in its next turn
        if self.finish is not None and choosing:
            self.finish.combo.setFocus()  # who chooses there goes on choosing
        self.form.hide()
        self.form.deleteLater()
        self.form = form

    def _add_method(self, form: Form, card: Card) -> None:
        finish, has_area = self._recipe.finish_after(card.name), self.painted.area is not None
        in_vain = has_area and not card.copies and not (finish and finish.copies)
        if card.copies or in_vain or card.settings.described():
            form.head(tr("Settings"))
            self.settings = MethodForm(form, card, self._recipe)
        if card.copies:
            self.source = SourceLine(form, self._actions)
        elif in_vain:
            form.sentence(tr("This method copies nothing, so the sampling area does not apply."))

    def _add_finish(self, form: Form) -> None:
        if not self._recipe.finishes_after(self._recipe.method):
            return
        self.finish = FinishForm(form, self._recipe)
        card = self._recipe.finish_after(self._recipe.method)
        if self.source is None and card is not None and card.copies:
            self.source = SourceLine(form, self._actions)

    def _add_mask(self, form: Form) -> None:
        form.head(tr("Mask"))
        self.grow = form.slider(
            tr("Grow"), Scale(0, MOST_GROWTH, tr("px")), tr("How far beyond what is painted is filled too, against ghost outlines")
        )
        self.feather = form.slider(
            tr("Feather"), Scale(0, MOST_FEATHER, tr("px")), tr("Over how many pixels a fill passes into the photograph")
        )
        self.grow.changed.connect(self._set_grow)
        self.feather.changed.connect(self._set_feather)
        self.facts = FactLine(self._actions)
        form.wide(self.facts)

    @Slot(float)
    def _set_grow(self, pixels: float) -> None:
        self._recipe.set_grow(int(pixels))

    @Slot(float)
    def _set_feather(self, pixels: float) -> None:
        self._recipe.set_feather(int(pixels))

    def _show_values(self) -> None:
        recipe = self._recipe
        if self.settings is not None:
            self.settings.show_values()
        if self.finish is not None:
            self.finish.show_values()
        if self.source is not None:
            self.source.show_area(self.painted.area)
        self.grow.set_value(recipe.growth(self._document.mask.size))
        self.feather.set_value(recipe.feather)
        self.facts.show_text(self.painted.text)


class MethodSection(QWidget):
    """Which method, what it does, who described it."""

    def __init__(self, recipe: Recipe, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe = recipe
        self.combo = ComboBox(tr("Method"))
        self.sentence, self.paper = label("", "small", wraps=True), label("", "small", wraps=True)
        self.loading = label(tr("Loading the engine…"), "small", wraps=True)
        head = label(tr("Method"), "head")
        head.setMinimumHeight(ROW)
        head.setBuddy(self.combo)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (head, self.combo, self.loading):
            column.addWidget(widget)
        column.addSpacing(GAP)
        column.addWidget(self.sentence)
        column.addSpacing(GAP // 2)
        column.addWidget(self.paper)
        self.combo.activated.connect(self._chosen)

    @Slot(int)
    def _chosen(self, index: int) -> None:
        self._recipe.set_method(self.combo.itemData(index))

    def refresh(self) -> None:
        """As the recipe has it."""
        recipe, card = self._recipe, self._recipe.card
        if self.combo.count() != len(recipe.cards):
            self.combo.clear()
            for one in recipe.cards:
                self.combo.addItem(tr(one.title), one.name)
        self.combo.setCurrentIndex(self.combo.findData(recipe.method))
        for widget in (self.combo, self.sentence, self.paper):
            widget.setVisible(card is not None)
        self.loading.setVisible(card is None)
        if card is not None:
            self.sentence.setText(tr(card.sentence))
            kind = recipe.kind
            if card.references:
                self.paper.setText(
                    tr("{paper} · matched by {features}").format(paper=card.paper, features=kind.title) if kind else card.paper
                )
            else:
                text = tr("{paper} · its networks come with Inlay") if card.weights else tr("{paper} · no model needed")
                self.paper.setText(text.format(paper=card.paper))


class SourceLine:
    """Where texture comes from."""

    def __init__(self, form: Form, actions: Actions) -> None:
        self.text = label("", "", wraps=True)
        self.clear = Link(tr("Clear")).acts(actions["clear_area"])
        self.clear.setAccessibleName(actions["clear_area"].text().replace("&", ""))
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.text, 1)
        row.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignTop)
        form.row(tr("Take from"), line, tr("Where texture may come from; paint it with the sampling area (A)"))

    def show_area(self, area: bool | None) -> None:
        """Say it."""
        words = {None: tr("Everywhere"), True: tr("Painted area only"), False: tr("Everywhere but the painted area")}
        self.text.setText(words[area])
        metrics = self.text.fontMetrics()  # beside long labels of other rows it may be narrow, but no word is cut
        self.text.setMinimumWidth(max(metrics.horizontalAdvance(word) + 1 for word in words[area].split()))
        self.clear.setVisible(area is not None)


class FactLine(QWidget):
    """What is painted, and a link that takes it away."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = label("", "small", wraps=True)
        self.clear = Link(tr("Clear")).acts(actions["clear_mask"])
        self.clear.setAccessibleName(actions["clear_mask"].text().replace("&", ""))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.text, 1)
        row.addWidget(self.clear)

    def show_text(self, text: str) -> None:
        """Say it; empty: nothing is painted."""
        self.text.setText(text or tr("Nothing is painted."))
        self.clear.setVisible(bool(text))
