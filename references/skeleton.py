"""The 17 COCO keypoints, the joints measured between them and the limbs drawn through them.

Source of the keypoint order: Lin et al., "Microsoft COCO: Common Objects in Context", 2014,
keypoint annotations, as used by every Ultralytics pose network.
"""

from types import MappingProxyType
from typing import Final

KEYPOINTS: Final = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
KEYPOINT_KINDS: Final = (
    "nose",
    "eye",
    "ear",
    "shoulder",
    "elbow",
    "wrist",
    "hip",
    "knee",
    "ankle",
)
"""The keypoints without their side."""

KIND_OF_KEYPOINT: Final = tuple(
    KEYPOINT_KINDS.index(name.rsplit("_", maxsplit=1)[-1]) for name in KEYPOINTS
)
"""Index into `KEYPOINT_KINDS` of every keypoint."""

KEYPOINT_INDEX: Final = MappingProxyType({name: i for i, name in enumerate(KEYPOINTS)})

SIDES: Final = ("left", "right")

# joint without its side -> the keypoints (without side) whose included angle it is, vertex second
_JOINT_KEYPOINTS: Final = {
    "shoulder": ("hip", "shoulder", "elbow"),
    "elbow": ("shoulder", "elbow", "wrist"),
    "hip": ("shoulder", "hip", "knee"),
    "knee": ("hip", "knee", "ankle"),
}

JOINT_KINDS: Final = tuple(_JOINT_KEYPOINTS)
"""The joints whose angle two limbs of COCO-17 define, without their side."""

JOINTS: Final = MappingProxyType(
    {
        f"{side}_{kind}": (
            KEYPOINT_INDEX[f"{side}_{names[0]}"],
            KEYPOINT_INDEX[f"{side}_{names[1]}"],
            KEYPOINT_INDEX[f"{side}_{names[2]}"],
        )
        for kind, names in _JOINT_KEYPOINTS.items()
        for side in SIDES
    }
)
"""Joint name, like ``left_elbow`` -> indices of (proximal, vertex, distal) keypoint."""

LIMBS: Final = tuple(
    (KEYPOINT_INDEX[a], KEYPOINT_INDEX[b])
    for a, b in (
        ("left_shoulder", "right_shoulder"),
        ("left_hip", "right_hip"),
        ("left_shoulder", "left_hip"),
        ("right_shoulder", "right_hip"),
        ("left_shoulder", "left_elbow"),
        ("left_elbow", "left_wrist"),
        ("right_shoulder", "right_elbow"),
        ("right_elbow", "right_wrist"),
        ("left_hip", "left_knee"),
        ("left_knee", "left_ankle"),
        ("right_hip", "right_knee"),
        ("right_knee", "right_ankle"),
        ("nose", "left_eye"),
        ("nose", "right_eye"),
        ("left_eye", "left_ear"),
        ("right_eye", "right_ear"),
    )
)
"""Pairs of keypoint indices joined by a line when a pose is drawn."""

MIRROR: Final = tuple(
    KEYPOINT_INDEX[
        name.replace("left_", "right_")
        if name.startswith("left_")
        else name.replace("right_", "left_")
    ]
    for name in KEYPOINTS
)
"""Index of the keypoint on the other side of the body: what a mirror image turns each one into."""


def side_of(joint: str) -> str:
    """Return ``left`` or ``right`` for a joint name like ``left_elbow``."""
    return joint.split("_", 1)[0]


def kind_of(joint: str) -> str:
    """Return the joint without its side: ``elbow`` for ``left_elbow``."""
    return joint.split("_", 1)[1]
