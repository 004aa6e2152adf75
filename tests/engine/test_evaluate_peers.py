"""Fillers in processes of their own: real ones, of the shelf and, by this very interpreter, of the peers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import psutil
import pytest
from skimage import data as bundled

from engine.errors import BadInput, EngineFailure
from engine.evaluation import memory, preparing, workers
from engine.evaluation.ours import read
from engine.evaluation.peers import PEERS
from engine.evaluation.workers import Effort, Worker, blended, check_peer
from engine.holes import hole
from tests.engine.desk import Desk, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(sys.executable)
"""An interpreter with OpenCV, scikit-image and NumPy, though without the peers' own packages."""
PICTURE = np.ascontiguousarray(bundled.chelsea()[60:140, 100:220])
MASK = np.zeros(PICTURE.shape[:2], np.uint8)
MASK[30:50, 40:70] = 255
ONCE = Effort(runs=1)
COST = {"cpu", "wall", "before", "peak", "rise", "runs", "memory"}


@pytest.fixture(scope="module")
def ours() -> Iterator[Worker]:
    with Worker("telea") as worker:
        yield worker


@pytest.fixture
def peer() -> Iterator[Worker]:
    with Worker("peer:telea", HERE) as worker:
        yield worker


@pytest.fixture(scope="module")
def ready() -> preparing.State:
    """What the prepared interpreter can serve, or else this one."""
    try:
        return preparing.state(preparing.interpreter())
    except BadInput:
        return preparing.state(HERE)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def test_a_method_of_the_shelf_fills_and_says_what_it_cost(ours: Worker) -> None:
    filled, cost = ours.fill(PICTURE, MASK, Effort(runs=2))
    assert filled is not None
    assert set(cost) == COST
    assert cost["runs"] == 2
    assert min(cost["cpu"], cost["wall"], cost["rise"]) > 0
    assert cost["peak"] > cost["before"] > 20
    assert np.array_equal(filled[MASK == 0], PICTURE[MASK == 0])
    assert (filled[MASK > 0] > 0).all()


def test_nobody_sees_the_hole(ours: Worker) -> None:
    other = np.where(MASK[..., None] > 0, np.uint8(7), PICTURE)
    assert np.array_equal(ours.fill(PICTURE, MASK, ONCE)[0], ours.fill(other, MASK, ONCE)[0])


def test_a_soft_mask_is_blended_after_the_fill(ours: Worker) -> None:
    soft = hole("object", MASK.shape, np.random.default_rng(1))
    hard = np.where(soft > 0, np.uint8(255), np.uint8(0))
    whole, _ = ours.fill(PICTURE, hard, ONCE)
    mixed, _ = ours.fill(PICTURE, soft, ONCE)
    share = soft[..., None] / 255
    assert np.count_nonzero((soft > 0) & (soft < 255)) > 20
    assert np.abs(mixed - (share * whole + (1 - share) * PICTURE)).max() <= 0.5 + 1e-9


def test_what_a_filler_changed_outside_is_kept_for_the_judge() -> None:
    filled = PICTURE + np.uint8(1)
    assert np.array_equal(blended(filled, PICTURE, MASK), filled)


def test_a_peer_fills_in_its_own_interpreter(peer: Worker) -> None:
    filled, cost = peer.fill(PICTURE, MASK, ONCE)
    blanked = np.where(MASK[..., None] > 0, np.uint8(0), PICTURE)
    assert np.array_equal(filled, cv2.inpaint(blanked, MASK, 3, cv2.INPAINT_TELEA))
    assert set(cost) == COST


def test_the_peers_side_needs_nothing_of_the_project(tmp_path: Path) -> None:
    code = """
import runpy, sys
class NoEngine:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "engine":
            raise ImportError("the project was asked for")
sys.meta_path.insert(0, NoEngine())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
    files = [str(workers.HERE / name) for name in ("serving.py", "peers.py")]
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *files, "telea", str(tmp_path / "handed")], input="", capture_output=True, text=True, check=False
    )
    assert json.loads(done.stdout) == {"ready": True}


@pytest.mark.parametrize("name", PEERS)
def test_every_peer_that_is_ready_here_fills(name: str, ready: preparing.State) -> None:
    if ready.missing[name]:
        pytest.skip(ready.missing[name])
    with Worker(f"peer:{name}", ready.python) as worker:
        filled, cost = worker.fill(PICTURE, MASK, ONCE)
    assert filled is not None, cost
    inside, truth = filled[MASK > 0].astype(float), PICTURE[MASK > 0]
    assert np.abs(inside - truth).mean() < 60
    assert len(np.unique(inside)) > 3


def test_a_filler_that_fails_says_why_and_goes_on(ours: Worker) -> None:
    everything = np.full_like(MASK, 255)
    filled, cost = ours.fill(PICTURE, everything, ONCE)
    assert filled is None
    assert cost["error"].startswith("The mask covers the whole picture")
    assert ours.fill(PICTURE, MASK, ONCE)[0] is not None


def test_a_late_filler_is_ended_and_the_next_fill_starts_another() -> None:
    large, mask = np.tile(PICTURE, (8, 6, 1)), np.tile(MASK, (8, 6))
    with Worker("peer:biharmonic", HERE) as worker:
        worker.start()
        first = process_of(worker)
        filled, cost = worker.fill(large, mask, Effort(runs=1, limit=0.05))
        assert filled is None
        assert cost == {"error": "took over 0.05 s and was ended"}
        assert not psutil.pid_exists(first)
        assert worker.fill(PICTURE, MASK, ONCE)[0] is not None
        assert process_of(worker) != first


def test_a_filler_that_died_says_so_and_the_next_fill_starts_another(peer: Worker) -> None:
    peer.start()
    os.kill(process_of(peer), signal.SIGKILL)
    filled, cost = peer.fill(PICTURE, MASK, ONCE)
    assert filled is None
    assert cost["error"].startswith("its process ended with SIGKILL")
    assert peer.fill(PICTURE, MASK, ONCE)[0] is not None


def process_of(worker: Worker) -> int:
    assert worker._process is not None
    return worker._process._popen.pid


OWNER = """
import sys
from pathlib import Path
import numpy as np
from engine.evaluation.workers import Effort, Worker
side = int(sys.argv[2])
worker = Worker("peer:biharmonic", Path(sys.executable))
worker.start()
print(worker._process._popen.pid, worker._process._folder, flush=True)
if sys.argv[1] == "ends":
    sys.exit()
picture, mask = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8), np.zeros((side, side), np.uint8)
mask[2:-2, 2:-2] = 255
print("filling", flush=True)
worker.fill(picture, mask, Effort(runs=1))
"""
"""A program that starts a worker, says its process, and ends or fills."""


@pytest.mark.parametrize("how", ["ends", "fills"])
def test_no_worker_outlives_its_owner(how: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, how, "300"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:  # fmt: skip
        assert owner.stdout is not None
        number, folder = owner.stdout.readline().split()
        worker = psutil.Process(int(number))
        if how == "fills":
            assert owner.stdout.readline() == "filling\n"
            owner.kill()
        owner.wait(30)
        assert ended(worker)
    assert not Path(folder).exists()


def ended(process: psutil.Process) -> bool:
    """Whether it ends within a while; where nobody collects the dead, a dead one is still listed."""
    try:
        process.wait(20)
    except psutil.TimeoutExpired:
        return process.status() == psutil.STATUS_ZOMBIE
    return True


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("nothing", r"There is no method nothing; there are .*patchmatch.*, and peers are called peer:NAME\."),
        ("patchmatch:colour=red", r"There is no setting colour here; .*\."),
        ("patchmatch:smooth=very", r"smooth takes a number, not 'very'\."),
        ("patchmatch:seed=x", r"seed takes a whole number from 0, not 'x'\."),
    ],
)
def test_a_method_that_does_not_exist_is_said_in_one_sentence(method: str, said: str) -> None:
    with pytest.raises(BadInput, match=f"^{said}$"):
        read(method)


def test_the_far_side_says_the_same() -> None:
    with pytest.raises(BadInput, match=r"^There is no method nothing; .*\.$"), Worker("nothing") as worker:
        worker.fill(PICTURE, MASK, ONCE)
    with pytest.raises(BadInput, match=r"^There is no peer photoshop; there are pypatchmatch, .*\.$"):
        Worker("peer:photoshop")


def test_a_peer_that_is_absent_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_PEERS", str(HERE))
    with pytest.raises(BadInput, match=r"^The peer pypatchmatch is not ready \(No module named 'patchmatch'\); .*\.$"):
        check_peer("pypatchmatch")
    with pytest.raises(BadInput, match=r"^peer:pypatchmatch cannot be used here \(.*No module named 'patchmatch'\); .*\.$"):
        Worker("peer:pypatchmatch").start()
    check_peer("telea")


def test_an_interpreter_that_is_none_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INLAY_PEERS", raising=False)
    monkeypatch.setattr(preparing, "folder", lambda: tmp_path / "peers")
    with pytest.raises(BadInput, match=r"^The peers are not prepared; run `inlay peers --prepare`, or .*\.$"):
        Worker("peer:telea")
    monkeypatch.setenv("INLAY_PEERS", str(tmp_path / "gone"))
    with pytest.raises(BadInput, match=r"^INLAY_PEERS names .*gone, and there is no such file; .*\.$"):
        Worker("peer:telea")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    bare = preparing.python_in(tmp_path / "bare")
    with pytest.raises(BadInput, match=r"^.* cannot serve the peers \(ModuleNotFoundError: No module named 'numpy'\); .*\.$"):
        preparing.state(bare)
    with pytest.raises(EngineFailure, match=r"^peer:telea does not start: its process ended with code 1 \(ModuleNotFoundError: .*\)\.$"):
        Worker("peer:telea", bare).start()


def test_an_interpreter_or_a_disk_that_refuses_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "python").write_text("may not be run")
    with pytest.raises(EngineFailure, match=r"^.*python cannot be started \(Permission denied\); check that it may be run\.$"):
        Worker("peer:telea", tmp_path / "python").start()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(EngineFailure, match=r"^Pictures cannot be handed over in .*gone \(No such file or directory\); .*\.$"):
        Worker("peer:telea", HERE).start()


def test_the_command_lists_peers_and_what_to_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_PEERS", str(HERE))
    monkeypatch.setenv("PATH", str(desk.folder))
    preparing.state.cache_clear()
    listed = desk.run("peers")
    lines = {line.split()[0]: line for line in listed.out.splitlines() if line.startswith("peer:")}
    assert list(lines) == [f"peer:{name}" for name in PEERS]
    assert " ready " in lines["peer:telea"]
    assert "not ready" in lines["peer:pypatchmatch"]
    assert "\ngmic-patch, gmic-matchpatch: install the program gmic" in listed.out
    assert "\npypatchmatch, pypatchmatch-31: install the package pypatchmatch" in listed.out
    told = json.loads(desk.run("peers", "--json").out)
    assert told["peers"]["telea"]["ready"]
    assert not told["peers"]["fsr"]["ready"]
    assert told["versions"]["numpy"] == np.__version__


def test_preparing_that_fails_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.folder / "peers").write_text("in the way")
    monkeypatch.setattr(preparing, "folder", lambda: desk.folder / "peers" / "peers")
    failed = desk.run("peers", "--prepare")
    assert failed.code == 1
    assert sentence(failed.err).startswith("The folder ")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(
        EngineFailure, match=r"^The peers could not be installed \(No matching distribution found for inlay-none==1\); .*\.$"
    ):
        preparing._pip(Path(sys.prefix), "inlay-none==1")


def test_what_was_prepared_in_part_is_not_prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INLAY_PEERS", raising=False)
    monkeypatch.setattr(preparing, "folder", lambda: tmp_path)
    python = preparing.python_in(tmp_path)
    python.parent.mkdir()
    python.write_text("")
    with pytest.raises(BadInput, match="not prepared"):
        preparing.interpreter()
    preparing._marker(tmp_path).write_text(preparing._wanted())
    assert preparing.interpreter() == python
    monkeypatch.setattr(preparing, "PACKAGES", ("numpy==0",))
    with pytest.raises(BadInput, match="not prepared"):
        preparing.interpreter()


@pytest.mark.parametrize("kind", [memory.HighWater, memory.Looks])
def test_memory_sees_what_a_run_takes(kind: type[memory.Memory]) -> None:
    if kind is memory.HighWater and not isinstance(memory.best(), memory.HighWater):
        pytest.skip("this kernel has no high-water mark")
    measure = kind()
    measure.start()
    taken = np.ones(48 * 2**20, np.uint8)
    taken[::4096] = 2
    for _ in range(20):
        taken += np.uint8(1)
    cost = measure.stop()
    assert 40 < cost["rise"] < 120
    assert cost["rise"] == pytest.approx(cost["peak"] - cost["before"])


def test_where_memory_cannot_be_measured_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(memory, "CLEAR", tmp_path / "no" / "proc")
    assert memory.best().how == "looked at every 5 ms"
    monkeypatch.setitem(sys.modules, "psutil", None)
    nothing = memory.best()
    nothing.start()
    assert (nothing.how, nothing.stop()) == ("not measured", {})
