"""Photographs to train on: tar shards and folders, decoded once into one file of pixels that every worker maps into its memory."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np

from engine.errors import BadInput, EngineFailure
from engine.held import is_held
from engine.job import Step

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

Split = Literal["train", "held"]

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")
LEAST_SIDE = 64
"""Photographs with a shorter side than this are left out."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One photograph in the file of pixels."""

    name: str
    """Its file, after its shard or folder."""
    sha256: str
    """Of the file's bytes."""
    held: bool
    """It is for validation and never trained on: `engine.held`."""
    height: int
    width: int
    offset: int
    """Of its first byte."""


class Photographs:
    """The photographs of one split, (H, W, 3) uint8 sRGB each, read-only.

    Args:
        file: the file of pixels that `gathered` made; `index.json` lies beside it.
        split: "train", or "held": what is kept for validation.
    """

    def __init__(self, file: Path, split: Split) -> None:
        self.file, self.split = file, split
        every = [Kept(**one) for one in json.loads(file.with_name("index.json").read_text(encoding="utf-8"))]
        self.kept = [one for one in every if one.held == (split == "held")]
        if not self.kept:
            raise BadInput(
                f"None of the {len(every)} photographs is for {'validation' if split == 'held' else 'training'}; give more of them."
            )
        self._pixels: Pixels | None = None

    def __len__(self) -> int:
        return len(self.kept)

    def __getitem__(self, number: int) -> Pixels:
        """The photograph of that number, from 0."""
        if self._pixels is None:
            self._pixels = np.memmap(self.file, np.uint8, "r")
        one = self.kept[number]
        return self._pixels[one.offset : one.offset + one.height * one.width * 3].reshape(one.height, one.width, 3)

    def __getstate__(self) -> dict[str, Any]:
        """A worker maps the file anew; pickled pixels would be copied."""
        return self.__dict__ | {"_pixels": None}


def gathered(paths: Sequence[Path], cache: Path, side: int = 288) -> Generator[Step, None, Path]:
    """Decode what was not decoded before; the file of pixels.

    Args:
        paths: tar shards, folders (searched through) and single photographs.
        cache: the folder that keeps what is decoded.
        side: photographs with a longer shorter side are reduced to it, in pixels.

    Raises:
        BadInput: there are no photographs, or a shard or a photograph cannot be read.
        EngineFailure: the disk is full.
    """
    files = list(_files(paths))
    folder = cache / f"photographs-{_key(files, side)}"
    if not (folder / "index.json").exists():
        aside = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(aside, ignore_errors=True)
        try:
            aside.mkdir(parents=True)
            yield from _decode(files, aside, side)
            aside.replace(folder)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            raise EngineFailure(
                f"The decoded photographs could not be kept in {cache} ({error.strerror or error}); make room there."
            ) from None
    return folder / "pixels.bin"


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Shards and photographs, in the order of their names within each path given."""
    for path in paths:
        if path.is_dir():
            found = sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in (*SUFFIXES, ".tar"))
            if not found:
                raise BadInput(f"There are no photographs and no tar shards in {path}; give a folder that holds some.")
            yield from found
        elif path.is_file():
            yield path
        else:
            raise BadInput(f"There is no {path}; --data takes tar shards and folders of photographs.")


def _key(files: Sequence[Path], side: int) -> str:
    """Tells one set of photographs from another without reading them."""
    known = [(str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.sha256(json.dumps([side, known]).encode()).hexdigest()[:16]


def _decode(files: Sequence[Path], folder: Path, side: int) -> Generator[Step, None, None]:
    """Write `pixels.bin` and `index.json`. What is there twice is taken once."""
    kept: dict[str, Kept] = {}
    offset, whole = 0, sum(file.stat().st_size for file in files)
    read = 0
    with (folder / "pixels.bin").open("wb") as out:
        for name, data in _members(files):
            read += len(data)
            digest = hashlib.sha256(data).hexdigest()
            pixels = _decoded(data, name, side)
            if digest in kept or min(pixels.shape[:2]) < LEAST_SIDE:
                continue
            out.write(pixels.tobytes())
            kept[digest] = Kept(name, digest, is_held(data), pixels.shape[0], pixels.shape[1], offset)
            offset += pixels.size
            yield Step(min(read / max(whole, 1), 1.0), "reading photographs")
    yield Step(1.0, "reading photographs")
    if not kept:
        raise BadInput(f"There is no photograph of at least {LEAST_SIDE} pixels a side in {', '.join(map(str, files[:3]))}; give others.")
    (folder / "index.json").write_text(json.dumps([asdict(one) for one in kept.values()]), encoding="utf-8")


def _members(files: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Every photograph's name and bytes."""
    for file in files:
        if file.suffix.lower() != ".tar":
            try:
                yield file.name, file.read_bytes()
            except OSError as error:
                raise BadInput(f"{file} cannot be read ({error.strerror or error}); leave it out.") from None
            continue
        try:
            with tarfile.open(file) as shard:
                for member in shard:
                    if member.isfile() and Path(member.name).suffix.lower() in SUFFIXES:
                        data = shard.extractfile(member)
                        assert data is not None
                        yield f"{file.stem}/{member.name}", data.read()
        except tarfile.TarError as error:
            raise BadInput(f"The shard {file} is broken ({error}); fetch it again or leave it out.") from None


def _decoded(data: bytes, name: str, side: int) -> Pixels:
    """(H, W, 3) RGB, upright, the shorter side at most `side`."""
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if bgr is None:
        raise BadInput(f"{name} is no photograph that can be read; leave it out.")
    scale = side / min(bgr.shape[:2])
    if scale < 1:
        bgr = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(np.asarray(bgr, np.uint8)[..., ::-1])
