"""Tests that need weights the repository does not hold: they run where `inlay weights --fetch` has put them, and are skipped elsewhere."""

from __future__ import annotations

import pytest

from engine.weights import there


def needs_weights(*names: str) -> pytest.MarkDecorator:
    """A mark for a test, or a module's `pytestmark`: skip it where a file of these names or groups is not in the models folder."""
    absent = [name for name in names if not there(name)]
    return pytest.mark.skipif(bool(absent), reason=f"needs weights: inlay weights --fetch {' '.join(absent)}")
