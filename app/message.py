"""What the window says: one sentence, how grave it is, and what one can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for the user; `actions` are ids of `app.actions` that are offered beside it."""

    text: str
    kind: Literal["info", "warning", "error"] = "info"
    actions: tuple[str, ...] = ()
