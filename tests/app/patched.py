"""A real fill with what it would know of its patches, had it been made cell by cell from those that its own field names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from engine.evidence import NearestNeighborField
from engine.retrieved import RetrievedPatches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.choice import Candidate
    from app.document import Document

SIDE, RANKS = 16, 4
STAGES = ("coarse", "retrieved", "synthesised")


def know_patches(document: Document) -> RetrievedPatches:
    """Let the fill that stands know its patches."""
    choice = document.shown
    assert choice is not None
    assert choice.chosen is not None
    candidate = choice.candidates[choice.chosen]
    evidence = retrieved(candidate)
    choice.candidates[choice.chosen] = replace(candidate, evidence=(*candidate.evidence, evidence))
    document.choices_changed.emit()
    return evidence


def retrieved(candidate: Candidate) -> RetrievedPatches:
    """Cells of a grid, and for each the steps that most of its pixels came by."""
    field = candidate.evidence[0]
    assert isinstance(field, NearestNeighborField)
    pixels = field.pixels
    rows, columns = pixels.rows.astype(int), pixels.columns.astype(int)
    steps = np.stack([field.rows[0] - rows, field.columns[0] - columns], axis=1)
    hole = np.zeros(pixels.window.size, bool)
    hole[rows, columns] = True
    keys = np.stack([rows // SIDE, columns // SIDE], axis=1)
    cells, of = np.unique(keys, axis=0, return_inverse=True)
    memory: list[tuple[int, int, int, int]] = []
    chosen, scores = np.full((len(cells), RANKS), -1, np.int32), np.zeros((len(cells), RANKS), np.float32)
    ranks = np.zeros(len(pixels), np.int8)
    for cell, (row, column) in enumerate(cells * SIDE):
        inside = np.flatnonzero(of.ravel() == cell)
        found, which, count = np.unique(steps[inside], axis=0, return_inverse=True, return_counts=True)
        order = np.argsort(-count, kind="stable")
        rank = 0
        for one in order:
            top, left = row + found[one, 0], column + found[one, 1]
            part = hole[max(top, 0) : top + SIDE, max(left, 0) : left + SIDE]
            if rank == RANKS or part.shape != (SIDE, SIDE) or part.any():
                continue
            chosen[cell, rank], scores[cell, rank] = len(memory), count[one] / len(inside)
            ranks[inside[which.ravel() == one]] = rank
            memory.append((int(top), int(left), SIDE, SIDE))
            rank += 1
    attention = np.zeros((len(cells), len(memory)), np.float16)
    for cell in range(len(cells)):
        own = chosen[cell][chosen[cell] >= 0]
        attention[cell, own] = scores[cell, : len(own)]
        near = np.hypot(*(np.array(memory)[:, :2] - np.array(memory)[own[:1], :2]).T) if len(own) else np.zeros(len(memory))
        attention[cell] += (0.05 * np.exp(-near / 40)).astype(np.float16)
        attention[cell] /= max(float(attention[cell].sum()), 1.0)
    boxes = np.concatenate([cells * SIDE, np.full((len(cells), 2), SIDE)], axis=1).astype(np.int32)
    return RetrievedPatches(
        pixels, boxes, np.array(memory, np.int32), chosen, scores, attention, ranks, STAGES, _stages(candidate, rows, columns)
    )


def _stages(candidate: Candidate, rows: NDArray[Any], columns: NDArray[Any]) -> NDArray[np.uint8]:
    """The result in place of the last stage, blurred in place of the first, and with fewer levels between."""
    window, box = candidate.evidence[0].pixels.window, candidate.patch.box
    result = candidate.patch.pixels.reshape(*box.size, -1)
    result = result[..., : 1 if result.shape[2] < 3 else 3]  # alpha is no part of a stage
    result = (result // (257 if result.dtype == np.uint16 else 1)).astype(np.uint8)
    at = rows + window.box.top - box.top, columns + window.box.left - box.left
    blurred = np.asarray(cv2.GaussianBlur(result, (0, 0), 12), np.uint8).reshape(result.shape)
    return np.stack([blurred[at], result[at] // np.uint8(24) * np.uint8(24), result[at]])
