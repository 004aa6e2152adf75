"""A nested state taken apart: a tree that JSON can hold, and tensors in safetensors of bounded size; and put together again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torch import Tensor

LIMIT = 16 * 2**20
"""Bytes that no shard exceeds, its header included."""

_ENTRY = 192
"""Bytes of a header's entry beside its name, at most: type, shape of one piece, two offsets."""

_HEADER = 64
"""Bytes of a header beside its entries: its length, braces, padding."""


class Packed:
    """Tensors of a state in the order in which they were met, to be written in shards."""

    def __init__(self) -> None:
        self._tensors: list[tuple[str, Tensor]] = []
        self._names: set[str] = set()

    def add(self, node: Any, path: str = "") -> Any:
        """A node of a state as JSON can hold it: tensors become references to pieces, and keys and tuples survive.

        Raises TypeError for what is neither a tensor nor plain.
        """
        if isinstance(node, torch.Tensor):
            return {"tensor": self._take(node.detach(), path), **_kind(node)}
        if isinstance(node, dict):
            pairs = cast("dict[Any, Any]", node).items()
            return {"dict": [[self._key(key), self.add(one, f"{path}/{key}")] for key, one in pairs]}
        if isinstance(node, (list, tuple)):
            within = [self.add(one, f"{path}/{number}") for number, one in enumerate(cast("list[Any]", node))]
            return {"list" if isinstance(node, list) else "tuple": within}
        if node is None or isinstance(node, (bool, int, float, str)):
            return node
        raise TypeError(f"a {type(node).__name__} at {path} of a state")

    def shards(self) -> Iterator[bytes]:
        """The tensors as safetensors files, one after the other."""
        shard: dict[str, Tensor] = {}
        room = LIMIT - _HEADER
        for name, piece in self._pieces():
            size = _size(name, piece)
            if shard and size > room:
                yield save_tensors(shard)
                shard, room = {}, LIMIT - _HEADER
            shard[name] = piece.cpu().clone()  # safetensors takes no two pieces of one memory
            room -= size
        if shard:
            yield save_tensors(shard)

    def _take(self, tensor: Tensor, path: str) -> list[str]:
        """Remember a tensor, flat and cut as needed; the names of its pieces."""
        while path in self._names:
            path += "'"  # the keys 1 and "1" of one dictionary
        self._names.add(path)
        flat = tensor.contiguous().flatten()
        if _size(path, flat) <= LIMIT - _HEADER:
            self._tensors.append((path, flat))
            return [path]
        most = (LIMIT - _HEADER - _size(f"{path}#9999", flat[:0])) // flat.element_size()
        starts = range(0, len(flat), most)
        names = [f"{path}#{number}" for number in range(len(starts))]
        self._tensors.extend((name, flat[start : start + most]) for name, start in zip(names, starts, strict=True))
        return names

    def _pieces(self) -> Iterator[tuple[str, Tensor]]:
        for name, tensor in self._tensors:
            yield name, tensor.view(torch.uint8) if tensor.is_complex() else tensor

    @staticmethod
    def _key(key: Any) -> str | int:
        if type(key) not in {str, int}:
            raise TypeError(f"a key of a state that is neither text nor whole number: {key!r}")
        return key


def unpacked(tree: Any, shards: Iterable[bytes]) -> Any:
    """The state of a tree and its shards."""
    pieces: dict[str, Tensor] = {}
    for shard in shards:
        pieces |= load_tensors(shard)
    return _grown(tree, pieces)


def _grown(node: Any, pieces: dict[str, Tensor]) -> Any:
    if not isinstance(node, dict):
        return node
    branch = cast("dict[str, Any]", node)
    if "tensor" in branch:
        return _joined([pieces[name] for name in branch["tensor"]], branch)
    if "dict" in branch:
        return {key: _grown(one, pieces) for key, one in branch["dict"]}
    if "list" in branch:
        return [_grown(one, pieces) for one in branch["list"]]
    return tuple(_grown(one, pieces) for one in branch["tuple"])


def _joined(pieces: list[Tensor], kind: dict[str, Any]) -> Tensor:
    flat = pieces[0] if len(pieces) == 1 else torch.cat(pieces)
    tensor = flat.view(getattr(torch, kind["type"])).reshape(kind["shape"])
    return tensor.contiguous(memory_format=torch.channels_last) if kind["channels last"] else tensor


def _kind(tensor: Tensor) -> dict[str, Any]:
    last = tensor.ndim == 4 and not tensor.is_contiguous() and tensor.is_contiguous(memory_format=torch.channels_last)
    return {"type": str(tensor.dtype).removeprefix("torch."), "shape": list(tensor.shape), "channels last": last}


def _size(name: str, flat: Tensor) -> int:
    """Bytes that a piece adds to a shard, at most: a name may be escaped in the header."""
    return flat.numel() * flat.element_size() + 6 * len(name) + _ENTRY
