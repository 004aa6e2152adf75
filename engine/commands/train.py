"""`train`: one recipe, one folder, from its beginning or from where it was left."""

from __future__ import annotations

import contextlib
import math
import os
import shlex
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from platformdirs import user_cache_dir

from engine.commands.progress import followed
from engine.errors import BadInput, EngineFailure
from engine.job import DEVICES, chosen_settings

if TYPE_CHECKING:
    import argparse
    from types import FrameType

    import torch

    from engine.training.photographs import Photographs
    from engine.training.processes import Processes
    from engine.training.recipe import Recipe
    from engine.training.record import Asked, Record
    from engine.training.run import Plan, Run

Made = TypeVar("Made")

MOST_WORKERS = 8
"""Processes that make examples, for one process of a run, unless told otherwise."""


def add_to(commands: Any) -> None:
    """Add the command and its options to a parser's commands."""
    command = commands.add_parser("train", help="train a network by one of the recipes")
    command.add_argument("recipe", metavar="NAME", help="which recipe")
    command.add_argument("--data", metavar="PATH", nargs="+", type=Path, required=True, help="tar shards and folders of photographs")
    command.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="the folder of the run")
    command.add_argument("--resume", action="store_true", help="go on with the run in DIR")
    command.add_argument("--minutes", metavar="M", type=float, default=math.inf, help="stop after so long; --resume goes on")
    command.add_argument(
        "--steps", metavar="N", type=int, help="length of the schedule, fixed when the run begins; the recipe's unless given"
    )
    command.add_argument("--batch", metavar="N", type=int, help="examples a step, over all processes; the recipe's unless given")
    command.add_argument("--width", metavar="W", type=float, help="channels against the recipe's own number; 1 unless given")
    command.add_argument("--seed", metavar="N", type=int, help="a whole number from 0; 0 unless given")
    command.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="a setting of the recipe; once for each")
    command.add_argument("--device", choices=DEVICES, default="auto", help="where to compute; auto takes a graphics card that works")
    command.add_argument("--float32", action="store_true", default=None, help="compute in float32 throughout, not partly in bfloat16")
    command.add_argument(
        "--workers", metavar="N", type=int, default=1, help="processes that make examples; 0: the run itself; 1 unless given"
    )
    command.add_argument("--validate", metavar="N", type=int, default=500, help="steps between two validations; 500 unless given")
    command.add_argument("--quiet", action="store_true", help="say nothing but errors")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Train until the schedule or the minutes end, saying how far it is.

    Raises BadInput and EngineFailure, each a sentence; KeyboardInterrupt with a sentence about what was kept.
    """
    _check(arguments)
    from engine.training.processes import Processes  # noqa: PLC0415 - brings torch, and whoever mistyped a number need not wait for it

    processes = Processes.of_torchrun()
    if processes.first:
        _run(arguments, processes)
        return
    arguments.quiet = True
    try:
        _run(arguments, processes)
    except BadInput:
        sys.exit(2)  # what is wrong for one is wrong for all, and the first has said it
    except (EngineFailure, KeyboardInterrupt):
        sys.exit(1)
    os._exit(0)  # nothing is left to do or to say, and Gloo's threads at times abort a process that winds up


def _run(arguments: argparse.Namespace, processes: Processes) -> None:
    from engine.training import record  # noqa: PLC0415
    from engine.training.recipes import recipe_named  # noqa: PLC0415
    from engine.training.run import Run  # noqa: PLC0415

    kind = recipe_named(arguments.recipe)
    was = _before(arguments)
    asked = _asked(arguments, kind, was)
    if was is not None:
        record.check_same(arguments.output, was.asked, asked)
    recipe = record.recipe_of(asked)
    if asked.batch % processes.world:
        raise BadInput(f"{processes.world} processes cannot share a batch of {asked.batch} evenly; give a --batch that is a multiple.")
    device = processes.device(_device(arguments.device))
    _check_writable(arguments.output)
    with processes.joined(device):
        photographs, held = processes.in_turn(lambda: _photographs(arguments, recipe))
        trained = record.Trained.on(photographs, held)
        if was is not None and was.trained.digest != trained.digest:
            raise BadInput(f"The run in {arguments.output} was begun with other photographs; give --data as it was then.")
        processes.in_turn(lambda: followed(recipe.prepare(photographs, device), quiet=arguments.quiet))
        course = Run(recipe, photographs, held, _plan(arguments, asked, device, processes), arguments.output, processes)
        _resume(course)
        session = record.Session.now(_command(processes), device, processes.world, course.step, course.seconds, recipe.through())
        _train(arguments, course, (was or record.Record(asked, trained)).begun(session))


def _command(processes: Processes) -> list[str]:
    """What was typed."""
    first = ["python"] if processes.world == 1 else ["torchrun", "--nproc-per-node", str(processes.on_machine)]
    return [*first, "main.py", *map(shlex.quote, sys.argv[1:])]


def _check(arguments: argparse.Namespace) -> None:
    """What can be known to be wrong before anything is loaded."""
    for name, least in (("steps", 1), ("batch", 1), ("seed", 0), ("workers", 0), ("validate", 1)):
        value = getattr(arguments, name)
        if value is not None and value < least:
            raise BadInput(f"--{name} is a whole number from {least}, not {value}.")
    if not arguments.minutes > 0:
        raise BadInput(f"--minutes is a number above 0, not {arguments.minutes}.")
    if arguments.width is not None and not 0 < arguments.width <= 16:
        raise BadInput(f"--width is a number above 0 and at most 16, not {arguments.width}.")
    for path in arguments.data:
        if not path.exists():
            raise BadInput(f"There is no {path}; --data takes tar shards and folders of photographs.")
    if arguments.output.exists() and not arguments.output.is_dir():
        raise BadInput(f"{arguments.output} is a file; give the name of a folder for the run.")


def _before(arguments: argparse.Namespace) -> Record | None:
    """What was done in the folder before. Raises BadInput where that is not as the user thinks."""
    from engine.training import checkpoint, record  # noqa: PLC0415

    was = record.read(arguments.output)
    if was is None and checkpoint.steps(arguments.output):
        raise BadInput(f"There are checkpoints in {arguments.output}, but no {record.RECORD} that says of what; give another folder.")
    if was is None and arguments.resume:
        raise BadInput(f"There is no run in {arguments.output} to go on with; leave out --resume to begin one.")
    if was is not None and not arguments.resume:
        raise BadInput(f"There is a run in {arguments.output} already; give --resume to go on with it, or another folder.")
    return was


def _asked(arguments: argparse.Namespace, kind: type[Recipe], was: Record | None) -> Asked:
    """What the run is to be: what is not said is as it was, or else the recipe's own."""
    from engine.training.record import Asked  # noqa: PLC0415

    chosen = chosen_settings(arguments.set, kind.options)
    said = {text.partition("=")[0].strip() for text in arguments.set}
    usual = {name: getattr(chosen, name) for name in kind.options.described()}
    settings = (
        usual if was is None else {name: usual[name] if name in said else was.asked.settings.get(name, usual[name]) for name in usual}
    )
    before = was.asked if was else Asked(kind.name, settings, 1.0, kind.steps, kind.batch, 0, half=True)
    numbers = {
        name: getattr(before if getattr(arguments, name) is None else arguments, name) for name in ("width", "steps", "batch", "seed")
    }
    half = before.half if arguments.float32 is None else False
    return Asked(kind.name, settings, half=half, **numbers)


def _plan(arguments: argparse.Namespace, asked: Asked, device: torch.device, processes: Processes) -> Plan:
    from engine.training.run import Plan  # noqa: PLC0415

    return Plan(
        steps=asked.steps,
        batch=asked.batch,
        seed=asked.seed,
        device=str(device),
        half=asked.half,
        workers=_workers(processes) if arguments.workers is None else arguments.workers,
        minutes=arguments.minutes,
        validation=arguments.validate,
    )


def _workers(processes: Processes) -> int:
    """Processes that make examples for one of those of the run: its share of the cores, less its own."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(max(cores // processes.on_machine - 1, 1), MOST_WORKERS)


def _device(asked: str) -> torch.device:
    """The device asked for; with "auto" a graphics card that works, else the processor. Raises BadInput."""
    import torch  # noqa: PLC0415

    from engine.device import works  # noqa: PLC0415

    if asked == "auto":
        return torch.device("cuda" if works("cuda") else "cpu")
    if not works(asked):
        raise BadInput(f"{asked} does not work here; ask for cpu, or auto.")
    return torch.device(asked)


def _check_writable(folder: Path) -> None:
    """Try it: permissions alone do not tell whether a disk takes files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
    except OSError as error:
        raise BadInput(f"Nothing can be written into the folder {folder} ({error.strerror or error}); choose another.") from None


def _photographs(arguments: argparse.Namespace, recipe: Recipe) -> tuple[Photographs, Photographs]:
    """Those to train on and those held back."""
    from engine.training.photographs import Photographs, gathered  # noqa: PLC0415

    cache = Path(user_cache_dir("inlay", appauthor=False))
    file = followed(gathered(arguments.data, cache, recipe.side), quiet=arguments.quiet)
    return Photographs(file, "train"), Photographs(file, "held")


def _resume(course: Run) -> None:
    """Take up the newest checkpoint, if there is one."""
    from engine.training import checkpoint  # noqa: PLC0415

    state = checkpoint.load(course.folder, None if course.processes.first else lambda _: None)
    if state is not None:
        course.resume(state)


def _train(arguments: argparse.Namespace, course: Run, record: Record) -> None:
    """The loop, seen and recorded."""
    from engine.training.record import write  # noqa: PLC0415
    from engine.training.watching import Watch  # noqa: PLC0415

    with _Stop(course), contextlib.closing(course.news()) as news:
        if not course.processes.first:
            for _ in news:
                pass
            return
        write(arguments.output, record)
        with contextlib.closing(
            Watch(arguments.output, course.plan.steps, course.step, minutes=arguments.minutes, quiet=arguments.quiet)
        ) as watch:
            for one in news:
                watch.add(one)
                if one.saved:
                    record = record.reached(one.step, one.seconds)
                    write(arguments.output, record)
        write(arguments.output, record.reached(course.step, course.seconds))
    _tell(arguments, course, stopped=course.stopping)


class _Stop:
    """Ctrl+C, or being told to end, lets a run end after its step; a second time it ends at once."""

    def __init__(self, course: Run) -> None:
        self._course = course

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self._course.stopping:
            raise KeyboardInterrupt("Stopped at once; the last checkpoint stands, and --resume goes on from it.")
        self._course.stopping = True


def _tell(arguments: argparse.Namespace, course: Run, *, stopped: bool) -> None:
    """How the run ended, and how to go on."""
    where = f"step {course.step} of {course.plan.steps}"
    if stopped:
        raise KeyboardInterrupt(
            f"Stopped at {where}; a checkpoint is kept in {arguments.output}, and the same command with --resume goes on."
        )
    if arguments.quiet:
        return
    if course.step < course.plan.steps:
        print(f"The {arguments.minutes:g} minutes are over at {where}; the same command with --resume goes on.")
    else:
        print(f"Trained, {where}; `inlay export {shlex.quote(str(arguments.output))} {course.recipe.kept}` writes the network.")
