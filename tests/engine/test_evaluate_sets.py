from __future__ import annotations

import hashlib
import io
import pickle
import tarfile
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data as bundled

from engine.errors import BadInput
from engine.evaluation.masks import masks
from engine.evaluation.sets import subjects
from engine.held import is_held
from engine.holes import hole

if TYPE_CHECKING:
    from pathlib import Path

CHELSEA = bundled.chelsea()


def noise(number: int, height: int = 24, width: int = 36) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (height, width, 3), dtype=np.uint8)


def encoded(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels[..., ::-1] if pixels.ndim == 3 else pixels)[1].tobytes()


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    folder = tmp_path / "photographs"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.png").write_bytes(encoded(noise(number)))
    return folder


def shard(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def test_a_folder_is_read_by_name_and_content(tmp_path: Path) -> None:
    Image.fromarray(CHELSEA).save(tmp_path / "b.png")
    (tmp_path / "a.photo").write_bytes(encoded(noise(1)))  # a PNG whatever it is called
    (tmp_path / "index.tsv").write_text("name\tsource\n")
    (tmp_path / "._b.png").write_bytes(b"what a Mac leaves behind")
    (tmp_path / "more").mkdir()
    first, second = subjects(tmp_path)
    assert [(one.name, one.number, one.of, one.references) for one in (first, second)] == [("a", 0, 2, ()), ("b", 1, 2, ())]
    assert np.array_equal(first.pixels(), noise(1))
    assert np.array_equal(second.pixels(), CHELSEA)


def test_a_shard_gives_what_its_folder_gives(photographs: Path, tmp_path: Path) -> None:
    packed = shard(tmp_path / "s.tar", {path.name: path.read_bytes() for path in sorted(photographs.iterdir(), reverse=True)})
    from_shard, from_folder = subjects(packed, limit=7), subjects(photographs, limit=7)
    assert [(one.name, one.number) for one in from_shard] == [(one.name, one.number) for one in from_folder]
    assert all(np.array_equal(a.pixels(), b.pixels()) for a, b in zip(from_shard, from_folder, strict=True))


def test_several_sources_are_one_set_in_any_order(photographs: Path, tmp_path: Path) -> None:
    packed = shard(tmp_path / "more.tar", {"00.png": encoded(noise(99)), "deep/x.png": encoded(noise(98))})
    names = [one.name for one in subjects([photographs, packed])]
    assert names[:3] == ["more/00", "more/deep/x", "photographs/00"]
    assert len(names) == 42
    assert names == [one.name for one in subjects([packed, photographs])]


def test_a_limit_takes_the_smallest_hashes_and_keeps_numbers(photographs: Path) -> None:
    hashes = {path.stem: hashlib.sha256(path.read_bytes()).digest() for path in photographs.iterdir()}
    few, more = subjects(photographs, limit=4), subjects(photographs, limit=9)
    assert sorted(one.name for one in few) == sorted(sorted(hashes, key=hashes.__getitem__)[:4])
    assert set(few) < set(more) < set(subjects(photographs))
    assert [one.name for one in few] == sorted(one.name for one in few)
    assert all(one.number == int(one.name) for one in more)


def test_held_photographs_are_those_that_training_never_sees(tmp_path: Path) -> None:
    for number in range(120):
        (tmp_path / f"{number:03}.png").write_bytes(encoded(noise(number, 2, 2)))
    expected = [path.stem for path in sorted(tmp_path.iterdir()) if hashlib.sha256(path.read_bytes()).hexdigest() < "0ccccccc"]
    assert [one.name for one in subjects(tmp_path, held=True)] == expected
    assert 0 < len(expected) < 20
    assert [is_held(path.read_bytes()) for path in sorted(tmp_path.iterdir())].count(True) == len(expected)


def test_scenes_fill_01_and_keep_the_others(tmp_path: Path) -> None:
    for scene in ("tower", "gate"):
        (tmp_path / scene).mkdir()
        for number in (1, 2, 3):
            Image.fromarray(noise(number)).save(tmp_path / scene / f"{number:02}.jpg")
    (tmp_path / "index.tsv").write_text("scene\n")
    gate, tower = subjects(tmp_path)
    assert (gate.name, tower.name) == ("gate", "tower")
    assert gate.references == (tmp_path / "gate" / "02.jpg", tmp_path / "gate" / "03.jpg")
    (tmp_path / "gate" / "01.jpg").unlink()
    with pytest.raises(BadInput, match=r"^The scene .*gate has no photographs called 01.*\.$"):
        subjects(tmp_path)


def test_pixels_are_8_bit_rgb_whatever_the_file_has(tmp_path: Path) -> None:
    deep = np.arange(24 * 36, dtype=np.uint16).reshape(24, 36) * 70
    cv2.imwrite(str(tmp_path / "deep-grey.png"), deep)
    Image.fromarray(np.dstack([noise(1), np.full((24, 36), 128, np.uint8)])).save(tmp_path / "glass.png")
    grey, glass = (one.pixels() for one in subjects(tmp_path))
    assert grey.shape == (24, 36, 3)
    assert np.abs(grey.astype(int) - np.round(deep / 257)[..., None]).max() == 0
    assert np.abs(glass - (noise(1) * (128 / 255) + 127)).max() <= 1


def test_the_size_bounds_the_longer_side_by_area_means(tmp_path: Path) -> None:
    Image.fromarray(CHELSEA).save(tmp_path / "cat.png")
    Image.fromarray(noise(2, 60, 30)).save(tmp_path / "small.png")
    cat, small = (one.pixels() for one in subjects(tmp_path, size=60))
    assert cat.shape == (40, 60, 3)
    assert abs(cat.mean() - CHELSEA.mean()) < 0.5
    assert np.array_equal(small, noise(2, 60, 30))


def test_drawn_holes_follow_the_seed_and_the_number(photographs: Path) -> None:
    every = subjects(photographs)
    drawn = masks("brush", every, seed=5)
    assert np.array_equal(drawn.mask(every[7], (64, 48)), hole("brush", (64, 48), np.random.default_rng([5, 7])))
    assert drawn.named(every[7]) == drawn.name == "brush"
    in_turn = masks("irregular", every[:6])
    assert [in_turn.named(one) for one in every[:4]] == ["irregular-0-20", "irregular-20-40", "irregular-40-60", "irregular-0-20"]
    shares = [np.mean(in_turn.mask(one, (64, 64)) > 0) for one in every[:3]]
    assert shares[0] <= 0.2 < shares[1] <= 0.4 < shares[2]
    again = pickle.loads(pickle.dumps(in_turn))
    assert np.array_equal(again.mask(every[4], (20, 20)), in_turn.mask(every[4], (20, 20)))


def test_masks_of_a_folder_go_by_name_or_by_order(photographs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "masks"
    folder.mkdir()
    for number in range(40):
        Image.fromarray(disc(number)).save(folder / f"{number:02}.png")
    every, few = subjects(photographs), subjects(photographs, limit=3)
    assert all(np.array_equal(masks(folder, few).mask(one, (24, 36)), disc(one.number)) for one in few)
    for path in sorted(folder.iterdir()):
        path.rename(folder / f"hole {path.name}")
    by_order = masks(str(folder), few)
    assert all(np.array_equal(by_order.mask(one, (24, 36)), disc(one.number)) for one in few)
    assert (by_order.name, by_order.named(every[few[0].number])) == ("masks", f"hole {few[0].name}")


def disc(number: int) -> np.ndarray:
    return cv2.circle(np.zeros((24, 36), np.uint8), (number % 30 + 2, 10), 4, 255, -1)


def test_a_mask_that_does_not_fit_is_said_to(photographs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "masks"
    folder.mkdir()
    every = subjects(photographs)
    for name, mask in (("00", disc(3)[:-1]), ("01", np.zeros((24, 36), np.uint8)), ("02", np.full((24, 36), 255, np.uint8))):
        Image.fromarray(mask).save(folder / f"{name}.png")
    given = masks(folder, every[:3])
    for number, words in enumerate(("is 36 x 23 pixels and the picture 36 x 24", "01.png has no hole", "02.png leaves nothing known")):
        with pytest.raises(BadInput, match=rf"^The mask .*{words}.*\.$"):
            given.mask(every[number], (24, 36))
    with pytest.raises(BadInput, match=r"has no mask called 03; .*\(40, not 3\) in their order\.$"):
        masks(folder, every)
    with pytest.raises(BadInput, match=r"^There are no holes of the kind spots and no folder of that name; the kinds are box, .*\.$"):
        masks("spots", every)


def test_a_photograph_that_is_cut_off_says_so_when_it_is_read(tmp_path: Path) -> None:
    Image.fromarray(CHELSEA).save(tmp_path / "cat.jpg")
    whole = (tmp_path / "cat.jpg").read_bytes()
    (tmp_path / "cat.jpg").write_bytes(whole[: len(whole) // 2])
    (one,) = subjects(tmp_path)
    with pytest.raises(BadInput, match=r"^cat\.jpg is damaged or was not copied wholly"):
        one.pixels()


@pytest.mark.parametrize("cut", [700, 1024 + 300])
def test_a_shard_that_is_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    path = shard(tmp_path / "s.tar", {f"{number}.png": encoded(noise(number)) for number in range(3)})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(BadInput, match=r"^.*s\.tar cannot be read as an uncompressed tar shard \(unexpected end of data\); .*\.$"):
        subjects(path)


def test_a_shard_with_a_damaged_header_is_refused(tmp_path: Path) -> None:
    path = shard(tmp_path / "s.tar", {f"{number}.png": encoded(noise(number)) for number in range(3)})
    content = bytearray(path.read_bytes())
    second = content.index(b"1.png")
    content[second : second + 5] = b"\xff\xfe\xfd\xfc\xfb"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=rf"^The shard .* is broken \(what stands at byte {second:,} is no file\); copy it again\.$"):
        subjects(path)


def test_what_is_no_set_is_said_in_one_sentence(tmp_path: Path, photographs: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.tar").write_text("no shard at all")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.jpg").write_text("no photograph")
    twins = [tmp_path / "x" / "same", tmp_path / "y" / "same"]
    for folder in twins:
        folder.mkdir(parents=True)
        (folder / "a.png").write_bytes(encoded(noise(1)))
    for said, asked in (
        (r"There is nothing called .*", lambda: subjects(tmp_path / "gone")),
        (r"There are no photographs in the folder .*", lambda: subjects(tmp_path / "empty")),
        (r".*text\.tar cannot be read as an uncompressed tar shard .*", lambda: subjects(tmp_path / "text.tar")),
        (r"There are no photographs in the shard .*", lambda: subjects(shard(tmp_path / "n.tar", {"a.txt": b"text"}))),
        (r"a\.jpg is not a picture Inlay knows.*", lambda: subjects(tmp_path / "broken")),
        (r"Two photographs are called same/a; .*", lambda: subjects(twins)),
        (r"The limit is one photograph at least, not 0\.", lambda: subjects(photographs, limit=0)),
        (r"The size is 8 pixels at least, not 2\.", lambda: subjects(photographs, size=2)),
        (r"None of the 1 photographs is held .*", lambda: subjects(twins[0], held=True)),
    ):
        with pytest.raises(BadInput, match=rf"^{said}$") as raised:
            asked()
        assert str(raised.value).endswith(".")
        assert str(raised.value).count(". ") == 0
