"""`evaluate`: methods of the shelf and peers on a set of photographs, scored, and a report of who did how well."""

from __future__ import annotations

import contextlib
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from engine.errors import BadInput
from engine.job import DEVICES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Generator

    from engine.evaluation.asked import Asked, Field
    from engine.evaluation.journal import Journal
    from engine.evaluation.outcome import Outcome
    from engine.evaluation.running import News
    from engine.evaluation.scores import Judge
    from engine.evaluation.trial import Trial

MOST_PROCESSES = 256


def add_to(commands: Any) -> None:
    """Add the command and its options to a parser's commands."""
    command = commands.add_parser("evaluate", help="measure methods on photographs, and write a report")
    command.add_argument("sets", type=Path, nargs="+", metavar="SET", help="a folder of photographs, a folder of scenes, or a tar shard")
    command.add_argument(
        "--methods",
        default="patchmatch",
        metavar="A,B,...",
        help="of `inlay methods`, as NAME:KEY=VALUE,..., and peer:NAME; the first leads",
    )
    command.add_argument("--holes", default="brush", metavar="KIND,...", help="kinds of holes, or a folder of masks (brush)")
    command.add_argument("--scores", metavar="A,B,...", help="which scores; the first leads the report (all that are available)")
    command.add_argument("--limit", type=int, metavar="N", help="a fair sample of so many photographs")
    command.add_argument("--size", type=int, metavar="N", help="reduce the longer side to so many pixels")
    command.add_argument("--seed", type=int, default=0, metavar="N", help="of the holes, and of the bootstrap (0)")
    command.add_argument("--held", action="store_true", help="only photographs that training keeps for validation")
    command.add_argument("--processes", type=int, default=1, metavar="N", help="so many at once, one thread each (1)")
    command.add_argument("--device", default="cpu", choices=DEVICES, help="where methods of the shelf compute (cpu)")
    command.add_argument("--timeout", type=float, default=120.0, metavar="SECONDS", help="after which a fill counts as failed (120)")
    command.add_argument("--retry", action="store_true", help="try those fills again that failed in an earlier run")
    command.add_argument(
        "--strips", type=int, metavar="N", help="strips of pictures in the report, a kind of hole (24; fewer of many kinds)"
    )
    command.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="a new folder, or one to go on in")
    command.add_argument("--quiet", action="store_true", help="say nothing but errors")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Evaluate and write the report, going on where an earlier run in the same folder stopped.

    Raises BadInput before any work, EngineFailure, or KeyboardInterrupt with a sentence about what was kept.
    """
    _check(arguments)
    from engine.evaluation.asked import Field  # noqa: PLC0415 - brings OpenCV, and `--help` need not wait for it
    from engine.evaluation.journal import Journal  # noqa: PLC0415
    from engine.evaluation.scores import Judge  # noqa: PLC0415

    asked = _asked(arguments)
    field, judge = Field(asked), Judge(asked.scores)
    if all(score.of_set for score in judge.wanted):
        raise BadInput(
            f"{', '.join(score.name for score in judge.wanted)} compare whole sets; ask for a score of single fills too, as psnr."
        )
    with Journal(arguments.output, asked.fixed()) as journal:
        try:
            outcome = _evaluated(arguments, asked, field, judge, journal)
        except KeyboardInterrupt:
            kept = f"{len(journal.trials)} trial{'' if len(journal.trials) == 1 else 's'} kept"
            raise KeyboardInterrupt(f"Stopped with {kept} in {arguments.output}; the same command goes on from there.") from None
    if not arguments.quiet:
        _tell(outcome, arguments.output)


def _evaluated(arguments: argparse.Namespace, asked: Asked, field: Field, judge: Judge, journal: Journal) -> Outcome:
    """Do what is left, and write all of it."""
    from engine.evaluation.methods import peers_versions  # noqa: PLC0415
    from engine.evaluation.report.writing import write  # noqa: PLC0415
    from engine.evaluation.running import drawn_together, evaluation  # noqa: PLC0415

    steps = evaluation(asked, arguments.output, field, judge, journal, arguments.processes, retry=arguments.retry)
    trials = _followed(steps, hidden=arguments.quiet or not sys.stderr.isatty())
    outcome = drawn_together(asked, arguments.output, judge, trials, _command(), peers_versions(asked.methods))
    write(outcome, arguments.output, field, arguments.strips)
    return outcome


def _check(arguments: argparse.Namespace) -> None:
    """What can be known to be wrong before anything is read."""
    for what, value, least, most in (
        ("seed", arguments.seed, 0, 2**63),
        ("number of processes", arguments.processes, 1, MOST_PROCESSES),
        ("number of strips", arguments.strips or 0, 0, 10_000),
        ("timeout in seconds", arguments.timeout, 0.1, 86_400),
    ):
        if not least <= value <= most:
            raise BadInput(f"The {what} is {least} at least and {most} at most, not {value:g}.")


def _asked(arguments: argparse.Namespace) -> Asked:
    """The evaluation that the command line tells. Raises BadInput."""
    from engine.evaluation.asked import Asked  # noqa: PLC0415
    from engine.evaluation.methods import checked_methods  # noqa: PLC0415

    whole = Path(arguments.holes).is_dir()
    return Asked(
        tuple(arguments.sets),
        checked_methods(arguments.methods),
        (arguments.holes,) if whole else _listed(arguments.holes, "--holes"),
        arguments.limit,
        arguments.seed,
        arguments.size,
        arguments.held,
        _listed(arguments.scores, "--scores") if arguments.scores is not None else None,
        arguments.device,
        arguments.timeout,
    )


def _listed(text: str, option: str) -> tuple[str, ...]:
    """Names between commas. Raises BadInput."""
    names = tuple(name.strip() for name in text.split(","))
    if not all(names) or len(set(names)) < len(names):
        raise BadInput(f"{option} takes names with a comma between, each once, not {text!r}.")
    return names


def _followed(steps: Generator[News, None, list[Trial]], *, hidden: bool) -> list[Trial]:
    """Run to the end under a progress bar; whatever stops it, no process stays behind."""
    with contextlib.closing(steps):
        first = next(steps)
        with tqdm(total=first.of, initial=first.done, disable=hidden, leave=False, unit="trial", dynamic_ncols=True) as bar:
            while True:
                try:
                    news = next(steps)
                except StopIteration as end:
                    return end.value
                bar.set_description_str(news.last[-40:], refresh=False)
                bar.update(news.done - bar.n)


def _tell(outcome: Outcome, folder: Path) -> None:
    """The headline, failures, what is missing, and where everything is."""
    from engine.evaluation.report.headline import headline, margin  # noqa: PLC0415

    for part in outcome.parts:
        print(f"{headline(outcome, part)} {margin(outcome, part)}".rstrip())
    if outcome.failed:
        print(f"{len(outcome.failed)} of {len(outcome.trials)} trials failed; the report tells which, and --retry tries them again.")
    if outcome.missing:
        print(f"Not available: {', '.join(outcome.missing)}; the report tells why.")
    print(f"Written: {folder / 'report.html'}, scores.json and scores.csv.")


def _command() -> str:
    """What was typed."""
    return shlex.join(["inlay", *sys.argv[1:]])
