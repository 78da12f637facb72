"""Other people in the picture."""

from itertools import combinations

import numpy as np
import pytest

from references.skeleton import KEYPOINT_INDEX
from references.synthetic.bystanders import random_bystanders
from references.synthetic.mesh import box
from references.synthetic.scene import Person
from references.synthetic.takes import chance_take
from references.viewpoint import Viewpoint

_BENCH = [box([0, 0.5, 0.3], [1.2, 1.8, 0.6], (0, 0, 0))]
_VIEWPOINT = Viewpoint(30.0, 5.0, 3.0, (0.0, 0.2, 0.8))
_T = np.arange(0, 3, 0.25)


def _others(exercise: str, seed: int) -> tuple[Person, ...]:
    rng = np.random.default_rng(seed)
    return random_bystanders(3, exercise, _BENCH, _VIEWPOINT, _T, rng)


def test_bystanders_keep_their_distance() -> None:
    people = [person for seed in range(4) for person in _others("squat", seed)]
    assert len(people) > 8
    for person in people:
        x, y = person.place
        assert not (abs(x) < 0.6 and -0.4 < y < 1.4)
    for seed in range(4):
        for one, other in combinations(_others("squat", seed), 2):
            assert np.hypot(*np.subtract(one.place, other.place)) > 1.0


def test_they_are_the_same_for_the_same_seed() -> None:
    first, again = ([p.joints(2).tolist() for p in _others("squat", 1)] for _ in range(2))
    assert first == again


def test_nobody_sinks_or_floats() -> None:
    ankles = [KEYPOINT_INDEX["left_ankle"], KEYPOINT_INDEX["right_ankle"]]
    for person in _others("squat", 2) + _others("squat", 7):
        # Those who train may hang or lie.
        if person.stage is None:
            for moment in range(len(_T)):
                assert 0.0 < person.joints(moment)[ankles, 2].min() < 0.16


@pytest.mark.parametrize("exercise", ["bench_press", "decline_bench_press"])
def test_a_bench_press_may_have_a_spotter_at_the_head(exercise: str) -> None:
    spotters = [people[0] for seed in range(12) if (people := _others(exercise, seed))]
    behind = [p for p in spotters if abs(p.heading_deg) < 15 and abs(p.place[0]) < 0.2]
    assert 2 < len(behind) < 12
    wrists = [KEYPOINT_INDEX["left_wrist"], KEYPOINT_INDEX["right_wrist"]]
    for spotter in behind:
        # Beyond the bench's end at 1.4 m, hands reaching over it.
        assert spotter.place[1] == pytest.approx(1.52)
        assert (spotter.joints(0)[wrists, 1] < 1.4).all()


def test_a_take_with_bystanders_has_the_same_lifter() -> None:
    alone, alone_shot = chance_take("squat", seed=9, repetitions=1, fps=5.0)
    watched, shot = chance_take("squat", seed=9, repetitions=1, fps=5.0, bystanders=2)
    assert not alone_shot.bystanders
    assert 0 < len(shot.bystanders) <= 2
    assert np.array_equal(alone.phase, watched.phase)
    assert shot.viewpoint == alone_shot.viewpoint
    assert all(len(person.pose.heads) == len(watched.t) for person in shot.bystanders)
