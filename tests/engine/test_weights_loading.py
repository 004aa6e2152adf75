"""Tensors out of files of every kind, and into networks: what fits, what does not, and what is not even opened."""

from __future__ import annotations

import pickle
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from safetensors.torch import save
from torch import nn

from engine.errors import BadInput
from engine.weights import fit, load, loading, manifest, tensors, tensors_in
from engine.weights.folder import sha256_of

if TYPE_CHECKING:
    from pathlib import Path


def network() -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))


def equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def written(folder: Path, kind: str) -> Path:
    """The network's state as a file."""
    state = dict(network().state_dict())
    path = folder / f"net.{kind.removesuffix('-old')}"
    if kind == "safetensors":
        path.write_bytes(save(state))
    else:
        torch.save(state, path, _use_new_zipfile_serialization=kind == "pth")
    return path


@pytest.mark.parametrize("kind", ["safetensors", "pth", "pth-old"])
def test_a_state_comes_back_as_it_was(tmp_path: Path, kind: str) -> None:
    assert equal(tensors_in(written(tmp_path, kind)), dict(network().state_dict()))


@pytest.mark.parametrize("stored", [torch.float16, torch.bfloat16, torch.float64])
def test_any_precision_is_loaded_as_float32_and_counts_stay_whole(tmp_path: Path, stored: torch.dtype) -> None:
    state = {name: tensor.to(stored) if tensor.is_floating_point() else tensor for name, tensor in network().state_dict().items()}
    (tmp_path / "net.safetensors").write_bytes(save(state))
    found = tensors_in(tmp_path / "net.safetensors")
    assert {tensor.dtype for tensor in found.values()} == {torch.float32, torch.int64}
    assert equal(found, {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in state.items()})


class Dangerous:
    """What a file of weights must not do."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("run",)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_that_would_run_something_is_not_opened(tmp_path: Path, zipped: bool, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"a": Dangerous()}, tmp_path / "net.pth", _use_new_zipfile_serialization=zipped)
    with pytest.raises(
        BadInput, match=r"net\.pth is no file of weights alone, or is damaged, and is not opened; get it again, or another\."
    ):
        tensors_in(tmp_path / "net.pth")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("held", [torch.ones(2), [torch.ones(2)], {"a": 1}, {"state": {"a": torch.ones(2)}}, {1: torch.ones(2)}])
def test_only_tensors_by_their_names_are_weights(tmp_path: Path, held: object) -> None:
    torch.save(held, tmp_path / "net.pth")
    with pytest.raises(BadInput, match="holds something else than tensors by their names; give a file of weights alone"):
        tensors_in(tmp_path / "net.pth")


@pytest.mark.parametrize("name", ["net.pth", "net.pt", "net.safetensors"])
@pytest.mark.parametrize("content", [b"", b"weights", b"\x80\x02", b"PK\x03\x04" + bytes(100), pickle.dumps([1])])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=rf"{name}.*get it again") as raised:
        tensors_in(tmp_path / name)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["net.pth", "net.safetensors"])
def test_a_file_that_was_cut_off_is_one_sentence(tmp_path: Path, name: str) -> None:
    whole = written(tmp_path, name.removeprefix("net.")).read_bytes()
    for share in (0.1, 0.5, 0.99):
        (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(BadInput, match=rf"{name}.*get it again"):
            tensors_in(tmp_path / name)


@pytest.mark.parametrize("kind", ["safetensors", "pth", "pth-old"])
def test_a_file_with_wrong_bytes_in_it_is_one_sentence_if_it_is_not_read(tmp_path: Path, kind: str) -> None:
    whole, rng = written(tmp_path, kind).read_bytes(), np.random.default_rng(5)
    refused = 0
    for _ in range(100):
        wrong = bytearray(whole)
        for place in rng.integers(0, len(whole), 5):
            wrong[place] = int(rng.integers(256))
        (tmp_path / f"net.{kind.removesuffix('-old')}").write_bytes(wrong)
        try:
            tensors_in(tmp_path / f"net.{kind.removesuffix('-old')}")
        except BadInput:
            refused += 1
    assert refused > 10


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        tensors_in(tmp_path / "net.pth")


def test_a_program_is_opened_only_where_the_manifest_knows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.pt"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch: TorchScript has had its day
        torch.jit.save(torch.jit.script(network()), path)
        with pytest.raises(BadInput, match=r"net\.pt is a TorchScript program and not one that we know, so it is not opened"):
            tensors_in(path)
        known = replace(manifest()["vgg19"], sha256=sha256_of(path))
        monkeypatch.setattr(loading, "manifest", lambda: {"known": known})
        assert equal(tensors_in(path), dict(network().state_dict()))


def test_what_fits_is_copied_and_the_network_keeps_its_type() -> None:
    state = {name: tensor + 1 for name, tensor in network().state_dict().items()}
    filled = fit(network(), state, "net.pth")
    assert equal(dict(filled.state_dict()), state)
    assert fit(network().half(), state, "net.pth")[0].weight.dtype == torch.float16


def test_what_does_not_fit_is_named_in_one_sentence() -> None:
    state = dict(network().state_dict())
    del state["0.bias"]
    state |= {"2.weight": torch.ones(2), "0.weight": torch.ones(4, 3, 1, 1)}
    module = network()
    with pytest.raises(BadInput) as raised:
        fit(module, state, "net.pth")
    assert str(raised.value) == (
        "net.pth does not fit the network Sequential (missing: 0.bias; too many: 2.weight; "
        "of another shape: 0.weight (4, 3, 1, 1), not (4, 3, 3, 3)); give the file that was made for it."
    )
    assert equal(dict(module.state_dict()), dict(network().state_dict()))


def test_many_that_do_not_fit_are_counted() -> None:
    with pytest.raises(BadInput, match=r"\(missing: 0\.weight, 0\.bias, 1\.weight and 4 more\)"):
        fit(network(), {}, "net.pth")


def test_weights_by_name_leave_out_what_the_manifest_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = {f"features.{name}": tensor for name, tensor in network().state_dict().items()}
    torch.save({**state, "classifier.0.weight": torch.ones(3)}, tmp_path / "vgg19-dcbb9e9d.pth")
    path = tmp_path / "vgg19-dcbb9e9d.pth"
    tiny = replace(manifest()["vgg19"], bytes=path.stat().st_size, sha256=sha256_of(path))
    monkeypatch.setitem(manifest(), "vgg19", tiny)
    monkeypatch.setenv("INLAY_MODELS", str(tmp_path))
    assert equal(tensors("vgg19"), state)
    module = nn.Module()
    module.features = network()
    assert equal(dict(load(module, "vgg19").state_dict()), state)
    with pytest.raises(BadInput, match=r"^vgg19-dcbb9e9d\.pth does not fit the network Conv2d"):
        load(nn.Conv2d(1, 1, 1), "vgg19")
