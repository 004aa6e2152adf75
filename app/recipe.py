"""What the next fill is asked to be: the method, what follows it, their settings, and what is done to the mask before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.words import tr
from engine.geometry import Box
from engine.ops.filters import depth
from engine.picture import Mask, usual_growth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.kinds import Kind
    from engine.job import Card, Settings

MOST_GROWTH, MOST_FEATHER = 64, 64


class Recipe(QObject):
    """The method and its settings. The cards come once the engine is loaded; until then the first method is meant, as it is."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cards: tuple[Card, ...] = ()
        self.finishes: tuple[Card, ...] = ()
        """Of the second shelf: what may follow a method's fill."""
        self.finish = ""
        """What follows where it may; empty: nothing does."""
        self.method = self.plain = "patchmatch"
        """What fills; what did last without references."""
        self.kinds: tuple[Kind, ...] = ()
        """The features by which references can be matched; none until that is known."""
        self._wanted = False
        self.grow: int | None = None
        """Pixels; None: the usual growth for the photograph's size."""
        self.feather = 0
        """Pixels over which a fill passes into the photograph, outside the grown mask."""
        self._settings: dict[str, Settings] = {}

    @property
    def card(self) -> Card | None:
        """The method's card; None until the engine is loaded."""
        return next((card for card in self.cards if card.name == self.method), None)

    @property
    def settings(self) -> Settings | None:
        """The method's settings as they are set; None until the engine is loaded."""
        return self.settings_of(self.method)

    def settings_of(self, name: str) -> Settings | None:
        """The settings of a method or a finish as they are set; no two are called alike."""
        return self._settings.get(name)

    def set_cards(self, cards: tuple[Card, ...], finishes: tuple[Card, ...] = ()) -> None:
        """What the shelves hold."""
        self.cards, self.finishes = cards, finishes
        for card in (*cards, *finishes):
            self._settings.setdefault(card.name, card.settings())
        self.changed.emit()
        if self._wanted:
            self.use_references()

    def set_method(self, name: str) -> None:
        """Fill by another method; each keeps its own settings."""
        self.method = name
        if not self.takes_references:
            self.plain = name
        self.changed.emit()

    def set_setting(self, name: str, value: Any, of: str = "") -> None:
        """Change one setting of a method or a finish, of the method that fills unless told. Raises BadInput for a value out of its range."""
        of = of or self.method
        settings: Any = self._settings[of]
        self._settings[of] = replace(settings, **{name: value})
        self.changed.emit()

    # What follows

    def finishes_after(self, method: str) -> tuple[Card, ...]:
        """The finishes that may follow a method's fill."""
        return tuple(card for card in self.finishes if method not in card.not_after)

    def finish_after(self, method: str) -> Card | None:
        """What follows a method's fill as that is set; None: nothing does."""
        return next((card for card in self.finishes_after(method) if card.name == self.finish), None)

    def set_finish(self, name: str) -> None:
        """Let a finish follow every fill that it may, by whichever method; empty: nothing."""
        self.finish = name
        self.changed.emit()

    # References

    @property
    def reference_card(self) -> Card | None:
        """The method that fills from references; None until the engine is loaded."""
        return next((card for card in self.cards if card.references), None)

    @property
    def takes_references(self) -> bool:
        """Whether the method fills from references."""
        return self.card is not None and self.card.references

    def use_references(self) -> None:
        """Fill from references, by the method that does; once the engine is loaded, where it is not yet."""
        card = self.reference_card
        self._wanted = card is None
        if card is not None and not self.takes_references:
            self.set_method(card.name)

    def leave_references(self) -> None:
        """There are none any more: fill by what did so without."""
        self._wanted = False
        if self.takes_references:
            self.set_method(self.plain)

    def set_kinds(self, kinds: tuple[Kind, ...]) -> None:
        """By which features references can be matched."""
        self.kinds = kinds
        self.changed.emit()

    @property
    def kind(self) -> Kind | None:
        """The features by which they are matched, as that is set."""
        card = self.reference_card
        name = getattr(self._settings.get(card.name), "features", "") if card else ""
        return next((one for one in self.kinds if one.name == name), None)

    def title(self, method: str, finish: str = "") -> str:
        """What a fill by a method, and a finish behind it, is called."""
        titles = {card.name: card.title for card in (*self.cards, *self.finishes)}
        return " + ".join(tr(titles.get(name, name)) for name in (method, finish) if name)

    # The mask

    def set_grow(self, pixels: int | None) -> None:
        """Grow the mask by so many pixels; None: by the usual growth."""
        self.grow = pixels
        self.changed.emit()

    def set_feather(self, pixels: int) -> None:
        """Let the fill pass into the photograph over so many pixels."""
        self.feather = pixels
        self.changed.emit()

    def growth(self, size: tuple[int, int]) -> int:
        """By how many pixels the mask of a photograph of that size is grown."""
        return usual_growth(size) if self.grow is None else self.grow

    def reach(self, size: tuple[int, int]) -> int:
        """How far from what is painted a pixel may change."""
        return self.growth(size) + self.feather

    def grown(self, painted: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
        """A mask as it is filled: grown, then passing into the photograph in even steps. It needs `reach` pixels of room around it."""
        coverage = Mask(painted).grown(self.growth(size)).coverage
        if not self.feather:
            return coverage
        away = np.minimum(depth(coverage < 255), self.feather + 1)
        fading = np.rint(255 * (1 - away / (self.feather + 1))).astype(np.uint8)
        return np.maximum(coverage, fading)

    def room(self, box: Box, size: tuple[int, int]) -> Box:
        """A box with all that `grown` may reach around it."""
        room = box.grown(self.reach(size), self.reach(size)).common(Box.whole(size))
        assert room is not None
        return room
