"""Downloads from a server that sends parts, breaks off, changes its mind, lies or is not there."""

from __future__ import annotations

import contextlib
import hashlib
import signal
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.errors import EngineFailure
from engine.job import finished
from engine.weights.downloading import _Part, download
from engine.weights.fetching import fetched
from engine.weights.manifest import WeightFile
from tests.engine.weights_server import Server, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTENT = np.random.default_rng(1).bytes(1_000_000)
OTHER = np.random.default_rng(2).bytes(1_000_000)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    with served(weights=CONTENT) as shelf:
        yield shelf


@pytest.fixture
def file(server: Server) -> WeightFile:
    return WeightFile("net", "net.pth", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), "MIT", "a net", url=server.url("/weights"))


def failure(file: WeightFile, to: Path) -> str:
    with pytest.raises(EngineFailure) as raised:
        finished(download(file, to))
    return str(raised.value)


def test_a_download_arrives_whole_and_leaves_nothing_else(file: WeightFile, server: Server, tmp_path: Path) -> None:
    steps = list(download(file, tmp_path / "net.pth"))
    assert (tmp_path / "net.pth").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["net.pth"]
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert len(set(fractions)) > 2
    assert fractions[-1] == 1.0
    assert steps[-1].stage == "net: 1.0 of 1.0 MB"
    assert len(server.asked) == 1


@pytest.mark.parametrize("tagged", [True, False])
def test_what_breaks_off_is_gone_on_from(file: WeightFile, server: Server, tmp_path: Path, tagged: bool) -> None:
    server.cuts, server.tagged = [300_000, 100_000], tagged
    finished(download(file, tmp_path / "net.pth"))
    assert (tmp_path / "net.pth").read_bytes() == CONTENT
    assert [asked.get("Range") for asked in server.asked] == [None, "bytes=300000-", "bytes=400000-"]
    assert ("If-Range" in server.asked[1]) == tagged


def test_the_next_program_goes_on_too(file: WeightFile, server: Server, tmp_path: Path) -> None:
    server.cuts = [300_000, 0]
    assert failure(file, tmp_path / "net.pth") == (
        "The download of net broke off after 0.3 of 1.0 MB; do it again, and it goes on from there."
    )
    assert not (tmp_path / "net.pth").exists()
    finished(download(file, tmp_path / "net.pth"))
    assert (tmp_path / "net.pth").read_bytes() == CONTENT
    assert server.asked[-1]["Range"] == "bytes=300000-"


def test_closing_the_download_keeps_what_has_come(file: WeightFile, server: Server, tmp_path: Path) -> None:
    steps = download(file, tmp_path / "net.pth")
    next(steps)
    steps.close()
    finished(download(file, tmp_path / "net.pth"))
    assert (tmp_path / "net.pth").read_bytes() == CONTENT
    assert int(server.asked[-1]["Range"].removeprefix("bytes=").removesuffix("-")) > 0


def test_a_server_without_parts_is_asked_from_the_beginning(file: WeightFile, server: Server, tmp_path: Path) -> None:
    server.cuts, server.ranges = [300_000], False
    finished(download(file, tmp_path / "net.pth"))
    assert (tmp_path / "net.pth").read_bytes() == CONTENT


def test_a_server_that_always_breaks_off_is_given_up(file: WeightFile, server: Server, tmp_path: Path) -> None:
    server.cuts, server.ranges = [300_000] * 9, False
    assert "broke off after 0.3 of 1.0 MB" in failure(file, tmp_path / "net.pth")
    assert len(server.asked) == 2


def test_parts_of_two_versions_are_not_joined(file: WeightFile, server: Server, tmp_path: Path) -> None:
    server.files["/weights"], server.cuts = OTHER, [300_000, 0]
    failure(file, tmp_path / "net.pth")
    server.files["/weights"] = CONTENT
    finished(download(file, tmp_path / "net.pth"))
    assert (tmp_path / "net.pth").read_bytes() == CONTENT


def test_where_versions_have_no_name_the_hash_tells(file: WeightFile, server: Server, tmp_path: Path) -> None:
    server.files["/weights"], server.cuts, server.tagged = OTHER, [300_000, 0], False
    failure(file, tmp_path / "net.pth")
    server.files["/weights"] = CONTENT
    assert "is not net" in failure(file, tmp_path / "net.pth")
    assert not list(tmp_path.iterdir())
    finished(download(file, tmp_path / "net.pth"))
    assert (tmp_path / "net.pth").read_bytes() == CONTENT


@pytest.mark.parametrize("content", [OTHER, CONTENT + b"more", CONTENT[:-1], b"", b"<html>Sign in to this network</html>"])
def test_another_file_is_not_kept(file: WeightFile, server: Server, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "net.pth").write_bytes(b"what was there")
    server.files["/weights"] = content
    assert failure(file, tmp_path / "net.pth") == (
        f"What {file.url} sends is not net (its size or SHA-256 is another), so nothing was kept; "
        "try again later, or get net.pth elsewhere and give it with `inlay weights --fetch net --from FILE`."
    )
    assert (tmp_path / "net.pth").read_bytes() == b"what was there"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("content", "said"), [(OTHER, "is not net"), (CONTENT + b"more", "is not net"), (CONTENT[:-1], "broke off")])
def test_a_server_that_does_not_tell_sizes_is_held_to_them(
    file: WeightFile, server: Server, tmp_path: Path, content: bytes, said: str
) -> None:
    server.files["/weights"], server.sized = content, False
    assert said in failure(file, tmp_path / "net.pth")
    assert not (tmp_path / "net.pth").exists()


@pytest.mark.parametrize("said", [None, "bytes 0-", "nonsense"])
def test_a_part_from_elsewhere_is_not_taken(file: WeightFile, server: Server, tmp_path: Path, said: str | None) -> None:
    server.cuts = [300_000, 0]
    failure(file, tmp_path / "net.pth")
    server.shift, server.headers = 5, {"Content-Range": said} if said else {}
    finished(download(file, tmp_path / "net.pth"))
    assert (tmp_path / "net.pth").read_bytes() == CONTENT


def test_what_is_too_long_already_is_begun_anew(file: WeightFile, tmp_path: Path) -> None:
    (tmp_path / ".net.pth.part").write_bytes(CONTENT + b"more")
    finished(download(file, tmp_path / "net.pth"))
    assert (tmp_path / "net.pth").read_bytes() == CONTENT


def test_what_is_whole_already_is_not_asked_for(file: WeightFile, server: Server, tmp_path: Path) -> None:
    (tmp_path / ".net.pth.part").write_bytes(CONTENT)
    finished(download(file, tmp_path / "net.pth"))
    assert (tmp_path / "net.pth").read_bytes() == CONTENT
    assert not server.asked


def test_closing_it_before_anything_was_asked_keeps_what_had_come(file: WeightFile, tmp_path: Path) -> None:
    (tmp_path / ".net.pth.part").write_bytes(CONTENT[:300_000])
    with contextlib.closing(_Part(file, tmp_path / "net.pth")):
        pass
    assert (tmp_path / ".net.pth.part").read_bytes() == CONTENT[:300_000]


def test_a_server_without_the_file(file: WeightFile, server: Server, tmp_path: Path) -> None:
    server.files.clear()
    assert failure(file, tmp_path / "net.pth") == (
        f"{file.url} answers 404 Not Found; try again later, or get net.pth elsewhere and give it with `inlay weights --fetch net --from FILE`."
    )


def test_no_server_at_all(file: WeightFile, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/weights"
        said = failure(replace(file, url=url), tmp_path / "net.pth")
    assert said.startswith(f"{url} cannot be reached (")
    assert said.endswith("; go online, or get net.pth elsewhere and give it with `inlay weights --fetch net --from FILE`.")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_said(file: WeightFile, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits of POSIX")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
    try:
        said = failure(file, tmp_path / "net.pth")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert said.startswith(f"net.pth could not be written to {tmp_path} (")
    assert said.endswith("); make room, or let the variable INLAY_MODELS name a folder on another disk.")
    assert not (tmp_path / "net.pth").exists()


def test_too_small_a_disk_is_said_before_anything_is_asked(file: WeightFile, server: Server, tmp_path: Path) -> None:
    with pytest.raises(EngineFailure, match=r"MB left, and 1152921504607 MB are needed; make room"):
        finished(fetched([replace(file, bytes=1 << 60)], tmp_path / "models"))
    assert not server.asked


def test_a_folder_that_cannot_be_made_is_said(file: WeightFile, tmp_path: Path) -> None:
    (tmp_path / "models").write_bytes(b"")
    with pytest.raises(EngineFailure, match="The models folder could not be written to"):
        finished(fetched([file], tmp_path / "models"))


def test_what_is_right_already_is_not_fetched_and_what_is_wrong_is(file: WeightFile, server: Server, tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(OTHER)
    finished(fetched([file], tmp_path))
    assert (tmp_path / "net.pth").read_bytes() == CONTENT
    assert len(server.asked) == 1
    finished(fetched([file], tmp_path))
    assert len(server.asked) == 1


def test_several_files_share_the_progress(file: WeightFile, tmp_path: Path) -> None:
    files = [file, replace(file, name="second", file="second.pth")]
    fractions = [step.fraction for step in fetched(files, tmp_path / "models")]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert {path.name for path in (tmp_path / "models").iterdir()} == {"net.pth", "second.pth"}
