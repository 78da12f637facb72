import numpy as np
import pytest

from references.exercises import exercises
from references.experts import expert_motions, expert_views
from references.geometry import joint_angles
from references.skeleton import KEYPOINT_INDEX


@pytest.mark.parametrize(
    ("exercise", "start_deg", "turn_deg"),
    [
        ("barbell_biceps_curl", (158, 170), (40, 55)),
        ("bench_press", (160, 172), (65, 88)),
        ("lat_pulldown", (160, 172), (55, 75)),
        ("tricep_pushdown", (70, 92), (162, 176)),
    ],
)
def test_experts_move_their_elbows_through_the_range_that_coaches_teach(
    exercise: str, start_deg: tuple[float, float], turn_deg: tuple[float, float]
) -> None:
    (motion, *_) = expert_motions(exercise)
    angles = joint_angles(motion.joints)
    for joint in ("left_elbow", "right_elbow"):
        assert start_deg[0] <= angles[joint][0] <= start_deg[1]
        assert turn_deg[0] <= angles[joint][-1] <= turn_deg[1]
        # From start to turn the elbow goes one way.
        steps = np.diff(angles[joint]) * np.sign(turn_deg[0] - start_deg[0])
        assert (steps > 0).all()


def test_every_judged_exercise_has_an_expert() -> None:
    assert all(expert_motions(name) for name in exercises())


def test_experts_face_minus_y_with_their_left_at_plus_x() -> None:
    joints = expert_motions("barbell_biceps_curl")[0].joints[0]
    at = {name: joints[i] for name, i in KEYPOINT_INDEX.items()}
    assert at["left_shoulder"][0] > 0 > at["right_shoulder"][0]
    assert at["nose"][1] < at["left_ear"][1]
    assert at["nose"][2] > at["left_hip"][2] > at["left_ankle"][2] > 0


def test_views_show_the_side_they_are_named_after() -> None:
    left = next(
        v
        for v in expert_views("barbell_biceps_curl")
        if (v.azimuth_deg, v.elevation_deg) == (90, 10)
    )
    nose, ear, ankle = (left.xy[0, KEYPOINT_INDEX[n]] for n in ("nose", "left_ear", "left_ankle"))
    # From the lifter's left, the face points to the left of the picture, and y runs down.
    assert nose[0] < ear[0]
    assert nose[1] < ankle[1]
    # Metres at the lifter's distance: a person is a person's height tall.
    assert ankle[1] - nose[1] == pytest.approx(1.5, abs=0.15)


def test_a_lying_lifter_is_also_seen_from_above() -> None:
    assert expert_motions("bench_press")[0].lying()
    elevations = {view.elevation_deg for view in expert_views("bench_press")}
    assert max(elevations) > 60
    assert max(view.elevation_deg for view in expert_views("lat_pulldown")) < 60


def test_an_exercise_without_an_expert_has_none() -> None:
    assert expert_motions("underwater_hockey") == ()
    assert expert_views("underwater_hockey") == ()
