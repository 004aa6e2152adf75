"""`fill`: a photograph and a mask in, a filled photograph out."""

from __future__ import annotations

import json
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
from tqdm import tqdm

from engine.errors import BadInput
from engine.files import Saved, open_area, open_mask, open_picture, save, will_lose
from engine.files.evidence import check_evidence_folder, write_evidence
from engine.job import DEVICES, Job, Result, chosen_settings
from engine.picture import Mask, Picture, usual_growth

if TYPE_CHECKING:
    import argparse

    from engine.method import Method


def add_to(commands: Any) -> None:
    """Add the command and its options to a parser's commands."""
    command = commands.add_parser("fill", help="fill the masked part of a photograph")
    command.add_argument("photo", type=Path, metavar="PHOTO", help="JPEG, PNG, TIFF or WebP")
    command.add_argument("mask", type=Path, metavar="MASK", help="a picture of the same size, white = fill, grey = blend")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="the file to write; its ending says the format")
    command.add_argument("--method", default="patchmatch", metavar="NAME", help="one of `inlay methods` (patchmatch)")
    command.add_argument("--sample", type=Path, metavar="AREA", help="a picture of the same size, white = texture may be copied from here")
    command.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the method; may be given again")
    command.add_argument("--seed", type=int, default=0, metavar="N", help="another number, another result (0)")
    command.add_argument(
        "--grow", type=int, metavar="PX", help="pixels by which the hole is grown (by default a little, against ghost outlines)"
    )
    command.add_argument("--device", default="auto", choices=DEVICES, help="where to compute (auto)")
    command.add_argument("--evidence", type=Path, metavar="DIR", help="write there where every pixel came from")
    command.add_argument("--json", type=Path, metavar="FILE", help="write the run record there")
    command.add_argument("--overwrite", action="store_true", help="replace OUT if it exists")
    command.add_argument("--quiet", action="store_true", help="say nothing but errors")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Fill and save, saying what was done. Raises BadInput before anything is written."""
    clock = time.perf_counter()
    _check(arguments)
    picture = open_picture(arguments.photo)
    mask = open_mask(arguments.mask, picture.size)
    area = open_area(arguments.sample, picture.size) if arguments.sample else None
    opened, clock = time.perf_counter() - clock, time.perf_counter()
    from engine.methods import method_named  # noqa: PLC0415 - torch: not before the files are known to be good
    from engine.pipeline import Pipeline  # noqa: PLC0415

    imported = time.perf_counter() - clock
    method = method_named(arguments.method)
    _say(arguments, *(picture.file.losses if picture.file else ()), *will_lose(picture, arguments.output.suffix))
    job = Job(
        picture,
        _grown(mask, arguments),
        method.card.name,
        chosen_settings(arguments.set, method.card.settings),
        area,
        arguments.seed,
        arguments.device,
    )
    result, first_preview, filled = _followed(Pipeline(), job, arguments)
    after = picture.with_patches(result.patches)
    clock = time.perf_counter()
    saved = save(after, arguments.output, job.mask, picture, overwrite=arguments.overwrite, accept_losses=True)
    seconds = {"open": opened, "import": imported, "fill": filled, "save": time.perf_counter() - clock, "first preview": first_preview}
    if arguments.evidence:
        write_evidence(arguments.evidence, picture, after, result.patches, result.evidence, job.mask)
    if arguments.json:
        record = _record(arguments, job, result, method, saved, seconds)
        arguments.json.write_text(json.dumps(record, indent=2), encoding="utf-8")
    if not result.patches:
        _say(arguments, "The mask is empty, so nothing was filled.")
    _say(arguments, saved.sentence)


def _check(arguments: argparse.Namespace) -> None:
    """What can be known to be wrong before any work."""
    out: Path = arguments.output
    if out.exists() and not arguments.overwrite:
        raise BadInput(f"{out} exists already; give another name, or --overwrite to replace it.")
    if arguments.seed < 0:
        raise BadInput(f"The seed is a whole number from 0, not {arguments.seed}.")
    if arguments.grow is not None and not 0 <= arguments.grow <= 1000:
        raise BadInput(f"A mask is grown by 0 to 1000 pixels, not {arguments.grow}.")
    if arguments.evidence:
        check_evidence_folder(arguments.evidence)
    if arguments.json and not arguments.json.resolve().parent.is_dir():
        raise BadInput(f"There is no folder {arguments.json.resolve().parent} for the run record; make it first.")


def _grown(mask: Mask, arguments: argparse.Namespace) -> Mask:
    return mask.grown(usual_growth(mask.size) if arguments.grow is None else arguments.grow)


def _say(arguments: argparse.Namespace, *sentences: str) -> None:
    if not arguments.quiet:
        for sentence in sentences:
            print(sentence)


def _followed(pipeline: Any, job: Job, arguments: argparse.Namespace) -> tuple[Result, float | None, float]:
    """Run the job under a progress bar: its result, seconds to the first preview, seconds in all."""
    begun = time.perf_counter()
    first: float | None = None
    steps = pipeline.run(job)
    hidden = arguments.quiet or not sys.stderr.isatty()
    with tqdm(total=1.0, disable=hidden, leave=False, bar_format="{desc:<20} {bar} {percentage:3.0f} %") as bar:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                result: Result = end.value
                break
            bar.set_description_str(step.stage, refresh=False)
            bar.update(step.fraction - bar.n)
            if first is None and step.preview is not None:
                first = time.perf_counter() - begun
    where = {"cpu": "the processor"}.get(result.record["device"], result.record["device"])
    if arguments.device == "auto" and result.patches:
        _say(arguments, f"Filled on {where}.")
    return result, first, time.perf_counter() - begun


def _record(
    arguments: argparse.Namespace, job: Job, result: Result, method: type[Method], saved: Saved, seconds: dict[str, float | None]
) -> dict[str, Any]:
    """What one has to know to do it again, and what it cost."""
    packages = ("inlay", "torch", "numpy", "numba", "opencv-python-headless")
    return {
        "photo": arguments.photo.name,
        "output": arguments.output.name,
        **result.record,
        "title": method.card.title,
        "stages": result.record["seconds"],
        "seconds": {what: None if spent is None else round(spent, 4) for what, spent in seconds.items()},
        "peak_memory_mb": round(_peak_memory() / 2**20, 1),
        "changed_outside": {
            "memory": _changed_outside(job.picture, result, job.mask),
            "file": saved.changed_outside,
            "file_at_most": saved.largest_change,
        },
        "versions": {"python": platform.python_version(), **{package: _version(package) for package in packages}},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except ModuleNotFoundError:
        return None


def _changed_outside(picture: Picture, result: Result, mask: Mask) -> int:
    """Pixels outside the mask that the patches would change: none, and counted all the same."""
    changed = 0
    for patch in result.patches:
        differs = patch.pixels != picture.pixels[patch.box.slices]
        changed += int(np.count_nonzero((differs.any(axis=-1) if differs.ndim == 3 else differs) & ~mask.hole[patch.box.slices]))
    return changed


def _peak_memory() -> int:
    """The most memory this process has held, in bytes."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset
    if sys.platform == "linux":  # getrusage would count what the process that started this one held
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
    import resource  # noqa: PLC0415 - not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
