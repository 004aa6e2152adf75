"""Control points, set and moved by hand: which is held, which would go, and where the other half of a pair ought to lie."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from app.companion import PointPair, free_number
from app.view.canvas.link import CENTRE
from app.view.canvas.side import HALVES, other

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.document import Document
    from app.view.canvas.link import Spot
    from app.view.canvas.side import Half, Side

GRIP = 12.0
"""Device-independent pixels around a point in which it is taken hold of."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point as it is drawn."""

    number: int
    half: Half
    spot: Spot
    """As views count."""
    kind: Literal["set", "held", "proposed"] = "set"


@dataclass(frozen=True, slots=True)
class _Held:
    """A point under a pressed button."""

    number: int
    half: Half
    spot: Spot
    """As views count."""
    grip: Spot
    """From the pointer to the point."""
    before: Spot | None
    """Where it was; None: it is a new one."""


class PointTool(QObject):
    """Presses, drags and keys that set points in both views. Points of the chosen reference; a press is one step of undo at most."""

    changed = Signal()
    """Points may look otherwise now."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._references = document, document.references
        self.side: Side | None = None
        """What lies where in both photographs, where both are shown."""
        self.touched: tuple[int, Half] | None = None
        """The point that Delete takes away and arrows move: the one last touched or pointed at."""
        self._held: _Held | None = None
        self._references.points_changed.connect(self._points_changed)
        self._references.changed.connect(self._points_changed)

    @Slot()
    def _points_changed(self) -> None:
        numbers = {pair.number for pair in self.pairs()}
        if self._held is not None and self._held.before is not None and self._held.number not in numbers:
            self._held = None
        if self.touched is not None and self.touched[0] not in numbers:
            self.touched = None
        self.changed.emit()

    @property
    def held(self) -> Mark | None:
        """The point that is being set or moved."""
        return Mark(self._held.number, self._held.half, self._held.spot, "held") if self._held else None

    def pairs(self) -> list[PointPair]:
        """Those of the chosen reference."""
        return self._references.points(self._references.chosen)

    def marks(self) -> Iterator[Mark]:
        """All points in both pictures, the one that is held last."""
        held = self._held
        for pair in self.pairs():
            for half in HALVES:
                spot = _of(pair, half)
                if spot is not None and (held is None or (pair.number, half) != (held.number, held.half)):
                    yield Mark(pair.number, half, _seen(spot))
        proposed = self.proposed
        if proposed is not None:
            yield proposed
        if held is not None:
            yield Mark(held.number, held.half, held.spot, "held")

    @property
    def proposed(self) -> Mark | None:
        """Where the match says that the other half of a pair lies."""
        pair, held = self._references.half, self._held
        if held is not None and held.before is None and (pair is None or _of(pair, held.half) is not None):
            number, half, spot = held.number, held.half, held.spot
        elif pair is not None and held is None:
            half = "here" if pair.here is not None else "there"
            number, spot = pair.number, _seen(_of(pair, half) or (0.0, 0.0))
        else:
            return None
        if self.side is None or not self.side.shown:
            return None
        found = self.side.link.there(spot) if half == "here" else self.side.link.here(spot)
        return Mark(number, other(half), found, "proposed") if found else None

    # The pointer

    def hover(self, half: Half, spot: Spot, reach: float) -> None:
        """The pointer is there; `reach`: how many pixels of the picture `GRIP` is."""
        near = self._near(half, spot, reach) if self._held is None else None
        if near is not None and near.kind == "set":
            self._touch(near.number, half)

    def press(self, half: Half, spot: Spot, reach: float) -> bool:
        """Take hold of a point, or of a new one; whether there is a reference to set one for, and it lies in the picture."""
        if self._references.chosen is None or not self._holds(half, spot):
            return False
        near = self._near(half, spot, reach)
        near = near if near and near.kind == "set" else None  # one that is only proposed is not in the way of a better place
        at = near.spot if near else spot
        number = near.number if near else self._next
        before = near.spot if near else None
        self._held = _Held(number, half, at, (at[0] - spot[0], at[1] - spot[1]), before)
        self._touch(number, half, anew=True)
        return True

    def move(self, half: Half, spot: Spot) -> None:
        """Drag what is held along, as far as its picture reaches."""
        held = self._held
        if held is None or held.half != half:
            return
        self._held = replace(held, spot=self._kept(half, (spot[0] + held.grip[0], spot[1] + held.grip[1])))
        if held.before is not None:
            self._put(self._held, done=False)
        self.changed.emit()

    def release(self) -> bool:
        """Let go; whether anything was held."""
        held, self._held = self._held, None
        if held is None:
            return False
        if held.before is None:
            self._set(held.half, held.spot)
        elif held.spot != held.before:
            self._put(held, done=True)
        self.changed.emit()
        return True

    def escape(self) -> bool:
        """Drop what is held, else the half of a pair; whether there was either."""
        held, self._held = self._held, None
        if held is None:
            return self._references.drop_half()
        if held.before is not None:
            self._put(replace(held, spot=held.before), done=False)
        self.changed.emit()
        return True

    def leave(self) -> None:
        """Another tool is taken: what is held or half set is dropped."""
        while self.escape():
            pass

    # Keys

    def accept(self) -> bool:
        """Take the proposed half; whether there is one."""
        proposed = self.proposed
        if proposed is None or self._held is not None:
            return False
        self._set(proposed.half, self._kept(proposed.half, proposed.spot))
        self._touch(proposed.number, proposed.half)
        return True

    def delete(self) -> bool:
        """Take away the pair of the point last touched; whether there is one."""
        if self.touched is None or self._held is not None:
            return False
        number, self.touched = self.touched[0], None
        self._references.delete(number)
        return True

    def nudge(self, down: int, across: int) -> bool:
        """Move the point last touched by pixels of its picture; whether there is one."""
        mark = next((one for one in self.marks() if self.touched == (one.number, one.half) and one.kind == "set"), None)
        if mark is None or self._held is not None:
            return False
        spot = self._kept(mark.half, (mark.spot[0] + down, mark.spot[1] + across))
        self._put(_Held(mark.number, mark.half, spot, (0, 0), mark.spot), done=True)
        return True

    # What becomes of it

    @property
    def _next(self) -> int:
        """The number of the pair that a new point belongs to."""
        half = self._references.half
        return half.number if half else free_number(pair.number for pair in self.pairs())

    def _near(self, half: Half, spot: Spot, reach: float) -> Mark | None:
        """The point there, the nearest."""
        there = [(math.dist(one.spot, spot), k, one) for k, one in enumerate(self.marks()) if one.half == half]
        away, _, mark = min(there, default=(math.inf, 0, None))
        return mark if away <= reach else None

    def _touch(self, number: int, half: Half, *, anew: bool = False) -> None:
        if anew or self.touched != (number, half):
            self.touched = number, half
            self.changed.emit()

    def _set(self, half: Half, spot: Spot) -> None:
        at = _kept_spot(spot)
        self._references.begin(here=at) if half == "here" else self._references.begin(there=at)

    def _put(self, held: _Held, *, done: bool) -> None:
        at = _kept_spot(held.spot)
        if held.half == "here":
            self._references.move(held.number, here=at, done=done)
        else:
            self._references.move(held.number, there=at, done=done)

    def _holds(self, half: Half, spot: Spot) -> bool:
        return self._kept(half, spot) == spot

    def _kept(self, half: Half, spot: Spot) -> Spot:
        """The nearest place in the picture."""
        photograph, companion = self._document.photograph, self._references.chosen
        assert photograph is not None
        size = photograph.size if half == "here" or companion is None else companion.picture.size
        return min(max(spot[0], 0.0), float(size[0])), min(max(spot[1], 0.0), float(size[1]))


def _of(pair: PointPair, half: Half) -> Spot | None:
    return pair.here if half == "here" else pair.there


def _seen(spot: Spot) -> Spot:
    """As views count."""
    return spot[0] + CENTRE, spot[1] + CENTRE


def _kept_spot(spot: Spot) -> Spot:
    """As points are kept."""
    return spot[0] - CENTRE, spot[1] - CENTRE
