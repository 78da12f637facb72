import numpy as np
import pytest

from references.geometry import included_angle
from references.synthetic.kinematics import apex, chord, frame, halfway, turn, two_bone


@pytest.mark.parametrize("bend", [30.0, 90.0, 150.0, 180.0])
def test_a_chain_as_long_as_its_chord_has_the_angle_asked_for(bend: float) -> None:
    start = np.zeros((1, 3))
    target = np.array([[0.0, 0.0, -1.0]]) * chord(0.3, 0.25, bend)
    middle, end = two_bone(start, target, 0.3, 0.25, [0.0, 1.0, 0.0])
    assert included_angle(start, middle, end) == pytest.approx([bend], abs=1e-3)
    assert end == pytest.approx(target)
    assert middle[0, 1] >= 0  # towards the pole


def test_a_target_out_of_reach_is_approached_with_a_straight_chain() -> None:
    _, end = two_bone(np.zeros((1, 3)), np.array([[2.0, 0.0, 0.0]]), 0.3, 0.25, [0.0, 1.0, 0.0])
    assert end == pytest.approx(np.array([[0.55, 0.0, 0.0]]))


def test_the_angles_of_a_triangle_add_up() -> None:
    distance = chord(0.3, 0.25, 100.0)
    assert apex(0.3, 0.25, distance) + apex(0.25, 0.3, distance) + 100 == pytest.approx(180)


def test_a_frame_is_a_rotation() -> None:
    axes = frame([[0.0, 0.2, 1.0]], [1.0, 0.0, 0.3])[0]
    assert axes.T @ axes == pytest.approx(np.eye(3))
    assert np.linalg.det(axes) == pytest.approx(1)


def test_half_a_turn_twice_is_the_turn() -> None:
    whole = turn([1.0, 2.0, 0.5], [70.0, 10.0])
    half = halfway(whole)
    assert half @ half == pytest.approx(whole)
