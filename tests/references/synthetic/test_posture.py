"""Contacts and anatomy of every motion.

Ranges of joints: Norkin and White, "Measurement of Joint Motion", 5th ed., 2016, and the American
Academy of Orthopaedic Surgeons, "Joint Motion", 1965. Feet and hands that carry weight go further
than free ones (ankle: Weir and Chockalingam, 2007; wrist: Norkin and White, passive).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from references.geometry import included_angle
from references.motions import Motion, motions
from references.skeleton import MIRROR
from references.synthetic.body import BODIES, Body, Pose, load_body
from references.synthetic.equipment import build_stage
from references.synthetic.held import BAR_RADIUS_M
from references.synthetic.posture import hand_centre, pose_motion, pose_values

Floats = npt.NDArray[np.float64]

PHASE = np.linspace(0, 1, 7)
CONTACT_M = 0.02
TRUNK_RADIUS_M = 0.11

ELBOW_DEG = (30, 180)
KNEE_DEG = (35, 180)
HIP_FLEXION_DEG = (-30, 125)
SHOULDER_EXTENSION_DEG = 60
SPINE_FLEXION_DEG = (-30, 80)
SPINE_ROTATION_DEG = 45
NECK_FLEXION_DEG = (-60, 50)
WRIST_DEG = 95
ANKLE_DORSIFLEXION_DEG = (-50, 42)


def posed(body: str, exercise: str) -> tuple[Body, Motion, Pose]:
    motion = motions()[exercise]
    return load_body(body), motion, pose_motion(load_body(body), motion, PHASE)


def having(condition: Callable[[Motion], bool]) -> list[str]:
    return [name for name, motion in motions().items() if condition(motion)]


def moved_by(body: Body, *bones: str) -> npt.NDArray[np.bool_]:
    """Return which vertices (V,) are mostly moved by bones whose names begin like this."""
    named = np.array([bone.startswith(bones) for bone in body.bones])
    mostly = body.influences[np.arange(len(body.vertices)), body.weights.argmax(axis=1)]
    return np.asarray(named[mostly])


def bar_centre(body: Body, pose: Pose) -> Floats:
    return (hand_centre(body, pose, "L") + hand_centre(body, pose, "R")) / 2


def test_every_exercise_of_the_paper_has_a_motion() -> None:
    assert len(motions()) == 22


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", motions())
def test_nothing_is_under_the_floor(exercise: str, body: str) -> None:
    shape, _, pose = posed(body, exercise)
    for moment in range(len(PHASE)):
        assert shape.skin(pose, moment)[:, 2].min() > -CONTACT_M


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    "exercise", having(lambda m: m.support in {"feet", "hands_and_toes"} or m.has("legs", "plant"))
)
def test_who_stands_touches_the_floor_and_does_not_slide(exercise: str, body: str) -> None:
    shape, _, pose = posed(body, exercise)
    for moment in range(len(PHASE)):
        assert shape.skin(pose, moment)[:, 2].min() < CONTACT_M
    for foot in ("toe1-1.L", "toe1-1.R"):
        heads = pose.heads[:, shape.index(foot)]
        # The toes of a push-up roll a little; everything else stands still.
        slack = 3 * CONTACT_M if exercise == "push_up" else CONTACT_M
        assert np.ptp(heads, axis=0).max() < slack


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", having(lambda m: m.support.startswith("hands")))
def test_hands_that_carry_stay_where_they_are(exercise: str, body: str) -> None:
    shape, motion, pose = posed(body, exercise)
    for side in ("L", "R"):
        hands = hand_centre(shape, pose, side)
        assert np.ptp(hands, axis=0).max() < CONTACT_M
        assert hands[:, 2] == pytest.approx(motion.support_height_m, abs=CONTACT_M)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", having(lambda m: m.support in {"seat", "back"}))
def test_seats_and_benches_carry(exercise: str, body: str) -> None:
    shape, motion, pose = posed(body, exercise)
    bones = ("pelvis", "upperleg01") if motion.support == "seat" else ("spine01", "shoulder01")
    for moment in range(len(PHASE)):
        lowest = shape.skin(pose, moment)[moved_by(shape, *bones), 2].min()
        assert lowest == pytest.approx(motion.support_height_m, abs=CONTACT_M)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", having(lambda m: ("trunk", "twist") not in m.tracks))
def test_left_and_right_are_mirror_images(exercise: str, body: str) -> None:
    shape, _, pose = posed(body, exercise)
    joints = shape.keypoints(pose)
    assert joints[:, MIRROR] * (-1, 1, 1) == pytest.approx(joints, abs=0.01)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", motions())
def test_no_joint_goes_beyond_its_published_range(exercise: str, body: str) -> None:
    shape, motion, pose = posed(body, exercise)

    def at(bone: str) -> Floats:
        return pose.heads[:, shape.index(bone)]

    def turned(bone: str) -> Floats:
        return pose.rotations[:, shape.index(bone)]

    for side in ("L", "R"):
        shoulder, elbow, wrist = (at(f"{b}.{side}") for b in ("upperarm01", "lowerarm01", "wrist"))
        hip, knee, ankle = (at(f"{b}.{side}") for b in ("upperleg01", "lowerleg01", "foot"))
        assert_within(included_angle(shoulder, elbow, wrist), ELBOW_DEG)
        assert_within(included_angle(hip, knee, ankle), KNEE_DEG)

        thigh = np.einsum("tji,tj->ti", turned("root"), knee - hip)
        assert_within(np.degrees(np.arctan2(-thigh[:, 1], -thigh[:, 2])), HIP_FLEXION_DEG)

        upper_arm = np.einsum("tji,tj->ti", turned("spine01"), elbow - shoulder)
        backwards = np.degrees(np.arcsin(upper_arm[:, 1] / np.linalg.norm(upper_arm, axis=1)))
        assert (backwards <= SHOULDER_EXTENSION_DEG).all()

        knuckle = at(f"finger3-1.{side}")
        assert (180 - included_angle(elbow, wrist, knuckle) <= WRIST_DEG).all()

        foot = np.einsum("tji,tjk->tik", turned(f"lowerleg01.{side}"), turned(f"foot.{side}"))
        assert_within(-np.degrees(np.arctan2(foot[:, 2, 1], foot[:, 2, 2])), ANKLE_DORSIFLEXION_DEG)
    values = motion.values(PHASE)
    zero = np.zeros(len(PHASE))
    assert_within(values.get(("trunk", "flex"), zero), SPINE_FLEXION_DEG)
    assert_within(values.get(("trunk", "nod"), zero), NECK_FLEXION_DEG)
    assert (np.abs(values.get(("trunk", "twist"), zero)) <= SPINE_ROTATION_DEG).all()


def assert_within(values: npt.ArrayLike, limits: tuple[float, float]) -> None:
    assert np.min(values) >= limits[0] - 1e-3
    assert np.max(values) <= limits[1] + 1e-3


@pytest.mark.parametrize("exercise", motions())
def test_the_bones_of_the_arm_make_the_angle_of_the_motion(exercise: str) -> None:
    shape, motion, pose = posed("man", exercise)
    shoulder, elbow, wrist = (
        pose.heads[:, shape.index(f"{bone}.L")] for bone in ("upperarm01", "lowerarm01", "wrist")
    )
    asked = motion.values(PHASE)["arms", "bend"]
    # The twist that the forearm shares with the hand moves the wrist by about a degree.
    assert included_angle(shoulder, elbow, wrist) == pytest.approx(asked, abs=3)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", ["bench_press", "incline_bench_press", "decline_bench_press"])
def test_the_bar_touches_the_chest_at_the_turn(exercise: str, body: str) -> None:
    shape, _, pose = posed(body, exercise)
    assert abs(over_the_chest(shape, pose)) < CONTACT_M


@pytest.mark.parametrize("body", BODIES)
def test_a_bar_is_not_pressed_into_a_belly_that_lifts(body: str) -> None:
    motion, shape = motions()["bench_press"], load_body(body)
    fault = motion.fault("hips_lift")
    values = motion.values(PHASE, {fault.name: fault.magnitude_deg})
    assert abs(over_the_chest(shape, pose_values(shape, motion, values))) < 2 * CONTACT_M


def over_the_chest(body: Body, pose: Pose) -> float:
    """Return how far the bar at the turn is over the skin under it, negative inside."""
    bar, skin = bar_centre(body, pose)[-1], body.skin(pose, -1)
    under = (np.abs(skin[:, 0]) < 0.1) & (np.abs(skin[:, 1] - bar[1]) < CONTACT_M)
    return float(bar[2] - BAR_RADIUS_M - skin[under, 2].max())


@pytest.mark.parametrize("body", BODIES)
def test_the_hands_hold_the_bar_of_a_hip_thrust(body: str) -> None:
    shape, motion, pose = posed(body, "hip_thrust")
    stage = build_stage(shape, motion, pose)
    for moment in range(len(PHASE)):
        (bar, *_) = stage.moving(shape, pose, moment)
        middle = (bar.vertices.min(axis=0) + bar.vertices.max(axis=0)) / 2
        for side in ("L", "R"):
            off = hand_centre(shape, pose, side)[moment] - middle
            assert np.hypot(off[1], off[2]) < CONTACT_M + BAR_RADIUS_M


@pytest.mark.parametrize("body", BODIES)
def test_no_arm_goes_through_the_bench(body: str) -> None:
    shape, motion, pose = posed(body, "bench_press")
    arms = moved_by(shape, "upperarm02", "lowerarm", "wrist")
    for moment in range(len(PHASE)):
        skin = shape.skin(pose, moment)[arms]
        # Over the bench, which is 29 cm wide, an arm is above it; beside it, it may go lower.
        assert (np.abs(skin[skin[:, 2] < motion.support_height_m, 0]) > 0.145).all()


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", motions())
def test_no_arm_goes_through_the_trunk(exercise: str, body: str) -> None:
    shape, _, pose = posed(body, exercise)
    low, high = (pose.heads[:, shape.index(bone)] for bone in ("spine05", "spine01"))
    for joint in ("lowerarm01.L", "lowerarm01.R", "wrist.L", "wrist.R"):
        at = pose.heads[:, shape.index(joint)]
        along = ((at - low) * (high - low)).sum(axis=1) / ((high - low) ** 2).sum(axis=1)
        nearest = low + np.clip(along, 0, 1)[:, None] * (high - low)
        assert np.linalg.norm(at - nearest, axis=1).min() > TRUNK_RADIUS_M


@pytest.mark.parametrize("exercise", ["deadlift", "romanian_deadlift", "barbell_biceps_curl"])
def test_the_bar_stays_in_front_of_the_legs(exercise: str) -> None:
    shape, _, pose = posed("man", exercise)
    bars = bar_centre(shape, pose)
    for moment, bar in enumerate(bars):
        skin = shape.skin(pose, moment)[moved_by(shape, "pelvis", "upperleg", "lowerleg")]
        legs = skin[np.abs(skin[:, 2] - bar[2]) < CONTACT_M]
        assert not len(legs) or bar[1] < legs[:, 1].min() + CONTACT_M


@pytest.mark.parametrize("exercise", having(lambda m: bool(m.set_up)))
def test_who_takes_the_weight_bends_no_joint_too_far(exercise: str) -> None:
    motion, shape = motions()[exercise], load_body("woman")
    values = dict(motion.values([0.0]))
    for key, change in motion.set_up.items():
        values[key] = values.get(key, np.zeros(1)) + change
    pose = pose_values(shape, motion, values)
    for side in ("L", "R"):
        for bones, limits in (
            (("upperarm01", "lowerarm01", "wrist"), ELBOW_DEG),
            (("upperleg01", "lowerleg01", "foot"), KNEE_DEG),
        ):
            heads = (pose.heads[:, shape.index(f"{bone}.{side}")] for bone in bones)
            assert_within(included_angle(*heads), limits)


def test_a_deadlift_starts_with_the_plates_on_the_floor() -> None:
    shape, _, pose = posed("man", "deadlift")
    assert bar_centre(shape, pose)[0, 2] == pytest.approx(0.225, abs=0.03)
