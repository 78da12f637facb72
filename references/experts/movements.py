"""The expert movements that a lifter is compared with, in 3D and from every side.

They are written by ``gymbrain references experts`` from the motions in ``references/motions``;
reading them needs numpy alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt

from references.exercises import PHASES, Phase
from references.geometry import joint_angles
from references.skeleton import KEYPOINT_INDEX, SIDES
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float32]

_DISTANCE_M: Final = 3.0
_AZIMUTHS: Final = range(0, 360, 15)
_ELEVATIONS: Final = (-5, 10, 30)
# Who lies down is also filmed from above: there the phone sees both arms.
_ELEVATIONS_LYING: Final = (*_ELEVATIONS, 50, 75)


@dataclass(frozen=True, slots=True)
class ExpertMotion:
    """One expert movement from start to turn.

    ``phase`` (P,) runs from 0 (start) to 1 (turn); ``joints`` (P, 17, 3) are the COCO keypoints in
    metres, z up, the body facing -y with its left at +x. ``source`` says where the movement comes
    from.
    """

    id: str
    exercise: str
    phase: Floats
    joints: Floats
    source: str

    def at(self, phase: Phase) -> Floats:
        """Return the keypoints (17, 3) at the start or the turn."""
        return np.asarray(self.joints[0 if phase == "start" else -1])

    def lying(self) -> bool:
        """Tell whether the torso is nearer to level than to upright at the start."""
        shoulders, hips = (
            self.joints[0, [KEYPOINT_INDEX[f"left_{n}"], KEYPOINT_INDEX[f"right_{n}"]]].mean(axis=0)
            for n in ("shoulder", "hip")
        )
        level = np.linalg.norm((shoulders - hips)[:2])
        return bool(level > abs(shoulders[2] - hips[2]))


@dataclass(frozen=True, slots=True)
class CoachAngles:
    """A coach by name, and by phase the angles that joints have in the coach's own set."""

    name: str
    angles_deg: Mapping[Phase, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class ExpertView:
    """An expert movement as a camera sees it.

    ``xy`` (P, 17, 2) is x right, y down, in metres at the lifter's distance. With a ``coach`` it is
    how a coach does the ``motion``, filmed from this one side.
    """

    motion: ExpertMotion
    azimuth_deg: float
    elevation_deg: float
    xy: Floats
    coach: CoachAngles | None = None

    @property
    def id(self) -> str:
        """Return whose movement this is: the coach's name, or the expert motion's."""
        return self.coach.name if self.coach else self.motion.id

    def salient(self) -> Floats:
        """Return the poses at start and turn, (2, 17, 2)."""
        return self.xy[[0, -1]]

    def angles_on_the_way(self, driver: str, share: float) -> Mapping[str, float]:
        """Return the angle in space of each joint where a share of the way to the turn is done.

        That is where the angle of the joint that drives the movement (``driver``, without side) has
        changed by this share of what it changes in all. A coach's joints are as far from the
        expert's there as between start and turn; of a coach only those seen at both.
        """
        angles = joint_angles(self.motion.joints)
        driven = np.mean([angles[f"{side}_{driver}"] for side in SIDES], axis=0)
        done = np.maximum.accumulate((driven - driven[0]) / (driven[-1] - driven[0]))
        there = {name: float(np.interp(share, done, a)) for name, a in angles.items()}
        if self.coach is None:
            return there
        start, turn = (self.coach.angles_deg[phase] for phase in PHASES)
        return {
            name: there[name]
            + (1 - share) * (start[name] - float(angles[name][0]))
            + share * (turn[name] - float(angles[name][-1]))
            for name in there
            if name in start and name in turn
        }

    def angles_deg(self, phase: Phase) -> Mapping[str, float]:
        """Return the angle in space of each joint at a phase; of a coach only of those seen."""
        if self.coach:
            return self.coach.angles_deg[phase]
        angles = joint_angles(self.motion.at(phase))
        return {joint: float(angle) for joint, angle in angles.items()}


@cache
def expert_motions(exercise: str) -> tuple[ExpertMotion, ...]:
    """Return the expert movements of an exercise; none for one that has no expert yet."""
    file = resources.files(__package__) / f"{exercise}.npz"
    if not file.is_file():
        return ()
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
        return tuple(
            ExpertMotion(str(name), exercise, arrays["phase"], joints, str(source))
            for name, joints, source in zip(
                arrays["id"], arrays["joints"], arrays["source"], strict=True
            )
        )


@cache
def expert_views(exercise: str) -> tuple[ExpertView, ...]:
    """Return the expert movements of an exercise from a grid of viewpoints three metres away."""
    return tuple(
        _view(motion, azimuth, elevation)
        for motion in expert_motions(exercise)
        for elevation in (_ELEVATIONS_LYING if motion.lying() else _ELEVATIONS)
        for azimuth in _AZIMUTHS
    )


def _view(motion: ExpertMotion, azimuth: float, elevation: float) -> ExpertView:
    corners = motion.joints.reshape(-1, 3)
    x, y, z = (corners.min(axis=0) + corners.max(axis=0)) / 2
    viewpoint = Viewpoint(azimuth, elevation, _DISTANCE_M, (float(x), float(y), float(z)))
    xy = _DISTANCE_M * viewpoint.project(motion.joints)
    return ExpertView(motion, azimuth, elevation, xy.astype(np.float32))
