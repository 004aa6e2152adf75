"""References and control points from files: colours of the picture they are held against, and a sentence for all that is wrong."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms
from skimage import data

from engine.errors import BadInput, EngineFailure
from engine.files import open_picture, open_points, open_reference, save, save_points
from engine.files.references import names_of
from engine.picture import Mask, Picture
from engine.reference import ControlPoint, Reference
from tests.engine.cases import scene

if TYPE_CHECKING:
    from pathlib import Path

ADOBE, SRGB = imagecodecs.cms_profile("adobergb"), imagecodecs.cms_profile("srgb")


def file(path: Path, pixels: np.ndarray, icc: bytes | None = None) -> Path:
    picture = Picture(pixels, icc)
    save(picture, path, Mask(np.zeros(picture.size, np.uint8)), picture)
    return path


def converted(pixels: np.ndarray, of: bytes, to: bytes) -> np.ndarray:
    """By Pillow, another door to the same mathematics, which takes 8 bits alone."""
    profiles = [ImageCms.ImageCmsProfile(io.BytesIO(one)) for one in (of, to)]
    flags, intent = ImageCms.Flags.BLACKPOINTCOMPENSATION, ImageCms.Intent.RELATIVE_COLORIMETRIC
    turned = ImageCms.profileToProfile(Image.fromarray(pixels), *profiles, intent, flags=flags)
    assert turned is not None
    return np.asarray(turned)


@pytest.mark.parametrize(("of", "to"), [(ADOBE, SRGB), (SRGB, ADOBE), (ADOBE, None), (None, ADOBE), (b"no profile", ADOBE)])
def test_colours_become_those_of_the_picture_s_profile(tmp_path: Path, of: bytes | None, to: bytes | None) -> None:
    pixels = data.chelsea()[100:200, 50:350].copy()
    path = file(tmp_path / "other.png", pixels, of)
    found = open_reference(path, Picture(scene(5, 6), to))
    wanted = converted(pixels, of if of == ADOBE else SRGB, to or SRGB)
    assert found.icc == to
    assert np.abs(found.pixels.astype(int) - wanted).max() <= 1
    assert np.abs(found.pixels.astype(int) - pixels).max() > 5


@pytest.mark.parametrize("profiles", [(None, None), (ADOBE, ADOBE), (None, SRGB), (SRGB, None), (b"broken", None)])
def test_nothing_changes_where_profiles_are_the_same(tmp_path: Path, profiles: tuple[bytes | None, bytes | None]) -> None:
    pixels = data.coffee()[:50, :60].copy()
    found = open_reference(file(tmp_path / "other.png", pixels, profiles[0]), Picture(scene(5, 6), profiles[1]))
    assert np.array_equal(found.pixels, pixels)
    assert found.icc == profiles[1]


def test_sixteen_bits_stay_and_alpha_is_left_alone(tmp_path: Path) -> None:
    pixels = scene(300, 20, 4, np.uint16)
    found = open_reference(file(tmp_path / "deep.png", pixels, ADOBE), Picture(scene(5, 6), None)).pixels
    assert found.dtype == np.uint16
    assert np.array_equal(found[..., 3], pixels[..., 3])
    coarse = converted((pixels[..., :3] >> 8).astype(np.uint8), ADOBE, SRGB).astype(int)
    assert np.abs((found[..., :3] >> 8) - coarse).max() <= 2
    assert len(np.unique(found[..., 0])) > 500


@pytest.mark.parametrize(("mine", "theirs"), [(1, 3), (3, 1), (2, 4), (1, 1)])
def test_greys_are_left_as_they_are(tmp_path: Path, mine: int, theirs: int) -> None:
    pixels = scene(20, 30, theirs)
    icc = ADOBE if theirs > 2 else None
    found = open_reference(file(tmp_path / "other.png", pixels, icc), Picture(scene(5, 6, mine)))
    assert np.array_equal(found.pixels, pixels)
    assert found.icc == icc


def test_a_reference_is_upright_and_keeps_no_bytes_that_only_saving_needs(tmp_path: Path) -> None:
    image = Image.fromarray(data.chelsea()[:40, :70])
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.jpg", exif=exif)
    found = open_reference(tmp_path / "turned.jpg", Picture(scene(5, 6)))
    assert found.size == (70, 40)
    assert np.array_equal(found.pixels, open_picture(tmp_path / "turned.jpg").pixels)
    assert found.file is not None
    assert found.file.encoded is None
    assert found.file.path.name == "turned.jpg"


@pytest.mark.parametrize("content", [None, b"", b"GIF89a", b"\xff\xd8\xff\xe0 no more"])
def test_what_is_no_photograph_is_refused_as_any_other(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "other.jpg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput) as mine:
        open_picture(path)
    with pytest.raises(BadInput) as theirs:
        open_reference(path, Picture(scene(5, 6)))
    assert str(mine.value) == str(theirs.value)


def test_photographs_of_one_name_are_told_apart(tmp_path: Path) -> None:
    paths = [tmp_path / "a" / "01.jpg", tmp_path / "b" / "01.jpg", tmp_path / "01.jpg (2)", tmp_path / "2.jpg", tmp_path / "c" / "01.jpg"]
    assert names_of(paths) == ("01.jpg", "01.jpg (2)", "01.jpg (2) (2)", "2.jpg", "01.jpg (3)")


def reference(name: str, *points: tuple[tuple[float, float], tuple[float, float]]) -> Reference:
    return Reference(Picture(scene(9, 9)), name, tuple(ControlPoint(*one) for one in points))


spots = st.tuples(st.floats(-0.5, 1e5), st.floats(-0.5, 1e5))


@given(st.lists(st.lists(st.tuples(spots, spots), max_size=4), max_size=3), st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_what_is_saved_is_what_is_opened(tmp_path_factory: pytest.TempPathFactory, points: list[list[tuple]], name: str) -> None:
    path = tmp_path_factory.mktemp("points") / "points.json"
    references = [reference(f"{name}{k}", *one) for k, one in enumerate(points)]
    save_points(path, references)
    names = [one.name for one in references]
    assert open_points(path, names) == tuple(one.points for one in references)
    assert open_points(path, names[::-1]) == tuple(one.points for one in references[::-1])
    assert [one.name for one in path.parent.iterdir()] == ["points.json"]


def test_the_file_is_as_its_page_says(tmp_path: Path, root: Path) -> None:
    page = (root / "docs" / "refmatch-points.md").read_text("utf-8")
    example = page.split("```json\n")[1].split("```")[0]
    (tmp_path / "points.json").write_text(example, "utf-8")
    found = open_points(tmp_path / "points.json", ["other.jpg"])
    assert found == ((ControlPoint((412, 903.5), (388.2, 1010.7)), ControlPoint((640, 871), (615.9, 981.3))),)
    save_points(tmp_path / "again.json", [Reference(Picture(scene(9, 9)), "other.jpg", found[0])])
    assert (tmp_path / "again.json").read_text("utf-8") == example


def test_without_names_the_order_counts_and_who_is_not_spoken_of_has_none(tmp_path: Path) -> None:
    pair = {"here": [1, 2], "there": [3, 4.5]}
    said = {"inlay_points": 1, "by": "somebody", "references": [{"points": [pair]}, {"file": "c.jpg", "points": [pair, pair]}]}
    (tmp_path / "points.json").write_text("\ufeff" + json.dumps(said), "utf-8")
    first, second, third = open_points(tmp_path / "points.json", ["a.jpg", "b.jpg", "c.jpg"])
    assert first == (ControlPoint((1, 2), (3, 4.5)),)
    assert second == ()
    assert third == first * 2


def entries(*entries: str) -> str:
    return f'{{"inlay_points": 1, "references": [{", ".join(entries)}]}}'


def points(*points: str) -> str:
    return entries(f'{{"file": "a.jpg", "points": [{", ".join(points)}]}}')


HOSTILE = {
    "": "no JSON as control points are kept in",
    "here and there": "no JSON",
    "\xff\xfe": "no JSON",
    "[" * 100_000: "nested too deeply",
    "[]": "no file of control points",
    "3": "no file of control points",
    '{"points": []}': "no file of control points",
    '{"inlay_points": 2, "references": []}': "of version 2, and this Inlay reads 1",
    '{"inlay_points": "one", "references": []}': "of version 'one'",
    '{"inlay_points": 1}': 'no list "references"',
    '{"inlay_points": 1, "references": {"file": "a.jpg"}}': 'no list "references"',
    entries("3"): 'no list "points"',
    entries('{"file": "a.jpg"}'): 'no list "points"',
    entries('{"file": "c.jpg", "points": []}'): "points of c.jpg, but the references are a.jpg, b.jpg",
    entries('{"file": ["a.jpg"], "points": []}'): "but the references are",
    entries(*['{"points": []}'] * 3): "points for 3 references, and 2 are given",
    entries(*['{"file": "a.jpg", "points": []}'] * 2): "points of a.jpg twice",
    points("[1, 2, 3, 4]"): 'point 1 of a.jpg has no two numbers, row and column, under "here"',
    points('{"here": [1, 2], "there": [3, 4]}', '{"here": [1, 2], "there": [3]}'): 'point 2 of a.jpg .* under "there"',
    points('{"here": [1, NaN], "there": [3, 4]}'): "NaN is no number",
    points('{"here": [1, -Infinity], "there": [3, 4]}'): "-Infinity is no number",
    points('{"here": [1, 1e999], "there": [3, 4]}'): 'under "here"',
    points(f'{{"here": [1, {"9" * 400}], "there": [3, 4]}}'): 'under "here"',
    points(f'{{"here": [1, {"9" * 5000}], "there": [3, 4]}}'): "no JSON",
    points('{"here": [1, true], "there": [3, 4]}'): 'under "here"',
    points('{"here": ["1", 2], "there": [3, 4]}'): 'under "here"',
}


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_file_gets_one_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "points.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(BadInput, match=HOSTILE[content]) as refused:
        open_points(path, ["a.jpg", "b.jpg"])
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith("points.json")
    assert len(str(refused.value)) < 250


def test_no_file_a_folder_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    with (tmp_path / "huge.json").open("wb") as huge:
        huge.truncate(1 << 30)
    for name, says in (("none.json", "There is no file"), (".", "cannot be read"), ("huge.json", "larger than 10 MB"), ("a\0b", "a")):
        with pytest.raises(BadInput, match=says):
            open_points(tmp_path / name, ["a.jpg"])


def test_points_that_cannot_be_written_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(EngineFailure, match="could not be written to"):
        save_points(tmp_path / "nowhere" / "points.json", [])
    (tmp_path / "taken").mkdir()
    with pytest.raises(EngineFailure, match="could not be written to"):
        save_points(tmp_path / "taken", [])
    assert [one.name for one in tmp_path.iterdir()] == ["taken"]
