from collections import Counter

import numpy as np
import pytest

from references.synthetic.pastimes import Pastime, pastimes


@pytest.fixture(scope="module")
def some() -> list[Pastime]:
    return list(pastimes(12, seed=5))


def test_every_other_one_is_an_exercise_that_nobody_teaches(some: list[Pastime]) -> None:
    kinds = Counter(pastime.kind for pastime in some)
    assert kinds == {"another exercise": 6, "standing": 2, "walking": 2, "sitting": 2}


def test_they_last_some_seconds_and_a_body_is_there_throughout(some: list[Pastime]) -> None:
    for pastime in some:
        assert 3 <= pastime.t[-1] + 1 / 15 <= 9.1
        assert pastime.seen.true_xy.shape == (len(pastime.t), 17, 2)
        assert np.isfinite(pastime.seen.true_xy).all()


def test_who_lifts_or_walks_moves_more_than_who_sits(some: list[Pastime]) -> None:
    moved = {
        kind: np.median([_way(p) for p in some if p.kind == kind])
        for kind in ("another exercise", "walking", "sitting")
    }
    assert moved["another exercise"] > moved["sitting"]
    assert moved["walking"] > moved["sitting"]


def _way(pastime: Pastime) -> float:
    """Return the widest way of a keypoint over the clip, in heights of the body in the picture."""
    xy = pastime.seen.true_xy
    return float(np.ptp(xy, axis=0).max() / np.median(np.ptp(xy[..., 1], axis=1)))


def test_the_same_seed_makes_the_same_ones(some: list[Pastime]) -> None:
    for one, again in zip(some, pastimes(3, seed=5), strict=False):
        np.testing.assert_array_equal(one.seen.xy, again.seen.xy)
    other = next(pastimes(1, seed=6))
    assert other.seen.xy.shape != some[0].seen.xy.shape or not np.allclose(
        other.seen.xy, some[0].seen.xy, equal_nan=True
    )
