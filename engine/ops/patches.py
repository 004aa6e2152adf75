"""Compiled loops over patches: the search for nearest neighbours, the vote, and which patch a pixel takes.

A picture is (h + 2 R + .., w + 2 R + .., 4) uint8 with a border of R = (side - 1) / 2 above and left, so that the patch centred on
(row, column) begins at [row, column] of the array, and one row of it is one vector load. The fourth byte takes part in every
distance. PatchMatch: Barnes et al., SIGGRAPH 2009. The vote: Wexler, Shechtman, Irani, PAMI 2007.

Every kernel releases the interpreter lock, works on a run of targets that its caller chose, and lasts milliseconds; kernels
that call each other stand in this one file, since the compilation cache watches only a kernel's own file. `patch` is a tuple as
long as the patch's side: the compiler makes one kernel a length.
"""

# pyright: basic
from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDES = (1, 3, 5, 7, 9)
"""Patch sides there are kernels for."""

_BYTE, _SHORT, _WORD, _LONG, _FLOAT = ir.IntType(8), ir.IntType(16), ir.IntType(32), ir.IntType(64), ir.FloatType()


def lanes(side: int) -> int:
    """Bytes one load of a patch row takes: its pixels of four bytes, rounded up to whole vectors."""
    return 32 if side <= 8 else 64


def _loaded(b, address, lanes_):
    value = b.load(b.inttoptr(address, ir.VectorType(_BYTE, lanes_).as_pointer()))
    value.align = 1
    return value


def _rows_difference(first: int, last: int | None):
    """The summed squared difference of rows `first` to `last` - 1 of two patches, given by the addresses of their corners."""

    @intrinsic
    def difference(_context, patch, _one, _other, _stride):
        side = patch.count
        n = lanes(side)

        def generate(_context, b, _signature, args):
            _, one, other, stride = args
            short, word = ir.VectorType(_SHORT, n), ir.VectorType(_WORD, n)
            used = ir.Constant(short, [-1] * (4 * side) + [0] * (n - 4 * side))
            halves = [ir.Constant(ir.VectorType(_WORD, n // 2), list(range(k, n, 2))) for k in (0, 1)]
            none = ir.Constant(word, ir.Undefined)
            total = ir.Constant(ir.VectorType(_WORD, n // 2), [0] * (n // 2))
            for row in range(min(first, side), side if last is None else min(last, side)):
                down = b.mul(stride, ir.Constant(_LONG, row))
                x, y = (b.zext(_loaded(b, b.add(p, down), n), short) for p in (one, other))
                d = b.sext(b.and_(b.sub(x, y), used), word)
                d = b.mul(d, d)
                total = b.add(total, b.add(*(b.shuffle_vector(d, none, half) for half in halves)))
            reduce = cgutils.get_or_insert_function(b.module, ir.FunctionType(_WORD, [total.type]), f"llvm.vector.reduce.add.v{n // 2}i32")
            return b.call(reduce, [total])

        return types.int32(patch, types.int64, types.int64, types.int64), generate

    return difference


_head, _tail, _whole = _rows_difference(0, 3), _rows_difference(3, None), _rows_difference(0, None)


@intrinsic
def _add_row(_context, patch, _sums, _weights, _source, _weight):
    """Add one source row times a weight to float sums, and the weight to the sums of weights."""
    side = patch.count
    n = lanes(side)

    def generate(context, b, _signature, args):
        _, sums, weights, source, weight = args
        zero = ir.Constant(_WORD, 0)
        x = b.uitofp(_loaded(b, source, n), ir.VectorType(_FLOAT, n))
        for address, count, used, value in ((sums, n, 4 * side, x), (weights, n // 4, side, None)):
            vector = ir.VectorType(_FLOAT, count)
            none = ir.Constant(vector, ir.Undefined)
            spread = b.shuffle_vector(b.insert_element(none, weight, zero), none, ir.Constant(ir.VectorType(_WORD, count), [0] * count))
            spread = b.fmul(spread, ir.Constant(vector, [1.0] * used + [0.0] * (count - used)))
            pointer = b.inttoptr(address, vector.as_pointer())
            old = b.load(pointer)
            old.align = 4
            b.store(b.fadd(old, spread if value is None else b.fmul(value, spread)), pointer).align = 4
        return context.get_dummy_value()

    return types.void(patch, types.int64, types.int64, types.int64, types.float32), generate


@nb.njit(inline="always")
def _next(state):
    """Xorshift: the next of a run of pseudo-random 64-bit numbers."""
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    return state


@nb.njit(inline="always")
def _begin(seed, run):
    """A first state that differs from run to run."""
    state = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(run + 1) * np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(31)
    state *= np.uint64(0x94D049BB133111EB)
    return (state ^ (state >> np.uint64(29))) | np.uint64(1)


@nb.njit(cache=True, boundscheck=False, nogil=True)
def scatter(
    usable: NDArray[np.bool_],
    wanting: NDArray[np.bool_],
    source_rows: NDArray[np.int32],
    source_columns: NDArray[np.int32],
    first: int,
    last: int,
    seed: int,
) -> None:
    """Give each target first..last - 1 that `wanting` marks a random usable source; at least one must exist."""
    height, width = usable.shape
    state = _begin(seed, first)
    for k in range(first, last):
        if not wanting[k]:
            continue
        y = x = 0
        for _ in range(64):
            state = _next(state)
            y = np.int64(((state >> np.uint64(33)) * np.uint64(height)) >> np.uint64(31))
            state = _next(state)
            x = np.int64(((state >> np.uint64(33)) * np.uint64(width)) >> np.uint64(31))
            if usable[y, x]:
                break
        while not usable[y, x]:  # few sources: the next one in reading order
            x += 1
            if x == width:
                x = 0
                y = (y + 1) % height
        source_rows[k] = y
        source_columns[k] = x


@nb.njit(cache=True, boundscheck=False, nogil=True)
def search(
    patch: tuple[int, ...],
    picture: NDArray[np.uint8],
    usable: NDArray[np.bool_],
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
    neighbour: NDArray[np.int32],
    source_rows: NDArray[np.int32],
    source_columns: NDArray[np.int32],
    cost: NDArray[np.int32],
    first: int,
    last: int,
    forward: bool,
    fresh: bool,
    reach: int,
    seed: int,
) -> None:
    """One scan of PatchMatch over targets first..last - 1: the shifts of two neighbours, then random ones nearer and nearer.

    `neighbour` holds for each target the index of the one above (forward) or below (backward), -1 where there is none; those
    beyond the run are not looked at, so that runs do not depend on each other. `fresh`: costs are computed anew first. `reach`:
    half side of the first random window in pixels. Sources and costs are changed in place.
    """
    height, width = usable.shape
    base = picture.ctypes.data
    stride = picture.strides[0]
    state = _begin(seed, first)
    step = 1 if forward else -1
    for i in range(first, last):
        k = i if forward else first + last - 1 - i
        y = np.int64(rows[k])
        x = np.int64(columns[k])
        here = base + y * stride + 4 * x
        by = np.int64(source_rows[k])
        bx = np.int64(source_columns[k])
        best = np.int64(_whole(patch, here, base + by * stride + 4 * bx, stride)) if fresh else np.int64(cost[k])  # pyright: ignore[reportCallIssue]
        for side in range(2):
            j = np.int64(neighbour[k]) if side else k - step
            if j < first or j >= last or (not side and (rows[j] != y or columns[j] != x - step)):
                continue
            cy = source_rows[j] + (step if side else 0)
            cx = source_columns[j] + (0 if side else step)
            if cy < 0 or cy >= height or cx < 0 or cx >= width or not usable[cy, cx] or (cy == by and cx == bx):
                continue
            there = base + cy * stride + 4 * cx
            c = np.int64(_head(patch, here, there, stride))  # pyright: ignore[reportCallIssue]
            if c < best:
                c += _tail(patch, here, there, stride)
                if c < best:
                    best = c
                    by = cy
                    bx = cx
        radius = reach
        while radius >= 1:
            state = _next(state)
            u = np.int64(state >> np.uint64(34))
            v = np.int64(state & np.uint64(0x3FFFFFFF))
            top = max(0, by - radius)
            left = max(0, bx - radius)
            cy = top + ((u * (min(height - 1, by + radius) - top + 1)) >> 30)
            cx = left + ((v * (min(width - 1, bx + radius) - left + 1)) >> 30)
            radius >>= 2
            if not usable[cy, cx]:
                continue
            there = base + cy * stride + 4 * cx
            c = np.int64(_head(patch, here, there, stride))  # pyright: ignore[reportCallIssue]
            if c < best:
                c += _tail(patch, here, there, stride)
                if c < best:
                    best = c
                    by = cy
                    bx = cx
        source_rows[k] = by
        source_columns[k] = bx
        cost[k] = best


@nb.njit(cache=True, boundscheck=False, nogil=True)
def vote(
    patch: tuple[int, ...],
    picture: NDArray[np.uint8],
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
    source_rows: NDArray[np.int32],
    source_columns: NDArray[np.int32],
    weights: NDArray[np.float32],
    targets: tuple[int, int],
    lines: tuple[int, int],
    hole_rows: NDArray[np.int32],
    hole_columns: NDArray[np.int32],
    holes: tuple[int, int],
) -> None:
    """Set the hole's pixels of rows lines[0]..lines[1] - 1 to the weighted mean of all source patches laid over them.

    `targets` and `holes` are the runs of the target and hole lists that can matter to those rows. Pixels on which no weight
    lies are left as they are.
    """
    side = len(patch)
    half = side // 2
    top, bottom = lines
    left = np.int64(columns[targets[0] : targets[1]].min()) - half
    width = np.int64(columns[targets[0] : targets[1]].max()) + half + 17 - left
    sums = np.zeros((bottom - top, width, 4), np.float32)
    shares = np.zeros((bottom - top, width), np.float32)
    into, shared, base = sums.ctypes.data, shares.ctypes.data, picture.ctypes.data
    stride = picture.strides[0]
    for k in range(targets[0], targets[1]):
        y = np.int64(rows[k]) - half
        x = np.int64(columns[k]) - half - left
        source = base + np.int64(source_rows[k]) * stride + 4 * np.int64(source_columns[k])
        for r in range(max(0, top - y), min(side, bottom - y)):
            cell = (y + r - top) * width + x
            _add_row(patch, into + 16 * cell, shared + 4 * cell, source + r * stride, weights[k])  # pyright: ignore[reportCallIssue]
    for k in range(holes[0], holes[1]):
        y = np.int64(hole_rows[k])
        x = np.int64(hole_columns[k])
        share = shares[y - top, x - left]
        if share > np.float32(1e-36):
            for c in range(4):
                value = sums[y - top, x - left, c] / share + np.float32(0.5)
                picture[y + half, x + half, c] = np.uint8(min(max(value, np.float32(0)), np.float32(255)))


@nb.njit(cache=True, boundscheck=False, nogil=True)
def claim(
    half: int,
    width: int,
    columns: NDArray[np.int32],
    above: NDArray[np.int32],
    below: NDArray[np.int32],
    weights: NDArray[np.float32],
    centres: NDArray[np.int32],
    first: int,
    last: int,
    claimed: NDArray[np.int32],
    shares: NDArray[np.float32],
) -> None:
    """For hole pixels first..last - 1: the target whose patch covers the pixel with the largest weight, and its share of all weights.

    `centres` holds each hole pixel's own index among the targets. All patches that cover a hole pixel are targets, so a row
    of them is a run of the list.
    """
    for k in range(first, last):
        row = np.int64(centres[k])
        x = np.int64(columns[row])
        up = 0
        while up < half and above[row] >= 0:
            row = np.int64(above[row])
            up += 1
        best = np.float32(-1)
        total = np.float32(1e-36)
        for _ in range(up + half + 1):
            for j in range(row - min(half, x), row + min(half, width - 1 - x) + 1):
                total += weights[j]
                if weights[j] > best:
                    best = weights[j]
                    claimed[k] = j
            row = np.int64(below[row])
            if row < 0:
                break
        shares[k] = best / total
