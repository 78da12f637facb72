"""Step 7, compare: joint angles of lifter and expert at corresponding moments (section 4.4.3).

A drawn angle depends on the camera as well as on the lifter. Both are seen from the same side here,
so most of it cancels; where it does not, the joint is not judged and the obstacle is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from pipeline.moments import SalientPoses
from pipeline.retrieve import Match
from references.exercises import PHASES, Check, Exercise, Phase
from references.experts import ExpertView
from references.geometry import joint_angles
from references.skeleton import JOINTS

Obstacle = Literal["not_seen", "view", "limbs", "not_in_reference"]
"""Why a joint cannot be judged: it was not seen in half of the repetitions; from this side its
drawn angle depends on where exactly the camera stands; its limbs are drawn far longer or shorter
than the expert's, so the keypoints or the view are wrong; or the coach's own clip hides it."""

_MIN_SEEN_SHARE: Final = 0.5

# The retrieved view is one of a grid: the camera may stand as far away from it as this. Where the
# expert's own drawn angle changes within that cone by more than this share of the threshold, the
# camera would be judged instead of the lifter.
_VIEW_CONE_DEG: Final = 16.0
_MAX_SPREAD_SHARE: Final = 0.6

# Bodies differ in their proportions by some 15 % and the view by some 10 %; a network that loses
# a joint draws limbs of half or twice their length (``benchmarks/README.md``, corpus).
_LIMB_RATIOS: Final = (0.6, 1.65)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One joint at one phase, lifter against expert.

    ``user_deg`` (R,) is the angle in each repetition, NaN where the joint was not seen;
    ``reference_deg`` is the expert's; ``obstacle`` is why the two cannot be compared, or None.
    """

    joint: str
    phase: Phase
    user_deg: npt.NDArray[np.float32]
    reference_deg: float
    obstacle: Obstacle | None

    def difference_deg(self) -> npt.NDArray[np.float32]:
        """Return the lifter's angle minus the expert's in each repetition, (R,)."""
        return self.user_deg - np.float32(self.reference_deg)


def compare(
    exercise: Exercise, poses: SalientPoses, match: Match, views: Sequence[ExpertView]
) -> tuple[Comparison, ...]:
    """Return every joint that the exercise checks, both sides, at the phase it is checked.

    ``views`` are all views of the experts, among them the retrieved one.
    """
    # How a coach differs from the expert is no doubt about the camera.
    nearby = [view for view in views if view.coach is None and _is_near(view, match.view)]
    typical = poses.typical()
    comparisons = []
    for index, phase in enumerate(PHASES):
        user = joint_angles(poses.at(phase))
        expert = match.view.angles_deg(phase)
        around = joint_angles(np.stack([view.salient()[index] for view in nearby]))
        lengths = _limb_ratios(typical[phase] * match.scale, match.view.salient()[index])
        for check in (c for c in exercise.checks if c.phase == phase):
            for joint in check.joints():
                obstacle = _obstacle(
                    check, user[joint], float(np.ptp(around[joint])), lengths[joint]
                )
                if obstacle is None and joint not in expert:
                    obstacle = "not_in_reference"
                reference_deg = expert.get(joint, np.nan)
                comparisons.append(Comparison(joint, phase, user[joint], reference_deg, obstacle))
    return tuple(comparisons)


def _obstacle(
    check: Check,
    user_deg: npt.NDArray[np.float32],
    spread_deg: float,
    limb_ratios: tuple[float, float],
) -> Obstacle | None:
    if np.isfinite(user_deg).mean() < _MIN_SEEN_SHARE:
        return "not_seen"
    if spread_deg > _MAX_SPREAD_SHARE * check.threshold_deg:
        return "view"
    if min(limb_ratios) < _LIMB_RATIOS[0] or max(limb_ratios) > _LIMB_RATIOS[1]:
        return "limbs"
    return None


def _limb_ratios(
    user: npt.NDArray[np.floating], expert: npt.NDArray[np.floating]
) -> dict[str, tuple[float, float]]:
    """Return, for each joint, how long its two limbs are drawn relative to the expert's.

    Both poses are (17, 2) in one unit.
    """

    def ratio(a: int, b: int) -> float:
        return float(np.linalg.norm(user[a] - user[b]) / np.linalg.norm(expert[a] - expert[b]))

    return {joint: (ratio(a, b), ratio(b, c)) for joint, (a, b, c) in JOINTS.items()}


def _is_near(view: ExpertView, other: ExpertView) -> bool:
    """Whether two views of one motion look along directions within the cone."""
    if view.motion is not other.motion:
        return False
    cosine = float(np.dot(_direction(view), _direction(other)))
    return bool(np.degrees(np.arccos(np.clip(cosine, -1, 1))) <= _VIEW_CONE_DEG)


def _direction(view: ExpertView) -> npt.NDArray[np.float64]:
    azimuth, elevation = np.radians([view.azimuth_deg, view.elevation_deg])
    return np.array(
        [
            np.sin(azimuth) * np.cos(elevation),
            np.cos(azimuth) * np.cos(elevation),
            np.sin(elevation),
        ]
    )
