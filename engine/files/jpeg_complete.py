"""Telling a JPEG that was cut off although it has an end marker: decoders fill up the rest in silence.

What is missing after a cut is mid-grey. A row of blocks that really is mid-grey is coded as one short pattern again and again, which the
last bytes of a scan show; a scan that was cut ends in anything else. A cut in a later pass of a progressive file only blurs, and
is told by the passes that are missing, not by one that is cut short.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.files import jpeg_segments as seg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.files.jpeg_segments import Markers

MID_GREY = 128
LEAST_ACROSS = 64
"""MCUs a row must have for its bytes to tell anything."""
LONGEST_PERIOD = 64
RESTART = re.compile(rb"\xff[\xd0-\xd7]")


def is_cut_off(markers: Markers, pixels: NDArray[np.uint8]) -> bool:
    """Whether part of the picture is missing, as far as can be told without decoding twice.

    Args:
        markers: the file.
        pixels: what it decodes to, as stored.
    """
    if markers.frame.marker == seg.SOF2 and not _all_passes(markers):
        return True
    across, down = _mcus(markers)
    interval = next((int.from_bytes(one[:2], "big") for one in markers.payloads(seg.DRI)), 0)
    first, last = markers.scans[0]
    if interval:
        whole = _parts_of_first_scan(markers) == len(markers.frame.components)
        return whole and len(RESTART.findall(markers.data, first, last)) < (across * down - 1) // interval
    high = 8 * (1 if len(markers.frame.components) == 1 else markers.frame.most_down)
    if across < LEAST_ACROSS or not (pixels[(down - 1) * high :] == MID_GREY).all():
        return False
    # The last two bytes hold padding and the code that it follows.
    return not _is_periodic(markers.data[max(first, last - 4 * LONGEST_PERIOD) : last - 2])


def _all_passes(markers: Markers) -> bool:
    """Whether every coefficient that was begun was also refined to its last bit, and every component has its DC."""
    bits: dict[tuple[int, int], int] = {}
    for head in markers.payloads(seg.SOS):
        count = head[0] if head else 0
        if len(head) < 4 + 2 * count:
            return False
        begin, end, approximation = head[1 + 2 * count : 4 + 2 * count]
        for part in head[1 : 1 + 2 * count : 2]:
            bits.update(dict.fromkeys(((part, k) for k in range(begin, min(end, 63) + 1)), approximation & 15))
    return not any(bits.values()) and all((one.identifier, 0) in bits for one in markers.frame.components)


def _mcus(markers: Markers) -> tuple[int, int]:
    """MCUs across and down."""
    frame = markers.frame
    alone = len(frame.components) == 1
    wide, high = 8 * (1 if alone else frame.most_across), 8 * (1 if alone else frame.most_down)
    return -(-frame.width // wide), -(-frame.height // high)


def _parts_of_first_scan(markers: Markers) -> int:
    head = next(markers.payloads(seg.SOS))
    return head[0] if head else 0


def _is_periodic(tail: bytes) -> bool:
    """Whether bytes end in a pattern that stands there three times."""
    return any(
        tail[-period:] == tail[-2 * period : -period] == tail[-3 * period : -2 * period]
        for period in range(1, min(LONGEST_PERIOD, len(tail) // 3) + 1)
    )
