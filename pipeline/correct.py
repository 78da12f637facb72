"""Step 8, correct: what differs by more than its threshold, in words (section 4.4.4)."""

from collections.abc import Sequence

import numpy as np

from pipeline.compare import Comparison
from pipeline.report import Deviation, NotJudged
from references.exercises import Check, Exercise
from references.skeleton import kind_of, side_of
from references.texts import DEFAULT_LANGUAGE, text


def correct(
    exercise: Exercise, comparisons: Sequence[Comparison], language: str = DEFAULT_LANGUAGE
) -> tuple[tuple[Deviation, ...], tuple[NotJudged, ...]]:
    """Return the deviations, the ones that matter most first, and what could not be judged."""
    deviations: list[Deviation] = []
    not_judged: list[NotJudged] = []
    checks = {(joint, check.phase): check for check in exercise.checks for joint in check.joints()}
    for comparison in comparisons:
        if comparison.obstacle is not None:
            words = text(f"not_judged.{comparison.obstacle}", language)
            not_judged.append(NotJudged(comparison.joint, comparison.phase, words))
            continue
        check = checks[comparison.joint, comparison.phase]
        deviations += _deviations(exercise, check, comparison, language)
    deviations.sort(key=lambda d: (d.priority, -abs(d.difference_deg)))
    return tuple(deviations), tuple(not_judged)


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


def _deviations(
    exercise: Exercise, check: Check, comparison: Comparison, language: str
) -> list[Deviation]:
    difference = comparison.difference_deg()
    found = []
    for words, beyond in (
        (check.larger, difference > check.threshold_deg),
        (check.smaller, difference < -check.threshold_deg),
    ):
        # Without words for a direction, differing that way is no fault of this exercise.
        if language not in words or not beyond.any():
            continue
        repetitions = tuple(int(i) + 1 for i in np.flatnonzero(beyond))
        user_deg = float(np.median(comparison.user_deg[beyond]))
        found.append(
            Deviation(
                joint=comparison.joint,
                side=side_of(comparison.joint),
                phase=comparison.phase,
                repetitions=repetitions,
                user_deg=round(user_deg, 1),
                reference_deg=round(comparison.reference_deg, 1),
                difference_deg=round(user_deg - comparison.reference_deg, 1),
                threshold_deg=check.threshold_deg,
                source=check.source,
                priority=check.priority,
                message=_message(
                    exercise, comparison, repetitions, user_deg, words[language].write, language
                ),
                spoken=words[language].say,
            )
        )
    return found


def _message(
    exercise: Exercise,
    comparison: Comparison,
    repetitions: tuple[int, ...],
    user_deg: float,
    fix: str,
    language: str,
) -> str:
    difference = user_deg - comparison.reference_deg
    if len(repetitions) == len(comparison.user_deg):
        extent = "all"
    else:
        extent = "one" if len(repetitions) == 1 else "some"
    numbers = listed([str(r) for r in repetitions], language)
    return text(
        "correct.message",
        language,
        side=text(f"body.{side_of(comparison.joint)}", language),
        joint=text(f"body.{kind_of(comparison.joint)}", language),
        phase=exercise.phase_title(comparison.phase, language),
        repetitions=text(f"correct.{extent}", language, numbers=numbers),
        user=round(user_deg),
        reference=round(comparison.reference_deg),
        difference=round(abs(difference)),
        manner=text("correct.open" if difference > 0 else "correct.bent", language),
        fix=fix,
    )


def listed(words: Sequence[str], language: str = DEFAULT_LANGUAGE) -> str:
    """Return words as people list them: ``1, 2 and 4``."""
    if len(words) <= 1:
        return "".join(words)
    return text("list.last", language, head=", ".join(words[:-1]), last=words[-1])
