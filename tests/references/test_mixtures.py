import numpy as np
import pytest

from references.exercises import exercises
from references.motions import motions
from references.skeleton import KEYPOINT_INDEX
from references.synthetic.mixtures import mixtures
from references.synthetic.posture import pose_motion
from references.synthetic.unlike import unlike_ours_deg
from references.synthetic.variation import random_body

_ELBOWS = [KEYPOINT_INDEX["left_elbow"], KEYPOINT_INDEX["right_elbow"]]
_KNEES = [KEYPOINT_INDEX["left_knee"], KEYPOINT_INDEX["right_knee"]]


@pytest.mark.parametrize("name", motions())
def test_ours_are_not_unlike_ours(name: str) -> None:
    motion = motions()[name]
    assert unlike_ours_deg(motion, motion.values([0.0, 1.0])) == pytest.approx(0, abs=1e-6)


def test_mixtures_are_none_of_ours_and_move() -> None:
    assert len(mixtures()) > 100
    assert not set(mixtures()) & (set(motions()) | set(exercises()))
    for mixture in mixtures().values():
        assert unlike_ours_deg(mixture, mixture.values([0.0, 1.0])) > 25
        assert not mixture.is_held()


def test_a_mixture_has_the_arms_of_one_and_the_rest_of_another() -> None:
    body = random_body(np.random.default_rng(0))
    mixture, squat, press = (
        body.keypoints(pose_motion(body, motion, [0.0, 1.0]))
        for motion in (
            mixtures()["squat with the arms of shoulder_press"],
            motions()["squat"],
            motions()["shoulder_press"],
        )
    )
    np.testing.assert_allclose(mixture[:, _KNEES], squat[:, _KNEES], atol=1e-6)
    raised = [joints[1, _ELBOWS, 2] - joints[1, [5, 6], 2] for joints in (mixture, squat, press)]
    assert raised[0] == pytest.approx(raised[2], abs=0.05)
    assert (raised[0] > raised[1] + 0.1).all()
