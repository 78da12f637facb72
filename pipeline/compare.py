"""Step 7, compare: joint angles of lifter and expert at corresponding moments (section 4.4.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.moments import SalientPoses
from references.exercises import Exercise, Phase
from references.experts import ExpertView
from references.geometry import joint_angles
from references.skeleton import JOINTS

# A limb that points towards the camera is drawn shorter than this share of its length; the angle of
# such a stub is the camera's doing. At this share the limb leaves the image plane by 66 degrees.
_MIN_DRAWN_SHARE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Comparison:
    """One joint at one phase, lifter against expert.

    ``user_deg`` (R,) is the angle in each repetition, NaN where the joint was not seen;
    ``reference_deg`` is the expert's; ``foreshortened`` says that from this view one of the joint's
    limbs points towards the camera, so that its drawn angle says nothing.
    """

    joint: str
    phase: Phase
    user_deg: npt.NDArray[np.float32]
    reference_deg: float
    foreshortened: bool

    def difference_deg(self) -> npt.NDArray[np.float32]:
        """Return the lifter's angle minus the expert's in each repetition, (R,)."""
        return self.user_deg - np.float32(self.reference_deg)


def compare(exercise: Exercise, poses: SalientPoses, expert: ExpertView) -> tuple[Comparison, ...]:
    """Return every joint that the exercise checks, both sides, at the phase it is checked."""
    reference = expert_angles(expert)
    user = {phase: joint_angles(poses.at(phase)) for phase in reference}
    return tuple(
        Comparison(
            joint,
            check.phase,
            user[check.phase][joint],
            reference[check.phase][joint],
            _foreshortened(joint, check.phase, expert),
        )
        for check in exercise.checks
        for joint in check.joints()
    )


def expert_angles(expert: ExpertView) -> Mapping[Phase, Mapping[str, float]]:
    """Return the expert's angle of every joint at start and turn as drawn from this view."""
    start, turn = expert.salient()
    return {
        "start": {joint: float(angle) for joint, angle in joint_angles(start).items()},
        "turn": {joint: float(angle) for joint, angle in joint_angles(turn).items()},
    }


def _foreshortened(joint: str, phase: Phase, expert: ExpertView) -> bool:
    index = 0 if phase == "start" else -1
    drawn, solid = expert.xy[index], expert.motion.joints[index]
    a, b, c = JOINTS[joint]
    shares = [
        np.linalg.norm(drawn[p] - drawn[q]) / np.linalg.norm(solid[p] - solid[q])
        for p, q in ((a, b), (b, c))
    ]
    # Perspective and the unit of the view scale all limbs alike: the longest one tells how much.
    return bool(min(shares) < _MIN_DRAWN_SHARE * _unit(drawn, solid))


def _unit(drawn: npt.NDArray[np.float32], solid: npt.NDArray[np.float32]) -> float:
    """Return how long a metre across the line of sight is drawn."""
    pairs = {tuple(sorted(pair)) for a, b, c in JOINTS.values() for pair in ((a, b), (b, c))}
    shares = [
        np.linalg.norm(drawn[p] - drawn[q]) / np.linalg.norm(solid[p] - solid[q]) for p, q in pairs
    ]
    return float(max(shares))
