from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.camera import Camera
from pipeline.errors import SettingError
from pipeline.judge import judge
from pipeline.pictures import draw_pictures
from pipeline.pose.smooth import smooth
from pipeline.pose.track import PoseTrack
from references.exercises import exercises
from references.skeleton import KEYPOINT_INDEX
from tests.tracks import curl_track, expert_track

SIDE = {
    "barbell_biceps_curl": 80.0,
    "bench_press": 70.0,
    "lat_pulldown": 40.0,
    "tricep_pushdown": 280.0,
}


@pytest.mark.parametrize("exercise", sorted(SIDE))
def test_an_expert_is_counted_found_and_not_corrected(exercise: str) -> None:
    verdict = judge(smooth(expert_track(exercise, SIDE[exercise])), exercise=exercise)
    assert len(verdict.repetitions) == 3
    assert verdict.match is not None
    assert verdict.match.distance < 0.1
    off = abs((verdict.match.view.azimuth_deg - SIDE[exercise] + 180) % 360 - 180)
    assert off <= 15
    assert verdict.deviations == ()
    assert verdict.warnings == ()
    judged = [c for c in verdict.comparisons if c.obstacle is None]
    assert any(c.joint.endswith("elbow") for c in judged)


def test_nothing_is_said_of_a_hidden_joint() -> None:
    track = smooth(expert_track("barbell_biceps_curl", 80.0, short_starts=0.5))
    conf = track.conf.copy()
    conf[:, [KEYPOINT_INDEX["left_elbow"], KEYPOINT_INDEX["right_elbow"]]] = 0.1
    verdict = judge(replace(track, conf=conf), exercise="barbell_biceps_curl")
    assert len(verdict.repetitions) == 3
    assert not any("elbow" in d.joint for d in verdict.deviations)
    assert any("elbow" in n.joint for n in verdict.not_judged)


def test_nothing_is_said_of_a_start_that_was_not_filmed() -> None:
    whole = smooth(expert_track("barbell_biceps_curl", 80.0, turns=1))
    whole_swing = judge(whole, exercise="barbell_biceps_curl").swings[0]
    late = slice((whole_swing.start + whole_swing.turn) // 2, None)
    cut = replace(
        whole, t=whole.t[late] - whole.t[late][0], xy=whole.xy[late], conf=whole.conf[late]
    )
    verdict = judge(cut, exercise="barbell_biceps_curl")
    assert len(verdict.repetitions) == 1
    assert verdict.repetitions[0].angles_deg["start"] == {}
    assert verdict.deviations == ()


@pytest.mark.parametrize("exercise", sorted(SIDE))
def test_a_short_start_is_corrected_in_every_repetition(exercise: str) -> None:
    track = smooth(expert_track(exercise, SIDE[exercise], short_starts=0.6))
    verdict = judge(track, exercise=exercise)
    assert len(verdict.repetitions) == 3
    starts = [d for d in verdict.deviations if d.phase == "start" and "elbow" in d.joint]
    assert starts
    assert all(d.repetitions == (1, 2, 3) for d in starts)


def test_the_exercise_is_recognised_without_being_told() -> None:
    verdict = judge(smooth(expert_track("barbell_biceps_curl", 80.0)))
    assert verdict.chosen_by == "classifier"
    assert verdict.candidates[0].name == "barbell_biceps_curl"


def test_another_exercise_than_the_one_told_is_not_compared() -> None:
    verdict = judge(smooth(expert_track("barbell_biceps_curl", 80.0)), exercise="bench_press")
    assert verdict.match is None
    assert verdict.deviations == ()
    assert {n.joint for n in verdict.not_judged} == set(exercises()["bench_press"].joints())
    [warning] = verdict.warnings
    assert "bench press" in warning


def test_standing_still_has_no_repetition_and_says_so() -> None:
    track = smooth(expert_track("barbell_biceps_curl", 80.0, turns=0, rest_s=3))
    verdict = judge(track, exercise="barbell_biceps_curl")
    assert verdict.repetitions == ()
    assert "no whole repetition" in verdict.warnings[0]
    # Nothing was seen of any fault, so none is absent.
    assert "short_top" in verdict.faults_not_judged
    assert verdict.faults == ()


def test_an_exercise_without_an_expert_is_counted_only() -> None:
    verdict = judge(smooth(curl_track(3)), exercise="squat")
    assert len(verdict.repetitions) == 3
    assert verdict.match is None
    assert "squat" in verdict.warnings[0]


def test_without_an_expert_and_a_repetition_nothing_is_said_to_be_counted() -> None:
    still = curl_track(3)
    still = replace(still, xy=np.repeat(still.xy[:1], len(still.xy), axis=0))
    verdict = judge(smooth(still), exercise="squat")
    [warning] = verdict.warnings
    assert warning.startswith("I saw no whole squat.")


def test_the_camera_straightens_what_its_lens_bent() -> None:
    camera = Camera(720, 1280, 700, 700, 360, 640, (0, 0, 0, 0, 0), 0.2, 12)
    track = smooth(expert_track("barbell_biceps_curl", 80.0))
    plain = judge(track, exercise="barbell_biceps_curl")
    calibrated = judge(track, exercise="barbell_biceps_curl", camera=camera)
    for a, b in zip(plain.repetitions, calibrated.repetitions, strict=True):
        assert a.angles_deg["turn"] == pytest.approx(b.angles_deg["turn"], abs=1.5)
    bent = replace(camera, distortion=(-0.3, 0.1, 0, 0, 0))
    other = judge(track, exercise="barbell_biceps_curl", camera=bent)
    assert other.repetitions != plain.repetitions


def test_a_camera_of_another_shape_is_refused() -> None:
    camera = Camera(1000, 1000, 900, 900, 500, 500, (0, 0, 0, 0, 0), 0.2, 12)
    with pytest.raises(SettingError, match="another shape"):
        judge(smooth(curl_track(2)), camera=camera)


@pytest.mark.parametrize(
    "track",
    [
        expert_track("barbell_biceps_curl", 80.0),
        expert_track("barbell_biceps_curl", 80.0, turns=0, rest_s=2),
        curl_track(2),
    ],
    ids=["set", "still", "other body"],
)
def test_two_pictures_come_out_whatever_was_seen(track: PoseTrack, tmp_path: Path) -> None:
    track = smooth(track)
    verdict = judge(track, exercise="barbell_biceps_curl")
    draw_pictures(track, verdict, None, tmp_path)
    for name in ("start.png", "end.png"):
        with Image.open(tmp_path / name) as picture:
            assert picture.height > 800
            assert np.asarray(picture).std() > 10
