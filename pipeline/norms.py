"""What a joint is held against: the expert, what this lifter's joints do, or a target range.

A target range, as a physiotherapist sets it, goes before everything. Without one, the lifter's own
sets move the expert's limit outwards where the joint does not get that far: several sets agree, and
the joint was not seen to go further in any exercise. Once it is, the expert's limit is back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.report import Norm
from references.exercises import Check, Direction, Exercise, Stage
from references.skeleton import kind_of
from references.texts import text

RANGE_OF_MOTION_DEG: Final[Mapping[str, tuple[float, float]]] = {
    "elbow": (30.0, 180.0),
    "shoulder": (0.0, 180.0),
    "hip": (60.0, 180.0),
    "knee": (45.0, 180.0),
}
"""The included angles between which healthy joints move: American Academy of Orthopaedic Surgeons,
"Joint Motion: Method of Measuring and Recording", 1965 (flexion of 150 degrees in the elbow, 120 in
the hip and 135 in the knee; 180 in the shoulder)."""

NARROWEST_TARGET_DEG: Final = 10.0
"""A target range narrower than this could not be told from the scatter of measuring."""

_FEWEST_SETS: Final = 3

# Sets that differ by more do not show where a joint stops.
_MOST_SCATTER_DEG: Final = 15.0

# Of all repetitions ever seen, a tenth at either end may be a joint misplaced in the picture.
_REACH_PERCENT: Final = (10, 90)

# How much less than usual a lifter may do before it is told.
_OWN_THRESHOLD_DEG: Final = 10.0

# The same set measured twice differs by this much.
_TARGET_THRESHOLD_DEG: Final = 5.0

_TARGET_PRIORITY: Final = 1


@dataclass(frozen=True, slots=True)
class Target:
    """A range of included angles in degrees that a joint is to stay within.

    ``joint`` is a side's, like ``left_elbow``, or stands for both, like ``elbow``; ``since`` is the
    day on which it was set, as people read it.
    """

    joint: str
    low_deg: float
    high_deg: float
    since: str


@dataclass(frozen=True, slots=True)
class PastSet:
    """The angles in an earlier set's repetitions, by stage and joint."""

    exercise: str
    angles_deg: Mapping[Stage, Mapping[str, Sequence[float]]]


@dataclass(frozen=True, slots=True)
class OwnBody:
    """What is known of a lifter: earlier sets of all exercises, and target ranges."""

    past: tuple[PastSet, ...] = ()
    targets: tuple[Target, ...] = ()


STRANGER: Final = OwnBody()
"""A lifter of whom nothing is known."""


@dataclass(frozen=True, slots=True)
class OwnRange:
    """What a joint does at a phase of an exercise, over ``sets`` sets.

    ``typical_deg`` is the median of the sets; ``reach_deg`` how far the joint closes and opens at
    any time in any exercise.
    """

    sets: int
    typical_deg: float
    reach_deg: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to where a joint may differ in one direction.

    ``threshold_deg`` is counted from ``reference_deg``, positive for a joint that may open further.
    """

    norm: Norm
    reference_deg: float
    threshold_deg: float
    source: str
    priority: int

    @property
    def bound_deg(self) -> float:
        """Return the angle beyond which it is told."""
        return self.reference_deg + self.threshold_deg


@dataclass(frozen=True, slots=True)
class JointNorms:
    """What else than the expert a joint may be held against at a phase."""

    target: Target | None
    own: OwnRange | None

    def limit(self, check: Check, reference_deg: float, direction: Direction) -> Limit:
        """Return the limit of a check whose expert has the angle ``reference_deg``."""
        if self.target is not None:
            return _target_limit(self.target, direction)
        sign = 1.0 if direction == "larger" else -1.0
        threshold = sign * check.threshold_deg
        expert = Limit("expert", reference_deg, threshold, check.source, check.priority)
        own = _own_limit(self.own, check, sign) if self.own else None
        if own is None or self.own is None:
            return expert
        # Whoever was seen where the expert's limit begins has joints that get there.
        closes, opens = self.own.reach_deg
        stops_short = opens < expert.bound_deg if sign < 0 else closes > expert.bound_deg
        wider = sign * (own.bound_deg - expert.bound_deg) > 0
        return own if stops_short and wider else expert


EXPERT_ONLY: Final = JointNorms(None, None)


def norms(exercise: Exercise, body: OwnBody) -> Mapping[tuple[str, Stage], JointNorms]:
    """Return what each checked joint of a lifter is held against, by joint and phase."""
    return {
        (joint, check.phase): JointNorms(
            _target_of(joint, body.targets), _own_range(exercise, joint, check.phase, body.past)
        )
        for check in exercise.checks
        for joint in check.joints()
    }


def _target_of(joint: str, targets: Sequence[Target]) -> Target | None:
    """Return the target range of a joint, one of this side before one of both."""
    by_joint = {target.joint: target for target in targets}
    return by_joint.get(joint) or by_joint.get(kind_of(joint))


def _own_range(
    exercise: Exercise, joint: str, phase: Stage, past: Sequence[PastSet]
) -> OwnRange | None:
    """Return what a joint does, None before enough sets agree."""
    medians = [
        float(np.median(angles))
        for each in past
        if each.exercise == exercise.name and (angles := each.angles_deg.get(phase, {}).get(joint))
    ]
    if len(medians) < _FEWEST_SETS or max(medians) - min(medians) > _MOST_SCATTER_DEG:
        return None
    ever = [a for each in past for seen in each.angles_deg.values() for a in seen.get(joint, ())]
    closes, opens = np.percentile(ever, _REACH_PERCENT)
    return OwnRange(len(medians), float(np.median(medians)), (float(closes), float(opens)))


def _own_limit(own: OwnRange, check: Check, sign: float) -> Limit | None:
    """Return the limit around what the lifter does, no further out than what is safe."""
    if check.safe_deg is None:
        return None
    low, high = check.safe_deg
    inside = (low + _OWN_THRESHOLD_DEG, high - _OWN_THRESHOLD_DEG)
    source = text("norms.own_source", sets=own.sets, safe=check.safe_source)
    return Limit(
        "own",
        float(np.clip(own.typical_deg, *inside)),
        sign * _OWN_THRESHOLD_DEG,
        source,
        check.priority,
    )


def _target_limit(target: Target, direction: Direction) -> Limit:
    larger = direction == "larger"
    return Limit(
        "target",
        target.high_deg if larger else target.low_deg,
        _TARGET_THRESHOLD_DEG if larger else -_TARGET_THRESHOLD_DEG,
        text(
            "norms.target_source",
            low=round(target.low_deg),
            high=round(target.high_deg),
            since=target.since,
        ),
        _TARGET_PRIORITY,
    )
