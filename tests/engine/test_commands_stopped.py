"""Commands that do not come to their end: Ctrl+C, a full disk, a defect; and standard streams that are not what they should be."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.files import saving
from engine.methods import telea
from tests.engine.cases import rectangles, scene
from tests.engine.desk import Desk, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals, limits and terminals of POSIX")

INTERRUPTED = """
import os, signal, sys
sys.argv[1:2], name = [], sys.argv[1]
real = getattr(os, name)
def interrupted(*arguments, **options):
    done = real(*arguments, **options)
    os.kill(os.getpid(), signal.SIGINT)
    return done
setattr(os, name, interrupted)
from main import main
sys.exit(main())
"""
"""`main.py`, but a real Ctrl+C comes right after the first call of a function of `os`, named first."""

WHILE_LOADING = """
import os, signal, sys
sys.argv[1:2], name = [], sys.argv[1]
def hook(event, arguments):
    if event == "import" and arguments[0] == name:
        os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(hook)
from main import main
sys.exit(main())
"""
"""The same while a module is loaded."""


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def process(root: Path, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen([sys.executable, *arguments], cwd=root, **streams)


@contextmanager
def interrupted_after(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> Generator[None]:
    """A real SIGINT to this process right after a call of `owner.name`."""
    real: Callable[..., Any] = getattr(owner, name)

    def interrupted(*arguments: Any, **options: Any) -> Any:
        done = real(*arguments, **options)
        signal.raise_signal(signal.SIGINT)
        return done

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, interrupted)
        yield


@posix
def test_ctrl_c_while_the_picture_is_being_saved(desk: Desk, root: Path) -> None:
    desk.out.write_bytes(b"precious")
    before = desk.content()
    options = ("--overwrite", "--evidence", desk.folder / "evidence", "--json", desk.folder / "run.json")
    with process(root, "-c", INTERRUPTED, "fsync", *desk.arguments(*options)) as child:
        _, err = child.communicate()
    assert child.returncode == 130
    assert sentence(err.decode()) == "Stopped; nothing was written."
    assert desk.content() == before


@posix
def test_ctrl_c_in_the_middle_of_a_fill_on_a_terminal(desk: Desk, root: Path) -> None:
    """The bar is drawn, since it is one; then comes Ctrl+C."""
    photo = desk.draw("large.png", scene(500, 600))
    mask = desk.draw("large-mask.png", rectangles((500, 600), (80, 100, 400, 480)))
    before = desk.content()
    master, slave = terminal()
    slow = ("--method", "patchmatch", "--device", "cpu", "--set", "effort=best", "--set", "smooth=1")
    with process(root, "main.py", *desk.arguments(*slow, photo=photo, mask=mask), stderr=slave) as child:
        os.close(slave)
        drawn = b""
        while b"matching" not in drawn:
            drawn += os.read(master, 1000)
        child.send_signal(signal.SIGINT)
        out, _ = child.communicate()
    rest = read_to_the_end(master)
    assert child.returncode == 130
    assert out == b""
    assert b"%" in drawn
    assert rest.replace(b"\r", b"\n").rstrip().endswith(b"Stopped; nothing was written.")
    assert b"Traceback" not in rest
    assert desk.content() == before


def terminal() -> tuple[int, int]:
    """Our end of a terminal, and the one of 80 columns that a program writes to."""
    import termios  # noqa: PLC0415 - not on Windows

    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    return master, slave


def read_to_the_end(master: int) -> bytes:
    data = b""
    try:
        while more := os.read(master, 1000):
            data += more
    except OSError:
        pass  # that is how Linux tells the end of a terminal
    os.close(master)
    return data


@posix
@pytest.mark.parametrize("module", ["cv2", "torch"])
def test_ctrl_c_while_the_program_loads(desk: Desk, root: Path, module: str) -> None:
    before = desk.content()
    with process(root, "-c", WHILE_LOADING, module, *desk.arguments()) as child:
        _, err = child.communicate()
    assert child.returncode == 130
    assert sentence(err.decode()) == "Stopped; nothing was written."
    assert desk.content() == before


@pytest.mark.parametrize(
    ("owner", "name"), [(telea, "diffused"), (os, "replace"), (saving, "_coded"), (saving, "_write"), (saving, "_measured")]
)
def test_ctrl_c_before_the_picture_has_its_name(desk: Desk, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    """`os.replace` is first used on evidence."""
    before = desk.content()
    with interrupted_after(monkeypatch, owner, name):
        said = desk.fill("--evidence", desk.folder / "evidence", "--json", desk.folder / "run.json")
    assert (said.code, sentence(said.err)) == (130, "Stopped; nothing was written.")
    assert desk.content() == before


@pytest.mark.parametrize(("owner", "name"), [(saving, "_take_name"), (saving, "_flush_folder")])
@pytest.mark.parametrize("overwrite", [(), ("--overwrite",)])
def test_ctrl_c_afterwards_does_not_say_that_nothing_was_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, overwrite: tuple[str, ...]
) -> None:
    if overwrite:
        desk.out.write_bytes(b"old")
    with interrupted_after(monkeypatch, owner, name):
        said = desk.fill(*overwrite, "--evidence", desk.folder / "evidence", "--json", desk.folder / "run.json")
    assert (said.code, sentence(said.err)) == (130, "Stopped; out.png had been saved already.")
    assert desk.names() == {"photo.png", "mask.png", "out.png"}
    assert desk.pixels().shape == (64, 80, 3)


@contextmanager
def files_up_to(size: int) -> Generator[None]:
    """A disk that takes no file of more bytes."""
    import resource  # noqa: PLC0415 - not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def grain(size: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)


@posix
@pytest.mark.parametrize(("options", "word"), [((), "out.png could not be written"), (("--evidence", "found"), "evidence could not")])
def test_a_disk_that_fails_is_a_failure_and_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], word: str
) -> None:
    photo = desk.draw("grain.png", grain((64, 80)))
    before = desk.content()
    monkeypatch.chdir(desk.folder)
    with files_up_to(2000):
        said = desk.fill(*options, "--json", "run.json", photo=photo)
    assert said.code == 1
    assert word in sentence(said.err)
    assert "File too large" in said.err
    assert desk.content() == before


@posix
def test_a_run_record_that_fails_says_that_the_picture_was_saved(desk: Desk) -> None:
    photo, mask = desk.draw("tiny.png", grain((6, 6))), desk.draw("tiny-mask.png", rectangles((6, 6), (3, 3, 4, 4)))
    with files_up_to(600):
        said = desk.fill("--grow", 0, "--json", desk.folder / "run.json", photo=photo, mask=mask)
    assert said.code == 1
    assert sentence(said.err).startswith("The picture was saved, but its run record could not be written to")
    assert desk.names() == {"photo.png", "mask.png", "tiny.png", "tiny-mask.png", "out.png"}


@pytest.mark.parametrize(
    ("failure", "word"),
    [(MemoryError(), "not enough memory"), (ZeroDivisionError("two\nlines"), "Inlay failed where it should not have (ZeroDivisionError")],
)
def test_a_defect_is_a_sentence_too(desk: Desk, monkeypatch: pytest.MonkeyPatch, failure: Exception, word: str) -> None:
    def broken(*_: object) -> None:
        raise failure

    before = desk.content()
    monkeypatch.setattr(telea, "diffused", broken)
    said = desk.fill("--evidence", desk.folder / "evidence", "--json", desk.folder / "run.json")
    assert (said.code, said.out) == (1, "")
    assert word in said.err
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert desk.content() == before


def test_no_bar_where_there_is_no_terminal(desk: Desk) -> None:
    assert desk.fill().err == ""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_that_cannot_show_a_name(desk: Desk, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True) for _ in range(2))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert desk.fill(out=desk.folder / "山水.png").code == 0
    assert desk.fill(photo=desk.folder / "山.png", out=desk.folder / "水.png").code == 2
    assert rb"Saved \u5c71\u6c34.png." in out.buffer.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    assert rb"\u5c71.png" in err.buffer.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    assert desk.pixels(desk.folder / "山水.png").shape == (64, 80, 3)


def test_a_terminal_of_ascii_from_outside(desk: Desk, root: Path) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii:strict"}
    options = ("--json", desk.folder / "Größe.json")
    with process(root, "main.py", *desk.arguments(*options, out=desk.folder / "山水.png"), env=environment) as child:
        out, err = child.communicate()
    assert (child.returncode, err) == (0, b"")
    assert rb"Saved \u5c71\u6c34.png." in out
    assert {"Größe.json", "山水.png"} <= desk.names()


@posix
def test_nobody_listens(desk: Desk, root: Path) -> None:
    """`inlay ... | head` ends the pipe early; the picture is saved all the same, and nothing is complained of."""
    for arguments, unbuffered in ((["methods"], ""), (desk.arguments(), "1")):
        read, write = os.pipe()
        os.close(read)
        with process(root, "main.py", *arguments, stdout=write, env=os.environ | {"PYTHONUNBUFFERED": unbuffered}) as child:
            os.close(write)
            _, err = child.communicate()
        assert (child.returncode, err) == (0, b"")
    assert desk.pixels().shape == (64, 80, 3)


@posix
def test_nobody_listens_in_this_process(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        said = desk.run("methods")
    assert (said.code, said.err) == (0, "")
