"""The manifest, the models folder, and whether a file is the one that is meant."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine.errors import BadInput
from engine.job import finished
from engine.weights import MissingWeights, fetch, folder, manifest, models_folder, named, tensors, there, where
from engine.weights.folder import sha256_of, verify
from engine.weights.manifest import WeightFile, read, shipped_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder."""
    monkeypatch.setenv("INLAY_MODELS", str(tmp_path / "models"))
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def test_every_entry_of_the_manifest_is_complete() -> None:
    for name, file in manifest().items():
        assert file.name == name
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256), name
        assert file.bytes > 0, name
        assert file.licence, name
        assert file.what, name
        assert (file.shipped, bool(file.url), bool(file.archive)).count(True) == 1, name
        assert bool(file.archive) == bool(file.member) == bool(file.part), name
        assert file.url.startswith("https://") or not file.url, name
        assert file.group not in manifest(), name
    assert len({file.file for file in manifest().values()}) == len(manifest())


def test_what_is_shipped_is_what_the_manifest_says() -> None:
    shipped = [file for file in manifest().values() if file.shipped]
    for file in shipped:
        assert where(file.name).parent == shipped_folder()
        assert finished(fetch(file.name)) == where(file.name)
    assert {path.name for path in shipped_folder().glob("*.safetensors")} == {file.file for file in shipped}


def test_every_network_stands_in_the_list() -> None:
    text = (shipped_folder() / "README.md").read_text(encoding="utf-8")
    for name, file in manifest().items():
        assert f"`{name}`" in text, name
        assert file.file in text, name


def test_a_manifest_is_read_with_all_that_may_stand_in_it(tmp_path: Path) -> None:
    (tmp_path / "manifest.toml").write_text(
        """
        [archive.tiny-net]
        version = "1.0"
        file = "tiny_net-1.0.tar.gz"
        bytes = 5
        sha256 = "11"
        [file.net]
        file = "net.safetensors"
        bytes = 7
        sha256 = "22"
        licence = "MIT"
        what = "a net"
        group = "both"
        archive = "tiny-net"
        member = "a/b"
        part = "heads"
        without = ["classifier."]
        """
    )
    file = read(tmp_path / "manifest.toml")["net"]
    assert file.archive
    assert (file.archive.package, file.archive.bytes, file.asked, file.without) == ("tiny-net", 5, "both", ("classifier.",))


def test_the_group_is_all_that_lpips_needs() -> None:
    assert [file.name for file in named("lpips")] == ["vgg16", "alexnet", "lpips-vgg16", "lpips-alexnet"]
    assert {file.asked for file in named("lpips")} == {"lpips"}


@pytest.mark.parametrize("ask", [where, named, there, tensors, lambda name: finished(fetch(name))])
def test_a_name_that_is_none_is_refused_with_those_that_are(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(BadInput, match=r"^There are no weights 'vgg61'; there are lpips, .*vgg16"):
        ask("vgg61")


def test_a_group_is_no_file() -> None:
    with pytest.raises(BadInput, match="lpips is a group of weights: ask for one of vgg16, alexnet"):
        where("lpips")


def test_the_models_folder_is_the_users_own_unless_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INLAY_MODELS", str(tmp_path))
    assert models_folder() == tmp_path
    monkeypatch.setenv("INLAY_MODELS", "~/nets")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert models_folder() == tmp_path / "nets"
    monkeypatch.setenv("INLAY_MODELS", "")
    assert models_folder().is_absolute()
    assert models_folder().parts[-2:] == ("inlay", "models")


def test_what_is_not_there_is_said_with_how_to_get_it(models: Path) -> None:
    assert not there("lpips")
    with pytest.raises(MissingWeights) as raised:
        where("alexnet")
    assert str(raised.value) == (
        f"alexnet is not there (AlexNet of torchvision: LPIPS): there is no alexnet.safetensors in {models}; "
        "get it with `inlay weights --fetch lpips`."
    )
    assert raised.value.file.name == "alexnet"
    assert raised.value.path == models / "alexnet.safetensors"


def test_another_file_of_that_name_is_not_taken(models: Path) -> None:
    file = manifest()["lpips-vgg16"]
    path = models / file.file
    said = rf"^{re.escape(str(path))} is not the file that it should be \(its size or SHA-256 is another\); get it with `inlay weights --fetch lpips`\.$"
    for content in (b"", b"weights", bytes(file.bytes)):
        path.write_bytes(content)
        with pytest.raises(BadInput, match=said):
            where("lpips-vgg16")
    assert there("lpips-vgg16")  # as far as its size tells


def test_a_file_is_held_against_its_hash_once_and_again_when_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_for_hash: list[Path] = []
    monkeypatch.setattr(folder, "sha256_of", lambda path: (read_for_hash.append(path), sha256_of(path))[1])
    path = tmp_path / "net.pth"
    path.write_bytes(b"weights")
    file = WeightFile("net", "net.pth", 7, hashlib.sha256(b"weights").hexdigest(), "MIT", "a net", url="http://127.0.0.1/")
    assert verify(file, path) == path
    stamp = path.stat().st_mtime_ns
    path.write_bytes(b"another")
    os.utime(path, ns=(stamp, stamp))
    assert verify(file, path) == path  # size and time as they were
    assert read_for_hash == [path]
    os.utime(path, ns=(stamp, stamp + 1_000_000_000))
    with pytest.raises(BadInput, match="not the file that it should be"):
        verify(file, path)


def test_listing_and_finding_need_no_torch() -> None:
    code = "import sys, json; import engine.weights as w; w.there('lpips'); print(json.dumps('torch' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) is False
    assert importlib.util.find_spec("torch")
