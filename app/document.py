"""What is open: the photograph, what is painted on it, what fills made of it, and how to undo all that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.choice import composed, let_go
from app.history import Edit, History, Stand
from app.holes import Holes
from app.photograph import Photograph
from app.references import References
from app.sampling import FORBIDDEN, NOTHING
from app.sheet import Sheet, tiles
from app.words import tr
from engine.geometry import Box
from engine.picture import Mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from app.choice import Choice
    from app.sheet import Change
    from engine.picture import Picture

_NOTHING = Box(0, 0, 1, 1)


class Document(QObject):
    """The open photograph. Everything that changes it goes through here, and can be undone.

    Painting writes into the parts that `mask.writing` and `area.writing` give, emits `mask_changed` or `area_changed` with the box, and
    ends with `committed`.
    """

    opened = Signal()
    pixels_changed = Signal(object)
    mask_changed = Signal(object)
    area_changed = Signal(object)
    choices_changed = Signal()
    history_changed = Signal()
    undone = Signal(object)
    """An Edit was taken back."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.photograph: Photograph | None = None
        self.references = References(self._push, self)
        self.mask_changed.connect(self._mask_changed)
        self._begin(_NOTHING.size)

    def _begin(self, size: tuple[int, int]) -> None:
        self.mask, self.area = Sheet(np.zeros(size, np.uint8)), Sheet(np.zeros(size, np.uint8))
        self._holes = Holes(self.mask)
        self.history = History()
        self.references.forget()
        self.choices: list[Choice] = []
        self.shown: Choice | None = None
        self.saved_to: Path | None = None
        self.numbers = 0
        self._saved: object = ()

    def open(self, picture: Picture) -> None:
        """Put a photograph here in place of what was open; its pixels are taken over."""
        self._begin(picture.size)
        self.photograph = Photograph(picture)
        self._tell_opened()

    def close(self) -> None:
        """Leave nothing open."""
        self._begin(_NOTHING.size)
        self.photograph = None
        self._tell_opened()

    def _tell_opened(self) -> None:
        self.opened.emit()
        self.references.tell()
        self.choices_changed.emit()
        self.history_changed.emit()

    # What is painted

    def holes(self) -> list[Box]:
        """The boxes of the holes that are painted and not yet queued."""
        return self._holes.boxes

    def committed(self, name: str) -> None:
        """A gesture is at its end: what it wrote on mask and area becomes one step that can be undone."""
        changes = self._changes((self.mask, self.area))
        if changes:
            self._push(Edit(name, changes))

    def _settle(self) -> None:
        """End a gesture that is under way, so that what comes now is a step of its own."""
        self.committed(tr("Stroke"))
        self.references.settle()

    @staticmethod
    def _changes(sheets: Iterable[Sheet]) -> tuple[tuple[Sheet, Change], ...]:
        return tuple((sheet, change) for sheet in sheets if (change := sheet.done()) is not None)

    def _push(self, edit: Edit) -> Edit:
        self.history.push(edit)
        self.history_changed.emit()
        return edit

    @property
    def mask_box(self) -> Box | None:
        """Around all that is painted."""
        return self._holes.box

    def clear_mask(self) -> None:
        """Take away all that is painted and not yet queued."""
        self._settle()
        box = self.mask_box
        if box is not None:
            self.mask.writing(box)[...] = 0
            self.mask_changed.emit(box)
            self.committed(tr("Clear mask"))

    def invert_mask(self) -> None:
        """Paint what is not painted, and the other way round."""
        self._settle()
        part = self.mask.writing(self.mask.box)
        np.subtract(255, part, out=part)
        self.mask_changed.emit(self.mask.box)
        self.committed(tr("Invert mask"))

    def set_mask(self, coverage: NDArray[np.uint8]) -> None:
        """Paint exactly that, (H, W) of the photograph's size."""
        self._settle()
        self.mask.writing(self.mask.box)[...] = coverage
        self.mask_changed.emit(self.mask.box)
        self.committed(tr("Open mask"))

    def clear_area(self) -> None:
        """Let texture come from everywhere again."""
        self._settle()
        box = Box.around(self.area.pixels)
        if box is not None:
            self.area.writing(box)[...] = NOTHING
            self.area_changed.emit(box)
            self.committed(tr("Clear sampling area"))

    def forbid(self, where: NDArray[Any], box: Box) -> None:
        """Forbid texture from where `where` (the box's size, bool) is set."""
        self._settle()
        self.area.writing(box)[where] = FORBIDDEN
        self.area_changed.emit(box)
        self.committed(tr("Not from here"))

    # What fills do

    def take(self, boxes: Iterable[Box], name: str) -> Edit:
        """Take what is painted in boxes off the mask, into the queue: a step that stays with what it asked for."""
        self._settle()
        for box in boxes:
            self.mask.writing(box)[...] = 0
            self.mask_changed.emit(box)
        return self._push(Edit(name, self._changes((self.mask,))))

    def give_back(self, painted: Iterable[tuple[Box, NDArray[np.uint8]]], taken: Edit) -> None:
        """Paint again what `take` took, where its fill came to nothing: the step is gone, where nothing was painted over it since."""
        self._settle()
        if self.history.pull(taken):
            taken.toggle()
            self._tell(taken)
            self.history_changed.emit()
            return
        for box, part in painted:
            np.maximum(into := self.mask.writing(box), part, out=into)
            self.mask_changed.emit(box)
        self.committed(tr("Stop"))

    def keep(self, choices: Sequence[Choice]) -> None:
        """Have choices whose new candidates do not stand, to choose from."""
        self._add(choices)
        let_go(self.choices)
        self.show(choices[-1])

    def _add(self, choices: Iterable[Choice]) -> None:
        new = [choice for choice in choices if choice not in self.choices]
        self.choices = sorted((*self.choices, *new), key=lambda one: one.number)

    def stand(self, chosen: Sequence[tuple[Choice, int | None]], name: str, taken: Edit | None = None) -> None:
        """Let candidates stand in the picture: one step, together with the one that took their mask, where that can be."""
        stands = tuple(Stand(choice, choice.chosen, index) for choice, index in chosen)
        made = tuple(choice for choice, _ in chosen if choice not in self.choices)
        changes = taken.changes if taken is not None and self.history.pull(taken) else ()
        self._add(made)
        self._stand([(one.choice, one.after) for one in stands])
        let_go(self.choices)
        self._push(Edit(name, changes, stands, made))
        self.show(chosen[-1][0])

    def _stand(self, chosen: Sequence[tuple[Choice, int | None]]) -> None:
        """Make the picture what it is with those candidates."""
        for choice, index in chosen:
            choice.chosen = index
        for choice, _ in chosen:
            self._compose(choice)
            self.pixels_changed.emit(choice.box)

    def _compose(self, choice: Choice) -> None:
        assert self.photograph is not None
        for tile in tiles(choice.box, self.photograph.box):
            part = tile.common(choice.box)
            assert part is not None
            where = choice.coverage[part.moved(-choice.box.top, -choice.box.left).slices] > 0
            if where.any():
                self.photograph.write(part, composed(self.photograph, self.choices, part), where)

    def under(self, choice: Choice) -> NDArray[Any]:
        """What stands in a choice's box without it and what lies above it."""
        assert self.photograph is not None
        return composed(self.photograph, [one for one in self.choices if one.number < choice.number], choice.box)

    def choose(self, choice: Choice, index: int | None) -> None:
        """Let another candidate of a choice stand; None: the original."""
        if index != choice.chosen:
            self.stand([(choice, index)], tr("Choose result"))

    def show(self, choice: Choice | None) -> None:
        """Show a choice's candidates."""
        self.shown = choice
        self.choices_changed.emit()

    def choice_at(self, row: int, column: int) -> Choice | None:
        """The fill that a pixel belongs to, the latest that stands there; one of which none stands only where there is no other."""
        there = [choice for choice in self.choices if choice.holds(row, column)]
        return max(there, key=lambda choice: (choice.chosen is not None, choice.number), default=None)

    # Undo

    def undo(self) -> None:
        """Take the last step back."""
        self._settle()
        edit = self.history.undo()
        if edit is not None:
            self._tell(edit)
            self.choices = [choice for choice in self.choices if choice not in edit.made]
            self._restand(edit, [(one.choice, one.before) for one in edit.stands])
            self.undone.emit(edit)

    def redo(self) -> None:
        """Do the last step again that was taken back."""
        self._settle()
        edit = self.history.redo()
        if edit is not None:
            self._tell(edit)
            self._add(edit.made)
            self._restand(edit, [(one.choice, one.after) for one in edit.stands])

    def _tell(self, edit: Edit) -> None:
        """Say what an edit changed on mask and area: before anybody is told anything else, as all that is painted is asked of them."""
        for sheet, change in edit.changes:
            (self.mask_changed if sheet is self.mask else self.area_changed).emit(change.box)

    def _restand(self, edit: Edit, chosen: Sequence[tuple[Choice, int | None]]) -> None:
        self._stand(chosen)
        if edit.stands:
            choice = edit.stands[-1].choice
            self.show(choice if choice in self.choices else None)
        self.history_changed.emit()

    # Saving

    @property
    def standing(self) -> object:
        """What tells one state of the pixels from another."""
        return tuple((choice.number, choice.chosen) for choice in self.choices if choice.chosen is not None)

    @property
    def unsaved(self) -> bool:
        """Whether the pixels are others than those saved last."""
        return self.photograph is not None and self.standing != self._saved

    def saved(self, standing: object, path: Path) -> None:
        """That state of the pixels was saved there."""
        self._saved, self.saved_to = standing, path
        self.history_changed.emit()

    def applied_mask(self) -> Mask:
        """Everything that fills were allowed to change."""
        coverage = np.zeros(self.mask.size, np.uint8)
        for choice in self.choices:
            if choice.chosen is not None:
                np.maximum(part := coverage[choice.box.slices], choice.coverage, out=part)
        return Mask(coverage)

    def _mask_changed(self, box: Box) -> None:
        self._holes.changed(box)
