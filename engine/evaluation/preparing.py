"""The interpreter that has the peers: found, asked what is in it, or made, with versions that are held fast."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_dir

from engine.errors import BadInput, EngineFailure
from engine.evaluation.peers import PEERS
from engine.job import Step

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

VARIABLE = "INLAY_PEERS"
"""Names another interpreter than the prepared one."""

PACKAGES = (
    "numpy==2.4.6",
    "opencv-contrib-python-headless==5.0.0.93",
    "pillow==13.0.0",
    "psutil==7.2.2",
    "pypatchmatch==2.2.0",
    "scikit-image==0.26.0",
    "scipy==1.17.1",
)
LONE = ("resynthesizer==1.2",)
"""Packages taken without what they ask for, since that is here already."""

PROBE_LIMIT, INSTALL_LIMIT = 120, 1800
"""Seconds."""


@dataclass(frozen=True, slots=True)
class State:
    """What an interpreter can serve."""

    python: Path
    missing: Mapping[str, str]
    """Why each peer cannot fill; empty where it can."""
    versions: Mapping[str, str]
    """Of libraries and programs."""


def folder() -> Path:
    """Where the peers are prepared, in the user's cache."""
    return Path(user_cache_dir("inlay", appauthor=False)) / "peers"


def interpreter() -> Path:
    """The interpreter that has the peers: INLAY_PEERS, or what was prepared. Raises BadInput where there is neither."""
    named = os.environ.get(VARIABLE)
    if named:
        if not Path(named).is_file():
            raise BadInput(f"{VARIABLE} names {named}, and there is no such file; let it name the python that has the peers.")
        return Path(named)
    if not _ready(folder()):
        raise BadInput(f"The peers are not prepared; run `inlay peers --prepare`, or let {VARIABLE} name a python that has them.")
    return python_in(folder())


@functools.cache
def state(python: Path) -> State:
    """Ask an interpreter what it can serve, once a process. Raises BadInput where it is none, or has no numpy."""
    script = Path(__file__).with_name("peers.py")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        done = subprocess.run(  # noqa: S603 - what the user names is meant to be run
            [str(python), "-P", str(script)], capture_output=True, text=True, check=True, timeout=PROBE_LIMIT, env=environment
        )
        said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except subprocess.CalledProcessError as error:
        words = [line.strip() for line in error.stderr.splitlines() if line.strip()] or ["it said nothing"]
        raise BadInput(f"{python} cannot serve the peers ({words[-1]}); it has to be Python 3.11 or later with numpy.") from None
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError) as error:
        why = getattr(error, "strerror", None) or "it gave no answer"
        raise BadInput(f"{python} cannot serve the peers ({why}); it has to be Python 3.11 or later with numpy.") from None
    return State(python, said["missing"], said["versions"])


def prepare() -> Generator[Step, None, Path]:
    """Make the peers' interpreter in the cache, unless it is there with these versions; news on the way.

    Returns:
        The interpreter.

    Raises:
        EngineFailure: the disk or the network failed.
    """
    where = folder()
    if not (_ready(where) and _whole(where)):
        yield Step(0.0, f"making {where}")
        _make(where)
        yield Step(0.2, "installing the peers' libraries")
        _pip(where, *PACKAGES)
        yield Step(0.9, f"installing {LONE[0]}")
        _pip(where, "--no-deps", *LONE)
        _mark(where)
    yield Step(1.0, "the peers are prepared")
    return python_in(where)


def python_in(where: Path) -> Path:
    """The interpreter of a virtual environment."""
    return where / "Scripts" / "python.exe" if sys.platform == "win32" else where / "bin" / "python"


def _make(where: Path) -> None:
    try:
        venv.create(where, clear=True, with_pip=True)
    except OSError as error:
        raise EngineFailure(f"The folder {where} for the peers could not be made ({error.strerror or error}); make room there.") from None
    except subprocess.CalledProcessError:
        raise EngineFailure(
            f"This Python cannot install pip into {where}; install its package for that (apt install python3-venv)."
        ) from None


def _pip(where: Path, *arguments: str) -> None:
    command = [str(python_in(where)), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", *arguments]
    try:
        subprocess.run(command, capture_output=True, text=True, check=True, timeout=INSTALL_LIMIT)  # noqa: S603 - the command is ours
    except subprocess.CalledProcessError as error:
        words = [line.removeprefix("ERROR: ") for line in error.stderr.splitlines() if line.startswith("ERROR")] or ["pip said no more"]
        raise EngineFailure(f"The peers could not be installed ({words[-1].rstrip('.')}); check the network and try again.") from None
    except subprocess.TimeoutExpired:
        raise EngineFailure(f"Installing the peers took over {INSTALL_LIMIT // 60} minutes; check the network and try again.") from None


def _mark(where: Path) -> None:
    """Note what was installed, to the end."""
    try:
        _marker(where).write_text(_wanted(), encoding="utf-8")
    except OSError as error:
        raise EngineFailure(f"The folder {where} for the peers takes no more ({error.strerror or error}); make room there.") from None
    state.cache_clear()


def _ready(where: Path) -> bool:
    """Whether these versions were installed to the end."""
    try:
        return python_in(where).is_file() and _marker(where).read_text(encoding="utf-8") == _wanted()
    except OSError:
        return False


def _whole(where: Path) -> bool:
    """Whether all that comes as packages can fill still."""
    try:
        missing = state(python_in(where)).missing
    except BadInput:
        return False
    return not any(missing[name] for name, peer in PEERS.items() if peer.comes_from != "gmic")


def _marker(where: Path) -> Path:
    return where / "inlay-peers.txt"


def _wanted() -> str:
    return "\n".join((*PACKAGES, *LONE, f"python=={sys.version_info.major}.{sys.version_info.minor}", ""))
