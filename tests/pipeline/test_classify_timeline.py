import numpy as np
import pytest

from pipeline.classify.features import FEATURES
from pipeline.classify.recognise import Recogniser
from pipeline.classify.timeline import exercises_in
from pipeline.pose.track import PoseTrack
from references.skeleton import KEYPOINT_INDEX
from tests.tracks import TORSO_PX, curl_track

CLASSES = ("curl", "hang", "unknown")
_WRIST = 2 * KEYPOINT_INDEX["left_wrist"] + 1


def by_height_of_hands(steps: np.ndarray) -> np.ndarray:
    """Take hands that are mostly over the shoulders for a hang, everything else for a curl."""
    assert steps.shape[1:] == (30, FEATURES)
    hang = np.median(steps[:, :, _WRIST], axis=1) < -0.5
    return np.where(hang[:, None], [0.05, 0.9, 0.05], [0.9, 0.05, 0.05])


RECOGNISER = Recogniser(by_height_of_hands, CLASSES)


def with_hands_up(track: PoseTrack, start_s: float, end_s: float) -> PoseTrack:
    wrists = [KEYPOINT_INDEX["left_wrist"], KEYPOINT_INDEX["right_wrist"]]
    for frame in np.flatnonzero((track.t >= start_s) & (track.t < end_s)):
        track.xy[frame, wrists, 1] -= 2 * TORSO_PX
    return track


def test_one_exercise_is_one_stretch_over_the_whole_clip() -> None:
    [stretch] = exercises_in(RECOGNISER, curl_track(10))
    assert stretch.exercise == "curl"
    assert stretch.start_s == 0
    assert stretch.end_s == pytest.approx(curl_track(10).t[-1])
    assert stretch.probability == pytest.approx(0.9)


def test_two_exercises_are_found_one_after_the_other() -> None:
    first, second = exercises_in(RECOGNISER, with_hands_up(curl_track(15), 16.0, 40.0))
    assert (first.exercise, second.exercise) == ("curl", "hang")
    assert first.end_s == pytest.approx(16, abs=2)
    assert second.start_s == pytest.approx(first.end_s, abs=0.1)


def test_a_short_interruption_is_no_second_exercise() -> None:
    found = exercises_in(RECOGNISER, with_hands_up(curl_track(15), 12.0, 14.5))
    assert {stretch.exercise for stretch in found} == {"curl"}


def test_what_is_not_surely_an_exercise_is_left_out() -> None:
    unsure = Recogniser(lambda steps: np.full((len(steps), 3), 1 / 3), CLASSES)
    assert exercises_in(unsure, curl_track(10)) == ()


def test_a_short_clip_has_room_for_one_exercise_only() -> None:
    assert exercises_in(RECOGNISER, curl_track(3)) == ()


def test_nobody_does_nothing() -> None:
    track = curl_track(10)
    track.xy[:] = np.nan
    assert exercises_in(RECOGNISER, track) == ()
