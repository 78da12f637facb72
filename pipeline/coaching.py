"""Whether a coach's own clip is good enough to compare others with, and the reference it makes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.analysis import Settings, load_network
from pipeline.compare import Comparison
from pipeline.correct import listed
from pipeline.errors import ClipError, SettingError
from pipeline.judge import Verdict, judge
from pipeline.moments import StagePoses
from pipeline.observe import observe
from pipeline.pose.track import PoseTrack
from pipeline.retrieve import Match
from pipeline.titles import joint_title, moment_title
from pipeline.watch import Progress
from references.exercises import PHASES, Exercise, Phase, exercises, find_exercise
from references.experts.coaches import CoachReference, clean_name
from references.skeleton import SIDES
from references.texts import DEFAULT_LANGUAGE, text

_FEWEST_REPETITIONS: Final = 2

# Who is to be followed repeats a position to within this share of what the exercise allows others.
_MOST_SCATTER_SHARE: Final = 0.6

# A movement shorter than this share of the expert's, seen from the same side, is not whole.
_SMALLEST_RANGE_SHARE: Final = 0.75

_UNSEEN: Final = frozenset({"not_seen", "view"})


def make_reference(
    clip: Path,
    *,
    exercise: str,
    coach: str,
    settings: Settings,
    owner: int | None = None,
    language: str = DEFAULT_LANGUAGE,
    progress: Progress = lambda step, done: None,
) -> CoachReference:
    """Return the reference that a coach's clip makes.

    Raises SettingError for an unknown exercise or a name that is none, ClipError when the clip
    cannot be analysed or is not good enough to compare others with.
    """
    name, known_as = find_exercise(exercise), clean_name(coach)
    if name is None:
        raise SettingError("exercise.unknown", words=exercise, known=", ".join(exercises()))
    if known_as is None:
        raise SettingError("reference.bad_name")
    progress("decode", 0.0)
    network = load_network(settings)
    track = observe(clip, network, settings.observe, language=language, progress=progress).track
    # Coaches are held against the experts that come with the project, not against each other.
    return reference_from(track, judge(track, exercise=name, language=language), known_as, owner)


def reference_from(
    track: PoseTrack, verdict: Verdict, coach: str, owner: int | None = None
) -> CoachReference:
    """Return the reference that a judged set makes. Raises ClipError when it is not good enough."""
    exercise = exercises()[verdict.exercise or ""]
    language = DEFAULT_LANGUAGE
    filming = exercise.filming[language]
    if len(verdict.swings) < _FEWEST_REPETITIONS:
        raise ClipError("reference.too_few", count=len(verdict.swings), least=_FEWEST_REPETITIONS)
    if verdict.match is None:
        raise ClipError("reference.unlike", exercise=exercise.title(language), filming=filming)
    # What is halfway follows from start and turn.
    seen = [c for c in verdict.comparisons if c.phase in PHASES and c.obstacle not in _UNSEEN]
    hidden = _hidden_joints(exercise, seen)
    if hidden:
        joints = listed([text(f"body.{joint}", language) for joint in hidden])
        raise ClipError("reference.not_seen", joints=joints, filming=filming)
    _check_steady(exercise, seen)
    _check_whole(exercise, verdict, verdict.match)
    view, xy = verdict.match.view, _typical_poses(track, verdict, verdict.match)
    angles: dict[Phase, dict[str, float]] = {
        phase: {c.joint: float(np.nanmedian(c.user.deg)) for c in seen if c.phase == phase}
        for phase in PHASES
    }
    return CoachReference(
        coach, exercise.name, view.azimuth_deg, view.elevation_deg, xy, angles, owner
    )


def _typical_poses(track: PoseTrack, verdict: Verdict, match: Match) -> npt.NDArray[np.float32]:
    """Return the typical poses (2, 17, 2) at start and turn in the unit of the experts' views.

    A keypoint that the clip does not show stands where the expert has it.
    """
    typical = StagePoses.of(track.xy, verdict.swings).typical()
    poses = np.stack([typical[phase] for phase in PHASES]) * match.scale
    expert = match.view.salient()
    missing = np.isnan(poses)
    offset = np.nanmean(poses - expert, axis=1, keepdims=True)
    return np.where(missing, expert + offset, poses).astype(np.float32)


def _hidden_joints(exercise: Exercise, seen: Sequence[Comparison]) -> list[str]:
    """Return the joints, without side, that some check needs and that neither side shows."""
    shown = {(c.joint, c.phase) for c in seen}
    hidden = [
        check.joint
        for check in exercise.checks
        if check.phase in PHASES
        and not any((joint, check.phase) in shown for joint in check.joints())
    ]
    return list(dict.fromkeys(hidden))


def _check_steady(exercise: Exercise, seen: Sequence[Comparison]) -> None:
    thresholds = {(j, c.phase): c.threshold_deg for c in exercise.checks for j in c.joints()}
    for each in seen:
        scatter = float(np.nanmax(each.user.deg) - np.nanmin(each.user.deg))
        if scatter > _MOST_SCATTER_SHARE * thresholds[each.joint, each.phase]:
            raise ClipError(
                "reference.uneven",
                joint=joint_title(each.joint, DEFAULT_LANGUAGE),
                moment=moment_title(exercise.name, each.phase, DEFAULT_LANGUAGE),
                scatter=round(scatter),
            )


def _check_whole(exercise: Exercise, verdict: Verdict, match: Match) -> None:
    """Refuse a set in which the joint that drives the movement goes less far than the expert's."""
    start, turn = (match.view.angles_deg(phase) for phase in PHASES)
    for joint in (f"{side}_{exercise.driver}" for side in SIDES):
        moved = [
            abs(r.angles_deg["turn"][joint] - r.angles_deg["start"][joint])
            for r in verdict.repetitions
            if all(joint in r.angles_deg[phase] for phase in PHASES)
        ]
        expert = abs(turn[joint] - start[joint])
        if moved and float(np.median(moved)) >= _SMALLEST_RANGE_SHARE * expert:
            return
    raise ClipError("reference.not_whole", exercise=exercise.title())
