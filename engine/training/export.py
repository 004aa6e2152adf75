"""How a network leaves a run: the running average in half precision with what it is in its metadata, and its model card."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save

from engine.errors import BadInput, EngineFailure
from engine.training import checkpoint, record
from engine.training.card import Exported, card
from engine.weights import fit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from engine.training.recipe import Recipe
    from engine.training.record import Record

LICENCE = "CC BY-NC 4.0"


@dataclass(frozen=True, slots=True)
class Said:
    """What only whoever exports can know."""

    licence: str = LICENCE
    conditions: str = ""
    """Of the photographs that were trained on."""
    limits: str = ""


def export(run: Path, name: str, into: Path, said: Said) -> tuple[Exported, Recipe]:
    """Write `NAME.safetensors` and its card `NAME.md`; what was there under these names is replaced. What was written, and by which recipe.

    Args:
        run: the folder of a run, which has at least one checkpoint.
        name: of the network, as the manifest of weights is to have it.
        into: the folder to write into, which is there.
        said: licence, conditions, limits.

    Raises:
        BadInput: where there is no run, no checkpoint, or a weight that half precision cannot hold.
        EngineFailure: where the disk refuses a file.
    """
    about, state = _found(run)
    recipe = record.recipe_of(about.asked)
    halved = _halved(state["average"])
    network = fit(recipe.networks()[recipe.kept], halved, "The running average")
    content = _in_order(save(halved, _metadata(about, state["step"], said)))
    exported = Exported(
        name=name,
        file=f"{name}.safetensors",
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        weights=sum(one.numel() for one in network.parameters()),
        licence=said.licence,
        conditions=said.conditions,
        limits=said.limits,
        step=state["step"],
        scores=state["scores"],
    )
    _write(into / exported.file, content)
    _write(into / f"{name}.md", card(exported, recipe, about).encode())
    return exported, recipe


def manifest_table(exported: Exported, what: str) -> str:
    """What to put into `resources/weights/manifest.toml` for a file that lies beside it."""
    values = {
        "file": exported.file,
        "bytes": exported.bytes,
        "sha256": exported.sha256,
        "licence": exported.licence,
        "what": what,
        "shipped": True,
    }
    # JSON's texts, whole numbers and truths are TOML's too
    return "\n".join((f"[file.{exported.name}]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())))


def _found(run: Path) -> tuple[Record, dict[str, Any]]:
    about = record.read(run)
    if about is None:
        raise BadInput(f"There is no run in {run}; give the folder that `inlay train` was told with -o.")
    state = checkpoint.load(run)
    if state is None:
        raise BadInput(f"The run in {run} has no checkpoint yet; train it for longer.")
    return about, state


def _halved(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Fractions in half precision, whole numbers as they are. Raises BadInput where one is too large for that."""
    halved = {name: (one.half() if one.is_floating_point() else one).contiguous() for name, one in tensors.items()}
    wrong = [name for name, one in halved.items() if not torch.isfinite(one).all()]
    if wrong:
        raise BadInput(
            f"{wrong[0]} has a value that half precision cannot hold, so the network is not exported; train it with smaller weights."
        )
    return halved


def _metadata(about: Record, step: int, said: Said) -> dict[str, str]:
    asked = about.asked
    return {
        "recipe": asked.recipe,
        "settings": json.dumps({name: record.bare(one) if isinstance(one, str) else one for name, one in asked.settings.items()}),
        "width": str(asked.width),
        "steps": str(step),
        "examples": str(step * asked.batch),
        "inlay": record.version(),
        "licence": said.licence,
    }


def _in_order(content: bytes) -> bytes:
    """The same file with its header's names in order, which the library leaves to chance, so that the same run gives the same bytes."""
    size = int.from_bytes(content[:8], "little")
    header = json.dumps(json.loads(content[8 : 8 + size]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + content[8 + size :]


def _write(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    part = path.with_name(f".{secrets.token_hex(6)}.inlay-part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise EngineFailure(f"{path} could not be written ({error.strerror or error}); make room or choose another folder.") from error
    finally:
        part.unlink(missing_ok=True)
