"""Pictures of the experts at start and turn from all around, with the keypoints in them.

They are rendered by ``gymbrain references pictures``; reading them needs OpenCV and numpy alone.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from references.exercises import Phase
from references.experts.movements import ExpertMotion, expert_motions
from references.lens import Lens
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]

SIZE: Final = (432, 576)
"""Width and height of a picture in pixels."""

AZIMUTHS: Final = tuple(range(0, 360, 30))

_ELEVATION_DEG: Final = 10.0
# From higher up, the plates of a lying lifter's bar do not hide the arms.
_ELEVATION_LYING_DEG: Final = 25.0
_DISTANCE_M: Final = 3.2

# How much of the picture the body fills; the equipment needs the rest.
_SHARE: Final = np.array([0.62, 0.80])


@dataclass(frozen=True, slots=True)
class ExpertPicture:
    """A picture (H, W, 3) in BGR and where the keypoints are in it, (17, 2) in pixels."""

    image: Image
    xy: Floats


def expert_picture(exercise: str, phase: Phase, azimuth_deg: float) -> ExpertPicture | None:
    """Return the expert at start or turn from the nearest side there is; None without pictures."""
    motions = expert_motions(exercise)
    if not motions:
        return None
    azimuth = min(AZIMUTHS, key=lambda a: abs((a - azimuth_deg + 180) % 360 - 180))
    image = _load(exercise, phase, azimuth)
    if image is None:
        return None
    viewpoint, lens = framing(motions[0], azimuth)
    joints = motions[0].joints[0 if phase == "start" else -1]
    return ExpertPicture(image.copy(), lens.project(viewpoint, joints).astype(np.float32))


def framing(motion: ExpertMotion, azimuth_deg: float) -> tuple[Viewpoint, Lens]:
    """Return the camera that takes the pictures of a motion from one side, start and turn alike."""
    salient = motion.joints[[0, -1]].reshape(-1, 3)
    x, y, z = (salient.min(axis=0) + salient.max(axis=0)) / 2
    elevation = _ELEVATION_LYING_DEG if motion.lying() else _ELEVATION_DEG
    viewpoint = Viewpoint(azimuth_deg, elevation, _DISTANCE_M, (float(x), float(y), float(z)))
    seen = viewpoint.project(salient)
    low, high = seen.min(axis=0), seen.max(axis=0)
    size = np.array(SIZE)
    focal = float((_SHARE * size / (high - low)).min())
    cx, cy = size / 2 - focal * (low + high) / 2
    return viewpoint, Lens(*SIZE, focal, focal, float(cx), float(cy))


def picture_name(exercise: str, phase: Phase, azimuth: int) -> str:
    """Return the path of a picture inside this package's folder."""
    return f"{exercise}/{phase}_az{azimuth:03d}.jpg"


@cache
def _load(exercise: str, phase: Phase, azimuth: int) -> Image | None:
    file = resources.files(__package__) / picture_name(exercise, phase, azimuth)
    if not file.is_file():
        return None
    picture = cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(picture, np.uint8)
