import numpy as np
import pytest

from references.exercises import STAGES, exercises
from references.geometry import included_angle, joint_angles
from references.motions import motions
from references.synthetic.body import BODIES, Body, load_body
from references.synthetic.posture import pose_motion, pose_values

ENDS = [0.0, 1.0]
AT_STAGES = [{"start": 0.0, "turn": 1.0}.get(stage, 0.5) for stage in STAGES]
FAULTS = [(name, fault.name) for name, motion in motions().items() for fault in motion.faults]
JUDGED = [(exercise, fault) for exercise, fault in FAULTS if exercise in exercises()]


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


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    ("exercise", "fault"), [(e, f) for e, f in JUDGED if motions()[e].fault(f).draws]
)
def test_a_fault_draws_the_correction_it_names(exercise: str, fault: str, body: str) -> None:
    wrong = motions()[exercise].fault(fault)
    assert wrong.draws in drawn(exercise, fault, wrong.magnitude_deg, load_body(body))


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("exercise", "fault"), JUDGED)
def test_a_fault_within_its_limit_draws_nothing(exercise: str, fault: str, body: str) -> None:
    limit = motions()[exercise].fault(fault).limit_deg
    assert not drawn(exercise, fault, limit, load_body(body), slack_deg=2)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    ("exercise", "fault"), [(e, f) for e, f in JUDGED if motions()[e].fault(f).correction]
)
def test_a_fault_with_words_of_its_own_is_watched_by_no_check(
    exercise: str, fault: str, body: str
) -> None:
    magnitude = motions()[exercise].fault(fault).magnitude_deg
    assert not drawn(exercise, fault, magnitude, load_body(body))


def drawn(
    exercise: str, fault: str, degrees: float, body: Body, *, slack_deg: float = 0.0
) -> set[tuple[str, str, str]]:
    """Return the checks, and in which direction, that tell a fault of so many degrees."""
    motion = motions()[exercise]
    right = joint_angles(body.keypoints(pose_motion(body, motion, AT_STAGES)))
    values = motion.values(AT_STAGES, {fault: degrees})
    faulty = joint_angles(body.keypoints(pose_values(body, motion, values)))
    told: set[tuple[str, str, str]] = set()
    for check in exercises()[exercise].checks:
        moment = STAGES.index(check.phase)
        off = [float(faulty[joint][moment] - right[joint][moment]) for joint in check.joints()]
        beyond = check.threshold_deg + slack_deg
        if check.larger and max(off) > beyond:
            told.add((check.joint, check.phase, "larger"))
        if check.smaller and min(off) < -beyond:
            told.add((check.joint, check.phase, "smaller"))
    return told


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
