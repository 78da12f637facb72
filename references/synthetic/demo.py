"""The bundled demonstration: a set of curls that lacks one thing, so that one correction is due."""

from typing import Final

import numpy as np

from references.lens import Lens
from references.motions import motions
from references.synthetic.body import load_body
from references.synthetic.film import Shot
from references.synthetic.outfit import Outfit, dress
from references.synthetic.performance import Performance, Repetition, perform
from references.synthetic.room import GYMS
from references.viewpoint import Viewpoint

EXERCISE: Final = "barbell_biceps_curl"
FPS: Final = 30.0

SEED: Final = 20
_BENT: Final = {"arms_stay_bent": 42.0}
_REPETITIONS: Final = (
    Repetition(out_s=0.95, back_s=1.15),
    Repetition(out_s=0.9, back_s=1.0, faults=_BENT),
    Repetition(out_s=0.95, back_s=1.0, faults=_BENT),
    Repetition(out_s=1.0, back_s=1.25, faults=_BENT),
)


def demo_performance() -> Performance:
    """Return the set: four repetitions, the last three of which start with bent arms."""
    return perform(
        motions()[EXERCISE],
        _REPETITIONS,
        rng=np.random.default_rng(SEED),
        fps=FPS,
        before_s=1.1,
        after_s=1.0,
    )


def demo_shot() -> Shot:
    """Return how it is filmed: a phone on the floor's edge, upright, at the lifter's left."""
    return Shot(
        lifter=dress(load_body("man"), Outfit(shirt=(0.55, 0.16, 0.13))),
        room=GYMS[0],
        viewpoint=Viewpoint(88.0, 2.0, 2.7, (0.0, -0.12, 0.93)),
        lens=Lens.of_phone(720, 1280, 52.0),
    )
