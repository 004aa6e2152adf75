"""RefMatch as in its paper: Li, Xiong, Liu, Reference-Guided Landmark Image Inpainting With Deep Feature Matching, TCSVT 2022.

`levels` finds the mapping fields of both pictures by `search` among features that `common` mixes, with `buddies` for anchors; `correction`
makes the field in the hole anew; `painting` fills with it.
"""

from engine.matching.paper.levels import PaperFields, backbone, fields
from engine.matching.paper.painting import Restored, restored

__all__ = ["PaperFields", "Restored", "backbone", "fields", "restored"]
