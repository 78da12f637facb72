"""A set by a lifter, in a room and with a phone of chance."""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from references.motions import motions
from references.synthetic.bystanders import random_bystanders
from references.synthetic.equipment import build_stage
from references.synthetic.exposure import random_exposure
from references.synthetic.film import Shot
from references.synthetic.outfit import dress
from references.synthetic.performance import (
    NO_FAULTS,
    Performance,
    Repetition,
    perform,
    wander,
)
from references.synthetic.room import kept_clear
from references.synthetic.scene import Person
from references.synthetic.variation import (
    random_body,
    random_lens,
    random_mirror,
    random_motion,
    random_outfit,
    random_paints,
    random_room,
    random_viewpoint,
)

Floats = npt.NDArray[np.float64]

_EXTENT_M: Final = 1.15
_LONG_SIDE_PX: Final = 1280
# How long a phone's shutter is open in a gym, from bright to dim.
_SHUTTER_S: Final = (1 / 240, 1 / 40)
# How often a phone is held, and how far the hand moves it, as a standard deviation: at three
# metres the picture shakes as the keypoint sequences do.
_HELD_SHARE: Final = 0.4
_SWAY_M: Final = (0.002, 0.012)
# How far from a mirror people stay, and every how many frames that is looked at.
_BEFORE_MIRROR_M: Final = 0.3
_EVERY: Final = 10


def chance_take(
    exercise: str,
    *,
    seed: int,
    azimuth_deg: float | None = None,
    fault: str | None = None,
    repetitions: int = 4,
    fps: float = 30.0,
    bystanders: int = 0,
    mirror: bool = False,
    long_side: int = _LONG_SIDE_PX,
) -> tuple[Performance, Shot]:
    """Return a set and how it is filmed, the same for the same seed.

    The fault, if one is named, has its usual size and runs through the set. Up to
    ``bystanders`` other people are about. A ``mirror`` hangs behind the lifter, as the phone sees
    it. ``long_side`` is the picture's, in pixels. Raises KeyError for an exercise without a motion
    and for a fault that it does not know.
    """
    rng = np.random.default_rng(seed)
    motion = random_motion(motions()[exercise], rng)
    faults = {fault: motion.fault(fault).magnitude_deg} if fault else NO_FAULTS
    out_s, back_s = rng.uniform(0.7, 1.2), rng.uniform(0.9, 1.5)
    performance = perform(
        motion,
        tuple(
            Repetition(
                out_s=out_s * rng.normal(1, 0.06),
                back_s=back_s * rng.normal(1, 0.06),
                faults=faults,
            )
            for _ in range(repetitions)
        ),
        rng=rng,
        fps=fps,
        before_s=0.8,
        after_s=0.8,
    )
    lifter = dress(random_body(rng), random_outfit(rng))
    joints = lifter.bare.keypoints(performance.pose(lifter.bare)).reshape(-1, 3)
    x, y, z = (joints.min(axis=0) + joints.max(axis=0)) / 2
    aim = (float(x), float(y), float(z))
    viewpoint = kept_clear(random_viewpoint(aim, rng, azimuth_deg=azimuth_deg))
    lens = random_lens(viewpoint, _EXTENT_M, rng, long_side=long_side)
    room = random_room(rng)
    pose = performance.pose(lifter.bare)
    person = Person(lifter, pose, build_stage(lifter.bare, motion, pose))
    others = random_bystanders(
        bystanders, exercise, person.things(0), viewpoint, performance.t, rng
    )
    shot = Shot(
        lifter,
        room,
        viewpoint,
        lens,
        others,
        random_exposure(rng),
        shutter=float(rng.uniform(*_SHUTTER_S) * fps),
        # Chance of its own, here and for the mirror: the set itself stays the same.
        paints=random_paints(np.random.default_rng((seed, 2))),
        sway=_sway(performance.t, fps, np.random.default_rng((seed, 3))),
    )
    if mirror:
        shot = _with_mirror(shot, person, np.random.default_rng((seed, 1)))
    return performance, shot


def _sway(t: Floats, fps: float, rng: np.random.Generator) -> Floats | None:
    """Return how a hand moves the phone, (T, 3) in metres; None for one that stands."""
    if rng.uniform() > _HELD_SHARE:
        return None
    size = rng.uniform(*_SWAY_M)
    return np.stack([size * wander(rng, t, fps) for _ in range(3)], axis=1)


def _with_mirror(shot: Shot, lifter: Person, rng: np.random.Generator) -> Shot:
    """Return the shot with a mirror behind lifter and equipment, and nobody on its other side."""
    moments = range(0, len(lifter.pose.heads), _EVERY)
    used = [mesh.vertices for moment in moments for mesh in lifter.things(moment)]
    within = np.concatenate([*used, *(lifter.joints(moment) for moment in moments)])
    mirror = random_mirror(shot.viewpoint, within, shot.room.wall, rng)
    others = tuple(
        other
        for other in shot.bystanders
        if all((mirror.before(other.joints(m)) > _BEFORE_MIRROR_M).all() for m in moments)
    )
    return replace(shot, mirror=mirror, bystanders=others)
