"""The programs that a user could take instead, each filling as its own manual says; run by the peers' interpreter.

`python -P serving.py peers.py NAME` serves one of them; `python -P peers.py` says which are ready, and their versions. This file needs
NumPy alone, each peer its own libraries besides.
"""

# ruff: noqa: PLC0415 - each peer imports its own libraries, so that none counts in another one's memory
# pyright: reportMissingTypeStubs=false, reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false, reportAttributeAccessIssue=false
from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    Filler = Callable[..., Any]
    """(H, W, 3) RGB and (H, W) mask, 255 in the hole, both uint8 -> the filled picture."""

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


@dataclass(frozen=True)
class Peer:
    """A program, with the settings it is taken with."""

    sentence: str
    make: Callable[[], Filler]
    comes_from: str
    """A package of Python, or "gmic", which is a program of the system."""
    references: bool = False
    """It fills from other photographs of the same place, its third argument, (h, w, 3) RGB by their names."""


def pypatchmatch(half: int) -> Filler:
    """PyPatchMatch 2; its `patch_size` is half a width, so 3 means 7x7 pixels and its default of 15 means 31x31."""
    from patchmatch import patch_match

    return lambda picture, mask: patch_match.inpaint(picture, mask, patch_size=half)


def opencv(flag: str) -> Filler:
    """OpenCV's inpainting with a radius of 3 pixels."""
    cv2 = _one_cv2()
    return lambda picture, mask: cv2.inpaint(picture, mask, 3, getattr(cv2, flag))


def frequency_selective() -> Filler:
    """FSR_FAST of OpenCV-contrib's xphoto; in its mask 0 is the hole. It takes BGR."""
    cv2 = _one_cv2()
    if not hasattr(cv2, "xphoto"):
        raise ImportError("this OpenCV has no xphoto")

    def fill(picture: Any, mask: Any) -> Any:
        out = np.zeros_like(picture)
        cv2.xphoto.inpaint(np.ascontiguousarray(picture[..., ::-1]), 255 - mask, out, cv2.xphoto.INPAINT_FSR_FAST)
        return out[..., ::-1]

    return fill


def _one_cv2() -> Any:
    """OpenCV with as many threads as were allowed."""
    import cv2

    cv2.setNumThreads(int(os.environ.get("INLAY_THREADS", "1")))
    return cv2


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


def homography() -> Filler:
    """What `homography.py` says; that file lies beside this one, whose folder is not looked into."""
    _one_cv2()
    file = Path(__file__).with_name("homography.py")
    spec = importlib.util.spec_from_file_location("served_homography", file)
    assert spec is not None
    assert spec.loader is not None
    sys.modules["served_homography"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Homography()


class Gmic:
    """A G'MIC command in a process of its own, less what a process costs that only reads and writes the same files."""

    def __init__(self, command: str) -> None:
        found = shutil.which("gmic")
        if found is None:
            raise ImportError("there is no program gmic")
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
        if "peak" in everything:
            rise = max(everything["peak"] - nothing["peak"], 1 / 256)
            self.spent |= {"before": nothing["peak"], "peak": everything["peak"], "rise": rise}
        return filled

    def _run(self, *arguments: str) -> dict[str, float]:
        """Run the program; its seconds and, where the system tells, its peak memory in MiB."""
        began = time.perf_counter()
        command = [self.program, "-v", "-1", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - the command is ours
        if sys.platform == "win32":
            code, cost = process.wait(), {"cpu": time.perf_counter() - began}
        else:
            _, status, used = os.wait4(process.pid, 0)
            code = process.returncode = os.waitstatus_to_exitcode(status)
            kib = used.ru_maxrss / 1024 if sys.platform == "darwin" else used.ru_maxrss
            cost = {"cpu": used.ru_utime + used.ru_stime, "peak": kib / 1024}
        if code:
            raise RuntimeError(f"gmic ended with {code}")
        return cost | {"wall": time.perf_counter() - began}


PEERS: dict[str, Peer] = {
    "pypatchmatch": Peer("PatchMatch of PyPatchMatch, patches of 7x7 as ours", lambda: pypatchmatch(3), "pypatchmatch"),
    "pypatchmatch-31": Peer("PatchMatch of PyPatchMatch, its default patches of 31x31", lambda: pypatchmatch(15), "pypatchmatch"),
    "telea": Peer("OpenCV's fast marching, radius 3", lambda: opencv("INPAINT_TELEA"), "opencv-contrib-python-headless"),
    "navier-stokes": Peer("OpenCV's Navier-Stokes, radius 3", lambda: opencv("INPAINT_NS"), "opencv-contrib-python-headless"),
    "fsr": Peer("OpenCV-contrib's frequency selective reconstruction, fast", frequency_selective, "opencv-contrib-python-headless"),
    "biharmonic": Peer("scikit-image's biharmonic surface", biharmonic, "scikit-image"),
    # The example of its manual, which does better than its defaults.
    "gmic-patch": Peer("G'MIC's patch-based inpainting, its manual's example", lambda: Gmic("inpaint[0] [1],5,15,0.5,1,9,0"), "gmic"),
    "gmic-matchpatch": Peer("G'MIC's multi-scale inpainting, its defaults", lambda: Gmic("inpaint_matchpatch[0] [1]"), "gmic"),
    "homography": Peer(
        "SIFT, the reference with the most inliers, one homography, OpenCV's seamlessClone",
        homography,
        "opencv-contrib-python-headless",
        references=True,
    ),
    "resynthesizer": Peer("the engine of GIMP's Resynthesizer, its defaults", resynthesizer, "resynthesizer"),
}


def filler(name: str) -> Filler:
    """A peer, ready to fill."""
    return PEERS[name].make()


def versions() -> dict[str, str]:
    """The version of each library and program that is installed."""
    have: dict[str, str] = {}
    for name in LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            have[name] = importlib.metadata.version(name)
    gmic = shutil.which("gmic")
    if gmic is not None:
        said = subprocess.run([gmic, "version"], capture_output=True, text=True, check=False)  # noqa: S603 - the command is ours
        found = re.search(r"\d+\.\d+\.\d+", said.stdout + said.stderr)
        have["gmic"] = found[0] if found else "?"
    return have


def missing(name: str) -> str:
    """Why a peer cannot fill here; empty where it can."""
    try:
        filler(name)
    except Exception as error:  # noqa: BLE001 - libraries fail at import in many ways
        return f"{type(error).__name__}: {error}" if not isinstance(error, ImportError) else str(error)
    return ""


def main() -> None:
    """List the peers, and what keeps each from filling."""
    print(json.dumps({"missing": {name: missing(name) for name in PEERS}, "versions": versions()}))  # noqa: T201


if __name__ == "__main__":
    main()
