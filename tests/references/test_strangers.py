import numpy as np
import pytest

from references.exercises import exercises
from references.geometry import joint_angles
from references.motions import Motion, motions
from references.strangers import strangers
from references.synthetic.posture import pose_motion
from references.synthetic.variation import random_body

# An exercise is another one when its joints are this far from ours on average (root mean square).
_ANOTHER_DEG = 15.0


def _posture(motion: Motion) -> np.ndarray:
    """Return joint angles and how trunk and upper arms point, at start and turn (2, A) degrees."""
    body = random_body(np.random.default_rng(0))
    joints = body.keypoints(pose_motion(body, motion, [0.0, 1.0]))
    angles = [*joint_angles(joints).values()]
    for lower, upper in (([11, 12], [5, 6]), ([7, 8], [5, 6])):
        way = joints[:, upper].mean(axis=1) - joints[:, lower].mean(axis=1)
        angles.append(np.degrees(np.arctan2(way[:, 2], way[:, 1])))
        aside = np.abs(joints[:, upper, 0] - joints[:, lower, 0]).mean(axis=1)
        angles.append(np.degrees(np.arctan2(aside, np.linalg.norm(way, axis=1))))
    return np.stack(angles, axis=1)


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    off = (one - other + 180) % 360 - 180
    return float(np.sqrt((off**2).mean(axis=1)).max())


def test_nobody_is_coached_in_them() -> None:
    assert strangers()
    assert not set(strangers()) & (set(motions()) | set(exercises()))


@pytest.mark.parametrize("name", strangers())
def test_each_is_done_otherwise_than_all_of_ours(name: str) -> None:
    stranger = strangers()[name]
    own = [_posture(way) for way in (stranger, *stranger.variants)]
    for motion in motions().values():
        for way in (motion, *motion.variants):
            known = _posture(way)
            nearest = min(_apart(one, order) for one in own for order in (known, known[::-1]))
            assert nearest > _ANOTHER_DEG, motion.exercise


@pytest.mark.parametrize("name", strangers())
def test_each_moves(name: str) -> None:
    start, turn = _posture(strangers()[name])
    assert np.abs(turn - start).max() > 2 * _ANOTHER_DEG
