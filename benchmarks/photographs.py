"""The photographs: six that scikit-image and scikit-learn ship, and sets drawn by hash from a folder of tar files."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import skimage.data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

UNSEEN, DEV = 40, 24
"""How many photographs the sets of the tar files have."""
SIZES = {"1 MP": (816, 1224), "4 MP": (1632, 2448), "12 MP": (2832, 4248)}
"""Height and width of the enlarged photographs, for time and memory only."""
ENLARGED = ("china", "coffee")

_SAVE_CHINA = """
import sys, numpy
from sklearn.datasets import load_sample_image
numpy.save(sys.argv[1], load_sample_image("china.jpg"))
"""


def native(peers: Path, folder: Path) -> dict[str, Pixels]:
    """The six, at their own sizes, in the order that seeds their holes.

    Args:
        peers: the python of the peers, which has scikit-learn (for `china`).
        folder: where that one may write the photograph.
    """
    shipped = {name: getattr(skimage.data, name)()[..., :3] for name in ("astronaut", "coffee", "chelsea", "rocket")}
    shipped["motorcycle"] = skimage.data.stereo_motorcycle()[0][..., :3]
    file = folder / "china.npy"
    subprocess.run([str(peers), "-c", _SAVE_CHINA, str(file)], check=True)
    shipped["china"] = np.load(file)
    return {name: np.ascontiguousarray(pixels) for name, pixels in shipped.items()}


def enlarged(photograph: Pixels, size: tuple[int, int]) -> Pixels:
    """A photograph enlarged, with grain of 3 levels so that no two patches are the same."""
    rng = np.random.default_rng(0)
    big = cv2.resize(photograph, size[::-1], interpolation=cv2.INTER_LANCZOS4).astype(np.float32)
    big += rng.normal(0, 3, big.shape).astype(np.float32)
    return np.clip(big + 0.5, 0, 255).astype(np.uint8)


def by_hash(folder: Path) -> list[tuple[str, str, str]]:
    """Every photograph of the folder's `train-*.tar`: (SHA-256 of its bytes, tar, name), the smallest first. None is decoded."""
    found = []
    for tar in sorted(folder.glob("train-*.tar")):
        found += [(hashlib.sha256(data).hexdigest(), tar.name, name) for name, data in _members(tar)]
    return sorted(found)


def unseen(folder: Path) -> dict[str, Pixels]:
    """The 40 photographs with the smallest hashes: for the final run alone."""
    return _opened(folder, by_hash(folder)[:UNSEEN])


def dev(folder: Path) -> dict[str, Pixels]:
    """The 24 photographs with the largest hashes: to try things on."""
    return _opened(folder, by_hash(folder)[-DEV:])


def _members(tar: Path) -> Iterator[tuple[str, bytes]]:
    """Each file of a tar and its bytes."""
    with tarfile.open(tar) as files:
        for member in files:
            data = files.extractfile(member)
            if data is not None:
                yield member.name, data.read()


def _opened(folder: Path, chosen: list[tuple[str, str, str]]) -> dict[str, Pixels]:
    """The chosen photographs decoded, RGB, by tar and name, in the order of their hashes."""
    opened = {}
    for _, tar, name in chosen:
        with tarfile.open(folder / tar) as files:
            data = files.extractfile(name)
            assert data is not None
            bgr = cv2.imdecode(np.frombuffer(data.read(), np.uint8), cv2.IMREAD_COLOR)
        opened[f"{Path(tar).stem}/{Path(name).stem}"] = np.ascontiguousarray(np.asarray(bgr, np.uint8)[..., ::-1])
    return opened
