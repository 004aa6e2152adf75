"""Photographs and masks from files, and pictures into files. Nothing here knows of torch or Qt."""

from engine.files.losses import will_lose
from engine.files.masks import open_area, open_mask
from engine.files.opening import open_picture
from engine.files.saving import Saved, save

__all__ = ["Saved", "open_area", "open_mask", "open_picture", "save", "will_lose"]
