"""The features by which a reference can be matched, as the window tells of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of features."""

    name: str
    """As the method's setting has it."""
    title: str
    licence: str
    """On what terms its weights can be used, a sentence; empty where it has none."""
    lacks: str = ""
    """What has to be fetched before it can be used, a sentence; empty where all is there."""
