"""Step 8, correct: what differs by more than its threshold, in words (section 4.4.4)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from pipeline.compare import Comparison
from pipeline.norms import EXPERT_ONLY, JointNorms, Limit
from pipeline.report import Correction, Deviation, Finding, FoundFault, NotJudged
from pipeline.space.answer import Interval
from pipeline.titles import joint_title, moment_title
from references.exercises import DIRECTIONS, Check, Direction, Exercise, Stage, Words
from references.skeleton import kind_of, side_of
from references.texts import DEFAULT_LANGUAGE, text


def correct(
    exercise: Exercise,
    comparisons: Sequence[Comparison],
    language: str = DEFAULT_LANGUAGE,
    *,
    held_against: Mapping[tuple[str, Stage], JointNorms] = MappingProxyType({}),
) -> tuple[tuple[Deviation, ...], tuple[NotJudged, ...]]:
    """Return the deviations, the ones that matter most first, and what could not be judged.

    ``held_against`` holds, by joint and phase, what counts beside the expert or before.
    """
    deviations: list[Deviation] = []
    not_judged: list[NotJudged] = []
    checks = {(joint, check.phase): check for check in exercise.checks for joint in check.joints()}
    for comparison in comparisons:
        if comparison.obstacle is not None:
            words = text(
                f"not_judged.{comparison.obstacle}", language, filming=exercise.filming[language]
            )
            not_judged.append(NotJudged(comparison.joint, comparison.phase, words))
            continue
        check = checks[comparison.joint, comparison.phase]
        joint_norms = held_against.get((comparison.joint, comparison.phase), EXPERT_ONLY)
        deviations += _deviations(exercise, check, comparison, joint_norms, language)
    deviations.sort(key=lambda d: (d.priority, -abs(d.difference_deg)))
    return tuple(deviations), tuple(not_judged)


def adaptations(
    exercise: Exercise,
    comparisons: Sequence[Comparison],
    held_against: Mapping[tuple[str, Stage], JointNorms],
    language: str = DEFAULT_LANGUAGE,
) -> tuple[str, ...]:
    """Return a sentence on each joint whose deviation the lifter's own norm excused in part."""
    checks = {(joint, check.phase): check for check in exercise.checks for joint in check.joints()}
    said = []
    for comparison in comparisons:
        joint_norms = held_against.get((comparison.joint, comparison.phase), EXPERT_ONLY)
        own = joint_norms.own
        if comparison.obstacle is not None or own is None or joint_norms.target is not None:
            continue
        check = checks[comparison.joint, comparison.phase]
        by_expert = _deviations(exercise, check, comparison, EXPERT_ONLY, language)
        if by_expert != _deviations(exercise, check, comparison, joint_norms, language):
            said.append(
                text(
                    "norms.adapted",
                    language,
                    joint=joint_title(comparison.joint, language),
                    moment=moment_title(exercise.name, comparison.phase, language),
                    own=round(own.typical_deg),
                    expert=round(comparison.reference_deg),
                    sets=own.sets,
                )
            )
    return tuple(said)


def judge_nothing(
    exercise: Exercise, reason: str, language: str = DEFAULT_LANGUAGE
) -> tuple[NotJudged, ...]:
    """Return every check of the exercise as not judged, for one reason (a ``not_judged`` text)."""
    words = text(f"not_judged.{reason}", language)
    return tuple(
        NotJudged(joint, check.phase, words)
        for check in exercise.checks
        for joint in check.joints()
    )


def what_to_change(
    deviations: Sequence[Deviation],
    faults: Sequence[FoundFault],
    language: str = DEFAULT_LANGUAGE,
) -> tuple[Correction, ...]:
    """Return what the lifter is told to change, what matters most first.

    What several findings come to is said once: a fault on both sides of the body, or one that is
    known by its name and shows in a joint as well. The joint's words say more.
    """
    alike: dict[str, list[Finding]] = {}
    found: tuple[Finding, ...] = (*deviations, *faults)
    for finding in found:
        alike.setdefault(finding.spoken, []).append(finding)
    corrections = [
        Correction(_together(findings, language), spoken, min(f.priority for f in findings))
        for spoken, findings in alike.items()
    ]
    return tuple(sorted(corrections, key=lambda correction: correction.priority))


def _together(findings: Sequence[Finding], language: str) -> str:
    first = findings[0]
    if not isinstance(first, Deviation):
        return first.message
    others = {f.side for f in findings if isinstance(f, Deviation)} - {first.side}
    if not others:
        return first.message
    side = text(f"body.{others.pop()}", language)
    return f"{first.message} {text('correct.other_side', language, side=side)}"


def _deviations(
    exercise: Exercise,
    check: Check,
    comparison: Comparison,
    joint_norms: JointNorms,
    language: str,
) -> list[Deviation]:
    found = []
    for direction in DIRECTIONS:
        limit = joint_norms.limit(check, comparison.reference_deg, direction)
        words = _words(check, comparison, limit, direction, language)
        beyond = comparison.off(direction, abs(limit.threshold_deg), limit.reference_deg)
        if words is None or not beyond.any():
            continue
        repetitions = tuple(int(i) + 1 for i in np.flatnonzero(beyond))
        user_deg, low_deg, high_deg = medians(comparison.user, beyond)
        found.append(
            Deviation(
                joint=comparison.joint,
                side=side_of(comparison.joint),
                phase=comparison.phase,
                repetitions=repetitions,
                user_deg=round(user_deg, 1),
                low_deg=round(low_deg, 1),
                high_deg=round(high_deg, 1),
                reference_deg=round(limit.reference_deg, 1),
                difference_deg=round(user_deg - limit.reference_deg, 1),
                threshold_deg=abs(limit.threshold_deg),
                source=limit.source,
                priority=limit.priority,
                message=_message(
                    exercise, comparison, repetitions, user_deg, limit, words.write, language
                ),
                spoken=words.say,
                norm=limit.norm,
            )
        )
    return found


def _words(
    check: Check, comparison: Comparison, limit: Limit, direction: Direction, language: str
) -> Words | None:
    """Return what to say; None where differing that way is no fault of this exercise."""
    if limit.norm != "target":
        return (check.larger if direction == "larger" else check.smaller).get(language)
    joint = joint_title(comparison.joint, language)
    return Words(
        text(f"norms.{direction}_write", language, joint=joint),
        text(f"norms.{direction}_say", language, joint=joint),
    )


def _message(
    exercise: Exercise,
    comparison: Comparison,
    repetitions: tuple[int, ...],
    user_deg: float,
    limit: Limit,
    fix: str,
    language: str,
) -> str:
    difference = user_deg - limit.reference_deg
    return text(
        "correct.message",
        language,
        side=text(f"body.{side_of(comparison.joint)}", language),
        joint=text(f"body.{kind_of(comparison.joint)}", language),
        moment=moment_title(exercise.name, comparison.phase, language),
        repetitions=in_repetitions(repetitions, len(comparison.user.deg), language),
        user=round(user_deg),
        reference=round(limit.reference_deg),
        difference=round(abs(difference)),
        manner=text("correct.open" if difference > 0 else "correct.bent", language),
        norm=text(f"correct.{limit.norm}", language),
        fix=fix,
    )


def medians(interval: Interval, chosen: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return the medians of value, low and high bound over the chosen repetitions (R,)."""
    low, middle, high = (
        float(np.median(values[chosen]))
        for values in (interval.low_deg, interval.deg, interval.high_deg)
    )
    return middle, low, high


def in_repetitions(repetitions: Sequence[int], count: int, language: str = DEFAULT_LANGUAGE) -> str:
    """Return ``in repetitions 2 and 4``, or that it is all ``count`` of them."""
    if len(repetitions) == count:
        return text("correct.all", language)
    numbers = listed([str(r) for r in repetitions], language)
    return text(f"correct.{'one' if len(repetitions) == 1 else 'some'}", language, numbers=numbers)


def listed(words: Sequence[str], language: str = DEFAULT_LANGUAGE) -> str:
    """Return words as people list them: ``1, 2 and 4``."""
    if len(words) <= 1:
        return "".join(words)
    return text("list.last", language, head=", ".join(words[:-1]), last=words[-1])
