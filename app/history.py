"""What was done, in order, and how to undo it: boxes of masks and names of results, never whole pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.choice import Choice
    from app.sheet import Change, Sheet

MOST_STEPS, MOST_BYTES = 200, 32 * 2**20
"""Older steps are forgotten beyond either."""


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """Another candidate of a choice came to stand."""

    choice: Choice
    before: int | None
    after: int | None


@dataclass(slots=True, eq=False)
class Swap:
    """One value in place of another, as that of the references: undone, the other is put there."""

    put: Callable[[Any], None]
    """Makes a value the one that holds."""
    before: Any
    after: Any
    done: bool = True

    def toggle(self) -> None:
        """Undo it, or do it again."""
        self.done = not self.done
        self.put(self.after if self.done else self.before)


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """One step: what it changed on sheets, and which candidates it made stand. Of the pictures, candidates are all that is needed."""

    name: str
    changes: tuple[tuple[Sheet, Change], ...] = ()
    stands: tuple[Stand, ...] = ()
    made: tuple[Choice, ...] = ()
    """Choices that came with it."""
    swaps: tuple[Swap, ...] = ()
    """What else it put in place of something."""

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return sum(change.nbytes for _, change in self.changes)

    def meets(self, other: Edit) -> bool:
        """Whether one of them cannot be undone without the other: they painted the same pixel."""
        return any(mine is theirs and one.meets(two) for mine, one in self.changes for theirs, two in other.changes)

    def toggle(self) -> None:
        """Undo what it changed on sheets and what it swapped, or do it again."""
        for sheet, change in self.changes:
            sheet.toggle(change)
        for swap in self.swaps:
            swap.toggle()


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

    def pull(self, edit: Edit) -> bool:
        """Take a step out of the middle; whether that can be, as nothing after it changed what it changed."""
        if not any(one is edit for one in self.done):
            return False
        at = self.done.index(edit)
        if any(edit.meets(later) for later in (*self.done[at + 1 :], *self.undone)):
            return False
        del self.done[at]
        return True

    def undo(self) -> Edit | None:
        """Take the last step back; it, or None where there is none."""
        return self._moved(self.done, self.undone)

    def redo(self) -> Edit | None:
        """Do again what was undone last; it, or None where there is none."""
        return self._moved(self.undone, self.done)

    @staticmethod
    def _moved(source: list[Edit], to: list[Edit]) -> Edit | None:
        if not source:
            return None
        edit = source.pop()
        edit.toggle()
        to.append(edit)
        return edit
