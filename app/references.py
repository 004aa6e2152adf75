"""The references of the open photograph: which there are, which is looked at, the points set by hand, and how each was found to match."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Signal

from app.companion import Companion, PointPair, Spot, free_name, free_number
from app.history import Edit, Swap
from app.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from engine.picture import Picture
    from engine.reference import ControlPoint, Match, Reference

State: TypeAlias = tuple[tuple[Companion, tuple[PointPair, ...]], ...]
"""All that undo brings back: the references, and the whole pairs of each."""


class References(QObject):
    """Other photographs of the same place. Adding, removing and every change of a whole pair of points is one step that can be undone.

    Points are set by halves: `begin` sets the first, and the second where the first is there already; only then it is a step. A point is
    dragged by `move(..., done=False)` and let go of by `move(...)`. All of these speak of the reference that is chosen.
    """

    changed = Signal()
    """The list, which one is chosen, how one matches, or whether that is being found out."""
    points_changed = Signal()
    """Points of a reference, whole pairs or half ones."""

    def __init__(self, push: Callable[[Edit], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._push = push
        self.forget()

    def forget(self) -> None:
        """Another photograph is open, which has none; nobody is told yet."""
        self.items: list[Companion] = []
        self.chosen: Companion | None = None
        self.along = False
        """Whether all there are came along with the photograph, and nobody asked for them."""
        self.half: PointPair | None = None
        """The pair of the chosen reference of which one side is set."""
        self.matching = False
        """Whether it is being found out how the references match."""
        self._matches: dict[Companion, tuple[Match, tuple[PointPair, ...]]] = {}
        """How each was found to match, and with which points."""
        self._settled: State = ()

    def tell(self) -> None:
        """Say that all of it may be other than it was."""
        self.changed.emit()
        self.points_changed.emit()

    # Which there are

    def add(self, picture: Picture, path: Path | None = None, *, along: bool = False) -> Companion:
        """One more, which is looked at from now on. One that comes `along` with the photograph is no step that can be undone."""
        self.settle()
        name = path.name if path else tr("Pasted photograph")
        made = Companion(free_number(one.number for one in self.items), free_name(name, (one.name for one in self.items)), picture, path)
        self.items = sorted((*self.items, made), key=lambda one: one.number)
        self.chosen, self.half = made, None
        self.along = along
        if along:
            self._settled = self._state()
        self._commit(tr("Add reference"))
        self.tell()
        return made

    def remove(self, companion: Companion) -> None:
        """Take one away, with its points."""
        self.settle()
        at = self.items.index(companion)
        self.items = [one for one in self.items if one is not companion]
        if companion is self.chosen:
            self.chosen, self.half = (self.items[min(at, len(self.items) - 1)] if self.items else None), None
        self._commit(tr("Remove reference"))
        self.tell()

    def choose(self, companion: Companion) -> None:
        """Look at another one."""
        if companion is not self.chosen:
            self.settle()
            self.chosen, self.half = companion, None
            self.tell()

    def named(self, name: str) -> Companion | None:
        """The one that evidence calls so; None where it was taken away."""
        return next((one for one in self.items if one.name == name), None)

    def at(self, path: Path) -> Companion | None:
        """The one that was opened from that file."""
        return next((one for one in self.items if one.path is not None and one.path.absolute() == path.absolute()), None)

    def as_references(self) -> tuple[Reference, ...]:
        """What a Job is given: all of them, by number, with their whole pairs."""
        return tuple(one.reference() for one in self.items)

    # How they match

    def match_of(self, companion: Companion) -> Match | None:
        """How one was found to match last; None where that is not known yet, or where there was no match and its points changed since."""
        found, points = self._matches.get(companion, (None, ()))
        return None if found is not None and found.quality == "none" and points != companion.points else found

    def set_matching(self, matching: bool) -> None:
        """It is being found out, or no more."""
        if matching != self.matching:
            self.matching = matching
            self.changed.emit()

    def set_matches(self, matches: Mapping[Companion, Match]) -> None:
        """It was found out."""
        self._matches.update({one: (match, one.points) for one, match in matches.items()})
        self.changed.emit()

    # Points

    def points(self, companion: Companion | None) -> list[PointPair]:
        """The pairs of a reference, the half one last."""
        if companion is None:
            return []
        return [*companion.points, *([self.half] if self.half is not None and companion is self.chosen else [])]

    def begin(self, *, here: Spot | None = None, there: Spot | None = None) -> PointPair | None:
        """Set one side: of a new pair, or of the one that is half set, where that is moved or made whole. The pair; None: no reference."""
        companion = self.chosen
        if companion is None:
            return None
        number = free_number(one.number for one in companion.points)
        pair = (self.half or PointPair(number)).moved(here, there)
        self.half = None if pair.is_whole else pair
        if pair.is_whole:
            self._set(companion, (*companion.points, pair))
            self._commit(tr("Add control point"))
        self.points_changed.emit()
        return pair

    def complete(self, *, here: Spot | None = None, there: Spot | None = None) -> PointPair | None:
        """Set the side that the half pair lacks; None: no pair is half set."""
        return self.begin(here=here, there=there) if self.half is not None else None

    def move(self, number: int, *, here: Spot | None = None, there: Spot | None = None, done: bool = True) -> None:
        """Move a pair's point, on one side or both; `done` False: while it is dragged."""
        if self.half is not None and number == self.half.number:
            self.half = self.half.moved(here, there)
        elif self.chosen is not None:
            self._set(self.chosen, (pair.moved(here, there) if pair.number == number else pair for pair in self.chosen.points))
            if done:
                self._commit(tr("Move control point"))
        self.points_changed.emit()

    def delete(self, number: int) -> None:
        """Take a pair away."""
        self.settle()
        if self.half is not None and number == self.half.number:
            self.half = None
        elif self.chosen is not None:
            self._set(self.chosen, (pair for pair in self.chosen.points if pair.number != number))
            self._commit(tr("Delete control point"))
        self.points_changed.emit()

    def drop_half(self) -> bool:
        """Forget the side that was set of a pair; whether there was one."""
        there, self.half = self.half is not None, None
        if there:
            self.points_changed.emit()
        return there

    def clear(self) -> None:
        """Take all pairs of the chosen reference away."""
        self.settle()
        self.half = None
        if self.chosen is not None:
            self._set(self.chosen, ())
            self._commit(tr("Clear control points"))
        self.points_changed.emit()

    def put(self, points: Sequence[Iterable[ControlPoint]]) -> None:
        """Other pairs for all references, by number, in place of those there are."""
        self.settle()
        self.half = None
        for companion, pairs in zip(self.items, points, strict=True):
            self._set(companion, (PointPair(k, one.here, one.there) for k, one in enumerate(pairs, 1)))
        self._commit(tr("Open control points"))
        self.points_changed.emit()

    @staticmethod
    def _set(companion: Companion, pairs: Iterable[PointPair]) -> None:
        companion.points = tuple(sorted(pairs, key=lambda pair: pair.number))

    # Undo

    def settle(self) -> None:
        """End a drag that is under way, so that what comes now is a step of its own."""
        self._commit(tr("Move control point"))

    def _state(self) -> State:
        return tuple((one, one.points) for one in self.items)

    def _commit(self, name: str) -> None:
        """What was changed since the last step is one, where anything was."""
        before, after = self._settled, self._state()
        if before != after:
            self._settled = after
            self._push(Edit(name, swaps=(Swap(self._restore, before, after),)))

    def _restore(self, state: State) -> None:
        """Undone, or done again: what is half set then is dropped."""
        self._settled, self.half = state, None
        self.items = [one for one, _ in state]
        for companion, pairs in state:
            companion.points = pairs
        if self.chosen not in self.items:
            self.chosen = self.items[-1] if self.items else None
        self.tell()
