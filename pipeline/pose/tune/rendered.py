"""Lessons drawn: the synthetic lifter in every position, with true keypoints."""

import numpy as np

from pipeline.pose.tune.lesson import Known, Lesson, Person
from references.motions import motions
from references.synthetic.scene import Figure
from references.synthetic.stills import still

# How often each exercise is drawn, against one for the others: what the stock network does worst,
# and the exercises whose form is judged.
_WEIGHTS = {
    "bench_press": 9.0,
    "incline_bench_press": 2.0,
    "decline_bench_press": 2.0,
    "barbell_biceps_curl": 2.0,
    "lat_pulldown": 2.0,
    "tricep_pushdown": 2.0,
    "chest_fly_machine": 1.0,
    "hip_thrust": 1.5,
    "leg_raises": 1.5,
}


def draw_lesson(seed: int, *, long_side: int = 640) -> Lesson:
    """Return a rendered picture and its truth, the same for the same seed.

    Bodies, rooms and clothes are those for training: tests draw from others.
    """
    names = sorted(motions())
    weights = np.array([_WEIGHTS.get(name, 1.0) for name in names])
    rng = np.random.default_rng(seed)
    exercise = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    picture = still(exercise, seed=seed, long_side=long_side)
    in_picture = [figure for figure in picture.people if np.isfinite(figure.box).all()]
    return Lesson(picture.image, tuple(_person(figure) for figure in in_picture))


def _person(figure: Figure) -> Person:
    known = np.where(figure.visible, int(Known.VISIBLE), int(Known.HIDDEN))
    return Person(figure.box, figure.xy, known)
