"""JPEG to JPEG: blocks that were not touched keep their coefficients, everything around the scan its bytes."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import jpeglib
import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage import data

from engine.errors import EngineFailure
from engine.files import jpeg_blocks, jpeg_segments, open_picture, save, will_lose
from engine.files.exif import thumbnail_span
from engine.files.measuring import change_outside
from engine.picture import Mask, Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SAMPLINGS = {"444": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444, "422": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
             "420": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420, "440": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440,
             "411": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411}  # fmt: skip


def coded(pixels: NDArray[Any], *, sampling: str = "420", **options: Any) -> bytes:
    names = {"progressive": cv2.IMWRITE_JPEG_PROGRESSIVE, "restart": cv2.IMWRITE_JPEG_RST_INTERVAL, "quality": cv2.IMWRITE_JPEG_QUALITY}
    flags = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, SAMPLINGS[sampling]]
    for name, value in options.items():
        flags += [names[name], int(value)]
    return cv2.imencode(".jpg", pixels[..., ::-1] if pixels.ndim == 3 else pixels, flags)[1].tobytes()


def filled(picture: Picture, *, seed: int = 0) -> tuple[Picture, Mask]:
    """The picture with a disc painted over, and the mask."""
    height, width = picture.size
    rows, columns = np.ogrid[:height, :width]
    hole = (rows - height * 0.55) ** 2 + (columns - width * 0.4) ** 2 < (min(height, width) * 0.2) ** 2
    pixels = picture.pixels.copy()
    pixels[hole] = np.random.default_rng(seed).integers(60, 190, pixels[hole].shape)
    pixels = np.where(hole if pixels.ndim == 2 else hole[..., None], cv2.GaussianBlur(pixels, (0, 0), 2), picture.pixels)
    return replace(picture, pixels=pixels), Mask(hole.astype(np.uint8) * 255)


def coefficients(data: bytes, folder: Path) -> tuple[list[NDArray[Any]], NDArray[Any], NDArray[Any]]:
    path = folder / "read.jpg"
    path.write_bytes(data)
    jpeg = jpeglib.read_dct(str(path))
    jpeg.load()
    return [one for one in (jpeg.Y, jpeg.Cb, jpeg.Cr) if one is not None], jpeg.qt, np.asarray(jpeg.samp_factor)


def footprints(hole: NDArray[Any], planes: Any, samples: NDArray[Any]) -> Iterator[tuple[NDArray[Any], int, int]]:
    """For each component which of its blocks lie over the hole."""
    most = samples.max(axis=0)
    for plane, (down, across) in zip(planes, samples, strict=True):
        high, wide = 8 * most[0] // down, 8 * most[1] // across
        rows, columns = plane.shape[0] * high, plane.shape[1] * wide
        whole = np.zeros((max(rows, hole.shape[0]), max(columns, hole.shape[1])), bool)
        whole[: hole.shape[0], : hole.shape[1]] = hole
        yield whole[:rows, :columns].reshape(plane.shape[0], high, plane.shape[1], wide).any(axis=(1, 3)), high, wide


KINDS = [
    ("444", {}), ("422", {}), ("420", {}), ("440", {}), ("411", {}), ("grey", {}),
    ("420", {"progressive": True}), ("grey", {"progressive": True}), ("420", {"restart": 3}), ("422", {"quality": 40}),
]  # fmt: skip


@pytest.mark.parametrize(("sampling", "options"), KINDS)
@pytest.mark.parametrize("size", [(160, 240), (155, 233)])
def test_blocks_outside_the_hole_keep_their_coefficients(tmp_path: Path, sampling: str, options: Any, size: tuple[int, int]) -> None:
    scene = np.ascontiguousarray(data.astronaut()[: size[0], 100 : 100 + size[1]])
    scene = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY) if sampling == "grey" else scene
    source = coded(scene, sampling="444" if sampling == "grey" else sampling, **options)
    (tmp_path / "a.jpg").write_bytes(source)
    original = open_picture(tmp_path / "a.jpg")
    picture, mask = filled(original)
    saved = save(picture, tmp_path / "b.jpg", mask, original)
    written = saved.path.read_bytes()
    before, tables, samples = coefficients(source, tmp_path)
    after, tables_after, samples_after = coefficients(written, tmp_path)
    np.testing.assert_array_equal(tables, tables_after)
    np.testing.assert_array_equal(samples, samples_after)
    allowed, count = np.zeros(mask.size, np.uint8), 0
    for old, new, (over, high, wide) in zip(before, after, footprints(mask.hole, before, samples), strict=True):
        np.testing.assert_array_equal(old[~over], new[~over])
        assert (old[over] != new[over]).any()
        allowed |= np.repeat(np.repeat(over, high, axis=0), wide, axis=1)[: mask.size[0], : mask.size[1]].astype(np.uint8)
        count += over.sum()
    assert 0 < saved.touched_blocks <= count
    # Pixels, by a third decoder's call: Pillow.
    was, now = (np.asarray(Image.open(io.BytesIO(one))).astype(int) for one in (source, written))
    differs = (was != now).reshape(*mask.size, -1).any(axis=2)
    assert not (differs & ~cv2.dilate(allowed, np.ones((5, 5), np.uint8)).astype(bool)).any()
    outside = differs & ~mask.hole
    assert saved.changed_outside == outside.sum() > 0
    assert saved.largest_change == np.abs(was - now).reshape(*mask.size, -1).max(axis=2)[outside].max()
    assert f"{saved.changed_outside:,} pixels in the JPEG blocks" in saved.sentence
    wanted = picture.pixels.astype(int)[mask.hole]
    assert np.abs(now[mask.hole] - wanted).mean() < 9


def with_segments(source: bytes, *segments: bytes, after: bytes = b"") -> bytes:
    return b"\xff\xd8" + b"".join(segments) + source[2:] + after


def segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload


def exif_with_thumbnail(orientation: int, pixels: NDArray[Any], note: bytes = b"") -> bytes:
    """A structure with a thumbnail of these pixels and a maker note, written by hand."""
    small = cv2.imencode(".jpg", cv2.resize(pixels, (80, 60))[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    entry = lambda tag, kind, count, value: struct.pack(">HHII", tag, kind, count, value)  # noqa: E731
    short = lambda value: value << 16  # noqa: E731
    second = 8 + 2 + 2 * 12 + 4
    below = second + 2 + 2 * 12 + 4
    note_at = below + 2 + 3 * 12 + 4
    small_at = note_at + len(note)
    return (
        b"MM\0*" + struct.pack(">I", 8)
        + struct.pack(">H", 2) + entry(274, 3, 1, short(orientation)) + entry(34665, 4, 1, below) + struct.pack(">I", second)
        + struct.pack(">H", 2) + entry(513, 4, 1, small_at) + entry(514, 4, 1, len(small)) + struct.pack(">I", 0)
        + struct.pack(">H", 3) + entry(37500, 7, len(note), note_at) + entry(40962, 4, 1, pixels.shape[1])
        + entry(40963, 4, 1, pixels.shape[0]) + struct.pack(">I", 0)
        + note + small
    )  # fmt: skip


@pytest.mark.parametrize("orientation", range(1, 9))
def test_stored_orientation_stays_and_the_fill_lands_upright(tmp_path: Path, orientation: int) -> None:
    scene = np.ascontiguousarray(data.astronaut()[:150, :230])
    exif = exif_with_thumbnail(orientation, scene, b"maker note")
    source = with_segments(coded(scene, quality=95), segment(0xE1, b"Exif\0\0" + exif))
    (tmp_path / "a.jpg").write_bytes(source)
    original = open_picture(tmp_path / "a.jpg")
    assert original.size == ((150, 230) if orientation < 5 else (230, 150))
    picture, mask = filled(original)
    red = np.zeros_like(picture.pixels)
    red[...] = (200, 20, 30)
    picture = replace(picture, pixels=np.where(mask.hole[..., None], red, original.pixels))
    saved = save(picture, tmp_path / "b.jpg", mask, original)
    again = open_picture(saved.path)
    assert again.file.orientation == orientation
    inner = cv2.erode(mask.coverage, np.ones((19, 19), np.uint8)) > 0
    assert np.abs(again.pixels[inner].astype(int) - (200, 20, 30)).max() < 12
    far = cv2.dilate(mask.coverage, np.ones((41, 41), np.uint8)) == 0
    np.testing.assert_array_equal(again.pixels[far], original.pixels[far])
    # The EXIF is the same but for the thumbnail and its length, and the thumbnail shows the fill in the stored orientation.
    begin, end = thumbnail_span(original.exif)
    mine, theirs = bytearray(again.exif), bytearray(original.exif)
    shown = thumbnail_span(again.exif)
    assert shown[0] == begin
    small = cv2.imdecode(np.frombuffer(again.exif[slice(*shown)], np.uint8), cv2.IMREAD_COLOR_RGB)
    stored = np.asarray(Image.open(saved.path))
    assert np.abs(small.astype(int) - cv2.resize(stored, small.shape[1::-1], interpolation=cv2.INTER_AREA)).mean() < 10
    place = bytes(theirs).index(struct.pack(">HHI", 514, 4, 1)) + 8
    for one in (mine, theirs):
        one[begin:end] = bytes(end - begin)
        one[place : place + 4] = bytes(4)
    assert mine == theirs


def test_segments_and_what_follows_the_end_stay_byte_for_byte(tmp_path: Path) -> None:
    scene = np.ascontiguousarray(data.chelsea()[:100, :140])
    extra = [segment(0xE2, b"ICC_PROFILE\0\1\1" + SRGB), segment(0xE5, b"of a maker"), segment(0xFE, b"a comment"), segment(0xE1, b"other")]
    tail = b"\0\0 a moving picture \xff\xd8 and more"
    source = with_segments(coded(scene, progressive=True, restart=4), *extra, after=tail)
    (tmp_path / "a.jpg").write_bytes(source)
    original = open_picture(tmp_path / "a.jpg")
    assert any("behind the photograph" in sentence for sentence in original.file.losses)
    assert any("progressive" in sentence for sentence in will_lose(original, ".jpg"))
    assert any("follows the photograph" in sentence for sentence in will_lose(original, ".png"))
    picture, mask = filled(original)
    written = save(picture, tmp_path / "b.jpg", mask, original).path.read_bytes()
    assert written.startswith(b"\xff\xd8" + b"".join(extra))
    assert written.endswith(b"\xff\xd9" + tail)
    kept = {0xE0, 0xE1, 0xE2, 0xE5, 0xFE, 0xDB}
    before, after = (jpeg_segments.markers_of(one, "a") for one in (source, written))
    assert [before.payload(s) for s in before.segments if s.marker in kept] == [
        after.payload(s) for s in after.segments if s.marker in kept
    ]
    assert after.frame == replace(before.frame, marker=jpeg_segments.SOF0)


def test_an_unchanged_picture_is_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(coded(data.chelsea()[:90, :120], progressive=True) + b"more")
    original = open_picture(tmp_path / "a.jpg")
    saved = save(original, tmp_path / "b.jpg", Mask(np.zeros(original.size, np.uint8)), original)
    assert saved.path.read_bytes() == (tmp_path / "a.jpg").read_bytes()
    assert saved.sentence == "Saved b.jpg. 0 pixels changed outside the mask."


def test_both_pictures_of_an_mpo_stay_and_are_found(tmp_path: Path) -> None:
    first, second = (np.ascontiguousarray(one[:120, :200]) for one in (data.chelsea(), data.astronaut()))
    Image.fromarray(first).save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[Image.fromarray(second)], quality=90)
    original = open_picture(tmp_path / "a.jpg")
    picture, mask = filled(original)
    saved = save(picture, tmp_path / "b.jpg", mask, original)
    with Image.open(tmp_path / "a.jpg") as before, Image.open(saved.path) as after:
        assert (after.format, after.n_frames) == ("MPO", 2)
        for one in (before, after):
            one.seek(1)
        np.testing.assert_array_equal(np.asarray(before), np.asarray(after))
        after.seek(0)
        np.testing.assert_array_equal(np.asarray(after), open_picture(saved.path).pixels)
    markers = jpeg_segments.markers_of(saved.path.read_bytes(), "b")
    assert markers.pictures == 2


def test_the_figure_rises_with_one_coefficient_outside_the_hole(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(coded(data.astronaut()[:160, :240]))
    original = open_picture(tmp_path / "a.jpg")
    picture, mask = filled(original)
    saved = save(picture, tmp_path / "b.jpg", mask, original)
    jpeg = jpeglib.read_dct(str(saved.path))
    jpeg.load()
    jpeg.Y[0, 0, 2, 1] += 3
    jpeg.write_dct(str(saved.path))
    change = change_outside(saved.path, "jpeg", original.pixels, mask)
    assert saved.changed_outside < change.pixels <= saved.changed_outside + 64


def test_a_block_that_changed_where_it_may_not_stops_the_saving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jpg").write_bytes(coded(data.astronaut()[:160, :240]))
    original = open_picture(tmp_path / "a.jpg")
    picture, mask = filled(original)
    real = jpeg_blocks._add_change

    def careless(planes: Any, *rest: Any) -> None:
        real(planes, *rest)
        planes[0].coefficients[0, 0, 2, 1] += 3

    monkeypatch.setattr(jpeg_blocks, "_add_change", careless)
    with pytest.raises(EngineFailure, match="not saved"):
        save(picture, tmp_path / "b.jpg", mask, original)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.jpg"]


def test_colours_stored_as_red_green_and_blue(tmp_path: Path) -> None:
    image = Image.fromarray(np.ascontiguousarray(data.astronaut()[:100, :140]))
    image.save(tmp_path / "a.jpg", quality=92, keep_rgb=True)
    original = open_picture(tmp_path / "a.jpg")
    picture, mask = filled(original)
    saved = save(picture, tmp_path / "b.jpg", mask, original)
    assert saved.kept_blocks
    inside = np.abs(open_picture(saved.path).pixels[mask.hole].astype(int) - picture.pixels[mask.hole])
    assert inside.mean() < 4


def test_a_thumbnail_that_cannot_be_rebuilt_is_blanked(tmp_path: Path) -> None:
    scene = np.ascontiguousarray(data.astronaut()[:100, :140])
    exif = exif_with_thumbnail(1, scene)
    begin, end = thumbnail_span(exif)
    broken = exif[:begin] + b"not a picture".ljust(end - begin, b"x")
    (tmp_path / "a.jpg").write_bytes(with_segments(coded(scene), segment(0xE1, b"Exif\0\0" + broken)))
    original = open_picture(tmp_path / "a.jpg")
    picture, mask = filled(original)
    after = open_picture(save(picture, tmp_path / "b.jpg", mask, original).path).exif
    assert len(after) == len(broken)
    assert thumbnail_span(after) is None
    assert b"not a picture" not in after


def test_no_file_is_left_in_the_folder_of_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    (tmp_path / "a.jpg").write_bytes(coded(data.chelsea()[:90, :120]))
    original = open_picture(tmp_path / "a.jpg")
    picture, mask = filled(original)
    save(picture, tmp_path / "b.jpg", mask, original)
    assert not list(Path(folder).iterdir())
