"""From a motion to a posed body: trunk first, then each arm and leg by inverse kinematics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from references.motions import Grip, Motion, Values
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


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of the body: how its bones end, its direction along x, its parts of a motion."""

    bone: str
    sign: float
    parts: Mapping[str, str]

    def other(self) -> "_Side":
        return _RIGHT if self is _LEFT else _LEFT


_LEFT: Final = _Side("L", 1.0, {"arms": "left_arm", "legs": "left_leg"})
_RIGHT: Final = _Side("R", -1.0, {"arms": "right_arm", "legs": "right_leg"})
_SIDES: Final = (_LEFT, _RIGHT)


@dataclass(frozen=True, slots=True)
class _Script:
    """A motion and its parameters over time."""

    motion: Motion
    values: Values

    def at(self, part: str, name: str, side: _Side | None = None) -> Floats:
        """Return a parameter (T,), of one side if given; one that is left out is zero."""
        value = self.values.get((part, name), np.zeros(self.frames()))
        if side is None:
            return value
        return value + self.values.get((side.parts[part], name), 0.0)

    def frames(self) -> int:
        return len(next(iter(self.values.values())))


# A closed fist: flexion of the three joints of each finger in degrees, as around a 3 cm bar.
_FINGER_FLEXION: Final = (62.0, 78.0, 45.0)
# The thumb comes across the palm and lies over the fingers.
_THUMB_OPPOSITION: Final = 75.0
_THUMB_EXTENSION: Final = 25.0

# What of the skin rests on a seat or a bench: what these bones move.
_REST_ON: Final = {
    "seat": ("pelvis.L", "pelvis.R", "upperleg01.L", "upperleg01.R"),
    "back": ("spine01", "spine02", "shoulder01.L", "shoulder01.R"),
}


def pose_motion(body: Body, motion: Motion, phase: npt.ArrayLike) -> Pose:
    """Return the body posed at phases (T,) of a motion done right."""
    return pose_values(body, motion, motion.values(phase))


def pose_values(body: Body, motion: Motion, values: Values) -> Pose:
    """Return the body posed by parameters over time, supported as the motion says.

    The first moment is in the start position: seats and planted feet are placed by it.
    """
    if motion.support == "hands_and_toes":
        values = _with_toes_down(body, motion, values)
    return _pose(body, motion, values)


def _with_toes_down(body: Body, motion: Motion, values: Values) -> dict[tuple[str, str], Floats]:
    """Return the parameters with lean and reach changed so that the toes touch, but do not slide.

    The hands stay where they are: leaning lifts the toes, and reaching further back with the hands
    moves the shoulders, and so the toes, forwards.
    """
    values = dict(values)
    for _ in range(_TOE_ITERATIONS):
        pose = _pose(body, motion, values)
        hands = (hand_centre(body, pose, "L") + hand_centre(body, pose, "R")) / 2
        toes = pose.heads[:, _toes(body)].mean(axis=1)
        lean = np.degrees((_TOE_HEIGHT_M - toes[:, 2]) / np.abs(toes[:, 1] - hands[:, 1]))
        values["trunk", "lean"] = values["trunk", "lean"] + lean
        if motion.has("arms", "reach"):
            shoulders = pose.heads[:, body.index("upperarm01.L")]
            slid = np.degrees((toes[:, 1] - toes[0, 1]) / np.linalg.norm(shoulders - hands, axis=1))
            values["arms", "reach"] = values["arms", "reach"] - slid
    return values


def _toes(body: Body) -> list[int]:
    return [body.index(f"toe{toe}-1.{side.bone}") for toe in (1, 2, 3) for side in _SIDES]


# How high the balls of the feet are over the floor on tiptoe; how often the posture is corrected.
_TOE_HEIGHT_M: Final = 0.05
_TOE_ITERATIONS: Final = 6


def _pose(body: Body, motion: Motion, values: Values) -> Pose:
    script = _Script(motion, values)
    rotations = _trunk(script)
    trunk = body.pose(rotations)
    for side in _SIDES:
        rotations |= _arm(body, script, trunk, side)
    if motion.has("legs", "plant"):
        # Where planted feet are seen from the hips depends on how deep the thighs let them sit,
        # which depends on the feet.
        for _ in range(3):
            offset = _support(body, motion, body.pose(rotations))
            for side in _SIDES:
                rotations |= _leg(body, script, trunk.moved(offset), side)
        return body.pose(rotations).moved(offset)
    for side in _SIDES:
        rotations |= _leg(body, script, trunk, side)
    pose = body.pose(rotations)
    return pose.moved(_support(body, motion, pose))


def hand_centre(body: Body, pose: Pose, side: str) -> Floats:
    """Return the middle of the closed fist of ``L`` or ``R``, (P, 3): where a bar is held."""
    fingers = [body.index(f"finger{f}-{s}.{side}") for f in (2, 3, 4, 5) for s in (1, 2, 3)]
    return np.asarray(pose.heads[:, fingers].mean(axis=1))


def ankle_height(body: Body) -> float:
    """Return how high the ankle is above the sole of a flat foot, in metres."""
    return float(body.head("foot.L")[2] - body.vertices[:, 2].min())


def _trunk(script: _Script) -> dict[str, Floats]:
    lean = turn(_LEFTWARDS, script.at("trunk", "lean"))
    flex = script.at("trunk", "flex") / len(_SPINE)
    twist = script.at("trunk", "twist") / len(_SPINE)
    nod = script.at("trunk", "nod") / len(_NECK)
    rotations = {"root": lean}
    chain = lean
    for bone in _SPINE:
        chain = chain @ turn(_LEFTWARDS, flex) @ turn([0, 0, 1], twist)
        rotations[bone] = chain
    for side in _SIDES:
        raised = chain @ turn([0, 1, 0], -side.sign * script.at("trunk", "shrug"))
        rotations[f"clavicle.{side.bone}"] = rotations[f"shoulder01.{side.bone}"] = raised
    for bone in _NECK:
        chain = chain @ turn(_LEFTWARDS, nod)
        rotations[bone] = chain
    return rotations


def _arm(body: Body, script: _Script, trunk: Pose, side: _Side) -> dict[str, Floats]:
    upper, lower, hand = (f"{b}.{side.bone}" for b in ("upperarm01", "lowerarm01", "wrist"))
    axes = _axes(trunk.rotations[:, body.index("spine01")], script.motion.arms_relative_to_trunk)
    shoulder = trunk.heads[:, body.index(upper)]
    elbow, wrist = _reach(body, script, trunk, "arms", (upper, lower, hand), axes, side)
    along_upper, along_lower = unit(elbow - shoulder), unit(wrist - elbow)
    hinge = np.cross(along_upper, along_lower)

    rest_upper = body.head(lower) - body.head(upper)
    rest_lower = body.head(hand) - body.head(lower)
    rest_hinge = np.cross(rest_upper, rest_lower)
    upper_turn = frame(along_upper, hinge) @ frame(rest_upper, rest_hinge).T
    lower_turn = frame(along_lower, hinge) @ frame(rest_lower, rest_hinge).T

    knuckles = _knuckles(script.motion.grip, along_lower, axes, side)
    rest_knuckles = body.head(f"finger5-1.{side.bone}") - body.head(f"finger2-1.{side.bone}")
    rest_hand = body.head(f"finger3-1.{side.bone}") - body.head(hand)
    # Bending the wrist backwards turns the hand about its knuckles, away from the palm.
    back = -side.sign * script.at("arms", "wrist", side)
    held = frame(along_lower, knuckles)
    hand_turn = turn(knuckles, back) @ held @ frame(rest_hand, rest_knuckles).T
    if script.motion.grip == "flat":
        hand_turn = frame(axes[..., 1], knuckles) @ frame(rest_hand, rest_knuckles).T
    twisted = held @ frame(rest_lower, rest_knuckles).T
    return {
        upper: upper_turn,
        f"upperarm02.{side.bone}": upper_turn,
        lower: lower_turn,
        # The forearm shares out the turn between elbow and hand.
        f"lowerarm02.{side.bone}": halfway(twisted @ np.swapaxes(lower_turn, 1, 2)) @ lower_turn,
        hand: hand_turn,
        **(
            _fist(hand_turn, knuckles, hand_turn @ unit(rest_hand), side)
            if script.motion.grip != "flat"
            else {}
        ),
    }


def _leg(body: Body, script: _Script, trunk: Pose, side: _Side) -> dict[str, Floats]:
    upper, lower, foot = (f"{b}.{side.bone}" for b in ("upperleg01", "lowerleg01", "foot"))
    axes = _axes(trunk.rotations[:, body.index("root")], script.motion.legs_relative_to_trunk)
    hip = trunk.heads[:, body.index(upper)]
    knee, ankle = _reach(body, script, trunk, "legs", (upper, lower, foot), axes, side)
    along_upper, along_lower = unit(knee - hip), unit(ankle - knee)

    # The hinge of a knee points to the lifter's left on both sides.
    heading = turn([0, 0, 1], side.sign * script.at("legs", "toes_out", side))
    rest_upper = body.head(lower) - body.head(upper)
    rest_lower = body.head(foot) - body.head(lower)
    hinge = np.cross(along_upper, along_lower)
    straight = np.linalg.norm(hinge, axis=-1, keepdims=True) < _STRAIGHT
    hinge = np.where(straight, (heading @ axes)[..., 0], hinge)
    upper_turn = frame(along_upper, hinge) @ frame(rest_upper, _LEFTWARDS).T
    lower_turn = frame(along_lower, hinge) @ frame(rest_lower, _LEFTWARDS).T
    if script.motion.has("legs", "ankle"):
        heading = lower_turn @ turn(_LEFTWARDS, script.at("legs", "ankle", side))
    return {
        upper: upper_turn,
        f"upperleg02.{side.bone}": upper_turn,
        lower: lower_turn,
        f"lowerleg02.{side.bone}": lower_turn,
        foot: heading,
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
    script: _Script,
    trunk: Pose,
    part: str,
    bones: tuple[str, str, str],
    axes: Floats,
    side: _Side,
) -> tuple[Floats, Floats]:
    """Return the middle and far joint (T, 3) of an arm or a leg."""
    first, second, third = bones
    lengths = body.length(first, second), body.length(second, third)
    start = trunk.heads[:, body.index(first)]
    opposite = trunk.heads[:, body.index(first[:-1] + side.other().bone)]
    outwards = side.sign * axes[..., 0]
    half_apart = ((start - opposite) * outwards).sum(axis=-1) / 2
    aside = script.at(part, "width", side) * _shoulder_width(body) / 2 - half_apart
    if part == "legs" or script.motion.grip == "flat":
        return _limb(body, script, part, lengths, start, aside, axes, side)
    middle, end = _limb(body, script, part, lengths, start, aside, axes, side)
    for _ in range(_FIST_ITERATIONS):
        # It is the fist that stays where it is on the bar, not the wrist.
        beyond = _fist_reach(body) * (unit(end - middle) * outwards).sum(axis=-1)
        middle, end = _limb(body, script, part, lengths, start, aside - beyond, axes, side)
    return middle, end


# How often the wrist is moved so that the fist is where the grip's width says: 1 mm is left.
_FIST_ITERATIONS: Final = 3


def _limb(
    body: Body,
    script: _Script,
    part: str,
    lengths: tuple[float, float],
    start: Floats,
    aside: Floats,
    axes: Floats,
    side: _Side,
) -> tuple[Floats, Floats]:
    """Return middle and far joint of a limb whose end is ``aside`` metres further out."""
    outwards = side.sign * axes[..., 0]
    # The elbow points back of the line to the hand, the knee in front of the line to the foot.
    bends = 1.0 if part == "arms" else -1.0
    if script.motion.has(part, "plant"):
        target = start + outwards * aside[:, None]
        target[:, 1] = start[0, 1] - script.at(part, "plant", side)
        target[:, 2] = ankle_height(body)
        span = target - start
        angle = np.degrees(
            np.arctan2((span * axes[..., 1]).sum(-1), -(span * axes[..., 2]).sum(-1))
        )
    else:
        distance = chord(*lengths, script.at(part, "bend", side))
        if script.motion.has(part, "upper"):
            angle = script.at(part, "upper", side) + bends * apex(*lengths, distance)
        else:
            angle = script.at(part, "reach", side)
        if script.motion.has(part, "spread"):
            aside = distance * np.sin(np.radians(script.at(part, "spread", side)))
        aside = np.clip(aside, -distance, distance)
        inside = np.sqrt(distance**2 - aside**2)
        target = start + outwards * aside[:, None] + _sagittal(axes, angle) * inside[:, None]
    if script.motion.has(part, "pole_up"):
        pole = (
            script.at(part, "pole_out", side)[:, None] * outwards
            + script.at(part, "pole_forward", side)[:, None] * axes[..., 1]
            + script.at(part, "pole_up", side)[:, None] * axes[..., 2]
        )
    else:
        flare = np.radians(script.at(part, "flare", side))[:, None]
        pole = np.cos(flare) * _sagittal(axes, angle - bends * 90) + np.sin(flare) * outwards
    return two_bone(start, target, *lengths, pole)


def _sagittal(axes: Floats, angle_deg: Floats) -> Floats:
    """Return the direction (P, 3) at an angle in the sagittal plane: 0 down, 90 forward, 180 up."""
    angle = np.radians(angle_deg)[:, None]
    return np.sin(angle) * axes[..., 1] - np.cos(angle) * axes[..., 2]


def _fist_reach(body: Body) -> float:
    """Return how far the middle of a fist is beyond the wrist."""
    return _FIST_SHARE * body.length("wrist.L", "finger3-1.L")


# The middle of a closed fist, as a share of the way from the wrist to the knuckles.
_FIST_SHARE: Final = 0.91


def _shoulder_width(body: Body) -> float:
    return body.length("upperarm01.L", "upperarm01.R")


def _knuckles(grip: Grip, forearm: Floats, axes: Floats, side: _Side) -> Floats:
    """Return the direction (T, 3) from index to little finger that a grip asks for."""
    outwards = side.sign * axes[..., 0]
    match grip:
        case "over" | "flat":
            wanted = outwards
        case "under":
            wanted = -outwards
        case "neutral":
            # Thumbs in front of hanging hands, on top of hands held forwards.
            wanted = side.sign * np.cross(outwards, forearm)
        case "thumbs_forward":
            wanted = -axes[..., 1]
    return across(forearm, wanted)


def _fist(hand: Floats, knuckles: Floats, along: Floats, side: _Side) -> dict[str, Floats]:
    rotations = {}
    for finger in (2, 3, 4, 5):
        chain = hand
        for segment, flexion in enumerate(_FINGER_FLEXION, 1):
            chain = turn(knuckles, np.full(len(hand), side.sign * flexion)) @ chain
            rotations[f"finger{finger}-{segment}.{side.bone}"] = chain
    opposed = turn(along, np.full(len(hand), side.sign * _THUMB_OPPOSITION)) @ hand
    thumb = turn(knuckles, np.full(len(hand), -side.sign * _THUMB_EXTENSION)) @ opposed
    rotations[f"finger1-1.{side.bone}"] = thumb
    return rotations


def _support(body: Body, motion: Motion, pose: Pose) -> Floats:
    """Return the shift (3,) or (P, 3) that puts the body on what carries it."""
    height = motion.support_height_m
    if motion.support in _REST_ON:
        rests = np.array([0.0, 0.0, height - _lowest(body, pose, _REST_ON[motion.support])])
        if motion.support == "seat":
            return rests
        # Who lies turns about the upper back.
        back = pose.heads[:, body.index("spine01")]
        return np.asarray(rests + back[0] - back)
    if motion.support == "shoulders":
        return np.array([0.0, 0.0, height]) - pose.heads[:, body.index("spine01")]
    if motion.support == "feet":
        feet = (pose.heads[:, body.index("foot.L")] + pose.heads[:, body.index("foot.R")]) / 2
        return np.array([0.0, 0.0, height + ankle_height(body)]) - feet
    hands = (hand_centre(body, pose, "L") + hand_centre(body, pose, "R")) / 2
    return np.array([0.0, 0.0, height]) - hands


def _lowest(body: Body, pose: Pose, bones: tuple[str, ...]) -> float:
    """Return the height of the lowest skin that some bones move, at the start."""
    return float(body.skin(pose, only=body.mostly_moved_by(bones))[:, 2].min())
