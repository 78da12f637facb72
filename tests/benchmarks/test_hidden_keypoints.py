"""Joints are displaced across the line of sight, by so many torso lengths."""

import numpy as np
import pytest

from benchmarks.hidden_keypoints import displaced, in_picture
from references.geometry import torso
from references.lens import Lens
from references.viewpoint import Viewpoint

FRONT = Viewpoint(0.0, 0.0, 3.0, (0.0, 0.0, 1.0))


def standing() -> np.ndarray:
    joints = np.zeros((17, 3))
    joints[:, 2] = np.linspace(1.7, 0.1, 17)
    return joints


def test_joints_keep_their_distance_and_move_by_the_median() -> None:
    joints = standing()
    rng = np.random.default_rng(0)
    moved = [displaced(joints, FRONT, 0.1, rng) - joints for _ in range(200)]

    assert np.abs(np.array(moved)[..., 1]).max() < 1e-9  # the camera looks along y
    off = np.linalg.norm(moved, axis=2) / np.linalg.norm(torso(joints))
    assert np.median(off) == pytest.approx(0.1, rel=0.05)


def test_nobody_is_displaced_by_nothing() -> None:
    rng = np.random.default_rng(0)
    assert displaced(standing(), FRONT, 0.0, rng) == pytest.approx(standing())


def test_a_joint_beside_the_picture_is_outside() -> None:
    joints = standing()
    joints[3, 0] = 9.0
    inside = in_picture(joints, FRONT, Lens.of_phone(360, 640, 62.0))

    assert np.flatnonzero(~inside).tolist() == [3]
