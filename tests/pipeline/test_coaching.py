from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.analysis import Settings
from pipeline.coaching import make_reference, reference_from
from pipeline.errors import ClipError, SettingError
from pipeline.judge import judge
from pipeline.pictures import draw_pictures
from pipeline.pose.smooth import smooth
from pipeline.pose.track import PoseTrack
from references.exercises import PHASES
from references.experts import expert_motions
from references.experts.coaches import CoachReference
from references.geometry import joint_angles
from references.skeleton import KEYPOINT_INDEX
from tests.tracks import expert_track

CURL = "barbell_biceps_curl"


def reference(track: PoseTrack, coach: str = "Anna") -> CoachReference:
    return reference_from(track, judge(track, exercise=CURL), coach)


def test_a_good_set_makes_a_reference_from_the_side_it_was_filmed_from() -> None:
    made = reference(smooth(expert_track(CURL, 80.0)))
    assert (made.coach, made.exercise, made.owner) == ("Anna", CURL, None)
    assert abs(made.azimuth_deg - 80) <= 15
    [expert] = expert_motions(CURL)
    for phase in PHASES:
        true = joint_angles(expert.at(phase))["left_elbow"]
        assert made.angles_deg[phase]["left_elbow"] == pytest.approx(float(true), abs=10)


def test_a_lifter_who_moves_like_the_coach_is_compared_with_them(tmp_path: Path) -> None:
    track = smooth(expert_track(CURL, 80.0))
    reference(track).save(tmp_path)
    verdict = judge(track, exercise=CURL, coaches=tmp_path)
    assert verdict.match is not None
    assert verdict.match.view.id == "Anna"
    assert verdict.match.distance < 0.02
    assert verdict.deviations == ()
    assert any(c.obstacle is None for c in verdict.comparisons)
    draw_pictures(track, verdict, None, tmp_path)
    assert (tmp_path / "start.png").exists()


def test_from_another_side_the_expert_stays_nearest(tmp_path: Path) -> None:
    reference(smooth(expert_track(CURL, 80.0))).save(tmp_path)
    verdict = judge(smooth(expert_track(CURL, 260.0)), exercise=CURL, coaches=tmp_path)
    assert verdict.match is not None
    assert verdict.match.view.coach is None


def test_the_coachs_own_angle_is_what_counts(tmp_path: Path) -> None:
    track = smooth(expert_track(CURL, 80.0))
    made = reference(track)
    bent = {**made.angles_deg["start"], "left_elbow": made.angles_deg["start"]["left_elbow"] + 40}
    replace(made, angles_deg={**made.angles_deg, "start": bent}).save(tmp_path)
    [deviation] = judge(track, exercise=CURL, coaches=tmp_path).deviations
    assert (deviation.joint, deviation.phase) == ("left_elbow", "start")
    assert deviation.reference_deg == pytest.approx(bent["left_elbow"], abs=0.1)


def test_what_the_coachs_clip_hides_is_not_judged(tmp_path: Path) -> None:
    track = smooth(expert_track(CURL, 80.0))
    conf = track.conf.copy()
    conf[:, KEYPOINT_INDEX["right_elbow"]] = 0.1
    made = reference(replace(track, conf=conf))
    assert "right_elbow" not in made.angles_deg["start"]
    assert "left_elbow" in made.angles_deg["start"]
    made.save(tmp_path)
    verdict = judge(track, exercise=CURL, coaches=tmp_path)
    reasons = {n.joint: n.reason for n in verdict.not_judged if n.phase == "start"}
    assert "the coach's clip does not show it" in reasons["right_elbow"]


def hide(track: PoseTrack, *names: str) -> PoseTrack:
    conf = track.conf.copy()
    conf[:, [KEYPOINT_INDEX[name] for name in names]] = 0.1
    return replace(track, conf=conf)


def lose(track: PoseTrack, *names: str) -> PoseTrack:
    xy = track.xy.copy()
    xy[:, [KEYPOINT_INDEX[name] for name in names]] = np.nan
    return replace(track, xy=xy)


def test_a_side_that_the_clip_never_shows_does_no_harm(tmp_path: Path) -> None:
    track = smooth(expert_track(CURL, 80.0))
    far = ("right_shoulder", "right_elbow", "right_wrist", "right_hip")
    made = reference(lose(hide(track, *far), *far))
    assert np.isfinite(made.xy).all()
    assert set(made.angles_deg["turn"]) == {"left_elbow", "left_shoulder", "left_hip"}
    made.save(tmp_path)
    verdict = judge(track, exercise=CURL, coaches=tmp_path)
    assert verdict.match is not None
    assert verdict.match.view.id == "Anna"
    assert verdict.deviations == ()


def uneven(track: PoseTrack) -> PoseTrack:
    """Return the set with one repetition that hardly begins to open the arms."""
    short = smooth(expert_track(CURL, 80.0, short_starts=0.35))
    half = len(track) // 2
    return replace(track, xy=np.concatenate([track.xy[:half], short.xy[half:]]))


@pytest.mark.parametrize(
    ("track", "words"),
    [
        (smooth(expert_track(CURL, 80.0, turns=1)), "1 whole repetitions"),
        (smooth(expert_track(CURL, 80.0, turns=0, rest_s=3)), "0 whole repetitions"),
        (smooth(expert_track("bench_press", 70.0)), "does not look enough like"),
        (hide(smooth(expert_track(CURL, 80.0)), "left_wrist", "right_wrist"), "show the elbow"),
        (uneven(smooth(expert_track(CURL, 80.0))), "differ too much"),
        (smooth(expert_track(CURL, 80.0, short_starts=0.45)), "shorter than a whole"),
    ],
    ids=["one", "none", "another", "hidden", "uneven", "short"],
)
def test_a_set_that_is_not_good_enough_is_refused(track: PoseTrack, words: str) -> None:
    with pytest.raises(ClipError, match=words):
        reference(track)


@pytest.mark.parametrize(
    ("exercise", "coach", "words"),
    [("juggling", "Anna", "I do not know an exercise"), (CURL, "../Anna", "no name")],
)
def test_unknown_words_are_refused_before_the_clip_is_watched(
    tmp_path: Path, exercise: str, coach: str, words: str
) -> None:
    with pytest.raises(SettingError, match=words):
        make_reference(
            tmp_path / "missing.mp4", exercise=exercise, coach=coach, settings=Settings()
        )
