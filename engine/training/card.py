"""The model card of an exported network: what it is, on what and how it was trained, how well it does, and what it is not for."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import weights
from engine.training.record import bare, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from engine.training.recipe import Recipe
    from engine.training.record import Record, Session

ROWS = 12
"""Validations that a card lists at most; the best and the last are among them."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What a card is about."""

    name: str
    file: str
    bytes: int
    sha256: str
    weights: int
    """How many numbers the network has that were trained."""
    licence: str
    conditions: str
    """Of the photographs, in the words of whoever exports; "" where nothing was said."""
    limits: str
    """What else the network is not good for; "" where nothing was said."""
    step: int
    scores: Sequence[dict[str, Any]]
    """The validations: `step` and each score."""


def card(exported: Exported, recipe: Recipe, record: Record) -> str:
    """The card as Markdown."""
    blocks = (
        f"# {exported.name}",
        f"{recipe.sentence} After: {recipe.paper}.",
        _file(exported),
        f"## Training\n\n{_training(exported, recipe, record)}{_through(recipe, record)}",
        _table(("began", "hardware", "processes", "steps", "versions"), map(_session, _worked(record))),
        f"```\n{chr(10).join(dict.fromkeys(_command(one.command) for one in _worked(record)))}\n```",
        f"## Photographs\n\n{_photographs(exported, record)}",
        _table(("shard or folder", "photographs"), record.trained.shards.items()),
        f"## Validation\n\n{_validation(exported, recipe, record)}",
        f"## Limits\n\n{_limits(exported, record)}",
    )
    return "\n\n".join(blocks) + "\n"


def _file(exported: Exported) -> str:
    return _table(
        ("", ""),
        (
            ("file", f"`{exported.file}`, half precision (safetensors)"),
            ("size", f"{exported.bytes} bytes, {exported.weights} trained weights"),
            ("SHA-256", f"`{exported.sha256}`"),
            ("licence", exported.licence),
        ),
    )


def _training(exported: Exported, recipe: Recipe, record: Record) -> str:
    asked = record.asked
    settings = " ".join(f"`{bare(one)}`" for one in typed(asked.settings))
    return (
        f"Recipe `{recipe.name}`{f' with {settings}' if settings else ''}, width {asked.width:g}, seed {asked.seed}: {exported.step} of the "
        f"{asked.steps} steps of its schedule, {asked.batch} examples each, {exported.step * asked.batch} examples in all; "
        f"{'bfloat16 where that is safe' if asked.half else 'float32'}. It took {_hours(record.seconds)}. The weights are the running average."
    )


def _through(recipe: Recipe, record: Record) -> str:
    """The networks of others that it learnt from, if any."""
    names = sorted({*recipe.through(), *(name for one in record.sessions for name in one.through)})
    known = weights.manifest()
    told = (f"`{name}` ({known[name].what}, {known[name].licence})" if name in known else f"`{name}`" for name in names)
    return f" It learnt from what others see: {', '.join(told)}." if names else ""


def _session(one: Session) -> tuple[str, ...]:
    versions = ", ".join(f"{what} {version}" for what, version in one.versions.items())
    return one.began, one.hardware, str(one.processes), f"{one.first} to {one.last}", versions


def _worked(record: Record) -> list[Session]:
    """The sessions that came to a checkpoint."""
    return [one for one in record.sessions if one.last > one.first]


def _command(command: str) -> str:
    """A command without the folders of the machine that it ran on."""
    return shlex.join(bare(word) for word in shlex.split(command))


def _photographs(exported: Exported, record: Record) -> str:
    count = sum(record.trained.shards.values())
    conditions = (
        exported.conditions or "The conditions of these photographs were not stated by whoever exported the network; ask before you use it."
    )
    return f"{count} photographs for training and {record.trained.held} held back for validation (by the SHA-256 of their files).\n\n{conditions}"


def _validation(exported: Exported, recipe: Recipe, record: Record) -> str:
    if not exported.scores:
        return "The network was never validated."
    names = [name for name in exported.scores[-1] if name != "step"]
    shown = [(one["step"], *(f"{one[name]:.4g}" if name in one else "" for name in names)) for one in _chosen(exported.scores, recipe.best)]
    best = max(exported.scores, key=lambda one: one.get(recipe.best, float("-inf")))
    return (
        f"On the {record.trained.held} photographs held back, the running average after so many steps; the best by `{recipe.best}` was that of step "
        f"{best['step']}, and that of step {exported.step} is in the file.\n\n{_table(('step', *names), shown)}"
    )


def _chosen(scores: Sequence[dict[str, Any]], best: str) -> Iterator[dict[str, Any]]:
    """A few validations, evenly, and the best and the last of all."""
    last = len(scores) - 1
    kept = {round(number * last / (ROWS - 2)) for number in range(ROWS - 1)} if last else {0}
    kept.add(max(range(len(scores)), key=lambda number: scores[number].get(best, float("-inf"))))
    yield from (scores[number] for number in sorted(kept))


def _limits(exported: Exported, record: Record) -> str:
    said = [exported.limits] if exported.limits else []
    if exported.step < record.asked.steps:
        said.append(
            f"Training was left at step {exported.step} of {record.asked.steps}, so the rate of learning had not fallen to its end."
        )
    said.append("It has seen photographs of the kinds listed above and of no others; the scores are on photographs of the same kinds.")
    return "\n\n".join(said)


def _table(head: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    rows = (head, ["---"] * len(head), *lines)
    return "\n".join(f"| {' | '.join(str(one).replace('|', '/') for one in row)} |" for row in rows)


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.2f} hours" if seconds >= 360 else f"{seconds / 60:.1f} minutes"
