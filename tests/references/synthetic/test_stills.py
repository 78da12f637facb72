"""Single pictures for pose networks."""

import numpy as np
import pytest

from references.synthetic.room import GYMS, HELD_OUT, kept_clear, scenery
from references.synthetic.stills import still
from references.synthetic.variation import random_body, random_close_viewpoint, random_room
from references.viewpoint import Viewpoint
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


def test_phones_stand_clear_of_walls_furniture_and_ceilings() -> None:
    rng = np.random.default_rng(1)
    eyes = np.array(
        [kept_clear(random_close_viewpoint((0.3, -0.4, 0.9), rng)).eye() for _ in range(400)]
    )
    for room in (*GYMS, *HELD_OUT):
        for mesh in scenery(room):
            low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
            assert not ((eyes > low) & (eyes < high)).all(axis=1).any()
        if room.kind != "yard":
            ceiling = max(mesh.vertices[:, 2].max() for mesh in scenery(room))
            assert eyes[:, 2].max() < ceiling


def test_a_phone_that_stands_clear_stays_where_it_is() -> None:
    near = Viewpoint(30.0, 10.0, 2.0, (0.2, 0.1, 1.0))
    assert kept_clear(near) == near
    far = kept_clear(Viewpoint(30.0, 10.0, 6.0, (0.2, 0.1, 1.0)))
    assert np.hypot(*far.eye()[:2]) == pytest.approx(3.85)
