import numpy as np
import pytest

from references.exercises import exercises
from references.geometry import included_angle, joint_angles
from references.motions import motions
from references.skeleton import SIDES
from references.synthetic.body import load_body
from references.synthetic.posture import pose_motion, pose_values

ENDS = [0.0, 1.0]
FAULTS = [(name, fault.name) for name, motion in motions().items() for fault in motion.faults]


def test_the_judged_exercises_have_five_faults_and_the_others_two() -> None:
    for name, motion in motions().items():
        assert len(motion.faults) >= (5 if name in exercises() else 2)
        assert len({fault.name for fault in motion.faults}) == len(motion.faults)


@pytest.mark.parametrize(("exercise", "fault"), FAULTS)
def test_a_fault_is_worse_than_its_limit_and_changes_the_body(exercise: str, fault: str) -> None:
    motion, body = motions()[exercise], load_body("man")
    wrong = motion.fault(fault)
    assert wrong.magnitude_deg > wrong.limit_deg > 0
    assert wrong.source
    right = pose_motion(body, motion, ENDS).heads
    faulty = pose_values(body, motion, motion.values(ENDS, {fault: wrong.magnitude_deg})).heads
    assert np.abs(faulty - right).max() > 0.02


@pytest.mark.parametrize(
    ("exercise", "fault"), [(e, f) for e, f in FAULTS if motions()[e].fault(f).draws]
)
def test_a_fault_draws_the_correction_it_names(exercise: str, fault: str) -> None:
    motion, body = motions()[exercise], load_body("man")
    wrong = motion.fault(fault)
    assert wrong.draws is not None
    joint, phase, direction = wrong.draws
    (check,) = (c for c in exercises()[exercise].checks if (c.joint, c.phase) == (joint, phase))
    assert check.larger if direction == "larger" else check.smaller
    right = joint_angles(body.keypoints(pose_motion(body, motion, ENDS)))
    values = motion.values(ENDS, {fault: wrong.magnitude_deg})
    faulty = joint_angles(body.keypoints(pose_values(body, motion, values)))
    moment = 0 if phase == "start" else 1
    off = [float(faulty[f"{s}_{joint}"][moment] - right[f"{s}_{joint}"][moment]) for s in SIDES]
    if direction == "larger":
        assert max(off) > check.threshold_deg
    else:
        assert min(off) < -check.threshold_deg


@pytest.mark.parametrize(("exercise", "fault"), FAULTS)
def test_even_a_fault_is_humanly_possible(exercise: str, fault: str) -> None:
    motion, body = motions()[exercise], load_body("woman")
    values = motion.values(ENDS, {fault: motion.fault(fault).magnitude_deg})
    pose = pose_values(body, motion, values)
    for side in ("L", "R"):
        for bones, least in (
            (("upperarm01", "lowerarm01", "wrist"), 30),
            (("upperleg01", "lowerleg01", "foot"), 35),
        ):
            angle = included_angle(*(pose.heads[:, body.index(f"{b}.{side}")] for b in bones))
            assert (angle >= least).all()


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(KeyError):
        motions()["squat"].values(ENDS, {"levitation": 30})
