"""How long limbs are next to the torso, and how long a torso is by its limbs.

From the segment lengths of Drillis and Contini as given by Winter, "Biomechanics and Motor Control
of Human Movement", 4th ed., 2009, figure 4.1: torso 0.288 of the stature, upper arm 0.186, forearm
0.146, thigh 0.245, shank 0.246.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from references.skeleton import KEYPOINT_INDEX, KEYPOINTS

LIMBS: Final = tuple(
    (KEYPOINT_INDEX[f"{side}_{a}"], KEYPOINT_INDEX[f"{side}_{b}"], length / 0.288)
    for a, b, length in (
        ("shoulder", "hip", 0.288),
        ("shoulder", "elbow", 0.186),
        ("elbow", "wrist", 0.146),
        ("hip", "knee", 0.245),
        ("knee", "ankle", 0.246),
    )
    for side in ("left", "right")
)
"""The upper and the lower end of each limb, and its length in torso lengths, from mid-shoulder to
mid-hip."""

ARMS_AND_LEGS: Final = tuple(
    (upper, lower) for upper, lower, _ in LIMBS if not KEYPOINTS[lower].endswith("_hip")
)
"""The upper and the lower end of each limb but the trunk's sides, from the trunk outwards."""


def limbs(xy: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return the way (T, 10, 2) along each limb of keypoints (T, 17, 2), upper to lower end."""
    upper, lower = [a for a, _, _ in LIMBS], [b for _, b, _ in LIMBS]
    return xy[:, lower] - xy[:, upper]


def torso_by_limbs(xy: npt.NDArray[np.floating]) -> float:
    """Return how long a torso would be if it lay in the picture plane, in the units of ``xy``.

    ``xy`` is (T, 17, 2). A limb that points at the camera looks short and none looks longer than it
    is, so each limb is measured where it looks longest, and the median of what the limbs seen say
    about the torso is taken: slips of the pose network and limbs that point at the camera
    throughout are outvoted. NaN where no limb was ever seen.
    """
    looks = np.linalg.norm(limbs(xy), axis=-1)  # (T, 10)
    seen = np.isfinite(looks).any(axis=0)
    if not seen.any():
        return float("nan")
    longest = np.nanmax(looks[:, seen], axis=0)
    lengths = np.array([length for _, _, length in LIMBS])
    return float(np.median(longest / lengths[seen]))
