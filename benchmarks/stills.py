"""Single pictures, looked at as the pose step looks at the frames of a clip."""

from collections.abc import Callable
from functools import partial
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clip import Image
from pipeline.filters import FilterSettings, apply_filters
from pipeline.pose.people import Network, People, nearest_person
from pipeline.watch import LookSettings

Floats = npt.NDArray[np.float64]

NEAR: Final = 1.0
"""Whose keypoints are mostly further from where they should be is somebody else, in diagonals."""

_FILTERED: Final = partial(apply_filters, settings=FilterSettings())


def seen_in_still(network: Network, image: Image, xy: Floats) -> tuple[Floats, Floats] | None:
    """Return keypoints (17, 2) and confidences (17,) of who is nearest to ``xy`` in a picture.

    It is shrunk and filtered as frames are, looked at as a whole, then closely. None where nobody
    is near.
    """
    return _seen(network, image, lambda people, scale: nearest_person(people, scale * xy, NEAR))


def largest_in_still(network: Network, image: Image) -> tuple[Floats, Floats] | None:
    """Return the same of who is largest in a picture, None where nobody is seen."""
    return _seen(network, image, lambda people, _: _largest(people))


def _largest(people: People) -> int | None:
    areas = (people.boxes[:, 2:] - people.boxes[:, :2]).prod(axis=1)
    return int(areas.argmax()) if len(areas) else None


def _seen(
    network: Network, image: Image, whose: Callable[[People, float], int | None]
) -> tuple[Floats, Floats] | None:
    """Look at a picture; ``whose`` gets everybody in it, shrunk, and by how much it was shrunk."""
    scale = min(1.0, network.image_size / max(image.shape[:2]))
    small = np.asarray(
        cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )
    size = min(max(small.shape[:2]), LookSettings().whole_size)
    people = network.people(_FILTERED(small), None, size)
    number = whose(people, scale)
    if number is None:
        return None
    found, conf = people.xy[number], people.conf[number]
    if network.closeup:
        found, conf = network.closeup.look(small, found, _FILTERED)
    return found.astype(np.float64) / scale, conf.astype(np.float64)
