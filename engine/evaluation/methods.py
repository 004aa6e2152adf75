"""The methods that take part, as they are typed: `patchmatch:smooth=1,effort=best,telea,telea+texture-memory:smooth=1,peer:fsr`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import BadInput
from engine.evaluation.peers import PEERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def split(text: str) -> list[str]:
    """Split at the commas between methods: `a:x=1,y=2,b+c:z=3` is `a` with two settings, and `b` with a finish that has one."""
    found: list[str] = []
    for part in (one.strip() for one in text.split(",")):
        if found and ":" in found[-1] and "=" in part and not {":", "+"} & set(part.partition("=")[0]):
            found[-1] += f",{part}"
        else:
            found.append(part)
    return found


def checked_methods(text: str) -> tuple[str, ...]:
    """The methods by their texts. Raises BadInput where one is no method, cannot be had, or stands there twice."""
    from engine.evaluation.ours import read  # noqa: PLC0415 - brings torch
    from engine.evaluation.workers import check_peer  # noqa: PLC0415

    found = split(text)
    for one in found:
        if found.count(one) > 1:
            raise BadInput(f"The method {one} stands there twice; name each once.")
        kind, _, name = one.partition(":")
        if kind == "peer" and "+" in name:
            raise BadInput(f"A finish follows a method of the shelf, and {one.partition('+')[0]} is none; leave the finish out.")
        if kind == "peer":
            check_peer(name)
        else:
            read(one)
    return tuple(found)


def takes_references(method: str) -> bool:
    """Whether a method of the shelf or a peer, as typed, fills from other photographs of the same place."""
    name, _, peer = method.partition("+")[0].partition(":")
    if name == "peer":
        return PEERS[peer].references
    from engine.methods import method_named  # noqa: PLC0415 - brings torch

    return method_named(name).card.references


def peers_versions(methods: Sequence[str]) -> Mapping[str, str]:
    """Versions of what the peers' interpreter has, where any of them takes part."""
    from engine.evaluation.preparing import interpreter, state  # noqa: PLC0415

    return state(interpreter()).versions if any(one.startswith("peer:") for one in methods) else {}
