"""SVG as text: tags, numbers as one reads them, and axes that map values to a rectangle of the drawing.

Colours are never written here but named by classes of the page's style (`m0`, `m1` ... for methods), so that one drawing serves
light and dark pages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HUES = 8
"""Colours of methods that the style knows; later methods begin again with another shape of marker."""

_ALONE = ("img", "line", "circle", "path", "polyline", "polygon")
"""Elements that may end where they begin; HTML takes no others so."""

_MARKERS = (
    "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z",
    "M-3.6,-3.6h7.2v7.2h-7.2z",
    "M0,-5l5,5l-5,5l-5,-5z",
    "M0,-4.8l4.6,8h-9.2z",
    "M0,4.8l4.6,-8h-9.2z",
    "M-1.6,-4.6h3.2v3h3v3.2h-3v3h-3.2v-3h-3v-3.2h3z",
    "M0,-5l4.8,3.5l-1.8,5.6h-6l-1.8,-5.6z",
    "M-4.6,-2.2h9.2v4.4h-9.2z",
)


def tag(name: str, content: str = "", **attributes: Any) -> str:
    """One element; `class_` is written class, and other underscores become hyphens. Attributes that are None are left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"' for key, value in attributes.items() if value is not None
    )
    return f"<{name}{written}/>" if name in _ALONE and not content else f"<{name}{written}>{content}</{name}>"


def text(at: tuple[float, float], words: str, class_: str = "", anchor: str = "start") -> str:
    """Words at (x, y), their baseline there."""
    return tag("text", escape(words), x=at[0], y=at[1], class_=class_ or None, text_anchor=None if anchor == "start" else anchor)


def line(start: tuple[float, float], end: tuple[float, float], class_: str) -> str:
    """A straight line from (x, y) to (x, y)."""
    return tag("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def polyline(points: Iterable[tuple[float, float]], class_: str, *, closed: bool = False) -> str:
    """A line through points, or the area that it encloses."""
    written = " ".join(f"{_plain(x)},{_plain(y)}" for x, y in points)
    return tag("polygon" if closed else "polyline", points=written, class_=class_)


def dot(at: tuple[float, float], class_: str, words: str = "", radius: float = 3) -> str:
    """A circle that tells what it is when pointed at."""
    return tag("circle", tag("title", escape(words)) if words else "", cx=at[0], cy=at[1], r=radius, class_=class_)


def marker(at: tuple[float, float], number: int, words: str = "") -> str:
    """The sign of a method, told apart by its shape as well as by its colour."""
    shape = _MARKERS[(number + number // HUES) % len(_MARKERS)]
    place = f"translate({_plain(at[0])} {_plain(at[1])})"
    return tag("path", tag("title", escape(words)) if words else "", d=shape, transform=place, class_=f"mark {hue(number)}")


def hue(number: int) -> str:
    """The class of a method's colour."""
    return f"m{number % HUES}"


def drawing(size: tuple[float, float], content: str, label: str, class_: str = "plot") -> str:
    """A drawing of that width and height, scaled to its place on the page; the label is what a screen reader says."""
    return tag("svg", content, viewBox=f"0 0 {_plain(size[0])} {_plain(size[1])}", class_=class_, role="img", aria_label=label)


def figure(value: float, digits: int = 3) -> str:
    """A number with so many significant digits and no exponent; a true minus sign."""
    if not math.isfinite(value):
        return "–"  # noqa: RUF001 - a dash
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(places, 6)}f}".replace("-", "\N{MINUS SIGN}")


@dataclass(frozen=True, slots=True)
class Axis:
    """Values on a line of the drawing, evenly or by their logarithm."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    @classmethod
    def around(cls, values: Sequence[float], start: float, end: float, *, logarithmic: bool = False) -> Axis:
        """An axis with a little air about all finite values."""
        have = [value for value in values if math.isfinite(value) and (value > 0 or not logarithmic)] or [1.0]
        low, high = min(have), max(have)
        if logarithmic:
            air = max((high / low) ** 0.06, 1.25)
            return cls(low / air, high * air, start, end, logarithmic)
        air = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
        return cls(low - air, high + air, start, end)

    def at(self, value: float) -> float:
        """Where a value lies."""
        low, high = (self._even(end) for end in (self.low, self.high))
        return self.start + (self._even(value) - low) / (high - low) * (self.end - self.start)

    def ticks(self, wanted: int = 5) -> list[float]:
        """About so many round values within the axis."""
        if self.logarithmic:
            exponents = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            for mantissas in ((1, 2, 5), (1,)):
                found = [m * 10.0**e for e in exponents for m in mantissas if self.low <= m * 10.0**e <= self.high]
                if len(found) <= wanted + 3:
                    break
            return found if len(found) > 1 else _even_ticks(self.low, self.high, 3)
        return _even_ticks(self.low, self.high, wanted)

    def _even(self, value: float) -> float:
        return math.log10(max(value, self.low * 1e-6)) if self.logarithmic else value


def _even_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Round values 1, 2 or 5 times a power of ten apart."""
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [number * step for number in range(first, last + 1)]


def tick(value: float) -> str:
    """A round value as short as it can be."""
    return f"{value:.6g}".replace("-", "\N{MINUS SIGN}")


def _plain(value: Any) -> str:
    """Hundredths of a pixel are enough."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
