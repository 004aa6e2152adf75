"""Views of one photograph: that points said to be the same place are, that what is hidden is said to be, and that chance is the seed's alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from engine.training import styles, views

SIZE, PLACES = 96, 64


@pytest.fixture(scope="module")
def photographs() -> list[np.ndarray]:
    return [skimage.data.astronaut()[:300, :320], skimage.data.coffee()[:300], skimage.data.chelsea()]


def draw(photographs: list[np.ndarray], seed: int) -> views.Pair:
    return views.pair(photographs[0], photographs[1:], SIZE, PLACES, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(12))
def test_points_are_the_same_place_of_the_photograph(photographs: list[np.ndarray], seed: int) -> None:
    drawn = draw(photographs, seed)
    assert drawn.valid.sum() > 10
    places = []
    for field, points in zip(drawn.fields, drawn.points, strict=True):
        rows, columns = points[drawn.valid].T
        read = [cv2.remap(np.ascontiguousarray(field[..., axis]), columns[None], rows[None], cv2.INTER_LINEAR)[0] for axis in (0, 1)]
        places.append(np.stack(read, 1))
    assert np.abs(places[0] - places[1]).max() < 0.5


@pytest.mark.parametrize("seed", range(6))
def test_points_lie_where_both_views_show_the_photograph(photographs: list[np.ndarray], seed: int) -> None:
    drawn = draw(photographs, seed)
    for seen, points in zip(drawn.seen, drawn.points, strict=True):
        rows, columns = np.rint(points[drawn.valid]).astype(int).T
        assert seen[rows, columns].all()
        assert not np.any(points[~drawn.valid])


def test_what_is_beyond_the_photograph_is_not_seen(photographs: list[np.ndarray]) -> None:
    beyond = 0
    for seed in range(12):
        drawn = draw(photographs, seed)
        for field, seen in zip(drawn.fields, drawn.seen, strict=True):
            out = (field < 0).any(2) | (field[..., 0] > 299) | (field[..., 1] > 319)
            assert not (seen & out).any()
            beyond += int(out.sum())
    assert beyond


def test_without_style_a_view_shows_what_its_field_says(photographs: list[np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "restyled", lambda view, *_: view)
    drawn = draw(photographs, 3)
    field, seen = drawn.fields[1], drawn.seen[1]
    at = np.rint(field[seen]).astype(int)
    near = cv2.blur(photographs[0], (3, 3))[at[:, 0], at[:, 1]].astype(int)
    assert np.median(np.abs(near - drawn.views[1][seen])) < 12


def test_the_same_chance_gives_the_same_pair(photographs: list[np.ndarray]) -> None:
    first, again, other = draw(photographs, 1), draw(photographs, 1), draw(photographs, 2)
    assert all(np.array_equal(one, two) for one, two in zip(first.views, again.views, strict=True))
    assert np.array_equal(first.points, again.points)
    assert not np.array_equal(first.views[0], other.views[0])


def test_crops_are_squares_of_the_size_asked_for() -> None:
    small = skimage.data.chelsea()[:40, :60]
    assert views.crop(small, 96, np.random.default_rng(0)).shape == (96, 96, 3)
    large = skimage.data.chelsea()
    cut = views.crop(large, 96, np.random.default_rng(0))
    assert cv2.matchTemplate(large, cut, cv2.TM_SQDIFF).min() == 0


@pytest.mark.parametrize(("_", "change"), styles._CHANGES)
def test_each_change_of_style_changes_and_keeps_the_size(_: float, change: object) -> None:
    x = skimage.data.chelsea()[:64, :64].astype(np.float32) / 255
    before = x.copy()
    out = change(x, np.random.default_rng(4))  # type: ignore[operator]
    assert out.shape == x.shape
    assert out.dtype == np.float32
    assert np.isfinite(out).all()
    assert np.abs(out - x).max() > 0.01
    assert np.array_equal(x, before)


def test_lent_light_moves_low_frequencies_and_leaves_edges() -> None:
    x, donor = (one[:96, :96].astype(np.float32) / 255 for one in (skimage.data.chelsea(), skimage.data.coffee()))
    lent = styles._lent_light(x, donor, np.random.default_rng(1))
    assert abs(float(lent.mean()) - float(donor.mean())) < abs(float(x.mean()) - float(donor.mean()))
    fine = [one - cv2.GaussianBlur(one, (0, 0), 2) for one in (x, lent)]
    assert np.corrcoef(fine[0].ravel(), fine[1].ravel())[0, 1] > 0.97


def test_a_restyled_view_still_shows_the_same() -> None:
    view, donor = skimage.data.astronaut()[100:196, 150:246], skimage.data.coffee()[:96, :96]
    alike = []
    for seed in range(20):
        out = styles.restyled(view, donor, np.random.default_rng(seed))
        assert out.shape == view.shape
        assert out.dtype == np.uint8
        edges = [np.hypot(*np.gradient(cv2.GaussianBlur(one.mean(2), (0, 0), 1.5))) for one in (view, out)]
        alike.append(np.corrcoef(edges[0].ravel(), edges[1].ravel())[0, 1])
    assert np.median(alike) > 0.5
