"""Which keypoints are hidden."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.pose.track import PoseTrack
from pipeline.pose.tune.visibility import teach_visibility
from pipeline.pose.visibility import (
    VisibilityModel,
    described,
    hidden,
    in_sight,
    load_visibility,
)
from references.skeleton import KEYPOINT_INDEX, MIRROR

LEFT_WRIST, NOSE = KEYPOINT_INDEX["left_wrist"], KEYPOINT_INDEX["nose"]
STANDING = np.array(
    [
        *[(100, 30), (104, 26), (96, 26), (110, 30), (90, 30)],
        *[(120, 60), (80, 60), (128, 95), (72, 95), (130, 128), (70, 128)],
        *[(113, 130), (87, 130), (114, 175), (86, 175), (115, 220), (85, 220)],
    ],
    np.float32,
)


def standing(**doubts: float) -> PoseTrack:
    """Return a lifter seen from the front, all keypoints sure but those named."""
    conf = np.full((1, 17), 0.995, np.float32)
    for name, doubt in doubts.items():
        conf[0, KEYPOINT_INDEX[name]] = doubt
    return PoseTrack(np.zeros(1), STANDING[None], conf, 200, 240)


def test_nothing_is_hidden_of_who_stands_before_the_camera() -> None:
    assert not hidden(standing()).any()


def test_a_doubtful_keypoint_is_hidden_and_leaves_the_others_seen() -> None:
    told = hidden(standing(left_wrist=0.1))
    assert np.flatnonzero(told[0]).tolist() == [LEFT_WRIST]


def test_place_and_size_in_the_picture_tell_nothing() -> None:
    conf = np.linspace(0.05, 0.99, 17)[None]
    near = described(3 * STANDING[None] + 500, conf)
    assert near == pytest.approx(described(STANDING[None], conf), abs=1e-4)


def test_a_mirrored_body_hides_what_the_mirror_shows() -> None:
    track = standing(left_wrist=0.3, left_elbow=0.5, nose=0.6)
    order = list(MIRROR)
    told = load_visibility().hidden(track.xy, track.conf)
    mirrored = load_visibility().hidden(track.xy[:, order] * [-1, 1], track.conf[:, order])
    assert mirrored[:, order] == pytest.approx(told, abs=1e-6)


def test_only_what_is_surely_hidden_is_out_of_sight() -> None:
    track = standing(left_wrist=0.01, nose=0.14)
    assert hidden(track)[0, [LEFT_WRIST, NOSE]].all()
    seen = in_sight(track)
    assert np.flatnonzero(np.isnan(seen.xy[0, :, 0])).tolist() == [LEFT_WRIST]
    others = np.arange(17) != LEFT_WRIST
    assert np.array_equal(seen.xy[0, others], track.xy[0, others])
    assert np.isfinite(track.xy).all()


@pytest.mark.parametrize("doubt", [np.nan, 0.02])
def test_a_keypoint_out_of_the_picture_does_not_move_the_others(doubt: float) -> None:
    """It is not in the track then, whatever its place was."""
    xy, conf = STANDING[None].copy(), np.full((1, 17), 0.9)
    xy[0, LEFT_WRIST] = np.nan if np.isnan(doubt) else (900, -300)
    conf[0, LEFT_WRIST] = 0.02
    places = described(xy, conf)[0, :34].reshape(17, 2)
    assert places[LEFT_WRIST].tolist() == [0, 0]
    assert np.abs(places).max() < 3


def test_a_frame_without_anybody_is_told_without_a_warning() -> None:
    nobody = np.full((2, 17, 2), np.nan, np.float32)
    assert np.isfinite(load_visibility().hidden(nobody, np.zeros((2, 17)))).all()


def test_what_the_whole_pose_tells_is_learned(tmp_path: Path) -> None:
    """Here a wrist left of the nose is hidden, whatever its confidence; half precision keeps it."""
    rng = np.random.default_rng(0)
    xy = STANDING + rng.normal(0, 2, (400, 17, 2))
    behind = rng.uniform(size=400) < 0.5
    xy[behind, LEFT_WRIST, 0] -= 60
    told = np.zeros((400, 17), np.bool_)
    told[behind, LEFT_WRIST] = True
    # Mirrored pictures are learned from too: the other wrist stays where it is.
    conf = np.full((400, 17), 0.9)
    model = teach_visibility(xy, conf, ~told, told, seed=1)
    model.write(tmp_path / "visibility.npz")
    right = (model.hidden(xy, conf) > 0.5) == told
    assert right[:, LEFT_WRIST].mean() > 0.95
    assert right.mean() > 0.98
    with np.load(tmp_path / "visibility.npz") as arrays:
        again = VisibilityModel.of(arrays)
    assert again.hidden(xy, conf) == pytest.approx(model.hidden(xy, conf), abs=0.02)
