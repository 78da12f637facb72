import numpy as np

from pipeline.space.lessons import Lessons
from pipeline.space.measures import MEASURES, measure
from pipeline.space.moments import MOMENTS, START, TURN
from pipeline.space.variety import varied
from references.skeleton import JOINTS, KEYPOINT_INDEX

ARMS = [MEASURES.index(f"{side}_elbow") for side in ("left", "right")]
COPIES = 8


def repetitions(lessons: Lessons) -> tuple[np.ndarray, np.ndarray]:
    """Return the poses of all lessons, several times, and the set of each."""
    sets = np.tile(np.arange(len(lessons)), COPIES)
    counts = lessons.count[sets]
    which = np.concatenate([np.arange(count) for count in counts])
    return lessons.joints[np.repeat(sets, counts), which], np.repeat(np.arange(len(sets)), counts)


def test_others_do_it_otherwise_and_odd_ones_by_far(lessons: Lessons) -> None:
    joints, of = repetitions(lessons)
    new, usual = varied(joints, of, np.random.default_rng(0))
    ends = [START, TURN]
    off = np.abs(measure(new[:, ends]) - measure(joints[:, ends]))[..., ARMS].max(axis=(1, 2))
    assert 0.3 < usual.mean() < 0.7
    assert np.percentile(off[usual[of]], 90) < 25
    assert np.percentile(off[~usual[of]], 90) > 45


def test_no_elbow_bends_backwards_or_too_far(lessons: Lessons) -> None:
    joints, of = repetitions(lessons)
    new, _ = varied(joints, of, np.random.default_rng(1))
    for side in ("left", "right"):
        was, now = (_hinge(poses, *JOINTS[f"{side}_elbow"]) for poses in (joints, new))
        size = np.linalg.norm(was, axis=-1) * np.linalg.norm(now, axis=-1)
        bent = size > 0.001  # a straight arm has no hinge
        assert np.mean(((was * now).sum(axis=-1) > 0)[bent]) > 0.99
    angles = measure(new)[..., ARMS]
    assert angles.min() > 15
    assert angles.max() < 179


def test_bones_of_a_set_keep_their_lengths(lessons: Lessons) -> None:
    joints, of = repetitions(lessons)
    new, _ = varied(joints, of, np.random.default_rng(2))
    for ends in (("left_shoulder", "left_elbow"), ("right_elbow", "right_wrist")):
        a, b = (KEYPOINT_INDEX[name] for name in ends)
        was, now = (np.linalg.norm(p[..., a, :] - p[..., b, :], axis=-1) for p in (joints, new))
        change = now / was
        assert change.shape[1] == MOMENTS
        # Sets that go part of the way pass between the poses of the movement in straight lines.
        assert np.percentile(np.ptp(change, axis=1), 90) < 0.06
        assert 0.65 < change.min() < 0.95
        assert 1.05 < change.max() < 1.35


def _hinge(poses: np.ndarray, root: int, middle: int, end: int) -> np.ndarray:
    return np.cross(
        poses[..., root, :] - poses[..., middle, :], poses[..., end, :] - poses[..., middle, :]
    )
