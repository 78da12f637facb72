import numpy as np
import pytest

from references.geometry import joint_angles
from references.motions import motions
from references.synthetic.body import load_body
from references.synthetic.performance import Performance, Repetition, perform

BENT = {"arms_stay_bent": 40.0}


def curls(*repetitions: Repetition, seed: int = 3) -> Performance:
    return perform(
        motions()["barbell_biceps_curl"], repetitions, rng=np.random.default_rng(seed), fps=30.0
    )


def test_the_phase_is_zero_at_the_starts_and_one_at_the_turns() -> None:
    performance = curls(Repetition(), Repetition(out_s=0.7, hold_s=0.4), Repetition(back_s=2.0))
    assert len(performance.boundaries) == 3
    for boundary in performance.boundaries:
        assert boundary.start_s < boundary.turn_s < boundary.end_s
        at = np.interp(
            [boundary.start_s, boundary.turn_s, boundary.end_s], performance.t, performance.phase
        )
        assert at == pytest.approx([0, 1, 0], abs=1e-3)


def test_a_fault_of_the_start_shows_from_the_repetition_that_has_it() -> None:
    performance = curls(Repetition(), Repetition(faults=BENT), Repetition(faults=BENT))
    body = load_body("man")
    elbow = joint_angles(body.keypoints(performance.pose(body)))["left_elbow"]
    starts = [float(np.interp(b.start_s, performance.t, elbow)) for b in performance.boundaries]
    assert starts[0] > 155
    assert max(starts[1:]) < 132
    assert elbow[-1] > 155  # after the set the arms hang again


def test_nothing_jumps() -> None:
    performance = curls(Repetition(), Repetition(faults=BENT), Repetition())
    joints = load_body("man").keypoints(performance.pose(load_body("man")))
    speed = np.linalg.norm(np.diff(joints, axis=0), axis=2) * 30
    assert speed.max() < 3.0  # metres a second


def test_the_same_seed_gives_the_same_set() -> None:
    first, again, other = (curls(Repetition(), seed=s) for s in (3, 3, 4))
    key = ("trunk", "lean")
    assert np.array_equal(first.values[key], again.values[key])
    assert not np.array_equal(first.values[key], other.values[key])
