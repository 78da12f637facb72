"""Other people in the picture: they wait, walk past, chat, train, or spot a bench press."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from references.motions import motions
from references.synthetic.body import Pose
from references.synthetic.equipment import build_stage
from references.synthetic.idle import idle_motions
from references.synthetic.mesh import Mesh
from references.synthetic.outfit import Lifter, dress
from references.synthetic.posture import ankle_height, pose_values
from references.synthetic.scene import Person
from references.synthetic.variation import random_body, random_motion, random_outfit
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]

ACT_SHARES: Final[Mapping[str, float]] = MappingProxyType(
    {"standing": 0.3, "chatting": 0.2, "walking": 0.25, "training": 0.25}
)
"""How often other people in a gym do what (our figures)."""

# Every exercise in which somebody may stand at the head of the bench.
_SPOTTED: Final = ("bench_press", "incline_bench_press", "decline_bench_press")
_SPOTTER_SHARE: Final = 0.5
# How far behind the bench and its rack a spotter stands, in metres.
_SPOTTER_BEHIND_M: Final = 0.12

# How much room people leave around the lifter's equipment and each other, in metres.
_CLEARANCE_M: Final = 0.7
_BETWEEN_M: Final = 1.0
# Where in a room somebody may stand, from its middle, and how far beside the viewing axis.
_ROOM_M: Final = 4.2
_BESIDE_DEG: Final = 38.0
_DISTANCES_M: Final = (1.5, 8.5)
_ATTEMPTS: Final = 40

# A stroll: strides a second, and the swing of legs and arms in degrees (our figures, by eye).
_STRIDE_HZ: Final = 0.75
_LEG_SWING_DEG: Final = 19.0
_KNEE_LIFT_DEG: Final = 42.0
_ARM_SWING_DEG: Final = 14.0


def random_bystanders(
    count: int,
    exercise: str,
    things: Sequence[Mesh],
    viewpoint: Viewpoint,
    t: Floats,
    rng: np.random.Generator,
    *,
    held_out: bool = False,
    acts: Mapping[str, float] = ACT_SHARES,
    spotter_share: float = _SPOTTER_SHARE,
) -> tuple[Person, ...]:
    """Return up to ``count`` people besides the lifter, over times ``t`` (T,) in seconds.

    They keep clear of the lifter's ``things`` and of each other; who finds no place
    stays away. ``acts`` says how often they do what. A bench press has a spotter, who counts, as
    often as ``spotter_share`` says.
    """
    people: list[Person] = []
    taken: list[Floats] = []
    edges = _edges(things)
    if count and exercise in _SPOTTED and rng.uniform() < spotter_share:
        place = np.array([rng.normal(0, 0.05), edges[1, 1] + _SPOTTER_BEHIND_M])
        people.append(_spotter(_somebody(rng, held_out), t, place, rng))
        taken.append(place)
    for _ in range(count - len(people)):
        free = _free_place(edges, taken, viewpoint, rng)
        if free is not None:
            act = _ACTS[str(rng.choice(list(acts), p=list(acts.values())))]
            people.append(act(_somebody(rng, held_out), t, free, rng))
            taken.append(free)
    return tuple(people)


def _somebody(rng: np.random.Generator, held_out: bool) -> Lifter:
    return dress(random_body(rng, held_out=held_out), random_outfit(rng, held_out=held_out))


def _edges(things: Sequence[Mesh]) -> Floats:
    """Return the least and the greatest x and y (2, 2) of what the lifter uses, at least 0.5 m."""
    corners = np.concatenate([[[-0.5, -0.5], [0.5, 0.5]], *(m.vertices[:, :2] for m in things)])
    return np.stack([corners.min(axis=0), corners.max(axis=0)])


def _free_place(
    edges: Floats, taken: Sequence[Floats], viewpoint: Viewpoint, rng: np.random.Generator
) -> Floats | None:
    eye = viewpoint.eye()[:2]
    ahead = np.asarray(viewpoint.target)[:2] - eye
    for _ in range(_ATTEMPTS):
        beside = np.arctan2(ahead[1], ahead[0]) + np.radians(rng.uniform(-1, 1) * _BESIDE_DEG)
        place = eye + rng.uniform(*_DISTANCES_M) * np.array([np.cos(beside), np.sin(beside)])
        near = (place > edges[0] - _CLEARANCE_M) & (place < edges[1] + _CLEARANCE_M)
        apart = [np.linalg.norm(place - other) > _BETWEEN_M for other in taken]
        if np.abs(place).max() < _ROOM_M and not near.all() and all(apart):
            return place
    return None


def _spotter(lifter: Lifter, t: Floats, place: Floats, rng: np.random.Generator) -> Person:
    return _idle("spotting", lifter, t, place, rng, heading_deg=float(rng.normal(0, 4)))


def _standing(lifter: Lifter, t: Floats, place: Floats, rng: np.random.Generator) -> Person:
    return _idle("standing", lifter, t, place, rng)


def _chatting(lifter: Lifter, t: Floats, place: Floats, rng: np.random.Generator) -> Person:
    return _idle("chatting", lifter, t, place, rng)


def _idle(
    name: str,
    lifter: Lifter,
    t: Floats,
    place: Floats,
    rng: np.random.Generator,
    *,
    heading_deg: float | None = None,
) -> Person:
    motion = random_motion(idle_motions()[name], rng)
    pose = pose_values(lifter.bare, motion, motion.values(_to_and_fro(t, 4.0, rng)))
    heading = float(rng.uniform(0, 360)) if heading_deg is None else heading_deg
    return Person(lifter, pose, place=(float(place[0]), float(place[1])), heading_deg=heading)


def _walking(lifter: Lifter, t: Floats, place: Floats, rng: np.random.Generator) -> Person:
    """Return somebody who is at ``place`` in the middle of the time and walks along a line."""
    motion = random_motion(idle_motions()["walking"], rng)
    stride = 2 * np.pi * _STRIDE_HZ * rng.uniform(0.8, 1.15) * t + rng.uniform(0, 2 * np.pi)
    values = dict(motion.values(np.zeros(len(t))))
    for sign, leg, arm in ((1, "left_leg", "left_arm"), (-1, "right_leg", "right_arm")):
        values[leg, "reach"] = sign * _LEG_SWING_DEG * np.sin(stride)
        # The knee bends while the foot comes forward.
        values[leg, "bend"] = -_KNEE_LIFT_DEG * np.maximum(sign * np.cos(stride), 0)
        values[arm, "reach"] = -sign * _ARM_SWING_DEG * np.sin(stride) + values.get(
            (arm, "reach"), 0.0
        )
    body = lifter.bare
    pose = pose_values(body, motion, values)
    feet = pose.heads[:, [body.index("foot.L"), body.index("foot.R")], 2]
    # Hips carry on at one speed, and one foot is on the floor.
    leg_m = body.length("upperleg01.L", "lowerleg01.L") + body.length("lowerleg01.L", "foot.L")
    rate = 2 * np.pi * _STRIDE_HZ
    speed = leg_m * np.radians(_LEG_SWING_DEG) * rate * 2 / np.pi
    hips = pose.heads[:, body.index("root"), 1]
    middle = (t[0] + t[-1]) / 2
    shift = np.stack(
        [
            np.zeros(len(t)),
            -speed * (t - middle) - hips,
            ankle_height(body) - feet.min(axis=1),
        ],
        axis=1,
    )
    return Person(
        lifter,
        pose.moved(shift),
        place=(float(place[0]), float(place[1])),
        heading_deg=float(rng.uniform(0, 360)),
    )


def _training(lifter: Lifter, t: Floats, place: Floats, rng: np.random.Generator) -> Person:
    motion = random_motion(motions()[str(rng.choice(list(motions())))], rng)
    # The start position comes first: it says where seats and benches stand.
    phase = np.concatenate([[0.0], _to_and_fro(t, 3.0, rng)])
    pose = pose_values(lifter.bare, motion, motion.values(phase))
    stage = build_stage(lifter.bare, motion, pose)
    return Person(
        lifter,
        Pose(pose.rotations[1:], pose.heads[1:]),
        stage,
        (float(place[0]), float(place[1])),
        float(rng.uniform(0, 360)),
    )


def _to_and_fro(t: Floats, seconds: float, rng: np.random.Generator) -> Floats:
    """Return phases (T,) that swing between 0 and 1 about every so many seconds."""
    period = seconds * rng.uniform(0.7, 1.4)
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * (t / period + rng.uniform())))


_ACTS: Final[Mapping[str, Callable[[Lifter, Floats, Floats, np.random.Generator], Person]]] = (
    MappingProxyType(
        {"standing": _standing, "chatting": _chatting, "walking": _walking, "training": _training}
    )
)
