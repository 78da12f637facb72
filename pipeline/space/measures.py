"""What is measured of a pose in space."""

from typing import Final

import numpy as np
import numpy.typing as npt

from references.geometry import joint_angles, torso
from references.skeleton import JOINTS, KEYPOINT_INDEX, SIDES

Floats = npt.NDArray[np.float32]

MEASURES: Final = (
    *JOINTS,
    "trunk_lean",
    *(f"{side}_shoulder_flexion" for side in SIDES),
    *(f"{side}_shoulder_abduction" for side in SIDES),
)
"""Included angles of the joints, and where trunk and upper arms point.

``trunk_lean`` is from upright, forwards positive, -90 on the back. Flexion is the upper arm's
direction in the sagittal plane of the trunk (0 down along it, 90 forwards, 180 up), from -90 to
270; abduction is how far the upper arm points out of that plane, -90 to 90.
"""

MIRRORED: Final = tuple(
    MEASURES.index(
        name.replace("left_", "right_")
        if name.startswith("left_")
        else name.replace("right_", "left_")
    )
    for name in MEASURES
)
"""Index of the measure on the other side of the body."""

MOST_FAULTS: Final = 8
"""The most faults of an exercise that are measured, in the order of its motion."""

# Straight back; an arm further round is taken to have come over the head.
_LEAST_FLEXION_DEG: Final = -90.0

_UP: Final = np.array([0.0, 0.0, 1.0])


def measure(joints: npt.NDArray[np.floating]) -> Floats:
    """Return the `MEASURES` (..., 13) in degrees of poses (..., 17, 3), z up."""
    shoulders = (
        joints[..., KEYPOINT_INDEX["right_shoulder"], :]
        - joints[..., KEYPOINT_INDEX["left_shoulder"], :]
    )
    axis = _unit(torso(joints))
    # The side that the lifter faces, level with the floor.
    ahead = _unit(np.cross(_UP, shoulders))
    columns = list(joint_angles(joints).values())
    columns.append(_direction(_dot(axis, ahead), axis[..., 2]))

    right = _unit(shoulders - _dot(shoulders, axis)[..., None] * axis)
    forwards = np.cross(axis, right)
    arms = {
        side: _unit(
            joints[..., KEYPOINT_INDEX[f"{side}_elbow"], :]
            - joints[..., KEYPOINT_INDEX[f"{side}_shoulder"], :]
        )
        for side in SIDES
    }
    for arm in arms.values():
        flexion = _direction(_dot(arm, forwards), -_dot(arm, axis))
        columns.append(np.where(flexion < _LEAST_FLEXION_DEG, flexion + 360, flexion))
    for side, arm in arms.items():
        outwards = _dot(arm, right) * (1 if side == "right" else -1)
        columns.append(np.degrees(np.arcsin(np.clip(outwards, -1, 1))))
    return np.stack(columns, axis=-1, dtype=np.float32)


def _unit(vector: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    return np.asarray(vector / np.linalg.norm(vector, axis=-1, keepdims=True))


def _dot(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    return np.asarray((a * b).sum(axis=-1))


def _direction(
    sine: npt.NDArray[np.floating], cosine: npt.NDArray[np.floating]
) -> npt.NDArray[np.floating]:
    return np.asarray(np.degrees(np.arctan2(sine, cosine)))
