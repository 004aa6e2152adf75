"""What was done, in order, and how to undo it: boxes of sheets, never whole pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.choice import Choice
    from app.sheet import Change, Sheet

MOST_STEPS, MOST_BYTES = 200, 192 * 2**20
"""Older steps are forgotten beyond either."""


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """One step: what stood before in the sheets it changed, and which candidate stood where it made another stand."""

    name: str
    changes: tuple[tuple[Sheet, Change], ...]
    standing: tuple[tuple[Choice, int | None], ...] = ()

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return sum(change.nbytes for _, change in self.changes)

    def exchanged(self) -> Edit:
        """Put back what stood before; the edit that does it again."""
        changes = tuple((sheet, sheet.exchange(change)) for sheet, change in reversed(self.changes))
        standing = tuple((choice, choice.chosen) for choice, _ in self.standing)
        for choice, chosen in self.standing:
            choice.chosen = chosen
        return Edit(self.name, changes, standing)


class History:
    """Edits that can be undone, and those that were."""

    def __init__(self) -> None:
        self.done: list[Edit] = []
        self.undone: list[Edit] = []

    def push(self, edit: Edit) -> None:
        """One more step; what was undone is forgotten, and so is the oldest beyond the bounds."""
        self.undone.clear()
        self.done.append(edit)
        while len(self.done) > 1 and (len(self.done) > MOST_STEPS or sum(one.nbytes for one in self.done) > MOST_BYTES):
            del self.done[0]

    def undo(self) -> Edit | None:
        """Take the last step back; it, or None where there is none."""
        if not self.done:
            return None
        edit = self.done.pop()
        self.undone.append(edit.exchanged())
        return edit

    def redo(self) -> Edit | None:
        """Do again what was undone last; it, or None where there is none."""
        if not self.undone:
            return None
        edit = self.undone.pop()
        self.done.append(edit.exchanged())
        return edit
