"""Photographs of invented people for tests, and the finder of the station that looks at them."""

from __future__ import annotations

from functools import cache

import numpy as np

from device.camera.base import Image
from device.inference.blaze_face import BlazeFaceFinder
from device.inference.tflite import DEFAULT_MODELS, list_models
from training.live_photos import KINDS, Kind, live_photo
from training.render.portrait import invent_face


@cache
def finder() -> BlazeFaceFinder:
    """Return the real finder, loaded once."""
    return BlazeFaceFinder(list_models(DEFAULT_MODELS))


@cache
def photo_of(kind: Kind, seed: int = 1, size: tuple[int, int] = (720, 960)) -> Image:
    """Return a photograph of one invented person; it is shared, so nobody may write to it."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    face = invent_face(seed * 31 + 5, "HM"[seed % 2], 18.0 + 7 * seed)
    image = live_photo(kind, face, rng, size=size)
    image.flags.writeable = False
    return image
