"""Step 7, compare: joint angles of lifter and expert at corresponding moments (section 4.4.3).

Both are angles in space, so where the camera stands does not matter to the difference, only to how
surely it is known. Between start and turn the phases are aligned: the expert is taken where the
joint that drives the movement has gone the same share of its way as the lifter's, however fast
either of them goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from pipeline.moments import StagePoses
from pipeline.space.answer import Interval, SpaceAngles
from references.exercises import (
    DIRECTIONS,
    STAGES,
    Check,
    Direction,
    Exercise,
    Stage,
)
from references.experts import ExpertView
from references.geometry import joint_angles
from references.skeleton import SIDES

Obstacle = Literal["not_seen", "view", "too_short", "not_in_reference"]
"""Why a joint cannot be judged: it was not seen in half of the repetitions; from this side its
angle cannot be told well enough to call it right or wrong; the repetitions are too short to say
what is halfway; or the coach's own clip hides it."""

_MIN_SEEN_SHARE: Final = 0.5

# Of a repetition in which the driving joint moves less, nobody can say which share of it is done.
_MOVING_DEG: Final = 20.0

# An interval that reaches further than this to either side, as a share of the threshold, would call
# a joint fine that is off by far more than the threshold.
_MAX_REACH_SHARE: Final = 0.7


@dataclass(frozen=True, slots=True)
class Comparison:
    """One joint at one stage, lifter against expert.

    ``user`` is the angle in each of R repetitions, NaN where the joint was not seen;
    ``reference_deg`` is the expert's; ``obstacle`` is why the two cannot be compared, or None.
    """

    joint: str
    phase: Stage
    user: Interval
    reference_deg: float
    obstacle: Obstacle | None

    def beyond(self, direction: Direction, reference_deg: float) -> Interval:
        """Return by how much the joint is more open (``larger``) or closed than a reference, (R,).

        Negative where it is the other way round.
        """
        deg, low_deg, high_deg = (
            value - reference_deg
            for value in (self.user.deg, self.user.low_deg, self.user.high_deg)
        )
        if direction == "larger":
            return Interval(deg, low_deg, high_deg)
        return Interval(-deg, -high_deg, -low_deg)

    def reach_deg(self) -> npt.NDArray[np.float64]:
        """Return how far the interval reaches from the angle told, the longer way, (R,)."""
        return np.maximum(self.user.high_deg - self.user.deg, self.user.deg - self.user.low_deg)

    def off(
        self, direction: Direction, threshold_deg: float, reference_deg: float
    ) -> npt.NDArray[np.bool_]:
        """Return in which repetitions (R,) the joint surely differs that way from a reference."""
        return self.beyond(direction, reference_deg).surely_beyond(threshold_deg)


def compare(
    exercise: Exercise, space: SpaceAngles, seen: StagePoses, expert: ExpertView
) -> tuple[Comparison, ...]:
    """Return every joint that the exercise checks, both sides, at the stage it is checked.

    ``seen`` are the poses without what was hidden: of a hidden joint nothing is claimed, however
    well its angle may be guessed.
    """
    comparisons = []
    for stage in STAGES:
        reference = _reference(exercise.driver, space, expert, stage)
        lost: Obstacle = "not_in_reference" if reference else "too_short"
        shown = joint_angles(seen.at(stage))
        for check in (c for c in exercise.checks if c.phase == stage):
            for joint in check.joints():
                user = space.angles[stage][joint].where(np.isfinite(shown[joint]))
                reference_deg = reference.get(joint, np.nan)
                comparison = Comparison(joint, stage, user, reference_deg, None)
                comparisons.append(replace(comparison, obstacle=_obstacle(check, comparison, lost)))
    return tuple(comparisons)


def _reference(
    driver: str, space: SpaceAngles, expert: ExpertView, stage: Stage
) -> Mapping[str, float]:
    """Return the expert's angles where the expert has come as far as the lifter at a stage.

    Empty where nobody can say how far that is.
    """
    match stage:
        case "start" | "turn":
            return expert.angles_deg(stage)
    start, there, turn = (
        np.mean([space.angles[at][f"{side}_{driver}"].deg for side in SIDES], axis=0)
        for at in ("start", stage, "turn")
    )
    done = (there - start) / np.where(np.abs(turn - start) < _MOVING_DEG, np.nan, turn - start)
    if np.isnan(done).all():
        return {}
    return expert.angles_on_the_way(driver, float(np.nanmedian(done.clip(0, 1))))


def _obstacle(check: Check, comparison: Comparison, lost: Obstacle) -> Obstacle | None:
    """Return why a joint cannot be judged; ``lost`` is why a reference is missing, if it is."""
    told = np.isfinite(comparison.user.deg)
    if told.mean() < _MIN_SEEN_SHARE:
        return "not_seen"
    if np.isnan(comparison.reference_deg):
        return lost
    off = [
        comparison.off(direction, check.threshold_deg, comparison.reference_deg).any()
        for direction in DIRECTIONS
    ]
    reach = np.maximum(
        comparison.user.high_deg - comparison.user.deg,
        comparison.user.deg - comparison.user.low_deg,
    )
    if not any(off) and np.median(reach[told]) > _MAX_REACH_SHARE * check.threshold_deg:
        return "view"
    return None
