from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QColorSpace, QImage, QPainter
from skimage import data

from app.photograph import Photograph
from app.view.canvas.colours import Colours
from app.view.canvas.preview import pasted
from app.view.canvas.pyramid import Pyramid, Variant, halved
from app.view.canvas.tiles import CURRENT, ROOM, Tiles
from app.view.canvas.viewport import Viewport
from engine.geometry import Box
from engine.picture import Patch, Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.usefixtures("qapp")

P3 = QColorSpace(QColorSpace.NamedColorSpace.DisplayP3)


def icc(space: QColorSpace) -> bytes:
    return bytes(space.iccProfile().data())


def noise(height: int, width: int, *channels: int, dtype: type = np.uint8) -> NDArray[Any]:
    most = np.iinfo(dtype).max
    return np.random.default_rng(height * width).integers(0, most, (height, width, *channels), dtype, endpoint=True)


def levels(pixels: NDArray[Any]) -> Pyramid:
    return Pyramid(pixels.shape[:2], lambda box: pixels[box.slices])


def tiled(pixels: NDArray[Any], profile: bytes | None = None) -> Tiles:
    alpha = pixels.ndim == 3 and pixels.shape[2] in (2, 4)
    return Tiles(levels(pixels), Colours(profile), alpha=alpha)


def drawn(tiles: Tiles, view: Viewport, sight: str = CURRENT, clip: QRect | None = None, until: float = math.inf) -> NDArray[np.uint8]:
    """(height, width, 3) of a canvas that is green where nothing is drawn."""
    width, height = round(view.width * view.ratio), round(view.height * view.ratio)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(0, 255, 0))
    painter = QPainter(image)
    tiles.draw(painter, view, clip or QRect(0, 0, width, height), sight, until)
    painter.end()
    return rgb(image)


def rgb(image: QImage) -> NDArray[np.uint8]:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


# The pyramid


def test_each_level_is_the_mean_of_four_pixels_of_the_one_below() -> None:
    pixels = noise(700, 900, 3)
    pyramid = levels(pixels)
    mean = pixels.reshape(350, 2, 450, 2, 3).mean(axis=(1, 3))
    assert pyramid.sizes[1] == (350, 450)
    assert np.abs(pyramid.part(1, Box.whole((350, 450))) - mean).max() <= 0.5
    assert max(pyramid.sizes[-1]) <= 64


@pytest.mark.parametrize("size", [(1, 1), (1, 999), (1001, 3), (513, 1025), (64, 64)])
def test_odd_sizes_are_rounded_up(size: tuple[int, int]) -> None:
    pixels = noise(*size, 3)
    pyramid = levels(pixels)
    for level, (height, width) in enumerate(pyramid.sizes):
        assert (height, width) == (-(-size[0] // 2**level), -(-size[1] // 2**level))
        part = pyramid.part(level, Box.whole((height, width)))
        assert part.shape == (height, width, 3)


@pytest.mark.parametrize("size", [(1300, 1100), (1301, 1103)])
@pytest.mark.parametrize("box", [Box(0, 0, 1, 1), Box(511, 513, 3, 5), Box(1290, 1090, 10, 10), Box(7, 100, 1200, 1)])
def test_refreshing_a_box_is_as_good_as_building_anew(size: tuple[int, int], box: Box) -> None:
    pixels = noise(*size, 3)
    pyramid = levels(pixels)
    pixels[box.slices] = 255 - pixels[box.slices]
    pyramid.refresh(box)
    anew = levels(pixels)
    for level, one in enumerate(pyramid.sizes):
        assert np.array_equal(pyramid.part(level, Box.whole(one)), anew.part(level, Box.whole(one)))


def test_only_a_third_of_the_photograph_is_kept_beside_it() -> None:
    pixels = noise(2000, 3000, 3)
    pyramid = levels(pixels)
    taken = sum(pyramid.part(level, Box.whole(size)).nbytes for level, size in enumerate(pyramid.sizes) if level)
    assert taken <= pixels.nbytes * 0.34


def test_transparent_colours_do_not_bleed() -> None:
    pixels = np.zeros((200, 200, 4), np.uint8)
    pixels[:, 0::2] = (0, 255, 0, 0)
    pixels[:, 1::2] = (100, 100, 100, 255)
    assert np.all(halved(pixels, 1) == (50, 50, 50, 128))


# Other states of the photograph


def photograph(pixels: NDArray[Any]) -> Photograph:
    return Photograph(Picture(pixels.copy()))


def test_the_original_is_seen_where_something_was_written_and_the_rest_is_shared() -> None:
    pixels = noise(1500, 1301, 3)
    photo = photograph(pixels)
    pyramid = Pyramid(photo.size, photo.pixels)
    before = Variant(pyramid, photo.differs, photo.original)
    box = Box(300, 500, 90, 333)
    photo.write(box, 255 - pixels[box.slices], np.ones(box.size, np.bool_))
    pyramid.refresh(box)
    was = levels(pixels)
    for level, size in enumerate(pyramid.sizes):
        whole = Box.whole(size)
        assert np.array_equal(before.part(level, whole), was.part(level, whole))
        assert not np.array_equal(pyramid.part(level, whole), was.part(level, whole))
    assert not before.differs(0, Box(1024, 0, 256, 256))


@pytest.mark.parametrize("box", [Box(0, 0, 3, 3), Box(255, 511, 513, 300), Box(1400, 1200, 100, 101)])
def test_a_patch_is_seen_as_if_it_stood_in_the_photograph(box: Box) -> None:
    pixels = noise(1500, 1301, 3)
    photo, hole = photograph(pixels), np.random.default_rng(1).random(box.size) < 0.5
    pyramid = Pyramid(photo.size, photo.pixels)
    variant = pasted(pyramid, photo, Patch(0, box, 255 - pixels[box.slices]), hole)
    pixels[box.slices][hole] = 255 - pixels[box.slices][hole]
    standing = levels(pixels)
    for level, size in enumerate(pyramid.sizes):
        assert np.array_equal(variant.part(level, Box.whole(size)), standing.part(level, Box.whole(size)))


# Colours


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [(), (2,), (3,), (4,)])
def test_every_layout_and_depth_shows_its_own_values(channels: tuple[int, ...], dtype: type) -> None:
    pixels = noise(40, 30, *channels, dtype=dtype)
    if channels in {(2,), (4,)}:
        pixels[..., -1] = np.iinfo(dtype).max
    shown = rgb(Colours(None).image(pixels))
    eight = pixels if dtype is np.uint8 else np.round(pixels / 257).astype(np.uint8)
    colours = eight[..., None] if eight.ndim == 2 else eight[..., :1] if channels == (2,) else eight[..., :3]
    assert np.abs(shown - np.broadcast_to(colours, shown.shape).astype(int)).max() <= (0 if dtype is np.uint8 else 1)


def test_a_display_p3_picture_is_shown_as_qt_converts_it() -> None:
    pixels = data.astronaut()[300:364, 100:164]
    wide, plain = rgb(Colours(icc(P3)).image(pixels)), rgb(Colours(None).image(pixels))
    red, green, blue = (int(value) for value in pixels[20, 20])
    expected = P3.transformationToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb)).map(QColor(red, green, blue))
    assert np.array_equal(plain, pixels)
    assert np.abs(wide[20, 20].astype(int) - expected.getRgb()[:3]).max() <= 1
    assert np.abs(wide.astype(int) - plain).max() > 5


def test_a_screen_of_the_pictures_own_profile_needs_no_conversion() -> None:
    pixels = data.astronaut()[:64, :64]
    assert np.array_equal(rgb(Colours(icc(P3), P3).image(pixels)), pixels)


def test_16_bit_are_converted_like_8() -> None:
    pixels = data.astronaut()[:64, :64]
    deep = rgb(Colours(icc(P3)).image(pixels.astype(np.uint16) * 257))
    assert np.abs(deep.astype(int) - rgb(Colours(icc(P3)).image(pixels))).max() <= 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_grey_profile_is_followed(dtype: type) -> None:
    space = QColorSpace(QPointF(0.3127, 0.3290), QColorSpace.TransferFunction.Gamma, 1.8)
    grey = np.full((4, 4), 100 if dtype is np.uint8 else 25700, dtype)
    linear = (100 / 255) ** 1.8
    expected = round(255 * (1.055 * linear ** (1 / 2.4) - 0.055))
    for pixels in (grey, np.dstack([grey, np.full_like(grey, np.iinfo(dtype).max)])):
        assert np.abs(rgb(Colours(icc(space)).image(pixels)).astype(int) - expected).max() <= 2


def test_colours_are_converted_before_alpha_is_multiplied() -> None:
    pixels = np.full((4, 4, 4), (200, 40, 40, 128), np.uint8)
    shown = Colours(icc(P3)).image(pixels).pixelColor(1, 1)
    opaque = Colours(icc(P3)).image(pixels[..., :3]).pixelColor(1, 1)
    assert shown.alpha() == 128
    assert np.abs(np.subtract(shown.getRgb()[:3], opaque.getRgb()[:3])).max() <= 2


@pytest.mark.qt_log_ignore("fromIccProfile")
def test_a_profile_that_cannot_be_read_is_told() -> None:
    colours = Colours(b"no profile at all")
    assert not colours.understood
    assert np.array_equal(rgb(colours.image(np.full((2, 2, 3), 77, np.uint8))), np.full((2, 2, 3), 77))


def test_a_profile_for_other_pixels_is_left_aside() -> None:
    grey = np.full((4, 4), 100, np.uint8)
    assert np.all(rgb(Colours(icc(P3)).image(grey)) == 100)


# Drawing


def test_at_100_percent_pixels_are_pixels() -> None:
    pixels = noise(1300, 1200, 3)
    view = Viewport((1300, 1200), 640, 480, left=-400.4, top=-300.2)
    assert np.array_equal(drawn(tiled(pixels), view), pixels[300:780, 400:1040])


@pytest.mark.parametrize("times", [2, 3, 8, 64])
def test_large_pixels_are_squares(times: int) -> None:
    pixels = noise(600, 700, 3)
    view = Viewport((600, 700), 640, 480, scale=times, left=-500 * times, top=-505 * times)
    squares = pixels[505 : 505 + 480 // times + 1, 500 : 500 + 640 // times + 1].repeat(times, 0).repeat(times, 1)[:480, :640]
    got = drawn(tiled(pixels), view)
    there = squares.shape
    assert np.array_equal(got[: there[0], : there[1]], squares)


@pytest.mark.parametrize("zoom", [2.1, 2.38, 3.36, 5.66, 11.3, 26.9, 53.8])
def test_squares_of_any_size_leave_no_gap(zoom: float) -> None:
    rows, columns = np.mgrid[:700, :800]
    pixels = np.dstack([columns % 251, rows % 241, 0 * rows]).astype(np.uint8)
    view = Viewport((700, 800), 640, 480, scale=zoom, left=-500.3 * zoom, top=-500.6 * zoom)
    seen = drawn(tiled(pixels), view).astype(int)
    expected_columns = np.ceil((np.arange(640) + 0.5 - view.x) / zoom).astype(int) - 1
    expected_rows = np.ceil((np.arange(480) + 0.5 - view.y) / zoom).astype(int) - 1
    inside = (expected_rows < 700)[:, None] & (expected_columns < 800)
    assert np.array_equal(seen[..., 0][inside], np.broadcast_to(expected_columns % 251, (480, 640))[inside])
    assert np.array_equal(seen[..., 1][inside], np.broadcast_to(expected_rows[:, None] % 241, (480, 640))[inside])


@pytest.mark.parametrize("scale", [0.9, 0.5, 0.37, 0.25, 0.1, 1.5])
def test_no_seam_is_seen_between_tiles(scale: float) -> None:
    across = np.linspace(0, 255, 3000)[None, :]
    down = np.linspace(0, 255, 2000)[:, None]
    pixels = np.dstack(np.broadcast_arrays(across, down, 0 * down)).astype(np.uint8)
    view = Viewport((2000, 3000), 900, 700, scale=scale, left=13.3, top=-200.7)
    got = drawn(tiled(pixels), view).astype(int)
    seen = view.frame.toAlignedRect().intersected(QRect(0, 0, 900, 700)).adjusted(2, 2, -2, -2)
    inside = got[seen.top() : seen.bottom(), seen.left() : seen.right()]
    step = 255 / 2000 / scale
    assert np.abs(np.diff(inside[..., 0], axis=1)).max() <= step + 1.5
    assert np.abs(np.diff(inside[..., 1], axis=0)).max() <= step + 1.5
    assert inside[..., 2].max() == 0


def test_nothing_is_drawn_outside_the_picture_and_nothing_is_left_open_within() -> None:
    view = Viewport((901, 1203), 700, 500).fit()
    got = drawn(tiled(np.full((901, 1203, 3), (255, 0, 0), np.uint8)), view)
    red = np.all(got == (255, 0, 0), axis=2)
    frame = view.frame
    left, top, width, height = (round(value) for value in (frame.left(), frame.top(), frame.width(), frame.height()))
    assert red[top : top + height, left : left + width].all()
    assert red.sum() == width * height


@pytest.mark.parametrize("zoom", [0.3, 0.71, 1.0, 1.7, 2.38, 7.7, 33.3])
def test_a_part_is_drawn_as_the_whole_is(zoom: float) -> None:
    pixels = data.astronaut().repeat(2, 0).repeat(2, 1)
    view = Viewport((1024, 1024), 400, 300).fit().zoomed_to(zoom, 190, 140)
    clip = QRect(150, 120, 77, 33)
    part = drawn(tiled(pixels), view, clip=clip)
    whole = drawn(tiled(pixels), view)
    rows, columns = slice(120, 153), slice(150, 227)
    assert np.abs(part[rows, columns].astype(int) - whole[rows, columns]).max() <= (zoom < 1)
    part[rows, columns] = (0, 255, 0)
    assert np.all(part == (0, 255, 0))


def test_a_fine_screen_shows_twice_as_many_pixels() -> None:
    pixels = noise(900, 900, 3)
    view = Viewport((900, 900), 300, 200, scale=0.5, left=-20, top=-30, ratio=2)
    assert np.array_equal(drawn(tiled(pixels), view), pixels[60:460, 40:640])


def test_a_change_is_drawn_and_only_tiles_there_are_made_anew() -> None:
    pixels = noise(1500, 1500, 3)
    tiles = tiled(pixels)
    view = Viewport((1500, 1500), 1500, 1500)
    drawn(tiles, view)
    box = Box(600, 700, 20, 30)
    pixels[box.slices] = 255 - pixels[box.slices]
    before = tiles.nbytes
    tiles.refresh(box)
    assert 0 < before - tiles.nbytes <= 514 * 514 * 4
    assert np.array_equal(drawn(tiles, view), pixels)


def test_a_change_at_the_edge_of_a_tile_is_seen_in_its_neighbour() -> None:
    pixels = np.zeros((1100, 1100, 3), np.uint8)
    tiles = tiled(pixels)
    view = Viewport((1100, 1100), 1100, 1100, scale=1.5, left=-300, top=-300)
    drawn(tiles, view)
    pixels[510:513] = 255
    tiles.refresh(Box(510, 0, 3, 1100))
    assert np.array_equal(drawn(tiles, view), drawn(tiled(pixels), view))


def test_memory_is_bounded() -> None:
    pixels = noise(6000, 6000)
    tiles = tiled(pixels)
    for top in range(0, 6000, 400):
        for left in range(0, 6000, 400):
            drawn(tiles, Viewport((6000, 6000), 400, 400, left=-left, top=-top))
    assert 0 < tiles.nbytes <= ROOM


def test_what_there_is_no_time_for_is_drawn_coarser_and_then_finely() -> None:
    pixels = np.asarray(data.astronaut().repeat(3, 0).repeat(3, 1))
    tiles = tiled(pixels)
    view = Viewport((1536, 1536), 900, 900, left=-200, top=-200)
    coarse = drawn(tiles, view, until=0)
    fine = drawn(tiles, view)
    assert np.array_equal(fine, pixels[200:1100, 200:1100])
    assert not np.array_equal(coarse, fine)
    assert np.abs(coarse.astype(int) - fine).mean() < 12


def test_another_state_is_drawn_only_where_it_differs() -> None:
    pixels = noise(1500, 1500, 3)
    photo = photograph(pixels)
    tiles = Tiles(Pyramid(photo.size, photo.pixels), Colours(None), alpha=False)
    box = Box(100, 100, 50, 50)
    tiles.set_variant("other", pasted(tiles.pyramid, photo, Patch(0, box, np.zeros((50, 50, 3), np.uint8))))
    view = Viewport((1500, 1500), 1500, 1500)
    drawn(tiles, view)
    before = tiles.nbytes
    other = drawn(tiles, view, "other")
    assert tiles.nbytes - before <= 514 * 514 * 4
    pixels[box.slices] = 0
    assert np.array_equal(other, pixels)


def test_a_removed_state_is_forgotten(qtbot: QtBot) -> None:
    del qtbot
    pixels = noise(300, 300, 3)
    photo = photograph(pixels)
    tiles = Tiles(Pyramid(photo.size, photo.pixels), Colours(None), alpha=False)
    view = Viewport((300, 300), 300, 300)
    tiles.set_variant("other", pasted(tiles.pyramid, photo, Patch(0, Box(0, 0, 9, 9), np.zeros((9, 9, 3), np.uint8))))
    drawn(tiles, view, "other")
    tiles.set_variant("other", None)
    assert np.array_equal(drawn(tiles, view, "other"), pixels)
