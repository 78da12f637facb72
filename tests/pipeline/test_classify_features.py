from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.classify.augment import Augmentation, from_behind, mirrored
from pipeline.classify.features import FEATURES, LONGEST_S, STEPS, features, windows
from pipeline.pose.track import PoseTrack
from references.skeleton import JOINTS, KEYPOINT_INDEX, MIRROR
from tests.tracks import TORSO_PX, curl_track

UNCHANGED = Augmentation(
    translate_px=0,
    mirror=False,
    behind=False,
    shortest_s=0,
    warp=0,
    rotate_deg=0,
    rotate_lying_deg=0,
    stretch=0,
    noise=0,
    hide=0,
)


def moved(track: PoseTrack, *, scale: float = 1, by: tuple[float, float] = (0, 0)) -> PoseTrack:
    xy = (scale * track.xy + np.array(by)).astype(np.float32)
    return PoseTrack(track.t, xy, track.conf, track.width, track.height)


def at_frames(track: PoseTrack, frames: npt.NDArray[np.int64]) -> PoseTrack:
    return PoseTrack(
        track.t[frames], track.xy[frames], track.conf[frames], track.width, track.height
    )


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(moved(curl_track(), scale=0.31), id="filmed smaller"),
        pytest.param(moved(curl_track(), by=(-140, 333)), id="elsewhere in the picture"),
    ],
)
def test_place_and_size_do_not_count(changed: PoseTrack) -> None:
    np.testing.assert_allclose(features(changed), features(curl_track()), atol=1e-4)


@pytest.mark.parametrize("every", [2, 3, 4])
def test_frame_rate_does_not_count(every: int) -> None:
    full = curl_track(fps=60)
    dense = at_frames(full, np.arange(469))
    np.testing.assert_allclose(
        features(at_frames(dense, np.arange(0, 469, every))), features(dense), atol=0.03
    )


def test_uneven_timestamps_do_not_count() -> None:
    dense = curl_track(fps=60)
    kept = np.sort(np.random.default_rng(0).choice(len(dense) - 2, len(dense) // 2, replace=False))
    kept = np.concatenate([[0], kept + 1, [len(dense) - 1]])
    np.testing.assert_allclose(features(at_frames(dense, kept)), features(dense), atol=0.05)


def test_a_mirrored_track_is_the_mirrored_skeleton() -> None:
    track = curl_track()
    mirror = PoseTrack(track.t, mirrored(track.xy, track.width), track.conf, 720, 1280)
    plain, mirrored_steps = features(track), features(mirror)
    places = plain[:, :34].reshape(STEPS, 17, 2)[:, MIRROR] * (-1, 1)
    np.testing.assert_allclose(mirrored_steps[:, :34].reshape(STEPS, 17, 2), places, atol=1e-4)
    np.testing.assert_array_equal(mirrored_steps[:, 34:51], plain[:, 34:51][:, MIRROR])
    limbs = plain[:, 51:71].reshape(STEPS, 5, 2, 2)[:, :, ::-1] * (-1, 1)
    np.testing.assert_allclose(mirrored_steps[:, 51:71].reshape(STEPS, 5, 2, 2), limbs, atol=1e-4)
    joints = plain[:, 71:].reshape(STEPS, 4, 2, 2)[:, :, ::-1] * (1, -1)
    np.testing.assert_allclose(mirrored_steps[:, 71:].reshape(STEPS, 4, 2, 2), joints, atol=1e-4)


def test_the_torso_is_the_unit() -> None:
    steps = features(curl_track())
    places = steps[:, :34].reshape(STEPS, 17, 2)
    torso = np.linalg.norm(
        places[:, KEYPOINT_INDEX["left_hip"]] - places[:, KEYPOINT_INDEX["left_shoulder"]], axis=1
    )
    np.testing.assert_allclose(torso, 1, atol=0.1)


def test_a_limb_points_from_its_upper_to_its_lower_end() -> None:
    left_thigh = features(curl_track())[:, 51:71].reshape(STEPS, 5, 2, 2)[:, 3, 0]
    np.testing.assert_allclose(left_thigh, np.tile((0, 1), (STEPS, 1)), atol=1e-3)


def test_an_elbow_bends_from_straight_to_its_turn() -> None:
    track = curl_track(straight=170.0, bent=60.0)
    elbow = list(JOINTS).index("left_elbow")
    cosine = features(track)[:, 71 + 2 * elbow]
    assert np.degrees(np.arccos([cosine.min(), cosine.max()])) == pytest.approx([170, 60], abs=5)


def test_what_was_not_seen_is_zero_and_masked() -> None:
    track = curl_track()
    wrist = KEYPOINT_INDEX["left_wrist"]
    track.xy[:, wrist] = np.nan
    steps = features(track)
    assert steps.shape == (STEPS, FEATURES)
    assert np.isfinite(steps).all()
    assert not steps[:, 34 + wrist].any()
    assert not steps[:, 2 * wrist : 2 * wrist + 2].any()
    assert steps[:, 34 + KEYPOINT_INDEX["right_wrist"]].all()


def test_how_surely_a_keypoint_is_seen_is_a_feature() -> None:
    track = curl_track()
    wrist = KEYPOINT_INDEX["left_wrist"]
    track.conf[:, wrist] = np.linspace(0.2, 0.8, len(track))
    seen = features(track)[:, 34 + wrist]
    np.testing.assert_allclose(seen, np.linspace(0.2, 0.8, STEPS), atol=1e-3)


@pytest.mark.parametrize("frames", [1, 2])
def test_a_track_of_few_frames_has_features(frames: int) -> None:
    track = at_frames(curl_track(), np.arange(frames))
    assert np.isfinite(features(track)).all()


def test_a_track_of_nobody_is_all_zero() -> None:
    track = curl_track()
    track.xy[:] = np.nan
    assert not features(track).any()


def test_a_single_keypoint_does_not_divide_by_zero() -> None:
    track = curl_track()
    track.xy[:, 1:] = np.nan
    assert np.isfinite(features(track)).all()


def test_a_long_clip_is_read_in_overlapping_stretches() -> None:
    track = curl_track(turns=15)
    parts = windows(track)
    assert parts[0].t[0] == track.t[0]
    assert parts[-1].t[-1] == track.t[-1]
    for before, after in pairwise(parts):
        assert after.t[0] - before.t[0] <= LONGEST_S / 2
    assert max(p.t[-1] - p.t[0] for p in parts) <= LONGEST_S


def test_a_short_clip_is_read_whole() -> None:
    track = curl_track(turns=2)
    assert windows(track) == (track,)


def test_augmentation_turned_off_changes_nothing() -> None:
    track = curl_track()
    same = UNCHANGED(track, np.random.default_rng(0))
    np.testing.assert_array_equal(same.xy, track.xy)
    np.testing.assert_array_equal(same.t, track.t)


def test_augmentation_repeats_by_seed() -> None:
    first, again, other = (
        Augmentation()(curl_track(), np.random.default_rng(seed)) for seed in (4, 4, 5)
    )
    np.testing.assert_array_equal(first.xy, again.xy)
    assert first.xy.shape != other.xy.shape or not np.allclose(first.xy, other.xy, equal_nan=True)


def test_translation_takes_out_of_sight_what_leaves_the_picture() -> None:
    track = curl_track()
    shift = replace(UNCHANGED, translate_px=100)
    edge = moved(track, by=(-track.xy[..., 0].min(), 0))
    lost = [np.isnan(shift(edge, np.random.default_rng(seed)).xy).any() for seed in range(20)]
    assert any(lost)
    assert not all(lost)


def test_warping_keeps_time_running_forwards_in_the_same_range() -> None:
    track = curl_track()
    for seed in range(20):
        varied = Augmentation(shortest_s=0)(track, np.random.default_rng(seed))
        assert (np.diff(varied.t) > 0).all()
        assert varied.t[[0, -1]] == pytest.approx(track.t[[0, -1]])


def test_who_lies_is_turned_by_less_than_who_stands() -> None:
    standing = curl_track()
    across = np.ascontiguousarray(standing.xy[..., ::-1])
    lying = PoseTrack(standing.t, across, standing.conf, standing.height, standing.width)
    turn = replace(UNCHANGED, rotate_deg=12, rotate_lying_deg=4)
    turned = {
        name: max(_turned_deg(track, turn, seed) for seed in range(40))
        for name, track in (("standing", standing), ("lying", lying))
    }
    assert 10 < turned["standing"] <= 12
    assert 3 < turned["lying"] <= 4.01


def _turned_deg(track: PoseTrack, turn: Augmentation, seed: int) -> float:
    """Return by how much a torso's side is turned."""
    shoulder, hip = KEYPOINT_INDEX["left_shoulder"], KEYPOINT_INDEX["left_hip"]
    before, after = (
        xy[0, hip] - xy[0, shoulder]
        for xy in (track.xy, turn(track, np.random.default_rng(seed)).xy)
    )
    cosine = before @ after / np.linalg.norm(before) / np.linalg.norm(after)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def test_a_whole_side_may_be_hidden_and_the_other_stay() -> None:
    hidden = replace(UNCHANGED, hide=0.3)
    sides = {
        side: [
            KEYPOINT_INDEX[f"{side}_{name}"]
            for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        ]
        for side in ("left", "right")
    }
    seen = [
        {
            side: np.isfinite(hidden(curl_track(), np.random.default_rng(seed)).xy[0, joints, 0])
            for side, joints in sides.items()
        }
        for seed in range(200)
    ]
    assert any(not one["left"].any() and one["right"].all() for one in seen)
    assert any(not one["right"].any() and one["left"].all() for one in seen)


def test_who_is_filmed_from_the_front_hides_no_side_of_their_own() -> None:
    hidden = replace(UNCHANGED, hide=0.3)
    side_on, front_on = curl_track(), curl_track()
    right = [number for name, number in KEYPOINT_INDEX.items() if name.startswith("right_")]
    front_on.xy[:, right, 0] += TORSO_PX

    def arm_and_shoulder_hidden(track: PoseTrack) -> int:
        arm = [KEYPOINT_INDEX[f"left_{name}"] for name in ("shoulder", "elbow", "wrist")]
        varied = [hidden(track, np.random.default_rng(seed)) for seed in range(200)]
        return sum(bool(np.isnan(one.xy[0, arm]).all()) for one in varied)

    assert arm_and_shoulder_hidden(front_on) < 0.3 * arm_and_shoulder_hidden(side_on)


def test_a_hidden_limb_may_be_guessed_and_is_said_to_be_unsure() -> None:
    guess = replace(UNCHANGED, hide=0.2, guess=1.0)
    track = curl_track()
    wrist, hip = KEYPOINT_INDEX["left_wrist"], KEYPOINT_INDEX["left_hip"]
    varied = [guess(track, np.random.default_rng(seed)) for seed in range(40)]
    guessed = [
        one for one in varied if np.isfinite(one.xy[:, wrist]).all() and one.conf[0, wrist] < 0.8
    ]
    assert guessed
    for one in guessed:
        assert not np.allclose(one.xy[:, wrist], track.xy[:, wrist], atol=5)
        # Only limbs hang from something: a trunk stays where it is, or is not seen at all.
        assert np.array_equal(one.xy[:, hip], track.xy[:, hip]) or np.isnan(one.xy[:, hip]).all()


def test_a_limb_that_is_never_known_is_not_guessed() -> None:
    track = curl_track()
    track.xy[:, KEYPOINT_INDEX["left_elbow"]] = np.nan
    varied = replace(UNCHANGED, hide=1.0, guess=1.0)(track, np.random.default_rng(0))
    assert np.isnan(varied.xy[:, KEYPOINT_INDEX["left_elbow"]]).all()


def test_a_cut_keeps_at_least_the_shortest_stretch() -> None:
    for seed in range(20):
        varied = Augmentation(warp=0)(curl_track(), np.random.default_rng(seed))
        assert varied.t[-1] - varied.t[0] >= Augmentation().shortest_s - 2 / 15


def test_from_behind_sides_stay_and_the_face_is_hidden() -> None:
    track = curl_track()
    behind = from_behind(track.xy, track.width)
    wrist = KEYPOINT_INDEX["left_wrist"]
    np.testing.assert_allclose(behind[:, wrist, 0], track.width - track.xy[:, wrist, 0])
    assert np.isnan(behind[:, KEYPOINT_INDEX["nose"]]).all()


def test_nobody_can_be_augmented() -> None:
    track = curl_track()
    track.xy[:] = np.nan
    assert np.isnan(Augmentation()(track, np.random.default_rng(0)).xy).all()
