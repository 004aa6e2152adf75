"""Which device a method gets: only one that has shown that it works."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from engine import device
from engine.device import chosen, works
from engine.errors import BadInput
from engine.job import Card

HERE = Card("here", "Here", "Runs on the processor.", "none")
ANYWHERE = Card("anywhere", "Anywhere", "Runs where it is put.", "none", devices=("cuda", "mps", "cpu"))


def test_the_processor_always_works() -> None:
    assert works("cpu")
    assert chosen("cpu", HERE) == torch.device("cpu")


def test_a_driver_that_answers_but_fails_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no kernel image is available")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch, "arange", broken)
    assert not works("cuda")
    assert chosen("auto", ANYWHERE) == torch.device("cpu")
    with pytest.raises(BadInput, match="CUDA is not available here"):
        chosen("cuda", ANYWHERE)


def test_a_device_that_counts_wrongly_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch, "arange", lambda *_, **__: torch.ones(4))
    assert not works("mps")


@pytest.mark.parametrize(("running", "wanted"), [(("cuda", "mps", "cpu"), "cuda"), (("mps", "cpu"), "mps"), (("cpu",), "cpu")])
def test_auto_takes_the_first_of_the_methods_own_that_works(monkeypatch: pytest.MonkeyPatch, running: tuple[str, ...], wanted: str) -> None:
    monkeypatch.setattr(device, "works", lambda name: name in running)
    assert chosen("auto", ANYWHERE) == torch.device(wanted)
    assert chosen("auto", HERE) == torch.device("cpu")
    assert chosen("auto", replace(ANYWHERE, devices=("cpu", "cuda"))) == torch.device("cpu")


def test_a_device_a_method_cannot_use_is_refused_with_those_it_can() -> None:
    with pytest.raises(BadInput, match="Here does not run on CUDA; ask for cpu, or auto"):
        chosen("cuda", HERE)
