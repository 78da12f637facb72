"""The faults that coaches know by name, found in a set by how far each goes in degrees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.compare import Comparison
from pipeline.correct import in_repetitions, medians
from pipeline.norms import EXPERT_ONLY, JointNorms
from pipeline.pose.track import PoseTrack
from pipeline.pose.visibility import hidden
from pipeline.repetitions import TimedSwing
from pipeline.report import FoundFault
from pipeline.space.answer import Interval
from references.exercises import Check, Exercise, Stage, Words
from references.motions import Fault, motions
from references.skeleton import JOINTS, SIDES
from references.texts import DEFAULT_LANGUAGE, text

# A fault that is not found is not there where twice the reach of its interval, about 99.5 of 100 if
# errors are normal, ends no further beyond its limit than this; elsewhere this view does not show
# it. With the interval itself some that go 15 degrees beyond were passed over in silence
# (``benchmarks/README.md``).
_MAY_REACH_DEG: Final = 10.0

# A joint whose angle is off by no more than this share of the limit says that all is fine. Nobody
# believes a fault that the picture beside it, with the same joint's angle, does not show.
_AGREES_SHARE: Final = 0.75


def find_faults(
    exercise: Exercise,
    comparisons: Sequence[Comparison],
    told: Mapping[str, Interval],
    by_chance_deg: Mapping[str, float],
    language: str = DEFAULT_LANGUAGE,
    *,
    held_against: Mapping[tuple[str, Stage], JointNorms] = MappingProxyType({}),
) -> tuple[tuple[FoundFault, ...], tuple[str, ...]]:
    """Return the faults of a set, what matters most first, and those that may hide from this view.

    ``told`` says by name how far each goes in each repetition, ``by_chance_deg`` how far it surely
    goes, as told of sets done right. A fault is found in repetitions in which it surely goes
    further than by chance and the middle of its interval lies beyond its limit, if both hold of the
    set's median repetition as well: one repetition alone is wrong too often. The angle of the joint
    that shows the fault must not say otherwise, and where that angle is surely beyond the limit it
    is enough. Where that joint cannot be judged on either side nothing is found: such a fault may
    hide.

    A fault of a joint that is ``held_against`` another norm than the expert, by joint and phase, is
    as large as that joint's angle says, whatever is told.
    """
    found: list[FoundFault] = []
    untold: list[str] = []
    for fault in motions()[exercise.name].faults:
        if not is_shown(fault):
            untold.append(fault.name)
            continue
        finding = _look_for(
            fault,
            told[fault.name],
            by_chance_deg[fault.name],
            _by_joints(exercise, fault, comparisons, held_against),
        )
        if finding.beyond.any() and _is_judged(fault, comparisons):
            found.append(_found(exercise, fault, finding, language))
        elif finding.beyond.any() or _may_hide(fault, finding.size):
            untold.append(fault.name)
    found.sort(key=lambda f: (f.priority, -f.size_deg / f.limit_deg))
    return tuple(found), tuple(untold)


@dataclass(frozen=True, slots=True)
class _Finding:
    """How far a fault goes, and in which repetitions (R,) beyond its limit.

    ``by_chance_deg`` is set where that is what it was compared with.
    """

    size: Interval
    beyond: npt.NDArray[np.bool_]
    by_chance_deg: float | None = None


@dataclass(frozen=True, slots=True)
class _ByJoints:
    """How far a fault goes by the angles of the joint that shows it, and whether only that counts.

    It does where the joint is held against another norm than the expert.
    """

    size: Interval
    alone: bool


def _look_for(
    fault: Fault, told: Interval, by_chance_deg: float, by_joints: _ByJoints | None
) -> _Finding:
    if by_joints and by_joints.alone:
        return _Finding(by_joints.size, by_joints.size.surely_beyond(fault.limit_deg))
    seldom = beyond_limit(told, fault.limit_deg, by_chance_deg)
    if by_joints is None:
        return _Finding(told, seldom, by_chance_deg)
    seldom &= ~(by_joints.size.deg <= _AGREES_SHARE * fault.limit_deg)
    surely = by_joints.size.surely_beyond(fault.limit_deg)
    if surely.any() and not seldom.any():
        return _Finding(by_joints.size, surely)
    return _Finding(told, seldom, by_chance_deg)


def beyond_limit(size: Interval, limit_deg: float, by_chance_deg: float) -> npt.NDArray[np.bool_]:
    """Return in which repetitions (R,) a fault goes beyond its limit; none unless the median does.

    What is told of a fault that hardly shows is drawn to none, so that a small size may say much:
    the lower end of its interval is compared with those told of sets done right. How far the fault
    goes is said better by the middle of the interval.
    """
    known = np.isfinite(size.deg)
    beyond = (size.low_deg > by_chance_deg) & (size.middle_deg() > limit_deg)
    if not known.any():
        return beyond
    _, low_deg, high_deg = medians(size, known)
    in_median = low_deg > by_chance_deg and (low_deg + high_deg) / 2 > limit_deg
    return np.asarray(beyond & in_median)


def _by_joints(
    exercise: Exercise,
    fault: Fault,
    comparisons: Sequence[Comparison],
    held_against: Mapping[tuple[str, Stage], JointNorms],
) -> _ByJoints | None:
    """Return how far a fault goes by the angles of the joint that shows it.

    That is what both sides have in common; of a side that was not seen, the other one says it. None
    of a fault that no joint shows, or of one arm alone.
    """
    if fault.draws is None or _of_one_arm(fault):
        return None
    joint, phase, direction = fault.draws
    left, right = _drawn_by(fault, comparisons)
    check = _check(exercise, joint, phase)
    limits = [
        held_against.get((side.joint, phase), EXPERT_ONLY).limit(
            check, side.reference_deg, direction
        )
        for side in (left, right)
    ]
    left_size, right_size = (
        side.beyond(direction, limit.reference_deg)
        for side, limit in zip((left, right), limits, strict=True)
    )
    size = Interval(
        *(
            _mean_of_known(*sides)
            for sides in (
                (left_size.deg, right_size.deg),
                (left_size.low_deg, right_size.low_deg),
                (left_size.high_deg, right_size.high_deg),
            )
        )
    )
    return _ByJoints(size, alone=any(limit.norm != "expert" for limit in limits))


def seen_faults(
    exercise: Exercise, told: Mapping[str, Interval], track: PoseTrack, found: Sequence[TimedSwing]
) -> Mapping[str, Interval]:
    """Return the sizes of faults in the repetitions ``found``, NaN where nothing shows them.

    That is where the joint was hidden all through the repetition (it counts as seen when one side
    was, at any moment: a repetition is told as a whole; where one arm is held against the other,
    both must be at once), and of a start position that was over before the clip began.
    """
    seen = ~hidden(track) & np.isfinite(track.xy[..., 0])
    sizes = dict(told)
    for fault in motions()[exercise.name].faults:
        if fault.draws:
            sides = [list(JOINTS[f"{side}_{fault.draws[0]}"]) for side in SIDES]
            side_seen = [seen[:, joint].all(axis=1) for joint in sides]
            shown = (np.all if _of_one_arm(fault) else np.any)(side_seen, axis=0)
            at_start = fault.draws[1] == "start"
            known = [
                bool(shown[each.frames.start : each.frames.end + 1].any())
                and not (at_start and each.begun)
                for each in found
            ]
            sizes[fault.name] = told[fault.name].where(np.array(known))
    return sizes


def _mean_of_known(
    left: npt.NDArray[np.float64], right: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    mean = (left + right) / 2
    return np.where(np.isnan(mean), np.where(np.isnan(left), right, left), mean)


def _of_one_arm(fault: Fault) -> bool:
    return any(part.startswith(SIDES) for part, _ in fault.adds)


def is_shown(fault: Fault) -> bool:
    """Tell whether any keypoint shows a fault: COCO has none of the hands."""
    return any(name != "wrist" for _, name in fault.adds)


def _is_judged(fault: Fault, comparisons: Sequence[Comparison]) -> bool:
    """Tell whether the joint that shows a fault is judged, on either side, where it shows it.

    A report that could not measure an elbow must not say in the same breath how far it is off.
    """
    drawn_by = _drawn_by(fault, comparisons)
    return not drawn_by or any(comparison.obstacle is None for comparison in drawn_by)


def _drawn_by(fault: Fault, comparisons: Sequence[Comparison]) -> Sequence[Comparison]:
    """Return the joint that shows a fault, left and right, where it shows it; none if none does."""
    if fault.draws is None:
        return ()
    joint, phase, _ = fault.draws
    return [
        next(c for c in comparisons if (c.joint, c.phase) == (f"{side}_{joint}", phase))
        for side in SIDES
    ]


def _may_hide(fault: Fault, size: Interval) -> bool:
    """Tell whether a fault that was not found could be there, unseen."""
    farthest_deg = 2 * size.high_deg - size.deg
    farthest_deg = farthest_deg[np.isfinite(farthest_deg)]
    return not len(farthest_deg) or bool(np.median(farthest_deg) > fault.limit_deg + _MAY_REACH_DEG)


def fault_title(name: str) -> str:
    """Return ``Torso leans back`` for ``torso_leans_back``."""
    return name.replace("_", " ").capitalize()


def _found(
    exercise: Exercise,
    fault: Fault,
    finding: _Finding,
    language: str,
) -> FoundFault:
    size, beyond, chance_deg = finding.size, finding.beyond, finding.by_chance_deg
    told_deg, low_deg, high_deg = medians(size, beyond)
    size_deg = told_deg if chance_deg is None else (low_deg + high_deg) / 2
    repetitions = tuple(int(i) + 1 for i in np.flatnonzero(beyond))
    words, priority = _correction(exercise, fault, language)
    return FoundFault(
        name=fault.name,
        repetitions=repetitions,
        size_deg=round(size_deg, 1),
        low_deg=round(low_deg, 1),
        high_deg=round(high_deg, 1),
        limit_deg=fault.limit_deg,
        told_deg=None if chance_deg is None else round(told_deg, 1),
        by_chance_deg=None if chance_deg is None else round(chance_deg, 1),
        source=fault.source,
        priority=priority,
        message=text(
            "correct.fault",
            language,
            fix=words.write,
            fault=fault_title(fault.name),
            size=round(size_deg),
            limit=round(fault.limit_deg),
            repetitions=in_repetitions(repetitions, len(size.deg), language),
        ),
        spoken=words.say,
    )


def _correction(exercise: Exercise, fault: Fault, language: str) -> tuple[Words, int]:
    """Return what a coach says about a fault, and how much it matters."""
    if fault.draws is None:
        return Words(fault.correction, fault.correction), fault.priority
    joint, phase, direction = fault.draws
    check = _check(exercise, joint, phase)
    words = check.larger if direction == "larger" else check.smaller
    return words[language], check.priority


def _check(exercise: Exercise, joint: str, phase: Stage) -> Check:
    return next(c for c in exercise.checks if (c.joint, c.phase) == (joint, phase))
