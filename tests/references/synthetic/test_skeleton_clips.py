from itertools import islice

import numpy as np
import pytest

from references.geometry import joint_angles
from references.motions import motions
from references.skeleton import KEYPOINT_INDEX, KEYPOINT_KINDS, MIRROR
from references.synthetic.error_model import POSTURES, QUANTILES, SIDES, load_error_model
from references.synthetic.skeleton_clips import SkeletonClip, skeleton_clips


@pytest.fixture(scope="module")
def clips() -> list[SkeletonClip]:
    return list(skeleton_clips(24, seed=7))


def test_every_array_has_the_length_of_the_clip(clips: list[SkeletonClip]) -> None:
    for clip in clips:
        frames = len(clip.t)
        assert clip.xy.shape == clip.true_xy.shape == (frames, 17, 2)
        assert clip.conf.shape == (frames, 17)
        assert clip.joints.shape == (frames, 17, 3)
        assert len(clip.phase) == frames
        assert np.isfinite(clip.joints).all()
        assert np.isfinite(clip.true_xy).all()
        assert ((clip.conf >= 0) & (clip.conf <= 1)).all()
        # What the network does not report has no confidence.
        assert (clip.conf[np.isnan(clip.xy[..., 0])] == 0).all()


def test_the_truth_is_of_the_joints(clips: list[SkeletonClip]) -> None:
    for clip in clips:
        assert np.array_equal(clip.angles_deg["left_knee"], joint_angles(clip.joints)["left_knee"])
        for boundary in clip.boundaries:
            assert np.interp(boundary.turn_s, clip.t, clip.phase) > 0.95
            assert np.interp(boundary.start_s, clip.t, clip.phase) < 0.05


def test_most_lifters_are_in_the_picture(clips: list[SkeletonClip]) -> None:
    inside = [
        ((clip.true_xy >= 0) & (clip.true_xy < (clip.lens.width, clip.lens.height))).mean()
        for clip in clips
    ]
    assert np.median(inside) > 0.95


def test_the_same_seed_makes_the_same_clips_whatever_is_asked_for() -> None:
    few = list(islice(skeleton_clips(8, seed=3), 2))
    again = list(skeleton_clips(2, seed=3))
    other = next(skeleton_clips(1, seed=4))
    for first, second in zip(few, again, strict=True):
        assert first.exercise == second.exercise
        assert np.array_equal(first.xy, second.xy, equal_nan=True)
    assert other.xy.shape != few[0].xy.shape or not np.array_equal(other.xy, few[0].xy)


def test_only_the_exercises_asked_for_are_made() -> None:
    made = {clip.exercise for clip in skeleton_clips(6, seed=1, exercises=["squat", "pull_up"])}
    assert made == {"squat", "pull_up"}
    with pytest.raises(KeyError):
        next(skeleton_clips(1, seed=1, exercises=["underwater_hockey"]))


def test_phones_come_closer_when_asked_to() -> None:
    far, close = (
        [clip.viewpoint.distance_m for clip in skeleton_clips(8, seed=3, close_share=share)]
        for share in (0.0, 1.0)
    )
    assert min(far) >= 1.8
    assert min(close) < 1.8


def test_without_faults_there_are_none() -> None:
    for clip in skeleton_clips(6, seed=2, fault_share=0.0):
        assert not clip.faults_deg
    sick = list(skeleton_clips(6, seed=2, fault_share=1.0))
    assert all(set(c.faults_deg) <= {f.name for f in motions()[c.exercise].faults} for c in sick)
    assert all(c.faults_deg for c in sick)


def test_the_error_model_reproduces_its_own_quantiles() -> None:
    model = load_error_model()
    shape = (len(KEYPOINT_KINDS), len(SIDES), len(POSTURES), len(QUANTILES))
    assert model.error.shape == model.conf.shape == shape
    assert (np.diff(model.error, axis=-1) >= 0).all()
    errors = []
    for clip in skeleton_clips(30, seed=11, exercises=["barbell_biceps_curl"]):
        size = np.linalg.norm(np.ptp(clip.true_xy, axis=1), axis=1)
        errors.append(np.linalg.norm(clip.xy - clip.true_xy, axis=2)[:, 7] / size)  # left elbow
    measured = model.error[KEYPOINT_KINDS.index("elbow"), :, POSTURES.index("upright")]
    middle = measured[:, np.searchsorted(QUANTILES, 0.5)]
    assert middle.min() * 0.7 < np.nanmedian(np.concatenate(errors)) < middle.max() * 1.3


def off_by(clip: SkeletonClip, true_xy: np.ndarray) -> np.ndarray:
    """Return the errors (T, 12, 2) below the head of the body of a clip that takes these poses."""
    xy, _ = load_error_model().corrupt(
        true_xy,
        np.repeat(clip.joints[:1], len(true_xy), axis=0),
        clip.viewpoint,
        np.random.default_rng(1),
    )
    size = np.linalg.norm(np.ptp(true_xy, axis=1), axis=1)
    return np.asarray((xy - true_xy)[:, 5:] / size[:, None, None])


def test_errors_of_who_holds_still_only_flicker() -> None:
    flicker, size = [], []
    for clip in skeleton_clips(12, seed=5, exercises=["squat"]):
        off = off_by(clip, np.repeat(clip.true_xy[:1], 40, axis=0))
        flicker.append(np.nanmedian(np.std(off, axis=0)))
        size.append(np.nanmedian(np.abs(off)))
    assert 0 < np.mean(flicker) < 0.35 * np.mean(size)


def test_errors_of_a_limb_go_together() -> None:
    together, directions = load_error_model().together, load_error_model().directions
    elbow, wrist, ankle = (KEYPOINT_INDEX[f"left_{name}"] for name in ("elbow", "wrist", "ankle"))
    for of in (together, directions):
        assert of[elbow, wrist] > of[elbow, ankle] + 0.1
        np.testing.assert_allclose(of, of[np.ix_(MIRROR, MIRROR)], atol=1e-6)
    off = [off_by(clip, clip.true_xy) for clip in skeleton_clips(40, seed=3, exercises=["squat"])]
    elbows, wrists = np.concatenate([one[:, [2, 4]] for one in off]).swapaxes(0, 1)
    cosine = (elbows * wrists).sum(1) / np.prod(np.linalg.norm([elbows, wrists], axis=2), axis=0)
    assert np.nanmean(cosine) > 0.15


def test_errors_are_larger_where_the_exercise_is_harder_to_see() -> None:
    model = load_error_model()
    assert set(model.exercises) == set(motions())
    clip = next(skeleton_clips(1, seed=5, exercises=["squat"]))
    hard, easy = model.exercises[np.argmax(model.harder)], model.exercises[np.argmin(model.harder)]
    off = {}
    for exercise in (hard, easy, None):
        rng = np.random.default_rng(0)
        xy, _ = model.corrupt(clip.true_xy, clip.joints, clip.viewpoint, rng, exercise=exercise)
        off[exercise] = np.nanmedian(np.linalg.norm(xy - clip.true_xy, axis=2))
    assert off[easy] < off[None] < off[hard]


def test_who_comes_back_is_misplaced_as_before() -> None:
    ways = []
    for clip in skeleton_clips(20, seed=5, exercises=["squat"]):
        there, back = clip.true_xy[:1], clip.true_xy[[np.argmax(clip.phase)]]
        first, away, again = off_by(clip, np.concatenate([there, back, there]))
        if np.isfinite([first, away, again]).all():
            ways.append([np.abs(again - first).mean(), np.abs(away - first).mean()])
    returned, moved = np.mean(ways, axis=0)
    assert returned < 0.4 * moved


def test_the_bar_of_some_bench_presses_comes_off_the_hooks_and_goes_back() -> None:
    racked = [
        (clip.joints[[0, -1], 9, 1] - clip.joints[[0, -1], 5, 1] > 0.05).tolist()
        for clip in skeleton_clips(20, seed=5, exercises=["bench_press"], fault_share=0.0)
    ]
    begins, ends = zip(*racked, strict=True)
    assert 0 < sum(begins) < len(racked)
    assert 0 < sum(ends) < len(racked)
