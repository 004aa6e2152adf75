"""Weights of networks: one manifest says what there is, and nothing is loaded that is not the file it names."""

from engine.weights.fetching import fetch
from engine.weights.folder import MissingWeights, models_folder, there, verify, where
from engine.weights.loading import fit, load, tensors, tensors_in
from engine.weights.manifest import Archive, WeightFile, manifest, named

__all__ = [
    "Archive",
    "MissingWeights",
    "WeightFile",
    "fetch",
    "fit",
    "load",
    "manifest",
    "models_folder",
    "named",
    "tensors",
    "tensors_in",
    "there",
    "verify",
    "where",
]
