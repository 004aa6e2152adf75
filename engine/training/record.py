"""`run.json`: what a run was asked to be, on what it is trained, and who worked on it for how long; the model card is made of it."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import tomllib
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from engine.errors import BadInput, EngineFailure
from engine.training.recipes import recipe_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.training.photographs import Photographs
    from engine.training.recipe import Recipe

RECORD = "run.json"
FORMAT = "inlay-run-1"


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides the course of a run; none of it changes while it lasts."""

    recipe: str
    settings: dict[str, Any]
    width: float
    steps: int
    """Length of the schedule."""
    batch: int
    """Examples a step, over all processes."""
    seed: int
    half: bool
    """Computed in bfloat16 where that is safe."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The photographs of a run."""

    digest: str
    """SHA-256 over those of their files, in their order."""
    shards: dict[str, int]
    """Photographs for training by the shard or folder they came from."""
    held: int
    """Photographs held back for validation."""

    @classmethod
    def on(cls, train: Photographs, held: Photographs) -> Trained:
        """What there is to say of both splits."""
        every = "\n".join(one.sha256 for one in (*train.kept, *held.kept))
        shards = Counter(one.name.rpartition("/")[0] or "single files" for one in train.kept)
        return cls(hashlib.sha256(every.encode()).hexdigest(), dict(sorted(shards.items())), len(held))


@dataclass(frozen=True, slots=True)
class Session:
    """One time that somebody worked on the run, from its start or from a checkpoint."""

    command: str
    began: str
    """UTC, ISO 8601."""
    hardware: str
    processes: int
    versions: dict[str, str]
    first: int
    """Steps made before."""
    last: int
    """Steps made at the newest checkpoint."""
    seconds: float
    """Worked on the run until that checkpoint, earlier sessions included."""
    through: tuple[str, ...] = ()
    """Networks of others that the recipe learnt from: `Recipe.through`."""

    @classmethod
    def now(
        cls, command: Sequence[str], device: torch.device, processes: int, step: int, seconds: float, through: tuple[str, ...] = ()
    ) -> Session:
        """A session that begins at a step, after seconds of earlier ones."""
        return cls(
            command=" ".join(command),
            began=datetime.now(UTC).isoformat(timespec="seconds"),
            hardware=hardware(device),
            processes=processes,
            versions={"inlay": version(), "python": platform.python_version(), "torch": str(torch.__version__)},
            first=step,
            last=step,
            seconds=seconds,
            through=through,
        )


@dataclass(frozen=True, slots=True)
class Record:
    """All that `run.json` holds."""

    asked: Asked
    trained: Trained
    sessions: tuple[Session, ...] = field(default=())

    @property
    def seconds(self) -> float:
        """How long was worked in all."""
        return self.sessions[-1].seconds if self.sessions else 0.0

    def begun(self, session: Session) -> Record:
        """With one more session."""
        return replace(self, sessions=(*self.sessions, session))

    def reached(self, step: int, seconds: float) -> Record:
        """The session that is under way has come to a checkpoint: its step, and the seconds worked in all."""
        return replace(self, sessions=(*self.sessions[:-1], replace(self.sessions[-1], last=step, seconds=round(seconds, 1))))


def read(folder: Path) -> Record | None:
    """The record of a run; None where no run was begun. Raises BadInput where it cannot be read."""
    path = folder / RECORD
    try:
        said = json.loads(path.read_bytes())
        if said["format"] != FORMAT:
            raise BadInput(f"{path} was written by another version ({said['format']}); use that one, or start in another folder.")
        return Record(Asked(**said["asked"]), Trained(**said["trained"]), tuple(map(_session, said["sessions"])))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror or error}).") from None
    except (ValueError, KeyError, TypeError):
        raise BadInput(f"{path} is broken, so what the run was asked to be is not known; start it again in another folder.") from None


def _session(said: dict[str, Any]) -> Session:
    return replace(Session(**said), through=tuple(said.get("through", ())))


def write(folder: Path, record: Record) -> None:
    """Write a run's record, whole or not at all. Raises EngineFailure where the disk refuses it."""
    part = folder / f"{RECORD}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, **asdict(record)}, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / RECORD)
    except OSError as error:
        raise EngineFailure(f"{folder / RECORD} could not be written ({error.strerror or error}); make room, and try again.") from error


def check_same(folder: Path, was: Asked, now: Asked) -> None:
    """Raise BadInput where a run would go on as another than it was begun."""
    for what, value in asdict(was).items():
        other = getattr(now, what)
        if what == "settings":  # those that the recipe got since are at their usual values
            other = {name: one for name, one in other.items() if name in value}
        if other != value:
            raise BadInput(
                f"The run in {folder} was begun with {_said(what, value)}, not {_said(what, other)}; go on with the same, or start another elsewhere."
            )


def recipe_of(asked: Asked) -> Recipe:
    """The recipe as a run was begun with it. Raises BadInput where it is not known any more."""
    kind = recipe_named(asked.recipe)
    gone = [name for name in asked.settings if name not in kind.options.described()]
    if gone:
        raise BadInput(f"The run was begun with {gone[0]}, which {asked.recipe} does not know any more; use the version that began it.")
    return kind(kind.options(**asked.settings), asked.width)


def bare(word: str) -> str:
    """A word of a command, or a setting, whose path has lost its folders: they are those of the machine that it ran on."""
    key, equals, value = word.rpartition("=")
    return f"{key}{equals}{Path(value).name}" if "/" in value else word


def typed(settings: Mapping[str, Any]) -> list[str]:
    """Settings as they are typed after --set."""
    return [f"{key}={('no', 'yes')[one] if isinstance(one, bool) else one}" for key, one in settings.items()]


def version() -> str:
    """Of this program, installed or run from its sources."""
    try:
        return metadata.version("inlay")
    except metadata.PackageNotFoundError:
        project = Path(__file__).resolve().parents[2] / "pyproject.toml"
        return tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"] if project.is_file() else "unknown"


def hardware(device: torch.device) -> str:
    """The name of the processor or graphics card."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{_processor()}, {torch.get_num_threads()} of {os.cpu_count()} cores"


def _processor() -> str:
    try:
        lines: Iterable[str] = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = ()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _said(what: str, value: Any) -> str:
    if what == "settings":
        return " ".join(typed(value)) or "no settings"
    if what == "half":
        return "bfloat16" if value else "--float32"
    return f"{what} {value}"
