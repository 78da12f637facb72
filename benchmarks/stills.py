"""Single pictures, looked at as the pose step looks at the frames of a clip."""

from functools import partial
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clip import Image
from pipeline.filters import FilterSettings, apply_filters
from pipeline.pose.people import Network, People
from pipeline.watch import LookSettings

Floats = npt.NDArray[np.float64]

_FILTERED: Final = partial(apply_filters, settings=FilterSettings())


def nearest_person(people: People, xy: Floats) -> int | None:
    """Return who is nearest to keypoints (17, 2), NaN where not known; None for somebody else.

    Half of somebody else's keypoints are further away than the body is long in the picture.
    """
    if not len(people.scores):
        return None
    off = np.nanmedian(np.linalg.norm(people.xy - xy, axis=2), axis=1)
    best = int(off.argmin())
    size = np.linalg.norm(np.nanmax(xy, axis=0) - np.nanmin(xy, axis=0))
    return best if off[best] <= size else None


def seen_in_still(network: Network, image: Image, xy: Floats) -> tuple[Floats, Floats] | None:
    """Return keypoints (17, 2) and confidences (17,) of who is nearest to ``xy`` in a picture.

    It is shrunk and filtered as frames are, looked at as a whole, then closely. None where nobody
    is near.
    """
    scale = min(1.0, network.image_size / max(image.shape[:2]))
    small = np.asarray(
        cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )
    size = min(max(small.shape[:2]), LookSettings().whole_size)
    people = network.people(_FILTERED(small), None, size)
    number = nearest_person(people, scale * xy)
    if number is None:
        return None
    found, conf = people.xy[number], people.conf[number]
    if network.closeup:
        found, conf = network.closeup.look(small, found, _FILTERED)
    return found.astype(np.float64) / scale, conf.astype(np.float64)
