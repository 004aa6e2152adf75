"""Photographs and masks from files, and pictures into files. Nothing here knows of torch or Qt."""

from engine.files.losses import will_lose
from engine.files.masks import open_area, open_mask
from engine.files.opening import open_picture
from engine.files.points import open_points, save_points
from engine.files.references import open_reference
from engine.files.saving import Saved, save

__all__ = ["Saved", "open_area", "open_mask", "open_picture", "open_points", "open_reference", "save", "save_points", "will_lose"]
