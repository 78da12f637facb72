"""Single pictures of chance that pose networks learn from: who is where in each is known."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from references.lens import Lens
from references.motions import Motion, Values, motions
from references.synthetic.bystanders import random_bystanders
from references.synthetic.equipment import build_stage
from references.synthetic.exposure import random_exposure
from references.synthetic.outfit import dress
from references.synthetic.posture import pose_values
from references.synthetic.renderer import Renderer
from references.synthetic.room import kept_clear, scenery
from references.synthetic.scene import Figure, Person, photograph
from references.synthetic.variation import (
    random_body,
    random_close_viewpoint,
    random_fault,
    random_lens,
    random_light,
    random_motion,
    random_outfit,
    random_paints,
    random_room,
)
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.uint8]

_FAULT_SHARE: Final = 0.4
_FAULT_SIZES: Final = (0.5, 1.5)

# How much around the middle of the lifter is in view, in metres: all of them, or a part.
_EXTENT_M: Final = 1.15
_CLOSE_EXTENT_M: Final = 0.6
_CLOSE_SHARE: Final = 0.25

# How often there are so many bystanders: none, one, two, three.
_BYSTANDER_SHARES: Final = (0.45, 0.25, 0.2, 0.1)

# The start position, the moment of the picture, and as long after it as a shutter is open in dim
# light; how fast a lift is in the middle of a repetition.
_TIMES_S: Final = np.array([0.0, 0.0, 1 / 30])
_PHASES_A_SECOND: Final = 1.5
_BLURRED_SHARE: Final = 0.35


@dataclass(frozen=True, slots=True)
class Still:
    """A picture and its truth.

    ``image`` (H, W, 3) in BGR; ``people``, the lifter first; ``joints`` (17, 3) are the lifter's
    COCO keypoints in metres.
    """

    image: Image
    people: tuple[Figure, ...]
    viewpoint: Viewpoint
    lens: Lens
    joints: Floats


def still(exercise: str, *, seed: int, long_side: int = 640, held_out: bool = False) -> Still:
    """Return a picture of somebody at any moment of an exercise, the same for the same seed.

    With ``held_out``, bodies, clothes and rooms are those that pictures without it never show.
    Raises KeyError for an exercise without a motion.
    """
    rng = np.random.default_rng((seed, int(held_out)))
    motion = random_motion(motions()[exercise], rng)
    lifter = dress(random_body(rng, held_out=held_out), random_outfit(rng, held_out=held_out))
    # The start position comes first: it says where seats and benches stand.
    pose = pose_values(lifter.bare, motion, _moments(motion, rng))
    # Chance of its own, so that everything else is the same in any colours.
    paints = random_paints(np.random.default_rng((seed, int(held_out), 1)))
    stage = build_stage(lifter.bare, motion, pose, paints)
    person = Person(lifter, pose, stage)
    joints = person.joints(1)
    x, y, z = (joints.min(axis=0) + joints.max(axis=0)) / 2
    viewpoint = kept_clear(random_close_viewpoint((float(x), float(y), float(z)), rng))
    extent = _CLOSE_EXTENT_M if rng.uniform() < _CLOSE_SHARE else _EXTENT_M
    lens = random_lens(viewpoint, extent, rng, long_side=long_side)
    room = random_room(rng, held_out=held_out)
    count = int(rng.choice(len(_BYSTANDER_SHARES), p=_BYSTANDER_SHARES))
    others = random_bystanders(
        count, exercise, person.things(1), viewpoint, _TIMES_S, rng, held_out=held_out
    )
    image, people = photograph(
        _renderer(lens.width, lens.height),
        [person, *others],
        scenery(room),
        1,
        viewpoint,
        lens,
        random_light(room.light, rng),
        shutter=rng.uniform(0.1, 1.0) if rng.uniform() < _BLURRED_SHARE else 0.0,
    )
    recorded = random_exposure(rng, photo=True).develop(image, rng)
    return Still(recorded, people, viewpoint, lens, joints)


def _moments(motion: Motion, rng: np.random.Generator) -> Values:
    """Return the parameters at the three `_TIMES_S`, perhaps with a fault."""
    fault = random_fault(motion, rng) if rng.uniform() < _FAULT_SHARE else None
    faults = {fault.name: fault.magnitude_deg * rng.uniform(*_FAULT_SIZES)} if fault else {}
    phase = rng.uniform()
    later = np.clip(phase + rng.choice([-1, 1]) * _PHASES_A_SECOND * _TIMES_S[-1], 0, 1)
    return motion.values([0.0, phase, later], faults)


@cache
def _renderer(width: int, height: int) -> Renderer:
    return Renderer(width, height)
