import numpy as np
import pytest

from references.geometry import included_angle
from references.motions import motions
from references.skeleton import KEYPOINTS, MIRROR
from references.synthetic.body import BODIES, Body, Pose, load_body
from references.synthetic.posture import hand_centre, pose_motion

PHASE = np.linspace(0, 1, 7)
CONTACT_M = 0.02


def posed(body: str, exercise: str) -> tuple[Body, Pose]:
    return load_body(body), pose_motion(load_body(body), motions()[exercise], PHASE)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", motions())
def test_the_lowest_skin_is_on_the_floor(exercise: str, body: str) -> None:
    shape, pose = posed(body, exercise)
    for moment in range(len(PHASE)):
        assert abs(shape.skin(pose, moment)[:, 2].min()) < CONTACT_M


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", motions())
def test_feet_stay_where_they_are(exercise: str, body: str) -> None:
    shape, pose = posed(body, exercise)
    for foot in ("foot.L", "foot.R"):
        heads = pose.heads[:, shape.index(foot)]
        assert np.ptp(heads, axis=0).max() < CONTACT_M


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", motions())
def test_left_and_right_are_mirror_images(exercise: str, body: str) -> None:
    shape, pose = posed(body, exercise)
    joints = shape.keypoints(pose)
    assert joints[:, MIRROR] * (-1, 1, 1) == pytest.approx(joints, abs=0.01)


@pytest.mark.parametrize("exercise", motions())
def test_the_bones_of_the_arm_make_the_angle_of_the_motion(exercise: str) -> None:
    shape, pose = posed("man", exercise)
    shoulder, elbow, wrist = (
        pose.heads[:, shape.index(f"{bone}.L")] for bone in ("upperarm01", "lowerarm01", "wrist")
    )
    asked = motions()[exercise].values(PHASE)["arms", "bend"]
    # The twist that the forearm shares with the hand moves the wrist by about a degree.
    assert included_angle(shoulder, elbow, wrist) == pytest.approx(asked, abs=2)


@pytest.mark.parametrize("body", BODIES)
def test_the_bar_touches_the_chest_in_the_bench_press(body: str) -> None:
    shape, pose = posed(body, "bench_press")
    bar = (hand_centre(shape, pose, "L") + hand_centre(shape, pose, "R"))[-1] / 2
    skin = shape.skin(pose, -1)
    under = skin[(np.abs(skin[:, 1] - bar[1]) < CONTACT_M) & (np.abs(skin[:, 0]) < 0.1)]
    bar_radius = 0.014
    assert abs(bar[2] - bar_radius - under[:, 2].max()) < CONTACT_M


def test_the_curl_brings_the_hands_from_the_thighs_to_the_shoulders() -> None:
    shape, pose = posed("man", "barbell_biceps_curl")
    joints = shape.keypoints(pose)
    wrist, hip, shoulder = (
        joints[:, KEYPOINTS.index(f"left_{n}"), 2] for n in ("wrist", "hip", "shoulder")
    )
    assert wrist[0] < hip[0]
    assert wrist[-1] > shoulder[-1] - 0.15
