"""Tensors out of files, without running anything that is in them, and into networks that they fit exactly."""

from __future__ import annotations

import pickle
import warnings
import zipfile
from typing import TYPE_CHECKING, Any, TypeVar, cast

from engine.errors import BadInput
from engine.weights.folder import place, sha256_of, where
from engine.weights.manifest import manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor, nn

Network = TypeVar("Network", bound="nn.Module")


def tensors(name: str) -> dict[str, Tensor]:
    """The tensors of a file of the manifest on the processor, those of fractions in float32, without those it says are not wanted.

    Raises MissingWeights, or BadInput where the file is another one.
    """
    without = manifest()[name].without if name in manifest() else ()
    return {key: tensor for key, tensor in tensors_in(where(name)).items() if not key.startswith(without or ("\0",))}


def load(module: Network, name: str) -> Network:
    """The network with the weights of that name, every tensor of both having found its other.

    Raises MissingWeights, or BadInput where the file is another one or does not fit.
    """
    return fit(module, tensors(name), place(manifest()[name]).name)


def fit(module: Network, given: Mapping[str, Tensor], what: str) -> Network:
    """Copy tensors into a network, strictly. Raises BadInput where one is missing, too many or of another shape.

    Args:
        module: the network; changed in place and returned. It keeps its own type of numbers and its device.
        given: tensors by the names of its state.
        what: what they are called in a sentence, say the file's name.
    """
    wanted = module.state_dict()
    wrong = {
        "missing": [name for name in wanted if name not in given],
        "too many": sorted(name for name in given if name not in wanted),
        "of another shape": [
            f"{name} {tuple(given[name].shape)}, not {tuple(tensor.shape)}"
            for name, tensor in wanted.items()
            if name in given and given[name].shape != tensor.shape
        ],
    }
    if any(wrong.values()):
        said = "; ".join(f"{kind}: {_some(names)}" for kind, names in wrong.items() if names)
        raise BadInput(f"{what} does not fit the network {type(module).__name__} ({said}); give the file that was made for it.")
    module.load_state_dict(dict(given))
    return module


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def tensors_in(path: Path) -> dict[str, Tensor]:
    """The tensors by name of a safetensors file or a state that torch saved, on the processor, those of fractions in float32.

    Nothing in the file is run. A TorchScript program is one, so it is opened only where the manifest has its SHA-256.

    Raises:
        BadInput: where the file cannot be read, or holds anything but tensors by their names.
    """
    import torch  # noqa: PLC0415 - takes a second, and whoever only lists weights need not wait for it

    if not path.is_file():
        raise BadInput(f"There is no file {path}; give the name of a file of weights.")
    read = _safetensors if path.suffix == ".safetensors" else _script if _is_script(path) else _state
    held: Any = read(path)
    found = cast("dict[Any, Any]", held if isinstance(held, dict) else {None: held})
    if not all(isinstance(key, str) and isinstance(one, torch.Tensor) for key, one in found.items()):
        raise BadInput(f"{path} holds something else than tensors by their names; give a file of weights alone.")
    return {str(key): tensor.float() if tensor.is_floating_point() else tensor for key, tensor in found.items()}


def _safetensors(path: Path) -> Any:
    from safetensors import SafetensorError  # noqa: PLC0415
    from safetensors.torch import load  # noqa: PLC0415

    try:
        return load(path.read_bytes())
    except (SafetensorError, OSError) as error:
        raise BadInput(f"{path} cannot be read as safetensors ({error}); get it again.") from None


def _state(path: Path) -> Any:
    import torch  # noqa: PLC0415

    try:
        with warnings.catch_warnings(action="ignore"):  # of layouts that torch does not write itself
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise BadInput(f"{path} is no file of weights alone, or is damaged, and is not opened; get it again, or another.") from None
    except Exception as error:  # noqa: BLE001 - a damaged file fails in any way
        raise BadInput(f"{path} cannot be read ({str(error).partition(chr(10))[0]}); get it again.") from None


def _is_script(path: Path) -> bool:
    """Whether it is a TorchScript program: an archive with code in it. What cannot be listed is left to torch, which runs none either."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:  # noqa: BLE001 - no archive, or a damaged one, which fails in any way
        return False
    return any(len(parts) > 1 and parts[1] in {"code", "constants.pkl"} for parts in (name.split("/") for name in names))


def _script(path: Path) -> Any:
    import torch  # noqa: PLC0415

    if sha256_of(path) not in {file.sha256 for file in manifest().values()}:
        raise BadInput(f"{path} is a TorchScript program and not one that we know, so it is not opened; give a file of weights alone.")
    program = cast("nn.Module", torch.jit.load(path, map_location="cpu"))  # pyright: ignore[reportUnknownMemberType]
    return dict(program.state_dict())
