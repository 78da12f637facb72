import numpy as np
import pytest

from pipeline.pose.track import PoseTrack
from pipeline.repetitions import LIMB_ENDS, Swing, find_swings, movement_signal
from tests.tracks import curl_track

MOVING = ("left_wrist", "right_wrist")


def swings_of(track: PoseTrack) -> tuple[Swing, ...]:
    signal = movement_signal(track, MOVING)
    assert signal is not None
    wrist_height = -track.xy[:, 9, 1]
    rising = signal @ (wrist_height - wrist_height.mean()) > 0
    return find_swings(signal, track.t, turn_is_high=bool(rising))


@pytest.mark.parametrize("turns", [1, 2, 3, 8])
@pytest.mark.parametrize("fps", [10.0, 15.0, 30.0])
def test_counts_every_repetition(turns: int, fps: float) -> None:
    assert len(swings_of(curl_track(turns, fps=fps))) == turns


def test_starts_turns_and_ends_at_the_velocity_minima() -> None:
    swings = swings_of(track := curl_track(3, seconds=2.0, rest_s=1.0))
    times = [[track.t[i] for i in (s.start, s.turn, s.end)] for s in swings]
    assert np.allclose(times, [[1, 2, 3], [3, 4, 5], [5, 6, 7]], atol=0.35)
    assert np.allclose([t[1] for t in times], [2, 4, 6], atol=0.07)


def test_a_long_pause_belongs_to_no_repetition() -> None:
    swings = swings_of(track := curl_track(1, seconds=2.0, rest_s=5.0))
    assert track.t[swings[0].start] > 4.0
    assert track.t[swings[0].end] < 8.0


@pytest.mark.parametrize("bent", [165.0, 160.0])
def test_standing_still_is_no_repetition(bent: float) -> None:
    assert swings_of(curl_track(3, bent=bent)) == ()


def test_what_is_cut_off_after_the_turn_is_no_repetition() -> None:
    whole = curl_track(2, seconds=2.0, rest_s=1.0)
    cut = int(np.searchsorted(whole.t, 4.1))
    track = type(whole)(whole.t[:cut], whole.xy[:cut], whole.conf[:cut], 720, 1280)
    assert len(swings_of(track)) == 1


def test_camera_shake_takes_no_part() -> None:
    track = curl_track(3)
    shake = np.random.default_rng(0).normal(0, 15, (len(track), 1, 2)).astype(np.float32)
    shaken = type(track)(track.t, track.xy + shake, track.conf, 720, 1280)
    assert len(swings_of(shaken)) == 3


def test_no_signal_without_shoulders() -> None:
    track = curl_track(3)
    track.xy[:, [5, 6]] = np.nan
    assert movement_signal(track, LIMB_ENDS) is None


def test_no_signal_when_nothing_that_moves_is_seen() -> None:
    track = curl_track(3)
    track.xy[:, [9, 10]] = np.nan
    assert movement_signal(track, MOVING) is None
