"""How far a movement is from the exercises we know."""

from functools import cache

import numpy as np
import numpy.typing as npt

from references.geometry import joint_angles
from references.motions import Motion, Values, motions
from references.synthetic.body import Body
from references.synthetic.posture import pose_values
from references.synthetic.variation import random_body

Floats = npt.NDArray[np.float64]


def unlike_ours_deg(motion: Motion, ends: Values) -> float:
    """Return how unlike a movement is to that of ours which is most like it, in degrees.

    ``ends`` are the parameters of ``motion`` at its start and at its turn, each (2,). Two movements
    are as unlike as their joint angles differ at the start or at the turn, whichever is more (root
    mean square over the joints and the trunk's inclination), played forwards or backwards.
    """
    own = _posture(motion, ends)
    return min(
        float(np.sqrt(np.mean((known - order) ** 2, axis=1)).max())
        for known in _known_postures()
        for order in (own, own[::-1])
    )


@cache
def _known_postures() -> tuple[Floats, ...]:
    """Return the posture (2, A) of every known exercise, each way to do it, at start and turn."""
    ways = [way for motion in motions().values() for way in (motion, *motion.variants)]
    return tuple(_posture(way, way.values([0.0, 1.0])) for way in ways)


@cache
def _middling() -> Body:
    return random_body(np.random.default_rng(0))


def _posture(motion: Motion, values: Values) -> Floats:
    """Return joint angles and the trunk's inclination in degrees, (P, A), of a middling body."""
    body = _middling()
    joints = body.keypoints(pose_values(body, motion, values))
    trunk = joints[:, [5, 6]].mean(axis=1) - joints[:, [11, 12]].mean(axis=1)
    lean = np.degrees(np.arctan2(trunk[:, 2], np.hypot(trunk[:, 0], trunk[:, 1])))
    return np.stack([*joint_angles(joints).values(), lean], axis=1).astype(np.float64)
