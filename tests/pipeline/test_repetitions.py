from dataclasses import replace

import numpy as np
import pytest

from pipeline.pose.smooth import smooth
from pipeline.pose.track import PoseTrack
from pipeline.repetitions import TimedSwing, find_repetitions
from pipeline.repetitions.holds import find_holds
from pipeline.repetitions.movement import movement_signal
from pipeline.repetitions.swings import find_swings
from references.experts import expert_views
from references.skeleton import KEYPOINT_INDEX
from tests.tracks import curl_track, expert_track

CURL = expert_views("barbell_biceps_curl")


def first(track: PoseTrack, frames: int) -> PoseTrack:
    return replace(track, t=track.t[:frames], xy=track.xy[:frames], conf=track.conf[:frames])


def repetitions_of(track: PoseTrack) -> tuple[TimedSwing, ...]:
    return find_repetitions(track, CURL)


@pytest.mark.parametrize("turns", [1, 2, 3, 8])
@pytest.mark.parametrize("fps", [10.0, 15.0, 30.0])
def test_counts_every_repetition(turns: int, fps: float) -> None:
    assert len(repetitions_of(curl_track(turns, fps=fps))) == turns


def test_counts_repetitions_of_a_lifter_whose_trunk_is_never_seen() -> None:
    track = curl_track(3)
    track.xy[:, [5, 6, 11, 12]] = np.nan
    assert len(repetitions_of(track)) == 3


@pytest.mark.parametrize("turns", [1, 3])
def test_counts_a_movement_that_it_knows_nothing_about(turns: int) -> None:
    assert len(find_repetitions(curl_track(turns), ())) == turns


@pytest.mark.parametrize("exercise", ["pull_up", "squat", "shoulder_press", "bench_press"])
def test_turns_where_the_expert_turns(exercise: str) -> None:
    track = smooth(expert_track(exercise, 60.0, rest_s=0.8, seconds=2.5))
    turns = [
        track.t[found.frames.turn] for found in find_repetitions(track, expert_views(exercise))
    ]
    assert np.allclose(turns, [2.05, 4.55, 7.05], atol=0.15)


def test_starts_turns_and_ends_at_the_velocity_minima() -> None:
    found = repetitions_of(track := curl_track(3, seconds=2.0, rest_s=1.0))
    times = [[track.t[i] for i in (s.frames.start, s.frames.turn, s.frames.end)] for s in found]
    assert np.allclose(times, [[1, 2, 3], [3, 4, 5], [5, 6, 7]], atol=0.3)
    assert np.allclose([t[1] for t in times], [2, 4, 6], atol=0.07)


def test_tells_the_way_there_the_pause_and_the_way_back() -> None:
    t = np.arange(0, 6, 1 / 15)
    way = np.clip(np.minimum((t - 1) / 1.0, (5 - t) / 2.0), 0, 1)
    [found] = find_swings(way**3 * (10 - 15 * way + 6 * way**2), t)
    assert found.start_s == pytest.approx(1.0, abs=0.1)
    assert found.reaches_s == pytest.approx(2.0, abs=0.1)
    assert found.leaves_s == pytest.approx(3.0, abs=0.1)
    assert found.end_s == pytest.approx(5.0, abs=0.1)
    assert not found.cut_off


def test_a_repetition_does_not_start_before_the_one_before_it_ends() -> None:
    t = np.arange(0, 8, 1 / 15)
    # Stalls on both ways past the bottom make it look as if both were slow.
    signal = np.interp(
        t, [0, 1, 2, 3, 3.6, 4, 4.4, 5, 6, 7, 8], [0, 0, 1, 0.2, 0.2, 0, 0.2, 0.2, 1, 0, 0]
    )
    one, other = find_swings(signal, t)
    assert one.end_s == other.start_s == pytest.approx(4.0, abs=0.15)
    assert one.frames.end == other.frames.start


def test_a_stall_in_the_middle_of_the_way_is_no_turn() -> None:
    t = np.arange(0, 6, 1 / 15)
    stalled = np.interp(t, [0, 1, 1.6, 2.2, 3, 4, 6], [0, 0, 0.55, 0.45, 1, 0, 0])
    assert len(find_swings(stalled, t)) == 1


def test_a_keypoint_gone_wild_is_no_repetition() -> None:
    t = np.arange(0, 8, 1 / 15)
    signal = np.maximum(0, np.sin(np.pi * t / 2)) ** 2
    signal[[40, 41]] += 3
    assert len(find_swings(signal, t)) == 2


def test_a_keypoint_gone_wild_at_a_turn_does_not_make_two_of_it() -> None:
    t = np.arange(0, 17, 1 / 15)
    signal = (1 - np.cos(2 * np.pi * t / 4)) / 2
    assert len(find_swings(signal, t)) == 4
    signal[np.abs(t - 6) < 0.25] = 0.1
    assert len(find_swings(signal, t)) == 4


def test_taking_the_weight_and_putting_it_back_is_no_repetition() -> None:
    t = np.arange(0, 10, 1 / 15)
    set_up = np.interp(t, [0, 1.5, 2, 3, 4, 5, 6, 7, 8.5, 10], [-2, 0, 0, 1, 0, 1, 0, 0, -2, -2])
    assert len(find_swings(set_up, t)) == 2


def test_a_long_pause_belongs_to_no_repetition() -> None:
    [found] = repetitions_of(curl_track(1, seconds=2.0, rest_s=5.0))
    assert found.start_s > 4.0
    assert found.end_s < 8.0


@pytest.mark.parametrize("bent", [165.0, 160.0])
def test_standing_still_is_no_repetition(bent: float) -> None:
    assert repetitions_of(curl_track(3, bent=bent)) == ()


def test_a_position_that_is_held_is_one_repetition_as_long_as_it_is_held() -> None:
    track = smooth(expert_track("plank", 90.0))
    (hold,) = find_repetitions(track, expert_views("plank"))
    assert (hold.start_s, hold.end_s) == (track.t[0], track.t[-1])
    assert not hold.cut_off


def held(t: np.ndarray, moved: np.ndarray) -> PoseTrack:
    """Return somebody who keeps one pose, ``moved`` (T,) torso lengths to the right of it."""
    pose = curl_track(1).xy[0]
    torso = float(np.linalg.norm(pose[5] - pose[11]))
    shift = np.stack([moved * torso, np.zeros(len(t))], axis=1)
    xy = (pose + shift[:, None]).astype(np.float32)
    return PoseTrack(t, xy, np.full(xy.shape[:2], 0.9, np.float32), 720, 1280)


def test_getting_down_and_up_is_not_held() -> None:
    t = np.arange(0, 20, 0.1)
    (hold,) = find_holds(held(t, np.interp(t, [0, 3, 15, 18], [2, 0, 0, 2])))
    assert hold.start_s == pytest.approx(3, abs=0.5)
    assert hold.end_s == pytest.approx(15, abs=0.5)


def test_a_hold_may_be_the_smaller_part_of_a_clip() -> None:
    t = np.arange(0, 20, 0.1)
    (hold,) = find_holds(held(t, np.where(t < 12, t, 0.0)))
    assert hold.start_s == pytest.approx(12, abs=0.2)
    assert hold.end_s == pytest.approx(t[-1])


def test_a_short_lapse_does_not_end_a_hold_and_a_long_one_does() -> None:
    t = np.arange(0, 20, 0.1)
    (whole,) = find_holds(held(t, np.where((t > 8) & (t < 8.5), 1.0, 0.0)))
    assert whole.end_s - whole.start_s == pytest.approx(19.9)
    (part,) = find_holds(held(t, np.where((t > 8) & (t < 10), 1.0, 0.0)))
    assert part.start_s == pytest.approx(10)


@pytest.mark.parametrize("seconds", [0.1, 1.5])
def test_a_moment_is_no_hold(seconds: float) -> None:
    t = np.arange(0, seconds, 0.1)
    assert find_holds(held(t, np.zeros(len(t)))) == ()


def test_nobody_holds_nothing() -> None:
    track = held(np.arange(0, 5, 0.1), np.zeros(50))
    assert find_holds(replace(track, xy=np.full_like(track.xy, np.nan))) == ()


def test_what_is_cut_off_before_the_turn_is_no_repetition() -> None:
    whole = curl_track(2, seconds=2.0, rest_s=1.0)
    assert len(repetitions_of(first(whole, int(np.searchsorted(whole.t, 3.4))))) == 1


def test_what_is_cut_off_after_the_turn_counts_when_others_went_before() -> None:
    whole = curl_track(2, seconds=2.0, rest_s=1.0)
    found = repetitions_of(first(whole, int(np.searchsorted(whole.t, 4.2))))
    assert [each.cut_off for each in found] == [False, True]
    only = curl_track(1, seconds=2.0, rest_s=1.0)
    assert repetitions_of(first(only, int(np.searchsorted(only.t, 2.2)))) == ()


@pytest.mark.parametrize(("from_s", "begun"), [(0.0, False), (0.9, False), (1.5, True)])
def test_a_clip_that_begins_on_the_way_to_the_turn_says_so(from_s: float, begun: bool) -> None:
    whole = curl_track(2, seconds=2.0, rest_s=1.0)
    late = slice(int(np.searchsorted(whole.t, from_s)), None)
    cut = replace(whole, t=whole.t[late] - from_s, xy=whole.xy[late], conf=whole.conf[late])
    assert [each.begun for each in repetitions_of(cut)] == [begun, False]


def test_camera_shake_takes_no_part() -> None:
    track = curl_track(3)
    shake = np.random.default_rng(0).normal(0, 15, (len(track), 1, 2)).astype(np.float32)
    assert len(repetitions_of(replace(track, xy=track.xy + shake))) == 3


def test_an_unsure_keypoint_counts_for_little() -> None:
    track = curl_track(3)
    rng = np.random.default_rng(0)
    xy, conf = track.xy.copy(), track.conf.copy()
    for name in ("left_wrist", "left_ankle", "right_ankle"):
        xy[:, KEYPOINT_INDEX[name]] += rng.normal(0, 60, (len(track), 2)).astype(np.float32)
        conf[:, KEYPOINT_INDEX[name]] = 0.15
    assert len(repetitions_of(replace(track, xy=xy, conf=conf))) == 3


@pytest.mark.parametrize("views", [(), CURL])
def test_no_signal_when_nothing_is_seen(views: tuple[()]) -> None:
    track = curl_track(3)
    assert movement_signal(replace(track, xy=np.full_like(track.xy, np.nan)), views) is None


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_a_clip_of_few_frames_has_no_repetition(frames: int) -> None:
    assert repetitions_of(first(curl_track(3), frames)) == ()
