import numpy as np
import pytest

from pipeline.pose.smooth import SmoothSettings, smooth, torso_length
from pipeline.pose.track import PoseTrack
from tests.tracks import TORSO_PX, curl_track

LEFT_WRIST = 9


def with_conf(track: PoseTrack, frames: slice, value: float) -> PoseTrack:
    conf = track.conf.copy()
    conf[frames, LEFT_WRIST] = value
    return PoseTrack(track.t, track.xy, conf, track.width, track.height)


def test_noise_shrinks_and_turning_points_stay() -> None:
    track = curl_track(3, fps=30)
    noise = np.random.default_rng(1).normal(0, 4, track.xy.shape).astype(np.float32)
    noisy = PoseTrack(track.t, track.xy + noise, track.conf, 720, 1280)
    cleaned = smooth(noisy)
    error = np.abs(cleaned.xy - track.xy)
    assert error.mean() < 0.6 * np.abs(noise).mean()
    highest = track.xy[:, LEFT_WRIST, 1].min()
    assert abs(cleaned.xy[:, LEFT_WRIST, 1].min() - highest) < 4


def test_a_quadratic_passes_unchanged() -> None:
    t = np.sort(np.random.default_rng(2).uniform(0, 3, 60))
    curve = np.stack([100 + 20 * t**2, 50 - 7 * t], axis=1)
    xy = np.repeat(curve[:, None], 17, axis=1).astype(np.float32)
    xy[:, 5:] += np.arange(12)[None, :, None] * 100
    track = PoseTrack(t, xy, np.ones((60, 17), np.float32), 640, 480)
    assert np.allclose(smooth(track).xy, xy, atol=0.01)


@pytest.mark.parametrize(("gap_s", "filled"), [(0.2, True), (0.8, False)])
def test_short_gaps_are_filled_and_long_ones_left(gap_s: float, filled: bool) -> None:
    track = curl_track(3, fps=30)
    gap = slice(60, 60 + round(gap_s * 30))
    cleaned = smooth(with_conf(track, gap, 0.05))
    inside = cleaned.xy[gap, LEFT_WRIST]
    assert np.isfinite(inside).all() == filled
    if filled:
        assert np.abs(inside - track.xy[gap, LEFT_WRIST]).max() < 6


def test_a_wild_keypoint_is_put_back_among_its_neighbours() -> None:
    track = curl_track(3, fps=30)
    xy = track.xy.copy()
    xy[50, LEFT_WRIST] += 400
    cleaned = smooth(PoseTrack(track.t, xy, track.conf, 720, 1280))
    assert np.abs(cleaned.xy[50, LEFT_WRIST] - track.xy[50, LEFT_WRIST]).max() < 6


def test_confidence_decides_what_was_seen() -> None:
    track = with_conf(curl_track(3), slice(None), 0.05)
    settings = SmoothSettings(min_confidence=0.02)
    assert np.isnan(smooth(track).xy[:, LEFT_WRIST]).all()
    assert np.isfinite(smooth(track, settings).xy[:, LEFT_WRIST]).all()


def test_an_empty_track_stays_empty() -> None:
    track = curl_track(1)
    track.conf[:] = 0
    assert np.isnan(smooth(track).xy).all()


def test_of_a_torso_that_is_never_seen_the_limbs_tell() -> None:
    track = curl_track(1)
    track.xy[:, [5, 6, 11, 12]] = np.nan
    # An expert's forearms and shanks are not those of the average body.
    assert torso_length(track.xy) == pytest.approx(TORSO_PX, rel=0.2)


def test_torso_length() -> None:
    assert torso_length(curl_track(1).xy) == pytest.approx(TORSO_PX, rel=0.01)
    assert np.isnan(torso_length(np.full((3, 17, 2), np.nan)))
