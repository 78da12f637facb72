"""Angles between body segments, and how the trunk stands."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from references.skeleton import JOINTS, KEYPOINT_INDEX, LIMBS

Floats = npt.NDArray[np.float32]

_SHOULDERS: Final = [KEYPOINT_INDEX["left_shoulder"], KEYPOINT_INDEX["right_shoulder"]]
_HIPS: Final = [KEYPOINT_INDEX["left_hip"], KEYPOINT_INDEX["right_hip"]]
_BONES: Final = np.array(LIMBS)

# A torso whose picture is flatter than this, rise over run, belongs to somebody who lies.
_LYING_SLOPE: Final = 1.0


def included_angle(proximal: npt.ArrayLike, vertex: npt.ArrayLike, distal: npt.ArrayLike) -> Floats:
    """Return the angle in degrees at ``vertex``, 180 for a straight joint.

    Each argument is (..., D) with D = 2 or 3, all in one unit; the result is (...). It is NaN where
    a point is NaN or where a segment has no length. The arctangent form stays exact near 0 and 180
    degrees, where the arccosine loses half its digits (Kahan, "How futile are mindless assessments
    of roundoff", 2006, section 12).
    """
    vertex = np.asarray(vertex, np.float64)
    u = np.asarray(proximal, np.float64) - vertex
    v = np.asarray(distal, np.float64) - vertex
    u_length = np.linalg.norm(u, axis=-1, keepdims=True)
    v_length = np.linalg.norm(v, axis=-1, keepdims=True)
    a, b = u * v_length, v * u_length
    half = np.arctan2(np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1))
    angle = np.degrees(2 * half)
    degenerate = ((u_length == 0) | (v_length == 0))[..., 0]
    return np.where(degenerate, np.nan, angle).astype(np.float32)


def joint_angles(pose: npt.ArrayLike) -> Mapping[str, Floats]:
    """Return the included angle of every joint of a pose in degrees.

    ``pose`` is (..., 17, D) in COCO order; each value of the result is (...), NaN where a keypoint
    that the joint needs is NaN.
    """
    pose = np.asarray(pose)
    return {
        name: included_angle(pose[..., a, :], pose[..., b, :], pose[..., c, :])
        for name, (a, b, c) in JOINTS.items()
    }


def bone_lengths(xy: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return the length (..., B) of every bone drawn between keypoints (..., 17, D)."""
    return np.asarray(np.linalg.norm(xy[..., _BONES[:, 0], :] - xy[..., _BONES[:, 1], :], axis=-1))


def torso(xy: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return the way (..., 2) from mid-hip to mid-shoulder, of keypoints (..., 17, 2)."""
    middles = xy[..., _SHOULDERS, :].mean(axis=-2) - xy[..., _HIPS, :].mean(axis=-2)
    return np.asarray(middles)


def lies(xy: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
    """Return where (...) the torso of keypoints (..., 17, 2) is flat in the picture, y down."""
    right, down = np.moveaxis(torso(xy), -1, 0)
    return np.asarray(-down < _LYING_SLOPE * np.abs(right))
