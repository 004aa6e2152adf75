"""The programs that a user could take instead, each filling as its own manual says; run by the peers' interpreter.

`python peers.py NAME` serves one of them (see `serving.py`); without a name it lists them with their versions.
"""

# ruff: noqa: PLC0415 - each peer imports its own libraries, so that none counts in another one's memory
from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from serving import PAGE, serve

if TYPE_CHECKING:
    from collections.abc import Callable

    Filler = Callable[[Any, Any], Any]
    """(H, W, 3) RGB and (H, W) mask, 255 in the hole, both uint8 -> the filled picture."""


def pypatchmatch(half: int) -> Filler:
    """PyPatchMatch 2; its `patch_size` is half a width, so 3 means 7x7 pixels and its default of 15 means 31x31."""
    from patchmatch import patch_match

    return lambda picture, mask: patch_match.inpaint(picture, mask, patch_size=half)


def opencv(flag: str) -> Filler:
    """OpenCV's inpainting with a radius of 3 pixels."""
    import cv2

    cv2.setNumThreads(1)
    return lambda picture, mask: cv2.inpaint(picture, mask, 3, getattr(cv2, flag))


def frequency_selective() -> Filler:
    """FSR_FAST of OpenCV-contrib's xphoto; in its mask 0 is the hole. It takes BGR."""
    import cv2

    cv2.setNumThreads(1)

    def fill(picture: Any, mask: Any) -> Any:
        out = np.zeros_like(picture)
        cv2.xphoto.inpaint(np.ascontiguousarray(picture[..., ::-1]), 255 - mask, out, cv2.xphoto.INPAINT_FSR_FAST)
        return out[..., ::-1]

    return fill


def biharmonic() -> Filler:
    """scikit-image's biharmonic surface."""
    from skimage.restoration import inpaint_biharmonic

    return lambda picture, mask: np.clip(inpaint_biharmonic(picture, mask > 0, channel_axis=-1) * 255 + 0.5, 0, 255).astype(np.uint8)


def resynthesizer() -> Filler:
    """The engine of GIMP's plug-in without GIMP, with its defaults."""
    from PIL import Image
    from resynthesizer import resynthesize

    def fill(picture: Any, mask: Any) -> Any:
        return np.asarray(resynthesize(Image.fromarray(picture), Image.fromarray(mask)).convert("RGB"))

    return fill


class Gmic:
    """A G'MIC command in a process of its own, less what a process costs that only reads and writes the same files."""

    def __init__(self, command: str) -> None:
        found = shutil.which("gmic")
        if found is None:
            raise SystemExit("There is no gmic here; install the package of that name.")
        self.program, self.command = found, command.split()
        self.spent: dict[str, float] = {}

    def __call__(self, picture: Any, mask: Any) -> Any:
        """Fill through files."""
        from PIL import Image

        with tempfile.TemporaryDirectory() as folder:
            source, hole, idle, out = (str(Path(folder) / name) for name in ("i.ppm", "m.pgm", "n.ppm", "o.ppm"))
            Image.fromarray(picture).save(source)
            Image.fromarray(mask).save(hole)
            nothing = self._run(source, hole, "rm[1]", "o", idle)
            everything = self._run(source, hole, *self.command, "rm[1]", "c", "0,255", "round", "o", out)
            filled = np.asarray(Image.open(out))
        self.spent = {name: max(everything[name] - nothing[name], 1e-4) for name in ("cpu", "wall")}
        self.spent |= {"before": nothing["peak"], "peak": everything["peak"], "rise": max(everything["peak"] - nothing["peak"], PAGE)}
        return filled

    def _run(self, *arguments: str) -> dict[str, float]:
        """Run the program; its seconds and its peak memory in MiB."""
        began = time.perf_counter()
        process = subprocess.Popen([self.program, "-v", "-1", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"gmic ended with {process.returncode}")
        return {"cpu": used.ru_utime + used.ru_stime, "wall": time.perf_counter() - began, "peak": used.ru_maxrss / 1024}


PEERS: dict[str, Callable[[], Filler]] = {
    "pypatchmatch": lambda: pypatchmatch(3),
    "pypatchmatch-31": lambda: pypatchmatch(15),
    "fsr": frequency_selective,
    "telea": lambda: opencv("INPAINT_TELEA"),
    "biharmonic": biharmonic,
    "gmic-patch": lambda: Gmic("inpaint[0] [1],5,15,0.5,1,9,0"),  # the example of its manual, which does better than its defaults
    "gmic-matchpatch": lambda: Gmic("inpaint_matchpatch[0] [1]"),
    "resynthesizer": resynthesizer,
}
LIBRARIES = (
    "numpy",
    "opencv-contrib-python-headless",
    "scikit-image",
    "scikit-learn",
    "scipy",
    "faiss-cpu",
    "pypatchmatch",
    "resynthesizer",
)


def versions() -> dict[str, str]:
    """The version of each peer that is installed."""
    have: dict[str, str] = {}
    for name in LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            have[name] = importlib.metadata.version(name)
    gmic = shutil.which("gmic")
    if gmic is not None:
        said = subprocess.run([gmic, "version"], capture_output=True, text=True, check=False)
        found = re.search(r"\d+\.\d+\.\d+", said.stdout + said.stderr)
        have["gmic"] = found[0] if found else "?"
    return have


def main() -> None:
    """Serve the peer that is named, or list them."""
    if len(sys.argv) > 1:
        serve(PEERS[sys.argv[1]]())
    else:
        print(json.dumps({"peers": list(PEERS), "versions": versions()}))


if __name__ == "__main__":
    main()
