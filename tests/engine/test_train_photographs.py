"""Photographs to train on: decoded once, the same everywhere, and refused in a sentence where they cannot be read."""

from __future__ import annotations

import io
import pickle
import tarfile
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from skimage import data

from engine.errors import BadInput, EngineFailure
from engine.held import is_held
from engine.job import finished
from engine.training.examples import Examples, batches
from engine.training.photographs import Photographs, gathered

if TYPE_CHECKING:
    from pathlib import Path

    from engine.job import Settings


def coded(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", np.ascontiguousarray(pixels[..., ::-1]))[1].tobytes()


def crops(count: int) -> list[np.ndarray]:
    return [data.astronaut()[row * 20 : row * 20 + 96, row * 16 : row * 16 + 128] for row in range(count)]


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    path = tmp_path / "some.tar"
    with tarfile.open(path, "w") as tar:
        for number, pixels in enumerate(crops(20)):
            member = tarfile.TarInfo(f"{number:03d}.png")
            content = coded(pixels)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def test_pixels_are_those_of_the_files_and_the_split_is_that_of_their_bytes(shard: Path, tmp_path: Path) -> None:
    file = finished(gathered([shard], tmp_path / "cache"))
    train = Photographs(file, "train")
    held = [pixels for pixels in crops(20) if is_held(coded(pixels))]
    trained = [pixels for pixels in crops(20) if not is_held(coded(pixels))]
    assert len(train) == len(trained)
    assert all(np.array_equal(one, other) for one, other in zip(train, trained, strict=True))
    assert not train[0].flags.writeable
    if held:
        assert all(np.array_equal(one, other) for one, other in zip(Photographs(file, "held"), held, strict=True))


def test_what_was_decoded_is_not_decoded_again(shard: Path, tmp_path: Path) -> None:
    steps = list(gathered([shard], tmp_path / "cache"))
    assert len(steps) == 21
    assert [one.fraction for one in steps] == sorted(one.fraction for one in steps)
    assert steps[-1].fraction == 1
    assert not list(gathered([shard], tmp_path / "cache"))
    assert len(list(gathered([shard], tmp_path / "cache", side=80))) == 21


def test_larger_photographs_are_reduced_and_what_is_there_twice_is_taken_once(tmp_path: Path) -> None:
    folder = tmp_path / "photographs"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(coded(data.coffee()))
    cv2.imwrite(str(folder / "c.png"), np.zeros((20, 200, 3), np.uint8))
    (folder / "readme.txt").write_text("no photograph")
    file = finished(gathered([folder], tmp_path / "cache", side=100))
    kept = [one for split in ("train", "held") for one in _kept(file, split)]
    assert [(one.height, one.width, one.name) for one in kept] == [(100, 150, "a.png")]


def _kept(file: Path, split: Any) -> list[Any]:
    try:
        return Photographs(file, split).kept
    except BadInput:
        return []


def test_photographs_are_mapped_anew_by_who_gets_them(shard: Path, tmp_path: Path) -> None:
    train = Photographs(finished(gathered([shard], tmp_path / "cache")), "train")
    first = np.array(train[0])
    sent = pickle.dumps(train)
    assert len(sent) < 10_000
    assert np.array_equal(pickle.loads(sent)[0], first)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("broken.tar", b"x" * 2000, "is broken"),
        ("broken.jpg", b"\xff\xd8no", "is no photograph that can be read"),
        ("empty.jpg", b"", "is no photograph that can be read"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=f"{name} {said}"):
        finished(gathered([tmp_path / name], tmp_path / "cache"))
    assert not list((tmp_path / "cache").glob("*/index.json"))


def test_a_shard_that_was_cut_off_is_named(shard: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.tar"
    cut.write_bytes(shard.read_bytes()[:30_000])
    with pytest.raises(BadInput, match=r"cut\.tar"):
        finished(gathered([cut], tmp_path / "cache"))


def test_no_photographs_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nowhere; --data takes"):
        finished(gathered([tmp_path / "nowhere"], tmp_path / "cache"))
    with pytest.raises(BadInput, match="no photographs and no tar shards"):
        finished(gathered([tmp_path], tmp_path / "cache"))


def test_a_cache_that_cannot_be_written_is_said(shard: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EngineFailure, match="could not be kept in"):
        finished(gathered([shard], tmp_path / "file"))


class Numbered:
    """Examples that tell what they were drawn from."""

    options: Settings

    def example(self, photographs: Any, rng: np.random.Generator) -> dict[str, np.ndarray]:
        return {"draw": np.array(rng.integers(1 << 30)), "pixel": np.array(photographs[0][0, 0])}


def drawn(shard: Path, folder: Path, steps: range, **shared: int) -> list[list[int]]:
    photographs = Photographs(finished(gathered([shard], folder / "cache")), "train")
    examples = Examples(Numbered(), photographs, 5)  # type: ignore[arg-type]
    return [batch["draw"].tolist() for batch in batches(examples, steps, 4, 0, **shared)]


def test_examples_follow_their_numbers_however_a_run_is_cut_or_shared(shard: Path, tmp_path: Path) -> None:
    whole = drawn(shard, tmp_path, range(6))
    assert drawn(shard, tmp_path, range(3, 6)) == whole[3:]
    halves = [drawn(shard, tmp_path, range(6), rank=rank, world=2) for rank in (0, 1)]
    assert [one + other for one, other in zip(*halves, strict=True)] == whole
    assert len({number for step in whole for number in step}) == 24
    expected = [int(np.random.default_rng([5, number]).integers(1 << 30)) for number in range(4)]
    assert whole[0] == expected
