import numpy as np
import numpy.typing as npt
import pytest

from pipeline.space.measures import MEASURES, MIRRORED, measure
from references.skeleton import KEYPOINT_INDEX, MIRROR


def pose(lean_deg: float = 0.0, arm: tuple[float, float, float] = (0.0, 0.0, -1.0)) -> np.ndarray:
    """Return a pose that faces -y with its left at +x; both upper arms point along ``arm``.

    ``arm`` is outwards, forwards and up.
    """
    lean = np.radians(lean_deg)
    up = np.array([0.0, -np.sin(lean), np.cos(lean)])
    joints = np.zeros((17, 3))
    for side, out in (("left", 1.0), ("right", -1.0)):
        shoulder = np.array([0.2 * out, 0, 1.0]) + 0.5 * up
        upper = np.array([arm[0] * out, -arm[1], arm[2]]) * 0.3
        points: dict[str, npt.ArrayLike] = {
            "shoulder": shoulder,
            "elbow": shoulder + upper,
            "wrist": shoulder + 2 * upper,
            "hip": (0.1 * out, 0, 1.0),
            "knee": (0.1 * out, 0, 0.5),
            "ankle": (0.1 * out, 0, 0.0),
        }
        for name, point in points.items():
            joints[KEYPOINT_INDEX[f"{side}_{name}"]] = np.array(point)
    return joints


@pytest.mark.parametrize(
    ("joints", "name", "expected"),
    [
        (pose(), "trunk_lean", 0),
        (pose(lean_deg=30), "trunk_lean", 30),
        (pose(lean_deg=-88), "trunk_lean", -88),
        (pose(), "left_elbow", 180),
        (pose(), "left_shoulder_flexion", 0),
        (pose(arm=(0, 1, 0)), "right_shoulder_flexion", 90),
        (pose(arm=(0, 0, 1)), "left_shoulder_flexion", 180),
        (pose(arm=(0, -0.1, 1)), "left_shoulder_flexion", 185.7),
        (pose(arm=(0, -0.5, -1)), "left_shoulder_flexion", -26.6),
        (pose(arm=(0, 1, 0), lean_deg=90), "left_shoulder_flexion", 180),
        (pose(arm=(1, 0, 0)), "left_shoulder_abduction", 90),
        (pose(arm=(1, 0, -1)), "right_shoulder_abduction", 45),
        (pose(arm=(-1, 0, -1)), "right_shoulder_abduction", -45),
    ],
)
def test_measures_are_what_coaches_call_them(
    joints: np.ndarray, name: str, expected: float
) -> None:
    assert measure(joints)[MEASURES.index(name)] == pytest.approx(expected, abs=0.1)


def test_a_mirrored_pose_has_the_mirrored_measures() -> None:
    joints = pose(lean_deg=10, arm=(0.4, 0.7, -0.3))
    joints[KEYPOINT_INDEX["left_wrist"]] += (0, -0.3, 0.2)
    mirrored = joints[list(MIRROR)] * [-1, 1, 1]
    np.testing.assert_allclose(measure(mirrored), measure(joints)[list(MIRRORED)], atol=1e-3)
    assert abs(measure(joints) - measure(mirrored)).max() > 10
