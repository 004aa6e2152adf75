"""`fill`: a photograph and a mask in, a filled photograph out."""

from __future__ import annotations

import contextlib
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

from engine.commands import references
from engine.commands.destinations import check_destinations, write_record
from engine.errors import BadInput
from engine.files import Saved, open_area, open_mask, open_picture, save
from engine.files.evidence_staged import staged_evidence
from engine.files.formats import format_of_suffix
from engine.files.losses import losses
from engine.job import DEVICES, Job, Result, chosen_settings
from engine.picture import Mask, Picture, usual_growth

if TYPE_CHECKING:
    import argparse

    from numpy.typing import NDArray

    from engine.method import Method
    from engine.reference import Reference


def add_to(commands: Any) -> None:
    """Add the command and its options to a parser's commands."""
    command = commands.add_parser("fill", help="fill the masked part of a photograph")
    command.add_argument("photo", type=Path, metavar="PHOTO", help="JPEG, PNG, TIFF or WebP")
    command.add_argument("mask", type=Path, metavar="MASK", help="a picture of the same size, white = fill, grey = blend")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="the file to write; its ending says the format")
    command.add_argument("--method", metavar="NAME", help="one of `inlay methods` (patchmatch; refmatch where a reference is given)")
    references.add_to(command)
    command.add_argument("--sample", type=Path, metavar="AREA", help="a picture of the same size, white = texture may be copied from here")
    command.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the method; may be given again")
    command.add_argument("--finish", metavar="NAME[:KEY=VALUE,...]", help="what betters the fill afterwards, one of `inlay methods`")
    command.add_argument("--seed", type=int, default=0, metavar="N", help="another number, another result (0)")
    command.add_argument(
        "--grow", type=int, metavar="PX", help="pixels by which the hole is grown (by default a little, against ghost outlines)"
    )
    command.add_argument("--device", default="auto", choices=DEVICES, help="where to compute (auto)")
    command.add_argument("--evidence", type=Path, metavar="DIR", help="write there where every pixel came from")
    command.add_argument("--json", type=Path, metavar="FILE", help="write the run record there")
    command.add_argument("--overwrite", action="store_true", help="replace OUT, and FILE, if they exist")
    command.add_argument("--quiet", action="store_true", help="say nothing but errors")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Fill and save, saying what was done.

    Raises BadInput, and KeyboardInterrupt, before anything is written; or KeyboardInterrupt with a sentence about what was.
    """
    _check(arguments)
    was = _identity(arguments.output)
    try:
        _filled_and_saved(arguments)
    except KeyboardInterrupt:
        if _identity(arguments.output) == was:
            raise
        raise KeyboardInterrupt(f"Stopped; {arguments.output.name} had been saved already.") from None


def _filled_and_saved(arguments: argparse.Namespace) -> None:
    clock = _Clock()
    picture, mask, area, others = _opened(arguments)
    clock.lap("open")
    from engine.finishes import typed  # noqa: PLC0415 - torch: not before the files are known to be good
    from engine.methods import method_named  # noqa: PLC0415
    from engine.pipeline import Pipeline  # noqa: PLC0415

    clock.lap("import")
    method = method_named(references.method_of(arguments))
    settings = chosen_settings(arguments.set, method.card.settings)
    finish, finishing = ("", None) if arguments.finish is None else typed(arguments.finish)
    chance = {"seed": arguments.seed, "device": arguments.device}
    job = Job(picture, mask, method.card.name, settings, area, **chance, references=others, finish=finish, finishing=finishing)
    result, clock.seconds["first preview"] = _followed(Pipeline(), job, arguments)
    clock.lap("fill")
    after = picture.with_patches(result.patches)
    _say(arguments, *references.sentences(result.record))
    with staged_evidence(arguments.evidence, picture, after, result.patches, result.evidence, mask, others):
        clock.lap("evidence")
        saved = save(after, arguments.output, mask, picture, overwrite=arguments.overwrite, accept_losses=True)
        clock.lap("save")
    if arguments.json:
        record = _record(arguments, job, result, method, saved, clock.seconds)
        write_record(arguments.json, json.dumps(record, indent=2))
    if not result.patches:
        _say(arguments, "The mask is empty, so nothing was filled.")
    _say(arguments, saved.sentence)


def _check(arguments: argparse.Namespace) -> None:
    """What can be known to be wrong before anything is read."""
    if arguments.seed < 0:
        raise BadInput(f"The seed is a whole number from 0, not {arguments.seed}.")
    if arguments.grow is not None and not 0 <= arguments.grow <= 1000:
        raise BadInput(f"A mask is grown by 0 to 1000 pixels, not {arguments.grow}.")
    references.check(arguments)
    sources = {"the photograph": arguments.photo, "the mask": arguments.mask, "the sampling area": arguments.sample}
    check_destinations(
        arguments.output,
        arguments.json,
        arguments.evidence,
        {what: path for what, path in sources.items() if path} | references.sources(arguments),
        overwrite=arguments.overwrite,
    )


def _opened(arguments: argparse.Namespace) -> tuple[Picture, Mask, NDArray[np.bool_] | None, tuple[Reference, ...]]:
    """The picture, the mask as it is filled, the sampling area, the references; what the files cannot keep is said."""
    picture = open_picture(arguments.photo)
    mask = _grown(open_mask(arguments.mask, picture.size), arguments)
    area = open_area(arguments.sample, picture.size) if arguments.sample else None
    others = references.opened(arguments, picture)
    lost = losses(picture, format_of_suffix(arguments.output))
    for one in lost:
        if one.costs == "all":
            raise BadInput(one.sentence)
    _say(arguments, *(picture.file.losses if picture.file else ()), *(one.sentence for one in lost))
    return picture, mask, area, others


def _identity(path: Path) -> tuple[int, ...] | None:
    """What tells whether there is another file of that name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


class _Clock:
    """Seconds since the last lap, by what they were spent on."""

    def __init__(self) -> None:
        self.seconds: dict[str, float | None] = {}
        self._since = time.perf_counter()

    def lap(self, what: str) -> None:
        now = time.perf_counter()
        self.seconds[what] = now - self._since
        self._since = now


def _grown(mask: Mask, arguments: argparse.Namespace) -> Mask:
    return mask.grown(_growth(mask, arguments))


def _growth(mask: Mask, arguments: argparse.Namespace) -> int:
    return usual_growth(mask.size) if arguments.grow is None else arguments.grow


def _say(arguments: argparse.Namespace, *sentences: str) -> None:
    if not arguments.quiet:
        for sentence in sentences:
            with contextlib.suppress(BrokenPipeError):  # whoever reads has left: no reason to leave a picture unsaved
                print(sentence)


def _followed(pipeline: Any, job: Job, arguments: argparse.Namespace) -> tuple[Result, float | None]:
    """Run the job under a progress bar: its result, and the seconds to the first preview."""
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
    return result, first


def _record(
    arguments: argparse.Namespace, job: Job, result: Result, method: type[Method], saved: Saved, seconds: dict[str, float | None]
) -> dict[str, Any]:
    """What one has to know to do it again, and what it cost."""
    packages = ("inlay", "torch", "numpy", "numba", "opencv-python-headless", "imagecodecs", "jpeglib", "tifffile")
    return {
        "photo": arguments.photo.name,
        "mask": arguments.mask.name,
        "area": arguments.sample.name if arguments.sample else None,
        **({"points": arguments.points.name} if arguments.points else {}),
        "grown": _growth(job.mask, arguments),
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
