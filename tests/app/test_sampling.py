"""The sampling area: what was painted first says what strokes mean."""

from __future__ import annotations

import numpy as np

from app.sampling import ALLOWED, FORBIDDEN, NOTHING, area, code


def codes(*values: int) -> np.ndarray:
    return np.array([values], np.uint8)


def test_nothing_painted_is_everywhere() -> None:
    assert area(codes(0, 0)) is None


def test_the_first_stroke_decides() -> None:
    assert code(codes(0, 0), allow=True) == ALLOWED
    assert code(codes(0, 0), allow=False) == FORBIDDEN


def test_where_the_first_allowed_only_there() -> None:
    now = codes(ALLOWED, NOTHING)
    assert (code(now, allow=True), code(now, allow=False)) == (ALLOWED, NOTHING)
    found = area(now)
    assert found is not None
    assert found.tolist() == [[True, False]]


def test_where_the_first_forbade_everywhere_else() -> None:
    now = codes(FORBIDDEN, NOTHING)
    assert (code(now, allow=True), code(now, allow=False)) == (NOTHING, FORBIDDEN)
    found = area(now)
    assert found is not None
    assert found.tolist() == [[False, True]]


def test_what_is_excluded_stays_excluded_when_nothing_is_allowed_any_more() -> None:
    found = area(codes(FORBIDDEN, NOTHING, ALLOWED))
    assert found is not None
    assert found.tolist() == [[False, False, True]]
    found = area(codes(FORBIDDEN, NOTHING, FORBIDDEN))
    assert found is not None
    assert found.tolist() == [[False, True, False]]
