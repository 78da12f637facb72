"""From a motion to a posed body: trunk first, then each arm and leg by inverse kinematics."""

from typing import Final

import numpy as np
import numpy.typing as npt

from references.motions import Grip, Motion
from references.synthetic.body import Body, Pose
from references.synthetic.kinematics import (
    across,
    apex,
    chord,
    frame,
    halfway,
    turn,
    two_bone,
    unit,
)

Floats = npt.NDArray[np.float64]

_LEFTWARDS: Final = np.array([1.0, 0.0, 0.0])
_SPINE: Final = ("spine05", "spine04", "spine03", "spine02", "spine01")
_NECK: Final = ("neck01", "neck02", "neck03", "head")
_SIDES: Final = (("L", 1.0), ("R", -1.0))

# A closed fist: flexion of the three joints of each finger in degrees, as around a 3 cm bar.
_FINGER_FLEXION: Final = (62.0, 78.0, 45.0)
_THUMB_FLEXION: Final = (0.0, 35.0, 35.0)
_THUMB_OPPOSITION: Final = 25.0

# What of the skin rests on a seat or a bench: what these bones move.
_REST_ON: Final = {
    "seat": ("pelvis.L", "pelvis.R", "upperleg01.L", "upperleg01.R"),
    "back": ("spine01", "spine02", "shoulder01.L", "shoulder01.R"),
}


def pose_motion(body: Body, motion: Motion, phase: npt.ArrayLike) -> Pose:
    """Return the body posed at phases (P,) of a motion, supported as the motion says."""
    phase = np.atleast_1d(np.asarray(phase, np.float64))
    rotations = _trunk(motion, phase)
    trunk = body.pose(rotations)
    for side, sign in _SIDES:
        rotations |= _arm(body, motion, trunk, phase, side, sign)
    if motion.has("legs", "plant"):
        # Where planted feet are seen from the hips depends on how deep the thighs let them sit,
        # which depends on the feet: once around is enough.
        for _ in range(2):
            offset = _support(body, motion, body.pose(rotations))
            for side, sign in _SIDES:
                rotations |= _leg(body, motion, trunk.moved(offset), phase, side, sign)
        return body.pose(rotations).moved(offset)
    for side, sign in _SIDES:
        rotations |= _leg(body, motion, trunk, phase, side, sign)
    pose = body.pose(rotations)
    return pose.moved(_support(body, motion, pose))


def hand_centre(body: Body, pose: Pose, side: str) -> Floats:
    """Return the middle of the closed fist of ``L`` or ``R``, (P, 3): where a bar is held."""
    fingers = [body.index(f"finger{f}-{s}.{side}") for f in (2, 3, 4, 5) for s in (1, 2, 3)]
    return np.asarray(pose.heads[:, fingers].mean(axis=1))


def ankle_height(body: Body) -> float:
    """Return how high the ankle is above the sole of a flat foot, in metres."""
    return float(body.head("foot.L")[2] - body.vertices[:, 2].min())


def _trunk(motion: Motion, phase: Floats) -> dict[str, Floats]:
    lean = turn(_LEFTWARDS, motion.at("trunk", "lean", phase))
    flex = motion.at("trunk", "flex", phase) / len(_SPINE)
    twist = motion.at("trunk", "twist", phase) / len(_SPINE)
    shrug = motion.at("trunk", "shrug", phase)
    nod = motion.at("trunk", "nod", phase) / len(_NECK)
    rotations = {"root": lean}
    chain = lean
    for bone in _SPINE:
        chain = chain @ turn(_LEFTWARDS, flex) @ turn([0, 0, 1], twist)
        rotations[bone] = chain
    for side, sign in _SIDES:
        raised = chain @ turn([0, 1, 0], -sign * shrug)
        rotations[f"clavicle.{side}"] = rotations[f"shoulder01.{side}"] = raised
    for bone in _NECK:
        chain = chain @ turn(_LEFTWARDS, nod)
        rotations[bone] = chain
    return rotations


def _arm(
    body: Body, motion: Motion, trunk: Pose, phase: Floats, side: str, sign: float
) -> dict[str, Floats]:
    upper, lower, hand = f"upperarm01.{side}", f"lowerarm01.{side}", f"wrist.{side}"
    lengths = body.length(upper, lower), body.length(lower, hand)
    axes = _axes(trunk.rotations[:, body.index("spine01")], motion.arms_relative_to_trunk)
    shoulder = trunk.heads[:, body.index(upper)]
    elbow, wrist = _reach(body, motion, trunk, phase, "arms", upper, lengths, axes, sign)
    along_upper, along_lower = unit(elbow - shoulder), unit(wrist - elbow)
    hinge = np.cross(along_upper, along_lower)

    rest_upper = body.head(lower) - body.head(upper)
    rest_lower = body.head(hand) - body.head(lower)
    rest_hinge = np.cross(rest_upper, rest_lower)
    upper_turn = frame(along_upper, hinge) @ frame(rest_upper, rest_hinge).T
    lower_turn = frame(along_lower, hinge) @ frame(rest_lower, rest_hinge).T

    knuckles = _knuckles(motion.grip, along_lower, sign * axes[..., 0])
    rest_knuckles = body.head(f"finger5-1.{side}") - body.head(f"finger2-1.{side}")
    rest_hand = body.head(f"finger3-1.{side}") - body.head(hand)
    # Bending the wrist backwards turns the hand about its knuckles, away from the palm.
    back = -sign * motion.at("arms", "wrist", phase)
    hand_turn = (
        turn(knuckles, back) @ frame(along_lower, knuckles) @ frame(rest_hand, rest_knuckles).T
    )
    twisted = frame(along_lower, knuckles) @ frame(rest_lower, rest_knuckles).T
    return {
        upper: upper_turn,
        f"upperarm02.{side}": upper_turn,
        lower: lower_turn,
        # The forearm shares out the turn between elbow and hand.
        f"lowerarm02.{side}": halfway(twisted @ np.swapaxes(lower_turn, 1, 2)) @ lower_turn,
        hand: hand_turn,
        **_fist(hand_turn, knuckles, hand_turn @ unit(rest_hand), side, sign),
    }


def _leg(
    body: Body, motion: Motion, trunk: Pose, phase: Floats, side: str, sign: float
) -> dict[str, Floats]:
    upper, lower, foot = f"upperleg01.{side}", f"lowerleg01.{side}", f"foot.{side}"
    lengths = body.length(upper, lower), body.length(lower, foot)
    axes = _axes(trunk.rotations[:, body.index("root")], motion.legs_relative_to_trunk)
    hip = trunk.heads[:, body.index(upper)]
    knee, ankle = _reach(body, motion, trunk, phase, "legs", upper, lengths, axes, sign)
    along_upper, along_lower = unit(knee - hip), unit(ankle - knee)

    # The hinge of a knee points to the lifter's left on both sides.
    toes_out = motion.at("legs", "toes_out", phase)
    facing = turn([0, 0, 1], sign * toes_out) @ axes
    rest_upper = body.head(lower) - body.head(upper)
    rest_lower = body.head(foot) - body.head(lower)
    hinge = np.cross(along_upper, along_lower)
    straight = np.linalg.norm(hinge, axis=-1, keepdims=True) < _STRAIGHT
    hinge = np.where(straight, facing[..., 0], hinge)
    upper_turn = frame(along_upper, hinge) @ frame(rest_upper, _LEFTWARDS).T
    lower_turn = frame(along_lower, hinge) @ frame(rest_lower, _LEFTWARDS).T
    if motion.has("legs", "ankle"):
        foot_turn = lower_turn @ turn(_LEFTWARDS, motion.at("legs", "ankle", phase))
    else:
        foot_turn = turn([0, 0, 1], sign * toes_out)
    return {
        upper: upper_turn,
        f"upperleg02.{side}": upper_turn,
        lower: lower_turn,
        f"lowerleg02.{side}": lower_turn,
        foot: foot_turn,
    }


# Sine of the knee's flexion below which the plane of the bend is ill-defined: 3 degrees.
_STRAIGHT: Final = 0.05


def _axes(rotation: Floats, relative_to_trunk: bool) -> Floats:
    """Return the axes (P, 3, 3) in columns, left, forward and up, that directions are told in."""
    left = rotation[..., 0]
    up = rotation[..., 2] if relative_to_trunk else np.broadcast_to([0.0, 0.0, 1.0], left.shape)
    left = across(up, left)
    return np.stack([left, np.cross(left, up), up], axis=-1)


def _reach(
    body: Body,
    motion: Motion,
    trunk: Pose,
    phase: Floats,
    part: str,
    first: str,
    lengths: tuple[float, float],
    axes: Floats,
    sign: float,
) -> tuple[Floats, Floats]:
    """Return the middle and far joint (P, 3) of an arm or a leg."""
    other = first.replace(".L", ".R") if sign > 0 else first.replace(".R", ".L")
    start, opposite = trunk.heads[:, body.index(first)], trunk.heads[:, body.index(other)]
    outwards = sign * axes[..., 0]
    half_apart = ((start - opposite) * outwards).sum(axis=-1) / 2
    aside = motion.at(part, "width", phase) * _shoulder_width(body) / 2 - half_apart
    # The elbow points back of the line to the hand, the knee in front of the line to the foot.
    bends = 1.0 if part == "arms" else -1.0
    if motion.has(part, "plant"):
        target = start + outwards * aside[:, None]
        target[:, 1] -= motion.at(part, "plant", phase)
        target[:, 2] = ankle_height(body)
        span = target - start
        angle = np.degrees(
            np.arctan2((span * axes[..., 1]).sum(-1), -(span * axes[..., 2]).sum(-1))
        )
    else:
        distance = chord(*lengths, motion.at(part, "bend", phase))
        if motion.has(part, "upper"):
            angle = motion.at(part, "upper", phase) + bends * apex(*lengths, distance)
        else:
            angle = motion.at(part, "reach", phase)
        if motion.has(part, "spread"):
            aside = distance * np.sin(np.radians(motion.at(part, "spread", phase)))
        aside = np.clip(aside, -distance, distance)
        inside = np.sqrt(distance**2 - aside**2)
        target = start + outwards * aside[:, None] + _sagittal(axes, angle) * inside[:, None]
    if motion.has(part, "pole_up"):
        pole = (
            motion.at(part, "pole_out", phase)[:, None] * outwards
            + motion.at(part, "pole_forward", phase)[:, None] * axes[..., 1]
            + motion.at(part, "pole_up", phase)[:, None] * axes[..., 2]
        )
    else:
        flare = np.radians(motion.at(part, "flare", phase))[:, None]
        pole = np.cos(flare) * _sagittal(axes, angle - bends * 90) + np.sin(flare) * outwards
    return two_bone(start, target, *lengths, pole)


def _sagittal(axes: Floats, angle_deg: Floats) -> Floats:
    """Return the direction (P, 3) at an angle in the sagittal plane: 0 down, 90 forward, 180 up."""
    angle = np.radians(angle_deg)[:, None]
    return np.sin(angle) * axes[..., 1] - np.cos(angle) * axes[..., 2]


def _shoulder_width(body: Body) -> float:
    return body.length("upperarm01.L", "upperarm01.R")


def _knuckles(grip: Grip, forearm: Floats, outwards: Floats) -> Floats:
    """Return the direction (P, 3) from index to little finger that a grip asks for."""
    match grip:
        case "over":
            wanted = outwards
        case "under":
            wanted = -outwards
        case "neutral":
            # Thumbs in front of hanging hands, on top of hands held forwards.
            wanted = np.cross(outwards, forearm)
            wanted = wanted * np.sign((outwards * _LEFTWARDS).sum(-1, keepdims=True))
    return across(forearm, wanted)


def _fist(
    hand: Floats, knuckles: Floats, along: Floats, side: str, sign: float
) -> dict[str, Floats]:
    rotations = {}
    for finger in (2, 3, 4, 5):
        chain = hand
        for segment, flexion in enumerate(_FINGER_FLEXION, 1):
            chain = turn(knuckles, np.full(len(hand), sign * flexion)) @ chain
            rotations[f"finger{finger}-{segment}.{side}"] = chain
    chain = turn(along, np.full(len(hand), -sign * _THUMB_OPPOSITION)) @ hand
    for segment, flexion in enumerate(_THUMB_FLEXION, 1):
        chain = turn(knuckles, np.full(len(hand), sign * flexion)) @ chain
        rotations[f"finger1-{segment}.{side}"] = chain
    return rotations


def _support(body: Body, motion: Motion, pose: Pose) -> Floats:
    """Return the shift (3,) or (P, 3) that puts the body on what carries it."""
    height = motion.support_height_m
    if motion.support in _REST_ON:
        rests = _lowest(body, pose, _REST_ON[motion.support])
        return np.array([0.0, 0.0, height - rests])
    if motion.support == "feet":
        feet = (pose.heads[:, body.index("foot.L")] + pose.heads[:, body.index("foot.R")]) / 2
        return np.array([0.0, 0.0, height + ankle_height(body)]) - feet
    hands = (hand_centre(body, pose, "L") + hand_centre(body, pose, "R")) / 2
    return np.array([0.0, 0.0, height]) - hands


def _lowest(body: Body, pose: Pose, bones: tuple[str, ...]) -> float:
    """Return the height of the lowest skin that some bones move, at the start."""
    mostly = body.influences[np.arange(len(body.vertices)), body.weights.argmax(axis=1)]
    moved = np.isin(mostly, [body.index(bone) for bone in bones])
    return float(body.skin(pose)[moved, 2].min())
