from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.holes import BUCKETS, KINDS, hole
from engine.holes.exact import draw_area
from engine.holes.presets import Span

GOLDEN = {
    "box": "84f4e8b049f71203",
    "centre": "446bd2e11ab7826f",
    "brush": "028f26c9e0463187",
    "thin": "b22368ac17779eb0",
    "medium": "27183b20602b5078",
    "thick": "405dcf837c988790",
    "irregular": "0149cebf09d824a1",
    "irregular-0-20": "5596c09f51da683d",
    "irregular-20-40": "29f3bea5398d1ec1",
    "irregular-40-60": "3cc735da8f099dd5",
    "object": "b51b7fff2690e81f",
}
SIZES = (st.tuples(st.integers(1, 40), st.integers(1, 40)) | st.tuples(st.just(1), st.integers(2, 2000))).filter(
    lambda size: size[0] * size[1] > 1
)
LARGER = st.tuples(st.integers(64, 300), st.integers(64, 300))
SEEDS = st.integers(0, 2**31)


def drawn(kind: str, size: tuple[int, int], *seed: int) -> np.ndarray:
    return hole(kind, size, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(size=SIZES, seed=SEEDS)
def test_no_hole_is_empty_or_everything_however_small_the_picture(kind: str, size: tuple[int, int], seed: int) -> None:
    mask = drawn(kind, size, seed)
    assert mask.dtype == np.uint8
    assert mask.shape == size
    assert mask.any()
    assert not mask.all()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "object"])
@settings(max_examples=15, deadline=None)
@given(size=LARGER, seed=SEEDS)
def test_only_objects_are_soft(kind: str, size: tuple[int, int], seed: int) -> None:
    assert set(np.unique(drawn(kind, size, seed))) == {0, 255}


@pytest.mark.parametrize("bucket", BUCKETS)
@settings(max_examples=25, deadline=None)
@given(size=LARGER, seed=SEEDS)
def test_irregular_holes_cover_what_their_bucket_says(bucket: str, size: tuple[int, int], seed: int) -> None:
    least, most = BUCKETS[bucket]
    assert least < np.mean(drawn(bucket, size, seed) > 0) <= most


@settings(max_examples=60, deadline=None)
@given(size=LARGER, seed=SEEDS)
def test_objects_cover_4_to_15_percent_with_a_soft_rim(size: tuple[int, int], seed: int) -> None:
    mask = drawn("object", size, seed)
    assert 0.04 <= np.mean(mask > 0) <= 0.15
    soft = (mask > 0) & (mask < 255)
    assert soft.any()
    assert (mask == 255).any()


@pytest.mark.parametrize("kind", ["thin", "medium", "thick"])
@settings(max_examples=25, deadline=None)
@given(size=LARGER, seed=SEEDS)
def test_evaluation_sets_cover_at_most_half(kind: str, size: tuple[int, int], seed: int) -> None:
    assert np.mean(drawn(kind, size, seed) > 0) <= 0.5


@settings(max_examples=60, deadline=None)
@given(corners=st.lists(st.tuples(st.integers(-9, 40), st.integers(-9, 40)), min_size=3, max_size=9))
def test_an_area_is_what_lies_within_its_outline(corners: list[tuple[int, int]]) -> None:
    """Against how often the outline turns around a pixel, for those that it does not pass through."""
    mask = np.zeros((32, 28), np.uint8)
    draw_area(mask, corners)
    pixels = np.indices(mask.shape).transpose(1, 2, 0)[:, :, None]
    starts, ends = np.array(corners) - pixels, np.array([*corners[1:], corners[0]]) - pixels
    cross, dot = starts[..., 0] * ends[..., 1] - starts[..., 1] * ends[..., 0], (starts * ends).sum(-1)
    apart = ~((cross == 0) & (dot <= 0)).any(-1)
    inside = np.round(np.arctan2(cross, dot).sum(-1) / (2 * np.pi)).astype(int) % 2 == 1
    assert np.array_equal((mask > 0)[apart], inside[apart])


def test_a_box_is_the_centre_quarter() -> None:
    mask = drawn("box", (256, 400), 0)
    assert (mask[64:192, 100:300] == 255).all()
    assert np.count_nonzero(mask) == 128 * 200


@pytest.mark.parametrize("size", [(533, 800), (256, 400), (97, 131), (614, 1023)])
def test_the_centre_leaves_a_quarter_known_on_each_side(size: tuple[int, int]) -> None:
    """Unlike a box, whose sides are halves rounded down, it is symmetric to the pixel whatever the size."""
    mask = drawn("centre", size, 0)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    assert (rows[0], columns[0]) == (size[0] // 4, size[1] // 4)
    assert (mask == mask[::-1, ::-1]).all()
    assert np.count_nonzero(mask) == rows.size * columns.size
    assert 0.25 <= np.mean(mask > 0) < 0.27


def test_half_of_the_irregular_holes_stay_clear_of_the_border() -> None:
    margin = 128 * 50 // 512
    masks = [drawn("irregular-20-40", (128, 150), 3, number) for number in range(60)]
    clear = [
        not mask[:margin].any() and not mask[-margin:].any() and not mask[:, :margin].any() and not mask[:, -margin:].any()
        for mask in masks
    ]
    assert 18 <= sum(clear) <= 42
    touching = [mask for mask, is_clear in zip(masks, clear, strict=True) if not is_clear]
    assert any(mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any() for mask in touching)


def test_the_buckets_are_filled_evenly() -> None:
    shares = np.sort([np.mean(drawn("irregular-40-60", (64, 64), 1, number) > 0) for number in range(200)])
    assert np.abs(shares - np.linspace(0.4, 0.6, 200)).max() < 0.03


def test_irregular_is_each_of_the_three_in_a_third_of_the_draws() -> None:
    shares = np.array([np.mean(drawn("irregular", (64, 64), 2, number) > 0) for number in range(150)])
    counts, _ = np.histogram(shares, [0, 0.2, 0.4, 0.6])
    assert counts.sum() == 150
    assert counts.min() >= 30


def test_strokes_grow_with_the_picture() -> None:
    """Twice the side, the same share: over 60 draws each the means differ by less than a seventh."""
    for kind in ("brush", "object"):
        small, large = (np.mean([np.mean(drawn(kind, (side, side), 5, number) > 0) for number in range(60)]) for side in (96, 192))
        assert abs(small - large) < small / 7, kind


@pytest.mark.parametrize(("side", "count", "length"), [(128, 50, 5), (256, 50, 10), (384, 60, 15), (512, 70, 20), (1024, 70, 40)])
def test_between_the_two_presets_parameters_lie_on_a_line(side: int, count: int, length: float) -> None:
    assert Span(50, 70).count(side) == count
    assert Span(10, 20).length(side) == length


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_bytes_on_every_machine(kind: str) -> None:
    assert digest(kind) == GOLDEN[kind]


def digest(kind: str) -> str:
    sizes = ((97, 131), (512, 384), (3, 5))
    return hashlib.sha256(b"".join(drawn(kind, size, 7, number).tobytes() for number, size in enumerate(sizes))).hexdigest()[:16]


def test_another_process_draws_the_same() -> None:
    code = "import sys; from tests.engine.test_holes import digest; print(digest('object'))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == digest("object")


def test_what_cannot_be_is_said_in_one_sentence() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(BadInput, match=r"^There are no holes of the kind star; the kinds are box, centre, brush, .*\.$"):
        hole("star", (64, 64), rng)
    for kind in KINDS:
        with pytest.raises(BadInput, match=r"^A picture of 1 x 1 pixels cannot have both .*\.$"):
            hole(kind, (1, 1), rng)
