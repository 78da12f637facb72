"""Steps 4 to 8 together: a pose track becomes a verdict."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.camera import Camera
from pipeline.classify import classify, exercises_shown, sureness
from pipeline.compare import Comparison, compare
from pipeline.correct import adaptations, correct, judge_nothing, what_to_change
from pipeline.faults import find_faults, seen_faults
from pipeline.moments import StagePoses, image_plane
from pipeline.norms import STRANGER, OwnBody, norms
from pipeline.pose.track import PoseTrack
from pipeline.pose.visibility import hidden
from pipeline.repetitions import Swing, find_repetitions
from pipeline.report import (
    Candidate,
    Correction,
    Deviation,
    FoundFault,
    NotJudged,
    Repetition,
    Tempo,
)
from pipeline.retrieve import Match, nearest_view
from pipeline.space import Interval, SpaceAngles, View
from pipeline.space.tell import angles_in_space
from pipeline.tempo import tempo, with_tempo
from pipeline.titles import exercise_title
from references.exercises import STAGES, Exercise, Stage, exercises
from references.experts import expert_views
from references.experts.coaches import coach_views
from references.geometry import joint_angles
from references.motions import is_held, motions
from references.texts import DEFAULT_LANGUAGE, text

# Below this probability naming the exercise would be guessing: the lifter is asked instead.
_MIN_CONFIDENCE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in a track.

    ``swings`` are the repetitions as indices into the track; ``match`` is the expert view they were
    compared with, ``view`` where the camera stood and ``comparisons`` the angles; None and empty
    when nothing was compared.
    """

    exercise: str | None
    confidence: float
    chosen_by: str
    candidates: tuple[Candidate, ...]
    swings: tuple[Swing, ...]
    repetitions: tuple[Repetition, ...]
    tempo: Tempo | None
    match: Match | None
    comparisons: tuple[Comparison, ...]
    view: View | None
    deviations: tuple[Deviation, ...]
    faults: tuple[FoundFault, ...]
    faults_not_judged: tuple[str, ...]
    corrections: tuple[Correction, ...]
    not_judged: tuple[NotJudged, ...]
    warnings: tuple[str, ...]
    timings_s: Mapping[str, float]


def judge(
    track: PoseTrack,
    *,
    exercise: str | None = None,
    camera: Camera | None = None,
    coaches: Path | None = None,
    body: OwnBody = STRANGER,
    language: str = DEFAULT_LANGUAGE,
) -> Verdict:
    """Judge the set in a track: which exercise, which repetitions, how they differ from an expert.

    ``exercise`` overrides the classifier; ``camera`` is the one that filmed the track; ``coaches``
    is the folder with references of coaches, which count beside the experts; ``body`` is what
    is known of the lifter. Raises SettingError when the camera filmed pictures of another shape.
    """
    watch = _Stopwatch()
    candidates = classify(track)
    shown = exercises_shown(track)
    best = candidates[0]
    chosen = exercise or (best.name if sureness(candidates) >= _MIN_CONFIDENCE else None)
    known = exercises().get(chosen) if chosen else None
    watch.lap("classify")

    plane = image_plane(track, camera)
    views = expert_views(known.name) if known else ()
    if known and coaches:
        views += coach_views(known.name, coaches)
    movement = views or (expert_views(chosen) if chosen else ())
    found = find_repetitions(track, movement)
    swings = tuple(swing.frames for swing in found)
    poses = StagePoses.of(plane, swings)
    watch.lap("repetitions")

    match = nearest_view(poses.typical(), views) if swings else None
    watch.lap("retrieve")

    # Nothing is said of a joint that was hidden, although its place was guessed.
    seen = StagePoses.of(np.where(hidden(track)[..., None], np.float32(np.nan), plane), swings)
    # Nor of a start position that was over before the clip began, and of the way that began there.
    begun = [swing.begun for swing in found]
    seen.start[begun] = seen.out[begun] = np.nan
    space = angles_in_space(track, swings, chosen, camera) if chosen else None
    watch.lap("angles")

    deviations: tuple[Deviation, ...] = ()
    faults: tuple[FoundFault, ...] = ()
    untold: tuple[str, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    adapted: tuple[str, ...] = ()
    if known and match and space:
        comparisons = compare(known, space, seen, match.view)
        watch.lap("compare")
        held_against = norms(known, body)
        deviations, not_judged = correct(known, comparisons, language, held_against=held_against)
        faults, untold = find_faults(
            known,
            comparisons,
            seen_faults(known, space.faults, track, found),
            space.by_chance_deg,
            language,
            held_against=held_against,
        )
        adapted = adaptations(known, comparisons, held_against, language)
    elif known:
        reason = "unlike_expert" if swings else "no_repetition"
        not_judged = judge_nothing(known, reason, language)
        untold = tuple(fault.name for fault in motions()[known.name].faults)
    watch.lap("correct")

    motion = motions().get(chosen) if chosen else None
    repetitions = with_tempo(
        _repetitions(track, swings, seen, space), found, motion.lifts if motion else None
    )
    return Verdict(
        exercise=chosen,
        confidence=1.0 if exercise else round(best.probability, 4),
        chosen_by="lifter" if exercise else "classifier",
        candidates=candidates,
        swings=swings,
        repetitions=repetitions,
        tempo=tempo(repetitions, known.driver if known else None),
        match=match,
        comparisons=comparisons,
        view=space.view if space else None,
        deviations=deviations,
        faults=faults,
        faults_not_judged=untold,
        corrections=what_to_change(deviations, faults, language),
        not_judged=not_judged,
        warnings=(
            *_several(shown, language),
            *_warnings(chosen, known, swings, match, language),
            *adapted,
        ),
        timings_s=watch.laps,
    )


def _repetitions(
    track: PoseTrack, swings: Sequence[Swing], seen: StagePoses, space: SpaceAngles | None
) -> tuple[Repetition, ...]:
    """Return the repetitions with the angles of every joint that was seen.

    Where the angles in space are not known they are those drawn in the picture, without intervals.
    """
    told = {stage: _told(joint_angles(seen.at(stage)), stage, space) for stage in STAGES}
    return tuple(
        Repetition(
            start_s=_seconds(track, swing.start),
            turn_s=_seconds(track, swing.turn),
            end_s=_seconds(track, swing.end),
            angles_deg={p: _known(j, lambda told: told.deg, number) for p, j in told.items()},
            low_deg={p: _known(j, lambda told: told.low_deg, number) for p, j in told.items()},
            high_deg={p: _known(j, lambda told: told.high_deg, number) for p, j in told.items()},
        )
        for number, swing in enumerate(swings)
    )


def _told(
    drawn: Mapping[str, npt.NDArray[np.float32]], stage: Stage, space: SpaceAngles | None
) -> Mapping[str, Interval]:
    if space is None:
        return {
            joint: Interval(degrees.astype(np.float64), *np.full((2, len(degrees)), np.nan))
            for joint, degrees in drawn.items()
        }
    return {
        joint: space.angles[stage][joint].where(np.isfinite(degrees))
        for joint, degrees in drawn.items()
    }


def _known(
    told: Mapping[str, Interval],
    value: Callable[[Interval], npt.NDArray[np.float64]],
    repetition: int,
) -> Mapping[str, float]:
    degrees = {joint: float(value(interval)[repetition]) for joint, interval in told.items()}
    return {joint: round(value, 1) for joint, value in degrees.items() if np.isfinite(value)}


def _seconds(track: PoseTrack, frame: int) -> float:
    return round(float(track.t[frame]), 3)


def _several(shown: Sequence[str], language: str) -> tuple[str, ...]:
    """Say when a clip shows more than one exercise."""
    if len(shown) <= 1:
        return ()
    names = [exercise_title(name, language) for name in shown]
    *head, last = names
    listed = text("list.last", language, head=", ".join(head), last=last)
    return (text("judge.several", language, exercises=listed),)


def _warnings(
    chosen: str | None,
    known: Exercise | None,
    swings: Sequence[Swing],
    match: Match | None,
    language: str,
) -> tuple[str, ...]:
    if not chosen:
        return (text("judge.unknown_exercise", language),)
    if not known:
        if is_held(chosen):
            key = "judge.no_expert_hold"
        else:
            key = "judge.no_expert" if swings else "judge.no_expert_no_repetition"
        return (text(key, language, exercise=exercise_title(chosen, language)),)
    if not swings:
        filming = known.filming[language]
        return (text("judge.no_repetition", language, filming=filming),)
    if not match:
        filming = known.filming[language]
        return (
            text("judge.unlike_expert", language, exercise=known.title(language), filming=filming),
        )
    return ()


class _Stopwatch:
    """Seconds spent since the last lap, by the name of what was done."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = perf_counter()

    def lap(self, name: str) -> None:
        now = perf_counter()
        self.laps[name] = now - self._since
        self._since = now
