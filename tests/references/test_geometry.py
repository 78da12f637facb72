import numpy as np
import pytest

from references.geometry import included_angle, joint_angles
from references.skeleton import JOINTS, KEYPOINTS, LIMBS, MIRROR, kind_of, side_of
from tests.tracks import curl_pose


@pytest.mark.parametrize(
    ("a", "b", "c", "expected"),
    [
        ((1, 0), (0, 0), (0, 1), 90),
        ((1, 0), (0, 0), (-1, 0), 180),
        ((1, 0), (0, 0), (5, 0), 0),
        ((1, 0), (0, 0), (1, 1), 45),
        ((0, 0, 1), (0, 0, 0), (1, 1, 0), 90),
        ((1, 0), (0, 0), (-1e6, 1e-3), 180),
        ((1, 0), (1, 0), (0, 1), np.nan),
        ((np.nan, 0), (1, 0), (0, 1), np.nan),
    ],
)
def test_included_angle(
    a: tuple[float, ...], b: tuple[float, ...], c: tuple[float, ...], expected: float
) -> None:
    assert included_angle(a, b, c) == pytest.approx(expected, abs=1e-4, nan_ok=True)


def test_included_angle_keeps_its_digits_near_straight() -> None:
    tilt = 1e-3
    angle = included_angle((-1, 0), (0, 0), (np.cos(tilt), np.sin(tilt)))
    assert 180 - angle == pytest.approx(np.degrees(tilt), rel=1e-3)


@pytest.mark.parametrize("elbow", [20, 45, 90, 135, 170])
def test_joint_angles(elbow: float) -> None:
    angles = joint_angles(np.stack([curl_pose(elbow)] * 3))
    assert set(angles) == set(JOINTS)
    assert angles["left_elbow"] == pytest.approx([elbow] * 3, abs=0.1)
    assert angles["left_knee"] == pytest.approx([180] * 3, abs=0.1)


def test_the_mirror_swaps_sides_and_is_its_own_inverse() -> None:
    assert [MIRROR[MIRROR[i]] for i in range(17)] == list(range(17))
    assert KEYPOINTS[MIRROR[9]] == "right_wrist"
    assert MIRROR[0] == 0


def test_limbs_join_neighbouring_keypoints() -> None:
    names = {frozenset((KEYPOINTS[a], KEYPOINTS[b])) for a, b in LIMBS}
    assert frozenset(("left_elbow", "left_wrist")) in names
    assert frozenset(("left_elbow", "right_wrist")) not in names


def test_joint_names() -> None:
    assert (side_of("left_elbow"), kind_of("left_elbow")) == ("left", "elbow")
