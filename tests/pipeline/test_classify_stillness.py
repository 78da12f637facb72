import numpy as np
import pytest

from pipeline.classify.dataset import UNKNOWN
from pipeline.classify.stillness import held_by_who_holds, moved
from pipeline.pose.track import PoseTrack
from references.skeleton import KEYPOINT_INDEX
from tests.tracks import TORSO_PX, curl_pose, curl_track

CLASSES = ("plank", "push_up", UNKNOWN)
SHARES = np.array([[0.6, 0.3, 0.1]])


def held(seconds: float = 6.0, jitter_px: float = 0.0) -> PoseTrack:
    t = np.arange(0, seconds, 1 / 15)
    xy = np.repeat(curl_pose(90.0)[None], len(t), axis=0)
    xy += np.random.default_rng(0).normal(0, jitter_px, xy.shape)
    return PoseTrack(t, xy.astype(np.float32), np.full((len(t), 17), 0.9, np.float32), 720, 1280)


def test_who_holds_a_position_keeps_it() -> None:
    shaking = held(jitter_px=0.05 * TORSO_PX)
    assert moved(shaking) < 0.2
    np.testing.assert_allclose(held_by_who_holds(SHARES, CLASSES, [shaking]), SHARES)


def test_who_moves_does_not_hold_a_position() -> None:
    assert moved(curl_track(rest_s=0)) > 0.4
    shares = held_by_who_holds(SHARES, CLASSES, [curl_track(rest_s=0)])
    np.testing.assert_allclose(shares, [[0, 0.3, 0.7]])


def test_without_an_unknown_the_others_share_it() -> None:
    shares = held_by_who_holds(SHARES[:, :2], CLASSES[:2], [curl_track(rest_s=0)])
    np.testing.assert_allclose(shares, [[0, 1]])
    alone = held_by_who_holds(np.ones((1, 1)), CLASSES[:1], [curl_track(rest_s=0)])
    np.testing.assert_allclose(alone, [[1]])


def test_every_track_is_looked_at_by_itself() -> None:
    shares = held_by_who_holds(np.repeat(SHARES, 2, 0), CLASSES, [curl_track(rest_s=0), held()])
    assert shares[:, 0] == pytest.approx([0, 0.6])


def test_a_lifter_who_walks_along_holding_still_does_not_move() -> None:
    track = held()
    track.xy[..., 0] += np.linspace(0, 2 * TORSO_PX, len(track))[:, None]
    assert moved(track) < 0.01


def test_one_keypoint_that_is_misplaced_moves_nobody() -> None:
    track = held()
    track.xy[::2, KEYPOINT_INDEX["left_wrist"]] += TORSO_PX
    assert moved(track) < 0.01


def test_what_is_guessed_or_hardly_known_moves_nobody() -> None:
    guessed = curl_track(rest_s=0)
    guessed.conf[:] = 0.3
    assert moved(guessed) == 0
    nowhere = curl_track(rest_s=0)
    nowhere.xy[::2] = np.nan
    assert moved(nowhere) == 0
