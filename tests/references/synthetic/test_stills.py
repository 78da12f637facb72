"""Single pictures for pose networks."""

import numpy as np
import pytest

from references.synthetic.room import GYMS, HELD_OUT, scenery
from references.synthetic.stills import still
from references.synthetic.variation import random_body, random_room
from tests.references.synthetic.drawing import renderer_or_skip


@pytest.fixture(scope="module", autouse=True)
def _a_machine_that_can_draw() -> None:
    renderer_or_skip(16, 16).close()


def test_a_still_is_the_same_for_the_same_seed() -> None:
    first, again, other = (still("squat", seed=seed, long_side=160) for seed in (3, 3, 4))
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.people[0].xy, again.people[0].xy)
    assert not np.array_equal(first.people[0].xy, other.people[0].xy)


@pytest.mark.parametrize("exercise", ["bench_press", "lat_pulldown", "push_up"])
def test_the_truth_fits_the_picture(exercise: str) -> None:
    drawn = still(exercise, seed=5, long_side=160)
    height, width = drawn.image.shape[:2]
    assert max(height, width) == 160
    lifter = drawn.people[0]
    assert lifter.xy == pytest.approx(drawn.lens.project(drawn.viewpoint, drawn.joints))
    assert lifter.visible.sum() >= 5
    left, top, right, bottom = lifter.box
    assert -0.5 <= left < right <= width - 0.5
    assert -0.5 <= top < bottom <= height - 0.5
    seen = lifter.xy[lifter.visible]
    assert (seen >= (left - 1, top - 1)).all()
    assert (seen <= (right + 1, bottom + 1)).all()


def test_an_unknown_exercise_is_refused() -> None:
    with pytest.raises(KeyError, match="juggling"):
        still("juggling", seed=0)


def test_what_is_held_out_is_never_drawn_otherwise() -> None:
    rng = np.random.default_rng(0)
    bodies, kept = (
        {random_body(rng, held_out=held_out).vertices.tobytes() for _ in range(60)}
        for held_out in (False, True)
    )
    assert not bodies & kept
    assert {random_room(rng, held_out=True) for _ in range(20)} == set(HELD_OUT)
    assert {random_room(rng) for _ in range(40)} == set(GYMS)


def test_rooms_held_out_are_of_other_kinds() -> None:
    assert not {room.kind for room in GYMS} & {room.kind for room in HELD_OUT}
    assert all(len(scenery(room)) > 8 for room in HELD_OUT)
