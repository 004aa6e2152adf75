"""Pictures with holes on which the laws are tried: small, of every layout and depth, many of them awkward; some are drawn by Hypothesis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from engine.job import Job, finished
from engine.picture import Mask, Picture
from engine.reference import Reference
from tests.engine import seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.ops.level import Level
    from engine.ops.pyramid import Scale
    from tests.engine.laws import Subject


class TooFewCases(AssertionError):  # noqa: N818
    """A law that was not tried often enough to mean anything."""


@dataclass(frozen=True, eq=False)
class Case:
    """A picture, a mask and perhaps a sampling area; and in which way a reference sees the scene, for a method that takes one."""

    name: str
    pixels: np.ndarray
    coverage: np.ndarray
    area: np.ndarray | None = None
    whole: bool = False
    way: str = "elsewhere"

    def __repr__(self) -> str:
        return f"{self.name}: {self.pixels.dtype} {self.pixels.shape}, {int((self.coverage > 0).sum())} to fill, seen again: {self.way}"

    def job(self, subject: Subject, pixels: np.ndarray | None = None) -> Job:
        """A Job on copies of the arrays; the area is left out for a method that copies nothing."""
        card = subject.method.card
        return Job(
            Picture((self.pixels if pixels is None else pixels).copy()),
            Mask(self.coverage.copy()),
            card.name,
            subject.settings,
            area=self.area.copy() if self.area is not None and subject.copies else None,
            seed=7,
            device="cpu",
            whole=self.whole,
            references=self.references() if card.references else (),
            finish=subject.finish.card.name if subject.finish else "",
            finishing=subject.finishing,
        )

    def references(self) -> tuple[Reference, ...]:
        """The scene seen again, whatever its hole is filled with meanwhile."""
        ways = enumerate(seen.WAYS[self.way](self.pixels), 1)
        return tuple(Reference(Picture(np.array(pixels)), f"{number}.png") for number, pixels in ways)

    @property
    def known(self) -> np.ndarray:
        """Pixels that are visible and outside the mask."""
        return (self.coverage == 0) & visible(self.pixels)

    @property
    def usable(self) -> np.ndarray:
        """Known pixels from which texture may be copied."""
        return self.known if self.area is None else self.known & self.area


def visible(pixels: np.ndarray) -> np.ndarray:
    """Where pixels of any layout are not wholly transparent."""
    return pixels[..., -1] > 0 if pixels.ndim == 3 and pixels.shape[2] in (2, 4) else np.ones(pixels.shape[:2], bool)


def laid(level: Level, scale: Scale) -> Level:
    """A level with a scale in it."""
    finished(level.lay(scale))
    return level


def scene(height: int, width: int, channels: int = 3, depth: type = np.uint8, seed: int = 0) -> np.ndarray:
    """A slope, stripes and some grain in any layout; alpha is opaque but for half-transparent and fully transparent corners."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:height, :width]
    top = np.iinfo(depth).max
    base = 0.3 + 0.4 * rows / height + 0.2 * ((columns // 3) % 2)
    shades = base[..., None] * np.array([1.0, 0.8, 0.6]) + rng.normal(0, 0.02, (height, width, 3))
    pixels = np.rint(np.clip(shades, 0, 1) * top).astype(depth)[..., : 3 if channels > 2 else 1]
    if channels in (2, 4):
        alpha = np.full((height, width, 1), top, depth)
        alpha[: height // 4, : width // 3] = 0
        alpha[-(height // 4 + 1) :, -(width // 3 + 1) :] = top // 3
        return np.dstack([pixels, alpha])
    return pixels[..., 0] if channels == 1 else pixels


def rectangles(size: tuple[int, int], *boxes: tuple[int, int, int, int], level: int = 255) -> np.ndarray:
    coverage = np.zeros(size, np.uint8)
    for top, left, bottom, right in boxes:
        coverage[top:bottom, left:right] = level
    return coverage


def _all_but(size: tuple[int, int], row: int, column: int) -> np.ndarray:
    coverage = np.full(size, 255, np.uint8)
    coverage[row, column] = 0
    return coverage


def _soft(size: tuple[int, int]) -> np.ndarray:
    rows, columns = np.indices(size)
    distance = np.hypot(rows - size[0] / 2, columns - size[1] / 2)
    return np.clip(255 * (1.4 - distance / min(size) * 3.5), 0, 255).astype(np.uint8)


def _area(size: tuple[int, int], top: int, left: int, bottom: int, right: int) -> np.ndarray:
    return rectangles(size, (top, left, bottom, right)) > 0


def named() -> tuple[Case, ...]:
    cross = rectangles((20, 24), (8, 0, 12, 24), (0, 10, 20, 14))
    return (
        Case("one row", scene(1, 9), rectangles((1, 9), (0, 3, 1, 5))),
        Case("one column to its end", scene(9, 1), rectangles((9, 1), (0, 0, 4, 1))),
        Case("odd", scene(17, 23), rectangles((17, 23), (5, 7, 12, 14))),
        Case("a hole touching every edge", scene(20, 24), cross),
        Case("several holes", scene(21, 33), rectangles((21, 33), (2, 2, 6, 7), (9, 12, 15, 20), (16, 27, 21, 33))),
        Case("soft", scene(24, 24), _soft((24, 24))),
        Case("soft throughout", scene(12, 15), rectangles((12, 15), (3, 3, 9, 9), level=96)),
        Case("grey", scene(19, 22, 1), rectangles((19, 22), (6, 6, 13, 15))),
        Case("grey, 16 bit, a corner", scene(18, 18, 1, np.uint16), rectangles((18, 18), (0, 0, 7, 8))),
        Case("16 bit, soft", scene(20, 21, 3, np.uint16), _soft((20, 21))),
        Case("alpha", scene(24, 27, 4), rectangles((24, 27), (3, 4, 12, 14), (18, 20, 22, 25))),
        Case("alpha, 16 bit, soft", scene(22, 22, 4, np.uint16), _soft((22, 22))),
        Case("grey and alpha", scene(20, 20, 2), rectangles((20, 20), (4, 4, 13, 10))),
        Case("sampling area", scene(24, 30), rectangles((24, 30), (8, 9, 16, 18)), _area((24, 30), 0, 20, 24, 30)),
        Case("a sampling area that is thin", scene(16, 20), rectangles((16, 20), (4, 4, 10, 12)), _area((16, 20), 0, 15, 16, 17)),
        Case("sampling what is half transparent", scene(20, 30, 4), rectangles((20, 30), (6, 3, 12, 12)), _area((20, 30), 14, 18, 20, 30)),
        Case("two frames", scene(7, 420), rectangles((7, 420), (2, 5, 5, 12), (1, 400, 6, 409))),
        Case("the whole picture as a frame", scene(25, 31), rectangles((25, 31), (10, 10, 15, 16)), whole=True),
    )


def awkward() -> tuple[Case, ...]:
    return (
        Case("one pixel known of two", scene(1, 2), _all_but((1, 2), 0, 1)),
        Case("all but one pixel", scene(16, 16), _all_but((16, 16), 5, 9)),
        Case("all but one pixel, 16 bit grey", scene(9, 13, 1, np.uint16), _all_but((9, 13), 0, 0)),
        Case("all but one pixel, alpha", scene(12, 12, 4), _all_but((12, 12), 11, 11)),
        Case("all but one row", scene(14, 11), rectangles((14, 11), (1, 0, 14, 11))),
        Case("only one pixel", scene(15, 15), rectangles((15, 15), (7, 7, 8, 8))),
        Case("a single row to fill in the last one", scene(2, 40), rectangles((2, 40), (1, 0, 2, 40))),
        Case("every second pixel", scene(13, 13), (np.indices((13, 13)).sum(axis=0) % 2 * 255).astype(np.uint8)),
        Case("the least coverage there is", scene(8, 8), rectangles((8, 8), (2, 2, 5, 5), level=1)),
        Case("two fifths of the picture", scene(64, 61), rectangles((64, 61), (4, 5, 50, 40))),
    )


@st.composite
def _cases(draw: st.DrawFn) -> Case:
    height, width = draw(st.integers(1, 20)), draw(st.integers(1, 20))
    channels, depth = draw(st.integers(1, 4)), draw(st.sampled_from((np.uint8, np.uint16)))
    coverage = np.zeros((height, width), np.uint8)
    for _ in range(draw(st.integers(1, 3))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        level = draw(st.sampled_from((255, 255, 255, 128)))
        coverage[top : top + draw(st.integers(1, height)), left : left + draw(st.integers(1, width))] = level
    area = _area((height, width), 0, 0, height, draw(st.integers(1, width))) if draw(st.booleans()) else None
    way = tuple(seen.WAYS)[(3 * height + width) % len(seen.WAYS)]
    case = Case("drawn", scene(height, width, channels, depth, draw(st.integers(0, 9))), coverage, area, way=way)
    assume(case.usable.any())
    return case


@dataclass(frozen=True)
class Cases:
    """Named cases, and how many more are drawn."""

    named: tuple[Case, ...]
    drawn: int

    def seen_again(self) -> Cases:
        """For a method that takes references: some that can be matched, fewer of those that are too small for it."""
        return Cases((*self.named[::2], *MATCHING[: 3 if self.drawn else 1]), self.drawn // 10)

    def each(self, check: Callable[[Case], int], least: int) -> None:
        """Run `check` on every case; it says how much it had to look at. TooFewCases where the sum is less than `least`."""
        looked = [0]
        for case in self.named:
            looked[0] += check(case)
        if self.drawn:

            @settings(max_examples=self.drawn, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink))  # fmt: skip
            @given(case=_cases())
            def drawn(case: Case) -> None:
                looked[0] += check(case)

            drawn()
        if looked[0] < least:
            raise TooFewCases(f"{looked[0]} looked at, of at least {least}")


LARGE = Case("a hole of several runs of work", scene(124, 131), rectangles((124, 131), (18, 20, 108, 115)))
"""Large enough that threads have something to share."""


def _seen_again(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """Each in another way, as far as there are ways."""
    return tuple(replace(case, way=way) for case, way in zip(cases, cycle(seen.WAYS), strict=False))


def _matching() -> tuple[Case, ...]:
    size = (96, 120)
    photograph, deep = seen.textured(*size), seen.other_depth(seen.textured(*size))
    return (
        Case("a photograph", photograph, rectangles(size, (32, 40, 64, 80)), way="elsewhere"),
        Case("a photograph, 16 bit grey, soft", seen.grey(deep), _soft(size), way="three"),
        Case("holes of a photograph", photograph, rectangles(size, (25, 6, 50, 40), (58, 45, 77, 112)), way="with alpha"),
    )


MATCHING = _matching()
"""Scenes that can be found again in how they are seen again."""

SEEN = Cases(tuple(replace(MATCHING[0], way=way) for way in seen.WAYS), 0)
"""A photograph seen again in every way."""

ALL = Cases(_seen_again(named()), 20)
AWKWARD = Cases(_seen_again(awkward()), 40)
SOME = Cases((*(case for case in ALL.named if case.name in ("odd", "alpha, 16 bit, soft", "two frames")), LARGE), 0)
WITH_LARGE = Cases((*ALL.named, LARGE), ALL.drawn)
