"""What is open: the photograph, what is painted on it, what fills made of it, and how to undo all that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.history import Edit, History
from app.holes import Holes
from app.photograph import Photograph
from app.sampling import FORBIDDEN, NOTHING, is_only
from app.sheet import Sheet
from app.words import tr
from engine.geometry import Box
from engine.picture import Mask, Patch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from app.choice import Choice
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
    """An Edit that cannot be done again was taken back."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.photograph: Photograph | None = None
        self.mask_changed.connect(self._mask_changed)
        self._begin(_NOTHING.size)

    def _begin(self, size: tuple[int, int]) -> None:
        self.mask, self.area = Sheet(np.zeros(size, np.uint8)), Sheet(np.zeros(size, np.uint8))
        self._holes = Holes(self.mask.pixels)
        self.history = History()
        self.choices: list[Choice] = []
        self.shown: Choice | None = None
        self.saved_to: Path | None = None
        self.numbers = 0
        self._saved: object = ()
        self._written: list[Box] = []

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
        self.choices_changed.emit()
        self.history_changed.emit()

    # What is painted

    def holes(self) -> list[Box]:
        """The boxes of the holes that are painted and not yet queued."""
        return self._holes.boxes

    def committed(self, name: str) -> None:
        """A gesture is at its end: what it wrote on mask and area becomes one step that can be undone."""
        self._push(name, (self.mask, self.area))

    def _push(self, name: str, sheets: Iterable[Sheet]) -> Edit | None:
        changes = tuple((sheet, change) for sheet in sheets if (change := sheet.done()) is not None)
        edit = Edit(name, changes) if changes else None
        if edit:
            self.history.push(edit)
            self._forget_undone()
            self.history_changed.emit()
        return edit

    @property
    def mask_box(self) -> Box | None:
        """Around all that is painted."""
        return self._holes.box

    def clear_mask(self) -> None:
        """Take away all that is painted and not yet queued."""
        box = self.mask_box
        if box is not None:
            self.mask.writing(box)[...] = 0
            self.mask_changed.emit(box)
            self.committed(tr("Clear mask"))

    def invert_mask(self) -> None:
        """Paint what is not painted, and the other way round."""
        part = self.mask.writing(self.mask.box)
        np.subtract(255, part, out=part)
        self.mask_changed.emit(self.mask.box)
        self.committed(tr("Invert mask"))

    def set_mask(self, coverage: NDArray[np.uint8]) -> None:
        """Paint exactly that, (H, W) of the photograph's size."""
        self.mask.writing(self.mask.box)[...] = coverage
        self.mask_changed.emit(self.mask.box)
        self.committed(tr("Open mask"))

    def clear_area(self) -> None:
        """Let texture come from everywhere again."""
        box = Box.around(self.area.pixels)
        if box is not None:
            self.area.writing(box)[...] = NOTHING
            self.area_changed.emit(box)
            self.committed(tr("Clear sampling area"))

    def forbid(self, where: NDArray[Any], box: Box) -> None:
        """Forbid texture from where `where` (the box's size, bool) is set."""
        only = is_only(self.area.pixels)
        self.area.writing(box)[where] = NOTHING if only else FORBIDDEN
        self.area_changed.emit(box)
        self.committed(tr("Not from here"))

    # What fills do

    def take(self, box: Box, name: str) -> Edit | None:
        """Take what is painted within a box off the mask, into the queue: a step that stays with what it asked for."""
        self.mask.writing(box)[...] = 0
        self.mask_changed.emit(box)
        return self._push(name, (self.mask,))

    def give_back(self, box: Box, painted: NDArray[np.uint8], taken: Edit | None) -> None:
        """Paint again what `take` took, where its fill was stopped."""
        if taken is not None and self.history.done and self.history.done[-1] is taken:
            self.history.done.pop()
            self._tell(taken.exchanged())
            return
        np.maximum(part := self.mask.writing(box), painted, out=part)
        self.mask_changed.emit(box)
        self.committed(tr("Stop"))

    def stand(self, chosen: Sequence[tuple[Choice, int | None]], name: str, taken: Edit | None = None) -> None:
        """Let candidates stand in the picture: one step, together with the one that took their mask where that is the last one."""
        assert self.photograph is not None
        before = tuple((choice, choice.chosen) for choice, _ in chosen)
        for choice, index in chosen:
            self.photograph.put(self._patch(choice, index), choice.hole)
            choice.chosen = index
            if choice not in self.choices:
                self.choices.append(choice)
        change = self.photograph.sheet.done()
        changes = ((self.photograph.sheet, change),) if change is not None else ()
        if taken is not None and self.history.done and self.history.done[-1] is taken:
            changes = self.history.done.pop().changes + changes
        self.history.push(Edit(name, changes, before))
        self._forget_undone()
        self._wrote([choice.box for choice, _ in chosen])
        self.show(chosen[-1][0])
        self.history_changed.emit()

    def _patch(self, choice: Choice, index: int | None) -> Patch:
        if index is not None:
            return choice.candidates[index].patch
        assert self.photograph is not None
        return Patch(0, choice.box, self.photograph.original(choice.box).copy())

    def choose(self, choice: Choice, index: int | None) -> None:
        """Let another candidate of a choice stand; None: the original."""
        if index != choice.chosen:
            self.stand([(choice, index)], tr("Choose result"))

    def show(self, choice: Choice | None) -> None:
        """Show a choice's candidates."""
        self.shown = choice
        self.choices_changed.emit()

    def choice_at(self, row: int, column: int) -> Choice | None:
        """The fill that a pixel belongs to, the latest where several do; None outside."""
        return next((choice for choice in reversed(self.choices) if choice.chosen is not None and choice.holds(row, column)), None)

    @property
    def serial(self) -> int:
        """Goes up whenever pixels are written."""
        return len(self._written)

    def written_since(self, serial: int) -> list[Box]:
        """Where pixels were written after that."""
        return self._written[serial:]

    # Undo

    def undo(self) -> None:
        """Take the last step back."""
        self._after(self.history.undo())

    def redo(self) -> None:
        """Do the last step again that was taken back."""
        self._after(self.history.redo())

    def _after(self, edit: Edit | None) -> None:
        if edit is None:
            return
        self._tell(edit)
        self.undone.emit(edit)

    def _tell(self, edit: Edit) -> None:
        """Say what an exchanged edit changed."""
        for sheet, change in edit.changes:
            if sheet is self.mask:
                self.mask_changed.emit(change.box)
            elif sheet is self.area:
                self.area_changed.emit(change.box)
            else:
                self._wrote([choice.box for choice, _ in edit.standing] or [change.box])
        if edit.standing:
            choice = edit.standing[-1][0]
            self.show(choice if choice.chosen is not None else None)
        self.history_changed.emit()

    def _wrote(self, boxes: list[Box]) -> None:
        self._written += boxes
        for box in boxes:
            self.pixels_changed.emit(box)

    def _forget_undone(self) -> None:
        """Choices that no step leads back to any more."""
        kept = [choice for choice in self.choices if choice.chosen is not None or choice is self.shown]
        if len(kept) != len(self.choices):
            self.choices = kept

    # Saving

    @property
    def standing(self) -> object:
        """What tells one state of the pixels from another."""
        return tuple((id(choice), choice.chosen) for choice in self.choices if choice.chosen is not None)

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
