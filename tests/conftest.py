"""What every test shares: drawn scenes, photographs that scikit-image carries in its wheel, and few threads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("NUMBA_NUM_THREADS", "2")

settings.register_profile("untimed", deadline=None)  # a busy machine is no defect
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT
